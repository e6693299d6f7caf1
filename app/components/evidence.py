"""Beside a draft: what rules found, what each claim rests on, and what the judge said."""

from __future__ import annotations

import streamlit as st

from app.components.asking import answered, ask_about
from app.components.language import t, tn
from app.components.marked import legend
from app.components.page import notice, told
from app.components.roles import only
from app.components.text import escaped, spoken
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.drafting.checks.model import Backing, DraftGrounding, Shown
from gtm_pipelines.review.model import Scores

UNVERIFIED = "recipient.unverified"
HIGH_RISK = 0.5
"""Risk from which a judge's word is shown in red, and the filter 'high risk' takes a draft."""


def findings(grounding: DraftGrounding) -> None:
    """List what rules found in a draft, gravest first, each with what to do about it."""
    for one in sorted(grounding.findings, key=lambda one: (one.passed_by is not None, one.finding.severity != "block")):
        _finding(grounding.draft_id, one)


def backing(grounding: DraftGrounding) -> None:
    """Unfold what each claim rests on."""
    if not grounding.claims:
        return
    behind: dict[str, dict[str, Backing]] = {}
    for claim in grounding.claims:
        behind.setdefault(claim.text, {}).update({one.evidence.id: one for one in claim.backing})
    weak = sum(1 for found in behind.values() if not found)
    label = tn("What it rests on: {number} claim", "What it rests on: {number} claims", len(behind)) + (
        t(", {weak} without evidence", weak=weak) if weak else ""
    )
    with st.expander(label, icon=":material/fact_check:"):
        for words, found in behind.items():
            st.markdown(f"“{escaped(words)}”")
            for one in found.values():
                st.caption(_evidence(one))
            if not found:
                st.caption(t(":red[:material/error:] nothing that is known says so"))
        st.html(f'<div style="font-size:.85rem">{legend()}</div>')


def judged(scores: Scores) -> None:
    """Show the judge's quality and risk with a reason for each point."""
    if scores.quality is None or scores.risk is None:
        return
    with st.expander(
        t("Judge: quality {quality:.0%}, risk {risk:.0%}", quality=scores.quality, risk=scores.risk), icon=":material/gavel:"
    ):
        for point, reason in scores.reasons.items():
            st.markdown(f"**{escaped(spoken(point))}** – {escaped(translated(reason))}")
        st.caption(escaped(scores.judge or ""))


def badges(scores: Scores, grounding: DraftGrounding | None = None) -> None:
    """Show the verdict of the rules and the judge's figures in a line."""
    standing = {one.finding.rule for one in grounding.findings if not one.passed_by} if grounding else set()
    if scores.verdict == "block":
        st.badge(t("Blocked"), icon=":material/block:", color="red")
    elif scores.verdict == "flag" and standing == {UNVERIFIED}:
        st.badge(t("Address unverified"), icon=":material/alternate_email:", color="gray")
    elif scores.verdict == "flag":
        st.badge(t("Look at it"), icon=":material/flag:", color="orange")
    elif scores.verdict == "clear":
        st.badge(t("Checked"), icon=":material/verified:", color="green")
    if scores.quality is not None and scores.risk is not None:
        st.badge(t("Quality {quality:.0%}", quality=scores.quality), color="blue")
        st.badge(t("Risk {risk:.0%}", risk=scores.risk), color="red" if scores.risk >= HIGH_RISK else "gray")


def _finding(draft_id: str, one: Shown) -> None:
    sign = {"block": ":red[:material/block:]", "flag": ":orange[:material/flag:]"}[one.finding.severity]
    words = f" “{escaped(one.words)}”" if one.words and one.words not in one.finding.text else ""
    if one.passed_by:
        who = escaped(one.passed_by.removeprefix("person:"))
        st.caption(
            t(
                "~~{text_}~~ – {who} let it pass: {passed_because}",
                text_=escaped(translated(one.finding.text)),
                who=who,
                passed_because=escaped(one.passed_because or ""),
            )
        )
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        hint = f" :gray[{escaped(translated(one.finding.hint))}]" if one.finding.hint else ""
        st.markdown(f"{sign} {escaped(translated(one.finding.text))}{words}{hint}", width="stretch")
        if one.may_pass and st.button(t("Let pass"), key=f"pass:{draft_id}:{one.key}", type="tertiary", **only(Role.REVIEWER)):
            ask_about("let_pass", draft_id=draft_id, key=one.key, text=one.finding.text)


def let_pass(draft_id: str, key: str, text: str) -> None:
    """Ask why a finding may pass."""
    st.markdown(escaped(translated(text)))
    reason = st.text_input(t("Why may it pass?"), key=f"pass_reason:{draft_id}:{key}")
    if st.button(
        t("Let it pass"), type="primary", key=f"passed:{draft_id}:{key}", **only(Role.REVIEWER, disabled=not reason.strip())
    ):
        with told():
            bench().groundings.overrule(draft_id, key, by=person(), reason=reason)
            answered()
            notice(t("It may pass; your reason is kept beside it."))
            st.rerun()


def _evidence(one: Backing) -> str:
    evidence = one.evidence
    parts = [escaped(f"{spoken(evidence.field)}: {evidence.text}"), escaped(evidence.source)]
    if evidence.url:
        parts.append(escaped(evidence.url))
    if evidence.span and evidence.span != evidence.text:
        parts.append(f"“{escaped(evidence.span)}”")
    if one.age_days is not None:
        parts.append(tn("{number} day old", "{number} days old", one.age_days))
    parts.append(t("confidence {confidence:.0%}", confidence=evidence.confidence))
    return " · ".join(parts)
