"""Delivery as faces and the pipeline use it: queue, plan, send, and settle what is uncertain."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from shlex import quote

import sqlalchemy as sa

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery import fencing
from gtm_pipelines.delivery.adopting import Adoption, adopt
from gtm_pipelines.delivery.completion import complete
from gtm_pipelines.delivery.guard import Deliverability, Guard
from gtm_pipelines.delivery.inviting import carried
from gtm_pipelines.delivery.lease import Lease
from gtm_pipelines.delivery.ledger import Ledger
from gtm_pipelines.delivery.model import Checkpoint, Plan, QueueReport, SendReport, Sought, no_checkpoint
from gtm_pipelines.delivery.pausing import Pausing
from gtm_pipelines.delivery.planning import Planning
from gtm_pipelines.delivery.poison import Poison, Stuck
from gtm_pipelines.delivery.prospect import Prospect
from gtm_pipelines.delivery.prospecting import Prospecting
from gtm_pipelines.delivery.queueing import Queueing
from gtm_pipelines.delivery.sending import Run, Senders
from gtm_pipelines.delivery.settling import LookUp, Settling, Verdict
from gtm_pipelines.delivery.tokens import Tokens
from gtm_pipelines.errors import ConflictError, NotFoundError, PolicyError
from gtm_pipelines.meetings.model import Invitation
from gtm_pipelines.record import campaigns
from gtm_pipelines.record.engine import Record
from gtm_pipelines.review.model import DraftView
from gtm_pipelines.settings import DeliverySettings, LightSettings, MailboxSettings

_NOT_YET = ("drafting", "ready")
_LONGEST_NAP_SECONDS = 5.0


class DeliveryService:
    """Everything between an approved draft and the provider's yes.

    Args:
        record: the record.
        clock: tells when, and waits.
        home: the data folder; only the one that was adopted may send.
        mailboxes: the sender identities in force.
        rules: gaps and caps of contacts, attempts, backoff.
        senders: makes a mailbox's sender.
        lights: bounces and complaints from which a campaign is paused, and their floors; the defaults if absent.
        checkpoint: told each step; for tests that end the process there.
    """

    def __init__(
        self,
        record: Record,
        clock: Clock,
        home: Path,
        mailboxes: Iterable[MailboxSettings],
        rules: DeliverySettings,
        senders: Senders,
        *,
        lights: LightSettings | None = None,
        checkpoint: Checkpoint = no_checkpoint,
    ) -> None:
        self._record = record
        self._clock = clock
        self._home = home
        self._mailboxes = {mailbox.name: mailbox for mailbox in mailboxes}
        self._rules = rules
        self._senders = senders
        self._checkpoint = checkpoint
        self._workers = home / "workers"
        self._settling = Settling(record, clock)
        self._pausing = Pausing(record, clock)
        self._guard = Guard(record, clock, lights or LightSettings())
        self._poison = Poison(record, clock, rules.attempts)
        self._planning = Planning(record, clock, self._mailboxes, rules)

    def queue(self, campaign: str) -> QueueReport:
        """Make the messages of a released campaign that are missing; doing it again adds nothing.

        Raises:
            NotFoundError: there is no such campaign.
            PolicyError: ``campaign.not_released`` or ``installation.not_adopted``.
        """
        return Queueing(self._record, self._clock, self._home, self._mailboxes, self._rules).queue(campaign)

    def plan(self, campaign: str) -> Plan:
        """Say who gets what, when and from which mailbox, and for everyone else the rule that stops it.

        Raises:
            NotFoundError: there is no such campaign.
        """
        return self._planning.plan(campaign)

    def prospect(self, campaign: str) -> Prospect:
        """Count who of a campaign will be written to and who not, and plan a page of them at a time, however many they are.

        Raises:
            NotFoundError: there is no such campaign.
        """
        rules = (list(self._mailboxes), self._rules)
        return Prospecting(self._record, self._clock, *rules, self._planning).prospect(campaign)

    def send(
        self,
        campaign: str | None = None,
        *,
        limit: int | None = None,
        overdue: bool = False,
        wait: bool = False,
        progress: Callable[[int, int | None], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> SendReport:
        """Hand over what is due. Several workers may do so at once. A campaign with nobody left to write to is completed.

        Args:
            campaign: name or id; all released campaigns if absent.
            limit: most messages to hand over.
            overdue: send messages that are long overdue too.
            wait: go on until nothing waits, sleeping until the next message may leave; not with ``limit``.
            progress: told ``(done, total)``.
            stop: asked between messages; the one in hand is always finished.

        Raises:
            NotFoundError: there is no such campaign.
            PolicyError: ``campaign.not_released`` or ``installation.not_adopted``.
        """
        campaign_id = self._find(campaign) if campaign else None
        with Lease(self._workers) as lease:
            ledger = self._ledger(lease)
            recovered = ledger.recover()
            run = Run(
                ledger, self._record, self._clock, self._mailboxes, self._rules, self._senders, Tokens(self._home),
                campaign_id=campaign_id, overdue=overdue, guard=self._guard, checkpoint=self._checkpoint,
            )  # fmt: skip
            try:
                run.work(limit=limit, progress=progress, stop=stop)
                report = run.report(recovered)
                while wait and limit is None and report.next_due_at is not None and not (stop and stop()):
                    self._nap(report)
                    run.work(limit=limit, progress=progress, stop=stop)
                    report = run.report(recovered)
            finally:
                run.close()
        self._checkpoint("noting")
        completed = complete(self._record, self._clock, self._planning, campaign_id)
        return replace(report, completed=len(completed))

    def pause(self, campaign: str, *, by: str, reason: str = "") -> bool:
        """Let nothing more of a campaign leave, from this commit on; return whether that is new.

        Raises:
            NotFoundError: there is no such campaign.
            PolicyError: ``campaign.pause``: it is not sending.
        """
        return self._pausing.campaign(campaign, by=by, reason=reason)

    def resume(self, campaign: str, *, by: str) -> bool:
        """Let a paused campaign go on where it stopped; return whether it was paused.

        Raises:
            NotFoundError: there is no such campaign.
        """
        return self._pausing.resume_campaign(campaign, by=by)

    def deliverability(self) -> list[Deliverability]:
        """Return how the mails of released campaigns arrive, and from which share on one is paused."""
        return self._guard.report()

    def stuck(self, campaign: str | None = None) -> list[Stuck]:
        """Return the messages that failed, were given up or may have left, each with what to do."""
        return self._poison.stuck(self._find(campaign, released=False) if campaign else None)

    def retry(self, campaign: str, *, by: str, message_id: str | None = None) -> int:
        """Queue messages of a campaign that provably never left again; return how many.

        Raises:
            NotFoundError: there is no such campaign or message.
            ConflictError: the message may have left, or its address does not exist.
        """
        return self._poison.retry(self._find(campaign), by=by, message_id=message_id)

    def recover(self) -> int:
        """Take back what dead workers held, without sending; return how many messages that were."""
        with Lease(self._workers) as lease:
            return self._ledger(lease).recover()

    def may_send(self) -> bool:
        """Tell whether this data folder is the one that sends."""
        with self._record.read() as connection:
            return fencing.allows(connection, self._record.workspace_id, self._home)

    @needs(Role.OWNER, "let a data folder send")
    def adopt(self, *, by: str, nothing_left: bool = False) -> Adoption:
        """Make this data folder the one that sends, after a copy, a move or a restore; the other one must have stopped.

        What was due meanwhile becomes unknown and every campaign rests, unless ``nothing_left``: the person's word that the
        other folder has sent nothing since this copy was taken of it.
        """
        return adopt(self._record, self._clock, self._home, by=by, nothing_left=nothing_left)

    def unknown(self, campaign: str | None = None) -> list[sa.RowMapping]:
        """Return the messages that may or may not have left, oldest first."""
        return self._settling.unknown(self._find(campaign, released=False) if campaign else None)

    def settle(self, message_id: str, verdict: Verdict, by: str) -> None:
        """Let a person say what became of an unknown message: ``sent``, ``not_sent`` or ``retry``.

        Raises:
            NotFoundError: there is no such message.
            ConflictError: it is not unknown, or not any more.
        """
        self._settling.settle(message_id, verdict, by)
        complete(self._record, self._clock, self._planning)

    def settle_all(self, campaign: str, verdict: Verdict, by: str, *, seen: Collection[str] | None = None) -> int:
        """Let a person say the same of the unknown messages of a campaign; return how many it settled.

        Args:
            campaign: its id or name.
            verdict: what became of them.
            by: the person.
            seen: ids of those the person saw, so that nothing is said of others; all that are unknown now if absent.

        Raises:
            NotFoundError: there is no such campaign.
        """
        ids = [row["id"] for row in self.unknown(campaign) if seen is None or row["id"] in seen]
        settled = 0
        try:
            for one in ids:
                with suppress(ConflictError):  # somebody else, or the provider, settled it meanwhile
                    self._settling.settle(one, verdict, by)
                    settled += 1
        finally:
            complete(self._record, self._clock, self._planning)
        return settled

    def reconcile(self, campaign: str | None = None, *, look_up: LookUp | None = None) -> int:
        """Ask providers about unknown messages; return how many turned out to have been accepted.

        Args:
            campaign: only this campaign.
            look_up: whom to ask; each mailbox's own sender if absent.
        """
        campaign_id = self._find(campaign, released=False) if campaign else None
        by_name = (lambda mailbox, one: look_up(mailbox, one.rfc_message_id)) if look_up else None
        settled = self._settling.reconcile(by_name or self._ask_sender, campaign_id)
        if settled:
            complete(self._record, self._clock, self._planning, campaign_id)
        return settled

    def invitation(self, draft: DraftView) -> Invitation | None:
        """Return what an answer would carry to the recipient's calendar if it left now; ``None`` where it carries nothing.

        Raises:
            MeetingError: the line that proposes the meeting cannot be read or kept.
        """
        mailbox = self._mailboxes.get(draft.mailbox)
        if mailbox is None or not draft.recipient:
            return None
        with self._record.read() as connection:
            return carried(connection, self._record.workspace_id, vars(draft), mailbox, self._clock.now())

    def _ask_sender(self, mailbox: str, one: Sought) -> bool | None:
        if mailbox not in self._mailboxes:
            return None
        sender = self._senders(self._mailboxes[mailbox])
        try:
            return sender.look_up(one)
        finally:
            sender.close()

    def _ledger(self, lease: Lease) -> Ledger:
        return Ledger(self._record, self._clock, self._home, self._rules, held=lease, checkpoint=self._checkpoint)

    def _nap(self, report: SendReport) -> None:
        if report.next_due_at is not None:
            left = (report.next_due_at - self._clock.now()).total_seconds()
            self._clock.sleep(min(max(left, 0.05), _LONGEST_NAP_SECONDS))

    def _find(self, campaign: str, *, released: bool = True) -> str:
        with self._record.read() as connection:
            found = campaigns.find(connection, self._record.workspace_id, campaign)
        if found is None:
            raise NotFoundError(f"No campaign is called '{campaign}'. 'gtm campaign list' shows them.")
        if released and found["status"] in _NOT_YET:
            raise PolicyError(
                "campaign.not_released",
                f"Campaign '{found['name']}' is {found['status']}: nobody released it. "
                f"Look at the plan, then release it: gtm campaign plan {quote(found['name'])}; "
                f"gtm campaign release {quote(found['name'])} --by YOU",
            )
        return str(found["id"])
