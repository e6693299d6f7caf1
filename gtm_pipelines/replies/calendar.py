"""Invitations to a meeting, as calendar programs read them (RFC 5545 and iTIP's REQUEST, RFC 5546)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gtm_pipelines.errors import InputError
from gtm_pipelines.ids import digest

CONTENT_TYPE = "text/calendar; method=REQUEST; charset=utf-8"


@dataclass(frozen=True)
class Meeting:
    """A meeting to invite somebody to."""

    title: str
    begins: datetime
    minutes: int
    organiser: str
    attendee: str
    place: str = ""
    """A link or an address."""


def invitation(meeting: Meeting, made_at: datetime) -> bytes:
    """Return the invitation as the bytes of an ``.ics`` file; the same meeting always has the same UID.

    Raises:
        InputError: the moment has no time zone, or has passed.
    """
    from icalendar import Calendar, Event, vCalAddress

    if meeting.begins.tzinfo is None:
        raise InputError("Say the meeting's time with its offset, such as 2026-03-10T15:00+03:00.")
    if meeting.begins <= made_at:
        raise InputError(f"{meeting.begins:%Y-%m-%d %H:%M %z} has passed. Choose a later time.")
    begins = meeting.begins.astimezone(UTC)
    event = Event()
    event.add(
        "uid", f"{digest(meeting.organiser, meeting.attendee, begins.isoformat())[:32]}@{meeting.organiser.partition('@')[2]}"
    )
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=meeting.minutes))
    event.add("summary", " ".join(meeting.title.split()))
    event.add("organizer", vCalAddress(f"mailto:{meeting.organiser}"))
    event.add("attendee", vCalAddress(f"mailto:{meeting.attendee}"), parameters={"RSVP": "TRUE", "PARTSTAT": "NEEDS-ACTION"})
    if meeting.place:
        event.add("location", meeting.place)
    calendar = Calendar()
    for name, value in (("prodid", "-//GTM workbench//EN"), ("version", "2.0"), ("method", "REQUEST")):
        calendar.add(name, value)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
