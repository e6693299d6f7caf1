"""Make one of two rows, in one transaction: the loser stays with its past and points at the winner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.ids import new_id
from gtm_pipelines.matching.model import Kind
from gtm_pipelines.matching.settle import KEYS, Row, Settled, better, plain_row, settle
from gtm_pipelines.record import duplicates, facts, imports, merges, suppressions
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.tables import fact
from gtm_pipelines.record.upsert import insert_many

STATED = 1.0
"""Confidence of a fact that a source states and nobody has guessed."""


@dataclass(frozen=True)
class Merging:
    """Merges rows of one kind inside the caller's transaction."""

    connection: sa.Connection
    workspace_id: str
    kind: Kind
    by: str
    now: datetime

    def run(self, one: str, other: str, *, winner: str | None, choices: Mapping[str, str]) -> str:
        """Merge two rows and return the merge's id.

        Args:
            one: id of a row.
            other: id of another row of the same kind.
            winner: which of them stays; if absent, the one written to, then the fuller, then the older.
            choices: field → ``winner`` or ``loser``.

        Raises:
            NotFoundError: a row is gone.
            ConflictError: they are one already.
            InputError: the winner or a choice names neither.
        """
        imports.lock(self.connection, self.workspace_id)
        kept, folded = self._rows(one, other, winner)
        stopped = self._stopped(folded) if self.kind == "contact" else None
        done = settle(self.kind, kept, folded, choices, self.by, stopped=stopped)
        after: dict[str, Any] = {"tags": merges.copy_tags(*self._place, folded["id"], kept["id"], self.now)}
        if self.kind == "company":
            after["contacts"] = self._contacts(kept["id"], folded["id"])
        self._change(kept, folded, done)
        self._keep_facts(kept, folded, done)
        after |= {"winner": plain_row(done.winner), "loser": plain_row(done.loser)}
        before = {"winner": plain_row(kept), "loser": plain_row(folded), "after": after}
        values = {"kind": self.kind, "winner_id": kept["id"], "loser_id": folded["id"], "before": before, "chosen": done.chosen}
        merge_id = merges.add_merge(self.connection, self.workspace_id, {**values, "actor": self.by}, self.now)
        self._settle_pairs(kept["id"], folded["id"])
        add_audit(
            self.connection, self.workspace_id, actor=self.by, action=f"{self.kind}.merge", subject_type=self.kind,
            subject_id=kept["id"], at=self.now, detail={"merge": merge_id, "loser": folded["id"], "chosen": done.chosen},
        )  # fmt: skip
        return merge_id

    @property
    def _place(self) -> tuple[sa.Connection, str, Kind]:
        return self.connection, self.workspace_id, self.kind

    def _rows(self, one: str, other: str, winner: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the row that stays and the other, as the rows that stand for the two now."""
        standing = merges.roots(*self._place, [one, other, *([winner] if winner else [])])
        ids = {standing[one], standing[other]}
        rows = merges.lock_rows(*self._place, ids)
        if missing := ids - rows.keys():
            raise NotFoundError(f"No {self.kind} has the id '{missing.pop()}'. 'gtm duplicate list' shows the pairs that wait.")
        if len(ids) == 1:
            raise ConflictError(f"The two are one already: both stand for the {self.kind} {ids.pop()}.")
        stays = standing[winner] if winner else better(self.kind, *rows.values())
        if stays not in rows:
            raise InputError(f"'{winner}' is neither of the two. Name one of: {', '.join(sorted(rows))}.")
        (folded,) = ids - {stays}
        return rows[stays], rows[folded]

    def _stopped(self, folded: Row) -> str | None:
        found = suppressions.find(self.connection, self.workspace_id, address=folded["email"], company_id=folded["company_id"])
        return f"the other's {found}" if found else None

    def _contacts(self, kept: str, folded: str) -> list[str]:
        moved = merges.contacts_of(self.connection, self.workspace_id, folded)
        merges.move_contacts(self.connection, self.workspace_id, moved, self.now, source=folded, destination=kept)
        return moved

    def _change(self, kept: Row, folded: Row, done: Settled) -> None:
        done.loser["merged_into"] = kept["id"]
        release_keys(self.connection, self.workspace_id, self.kind, kept["id"], done.winner, self.now)
        merges.change(*self._place, folded["id"], {**_unkeyed(self.kind, done.loser)}, self.now)
        merges.change(*self._place, kept["id"], done.winner, self.now)
        merges.change(*self._place, folded["id"], done.loser, self.now)
        if not done.winner:
            merges.touch(*self._place, kept["id"], self.now)

    def _keep_facts(self, kept: Row, folded: Row, done: Settled) -> None:
        """Keep what either row said as facts of the winner, each with the row and the files that said it."""
        rows = {"winner": kept, "loser": folded}
        places = facts.origins(self.connection, [kept["id"], folded["id"]])
        made = [
            {
                "id": new_id(), "subject_id": kept["id"], "field": name, "value": value,
                "evidence": _evidence(rows[side], places), "batch_id": rows[side]["batch_id"],
                "session_key": rows[side]["session_key"],
            }
            for name, value, side in done.kept
        ]  # fmt: skip
        stated = {"subject_type": self.kind, "source": "merge", "confidence": STATED, "retrieved_at": self.now}
        insert_many(self.connection, fact, made, workspace_id=self.workspace_id, **stated)

    def _settle_pairs(self, kept: str, folded: str) -> None:
        """Close the pair, and ask about the winner what was asked about the loser."""
        pair = duplicates.between(*self._place, kept, folded)
        if pair is None:
            left, right = duplicates.ordered(kept, folded)
            made = {"left_id": left, "right_id": right, "score": 1.0, "reasons": [], "status": "open"}
            duplicates.add(*self._place, [made], self.now)
            pair = duplicates.between(*self._place, kept, folded)
        if pair is not None:
            duplicates.decide(self.connection, self.workspace_id, pair["id"], "merged", self.by, self.now)
        for waiting in duplicates.touching(*self._place, folded, "open"):
            duplicates.withdraw(self.connection, self.workspace_id, [waiting["id"]], self.now)
            third = waiting["left_id"] if waiting["right_id"] == folded else waiting["right_id"]
            self._ask_again(kept, third, dict(waiting))

    def _ask_again(self, kept: str, third: str, waiting: Row) -> None:
        known = duplicates.between(*self._place, kept, third)
        left, right = duplicates.ordered(kept, third)
        if known is None:
            asked = {
                "left_id": left,
                "right_id": right,
                "score": waiting["score"],
                "reasons": waiting["reasons"],
                "status": "open",
            }
            duplicates.add(*self._place, [asked], self.now)
        elif known["status"] == "gone":
            duplicates.rescore(self.connection, self.workspace_id, known["id"], waiting["score"], waiting["reasons"], self.now)


def release_keys(connection: sa.Connection, workspace_id: str, kind: Kind, entity_id: str, values: Row, now: datetime) -> None:
    """Empty the keys of a row that are about to change, so that the other may take them first."""
    merges.change(connection, workspace_id, kind, entity_id, dict.fromkeys(n for n in values if n in KEYS[kind]), now)


def _unkeyed(kind: Kind, values: Row) -> dict[str, Any]:
    return {name: None if name in KEYS[kind] else value for name, value in values.items()}


def _evidence(row: Row, places: Mapping[str, str]) -> str:
    name = row.get("full_name") or row.get("name") or row.get("email") or ""
    said = places.get(row["id"])
    return f"merged with {name} ({row['id']})" + (f"; {said}" if said else "")
