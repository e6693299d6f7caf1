"""Which version of a pack counts: promote one, go back, begin the next, and who decided what and why."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.components.page import notice
from app.components.text import escaped, moment, plural
from app.state import bench, person
from gtm_pipelines.packs.model import PackInfo, Problem


def deciding(info: PackInfo, problems: list[Problem]) -> None:
    """Let a person promote the version that is shown, or take the last promotion back."""
    current = next((one for one in bench().packs.list() if one.name == info.name and one.current), None)
    counts = current.version if current else None
    broken = sum(problem.severity == "error" for problem in problems)
    told = f"**{escaped(counts)}** counts: new campaigns take it." if counts else "No version in the folders counts."
    st.markdown(told + " Campaigns that have started keep theirs.")
    back = bench().promotions.back_to(info.name)
    reason = st.text_input("Why", placeholder="such as “4 of 5 read better to Ben and me”", key=f"pack_reason:{info.name}")
    left, right, _ = st.columns([1, 1, 2])
    unfit = info.version == counts and bool(bench().promotions.releases(info.name)) and not info.changed
    if left.button(
        f"Promote {info.version}", type="primary", disabled=bool(broken) or unfit, key="pack_promote", width="stretch"
    ):
        made = bench().promotions.promote(info.name, info.version, by=person(), reason=reason, expected=counts)
        _done(f"New campaigns take {made.pack} {made.version}.", made.version)
    if right.button(
        f"Go back to {back}" if back else "Nothing to go back to", disabled=not back, key="pack_rollback", width="stretch"
    ):
        made = bench().promotions.rollback(info.name, by=person(), reason=reason)
        _done(f"New campaigns take {made.pack} {made.version} again.", made.version)
    if broken:
        st.caption(f"{info.version} breaks {plural(broken, 'rule')}; mend that before it is promoted.")


def copy(info: PackInfo) -> None:
    """Let a person begin the next version as a copy."""
    with st.expander("Begin the next version", icon=":material/content_copy:"):
        st.markdown(
            "A copy of the version that counts is put into your own folder of packs. Edit its files there with any editor; "
            "this page shows them as they are. It counts once it is promoted."
        )
        step = st.segmented_control(
            "What will change",
            ["patch", "minor", "major"],
            default="patch",
            format_func=lambda key: {"patch": "Wording", "minor": "Something comes", "major": "Something goes"}[key],
            key=f"pack_step:{info.name}",
            required=True,
        )
        if st.button("Copy", key="pack_copy"):
            made = bench().pack_versions.new(info.name, step=step or "patch")
            folder = bench().settings.home_path / "prompt_packs" / made.name / made.version
            _done(f"Version {made.version} lies in {folder}.", made.version)


def history(name: str) -> None:
    """Show who made which version count and why, newest first."""
    releases = bench().promotions.releases(name)
    if not releases:
        st.caption("Nobody has promoted a version of this pack yet. Until then the highest that came along counts.")
        return
    frame = pd.DataFrame(
        {
            "When": [moment(one.created_at) for one in releases],
            "Who": [one.decided_by.removeprefix("person:") for one in releases],
            "What": ["went back to" if one.action == "rollback" else "promoted" for one in releases],
            "Version": [one.version for one in releases],
            "In place of": [one.previous_version or "" for one in releases],
            "Why": [one.reason or "" for one in releases],
        }
    )
    st.dataframe(frame, hide_index=True, width="stretch")


def _done(text: str, version: str) -> None:
    notice(text)
    st.session_state["pack_to_open"] = version
    st.rerun()
