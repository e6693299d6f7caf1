"""Values and ports of delivery: message states, what a sender is handed and what it answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from gtm_pipelines.errors import ConflictError


class MessageState(StrEnum):
    """Where a message stands.

    ``queued → claimed → handing → sent | deferred | failed | unknown → reconciled``.
    An ``unknown`` may or may not have left; no machine ever sends it again.
    """

    QUEUED = "queued"
    CLAIMED = "claimed"
    HANDING = "handing"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNKNOWN = "unknown"
    RECONCILED = "reconciled"


IN_FLIGHT = (MessageState.CLAIMED, MessageState.HANDING)
WAITING = (MessageState.QUEUED, MessageState.DEFERRED)
SETTLED = (MessageState.SENT, MessageState.FAILED, MessageState.RECONCILED)


class LostClaimError(ConflictError):
    """The message is no longer this worker's; it must stop before the point of no return."""

    code = "lost_claim"


@dataclass(frozen=True)
class Outgoing:
    """One message, ready to be handed over byte for byte.

    Args:
        message_id: id of the record's row.
        rfc_message_id: the Message-ID with its angle brackets.
        mailbox: name of the sender identity.
        sender: envelope sender.
        recipient: envelope recipient.
        content: the whole RFC 5322 message with CRLF line ends.
    """

    message_id: str
    rfc_message_id: str
    mailbox: str
    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True)
class SendResult:
    """What came of handing a message over.

    Args:
        status: ``sent`` accepted; ``deferred`` provably not accepted, worth another try;
            ``failed`` refused for good; ``unknown`` may or may not have been accepted.
        reason: what a person should read.
        reference: the provider's own name for it, such as a queue id.
        stops_mailbox: the trouble is the mailbox's, not the message's: leave the rest of the list.
        bounced: the server said that there is no such recipient.
        authentication: the mailbox's login or its domain's authentication was refused: every message would be.
        retry_seconds: how long the provider asks to be left alone.
    """

    status: Literal["sent", "deferred", "failed", "unknown"]
    reason: str = ""
    reference: str | None = None
    stops_mailbox: bool = False
    bounced: bool = False
    authentication: bool = False
    retry_seconds: float | None = None


@dataclass(frozen=True)
class Sought:
    """A message that may have left, as a provider may be asked for it.

    Args:
        message_id: id of the record's row, which senders hand over where the provider keeps such a thing.
        rfc_message_id: the Message-ID with its angle brackets.
        recipient: the address.
        subject: as it was approved.
        handed_at: when it was handed over, if that is known.
    """

    message_id: str
    rfc_message_id: str
    recipient: str = ""
    subject: str = ""
    handed_at: datetime | None = None


@dataclass(frozen=True)
class Handover:
    """What a sender would do with a message, found without touching the outside world.

    Args:
        via: where it would go, such as ``smtp://mail.acme.com:587``.
        refusal: why the sender cannot take it, or ``None``.
    """

    via: str
    refusal: str | None = None


class Sender(Protocol):
    """Hands messages over. Not shared between threads."""

    def plan(self, outgoing: Outgoing) -> Handover:
        """Say what ``send`` would do; no connection is made."""
        ...

    def send(self, outgoing: Outgoing, handing: Callable[[], None]) -> SendResult:
        """Hand ``outgoing`` over.

        Args:
            outgoing: the message.
            handing: called exactly once, at the last moment at which the message has
                provably not left. If it raises, nothing may leave, and the error passes through.

        Returns:
            The result. Trouble of the network or the server is a result, never an exception.
        """
        ...

    def look_up(self, sought: Sought) -> bool | None:
        """Tell whether the message was accepted; ``None`` where the provider cannot say."""
        ...

    def close(self) -> None:
        """Let go of connections and servers."""
        ...


Checkpoint = Callable[[str], None]
"""Told the name of each step of a hand-over as it is passed; tests kill the process there."""


def no_checkpoint(_step: str) -> None:
    """Pass every step."""


@dataclass(frozen=True)
class QueueReport:
    """What queueing a campaign did.

    Args:
        queued: messages made now.
        existing: approved drafts whose message was there before.
        refreshed: messages that never left and took over a newly approved text.
        stopped: approved drafts that got no message, counted by rule.
    """

    queued: int
    existing: int
    refreshed: int = 0
    stopped: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PlanRow:
    """One target of a campaign: when it is written to, or the rule that stops it.

    Args:
        contact_id: the contact.
        contact: the contact's name.
        recipient: the address.
        mailbox: name of the sender identity.
        due_at: when it leaves, if it does.
        state: the message's state, ``planned`` before it is queued, ``stopped`` where a rule holds.
        rule: stable id of the rule that stops it, such as ``approval.missing``.
        reason: the same for people.
        waits: stable id of the rule that puts it off, such as ``contact.gap``, where it leaves but not at once.
        waits_reason: the same for people.
        step: which mail of the sequence it is, from 1; from 1001 an answer.
        not_before: where a rule stops it for now, the earliest moment at which the sequence lets it leave.
        zone: the recipient's time zone, where it is known.
        mailbox_zone: the mailbox's time zone.
    """

    contact_id: str
    contact: str
    recipient: str | None
    mailbox: str
    due_at: datetime | None
    state: str
    rule: str | None = None
    reason: str | None = None
    waits: str | None = None
    waits_reason: str | None = None
    step: int = 1
    not_before: datetime | None = None
    zone: str | None = None
    mailbox_zone: str = "UTC"

    @property
    def theirs(self) -> datetime | None:
        """When it leaves by the recipient's clock; by the mailbox's where theirs is not known."""
        return _by_clock(self.due_at, self.zone or self.mailbox_zone)

    @property
    def ours(self) -> datetime | None:
        """When it leaves by the mailbox's clock."""
        return _by_clock(self.due_at, self.mailbox_zone)


def _by_clock(moment: datetime | None, zone: str) -> datetime | None:
    return moment.astimezone(ZoneInfo(zone)) if moment else None


@dataclass(frozen=True)
class Plan:
    """Who gets what, when and from which mailbox; for everyone else, why not."""

    campaign_id: str
    campaign: str
    rows: tuple[PlanRow, ...]

    @property
    def stopped(self) -> dict[str, int]:
        """How many are stopped, by rule."""
        counts: dict[str, int] = {}
        for row in self.rows:
            if row.rule:
                counts[row.rule] = counts.get(row.rule, 0) + 1
        return counts

    @property
    def waiting(self) -> dict[str, int]:
        """How many leave later than now, by the rule that puts them off."""
        return dict(Counter(row.waits for row in self.rows if row.waits))


@dataclass(frozen=True)
class SendReport:
    """What one run of sending did.

    Args:
        sent: accepted by the server.
        deferred: to be tried again later.
        failed: refused for good.
        unknown: may or may not have been accepted; needs settling.
        waiting: still queued or deferred when the run ended.
        refused: stopped by a rule at the last check, such as a fresh suppression.
        recovered: claims of dead workers, put back or listed as unknown.
        next_due_at: when the next waiting message may leave, if one may.
        held: why waiting messages wait, counted by rule.
        stopped_mailboxes: mailboxes left alone for the rest of the run, with the reason.
        completed: campaigns in which nobody is left to write to since this run.
    """

    sent: int = 0
    deferred: int = 0
    failed: int = 0
    unknown: int = 0
    waiting: int = 0
    refused: int = 0
    recovered: int = 0
    next_due_at: datetime | None = None
    held: dict[str, int] = field(default_factory=dict)
    stopped_mailboxes: dict[str, str] = field(default_factory=dict)
    completed: int = 0
