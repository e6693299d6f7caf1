"""Taking an import back: what it would do first, then a person's yes, then the pipeline's work."""

from __future__ import annotations

import streamlit as st

from app.components.jobs import ask, follow, latest
from app.components.language import mark, t, written
from app.components.page import told
from app.components.roles import only
from app.components.text import escaped
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.intake.model import ImportReport, UndoReport

KEPT = {
    "campaign": mark("in a campaign"),
    "message": mark("written to already"),
    "conversation": mark("in a conversation"),
    "merge": mark("merged with another"),
    "protection": mark("not to be written to, which is not forgotten"),
    "made_otherwise": mark("not made by an import"),
    "rows_unreadable": mark("other rows about them are no longer there"),
}
"""Why somebody is kept, in words."""


def undo_of(report: ImportReport, place: str) -> None:
    """Offer to take an import back, or say how far that is."""
    job = latest("undo_import", batch=report.batch_id)
    if report.status == "undone" or (job is not None and job.status.is_open):
        follow(job)
        st.caption(t("This import was taken back. Import the file again to have it back.") if report.status == "undone" else "")
        return
    with st.popover(t("Undo this import"), icon=":material/undo:", key=f"undo:{place}:{report.batch_id}"):
        key = f"undo_look:{place}:{report.batch_id}"
        if st.button(t("See what it would do"), key=key) or st.session_state.get(f"{key}:seen"):
            st.session_state[f"{key}:seen"] = True
            with told():
                _confirm(bench().intake.undo(report.batch_id, by=person(), dry_run=True), place)


def _confirm(would: UndoReport, place: str) -> None:
    lines = {
        t("known from this import alone, and removed"): would.removed,
        t("told anew from other imports"): would.restored,
        t("left as they are, for other imports say the same"): would.unchanged,
        t("kept"): would.kept,
    }
    for words, count in lines.items():
        if count:
            st.markdown(f"**{written(count, ',')}** {words}")
    for reason, count in would.kept_because.items():
        named = escaped(", ".join(would.examples.get(reason, ())))
        st.caption(f"{written(count, ',')} {t(KEPT.get(reason, reason))}: {named}")
    st.caption(t("Nobody becomes mailable by this. Importing the file again brings it back."))
    if st.button(t("Take it back"), type="primary", key=f"undo_do:{place}:{would.batch_id}", **only(Role.EDITOR)):
        ask("undo_import", {"batch": would.batch_id})
        st.rerun()
