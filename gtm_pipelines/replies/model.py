"""Values and rules of what comes back: raw mail, classes, attributions, reports.

A ``Mailbox`` is where answers are read from. Every implementation passes one
contract suite: reading never changes the mailbox, a cursor says what was already
committed, and a changed ``uidvalidity`` means reading everything again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from gtm_pipelines.meetings.answers import CalendarAnswer
from gtm_pipelines.record import answers


class ReplyClass(StrEnum):
    """What an inbound message is."""

    BOUNCE_HARD = "bounce_hard"
    BOUNCE_SOFT = "bounce_soft"
    AUTO_REPLY = "auto_reply"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    INFORMATION_REQUEST = "information_request"
    OBJECTION = "objection"
    NOT_NOW = "not_now"
    REFERRAL = "referral"
    WRONG_PERSON = "wrong_person"
    MEETING_BOOKED = "meeting_booked"
    OTHER = "other"


HUMAN_CLASSES = frozenset(cls for cls in ReplyClass if cls.value in answers.WRITTEN)
"""Classes that a person wrote; each of them counts as a reply."""


class Attribution(StrEnum):
    """How an inbound message found the message it answers."""

    IN_REPLY_TO = "in_reply_to"
    REFERENCES = "references"
    EMBEDDED = "embedded"
    UNSUBSCRIBE_LINK = "unsubscribe_link"
    CALENDAR = "calendar"
    RECIPIENT = "recipient"
    PERSON = "person"
    REPORT = "report"
    NONE = "none"
    OWN_COPY = "own_copy"


@dataclass(frozen=True)
class FolderCursor:
    """How far one folder has been read: every uid up to ``last_uid`` is in the record."""

    uidvalidity: int
    last_uid: int


Cursor = Mapping[str, FolderCursor]
"""Folder name to its cursor; a folder that is absent is read from the start."""


@dataclass(frozen=True)
class RawMail:
    """One message as its mailbox holds it."""

    folder: str
    uidvalidity: int
    uid: int
    raw: bytes
    received_at: datetime


class Mailbox(Protocol):
    """Where the answers to one sender identity are read."""

    def fetch(self, cursor: Cursor) -> Iterator[RawMail]:
        """Yield what is beyond ``cursor``, in ascending uid within each folder, unread marks untouched.

        Raises:
            SettingsError: the log-in, a certificate or a folder name is wrong.
            TransientError: the server did not answer; what was yielded stands.
        """
        ...

    def contains_message_id(self, folder: str, message_id: str) -> bool:
        """Tell whether ``folder`` holds a message with this Message-ID (with its angle brackets)."""
        ...


class BounceKind(StrEnum):
    """How a notice of the mail system ends."""

    HARD = "hard"
    SOFT = "soft"
    DELAYED = "delayed"


@dataclass(frozen=True)
class Bounce:
    """A notice of the mail system about mail that did not arrive.

    ``status`` is the enhanced code of RFC 3463 where one was given. Soft: given up,
    but the code begins with 4, so the address may work another day. Delayed: still
    being tried, which is no bounce.
    """

    kind: BounceKind
    recipients: tuple[str, ...]
    status: str | None
    reason: str
    message_ids: tuple[str, ...] = ()
    """Message-IDs found in the copy of the original, likeliest first."""


@dataclass(frozen=True)
class Verdict:
    """A class with how sure the rules are (0 to 1) and why, for people."""

    cls: ReplyClass
    confidence: float
    reason: str
    returns_on: date | None = None
    """When an absent person is back, or somebody asks to be written to again."""
    gone: bool = False
    """Nobody reads this address any more, because its owner left."""
    doubt: bool = False
    """The writer may ask to be left alone; the class is never sure then, so that a person says what it is."""
    machine: bool = False
    """Headers, a subject or the form of a report tell that a machine wrote it; words alone prove nothing."""

    @property
    def waits(self) -> bool:
        """Whether a person must deal with the mail before anything automatic goes to whoever wrote it."""
        return not self.machine and self.cls is not ReplyClass.UNSUBSCRIBE


@dataclass(frozen=True)
class ReplyText:
    """The words of one mail in three parts: what was written now, the signature, what was quoted."""

    text: str
    signature: str
    quoted: str


@dataclass(frozen=True)
class ParsedMail:
    """What the rules may look at; nothing here is trusted."""

    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    from_address: str | None
    from_name: str | None
    to_address: str | None
    subject: str
    reply: ReplyText
    language: str
    sent_at: datetime | None
    headers: Mapping[str, str]
    """Lower-case names to decoded values, first of each name."""
    calendar: CalendarAnswer | None = None
    """What the writer's calendar answers to an invitation by this mail, or invites to."""


@dataclass(frozen=True)
class Reading:
    """What a mail says; nothing here is trusted. ``embedded`` are the Message-IDs of mails it carries inside."""

    mail: ParsedMail
    verdict: Verdict
    bounce: Bounce | None
    embedded: Sequence[str]


@dataclass(frozen=True)
class InboundView:
    """One row of the reply list, as faces show it."""

    id: str
    mailbox: str
    cls: str
    confidence: float
    class_reason: str
    attribution: str
    from_address: str | None
    from_name: str | None
    subject: str | None
    text: str | None
    language: str | None
    received_at: datetime
    bounced_recipient: str | None
    message_id: str | None
    campaign_id: str | None
    campaign_name: str | None
    contact_id: str | None
    conversation_id: str | None
    return_at: datetime | None = None
    handled_at: datetime | None = None
    """When a person dealt with it, or it came and needed none."""


@dataclass(frozen=True)
class Correction:
    """A class that a person put right, kept as an example."""

    id: str
    text: str
    cls: str
    was: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Collector:
    """One sender identity's mailbox, opened when it is read.

    ``sent_folder`` is where sent mail is kept by the mail program or server, if it is.
    """

    name: str
    address: str
    open: Callable[[], Mailbox]
    sent_folder: str | None = None


@dataclass(frozen=True)
class MailboxFailure:
    """A mailbox that could not be read, and what to do."""

    mailbox: str
    code: str
    message: str


@dataclass(frozen=True)
class CollectReport:
    """What one collection found. ``new`` = ``attributed`` + ``unmatched`` + ``own_copies``."""

    fetched: int
    new: int
    by_class: Mapping[str, int] = field(default_factory=dict)
    attributed: int = 0
    unmatched: int = 0
    own_copies: int = 0
    settled: int = 0
    """Unknown messages that turned out to have been handed over."""
    failures: tuple[MailboxFailure, ...] = ()
