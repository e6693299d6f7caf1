"""Messages that may or may not have left: only a person, who looked, says what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from app.components.language import mark, t, tn
from app.components.page import notice, told
from app.components.roles import only
from app.components.text import escaped, moment
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.delivery.settling import Verdict

_SHOWN = 50
_VERDICTS: dict[Verdict, str] = {
    "sent": mark("It left"),
    "not_sent": mark("It did not leave"),
    "retry": mark("It did not leave; send it again"),
}


def unknown_messages(campaign: Campaign) -> None:
    """List the unknown messages of a campaign with what a person can say of each."""
    rows = bench().delivery.unknown(campaign.id)
    if not rows:
        return
    title = tn("{number} message may or may not have left", "{number} messages may or may not have left", len(rows))
    with st.expander(title, icon=":material/help:", expanded=True):
        st.caption(
            t("What became of them is not known. Look in the mailbox's Sent folder; nothing is sent again unless you say so.")
        )
        if len(rows) > 1:
            with st.popover(t("Say it of all {number}", number=len(rows))):
                seen = {row["id"] for row in rows}
                st.caption(
                    t("Said of all {number} at once. Only “send it again” writes to them; what did not leave can be retried.",
                      number=len(rows))
                )  # fmt: skip
                _choices("all", lambda verdict: bench().delivery.settle_all(campaign.id, verdict, person(), seen=seen))
        for row in rows[:_SHOWN]:
            _one(row)


def _one(row: Mapping[Any, Any]) -> None:
    of_text, of_choice = st.columns([3, 2], vertical_alignment="center")
    of_text.markdown(escaped(f"{row['recipient']} · {row['subject']} · {moment(row['handed_at'])}"))
    of_text.caption(escaped(translated(row["last_error"] or "")))
    with of_choice, st.container(horizontal=True), st.popover(t("Say what became of it")):
        _choices(row["id"], lambda verdict: bench().delivery.settle(row["id"], verdict, person()))


def _choices(key: str, act: Callable[[Verdict], object]) -> None:
    for verdict, label in _VERDICTS.items():
        if st.button(t(label), key=f"settle:{key}:{verdict}", **only(Role.EDITOR)):
            with told():
                act(verdict)
                notice(t("Noted."))
                st.rerun()
