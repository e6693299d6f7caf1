"""Merge or keep apart many pairs in one act: each by itself in a transaction of its own, all to be taken back together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import ConflictError, NotFoundError
from gtm_pipelines.matching.merging import Merging
from gtm_pipelines.matching.model import BulkReport, Kind
from gtm_pipelines.matching.undoing import Undoing
from gtm_pipelines.record import duplicates, merges
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record

Progress = Callable[[int, int | None], None]
Decision = Literal["merge", "apart"]
Outcome = Literal["done", "already", "kept_apart"]


@dataclass(frozen=True)
class Bulk:
    """Decides many pairs for one person."""

    record: Record
    clock: Clock
    actor: str

    def run(self, kind: Kind, pair_ids: Sequence[str], decision: Decision, progress: Progress | None = None) -> BulkReport:
        """Decide the pairs in the order given. Stopped in between, what was decided stays whole and can be taken back.

        Args:
            kind: company or contact.
            pair_ids: the pairs that were shown; others that arise from their merges are left to a person.
            decision: merge or apart.
            progress: told ``(done, total)`` in pairs.
        """
        act = self._begin(kind, decision, len(pair_ids))
        counts: dict[Outcome, int] = {"done": 0, "already": 0, "kept_apart": 0}
        for number, pair_id in enumerate(pair_ids, 1):
            counts[self._one(kind, pair_id, decision, act)] += 1
            if progress:
                progress(number, len(pair_ids))
        return BulkReport(act, kind, decision, len(pair_ids), **counts)

    def undo(self, act: str, progress: Progress | None = None) -> BulkReport:
        """Take back what one act decided and still stands, the last first.

        Raises:
            NotFoundError: there was no such act.
        """
        with self.record.read() as connection:
            found = duplicates.act(connection, self.record.workspace_id, act)
            if found is None:
                raise NotFoundError(
                    f"No merge of many has the id '{act}'. 'gtm duplicate list --status merged' shows single ones."
                )
            decided = duplicates.decided_in(connection, self.record.workspace_id, act)
        undone = already = 0
        for number, one in enumerate(reversed(decided), 1):
            done = self._undo_one(one)
            undone, already = undone + done, already + (not done)
            if progress:
                progress(number, len(decided))
        return BulkReport(act, found["kind"], found["decision"], len(decided), undone, already, 0)

    def _begin(self, kind: Kind, decision: Decision, pairs: int) -> str:
        with self.record.write() as connection:
            detail = {"decision": decision, "pairs": pairs}
            return self._audit(connection, duplicates.BULK, kind, None, detail, self.clock.now())

    def _one(self, kind: Kind, pair_id: str, decision: Decision, act: str) -> Outcome:
        workspace, now = self.record.workspace_id, self.clock.now()
        with self.record.write() as connection:
            pair = duplicates.get(connection, workspace, pair_id)
            if pair is None or pair["status"] in ("merged", "apart"):
                return "already"
            standing = merges.roots(connection, workspace, kind, [pair["left_id"], pair["right_id"]])
            one, other = standing[pair["left_id"]], standing[pair["right_id"]]
            if one == other:
                return "already"
            if duplicates.ordered(one, other) in duplicates.kept_apart(connection, workspace, kind):
                return "kept_apart"
            if decision == "apart":
                duplicates.decide(connection, workspace, pair_id, "apart", self.actor, now)
                self._audit(connection, duplicates.DECIDED, kind, one, {"act": act, "pair": pair_id}, now)
                return "done"
            try:
                merge_id = Merging(connection, workspace, kind, self.actor, now).run(one, other, winner=None, choices={})
            except NotFoundError:
                return "already"
            self._audit(connection, duplicates.DECIDED, kind, one, {"act": act, "merge": merge_id}, now)
            return "done"

    def _undo_one(self, decided: duplicates.Decided) -> bool:
        """Take one decision back; tell whether it still stood."""
        workspace, now = self.record.workspace_id, self.clock.now()
        try:
            with self.record.write() as connection:
                if decided.merge_id is not None:
                    Undoing(connection, workspace, self.actor, now).run(decided.merge_id)
                    return True
                pair = duplicates.get(connection, workspace, decided.pair_id or "")
                if pair is None or pair["status"] != "apart":
                    return False
                duplicates.decide(connection, workspace, pair["id"], "open", self.actor, now)
                return True
        except (ConflictError, NotFoundError):
            return False

    def _audit(
        self, connection: sa.Connection, action: str, kind: Kind, subject: str | None, detail: Mapping[str, object], at: datetime
    ) -> str:
        return add_audit(
            connection, self.record.workspace_id, actor=self.actor, action=action, subject_type=kind, subject_id=subject,
            at=at, detail=detail,
        )  # fmt: skip


def above(record: Record, kind: Kind, score: float) -> list[str]:
    """Return the ids of the open pairs of at least ``score``, the likeliest first."""
    with record.read() as connection:
        return duplicates.open_from(connection, record.workspace_id, kind, score)
