"""How ``gtm inbox`` tells of a meeting: one that an answer proposes, and one that stands in their calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gtm_pipelines.meetings.model import Meeting
    from gtm_pipelines.replies.meetings import Entry, Proposal


def told(proposal: Proposal) -> Iterator[str]:
    """Yield the lines that say what an answer proposes and what leaves with it."""
    if proposal.meeting:
        yield f"{'Calls off' if proposal.meeting.cancelled else 'Meeting'}: {_when(proposal)}"
        yield f"{proposal.meeting.minutes} minutes, {proposal.meeting.place or 'no place'}"
    if proposal.changes and proposal.meeting and not proposal.meeting.cancelled:
        yield f"It changes the invitation that they have: {_dated(proposal.changes)}."
    if proposal.trouble:
        yield f"It cannot be approved so: {proposal.trouble}"
    yield from (f"Read it again: {doubt}" for doubt in proposal.doubts)
    if proposal.left_out:
        yield proposal.left_out
    elif not proposal.trouble:
        yield "The mail carries it for their calendar; 'gtm inbox meeting CONVERSATION --out invite.ics' writes the file."


def stands(entry: Entry) -> str:
    """Return the line that says what stands in their calendar, and how it was answered."""
    answer, said = entry.answer, "not answered yet"
    if answer:
        proposed = f": {answer.begins:%a %Y-%m-%d %H:%M} UTC" if answer.status == "countered" and answer.begins else ""
        said = f"{answer.status} by {answer.attendee or 'somebody'}, {entry.at:%Y-%m-%d %H:%M} UTC{proposed}"
    return f"In their calendar: {_dated(entry.meeting)}; {said}."


def _when(proposal: Proposal) -> str:
    theirs = f"{_clock(proposal.theirs)} by their clock" if proposal.theirs else "their time zone is not known"
    return f"{_clock(proposal.ours)} by ours; {theirs}"


def _dated(meeting: Meeting) -> str:
    return f"{_clock(meeting.begins)}, {meeting.minutes} minutes"


def _clock(moment: datetime | None) -> str:
    return f"{moment:%a %Y-%m-%d %H:%M} {moment.tzinfo}" if moment else "?"
