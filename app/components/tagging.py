"""Tags on a whole segment at once, with the way back."""

from __future__ import annotations

import streamlit as st

from app.components.page import notice, told
from app.components.text import plural
from app.state import bench, person


def tagging(segment: str, count: int) -> None:
    """Let a person put a tag on everybody in a saved segment, or take one off."""
    with st.expander("Tag everybody in it", icon=":material/label:"):
        known = [name for name, _ in bench().tags.counts("contact")]
        of_name, of_on, of_off = st.columns([4, 2, 2], vertical_alignment="bottom")
        name = of_name.selectbox(
            "Tag", known, index=None, accept_new_options=True, placeholder="choose or type a tag", key=f"tag_name:{segment}"
        )
        put_on = of_on.button(f"Tag {plural(count, 'contact')}", disabled=not name, width="stretch", key="tag_on")
        take_off = of_off.button("Take it off", disabled=not name, width="stretch", key="tag_off")
        if name and (put_on or take_off):
            with told():
                act = bench().tags.tag if put_on else bench().tags.untag
                report = act("contact", name, segment=segment, by=person())
                st.session_state["tag_act"] = report.act
                st.session_state.pop("preview_found", None)
                done = "Tagged" if put_on else "Untagged"
                notice(f"{done} {plural(report.changed, 'contact')}; {report.unchanged:,} were so before.")
                st.rerun()
        last = st.session_state.get("tag_act")
        if last and st.button("Undo the last tagging", icon=":material/undo:", type="tertiary", key="tag_undo"):
            with told():
                report = bench().tags.undo(last, by=person())
                del st.session_state["tag_act"]
                st.session_state.pop("preview_found", None)
                notice(f"{plural(report.changed, 'contact')} put back as before.")
                st.rerun()
