"""What calendars answer: REPLY and COUNTER to an invitation, or a REQUEST of their own (iTIP, RFC 5546), read from a mail's part.

Whoever writes us makes these bytes. So only the lines that are wanted reach the parser: a time zone of their own, a rule of
recurrence or a thousand nested parts never do. What cannot be read is no answer; nothing here raises.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from gtm_pipelines.meetings.ics import NAME_LENGTH, name_in

MOST_TEXT = 128_000
"""Characters of a part that is looked at; answers have two thousand."""
MOST_EVENTS = 10
MOST_COMMENT = 8_000
_MOST_NAME, _MOST_ADDRESS = 1_000, 254
_MOST_CHANGES = 10_000
_FOLD = re.compile(r"\r?\n[ \t]")
_WANTED = re.compile(r"(?:UID|SEQUENCE|ATTENDEE|ORGANIZER|DTSTART|COMMENT|SUMMARY)[;:]", re.I)
_CALENDAR, _EVENT = ["VCALENDAR"], ["VCALENDAR", "VEVENT"]
_OURS = re.compile(rf"[0-9a-f]{{{NAME_LENGTH}}}")
"""How entries of our own are named, before the ``@``."""
_FORMAL = re.compile(r"Google|Apple|caldav\.icloud", re.I)


class Status(StrEnum):
    """How an invitation was answered."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"
    COUNTERED = "countered"
    INVITED = "invited"
    """They answer with an invitation of their own."""


_METHODS = {"REPLY": None, "COUNTER": Status.COUNTERED, "REQUEST": Status.INVITED}
"""What each method means; a reply means what its attendee says."""


@dataclass(frozen=True)
class CalendarAnswer:
    """An answer to an invitation; nothing here is trusted.

    Attributes:
        status: what was answered.
        uid: names the entry that is answered.
        sequence: which state of the entry is answered; ``None`` where it is not told.
        attendee: who answers or invites, in lower case.
        begins: when the entry begins, or would by a counter-proposal; in UTC.
        comment: what the person wrote beside the answer.
        title: what the entry is called.
        formal: whether it is of a program that writes the whole mail too, where it sends one.
    """

    status: Status
    uid: str
    sequence: int | None = None
    attendee: str | None = None
    begins: datetime | None = None
    comment: str = ""
    title: str = ""
    formal: bool = False


def read(text: str, method: str | None = None, sender: str | None = None) -> CalendarAnswer | None:
    """Return what a calendar answers; ``None`` for anything else, such as a cancellation, and for what cannot be read.

    Args:
        text: of the part.
        method: what the part's ``Content-Type`` calls it, for those that do not say it themselves.
        sender: the address it comes from; where several attendees are listed, theirs counts.
    """
    if len(text) > MOST_TEXT:
        return None
    try:
        return next(_answers(text, method, sender), None)
    except Exception:  # noqa: BLE001 - hostile input, and what a parser does with it is not ours to list
        return None


def _answers(text: str, method: str | None, sender: str | None) -> Iterator[CalendarAnswer]:
    head, events = _lines(text)
    said = (head.get("METHOD") or method or "").strip().upper()
    formal = bool(_FORMAL.search(head.get("PRODID", "")))
    for lines in events if said in _METHODS else ():
        if answer := _answer(lines, sender, _METHODS[said], formal=formal):
            yield answer


def _lines(text: str) -> tuple[dict[str, str], list[list[str]]]:
    """Return what a calendar says of itself, and the wanted lines of each of its events, without those of what lies in them."""
    head: dict[str, str] = {}
    events: list[list[str]] = []
    within: list[str] = []
    for line in _FOLD.sub("", text.lstrip("\ufeff")).split("\n"):
        name, _, value = line.rstrip("\r").partition(":")
        name, value = name.partition(";")[0].strip().upper(), value.strip()
        if name == "BEGIN":
            within.append(value.upper())
            if within == _EVENT:
                events.append([])
        elif name == "END":
            del within[-1:]
        elif within == _CALENDAR and name in ("METHOD", "PRODID"):
            head.setdefault(name, value)
        elif within == _EVENT and _WANTED.match(line):
            events[-1].append(line.rstrip("\r"))
    return head, events[:MOST_EVENTS]


def _answer(lines: Sequence[str], sender: str | None, meant: Status | None, *, formal: bool) -> CalendarAnswer | None:
    from icalendar import Event

    event = Event.from_ical("\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT", "")))
    attendee = _attendee(_all(event, "organizer" if meant is Status.INVITED else "attendee"), sender)
    status = meant or _status(attendee)
    uid = next((str(one).strip() for one in _all(event, "uid")), "")
    if status is None or not uid or len(uid) > _MOST_NAME:
        return None
    if meant is Status.INVITED and _of_ours(uid, attendee, sender):
        return None
    comments = [*(str(one) for one in _all(event, "comment")), _beside(attendee)]
    return CalendarAnswer(
        status, uid, _sequence(event), _address(attendee), _begins(event),
        "\n".join(dict.fromkeys(one.strip() for one in comments if one.strip()))[:MOST_COMMENT],
        next((str(one) for one in _all(event, "summary")), "")[:_MOST_NAME], formal,
    )  # fmt: skip


def _of_ours(uid: str, organiser: Any, sender: str | None) -> bool:
    """Tell an invitation of ours that comes back, by its name and by an organiser who is none of the senders'."""
    home = (_address(organiser) or "").rpartition("@")[2]
    named = _OURS.fullmatch(name_in(uid)) and uid.partition("@")[2].lower() == home
    return bool(named) and home != (sender or "").rpartition("@")[2]


def _all(event: Any, name: str) -> list[Any]:
    found = event.get(name)
    return found if isinstance(found, list) else [found] if found is not None else []


def _attendee(listed: Sequence[Any], sender: str | None) -> Any:
    """Return who answers: the sender of the mail where they are listed, else the first who says anything."""
    own = [one for one in listed if sender and _address(one) == sender]
    return next((one for one in (*own, *listed) if _status(one)), listed[0] if listed else None)


def _status(attendee: Any) -> Status | None:
    said = str(attendee.params.get("PARTSTAT", "")).strip().lower() if attendee is not None else ""
    return Status(said) if said in ("accepted", "declined", "tentative") else None


def _address(attendee: Any) -> str | None:
    address = re.sub(r"^mailto:", "", str(attendee or "").strip(), flags=re.I).strip().lower()
    return address if "@" in address and len(address) <= _MOST_ADDRESS else None


def _beside(attendee: Any) -> str:
    """Return the note that Google puts beside the attendee, its signs written as in HTML."""
    return html.unescape(str(attendee.params.get("X-RESPONSE-COMMENT", ""))) if attendee is not None else ""


def _sequence(event: Any) -> int | None:
    with suppress(ValueError, TypeError):
        told = next((int(one) for one in _all(event, "sequence")), -1)
        return told if 0 <= told <= _MOST_CHANGES else None
    return None


def _begins(event: Any) -> datetime | None:
    with suppress(ValueError, AttributeError, OverflowError):
        told = next((one.dt for one in _all(event, "dtstart")), None)
        return told.astimezone(UTC) if isinstance(told, datetime) and told.tzinfo else None
    return None
