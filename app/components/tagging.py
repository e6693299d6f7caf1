"""Tags on a whole segment at once, with the way back."""

from __future__ import annotations

import streamlit as st

from app.components.language import t, tn
from app.components.page import notice, told
from app.components.roles import only
from app.state import bench, person
from gtm_pipelines.acting import Role


def tagging(segment: str, count: int) -> None:
    """Let a person put a tag on everybody in a saved segment, or take one off."""
    with st.expander(t("Tag everybody in it"), icon=":material/label:"):
        known = [name for name, _ in bench().tags.counts("contact")]
        of_name, of_on, of_off = st.columns([4, 2, 2], vertical_alignment="bottom")
        name = of_name.selectbox(
            t("Tag"), known, index=None, accept_new_options=True, placeholder=t("choose or type a tag"), key=f"tag_name:{segment}"
        )
        label = tn("Tag {number} contact", "Tag {number} contacts", count)
        put_on = of_on.button(label, width="stretch", key="tag_on", **only(Role.EDITOR, disabled=not name))
        take_off = of_off.button(t("Take it off"), width="stretch", key="tag_off", **only(Role.EDITOR, disabled=not name))
        if name and (put_on or take_off):
            with told():
                act = bench().tags.tag if put_on else bench().tags.untag
                report = act("contact", name, segment=segment, by=person())
                st.session_state["tag_act"] = report.act
                st.session_state.pop("preview_found", None)
                done = t("Tagged") if put_on else t("Untagged")
                notice(
                    tn(
                        "{done} {number} contact; {unchanged:,} were so before.",
                        "{done} {number} contacts; {unchanged:,} were so before.",
                        report.changed,
                        done=done,
                        unchanged=report.unchanged,
                    )
                )
                st.rerun()
        _undo()


def _undo() -> None:
    """Offer the way back from the last tagging of this window."""
    last = st.session_state.get("tag_act")
    if last and st.button(
        t("Undo the last tagging"), icon=":material/undo:", type="tertiary", key="tag_undo", **only(Role.EDITOR)
    ):
        with told():
            report = bench().tags.undo(last, by=person())
            del st.session_state["tag_act"]
            st.session_state.pop("preview_found", None)
            notice(tn("{number} contact put back as before.", "{number} contacts put back as before.", report.changed))
            st.rerun()
