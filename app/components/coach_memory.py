"""What the coach remembers: seen, changed and deleted by a person."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from app.components.language import mark, t
from app.components.page import notice
from app.components.roles import only
from app.components.text import escaped, moment, spoken
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.coaching.model import LONGEST_BELIEF, SUBJECTS, Belief

_WORDS = {
    "stage": mark("Stage"), "goal": mark("Goal"), "offer": mark("Offer"), "audience": mark("Audience"), "tool": mark("Tool"),
    "language": mark("Language"), "note": mark("Note"), "person": mark("you, by hand"), "chat": mark("you, in a talk"),
    "record": mark("seen in the record"),
}  # fmt: skip


def memory() -> None:
    """Show every belief, talk and rate that is kept."""
    st.markdown(t("What the coach believes about you, and where it has that from."))
    for one in bench().memory.beliefs():
        _belief(one)
    _add()
    _rates()
    _talks()


def _belief(one: Belief) -> None:
    by = f"person:{person()}"
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        label = t(_WORDS[one.subject])
        told = t("{source}, {when}", source=t(_WORDS[one.source]), when=moment(one.updated_at))
        value = st.text_input(label, one.value, key=f"belief:{one.id}", max_chars=LONGEST_BELIEF, **only(Role.EDITOR, help=told))
        if (said := " ".join(value.split())) and said != one.value:
            bench().memory.change(one.id, value, by=by)
            notice(t("Changed."))
            st.rerun()
        if st.button(t("Forget"), key=f"forget:{one.id}", icon=":material/delete:", **only(Role.EDITOR)):
            bench().memory.forget(one.id, by=by)
            notice(t("Forgotten."))
            st.rerun()
    st.caption(told)


def _add() -> None:
    with st.form("belief_new", clear_on_submit=True):
        subject = st.selectbox(t("About"), SUBJECTS, format_func=lambda key: t(_WORDS[key]))
        value = st.text_input(t("What to remember"), max_chars=LONGEST_BELIEF)
        if st.form_submit_button(t("Remember"), icon=":material/add:", **only(Role.EDITOR)) and value.strip():
            bench().memory.set(subject, value, by=f"person:{person()}")
            notice(t("Remembered."))
            st.rerun()


def _rates() -> None:
    st.subheader(t("Your own rates over time"), anchor=False)
    rows = [one for one in bench().memory.own_rates() if one.slice == "all" and one.denominator]
    if not rows:
        st.caption(t("They are kept each time a campaign is analysed."))
        return
    frame = pd.DataFrame(
        {"day": [str(one.measured_on) for one in rows], "rate": [one.numerator / one.denominator for one in rows],
         "name": [spoken(one.metric) for one in rows],
         "counted": [f"{one.numerator:,} / {one.denominator:,}" for one in rows]}
    )  # fmt: skip
    if frame["day"].nunique() < 2:
        table = frame.rename(columns={"day": t("Day"), "rate": t("Value"), "name": t("Rate"), "counted": t("Counted")})
        st.dataframe(table.style.format({t("Value"): "{:.2%}"}), hide_index=True, width="stretch")
        return
    chart = alt.Chart(frame).mark_line(point=True).encode(
        x=alt.X("day:T", title=None), y=alt.Y("rate:Q", title=None, axis=alt.Axis(format="%")),
        color=alt.Color("name:N", title=None), tooltip=["day", "name", alt.Tooltip("rate:Q", format=".2%"), "counted"],
    )  # fmt: skip
    st.altair_chart(chart, width="stretch", alt=t("Your own rates over time"))


def _talks() -> None:
    st.subheader(t("Talks"), anchor=False)
    talks = bench().memory.chats()
    if not talks:
        st.caption(t("No talk yet."))
    for one in talks:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{escaped(one.title)}  \n{moment(one.updated_at)}", width="stretch")
            if st.button(t("Delete"), key=f"talk:{one.id}", icon=":material/delete:", **only(Role.EDITOR)):
                bench().memory.forget_chat(one.id, by=f"person:{person()}")
                notice(t("Deleted."))
                st.rerun()
