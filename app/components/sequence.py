"""The mails after the first: choosing them for a new campaign, and where people stand in those of a running one."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.text import escaped, spoken
from app.state import bench
from gtm_pipelines.campaigns.model import Campaign, SequenceStep
from gtm_pipelines.packs.model import PackInfo

MOST = 6
"""Later mails offered on the page; the command line takes more."""
_USUAL_WAITS = (3, 5, 7)
_STATUS = {"active": "Goes on", "paused": "Away", "stopped": "Ended", "finished": "Had every mail"}
_COLOURS = {"Goes on": "#2563eb", "Away": "#d97706", "Ended": "#6b7280", "Had every mail": "#16a34a"}
_REASONS = {
    "replied": "answered", "bounced": "mail came back", "unsubscribed": "asked to be left alone", "complained": "complained",
    "meeting": "meeting booked", "company": "a colleague answered", "person": "ended by a person",
    "out_of_office": "out of office",
}  # fmt: skip


def choose_sequence(place: DeltaGenerator) -> tuple[tuple[SequenceStep, ...], bool]:
    """Ask for the mails after the first; return them, and whether an answer stops the whole company."""
    packs = _packs()
    offered = [f"{key}#{variant}" for key, info in packs.items() for variant in info.variants]
    count = int(place.number_input("Follow-ups, where nobody answers", 0, MOST if offered else 0, key="new_follow_ups"))
    steps = tuple(_choose_step(place, number, offered) for number in range(2, count + 2))
    stop = bool(count) and place.checkbox("An answer stops the mails to everybody at the company", key="new_stop_company")
    return steps, stop


def _choose_step(place: DeltaGenerator, number: int, offered: list[str]) -> SequenceStep:
    kind, wait = place.columns([3, 2])
    usual = min(number - 2, len(offered) - 1)
    chosen = kind.selectbox(f"Mail {number}", offered, index=usual, format_func=_title, key=f"new_step:{number}")
    days = _USUAL_WAITS[min(number - 2, len(_USUAL_WAITS) - 1)]
    waits = wait.number_input("Working days after", 1, 90, days, key=f"new_wait:{number}", help="By the recipient's calendar.")
    pack, _, variant = str(chosen).partition("#")
    return SequenceStep(pack=pack, variants=(variant,), wait_days=int(waits))


def _packs() -> dict[str, PackInfo]:
    found = [info for info in bench().packs.list() if info.current and info.kind == "mail" and not info.problems]
    return {f"{info.name}@{info.version}": info for info in sorted(found, key=lambda info: info.choose != "occasion")}


def _title(key: str) -> str:
    pack, _, variant = key.partition("#")
    return f"{spoken(variant)} ({pack})"


def standing(campaign: Campaign) -> None:
    """Show the mails of a campaign's sequence and how many people stand at each."""
    steps = bench().campaigns.steps(campaign.id)
    if not steps:
        return
    st.subheader("Where people stand", anchor=False)
    waits = "; ".join(
        f"mail {step.step}: {escaped(', '.join(spoken(v).lower() for v in step.variants))}, {step.wait_days} working days later"
        for step in steps
    )
    st.caption(f"Mail 1: {escaped(campaign.pack)}; {waits}. Waits are counted by each recipient's own calendar.")
    rows = bench().campaigns.standing(campaign.id)
    frame = pd.DataFrame(
        {
            "Next mail": [f"Mail {row.step}" if row.status != "finished" else "None left" for row in rows],
            "State": [_STATUS[row.status] for row in rows],
            "Why": [_REASONS.get(row.reason or "", row.reason or "") for row in rows],
            "People": [row.people for row in rows],
        }
    )
    left, right = st.columns([3, 2])
    left.altair_chart(_chart(frame), width="stretch")
    right.dataframe(frame, hide_index=True, width="stretch")


def _chart(frame: pd.DataFrame) -> alt.Chart:
    colour = alt.Color("State:N", scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())), title=None)
    bars = alt.Chart(frame).mark_bar()
    return bars.encode(
        x=alt.X("People:Q", axis=alt.Axis(tickMinStep=1, format="d")),
        y=alt.Y("Next mail:N", title=None),
        color=colour,
        tooltip=["Next mail", "State", "Why", "People"],
    ).properties(height=60 + 40 * frame["Next mail"].nunique())
