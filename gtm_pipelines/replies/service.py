"""Replies as one service: collect, look through, put right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import ConflictError, GtmError, InputError, NotFoundError
from gtm_pipelines.record import inbound, inbox
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies import effects
from gtm_pipelines.replies.attribute import TokenReader, no_tokens
from gtm_pipelines.replies.collect import Tally, batches, cursor_of, settle_unknown, store
from gtm_pipelines.replies.model import Attribution, Collector, CollectReport, Correction, InboundView, MailboxFailure, ReplyClass
from gtm_pipelines.replies.readers import Reader
from gtm_pipelines.replies.reading import Desk, log

Progress = Callable[[int, int | None], None]


class ReplyService:
    """What came back, and what it means for the messages that went out.

    Args:
        record: the record.
        clock: the present moment.
        collectors: the mailboxes that are read, by name.
        own_addresses: addresses of every sender identity, to know own copies by.
        read_token: reads the token of our unsubscribe address.
        reader: asked what the rules are not sure of.
        sure: confidence below which a class waits for a person.
    """

    def __init__(
        self,
        record: Record,
        clock: Clock,
        collectors: Mapping[str, Collector],
        own_addresses: frozenset[str] = frozenset(),
        read_token: TokenReader = no_tokens,
        reader: Reader | None = None,
        sure: float = 0.7,
    ) -> None:
        self._record = record
        self._clock = clock
        self._collectors = collectors
        own = frozenset(a.lower() for a in own_addresses | {c.address for c in collectors.values()})
        self._desk = Desk(record, clock, own, read_token, reader, sure)

    def collect(self, *, mailboxes: Sequence[str] | None = None, progress: Progress | None = None) -> CollectReport:
        """Read what is new in the mailboxes (all of them if none is named).

        A mailbox that cannot be read is listed in ``failures`` and does not stop the others.

        Raises:
            InputError: a mailbox is unknown or has no collector.
            GtmError: no mailbox at all could be read; the first one's trouble.
        """
        chosen = [self._collector(name) for name in mailboxes] if mailboxes is not None else list(self._collectors.values())
        tally = Tally()
        failures: list[tuple[str, GtmError]] = []
        for collector in chosen:
            try:
                self._collect_one(collector, tally, progress)
            except GtmError as error:
                log.warning("mailbox not read", mailbox=collector.name, code=error.code, error=str(error))
                failures.append((collector.name, error))
        if failures and len(failures) == len(chosen):
            raise failures[0][1]
        return _report(tally, failures)

    def page(
        self,
        *,
        campaign: str | None = None,
        cls: str | None = None,
        attribution: str | None = None,
        unsure: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> list[InboundView]:
        """Return inbound messages, newest first; own copies only when asked for by attribution.

        With ``unsure`` only those that wait for a person's word: a class nobody is sure of, and what only by its words seems a
        machine's, so that no conversation holds it.

        Raises:
            NotFoundError: no campaign has that name or id.
        """
        shown = [attribution] if attribution else [a.value for a in Attribution if a is not Attribution.OWN_COPY]
        rows = inbound.page(
            self._record,
            campaign_id=self._campaign_id(campaign) if campaign else None,
            classes=[ReplyClass(_class(cls)).value] if cls else None,
            attributions=shown,
            below=self._desk.sure if unsure else None,
            limit=limit,
            offset=offset,
        )
        return [_view(row) for row in rows]

    def get(self, inbound_id: str) -> InboundView:
        """Return one inbound message by its id or the beginning of it.

        Raises:
            NotFoundError: there is none, or more than one.
        """
        with self._record.read() as connection:
            return _view(self._row(connection, inbound_id))

    def source(self, inbound_id: str) -> bytes:
        """Return a mail's bytes as they came. Untrusted: show them as text only."""
        raw = inbound.raw(self._record, self.get(inbound_id).id)
        return raw or b""

    def corrections(self) -> list[Correction]:
        """Return the classes that people put right, newest first: examples to read and to judge by."""
        return [
            Correction(row.id, row.text, row._mapping["class"], str((row.detail or {}).get("from")), row.actor, row.created_at)
            for row in inbox.corrections(self._record)
        ]

    def unmatched(self, *, limit: int = 50, offset: int = 0) -> list[InboundView]:
        """Return the queue of what matched no message, newest first."""
        return self.page(attribution=Attribution.NONE.value, limit=limit, offset=offset)

    @needs(Role.REVIEWER, "say what a reply answers")
    def assign(self, inbound_id: str, message_id: str, by: str) -> InboundView:
        """Say which message an inbound message answers, as a person; its effects follow at once.

        Args:
            inbound_id: one of the queue.
            message_id: the message's id or its Message-ID.
            by: who says so.

        Raises:
            NotFoundError: there is no such mail or message.
            ConflictError: the mail is not in the queue any more.
        """
        now = self._clock.now()
        with self._record.write() as connection:
            row = self._row(connection, inbound_id)
            if row.attribution != Attribution.NONE.value:
                raise ConflictError(f"This mail is no longer in the queue: its attribution is '{row.attribution}'.")
            known = inbound.messages_by_rfc_id(connection, self._record, [message_id])
            target = known.get(message_id) or inbound.message_by_id(connection, self._record, message_id)
            if target is None:
                raise NotFoundError(f"No message is called '{message_id}'. Find it with 'gtm campaign status'.")
            inbound.update(
                connection, self._record, row.id,
                attribution=Attribution.PERSON.value, message_id=target.id,
                campaign_id=target.campaign_id, contact_id=target.contact_id, updated_at=now,
            )  # fmt: skip
            effects.apply(connection, self._record, target, _answer(row, ReplyClass(_mapping(row)["class"]), by), now)
            self._audit(connection, by, "reply.assign", row.id, {"message_id": target.id})
            return _view(self._row(connection, row.id))

    @needs(Role.REVIEWER, "put a reply's class right")
    def reclassify(self, inbound_id: str, cls: ReplyClass | str, by: str) -> InboundView:
        """Put a class right, or say that it is right, as a person; with that the mail is dealt with.

        A suppression made earlier stays; lift it with ``gtm suppress``.

        Raises:
            NotFoundError: there is no such mail.
            InputError: there is no such class.
        """
        chosen, now = _class(cls), self._clock.now()
        with self._record.write() as connection:
            row = self._row(connection, inbound_id)
            reason = f"Said by {by}; the rules said {_mapping(row)['class']}: {row.class_reason}"
            values = {"class": chosen.value, "confidence": 1.0, "class_reason": reason[:1000], "handled_at": now}
            inbound.update(connection, self._record, row.id, **values, updated_at=now)
            self._audit(connection, by, inbox.CORRECTED, row.id, {"from": _mapping(row)["class"], "to": chosen.value})
            target = inbound.message_by_id(connection, self._record, row.message_id) if row.message_id else None
            answer = _answer(row, chosen, by)
            if target is not None:
                effects.apply(connection, self._record, target, answer, now)
            else:
                effects.suppress(connection, self._record, answer, now, recipient=None)
            return _view(self._row(connection, row.id))

    def _collect_one(self, collector: Collector, tally: Tally, progress: Progress | None) -> None:
        mailbox = collector.open()
        for mails in batches(mailbox.fetch(cursor_of(self._record, collector.name))):
            store(self._desk, collector, mails, tally)
            if progress:
                progress(tally.fetched, None)
        settle_unknown(self._record, self._clock, collector, mailbox, tally)

    def _collector(self, name: str) -> Collector:
        if name not in self._collectors:
            known = ", ".join(self._collectors) or "none"
            raise InputError(f"No mailbox called '{name}' is collected from (known: {known}). Set its 'collector' in gtm.toml.")
        return self._collectors[name]

    def _campaign_id(self, name_or_id: str) -> str:
        found = inbound.campaign_id(self._record, name_or_id)
        if found is None:
            raise NotFoundError(f"No campaign is called '{name_or_id}'. 'gtm campaign list' shows them.")
        return found

    def _row(self, connection: sa.Connection, inbound_id: str) -> sa.Row[Any]:
        row = inbound.get(connection, self._record, inbound_id)
        if row is None:
            raise NotFoundError(f"No single reply has an id that begins with '{inbound_id}'. 'gtm reply list --json' shows ids.")
        return row

    def _audit(self, connection: sa.Connection, by: str, action: str, inbound_id: str, detail: dict[str, str]) -> None:
        add_audit(
            connection, self._record.workspace_id,
            actor=by, action=action, subject_type="inbound_message", subject_id=inbound_id, at=self._clock.now(), detail=detail,
        )  # fmt: skip


def _class(cls: ReplyClass | str) -> ReplyClass:
    try:
        return ReplyClass(cls)
    except ValueError as error:
        raise InputError(f"'{cls}' is no class. Choose one of: {', '.join(ReplyClass)}.") from error


def _mapping(row: sa.Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)


def _answer(row: sa.Row[Any], cls: ReplyClass, by: str) -> effects.Answer:
    return effects.Answer(
        row.id,
        cls,
        row.class_reason,
        row.from_address,
        row.bounced_recipient,
        row.received_at,
        row.return_at,
        actor=by,
        text=row.text or "",
    )


def _view(row: sa.Row[Any]) -> InboundView:
    values = _mapping(row)
    values["cls"] = values.pop("class")
    return InboundView(**{name: values[name] for name in InboundView.__dataclass_fields__})


def _report(tally: Tally, failures: Sequence[tuple[str, GtmError]]) -> CollectReport:
    none, own = tally.by_attribution[Attribution.NONE], tally.by_attribution[Attribution.OWN_COPY]
    return CollectReport(
        fetched=tally.fetched,
        new=tally.new,
        by_class=dict(tally.by_class),
        attributed=tally.new - none - own,
        unmatched=none,
        own_copies=own,
        settled=tally.settled,
        failures=tuple(MailboxFailure(name, error.code, str(error)) for name, error in failures),
    )
