"""Invitations to a meeting, as calendar programs read them (RFC 5545; REQUEST and CANCEL of iTIP, RFC 5546)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gtm_pipelines.ids import digest
from gtm_pipelines.meetings.model import Invitation, Meeting, Series
from gtm_pipelines.meetings.series import check

if TYPE_CHECKING:
    from icalendar import Event

FILE_NAME = "invite.ics"
NAME_LENGTH = 32
"""Characters of an entry's own name: 128 bits."""
_PRODUCT = "-//GTM workbench//EN"
_ANSWER = re.compile(r"^(?:\s*(?:re|aw|sv|ответ|отв)\s*(?:\[\d+\])?\s*:)+\s*", re.I)


@dataclass(frozen=True)
class Meant:
    """Who invites whom, and by which mail.

    Attributes:
        key: names the conversation; with the step of the first invitation it makes the UID.
        step: which answer of the conversation the mail is.
        subject: of the mail, by which the meeting is called.
        organiser: the address that the mail comes from; clients offer an answer only where both are the same.
        organiser_name: shown beside it, perhaps empty.
        attendee: whom the mail goes to.
    """

    key: str
    step: int
    subject: str
    organiser: str
    organiser_name: str
    attendee: str


def invitation(meeting: Meeting, meant: Meant, series: Series | None, made_at: datetime) -> Invitation:
    """Return what a calendar is sent: a new entry, a change of the one that ``series`` has, or its end.

    Raises:
        MeetingError: the time has passed, or there is nothing to call off.
    """
    check(meeting, series, made_at)
    first = series.step if series else meant.step
    uid = f"{entry_name(meant.key, first)}@{meant.organiser.rpartition('@')[2]}"
    event = _event(meeting, meant, uid, meant.step - first)
    event.add("dtstamp", made_at.astimezone(UTC).replace(microsecond=0))
    method = "CANCEL" if meeting.cancelled else "REQUEST"
    return Invitation(method, _calendar(method, event))


def conversation_key(workspace_id: str, campaign_id: str, contact_id: str) -> str:
    """Return what names a conversation in the UIDs of its invitations."""
    return digest(workspace_id, campaign_id, contact_id)


def entry_name(key: str, first: int) -> str:
    """Return the first half of an entry's UID, before the ``@``, by which an answer to it is known again.

    It is stored nowhere and cannot be guessed: whoever names it has seen an invitation of that conversation.

    Args:
        key: names the conversation.
        first: which answer of it invited first.
    """
    return digest(key, str(first))[:NAME_LENGTH]


def name_in(uid: str) -> str:
    """Return the first half of a UID, as ``entry_name`` makes ours."""
    return uid.partition("@")[0].lower()


def title_of(subject: str) -> str:
    """Return a subject without the marks of an answer, such as ``Re:``."""
    return _ANSWER.sub("", " ".join(subject.split()))


def _event(meeting: Meeting, meant: Meant, uid: str, sequence: int) -> Event:
    from icalendar import Event, vCalAddress

    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstart", meeting.begins.astimezone(UTC))
    event.add("dtend", meeting.ends.astimezone(UTC))
    event.add("summary", title_of(meant.subject))
    event.add("status", "CANCELLED" if meeting.cancelled else "CONFIRMED")
    named = {"CN": _parameter(meant.organiser_name)} if _parameter(meant.organiser_name) else {}
    event.add("organizer", vCalAddress(f"mailto:{meant.organiser}"), parameters=named)
    asked = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE" if meeting.cancelled else "TRUE"}
    event.add("attendee", vCalAddress(f"mailto:{meant.attendee}"), parameters=asked)
    if meeting.place:
        event.add("location", meeting.place)
    return event


def _calendar(method: str, event: Event) -> bytes:
    from icalendar import Calendar

    calendar = Calendar()
    for name, value in (("prodid", _PRODUCT), ("version", "2.0"), ("method", method)):
        calendar.add(name, value)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _parameter(name: str) -> str:
    """Return a name as a parameter may hold it (RFC 5545, 3.2): no quotation marks and no control characters."""
    return " ".join("".join(sign for sign in name if sign.isprintable() and sign != '"').split())
