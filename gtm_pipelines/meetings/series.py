"""Which entry of a calendar a further mail changes, told by the mails of a conversation that left before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gtm_pipelines.meetings.line import found
from gtm_pipelines.meetings.model import Meeting, MeetingError, Series


@dataclass(frozen=True)
class Left:
    """An answer that left: which of the conversation it was, what it said, and when."""

    step: int
    body: str
    at: datetime


def standing(left: Iterable[Left], now: datetime) -> Series | None:
    """Return the entry that a mail sent now would change; ``None`` where it would make a new one.

    What was called off is over, and so is a meeting whose time has passed: the next one is another entry.

    Args:
        left: the answers that left, in the order of their steps.
        now: when the further mail leaves.
    """
    series: Series | None = None
    for mail in left:
        if (meeting := _told(mail.body)) is None:
            continue
        series = _open_at(series, mail.at)
        first = series.step if series else mail.step
        series = None if meeting.cancelled else Series(first, meeting, mail.step - first)
    return _open_at(series, now)


def check(meeting: Meeting, series: Series | None, now: datetime) -> None:
    """Raise unless a mail that leaves now may carry a meeting to a calendar whose entry stands as ``series`` says.

    Raises:
        MeetingError: the time has passed, or there is nothing to call off.
    """
    if meeting.cancelled and series is None:
        raise MeetingError("There is no invitation to call off: none has left, or its meeting is over. Take the line out.")
    if not meeting.cancelled and meeting.begins <= now:
        raise MeetingError(f"The meeting's time, {meeting.begins:%Y-%m-%d %H:%M} {meeting.zone}, has passed. Choose a later one.")


def _open_at(series: Series | None, moment: datetime) -> Series | None:
    return series if series and series.latest.ends > moment else None


def _told(body: str) -> Meeting | None:
    try:
        return found(body)
    except MeetingError:
        return None  # it left without an invitation, then
