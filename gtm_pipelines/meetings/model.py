"""A meeting as an answer proposes it, and what may be sent of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gtm_pipelines.errors import InputError

MOST_MINUTES = 480
"""The longest meeting, as for ``[replies] meeting_minutes``."""
MOST_PLACE = 300
WITHOUT_ATTACHMENTS = {
    "instantly": "Instantly sends a mail's text alone (its API takes no attachment): this mail leaves without the invitation.",
    "smartlead": "Smartlead sends a lead's text alone (its API takes no file of ours): this mail leaves without the invitation.",
}
"""Senders that hand over no attachment, with what a person is told before they approve.

Instantly's ``/api/v2/leads`` and ``/emails/reply`` have no field for one; Smartlead's ``/leads`` has none, and its reply call
takes only files that lie at a public address.
"""


class MeetingError(InputError):
    """The line that proposes a meeting cannot be read, or cannot be kept. Write it anew, or take it out."""

    code = "meeting"


@dataclass(frozen=True)
class Meeting:
    """A meeting at a definite time.

    Attributes:
        begins: when, in the zone that the mail names.
        minutes: how long.
        place: a link or an address, perhaps none.
        cancelled: whether the mail calls it off.
    """

    begins: datetime
    minutes: int
    place: str = ""
    cancelled: bool = False

    @property
    def ends(self) -> datetime:
        """When it is over."""
        return self.begins + timedelta(minutes=self.minutes)

    @property
    def zone(self) -> str:
        """The IANA name of the zone that the mail names."""
        return str(self.begins.tzinfo)


@dataclass(frozen=True)
class Series:
    """One entry in a calendar through all its changes (RFC 5546: the same UID, a rising SEQUENCE).

    Attributes:
        step: which answer of the conversation invited first; changes are counted from it.
        latest: how the entry stands since the last mail that left.
        sequence: which of its states that is; the first is 0.
    """

    step: int
    latest: Meeting
    sequence: int = 0


@dataclass(frozen=True)
class Invitation:
    """An invitation, or its withdrawal, as the bytes of an ``.ics`` file; ``method`` is ``REQUEST`` or ``CANCEL``."""

    method: str
    content: bytes
