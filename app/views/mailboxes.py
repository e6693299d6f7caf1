"""Mailboxes: how each sender identity is, what it may still send today, and what to do about it."""

from __future__ import annotations

import streamlit as st

from app.components.language import t
from app.components.new_mailbox import new_mailbox, take_out
from app.components.page import empty, header, notice, told
from app.components.roles import only
from app.components.text import escaped, moment, spoken, these_days
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.delivery.mailboxes import MailboxHealth

ICONS = {"ok": ":material/check_circle:", "warn": ":material/warning:", "fail": ":material/error:", "unknown": ":material/help:"}
_COLOURS = {"ok": "green", "warn": "orange", "fail": "red", "unknown": "gray"}


def page() -> None:
    """Draw the page."""
    header(t("Mailboxes"), t("Who your mail comes from: health, caps, and what to mend before it is noticed elsewhere."))
    with told():
        found = bench().mailboxes.list()
        if not found:
            empty(t("There are no mailboxes yet. Set one up for each address you send from."))
        elif all(one.sender == "sandbox" for one in found):
            st.info(t("These mailboxes are simulated: nothing they send reaches anybody. Set up your own below."))
        for one in found:
            _one(one)
        new_mailbox(expanded=not found)


def _one(one: MailboxHealth) -> None:
    with st.container(border=True):
        of_name, of_state = st.columns([3, 1], vertical_alignment="center")
        of_name.markdown(f"**{escaped(one.name)}** · {escaped(one.address)} · {escaped(spoken(one.sender))}")
        if one.status == "paused":
            of_state.badge(t("Paused"), icon=":material/pause_circle:", color="red")
            st.error(
                escaped(
                    t(
                        "{reason} Nothing leaves from here since {since}.",
                        reason=translated(one.reason or ""),
                        since=moment(one.since),
                    )
                ),
                icon=":material/pause_circle:",
            )
        else:
            of_state.badge(t("Working"), icon=":material/check_circle:", color="green")
            if one.waits:
                st.caption(escaped(translated(one.waits)))
        _figures(one)
        _checks(one)
        _buttons(one)


def _figures(one: MailboxHealth) -> None:
    day, hour, row, last = st.columns(4)
    day.metric(t("Today"), t("{day:,} of {daily_cap:,}", day=one.day, daily_cap=one.daily_cap))
    hour.metric(t("Within the hour"), t("{hour:,} of {hourly_cap:,}", hour=one.hour, hourly_cap=one.hourly_cap))
    row.metric(t("Failures in a row"), one.failures)
    last.metric(t("Last mail"), these_days(one.last))


def _checks(one: MailboxHealth) -> None:
    if not one.checks:
        st.caption(t("Its domain and its servers were not checked yet."))
        return
    title = t("Checks: {worst} · {checked_at}", worst=spoken(one.worst), checked_at=moment(one.checked_at))
    with st.expander(title, icon=ICONS[one.worst], expanded=one.worst in ("fail", "warn")):
        for name, found in one.checks.items():
            state = str(found.get("state"))
            told_so = escaped(translated(found["told"]))
            st.markdown(f":{_COLOURS.get(state, 'gray')}[{ICONS.get(state, '')} **{escaped(_title(name))}**] {told_so}")
            if found.get("fix"):
                st.caption(escaped(translated(found["fix"])))


def _title(name: str) -> str:
    known = {"mx": "MX", "spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC", "one_click": t("One-click unsubscribe")}
    return known.get(name) or spoken(name)


def _buttons(one: MailboxHealth) -> None:
    with st.container(horizontal=True):
        if st.button(t("Check the domain"), key=f"check:{one.name}", icon=":material/dns:", **only(Role.EDITOR)):
            with told(), st.spinner(t("Asking the name servers")):
                bench().mailboxes.check(one.name)
                st.rerun()
        if st.button(t("Test the connection"), key=f"test:{one.name}", icon=":material/cable:", **only(Role.EDITOR)):
            with told(), st.spinner(t("Logging in")):
                bench().mailboxes.test(one.name)
                st.rerun()
        if one.status == "paused" and st.button(
            t("Resume"), key=f"resume:{one.name}", icon=":material/play_arrow:", type="primary", **only(Role.EDITOR)
        ):
            with told():
                bench().mailboxes.resume(one.name, by=person())
                notice(t("{name} goes on.", name=one.name))
                st.rerun()
        if one.status != "paused" and st.button(
            t("Pause"), key=f"pause:{one.name}", icon=":material/pause:", **only(Role.EDITOR)
        ):
            with told():
                bench().mailboxes.pause(one.name, by=person())
                notice(t("Nothing leaves from {name} any more.", name=one.name))
                st.rerun()
        take_out(one.name)


if __name__ == "__main__":
    page()
