"""Better a pack by what people made of its drafts: ask for it, follow it, read its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app.components.jobs import ask, follow, latest
from app.components.page import told
from app.components.text import escaped, moment, plural
from app.state import bench, person
from gtm_pipelines.drafting.learning.attempt import Attempt

OPTIMISERS = {
    "gepa": "GEPA: writes instructions from what people said",
    "mipro": "MIPROv2: tries instructions and examples together",
    "bootstrap": "BootstrapFewShot: puts good drafts before the question",
}
VERDICTS = {
    "better": "better on companies it never saw",
    "undecided": "not shown to be better",
    "worse": "worse",
    "not_enough_data": "too few companies to tell",
}


def optimise(pack: str, languages: Sequence[str]) -> None:
    """Draw the part of a page that betters one pack."""
    with told():
        counts = [one for one in bench().examples.counts() if one.kind == "draft" and one.pack == pack]
        _sides(counts)
        if languages:
            _form(pack, languages)
        else:
            st.caption("No model is instructed by this version, so there is nothing to better. Give it instructions first.")
        follow(latest("optimise", pack=pack))
        attempts(pack)


def attempts(pack: str | None = None) -> None:
    """Draw attempts, newest first, with the report of each."""
    found = bench().optimisations.attempts(pack)
    if not found:
        st.caption("Nobody has tried to better it yet." if pack else "Nobody has tried to better a pack yet.")
    for attempt in found:
        with st.expander(_title(attempt)):
            report(attempt)


def report(attempt: Attempt) -> None:
    """Draw what came of an attempt."""
    found = attempt.report
    st.caption(
        f"{escaped(attempt.optimiser)} on {escaped(attempt.program)}, asked for by {escaped(attempt.requested_by)}, "
        f"{moment(attempt.created_at)}. ${attempt.cost_usd:.4f} in {plural(attempt.calls, 'call')}."
    )
    if attempt.status != "finished":
        st.markdown(escaped(found.get("stopped") or found.get("failed") or f"It is at: {attempt.state.get('phase')}"))
        _buttons(attempt)
        return
    held = found["held_out"]
    if found.get("said"):
        st.markdown(escaped(found["said"]))
        return
    st.markdown(
        f"On {plural(held['cases'], 'held-out case')} of {plural(held['companies'], 'company', 'companies')}: "
        f"**{held['old']:.3f}** before, **{held['new']:.3f}** after, {held['better']} better, {held['worse']} worse. "
        f"The difference is {held['difference']:+.3f}, its 95 % interval from {held['low']:+.3f} to {held['high']:+.3f}."
    )
    offered = "It may be promoted." if found["offered"] else "It is not offered for promotion; overruling that wants a reason."
    st.markdown(f"Version **{escaped(attempt.result_version)}**: {VERDICTS[found['verdict']]}. {offered}")
    for name, change in (found.get("changes") or {}).items():
        _change(name, change)
    _cases(found.get("cases") or {})
    st.caption(f"Metric: {escaped(found['metric'])}. Rule: {escaped(found['rule'])}.")


def _title(attempt: Attempt) -> str:
    verdict = VERDICTS.get(attempt.report.get("verdict", ""), attempt.status) if attempt.status == "finished" else attempt.status
    made = f" → {attempt.result_version}" if attempt.result_version else ""
    return f"{escaped(attempt.pack)} {escaped(attempt.base_version)}{made} · {escaped(attempt.optimiser)} · {verdict}"


def _sides(counts: Sequence[Any]) -> None:
    if not counts:
        st.markdown("There are no examples of this pack yet: they come of drafts that people approve, edit and reject.")
        return
    rows = [
        {"Language": one.language, "Side": one.split.replace("_", "-"), "Examples": one.examples, "Companies": one.companies}
        for one in counts
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="content")


def _form(pack: str, languages: Sequence[str]) -> None:
    with st.form(f"optimise:{pack}", border=True):
        how, where, money, calls = st.columns([3, 1, 1, 1])
        optimiser = how.selectbox("How", list(OPTIMISERS), format_func=OPTIMISERS.__getitem__)
        language = where.selectbox("Language", list(languages))
        usd = money.number_input("At most, US$", min_value=0.0, value=5.0, step=1.0, help="Held-out cases included.")
        most = calls.number_input("At most, calls", min_value=10, value=1000, step=100)
        if st.form_submit_button("Better it", icon=":material/auto_fix_high:"):
            wish = {"pack": pack, "optimiser": optimiser, "language": language}
            ask("optimise", wish | {"budget_usd": usd, "budget_calls": int(most)})
            st.rerun()


def _buttons(attempt: Attempt) -> None:
    if attempt.status == "running" and st.button("Stop it", key=f"stop:{attempt.id}"):
        with told():
            bench().optimisations.stop(attempt.id, by=f"person:{person()}")
        st.rerun()
    if attempt.status == "stopped" and st.button("Go on", key=f"resume:{attempt.id}"):
        ask("optimise", {"attempt": attempt.id, "pack": attempt.pack})
        st.rerun()


def _change(name: str, change: Mapping[str, Any]) -> None:
    st.markdown(f"**{escaped(name)}**" + (f", with {plural(change['demos'], 'example')}" if change["demos"] else ""))
    if change["instruction_before"] != change["instruction_after"]:
        before, after = st.columns(2)
        before.code(change["instruction_before"], language=None, wrap_lines=True)
        after.code(change["instruction_after"], language=None, wrap_lines=True)


def _cases(cases: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    rows = [
        {"Case": one["example_id"], "Before": one["old"], "After": one["new"], "": word}
        for word, found in cases.items()
        for one in found
        if "example_id" in one
    ]
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
