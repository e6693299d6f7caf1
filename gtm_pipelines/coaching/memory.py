"""What the coach remembers: beliefs about the user, talks, own rates. All of it can be seen, changed and deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.coaching.model import LONGEST_BELIEF, SINGLE, SUBJECTS, Belief, Chat, ChatMessage, OwnRate, Subject
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.record import coaching as queries
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record


class MemoryService:
    """Beliefs, talks and own rates of one workspace.

    Args:
        record: the record.
        clock: tells when.
    """

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record, self._clock = record, clock

    def beliefs(self, subject: str | None = None) -> list[Belief]:
        """Return what the coach believes about the user, each with its source and moment."""
        return [_belief(row) for row in queries.beliefs(self._record, subject)]

    def set(self, subject: str, value: str, *, by: str, source: str = "person", origin: str | None = None) -> Belief:
        """Write down one thing; of a stage, an offer, an audience and a language the new one replaces the old.

        Raises:
            InputError: there is no such subject, or nothing is said, or too much.
        """
        known, said = _subject(subject), " ".join(value.split())
        if not said or len(said) > LONGEST_BELIEF:
            raise InputError(f"Say what to remember in 1 to {LONGEST_BELIEF} characters.")
        now = self._clock.now()
        with self._record.write() as connection:
            queries.set_belief(
                connection, self._record.workspace_id, subject=known, value=said, source=source, origin=origin, by=by, at=now,
                alone=known in SINGLE,
            )  # fmt: skip
            self._audit(connection, by, "coach.remember", known)
        return next(one for one in self.beliefs(known) if one.value == said)

    def change(self, belief_id: str, value: str, *, by: str) -> None:
        """Put one thing right.

        Raises:
            NotFoundError: there is none of that id.
            InputError: nothing is said, or too much.
        """
        said = " ".join(value.split())
        if not said or len(said) > LONGEST_BELIEF:
            raise InputError(f"Say what to remember in 1 to {LONGEST_BELIEF} characters.")
        workspace = self._record.workspace_id
        with self._record.write() as connection:
            if not queries.change_belief(connection, workspace, belief_id, value=said, source="person", at=self._clock.now()):
                raise NotFoundError(f"Nothing is remembered under '{belief_id}'. 'gtm coach memory list' shows what is.")
            self._audit(connection, by, "coach.remember", belief_id)

    def forget(self, subject_or_id: str, *, by: str) -> int:
        """Forget one thing by id, or everything of a subject; return how many.

        Raises:
            NotFoundError: there is nothing of that name.
        """
        ids = [one.id for one in self.beliefs() if subject_or_id in (one.id, one.subject)]
        if not ids:
            raise NotFoundError(f"Nothing is remembered under '{subject_or_id}'. 'gtm coach memory list' shows what is.")
        with self._record.write() as connection:
            gone = queries.forget_beliefs(connection, self._record.workspace_id, ids)
            self._audit(connection, by, "coach.forget", subject_or_id)
        return gone

    def chats(self, *, limit: int = 50) -> list[Chat]:
        """Return talks, the newest first."""
        rows = queries.chats(self._record, limit=limit)
        return [Chat(row.id, row.title, row.created_by, row.created_at, row.updated_at) for row in rows]

    def messages(self, chat_id: str, *, last: int | None = None) -> list[ChatMessage]:
        """Return what was said in a talk, in order."""
        return [_message(row) for row in queries.messages(self._record, chat_id, last=last)]

    def has_chat(self, chat_id: str) -> bool:
        """Tell whether there is such a talk."""
        return queries.chat(self._record, chat_id) is not None

    def keep(self, chat_id: str | None, said: Sequence[Mapping[str, Any]], *, title: str, by: str) -> str:
        """Add to a talk, or begin one, in one transaction; return its id."""
        now, workspace = self._clock.now(), self._record.workspace_id
        with self._record.write() as connection:
            chat = chat_id or queries.add_chat(connection, workspace, title=title, by=by, at=now)
            queries.add_messages(connection, workspace, chat, said, at=now)
        return chat

    def forget_chat(self, chat_id: str, *, by: str) -> None:
        """Delete a talk.

        Raises:
            NotFoundError: there is none of that id.
        """
        with self._record.write() as connection:
            if not queries.forget_chat(connection, self._record.workspace_id, chat_id):
                raise NotFoundError(f"There is no talk '{chat_id}'. 'gtm coach chats' shows those there are.")
            self._audit(connection, by, "coach.forget_chat", chat_id)

    def own_rates(self) -> list[OwnRate]:
        """Return the user's own rates as they stood on days, oldest first."""
        rows = queries.own_rates(self._record)
        return [OwnRate(row.metric, row.slice, row.numerator, row.denominator, row.measured_on) for row in rows]

    def _audit(self, connection: Any, by: str, action: str, subject_id: str) -> None:
        add_audit(
            connection, self._record.workspace_id, actor=by, action=action, subject_type="coach", subject_id=subject_id,
            at=self._clock.now(), detail={},
        )  # fmt: skip


def _subject(name: str) -> Subject:
    for known in SUBJECTS:
        if known == name:
            return known
    raise InputError(f"'{name}' is nothing the coach keeps. Choose one of: {', '.join(SUBJECTS)}.")


def _belief(row: Any) -> Belief:
    return Belief(row.id, row.subject, row.value, row.source, row.origin, row.created_by, row.created_at, row.updated_at)


def _message(row: Any) -> ChatMessage:
    return ChatMessage(row.id, row.chat_id, row.number, row.role, row.text, row.language, row.way, row.detail, row.created_at)
