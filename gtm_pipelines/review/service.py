"""Review: page through drafts, edit, approve exact bytes, reject, undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Unpack

import sqlalchemy as sa

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.campaigns.model import person
from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.record import campaigns, groundings, reviews
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.upsert import chunks
from gtm_pipelines.review import decide
from gtm_pipelines.review.edit import save_edit
from gtm_pipelines.review.model import (
    ApprovalReport,
    Checks,
    DraftView,
    Filters,
    Refusal,
    RejectionReport,
    RevisionView,
    Scores,
    Standing,
    check_text,
)
from gtm_pipelines.review.propose import put
from gtm_pipelines.review.scores import scores_of
from gtm_pipelines.review.skip import said, skip
from gtm_pipelines.review.view import view_of
from gtm_pipelines.settings import MailboxSettings

Progress = Callable[[int, int | None], None]
BATCH = 200
MAX_PAGE = 500


class ReviewService:
    """Decisions of people over a campaign's drafts.

    Args:
        record: the record.
        clock: the clock.
        mailboxes: the configured sender identities, which an approval names.
        checks: whoever looks at drafts by rule; what they block is not approved.
    """

    def __init__(self, record: Record, clock: Clock, mailboxes: Sequence[MailboxSettings], checks: Checks | None = None) -> None:
        self._record = record
        self._clock = clock
        self._mailboxes = {mailbox.name: mailbox for mailbox in mailboxes}
        self._checks = checks

    def page(self, campaign: str, *, limit: int = 50, offset: int = 0, **filters: Unpack[Filters]) -> list[DraftView]:
        """Return one page of drafts, the variants of a contact side by side.

        Args:
            campaign: name or id.
            limit: at most 500.
            offset: drafts to pass over.
            **filters: which drafts; all if absent.
        """
        with self._record.read() as connection:
            choice = self._choice(connection, campaign, filters)
            rows = reviews.page(connection, choice, limit=max(0, min(limit, MAX_PAGE)), offset=max(0, offset))
            return [view_of(row, self._mailboxes) for row in rows]

    def count(self, campaign: str, **filters: Unpack[Filters]) -> int:
        """Count the drafts ``page`` would show."""
        with self._record.read() as connection:
            return reviews.count(connection, self._choice(connection, campaign, filters))

    def ids(self, campaign: str, **filters: Unpack[Filters]) -> list[str]:
        """Return every draft ``page`` would show, in its order, for a decision over all of them."""
        with self._record.read() as connection:
            return reviews.ids(connection, self._choice(connection, campaign, filters))

    def scores(self, draft_ids: Sequence[str]) -> dict[str, Scores]:
        """Return what rules and a judge last said of each of some drafts as they stand; nobody is asked anew."""
        with self._record.read() as connection:
            standing = self._checks.standing(connection, draft_ids) if self._checks else {}
            return scores_of(connection, self._record.workspace_id, draft_ids, standing)

    def get(self, draft_id: str) -> DraftView:
        """Return one draft.

        Raises:
            NotFoundError: there is none.
        """
        with self._record.read() as connection:
            return self._view(connection, draft_id)

    def variants(self, draft_id: str) -> list[DraftView]:
        """Return every variant of the mail that a draft is one of, by name, to be read side by side.

        Raises:
            NotFoundError: there is no such draft.
        """
        with self._record.read() as connection:
            chosen = self._view(connection, draft_id)
            rows = reviews.siblings(connection, self._record.workspace_id, [chosen.target_id])
            found = reviews.get(connection, self._record.workspace_id, [row["id"] for row in rows])
        return sorted((view_of(row, self._mailboxes) for row in found if row["step"] == chosen.step), key=lambda one: one.variant)

    def count_recommended(self, campaign: str) -> int:
        """Count the drafts of the coin's variant that wait for a decision: what ``approve_recommended`` looks at."""
        with self._record.read() as connection:
            campaign_id = self._campaign(connection, campaign)
        return reviews.recommended(self._record, campaign_id)

    def revisions(self, draft_id: str) -> list[RevisionView]:
        """Return every text the draft ever had, oldest first."""
        names = ("number", "subject", "body", "author", "reason", "created_at")
        with self._record.read() as connection:
            found = reviews.revisions(connection, self._record.workspace_id, draft_id)
        return [RevisionView(**{name: row[name] for name in names}) for row in found]

    @needs(Role.REVIEWER, "edit a draft")
    def edit(self, draft_id: str, *, seen_revision: int, subject: str, body: str, by: str) -> DraftView:
        """Save a new revision; a decision on the old one is voided. The same text changes nothing.

        Args:
            draft_id: the draft.
            seen_revision: the revision the person started from.
            subject: one line.
            body: plain text, footer included.
            by: the person.

        Raises:
            StaleRevision: somebody saved another revision meanwhile; it carries both texts.
            ConflictError: a message was already queued from this draft.
            InputError: the text cannot be a mail.
        """
        text = check_text(subject, body)
        with self._desk(by) as desk:
            reviews.lock(desk.connection, desk.workspace_id, [draft_id])
            save_edit(desk, self._view(desk.connection, draft_id), text, seen_revision)
            return self._view(desk.connection, draft_id)

    @needs(Role.REVIEWER, "propose a text")
    def propose(self, draft_id: str, *, seen_revision: int, subject: str, body: str, why: str, by: str) -> str:
        """Put another text beside a draft, as an AI tool does; return its id among the campaign's instructions.

        Nothing of the draft changes and no approval is voided until a person keeps it.

        Raises:
            InputError: the text cannot be a mail or is the draft's own, or ``why`` says nothing.
            StaleRevision: the draft was changed since ``seen_revision``.
            ConflictError: a message was already queued from this draft.
        """
        text, now = check_text(subject, body), self._clock.now()
        with self._record.write() as connection:
            desk = decide.Desk(connection, self._record.workspace_id, self._mailboxes, by, now)
            reviews.lock(connection, desk.workspace_id, [draft_id])
            return put(desk, self._view(connection, draft_id), text, seen_revision, why)

    @needs(Role.REVIEWER, "approve drafts")
    def approve(self, draft_ids: Sequence[str], *, by: str, seen: Mapping[str, str] | None = None) -> ApprovalReport:
        """Approve exactly the current texts; of each mail at most one variant is approved.

        Approving another variant voids the first. Nothing is approved for a contact
        whose message is already queued, or who is suppressed: that draft is refused
        with its rule, the others are not held up.

        Args:
            draft_ids: the drafts.
            by: the person.
            seen: content hash the person looked at, by draft id; another one is refused as stale.
        """
        total = decide.Outcome()
        for batch in chunks(list(dict.fromkeys(draft_ids)), BATCH):
            self._approve_batch(batch, by, seen or {}, total)
        return _approvals(total)

    @needs(Role.REVIEWER, "approve drafts")
    def approve_recommended(self, campaign: str, *, by: str, progress: Progress | None = None) -> ApprovalReport:
        """Approve, for each contact, the variant its coin chose, where nothing was decided yet.

        Each batch is committed on its own, so a stopped run goes on where it was.
        """
        total, after, done = decide.Outcome(), "", 0
        workspace = self._record.workspace_id
        with self._record.read() as connection:
            campaign_id = self._campaign(connection, campaign)
            waiting = reviews.count_undecided(connection, workspace, campaign_id)
        while True:
            with self._record.read() as connection:
                pairs = reviews.undecided(connection, workspace, campaign_id, after=after, limit=BATCH)
            if not pairs:
                return _approvals(total)
            self._approve_batch([draft_id for draft_id, _ in pairs], by, {}, total)
            after, done = pairs[-1][0], done + len(pairs)
            if progress:
                progress(done, max(waiting, done))

    @needs(Role.REVIEWER, "reject drafts")
    def reject(self, draft_ids: Sequence[str], *, by: str, reason: str) -> RejectionReport:
        """Reject drafts, with the reason that later drafts are to learn from."""
        total, why = decide.Outcome(), said(reason)
        for batch in chunks(list(dict.fromkeys(draft_ids)), BATCH):
            with self._desk(by) as desk:
                _add(total, decide.reject(desk, batch, why))
        return RejectionReport(total.done, total.already, tuple(total.refused))

    @needs(Role.REVIEWER, "skip a mail")
    def skip(self, draft_id: str, *, by: str, reason: str) -> DraftView:
        """Reject a later mail of a sequence and let the sequence go on with the next; see ``review.skip``."""
        with self._desk(by) as desk:
            skip(desk, draft_id, said(reason))
            return self._view(desk.connection, draft_id)

    @needs(Role.REVIEWER, "leave people out of a campaign")
    def exclude(self, draft_ids: Sequence[str], *, by: str, reason: str) -> RejectionReport:
        """Take the contacts of drafts out of the campaign; nothing approved for them is sent."""
        if not reason.strip():
            raise InputError("Say why the contact is left out.")
        total = decide.Outcome()
        for batch in chunks(list(dict.fromkeys(draft_ids)), BATCH):
            with self._desk(by) as desk:
                _add(total, decide.exclude(desk, batch, reason.strip()))
        return RejectionReport(total.done, total.already, tuple(total.refused))

    @needs(Role.REVIEWER, "take back a decision")
    def undo(self, draft_id: str, *, by: str) -> DraftView:
        """Take back the latest approval or rejection.

        Raises:
            ConflictError: nothing is decided, or a message was already queued from it.
        """
        with self._desk(by) as desk:
            outcome = decide.Outcome()
            rows = decide.load(desk, [draft_id], outcome)
            if not rows:
                raise NotFoundError(f"There is no draft {draft_id}.")
            if rows[0]["status"] == "drafted":
                raise ConflictError("Nothing is decided about this draft; there is nothing to take back.")
            if rows[0]["message_state"] is not None:
                raise ConflictError(f"The message is already {rows[0]['message_state']}; it cannot be taken back.")
            decide.void(desk, rows, "taken back")
            return self._view(desk.connection, draft_id)

    @needs(Role.REVIEWER, "take back decisions")
    def take_back(self, draft_ids: Sequence[str], *, by: str, since: datetime) -> RejectionReport:
        """Take back what a person decided about drafts from a moment on, as if that had not been.

        Drafts that others decided about, or that were decided before, are left as they are.
        """
        total = decide.Outcome()
        for batch in chunks(list(dict.fromkeys(draft_ids)), BATCH):
            with self._desk(by) as desk:
                _add(total, decide.take_back(desk, batch, since))
        return RejectionReport(total.done, total.already, tuple(total.refused))

    def _approve_batch(self, batch: Sequence[str], by: str, seen: Mapping[str, str], total: decide.Outcome) -> None:
        with self._desk(by) as desk:
            _add(total, decide.approve(desk, batch, seen))

    @contextmanager
    def _desk(self, by: str) -> Iterator[decide.Desk]:
        actor = person(by)
        with self._record.write() as connection:
            yield decide.Desk(connection, self._record.workspace_id, self._mailboxes, actor, self._clock.now(), self._checks)

    def _view(self, connection: sa.Connection, draft_id: str) -> DraftView:
        rows = reviews.get(connection, self._record.workspace_id, [draft_id])
        if not rows:
            raise NotFoundError(f"There is no draft {draft_id}. List the campaign's drafts again.")
        return view_of(rows[0], self._mailboxes)

    def _choice(self, connection: sa.Connection, campaign: str, filters: Filters) -> reviews.Choice:
        workspace, campaign_id = self._record.workspace_id, self._campaign(connection, campaign)
        standing: Mapping[str, Standing] = {}
        if self._checks and (filters.get("verdict") or filters.get("risk") is not None):
            standing = self._checks.standing(connection, groundings.let_pass(connection, workspace, campaign_id))
        left = {name: (one.verdict, one.risk) for name, one in standing.items()}
        return reviews.Choice(workspace, campaign_id, standing=left, **filters)

    def _campaign(self, connection: sa.Connection, campaign: str) -> str:
        row = campaigns.find(connection, self._record.workspace_id, campaign)
        if row is None:
            raise NotFoundError(f"No campaign is called '{campaign}'. 'gtm campaign list' shows those there are.")
        return str(row["id"])


def _add(total: decide.Outcome, more: decide.Outcome) -> None:
    total.done += more.done
    total.already += more.already
    total.voided += more.voided
    total.refused.extend(more.refused)


def _approvals(total: decide.Outcome) -> ApprovalReport:
    refused: tuple[Refusal, ...] = tuple(total.refused)
    return ApprovalReport(approved=total.done, already=total.already, refused=refused, voided=total.voided)
