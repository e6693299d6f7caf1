"""The inbox: conversations with what was said on both sides, who has them, and answers to give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Protocol

import sqlalchemy as sa

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import InputError, NotFoundError, PolicyError
from gtm_pipelines.record import conversations, handling, inbox
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies.model import HUMAN_CLASSES
from gtm_pipelines.replies.occasions import Filled, Occasion, named_moment, occasion


class Suggested(Protocol):
    """A suggested answer as the service for drafts returns it."""

    @property
    def id(self) -> str:
        """The draft's id; it is reviewed and sent as any draft."""
        ...

    @property
    def subject(self) -> str:
        """Its subject."""
        ...

    @property
    def body(self) -> str:
        """Its text."""
        ...

    @property
    def status(self) -> str:
        """Where its review stands."""
        ...

    @property
    def variant(self) -> str:
        """Which answer of the pack it is."""
        ...

    @property
    def drafter(self) -> str:
        """Who wrote it; ``baseline`` where a prepared text was merged."""
        ...

    @property
    def model(self) -> str | None:
        """The language model that wrote it, if one did."""
        ...


class Suggests(Protocol):
    """Writes answers as drafts; a person approves each like any other."""

    def draft_answer(
        self, inbound_message_id: str, variant: str, *, fits: str | None = None, filled: Filled | None = None,
        named: tuple[date, time] | None = None, again: bool = False,
    ) -> Suggested:  # fmt: skip
        """Write the answer to one inbound message, or return the one there is.

        ``fits`` is the prepared text a rule chose, ``""`` where it found none; ``None`` where a person chose ``variant``.
        ``named`` are the day and hour they named, where both are certain. With ``again`` another is written where it has left.
        """
        ...

    def of_message(self, inbound_message_id: str) -> Suggested | None:
        """Return the answer that was written, if one was."""
        ...


@dataclass(frozen=True)
class ConversationView:
    """One conversation in the list."""

    id: str
    state: str
    last_class: str | None
    owner: str | None
    last_at: datetime
    campaign_id: str
    campaign_name: str
    contact_id: str
    contact_name: str | None
    email: str | None
    company_name: str | None
    waiting: bool
    """Nobody has dealt with what they wrote; nothing but the answer goes to them until then."""


@dataclass(frozen=True)
class Said:
    """One mail of a conversation: ours where ``cls`` is ``None``."""

    id: str
    at: datetime
    subject: str
    text: str
    cls: str | None = None
    confidence: float | None = None
    reason: str | None = None
    return_at: datetime | None = None


@dataclass(frozen=True)
class Passage:
    """One passage from a state to the next."""

    at: datetime
    from_state: str | None
    to_state: str
    actor: str
    reason: str


@dataclass(frozen=True)
class Thread:
    """A conversation whole."""

    conversation: ConversationView
    mails: tuple[Said, ...]
    passages: tuple[Passage, ...]


class InboxService:
    """Conversations as people work through them.

    Args:
        record: the record.
        clock: the clock.
        suggests: writes suggested answers.
    """

    def __init__(self, record: Record, clock: Clock, suggests: Suggests) -> None:
        self._record, self._clock, self._suggests = record, clock, suggests

    def page(
        self, *, campaign_id: str | None = None, state: str | None = None, owner: str | None = None, waiting: bool = False,
        limit: int = 50, offset: int = 0,
    ) -> list[ConversationView]:  # fmt: skip
        """Return conversations, latest answer first; closed ones only when ``state`` asks for them, or ``waiting``.

        With ``waiting`` only those in which nobody has dealt with what they wrote.

        Raises:
            InputError: there is no such state.
        """
        if state and state not in conversations.STATES:
            raise InputError(f"'{state}' is no state. Choose one of: {', '.join(conversations.STATES)}.")
        rows = inbox.conversations(
            self._record, campaign_id=campaign_id, state=state, owner=owner, waiting=waiting, limit=limit, offset=offset
        )
        return [_view(row) for row in rows]

    def thread(self, conversation_id: str) -> Thread:
        """Return a conversation with its mails and passages, oldest first.

        Raises:
            NotFoundError: there is none, or more than one.
        """
        view = self._named(conversation_id)
        ours = [
            Said(row.id, row.handed_at or view.last_at, row.subject, row.body)
            for row in inbox.written(self._record, view.campaign_id, view.contact_id)
        ]
        theirs = [_said(row) for row in inbox.received(self._record, view.campaign_id, view.contact_id)]
        passages = [
            Passage(row.created_at, row.from_state, row.to_state, row.actor, row.reason)
            for row in conversations.events(self._record, view.id)
        ]
        return Thread(view, tuple(sorted([*ours, *theirs], key=_in_order)), tuple(passages))

    @needs(Role.REVIEWER, "hand over a conversation")
    def assign(self, conversation_id: str, owner: str | None, by: str) -> ConversationView:
        """Hand a conversation over to a person, or back to nobody; no answer is suggested while somebody has it."""
        with self._record.write() as connection:
            row, now = self._held(connection, conversation_id), self._clock.now()
            reason = f"Handed over to {owner}" if owner else "Handed back"
            conversations.note(connection, self._record, row, actor=by, reason=reason, at=now)
            conversations.move(connection, self._record, row, row.state, actor=by, reason=reason, at=now, owner=owner or None)
            self._audit(connection, by, "conversation.assign", row.id, {"owner": owner})
        return self._named(row.id)

    @needs(Role.REVIEWER, "close a conversation")
    def close(self, conversation_id: str, by: str, reason: str = "Closed by a person") -> ConversationView:
        """Close a conversation; a later answer opens it again. What they wrote is dealt with, whatever state it was in."""
        with self._record.write() as connection:
            row = self._held(connection, conversation_id)
            now = self._clock.now()
            conversations.move(connection, self._record, row, "closed", actor=by, reason=reason, at=now)
            handling.close(connection, self._record.workspace_id, row.id, at=now)
            self._audit(connection, by, "conversation.close", row.id, {"reason": reason})
        return self._named(row.id)

    @needs(Role.REVIEWER, "have an answer suggested")
    def answer(self, conversation_id: str, variant: str | None = None, *, again: bool = False) -> Suggested:
        """Suggest an answer to the latest mail; it is a draft that a person reviews like any other.

        With ``again`` another is suggested where the first has left and they have not written since.

        Raises:
            NotFoundError: there is no such conversation.
            PolicyError: a person has it, nothing in it can be answered, or no prepared text fits and no model writes.
        """
        thread = self.thread(conversation_id)
        if thread.conversation.owner:
            raise PolicyError("conversation.owned", f"{thread.conversation.owner} has this conversation and answers it by hand.")
        latest = _latest(thread)
        found = _occasion(latest)
        day, hour = named_moment(latest.text, latest.at.date())
        given: dict[str, Any] = {"filled": found.filled, "named": (day, hour) if day and hour else None, "again": again}
        if variant:
            return self._suggests.draft_answer(latest.id, variant, **given)
        return self._suggests.draft_answer(latest.id, found.variant or found.usual, fits=found.variant or "", **given)

    def fitting(self, thread: Thread) -> Occasion | None:
        """Return what a conversation's latest mail asks for by rule, and which prepared answer fits; ``None`` if nobody wrote."""
        return _occasion(latest) if (latest := _theirs(thread)) else None

    def latest(self, thread: Thread) -> Said:
        """Return the latest mail that a person wrote to us.

        Raises:
            PolicyError: nobody has written yet.
        """
        return _latest(thread)

    def suggested(self, thread: Thread) -> Suggested | None:
        """Return the answer that was suggested to a conversation's latest mail, if one was."""
        return self._suggests.of_message(latest.id) if (latest := _theirs(thread)) else None

    def _named(self, conversation_id: str) -> ConversationView:
        row = inbox.named(self._record, conversation_id)
        if row is None:
            raise NotFoundError(f"No single conversation begins with '{conversation_id}'. 'gtm inbox list --json' shows ids.")
        return _view(row)

    def _held(self, connection: sa.Connection, conversation_id: str) -> sa.Row[Any]:
        row = conversations.get(connection, self._record, conversation_id)
        if row is None:
            raise NotFoundError(f"No single conversation begins with '{conversation_id}'. 'gtm inbox list --json' shows ids.")
        return row

    def _audit(self, connection: sa.Connection, by: str, action: str, conversation_id: str, detail: dict[str, Any]) -> None:
        add_audit(
            connection, self._record.workspace_id, actor=by, action=action, subject_type="conversation",
            subject_id=conversation_id, at=self._clock.now(), detail=detail,
        )  # fmt: skip


def _in_order(mail: Said) -> tuple[datetime, bool]:
    """Order by the second, as mail is dated; an answer of the same second comes after what it answers."""
    return mail.at.replace(microsecond=0), mail.cls is not None


def _theirs(thread: Thread) -> Said | None:
    """Return the latest mail of a conversation that a person wrote to us."""
    human = {cls.value for cls in HUMAN_CLASSES}
    return next((mail for mail in reversed(thread.mails) if mail.cls in human), None)


def _latest(thread: Thread) -> Said:
    latest = _theirs(thread)
    if latest is None:
        raise PolicyError("conversation.unanswered", "Nobody has written in this conversation yet.")
    return latest


def _occasion(mail: Said) -> Occasion:
    return occasion(mail.cls, mail.text, mail.at.date(), mail.return_at.date() if mail.return_at else None)


def _view(row: sa.Row[Any]) -> ConversationView:
    return ConversationView(**{name: row._mapping[name] for name in ConversationView.__dataclass_fields__})


def _said(row: sa.Row[Any]) -> Said:
    values = row._mapping
    return Said(
        row.id,
        row.received_at,
        row.subject or "",
        row.text or "",
        values["class"],
        row.confidence,
        row.class_reason,
        row.return_at,
    )
