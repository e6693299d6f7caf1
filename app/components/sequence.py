"""The mails after the first: choosing them for a new campaign, and where people stand in those of a running one."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.language import mark, t
from app.components.text import escaped, spoken
from app.components.translated import translated
from app.state import bench
from gtm_pipelines.campaigns.model import Campaign, SequenceStep
from gtm_pipelines.packs.model import PackInfo

MOST = 6
"""Later mails offered on the page; the command line takes more."""
_USUAL_WAITS = (3, 5, 7)
_STATUS = {"active": mark("Goes on"), "paused": mark("Away"), "stopped": mark("Ended"), "finished": mark("Had every mail")}
_REASONS = {
    "replied": mark("answered"),
    "bounced": mark("mail came back"),
    "unsubscribed": mark("asked to be left alone"),
    "complained": mark("complained"),
    "meeting": mark("meeting booked"),
    "company": mark("a colleague answered"),
    "person": mark("ended by a person"),
    "out_of_office": mark("out of office"),
}


def state_in_words(status: str, reason: str | None) -> str:
    """Return how somebody's sequence stands, with why where there is a reason, in lower case."""
    state = t(_STATUS.get(status, status)).lower()
    return f"{state} ({t(_REASONS.get(reason, reason))})" if reason else state


def choose_sequence(place: DeltaGenerator) -> tuple[tuple[SequenceStep, ...], bool]:
    """Ask for the mails after the first; return them, and whether an answer stops the whole company."""
    packs = _packs()
    offered = [f"{key}#{variant}" for key, info in packs.items() for variant in info.variants]
    count = int(place.number_input(t("Follow-ups, where nobody answers"), 0, MOST if offered else 0, key="new_follow_ups"))
    steps = tuple(_choose_step(place, number, offered) for number in range(2, count + 2))
    stop = bool(count) and place.checkbox(t("An answer stops the mails to everybody at the company"), key="new_stop_company")
    return steps, stop


def _choose_step(place: DeltaGenerator, number: int, offered: list[str]) -> SequenceStep:
    kind, wait = place.columns([3, 2])
    usual = min(number - 2, len(offered) - 1)
    chosen = kind.selectbox(
        t("Mail {numbers}", numbers=number), offered, index=usual, format_func=_title, key=f"new_step:{number}"
    )
    days = _USUAL_WAITS[min(number - 2, len(_USUAL_WAITS) - 1)]
    waits = wait.number_input(
        t("Working days after"), 1, 90, days, key=f"new_wait:{number}", help=t("By the recipient's calendar.")
    )
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
    st.subheader(t("Where people stand"), anchor=False)
    waits = "; ".join(
        t(
            "mail {step}: {v}, {wait_days} working days later",
            step=step.step,
            v=escaped(", ".join(spoken(v).lower() for v in step.variants)),
            wait_days=step.wait_days,
        )
        for step in steps
    )
    st.caption(
        t(
            "Mail 1: {pack}; {waits}. Waits are counted by each recipient's own calendar.",
            pack=escaped(campaign.pack),
            waits=waits,
        )
    )
    rows = bench().campaigns.standing(campaign.id)
    frame = pd.DataFrame(
        {
            t("Next mail"): [t("Mail {step}", step=row.step) if row.status != "finished" else t("None left") for row in rows],
            t("State"): [t(_STATUS[row.status]) for row in rows],
            t("Why"): [t(_REASONS[row.reason]) if row.reason in _REASONS else translated(row.reason or "") for row in rows],
            t("People"): [row.people for row in rows],
        }
    )
    left, right = st.columns([3, 2])
    left.altair_chart(_chart(frame), width="stretch", alt=t("Where people stand"))
    right.dataframe(frame, hide_index=True, width="stretch")


def _chart(frame: pd.DataFrame) -> alt.Chart:
    plotted = frame.set_axis(["mail", "state", "why", "people"], axis="columns")
    titles = dict(zip(plotted.columns, frame.columns, strict=True))
    return (
        alt.Chart(plotted)
        .mark_bar()
        .encode(
            x=alt.X("people:Q", title=titles["people"], axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("mail:N", title=None),
            color=alt.Color("state:N", scale=alt.Scale(domain=[t(each) for each in _STATUS.values()]), title=None),
            tooltip=[alt.Tooltip(name, title=title) for name, title in titles.items()],
        )
        .properties(height=60 + 40 * plotted["mail"].nunique())
    )
