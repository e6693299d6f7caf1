"""Go back to a copy of the record: what that would forget, and the commands for whoever runs the machine.

The app itself never puts a copy in the record's place: it runs on that record, and so do the pipeline's runs, which may have a
mail in hand at that moment.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.language import mark, t
from app.components.text import escaped, moment
from app.state import bench
from gtm_pipelines.privacy.keeping import Copy, Since

_MADE = {
    "imports": mark("Imports"),
    "companies": mark("Companies"),
    "people": mark("People"),
    "campaigns": mark("Campaigns"),
    "texts": mark("Drafts and edits of them"),
    "decisions": mark("Approvals and rejections"),
    "answers": mark("Mails that came in"),
    "erasures": mark("Erasures (undone by it)"),
}


def going_back(copies: Sequence[Copy]) -> None:
    """Draw what going back to a copy takes and costs."""
    with st.expander(t("Go back to a copy"), icon=":material/history:"):
        chosen = st.selectbox(
            t("Which copy"), copies, format_func=lambda one: f"{moment(one.made_at)} · {one.path.name}", key="data_back"
        )
        since = bench().keeping.since(chosen)
        _forgotten(since)
        st.markdown(
            t(
                "Nothing else may run meanwhile, so this is for whoever runs this machine: end the workbench, put the copy "
                "back, start it again. The record as it is now is copied first, so that going back can be undone in the same way."
            )
        )
        st.code(f'gtm db restore "{chosen.path}" --force\ngtm up', language="bash", wrap_lines=True)
        st.markdown(
            t(
                "From then on nothing is sent, until an owner says here, or the command says, that this folder may send. "
                "Whoever asked to be left alone since stays suppressed."
            )
        )
        st.code("gtm adopt", language="bash", wrap_lines=True)


def _forgotten(since: Since) -> None:
    if not since.made and not since.left:
        st.markdown(t("Nothing that counts was recorded since this copy."))
        return
    if since.made:
        st.markdown(t("Recorded since, and forgotten by going back:"))
        rows = [{t("What"): t(_MADE[name]), t("How many"): count} for name, count in since.made.items()]
        st.dataframe(rows, hide_index=True, width="content")
    if since.left:
        wrote = ", ".join(f"{name}: {count:,}" for name, count in since.left.items())
        st.warning(
            t(
                "Mails that left since: {wrote}. The copy does not know of it. What was due by then is not sent again before "
                "the provider or a person says what became of it, and every campaign rests until somebody resumes it.",
                wrote=escaped(wrote),
            ),
            icon=":material/forward_to_inbox:",
        )
