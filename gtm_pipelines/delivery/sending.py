"""Send what is due until nothing may leave now: several mailboxes at once, each of them one message after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import copy_context
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery.claiming import Wanted, verdict_now
from gtm_pipelines.delivery.compose import Letter, compose
from gtm_pipelines.delivery.departures import current_limits
from gtm_pipelines.delivery.guard import EVERY, Guard
from gtm_pipelines.delivery.inviting import carried
from gtm_pipelines.delivery.lane import Lane, Turns, deal
from gtm_pipelines.delivery.ledger import Ledger
from gtm_pipelines.delivery.model import Checkpoint, Outgoing, Sender, SendReport, SendResult, no_checkpoint
from gtm_pipelines.delivery.policy import is_answer
from gtm_pipelines.delivery.schedule import Book
from gtm_pipelines.delivery.tokens import Tokens
from gtm_pipelines.delivery.window import window_for
from gtm_pipelines.errors import InputError, SettingsError
from gtm_pipelines.record import mailboxes, messages
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.record.workdays import place_of
from gtm_pipelines.settings import DeliverySettings, MailboxSettings

Senders = Callable[[MailboxSettings], Sender]
"""Makes the sender of a mailbox."""

_BACK = timedelta(hours=25)


class Run:
    """One worker's run over due messages.

    Args:
        ledger: the ledger under this worker's lease.
        record: the record, for reading.
        clock: tells when.
        mailboxes: the mailboxes in force, by name.
        rules: how long a message may be overdue.
        senders: makes a mailbox's sender when it is first needed.
        tokens: makes the unsubscribe token of each mail.
        campaign_id: only this campaign; all if absent.
        overdue: send messages that are long overdue too.
        guard: pauses campaigns whose mails come back or are reported.
        checkpoint: told each step; for tests that end the process there.
    """

    def __init__(
        self,
        ledger: Ledger,
        record: Record,
        clock: Clock,
        mailboxes: Mapping[str, MailboxSettings],
        rules: DeliverySettings,
        senders: Senders,
        tokens: Tokens,
        *,
        campaign_id: str | None,
        overdue: bool,
        guard: Guard,
        checkpoint: Checkpoint = no_checkpoint,
    ) -> None:
        self._guard = guard
        self._ledger = ledger
        self._record = record
        self._clock = clock
        self._mailboxes = dict(mailboxes)
        self._rules = rules
        self._make_sender = senders
        self._tokens = tokens
        self._campaign_id = campaign_id
        self._overdue = overdue
        self._checkpoint = checkpoint
        self._senders: dict[str, Sender] = {}
        self._counts: Counter[str] = Counter()
        self._postponed: Counter[str] = Counter()
        self._stopped: dict[str, str] = {}

    def work(
        self, *, limit: int | None, progress: Callable[[int, int | None], None] | None, stop: Callable[[], bool] | None
    ) -> None:
        """Hand over message after message until none may leave now, ``limit`` is reached or ``stop`` says so."""
        due = self._due()
        turns = Turns(limit, sum(due.values()), progress, stop)
        self._look()
        lanes = [self._lane(mailboxes) for mailboxes in deal(self._mailboxes, due, self._rules.parallel_mailboxes)]
        if len(lanes) == 1:
            lanes[0].work(turns)
        else:
            at_once([partial(lane.work, turns) for lane in lanes], turns.halt)
        for lane in lanes:
            self._counts.update(lane.counts)
            self._postponed.update(lane.postponed)

    def close(self) -> None:
        """Let go of every sender."""
        for sender in self._senders.values():
            sender.close()

    def report(self, recovered: int) -> SendReport:
        """Say what was done and what is left, and put what must wait at the moment it may leave."""
        held, next_due, left = self._left()
        held, self._postponed = dict(self._postponed + Counter(held)), Counter()
        counts = {state: self._counts[state] for state in ("sent", "deferred", "failed", "unknown", "refused")}
        return SendReport(
            **counts, waiting=left, recovered=recovered, next_due_at=next_due, held=held, stopped_mailboxes=dict(self._stopped)
        )

    def _lane(self, mailboxes: Mapping[str, MailboxSettings]) -> Lane:
        def wanted() -> Wanted:
            open_now = {name: mailbox for name, mailbox in mailboxes.items() if name not in self._stopped}
            return Wanted(open_now, self._campaign_id, self._overdue)

        return Lane(self._ledger, wanted, self._send, self._stopped, self._look, EVERY, self._checkpoint)

    def _look(self) -> None:
        self._guard.look(self._campaign_id)

    def _send(self, row: Mapping[Any, Any]) -> SendResult:
        mailbox = self._mailboxes[row["mailbox"]]
        try:
            outgoing = self._composed(row, mailbox)
        except InputError as error:
            return SendResult("failed", f"{error.code}: {error}")
        try:
            sender = self._sender(mailbox)
        except SettingsError as error:  # the others of the list have mailboxes of their own
            return SendResult("deferred", str(error), stops_mailbox=True)
        return sender.send(outgoing, lambda: self._ledger.handing(row))

    def _composed(self, row: Mapping[Any, Any], mailbox: MailboxSettings) -> Outgoing:
        now, invitation = self._clock.now(), None
        if is_answer(row):
            with self._record.read() as connection:
                invitation = carried(connection, self._record.workspace_id, row, mailbox, now)
        letter = Letter(
            row["id"], row["rfc_message_id"], row["recipient"], row["subject"], row["body"], self._tokens.make(row["id"]),
            row["in_reply_to"], row["reference_ids"], invitation,
        )  # fmt: skip
        return compose(letter, mailbox, now)

    def _sender(self, mailbox: MailboxSettings) -> Sender:
        if mailbox.name not in self._senders:
            self._senders[mailbox.name] = self._make_sender(mailbox)
        return self._senders[mailbox.name]

    def _due(self) -> dict[str, int]:
        with self._record.read() as connection:
            return messages.count_due(connection, self._record.workspace_id, self._campaign_id, self._clock.now())

    def _left(self) -> tuple[dict[str, int], datetime | None, int]:
        """Count what waits and why, and move what is due in a closed mailbox to when it opens."""
        now = self._clock.now()
        oldest = now - timedelta(hours=self._rules.stale_after_hours)
        held: Counter[str] = Counter()
        closed: dict[str, list[str]] = {}
        moments: list[datetime] = []
        with self._record.write() as connection:
            rows = messages.waiting(connection, self._record.workspace_id, self._campaign_id)
            paused = mailboxes.paused(connection, self._record.workspace_id)
            for row in rows:
                if row.campaign_status != "sending" and not (row.campaign_status == "completed" and row.step >= FIRST_ANSWER):
                    held["campaign.not_released"] += 1
                elif row.paused_at is not None:
                    held["campaign.paused"] += 1
                elif row.mailbox in paused:
                    held["mailbox.paused"] += 1
                elif row.due_at > now:
                    moments.append(row.due_at)
                elif row.mailbox not in self._mailboxes:
                    held["mailbox.unknown"] += 1
                elif row.mailbox in self._stopped:
                    held["mailbox.stopped"] += 1
                elif row.due_at < oldest and not self._overdue:
                    held["overdue.confirm"] += 1
                else:
                    closed.setdefault(row.mailbox, []).append(row.id)
            for mailbox, ids in closed.items():
                moments += self._put_off(connection, mailbox, ids, now, held)
        return dict(held), min(moments, default=None), len(rows)

    def _put_off(self, connection: Any, mailbox: str, ids: list[str], now: datetime, held: Counter[str]) -> list[datetime]:
        """Give the due messages of one mailbox the moments its limits leave them."""
        workspace_id, settings = self._record.workspace_id, self._mailboxes[mailbox]
        limits = current_limits(connection, workspace_id, settings)
        verdict = verdict_now(connection, workspace_id, mailbox, limits, now)
        if verdict.rule is None:
            return [now]
        held[verdict.rule] += len(ids)
        book = Book(limits, messages.left(connection, workspace_id, mailbox, since=now - _BACK, now=now))
        due = []
        for row in messages.wanted(connection, workspace_id, ids):
            moment = book.reserve(now, window_for(settings.window, place_of(row["snapshot"])), row["rfc_message_id"]).moment
            due += [(row["id"], moment)] if moment else []
        messages.reschedule(connection, workspace_id, due, at=now)
        return [moment for _, moment in due]


def at_once(tasks: Sequence[Callable[[], None]], halt: Callable[[], None]) -> None:
    """Run tasks in a thread each and wait for all; after an error or an interruption ``halt`` ends the others soon."""
    with ThreadPoolExecutor(len(tasks), thread_name_prefix="gtm-lane") as pool:
        try:
            for future in as_completed([pool.submit(copy_context().run, task) for task in tasks]):
                future.result()
        except BaseException:
            halt()
            raise
