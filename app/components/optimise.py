"""Better a pack by what people made of its drafts: ask for it, follow it, read its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app.components.jobs import ask, follow, latest
from app.components.language import mark, t, tn
from app.components.page import told
from app.components.roles import only
from app.components.text import escaped, moment, spoken
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.drafting.learning.attempt import Attempt

OPTIMISERS = {
    "gepa": mark("GEPA: writes instructions from what people said"),
    "mipro": mark("MIPROv2: tries instructions and examples together"),
    "bootstrap": mark("BootstrapFewShot: puts good drafts before the question"),
}
VERDICTS = {
    "better": mark("better on companies it never saw"),
    "undecided": mark("not shown to be better"),
    "worse": mark("worse"),
    "not_enough_data": mark("too few companies to tell"),
}


def optimise(pack: str, languages: Sequence[str]) -> None:
    """Draw the part of a page that betters one pack."""
    with told():
        counts = [one for one in bench().examples.counts() if one.kind == "draft" and one.pack == pack]
        _sides(counts)
        if counts:
            _decided(pack)
        if languages:
            _form(pack, languages)
        else:
            st.caption(t("No model is instructed by this version, so there is nothing to better. Give it instructions first."))
        follow(latest("optimise", pack=pack))
        attempts(pack)


def attempts(pack: str | None = None) -> None:
    """Draw attempts, newest first, with the report of each."""
    found = bench().optimisations.attempts(pack)
    if not found:
        st.caption(t("Nobody has tried to better it yet.") if pack else t("Nobody has tried to better a pack yet."))
    for attempt in found:
        with st.expander(_title(attempt)):
            report(attempt)


def report(attempt: Attempt) -> None:
    """Draw what came of an attempt."""
    found = attempt.report
    _asked(attempt)
    if attempt.status != "finished":
        st.markdown(
            escaped(
                translated(found.get("stopped") or found.get("failed") or "")
                or t("It is at: {phase}", phase=attempt.state.get("phase"))
            )
        )
        _buttons(attempt)
        return
    if found.get("said"):
        st.markdown(escaped(translated(found["said"])))
        return
    _difference(found["held_out"])
    offered = (
        t("It may be promoted.") if found["offered"] else t("It is not offered for promotion; overruling that wants a reason.")
    )
    verdict = VERDICTS[found["verdict"]]
    st.markdown(
        t(
            "Version **{result_version}**: {verdict}. {offered}",
            result_version=escaped(attempt.result_version),
            verdict=t(verdict),
            offered=offered,
        )
    )
    for name, change in (found.get("changes") or {}).items():
        _change(name, change)
    _cases(found.get("cases") or {})
    metric, rule = escaped(found["metric"]), escaped(found["rule"])
    st.caption(t("Metric: {metric}. Rule: {rule}.", metric=metric, rule=rule))


def _asked(attempt: Attempt) -> None:
    st.caption(
        tn(
            "{optimiser} on {program}, asked for by {requested_by}, {created_at}. ${cost_usd:.4f} in {number} call.",
            "{optimiser} on {program}, asked for by {requested_by}, {created_at}. ${cost_usd:.4f} in {number} calls.",
            attempt.calls,
            optimiser=escaped(attempt.optimiser),
            program=escaped(attempt.program),
            requested_by=escaped(attempt.requested_by),
            created_at=moment(attempt.created_at),
            cost_usd=attempt.cost_usd,
        )
    )


def _difference(held: Mapping[str, Any]) -> None:
    st.markdown(
        t(
            "On {cases} of {companies}: **{old:.3f}** before, **{new:.3f}** after, {better} better, {worse} worse. The "
            "difference is {difference:+.3f}, its 95 % interval from {low:+.3f} to {high:+.3f}.",
            cases=tn("{number} held-out case", "{number} held-out cases", held["cases"]),
            companies=tn("{number} company", "{number} companies", held["companies"]),
            old=held["old"],
            new=held["new"],
            better=held["better"],
            worse=held["worse"],
            difference=held["difference"],
            low=held["low"],
            high=held["high"],
        )
    )


def _title(attempt: Attempt) -> str:
    known = VERDICTS.get(attempt.report.get("verdict", "")) if attempt.status == "finished" else None
    verdict = t(known) if known else spoken(attempt.status).lower()
    made = f" → {escaped(attempt.result_version)}" if attempt.result_version else ""
    return f"{escaped(attempt.pack)} {escaped(attempt.base_version)}{made} · {escaped(attempt.optimiser)} · {verdict}"


def _sides(counts: Sequence[Any]) -> None:
    if not counts:
        st.markdown(t("There are no examples of this pack yet: they come of drafts that people approve, edit and reject."))
        return
    rows = [
        {
            t("Language"): one.language,
            t("Side"): one.split.replace("_", "-"),
            t("Examples"): one.examples,
            t("Companies"): one.companies,
        }
        for one in counts
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="content")


def _decided(pack: str) -> None:
    """Say how these drafts were decided: what was approved at a stroke tells little of each text."""
    found = bench().examples.decided(pack)
    st.caption(
        t(
            "Of these drafts {single:,} were decided one by one, {edited:,} edited, and {bulk:,} decided many at a stroke, which "
            "says little of each text.",
            single=found.single,
            edited=found.edited,
            bulk=found.bulk,
        )
    )


def _form(pack: str, languages: Sequence[str]) -> None:
    with st.form(f"optimise:{pack}", border=True):
        how, where, money, calls = st.columns([3, 1, 1, 1])
        optimiser = how.selectbox(t("How"), list(OPTIMISERS), format_func=lambda each: t(OPTIMISERS[each]))
        language = where.selectbox(t("Language"), list(languages))
        usd = money.number_input(t("At most, US$"), min_value=0.0, value=5.0, step=1.0, help=t("Held-out cases included."))
        most = calls.number_input(t("At most, calls"), min_value=10, value=1000, step=100)
        if st.form_submit_button(t("Better it"), icon=":material/auto_fix_high:", **only(Role.EDITOR)):
            wish = {"pack": pack, "optimiser": optimiser, "language": language}
            ask("optimise", wish | {"budget_usd": usd, "budget_calls": int(most)})
            st.rerun()


def _buttons(attempt: Attempt) -> None:
    if attempt.status == "running" and st.button(t("Stop it"), key=f"stop:{attempt.id}", **only(Role.EDITOR)):
        with told():
            bench().optimisations.stop(attempt.id, by=f"person:{person()}")
        st.rerun()
    if attempt.status == "stopped" and st.button(t("Go on"), key=f"resume:{attempt.id}", **only(Role.EDITOR)):
        ask("optimise", {"attempt": attempt.id, "pack": attempt.pack})
        st.rerun()


def _change(name: str, change: Mapping[str, Any]) -> None:
    st.markdown(
        f"**{escaped(name)}**"
        + (tn(", with {number} example", ", with {number} examples", change["demos"]) if change["demos"] else "")
    )
    if change["instruction_before"] != change["instruction_after"]:
        before, after = st.columns(2)
        before.code(change["instruction_before"], language=None, wrap_lines=True)
        after.code(change["instruction_after"], language=None, wrap_lines=True)


def _cases(cases: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    rows = [
        {t("Case"): one["example_id"], t("Before"): one["old"], t("After"): one["new"], "": word}
        for word, found in cases.items()
        for one in found
        if "example_id" in one
    ]
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
