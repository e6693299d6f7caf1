"""Take an import back: what stands afterwards is what the other imports, research and people say.

* The rows of the batch stay, as facts; the batch is marked, and what it said counts no more.
* Whoever is known from it alone, and nothing holds on to, is removed.
* Whoever has a past (a campaign, a message, a conversation, a merge) stays as it is.
* What other imports say too is told anew from their rows; values that research or a
  person set stay, and so do those of campaigns.
* Protection stays: nobody becomes mailable by an undo.

Importing the file again undoes the undoing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.intake.link import link_waiting
from gtm_pipelines.intake.merge import COMPANY, CONTACT
from gtm_pipelines.intake.model import UndoReport
from gtm_pipelines.intake.unmake import Outcome, Unmaking
from gtm_pipelines.record import batches, imports
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import import_batch

UNDOING = "undoing"
UNDONE = "undone"
CHUNK_ENTITIES = 5_000
"""Companies or contacts of one transaction."""
EXAMPLES = 5

Progress = Callable[[int, int | None], None]


@dataclass
class _Tally:
    counts: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self.counts[outcome.what] += 1
            if outcome.reason:
                self.kept[outcome.reason] += 1
                named = self.examples.setdefault(outcome.reason, [])
                if len(named) < EXAMPLES:
                    named.append(outcome.name)


@dataclass(frozen=True)
class Undo:
    """Undoes batches of one record."""

    record: Record
    clock: Clock
    chunk: int = CHUNK_ENTITIES

    def run(self, batch_id: str, *, by: str, dry_run: bool = False, progress: Progress | None = None) -> UndoReport:
        """Take one import back.

        Asked for again, an interrupted undo goes on, and a finished one looks once more at
        those it kept: what held them, such as a merge, may be gone.

        Raises:
            NotFoundError: there is no such import.
        """
        started = self.clock.monotonic()
        batch = imports.batch(self.record, batch_id)
        if not dry_run:
            self._begin(batch, by)
        tally = self._each_page(batch, dry_run, progress)
        if not dry_run:
            if batch.kind == "company" and tally.counts["removed"]:
                link_waiting(self.record, self.clock.now())
            self._finish(batch, by, tally)
        return UndoReport(
            batch_id=batch.id, kind=batch.kind, file_name=batch.file_name, dry_run=dry_run, rows=batch.rows,
            removed=tally.counts["removed"], restored=tally.counts["restored"], unchanged=tally.counts["unchanged"],
            kept=tally.counts["kept"], kept_because=dict(tally.kept),
            examples={reason: tuple(names) for reason, names in tally.examples.items()},
            seconds=round(self.clock.monotonic() - started, 3),
        )  # fmt: skip

    def _each_page(self, batch: sa.Row[Any], dry_run: bool, progress: Progress | None) -> _Tally:
        tally, after, done = _Tally(), "", 0
        total = self._total(batch)
        while True:
            with self.record.read() if dry_run else self.record.write() as connection:
                if not dry_run:
                    imports.lock(connection, self.record.workspace_id)
                known = batches.of_kind(connection, self.record.workspace_id, batch.kind, without=batch.id)
                chain = known.chain(batch.id)
                ids = batches.entities_after(connection, self.record.workspace_id, chain, after=after, limit=self.chunk)
                if not ids:
                    return tally
                policy = COMPANY if batch.kind == "company" else CONTACT
                page = Unmaking(connection, self.record.workspace_id, policy, known, chain, self.clock.now())
                tally.add(page.run(ids, dry_run=dry_run))
            after, done = ids[-1], done + len(ids)
            if progress:
                progress(done, total)

    def _total(self, batch: sa.Row[Any]) -> int:
        with self.record.read() as connection:
            known = batches.of_kind(connection, self.record.workspace_id, batch.kind)
            return batches.count_entities(connection, self.record.workspace_id, known.chain(batch.id))

    def _begin(self, batch: sa.Row[Any], by: str) -> None:
        """Mark the batch first: from here on an import of it stops, and nothing it said counts."""
        with self.record.write() as connection:
            imports.lock(connection, self.record.workspace_id)
            marked = sa.update(import_batch).where(import_batch.c.id == batch.id, import_batch.c.undone_at.is_(None))
            values = {"status": UNDOING, "undone_at": self.clock.now(), "undone_by": by}
            if connection.execute(marked.values(**values)).rowcount:
                self._audit(connection, batch, by, "import.undo", {})

    def _finish(self, batch: sa.Row[Any], by: str, tally: _Tally) -> None:
        with self.record.write() as connection:
            connection.execute(sa.update(import_batch).where(import_batch.c.id == batch.id).values(status=UNDONE))
            self._audit(connection, batch, by, "import.undone", dict(tally.counts) | {"kept_because": dict(tally.kept)})

    def _audit(self, connection: sa.Connection, batch: sa.Row[Any], by: str, action: str, detail: dict[str, Any]) -> None:
        add_audit(
            connection, self.record.workspace_id, actor=by, action=action, subject_type="import_batch",
            subject_id=batch.id, at=self.clock.now(), detail=detail,
        )  # fmt: skip
