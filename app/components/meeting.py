"""Meetings: what stands in their calendar, and what a suggested answer proposes, read before it is approved, and changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from app.components.language import t, tn
from app.components.page import notice, told
from app.components.roles import only
from app.components.text import escaped, moment, these_days
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.errors import GtmError
from gtm_pipelines.meetings.answers import Status
from gtm_pipelines.meetings.ics import FILE_NAME
from gtm_pipelines.meetings.model import Meeting
from gtm_pipelines.replies.inbox import Thread
from gtm_pipelines.replies.meetings import Entry, Offer, Proposal


def of_answer(thread: Thread) -> None:
    """Show what the suggested answer of a conversation proposes, and what may be done about it."""
    proposal = bench().meetings.of(thread)
    if proposal is not None:
        _proposed(thread, proposal)
    if proposal is None or proposal.open:
        _acts(thread, proposal)


def of_calendar(thread: Thread) -> None:
    """Show the meeting that stands in their calendar by the mails that left, and how it was answered."""
    entry = bench().meetings.entry(thread)
    if entry is None:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(t("**In their calendar**"))
        st.text(f"{_moment(entry.meeting.begins)} · {_lasts(entry.meeting)}")
        st.caption(escaped(_answered(entry)))


def _answered(entry: Entry) -> str:
    answer = entry.answer
    if answer is None:
        return t("No calendar has answered the invitation yet.")
    who, on = answer.attendee or t("Somebody"), moment(entry.at)
    if answer.status is Status.COUNTERED:
        proposed = answer.begins.astimezone(entry.meeting.begins.tzinfo) if answer.begins else None
        return t("{who} proposes another time: {when}.", who=who, when=_moment(proposed))
    if answer.status is Status.TENTATIVE:
        return t("Tentatively accepted by {who}, {on}.", who=who, on=on)
    if answer.status is Status.DECLINED:
        return t("Declined by {who}, {on}. Offer another time, or call it off.", who=who, on=on)
    return t("Accepted by {who}, {on}.", who=who, on=on)


def _lasts(meeting: Meeting) -> str:
    return tn("{number} minute", "{number} minutes", meeting.minutes) + f" · {meeting.place or t('no place')}"


def _proposed(thread: Thread, proposal: Proposal) -> None:
    with st.container(border=True, gap="xsmall"):
        meeting = proposal.meeting
        off = meeting is not None and meeting.cancelled
        st.markdown(t("**The meeting is called off by this mail**") if off else t("**An invitation goes with this mail**"))
        if meeting is not None:
            st.text(_when(proposal))
            st.text(_lasts(meeting))
        if proposal.changes and not off:
            st.caption(escaped(t("It changes the invitation they have: {when}.", when=_moment(proposal.changes.begins))))
        if proposal.doubts:
            said = "  \n".join(escaped(translated(one)) for one in proposal.doubts)
            st.warning(said, icon=":material/compare_arrows:")
        if proposal.trouble:
            st.error(escaped(translated(proposal.trouble)), icon=":material/event_busy:")
        elif proposal.left_out:
            st.warning(escaped(translated(proposal.left_out)), icon=":material/attach_file_off:")
        else:
            _file(thread)


def _file(thread: Thread) -> None:
    try:
        data = bench().meetings.file(thread)
    except GtmError as error:  # its time passed since the page was drawn
        st.caption(escaped(translated(error)))
        return
    st.download_button(
        t("The file as it leaves"), data, FILE_NAME, "text/calendar", icon=":material/event:", on_click="ignore",
        key=f"meeting_file:{thread.conversation.id}",
    )  # fmt: skip


def _when(proposal: Proposal) -> str:
    ours = t("{when} by our clock", when=_moment(proposal.ours))
    if proposal.theirs is None:
        return f"{ours} · {t('where they are is not known')}"
    return f"{t('{when} by their clock', when=_moment(proposal.theirs))} · {ours}"


def _moment(value: datetime | None) -> str:
    return f"{these_days(value, weekday=True)} {value.tzinfo}" if value else "–"


def _acts(thread: Thread, proposal: Proposal | None) -> None:
    key = thread.conversation.id
    with st.container(horizontal=True):
        with st.popover(t("Change the meeting") if proposal else t("Propose a meeting"), icon=":material/event:"), told():
            _form(thread, proposal)
        if proposal is not None and st.button(
            t("Take the meeting out"), key=f"meeting_out:{key}", icon=":material/event_busy:", **only(Role.REVIEWER)
        ):
            _do(lambda: bench().meetings.remove(key, by=person()), t("Taken out. The rest of the text is as it was."))
        called_off = proposal is not None and proposal.meeting is not None and proposal.meeting.cancelled
        if not called_off and bench().meetings.entry(thread):
            _call_off(key)


def _call_off(key: str) -> None:
    label = t("Call it off by this mail")
    if st.button(label, key=f"meeting_off:{key}", icon=":material/event_busy:", **only(Role.REVIEWER)):
        _do(lambda: bench().meetings.call_off(key, by=person()), t("The mail calls it off now. Read it, then approve it."))


def _form(thread: Thread, proposal: Proposal | None) -> None:
    key, offer = thread.conversation.id, bench().meetings.offer(thread)
    meeting = proposal.meeting if proposal else None
    now = bench().clock.now().astimezone(ZoneInfo(offer.zone))
    with st.form(f"meeting:{key}:{meeting}", border=False):
        left, right = st.columns(2)
        day = left.date_input(t("Day"), _day(meeting.begins if meeting else None, offer, now), key=f"meeting_day:{key}")
        at = right.time_input(t("Time"), meeting.begins.time() if meeting else offer.at, step=900, key=f"meeting_at:{key}")
        zone = left.text_input(
            t("Time zone of this time"), meeting.zone if meeting else offer.zone, key=f"meeting_zone:{key}",
            help=t("Theirs.") if offer.zone_known else t("Ours: where they are is not known. Write theirs if you know it."),
        )  # fmt: skip
        minutes = right.number_input(
            t("Minutes"), 1, 480, meeting.minutes if meeting else offer.minutes, step=5, key=f"meeting_minutes:{key}"
        )
        place = st.text_input(t("Link or address"), meeting.place if meeting else offer.place, key=f"meeting_place:{key}")
        st.caption(t("It becomes a line of the mail. An answer that was approved is to be approved again."))
        if st.form_submit_button(t("Put it into the answer"), type="primary", **only(Role.REVIEWER)) and isinstance(day, date):
            _put(key, day, at, zone, int(minutes), place)


def _day(begins: datetime | None, offer: Offer, now: datetime) -> date:
    if begins:
        return begins.date()
    return offer.day if offer.day and offer.day >= now.date() else now.date() + timedelta(days=1)


def _put(key: str, day: date, at: time | None, zone: str, minutes: int, place: str) -> None:
    if at is None:
        st.error(t("Name the time too."))
        return
    act = bench().meetings.put
    _do(
        lambda: act(key, day, at, by=person(), zone=zone.strip(), minutes=minutes, place=place),
        t("It stands in the answer now. Read it, then approve it under Review."),
    )


def _do(act: Callable[[], object], said: str) -> None:
    with told():
        act()
        notice(said)
        st.rerun()
