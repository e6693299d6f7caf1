"""What is answered to somebody who named a time: where it is certain, zone and all, the answer proposes the meeting."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time

from gtm_pipelines.drafting.model import DraftRequest
from gtm_pipelines.errors import PolicyError
from gtm_pipelines.meetings.line import checked
from gtm_pipelines.meetings.model import Meeting, MeetingError
from gtm_pipelines.record.workdays import place_of

DAY, INVITES = "day", "invitation"
"""Prepared answers to whoever names a day, and a day with an hour."""
Named = tuple[date, time]


def meant(
    request: DraftRequest, named: Named | None, now: datetime, *, minutes: int, place: str
) -> tuple[DraftRequest, Meeting | None]:
    """Return what is to be written, and the meeting it proposes, if it proposes one.

    Args:
        request: the answer, as a rule or a person chose it.
        named: the day and hour they named, where both are certain.
        now: a meeting begins later than this.
        minutes: how long it lasts.
        place: where it is, perhaps nowhere.

    Raises:
        PolicyError: the answer that invites was chosen, and no certain time is known.
    """
    zone = place_of(request.target.snapshot).zone
    if request.variant in (DAY, INVITES) and INVITES in request.pack.variants and named and zone:
        with suppress(MeetingError):  # the clocks there skip that hour
            meeting = checked(*named, str(zone), minutes, place)
            if meeting.begins > now:
                return replace(request, variant=INVITES), meeting
    if request.variant == INVITES:
        raise PolicyError("answer.no_time", "No certain day, hour and time zone is known. Choose 'day' instead.")
    return request, None
