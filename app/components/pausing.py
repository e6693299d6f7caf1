"""A paused campaign: that it is, why, and the button that lets it go on, wherever it is met."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from app.components.language import t
from app.components.page import notice, told
from app.components.roles import only
from app.components.text import escaped, moment
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role


def paused(campaign: str, since: datetime | None, reason: str | None) -> None:
    """Say that a campaign is paused and why, and offer to let it go on; nothing where it is not paused.

    Args:
        campaign: its name.
        since: when it was paused.
        reason: why, as the library says it.
    """
    if since is None:
        return
    why = t("Paused since {paused_at}: {pause_reason}", paused_at=moment(since), pause_reason=translated(reason or ""))
    st.error(escaped(why), icon=":material/pause_circle:")
    if st.button(
        t("Resume"), key=f"resume:{campaign}", icon=":material/play_arrow:", type="primary",
        **only(Role.EDITOR, help=t("What waited leaves by its plan. What came back before is not judged again.")),
    ):  # fmt: skip
        with told():
            bench().delivery.resume(campaign, by=person())
            notice(t("{campaign} goes on.", campaign=campaign))
            st.rerun()
