"""One draft under edit: nobody's text is lost, whoever saves first.

The text a person started from is pinned in the session with its revision. Saving
names that revision; a refusal keeps both texts on the page until the person chooses.
"""

from __future__ import annotations

from typing import Literal

import streamlit as st

from app.components.asking import answered, ask_about
from app.components.decided import remember, told_approval
from app.components.evidence import backing, badges, findings, judged
from app.components.language import mark, t
from app.components.marked import show_text
from app.components.page import notice, told
from app.components.roles import only
from app.components.text import escaped, moment, spoken
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.drafting.checks.model import DraftGrounding
from gtm_pipelines.review.model import DraftView, Scores, StaleRevision
from gtm_pipelines.review.skip import AFTER_FIRST

_STATES = {"drafted": mark("Waiting"), "approved": mark("Approved"), "rejected": mark("Rejected")}
_COLOURS: dict[str, Literal["gray", "green", "red"]] = {"drafted": "gray", "approved": "green", "rejected": "red"}


def pinned(draft: DraftView) -> DraftView:
    """Return the draft as it was when this person opened it."""
    opened: dict[str, DraftView] = st.session_state.setdefault("opened_drafts", {})
    return opened.setdefault(draft.id, draft)


def editor(
    draft: DraftView, scores: Scores, grounding: DraftGrounding | None, *, taken: bool = False, focused: bool = False
) -> None:
    """Draw one variant: its state, its text with what was found in it, and what can be done with it.

    Args:
        draft: the draft as it is now.
        scores: the last word of rules and judge on it.
        grounding: what rules found in it and what it rests on.
        taken: a message to the person was made already, from this draft or another variant.
        focused: keys act on this one.
    """
    seen = pinned(draft)
    with st.container(border=True):
        _heading(draft, scores, grounding)
        if _writing(seen) and not taken:
            subject = st.text_input(t("Subject"), key=_start("subject", seen, seen.subject), persist_state="session")
            body = st.text_area(t("Text"), key=_start("body", seen, seen.body), height="content", persist_state="session")
            changed = (subject, body.rstrip()) != (seen.subject, seen.body.rstrip())
            _clash(draft, seen, subject, body)
            _while_writing(draft, seen, subject, body, changed=changed)
            return
        for note in draft.notes:
            st.warning(escaped(t("Your list says of them: {note}", note=note[:300])), icon=":material/sticky_note_2:")
        stale = draft.revision != seen.revision
        show_text(seen.subject, seen.body, None if stale else grounding)
        _clash(draft, seen, seen.subject, seen.body)
        if grounding and not stale:
            findings(grounding)
            backing(grounding)
            judged(scores)
        if draft.message_state is not None:
            state = escaped(spoken(draft.message_state).lower())
            st.caption(t("The message made from this draft is {state}; it cannot be changed.", state=state))
        elif taken:
            st.caption(t("The message to this person was made from another variant."))
        else:
            _while_reading(draft, seen, stale=stale, focused=focused, blocked=bool(grounding and grounding.blocking))


def _writing(seen: DraftView) -> bool:
    return seen.id in st.session_state.get("review_writing", set())


def _write(draft_id: str, *, on: bool) -> None:
    held: set[str] = st.session_state.setdefault("review_writing", set())
    (held.add if on else held.discard)(draft_id)


def reopen(draft_id: str) -> None:
    """Forget the pinned text, so that the saved one is shown from the next run on."""
    seen = st.session_state.get("opened_drafts", {}).pop(draft_id, None)
    st.session_state.get("clashes", {}).pop(draft_id, None)
    _write(draft_id, on=False)
    if seen is not None:
        for part in ("subject", "body"):
            st.session_state.pop(_key(part, seen), None)
    st.session_state["review_generation"] = st.session_state.get("review_generation", 0) + 1


def _key(part: str, seen: DraftView) -> str:
    return f"{part}:{seen.id}:{seen.revision}"


def _start(part: str, seen: DraftView, text: str) -> str:
    key = _key(part, seen)
    st.session_state.setdefault(key, text)
    return key


def _heading(draft: DraftView, scores: Scores, grounding: DraftGrounding | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{escaped(spoken(draft.variant))}**", width="content")
        st.badge(t(_STATES[draft.status]), color=_COLOURS[draft.status])
        if draft.recommended:
            st.badge(
                t("Recommended"),
                icon=":material/casino:",
                color="blue",
                help=t("The campaign's coin chose this variant for this person."),
            )
        badges(scores, grounding)
    if draft.decided_by and draft.decided_at:
        why = f": {escaped(translated(draft.decision_reason))}" if draft.decision_reason else ""
        st.caption(
            t(
                "By {decided_by}, {decided_at}{why}",
                decided_by=escaped(draft.decided_by.removeprefix("person:")),
                decided_at=moment(draft.decided_at),
                why=why,
            )
        )
    if draft.status == "approved" and not draft.approval_holds:
        st.warning(t("What would be sent is no longer what was approved. Approve it again."))
    for warning in draft.warnings:
        st.warning(escaped(translated(warning.get("text") or warning.get("message") or " ".join(warning.values()))))


def _while_writing(draft: DraftView, seen: DraftView, subject: str, body: str, *, changed: bool) -> None:
    with st.container(horizontal=True):
        if st.button(t("Save"), key=f"save:{draft.id}", icon=":material/save:", type="primary", **only(Role.REVIEWER)):
            _save(draft.id, seen.revision, subject, body)
        if st.button(t("Discard my changes") if changed else t("Stop editing"), key=f"discard:{draft.id}", type="tertiary"):
            reopen(draft.id)
            st.rerun()
    if changed:
        st.caption(t(":material/edit: Not saved yet. Your text stays here when you leave the page."))


def _while_reading(draft: DraftView, seen: DraftView, *, stale: bool, focused: bool, blocked: bool) -> None:
    keys: dict[str, str | None] = {"A": "A", "E": "E", "X": "X"} if focused else dict.fromkeys("AEX")
    with st.container(horizontal=True):
        undecided = draft.status != "approved" or not draft.approval_holds
        why = t("Rules block it: edit the text, or let the finding pass.") if blocked else None
        shut = stale or blocked
        if undecided and st.button(
            t("Approve"),
            key=f"approve:{draft.id}",
            type="primary",
            shortcut=keys["A"],
            **only(Role.REVIEWER, disabled=shut, help=why),
        ):
            _approve(seen)
        if st.button(
            t("Edit"), key=f"edit:{draft.id}", icon=":material/edit:", shortcut=keys["E"], **only(Role.REVIEWER, disabled=stale)
        ):
            _write(draft.id, on=True)
            st.rerun()
        if draft.status != "rejected" and st.button(
            t("Reject"), key=f"reject:{draft.id}", shortcut=keys["X"], **only(Role.REVIEWER)
        ):
            ask_about("reject", draft=draft)
        if draft.status != "drafted" and st.button(
            t("Undo"), key=f"undo:{draft.id}", icon=":material/undo:", **only(Role.REVIEWER)
        ):
            _undo(draft)


def _save(draft_id: str, seen_revision: int, subject: str, body: str) -> None:
    with told():
        try:
            saved = bench().review.edit(draft_id, seen_revision=seen_revision, subject=subject, body=body, by=person())
        except StaleRevision as clash:
            st.session_state.setdefault("clashes", {})[draft_id] = clash.theirs
            st.rerun()
        reopen(draft_id)
        notice(t("Saved.") if saved.status == "drafted" else t("Saved; {STATES}.", STATES=t(_STATES[saved.status]).lower()))
        st.rerun()


def _clash(draft: DraftView, seen: DraftView, subject: str, body: str) -> None:
    """Show the saved text beside the person's own when somebody was faster."""
    theirs: DraftView | None = st.session_state.get("clashes", {}).get(draft.id)
    if theirs is None:
        if draft.revision != seen.revision:
            who = escaped(draft.author.removeprefix("person:"))
            st.info(t("{who} changed this draft meanwhile.", who=who))
            if st.button(t("Show the saved text"), key=f"refresh:{draft.id}"):
                reopen(draft.id)
                st.rerun()
        return
    st.warning(
        t(
            "Not saved: {author} changed this draft while you were editing. Your text is above, untouched; theirs is below.",
            author=escaped(theirs.author.removeprefix("person:")),
        ),
        icon=":material/sync_problem:",
    )
    with st.container(border=True, gap="xsmall"):
        st.markdown(t("**Saved by the other person**"))
        st.text(theirs.subject)
        st.text(theirs.body)
    with st.container(horizontal=True):
        if st.button(t("Save mine over theirs"), key=f"mine:{draft.id}", **only(Role.REVIEWER)):
            st.session_state["clashes"].pop(draft.id)
            _save(draft.id, theirs.revision, subject, body)
        if st.button(t("Take theirs"), key=f"theirs:{draft.id}"):
            reopen(draft.id)
            st.rerun()


def _approve(seen: DraftView) -> None:
    with told():
        since = bench().clock.now()
        report = bench().review.approve([seen.id], by=person(), seen={seen.id: seen.content_hash})
        words = told_approval(report)
        remember([seen.id], since, words)
        reopen(seen.id)
        notice(words)
        st.rerun()


def reject(draft: DraftView) -> None:
    """Ask why a draft shall be rejected, and say what comes of it."""
    later = draft.step in AFTER_FIRST
    if later:
        st.info(
            t(
                "This is mail {step} of a sequence. A rejected mail is not written anew, and no later one follows it: the "
                "sequence ends for this person. To mend the mail, edit it or give an instruction instead; to leave out this one "
                "only, skip it.",
                step=draft.step,
            ),
            icon=":material/low_priority:",
        )
    reason = st.text_input(t("Why? Later drafts learn from it."), key=f"reason:{draft.id}:{draft.revision}")
    if later and st.button(
        t("Skip this mail, go on with the next"), key=f"skipped:{draft.id}",
        **only(Role.REVIEWER, disabled=not reason.strip()),
    ):  # fmt: skip
        with told():
            bench().review.skip(draft.id, by=person(), reason=reason)
            answered()
            reopen(draft.id)
            notice(t("Skipped; the sequence goes on with the next mail."))
            st.rerun()
    if st.button(t("Reject it"), key=f"rejected:{draft.id}", type="primary", **only(Role.REVIEWER, disabled=not reason.strip())):
        with told():
            since = bench().clock.now()
            bench().review.reject([draft.id], by=person(), reason=reason)
            answered()
            remember([draft.id], since, t("Rejected."))
            reopen(draft.id)
            notice(t("Rejected."))
            st.rerun()


def _undo(draft: DraftView) -> None:
    with told():
        bench().review.undo(draft.id, by=person())
        reopen(draft.id)
        notice(t("Taken back; the draft waits for a decision again."))
        st.rerun()
