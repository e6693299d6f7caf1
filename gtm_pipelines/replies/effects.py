"""What an answer changes: events, outcome, contact, conversation, suppression, unknown messages.

Everything here runs inside the transaction that stores the mail. Each effect can be
applied again without counting twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import InputError
from gtm_pipelines.record import conversations, enrolments, inbound, merges, message_events, messages, suppressions
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import contact, message
from gtm_pipelines.replies.learnt import TELLING, keep, learn
from gtm_pipelines.replies.model import HUMAN_CLASSES, ReplyClass
from gtm_pipelines.replies.talk import next_state

_EVENTS = {
    ReplyClass.BOUNCE_HARD: ("bounced_hard",),
    ReplyClass.BOUNCE_SOFT: ("bounced_soft",),
    ReplyClass.AUTO_REPLY: ("auto_replied",),
    ReplyClass.COMPLAINT: ("complained",),
    ReplyClass.UNSUBSCRIBE: ("replied", "unsubscribed"),
}
_SUPPRESSES = {ReplyClass.BOUNCE_HARD: "bounced", ReplyClass.UNSUBSCRIBE: "unsubscribed", ReplyClass.COMPLAINT: "complained"}
_RANK = {"replied": 3, "bounced_hard": 2, "bounced_soft": 1}
"""A person's answer proves that the mail arrived, whatever a mail system said before."""


@dataclass(frozen=True)
class Answer:
    """A stored mail whose class is known, and who it came from.

    ``bounced_recipient`` is never suppressed by itself: anybody can write a notice about anybody.
    """

    inbound_id: str
    cls: ReplyClass
    reason: str
    from_address: str | None
    bounced_recipient: str | None
    received_at: datetime
    return_at: datetime | None = None
    gone: bool = False
    """The person has left; nobody comes back."""
    actor: str = "system"
    text: str = ""
    """The words written now."""


def apply(connection: sa.Connection, record: Record, target: Any, answer: Answer, now: datetime) -> None:
    """Let ``answer`` take effect on the message ``target`` (a row of ``record.inbound``)."""
    if answer.cls in _SUPPRESSES:
        suppressions.lock(connection, record.workspace_id)  # before any row is held: a claim takes them in this order too
    held = inbound.message_by_id(connection, record, target.id)
    if held is not None:
        _take_effect(connection, record, held, answer, now)
    suppress(connection, record, answer, now, recipient=target.recipient)


def _take_effect(connection: sa.Connection, record: Record, held: Any, answer: Answer, now: datetime) -> None:
    """Change what hangs on the message; before anybody is suppressed, so that a sequence stops for what was said."""
    _add_events(connection, record, held, answer, now)
    settle(connection, record, held, now, source=f"inbound:{answer.inbound_id}")
    set_outcome(connection, record, held, now)
    if answer.cls in HUMAN_CLASSES or answer.cls is ReplyClass.COMPLAINT:
        _converse(connection, record, held, answer, now)
    _mark_contact(connection, record, held, answer, now)
    _interrupt(connection, record, held, answer, now)
    if answer.cls in TELLING and answer.text:
        told = learn(answer.text, answer.received_at.date())
        keep(connection, record.workspace_id, held.contact_id, told, inbound_id=answer.inbound_id, at=answer.received_at)


def suppress(connection: sa.Connection, record: Record, answer: Answer, now: datetime, *, recipient: str | None) -> None:
    """Suppress whoever must not be written to again.

    An unsubscribe counts for the address we wrote to and for the one it came from.
    With no message known (``recipient`` is ``None``), a wish not to be written to still counts.
    """
    reason = _SUPPRESSES.get(answer.cls)
    if reason is None:
        return
    addresses = {recipient}
    if answer.cls is ReplyClass.UNSUBSCRIBE:
        addresses.add(answer.from_address)
    for address in sorted(a for a in addresses if a):
        _suppress_one(connection, record, address, reason, answer.inbound_id, now)


def _suppress_one(connection: sa.Connection, record: Record, address: str, reason: str, inbound_id: str, now: datetime) -> None:
    try:
        suppressions.add(connection, record.workspace_id, "address", address, reason=reason, source=f"reply:{inbound_id}", at=now)
    except InputError:
        return  # what a broken mail calls an address may be none


def settle(connection: sa.Connection, record: Record, target: Any, now: datetime, *, source: str) -> bool:
    """Turn an unknown message that was provably handed over into a reconciled one."""
    at = target.handed_at or now
    changes = {"state": "reconciled", "sent_at": at, "last_error": None, "updated_at": now}
    mine = (message.c.workspace_id == record.workspace_id) & (message.c.id == target.id)
    changed = connection.execute(sa.update(message).where(mine, message.c.state == "unknown").values(**changes)).rowcount
    if changed:
        enrolments.advance(connection, record.workspace_id, target._mapping, sent_at=at, at=now)
        messages.mark_contacted(connection, record.workspace_id, target.contact_id, at)
        _event(connection, record, target, "reconciled", f"reconciled:{target.id}", f"proved by {source}", now, now)
    return bool(changed)


def set_outcome(connection: sa.Connection, record: Record, target: Any, now: datetime) -> None:
    """Recompute what came of a message from every mail that answers it, in whatever order they came."""
    found: dict[str, datetime] = {}
    for cls, at in inbound.readings_of(connection, record, target.id):
        outcome = "replied" if cls in HUMAN_CLASSES else cls.replace("bounce_", "bounced_")
        if outcome in _RANK:
            found[outcome] = min(at, found.get(outcome, at))
    best = max(found, key=_RANK.__getitem__, default=None)
    refused = _RANK.get(target.outcome or "", 0) if target.state == "failed" else 0
    if refused > _RANK.get(best or "", 0):
        return  # the server's own refusal at the hand-over stands
    mine = (message.c.workspace_id == record.workspace_id) & (message.c.id == target.id)
    values = {"outcome": best, "outcome_at": found.get(best or ""), "updated_at": now}
    connection.execute(sa.update(message).where(mine).values(**values))


def _add_events(connection: sa.Connection, record: Record, target: Any, answer: Answer, now: datetime) -> None:
    if answer.cls is ReplyClass.AUTO_REPLY and answer.bounced_recipient:
        return  # a notice of delay: nobody answered, and nothing has come back yet
    for kind in _EVENTS.get(answer.cls, ("replied",)):
        key = f"{kind}:inbound:{answer.inbound_id}"
        _event(connection, record, target, kind, key, answer.reason[:500], answer.received_at, now)


def _event(
    connection: sa.Connection, record: Record, target: Any, kind: str, key: str, detail: str, at: datetime, now: datetime
) -> None:
    message_events.add_event(
        connection, record.workspace_id,
        message_id=target.id, campaign_id=target.campaign_id, contact_id=target.contact_id,
        kind=kind, source_key=key, occurred_at=at, recorded_at=now, detail=detail,
    )  # fmt: skip


def _converse(connection: sa.Connection, record: Record, target: Any, answer: Answer, now: datetime) -> None:
    """Move the conversation on; an answer older than the latest one changes nothing, so mail may come in any order."""
    row, made = conversations.begin(
        connection, record,
        contact_id=target.contact_id, campaign_id=target.campaign_id,
        written_at=target.handed_at or now, last_at=answer.received_at, now=now,
    )  # fmt: skip
    inbound.update(connection, record, answer.inbound_id, conversation_id=row.id)
    if not made and row.last_at > answer.received_at:
        return
    conversations.move(
        connection, record, row, next_state(row.state, answer.cls),
        actor=answer.actor, reason=f"{answer.cls.value}: {answer.reason}", at=now, inbound_id=answer.inbound_id,
        last_class=answer.cls.value, last_at=answer.received_at,
    )  # fmt: skip
    _update_contact(connection, record, target.contact_id, now, last_reply_class=answer.cls.value)


_STOPS = {
    ReplyClass.BOUNCE_HARD: "bounced",
    ReplyClass.BOUNCE_SOFT: "bounced",
    ReplyClass.UNSUBSCRIBE: "unsubscribed",
    ReplyClass.COMPLAINT: "complained",
    ReplyClass.MEETING_BOOKED: "meeting",
}
_EVERYWHERE = (ReplyClass.BOUNCE_HARD, ReplyClass.UNSUBSCRIBE, ReplyClass.COMPLAINT)
"""What ends every campaign of a person; anything else only the one it answers."""


def _interrupt(connection: sa.Connection, record: Record, target: Any, answer: Answer, now: datetime) -> None:
    """Stop the sequence of whoever answered, bounced or left; let that of an absent person rest until the return."""
    campaign_id = None if answer.cls in _EVERYWHERE else target.campaign_id
    workspace_id, contact_id, cause = record.workspace_id, target.contact_id, answer.inbound_id
    if answer.cls is ReplyClass.AUTO_REPLY and not answer.gone:
        if answer.return_at and answer.return_at > now:
            enrolments.pause(
                connection, workspace_id,
                contact_id=contact_id, campaign_id=campaign_id, cause_id=cause, until=answer.return_at, at=now,
            )  # fmt: skip
        return
    enrolments.stop(
        connection, workspace_id,
        contact_id=contact_id, campaign_id=campaign_id, cause_id=cause, reason=_STOPS.get(answer.cls, "replied"), at=now,
    )  # fmt: skip
    if answer.cls in HUMAN_CLASSES and answer.cls is not ReplyClass.WRONG_PERSON:
        enrolments.stop_company(connection, workspace_id, contact_id=contact_id, cause_id=cause, at=now)


def _mark_contact(connection: sa.Connection, record: Record, target: Any, answer: Answer, now: datetime) -> None:
    """Set ``campaign_status``; a wish not to be written to outlives every later answer."""
    if answer.cls in (ReplyClass.UNSUBSCRIBE, ReplyClass.COMPLAINT):
        _update_contact(connection, record, target.contact_id, now, campaign_status="unsubscribed")
    elif answer.cls in HUMAN_CLASSES:
        _update_contact(connection, record, target.contact_id, now, unless=("unsubscribed",), campaign_status="replied")
    elif answer.cls is ReplyClass.BOUNCE_HARD:
        _update_contact(connection, record, target.contact_id, now, unless=("unsubscribed", "replied"), campaign_status="bounced")


def _update_contact(
    connection: sa.Connection, record: Record, contact_id: str, now: datetime, *, unless: tuple[str, ...] = (), **values: str
) -> None:
    status = sa.func.coalesce(contact.c.campaign_status, "")
    standing = merges.roots(connection, record.workspace_id, "contact", [contact_id])[contact_id]
    mine = (contact.c.workspace_id == record.workspace_id) & contact.c.id.in_({contact_id, standing})
    statement = sa.update(contact).where(mine, status.not_in(unless)) if unless else sa.update(contact).where(mine)
    connection.execute(statement.values(version=contact.c.version + 1, updated_at=now, **values))
