"""Which version of a pack counts: promote one, go back, begin the next, and who decided what and why."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.components.language import t, tn
from app.components.page import notice
from app.components.roles import only
from app.components.text import escaped, moment
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.packs.model import PackInfo, Problem


def deciding(info: PackInfo, problems: list[Problem]) -> None:
    """Let a person promote the version that is shown, or take the last promotion back."""
    current = next((one for one in bench().packs.list() if one.name == info.name and one.current), None)
    counts = current.version if current else None
    broken = sum(problem.severity == "error" for problem in problems)
    told = (
        t("**{counts}** counts: new campaigns take it.", counts=escaped(counts))
        if counts
        else t("No version in the folders counts.")
    )
    st.markdown(told + " " + t("Campaigns that have started keep theirs."))
    back = bench().promotions.back_to(info.name)
    reason = st.text_input(t("Why"), placeholder=t("such as “4 of 5 read better to Ben and me”"), key=f"pack_reason:{info.name}")
    left, right, _ = st.columns([1, 1, 2])
    unfit = info.version == counts and bool(bench().promotions.releases(info.name)) and not info.changed
    if left.button(
        t("Promote {version}", version=info.version),
        type="primary",
        key="pack_promote",
        width="stretch",
        **only(Role.EDITOR, disabled=bool(broken) or unfit),
    ):
        made = bench().promotions.promote(info.name, info.version, by=person(), reason=reason, expected=counts)
        _done(t("New campaigns take {pack} {version}.", pack=made.pack, version=made.version), made.version)
    if right.button(
        t("Go back to {back}", back=escaped(back)) if back else t("Nothing to go back to"),
        key="pack_rollback",
        width="stretch",
        **only(Role.EDITOR, disabled=not back),
    ):
        made = bench().promotions.rollback(info.name, by=person(), reason=reason)
        _done(t("New campaigns take {pack} {version} again.", pack=made.pack, version=made.version), made.version)
    _broken(info, broken)


def _broken(info: PackInfo, broken: int) -> None:
    if broken:
        st.caption(
            tn(
                "{version} breaks {number} rule; mend that before it is promoted.",
                "{version} breaks {number} rules; mend that before it is promoted.",
                broken,
                version=info.version,
            )
        )


def copy(info: PackInfo) -> None:
    """Let a person begin the next version as a copy."""
    with st.expander(t("Begin the next version"), icon=":material/content_copy:"):
        st.markdown(
            t(
                "A copy of the version that counts is put into your own folder of packs. Edit its files there with any "
                "editor; this page shows them as they are. It counts once it is promoted."
            )
        )
        step = st.segmented_control(
            t("What will change"),
            ["patch", "minor", "major"],
            default="patch",
            format_func=lambda key: {"patch": t("Wording"), "minor": t("Something comes"), "major": t("Something goes")}[key],
            key=f"pack_step:{info.name}",
            required=True,
        )
        if st.button(t("Copy"), key="pack_copy", **only(Role.EDITOR)):
            made = bench().pack_versions.new(info.name, step=step or "patch")
            folder = bench().settings.home_path / "prompt_packs" / made.name / made.version
            _done(t("Version {version} lies in {folder}.", version=made.version, folder=folder), made.version)


def history(name: str) -> None:
    """Show who made which version count and why, newest first."""
    releases = bench().promotions.releases(name)
    if not releases:
        st.caption(t("Nobody has promoted a version of this pack yet. Until then the highest that came along counts."))
        return
    frame = pd.DataFrame(
        {
            t("When"): [moment(one.created_at) for one in releases],
            t("Who"): [one.decided_by.removeprefix("person:") for one in releases],
            t("What"): [t("went back to") if one.action == "rollback" else t("promoted") for one in releases],
            t("Version"): [one.version for one in releases],
            t("In place of"): [one.previous_version or "" for one in releases],
            t("Why"): [one.reason or "" for one in releases],
        }
    )
    st.dataframe(frame, hide_index=True, width="stretch")


def _done(text: str, version: str) -> None:
    notice(text)
    st.session_state["pack_to_open"] = version
    st.rerun()
