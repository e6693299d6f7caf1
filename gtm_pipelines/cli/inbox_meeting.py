"""How ``gtm inbox`` tells of a meeting that an answer proposes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gtm_pipelines.meetings.model import Meeting
    from gtm_pipelines.replies.meetings import Proposal


def told(proposal: Proposal) -> Iterator[str]:
    """Yield the lines that say what an answer proposes and what leaves with it."""
    if proposal.meeting:
        yield f"{'Calls off' if proposal.meeting.cancelled else 'Meeting'}: {_when(proposal)}"
        yield f"{proposal.meeting.minutes} minutes, {proposal.meeting.place or 'no place'}"
    if proposal.changes and proposal.meeting and not proposal.meeting.cancelled:
        yield f"It changes the invitation that they have: {_dated(proposal.changes)}."
    if proposal.trouble:
        yield f"It cannot be approved so: {proposal.trouble}"
    if proposal.left_out:
        yield proposal.left_out
    elif not proposal.trouble:
        yield "The mail carries it for their calendar; 'gtm inbox meeting CONVERSATION --out invite.ics' writes the file."


def _when(proposal: Proposal) -> str:
    theirs = f"{_clock(proposal.theirs)} by their clock" if proposal.theirs else "their time zone is not known"
    return f"{_clock(proposal.ours)} by ours; {theirs}"


def _dated(meeting: Meeting) -> str:
    return f"{_clock(meeting.begins)}, {meeting.minutes} minutes"


def _clock(moment: datetime | None) -> str:
    return f"{moment:%a %Y-%m-%d %H:%M} {moment.tzinfo}" if moment else "?"
