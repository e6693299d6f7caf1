"""One instruction over chosen drafts: written for a look, then kept as a new revision each, or dropped.

Nothing of a draft changes before a person keeps it. A draft somebody changed in the meantime keeps their change: its
rewriting is stale. Keeping voids an approval, as any edit does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import person
from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting import rewriting
from gtm_pipelines.drafting.brief import load
from gtm_pipelines.drafting.model import Packs
from gtm_pipelines.drafting.requests import Requests
from gtm_pipelines.drafting.rewriting import Held, Preview, Rewrite, RewriteReport
from gtm_pipelines.drafting.store import Ground
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import reviews, writing
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import MailboxSettings

if TYPE_CHECKING:
    from gtm_pipelines.drafting.programs.writer import ModelDrafter

Progress = Callable[[int, int | None], None]
MAX_INSTRUCTION, MOST_DRAFTS = 600, 5_000


class RewriteService:
    """Changes many drafts by one sentence of a person.

    Args:
        record: the record.
        clock: the clock.
        packs: what revives the pack a campaign was created with.
        mailboxes: the configured sender identities.
        model: makes what asks language models.
        ground: looks by rule at what was kept.
        ready: raises ``SettingsError`` where no model can be asked at all.
    """

    def __init__(
        self, record: Record, clock: Clock, packs: Packs, mailboxes: Sequence[MailboxSettings],
        model: Callable[[], ModelDrafter], ground: Ground | None = None, ready: Callable[[], object] | None = None,
    ) -> None:  # fmt: skip
        self._record, self._clock, self._packs, self._model, self._ground = record, clock, packs, model, ground
        self._mailboxes, self._ready = {mailbox.name: mailbox for mailbox in mailboxes}, ready

    def check_ready(self) -> None:
        """Make sure that there is a model to ask.

        Raises:
            SettingsError: no model is configured.
        """
        if self._ready is not None:
            self._ready()

    def ask(self, campaign: str, instruction: str, draft_ids: Sequence[str], *, by: str) -> Rewrite:
        """Write an instruction down for chosen drafts, in one transaction; ``write`` does the work.

        Raises:
            InputError: the instruction is empty or too long, no draft is chosen, or one is not of the campaign.
            NotFoundError: there is no such campaign.
            SettingsError: no model is configured; nothing is written down.
        """
        self.check_ready()
        told, chosen, actor = " ".join(instruction.split()), list(dict.fromkeys(draft_ids)), person(by)
        if not told or len(told) > MAX_INSTRUCTION:
            raise InputError(f"Say what to change, in at most {MAX_INSTRUCTION} characters, such as 'shorter'.")
        if not chosen or len(chosen) > MOST_DRAFTS:
            raise InputError(f"Choose 1 to {MOST_DRAFTS} drafts.")
        brief = load(self._record, self._packs, self._mailboxes, campaign)
        workspace, now, made = self._record.workspace_id, self._clock.now(), new_id()
        with self._record.write() as connection:
            rows = reviews.get(connection, workspace, chosen)
            if strangers := set(chosen) - {row["id"] for row in rows if row["campaign_id"] == brief.campaign_id}:
                raise InputError(f"Draft {min(strangers)} is not of campaign '{brief.name}'. List its drafts again.")
            values = {"id": made, "workspace_id": workspace, "campaign_id": brief.campaign_id, "instruction": told}
            items = [{"draft_id": row["id"], "base_revision": row["current_revision"]} for row in rows]
            writing.add_rewrite(connection, values | {"status": "writing", "requested_by": actor}, items, now)
        return self.get(made)

    def write(self, rewrite_id: str, *, progress: Progress | None = None) -> RewriteReport:
        """Write what is asked and not written; a stopped run goes on where it was.

        Raises:
            NotFoundError: there is no such instruction.
            ConflictError: it was kept or dropped already.
            SettingsError: no model is configured.
        """
        rewrite = self.get(rewrite_id)
        self._open(rewrite)
        brief = load(self._record, self._packs, self._mailboxes, rewrite.campaign_id)
        with self._record.read() as connection:
            held = rewriting.held(connection, self._record.workspace_id, rewrite_id, Requests(self._packs, self._mailboxes))
        stopped, total, done = None, len(held), 0

        def keep(items: Sequence[tuple[Held, dict[str, Any]]]) -> None:
            nonlocal done
            with self._record.write() as connection:
                for one, values in items:
                    writing.set_item(connection, self._record.workspace_id, one.item_id, values)
            done += len(items)
            if progress:
                progress(done, total)

        if held:
            stopped = rewriting.compose(self._model(), brief, rewrite, held, keep)
        if stopped is None:
            self._settle(rewrite_id, "previewed")
        return self._report(rewrite_id, stopped)

    def preview(self, rewrite_id: str) -> list[Preview]:
        """Return each chosen draft as it is and as the instruction would leave it.

        Raises:
            NotFoundError: there is no such instruction.
        """
        self.get(rewrite_id)
        with self._record.read() as connection:
            return rewriting.previews(connection, self._record.workspace_id, rewrite_id)

    def keep(self, rewrite_id: str, *, by: str, draft_ids: Sequence[str] | None = None) -> RewriteReport:
        """Make what was written the new revision of its draft, all in one transaction; approvals are voided.

        Args:
            rewrite_id: the instruction.
            by: the person who keeps it.
            draft_ids: only these drafts; the others can be kept later. All if absent.

        Raises:
            NotFoundError: there is no such instruction.
            ConflictError: it was dropped or kept already.
        """
        actor, now = person(by), self._clock.now()
        with self._record.write() as connection:
            rewrite = self._held(connection, rewrite_id, lock=True)
            self._open(rewrite)
            desk = rewriting.Desk(connection, self._record.workspace_id, self._mailboxes, actor, now)
            left, kept = rewriting.keep(desk, rewrite, None if draft_ids is None else set(draft_ids))
            if not left:
                self._close(connection, rewrite_id, "kept", actor, now)
        if self._ground is not None and kept:
            self._ground(kept)
        return self._report(rewrite_id, None)

    def drop(self, rewrite_id: str, *, by: str) -> RewriteReport:
        """Forget what was written; the drafts stay as they are.

        Raises:
            NotFoundError: there is no such instruction.
            ConflictError: it was kept or dropped already.
        """
        actor, now = person(by), self._clock.now()
        with self._record.write() as connection:
            self._open(self._held(connection, rewrite_id, lock=True))
            for item in writing.rewrite_items(connection, self._record.workspace_id, rewrite_id):
                if item["status"] in ("asked", "written"):
                    writing.set_item(connection, self._record.workspace_id, item["id"], {"status": "dropped"})
            self._close(connection, rewrite_id, "dropped", actor, now)
        return self._report(rewrite_id, None)

    def get(self, rewrite_id: str) -> Rewrite:
        """Return an instruction.

        Raises:
            NotFoundError: there is none.
        """
        with self._record.read() as connection:
            return self._held(connection, rewrite_id)

    def list(self, campaign: str) -> list[Rewrite]:
        """Return the instructions of a campaign, newest first."""
        brief = load(self._record, self._packs, self._mailboxes, campaign)
        with self._record.read() as connection:
            return [Rewrite.of(row) for row in writing.rewrites(connection, self._record.workspace_id, brief.campaign_id)]

    def _held(self, connection: sa.Connection, rewrite_id: str, *, lock: bool = False) -> Rewrite:
        row = writing.get_rewrite(connection, self._record.workspace_id, rewrite_id, lock=lock)
        if row is None:
            raise NotFoundError(f"There is no instruction {rewrite_id}. 'gtm draft rewrites CAMPAIGN' lists them.")
        return Rewrite.of(row)

    def _open(self, rewrite: Rewrite) -> None:
        if rewrite.status not in ("writing", "previewed"):
            raise ConflictError(f"This instruction was {rewrite.status} already. Give it anew: gtm draft rewrite ...")

    def _settle(self, rewrite_id: str, status: str) -> None:
        with self._record.write() as connection:
            writing.set_rewrite(connection, self._record.workspace_id, rewrite_id, {"status": status})

    def _close(self, connection: sa.Connection, rewrite_id: str, status: str, actor: str, at: datetime) -> None:
        workspace = self._record.workspace_id
        writing.set_rewrite(connection, workspace, rewrite_id, {"status": status, "settled_at": at})
        act = {"actor": actor, "action": f"rewrite.{status}", "subject_type": "rewrite", "subject_id": rewrite_id}
        add_audit(connection, workspace, **act, at=at, detail={})

    def _report(self, rewrite_id: str, stopped: str | None) -> RewriteReport:
        with self._record.read() as connection:
            items = writing.rewrite_items(connection, self._record.workspace_id, rewrite_id)
            return rewriting.report(self._held(connection, rewrite_id), items, stopped)
