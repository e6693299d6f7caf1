"""Take a merge back, in one transaction: both rows as they were, but for what has changed since and for protection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import ConflictError, NotFoundError
from gtm_pipelines.matching.merging import release_keys
from gtm_pipelines.matching.model import Kind
from gtm_pipelines.matching.settle import KEYS, Row, plain
from gtm_pipelines.record import duplicates, imports, merges, suppressions
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.tables import UtcDateTime
from gtm_pipelines.record.tables import company as company_table
from gtm_pipelines.record.tables import contact as contact_table

_TABLES = {"company": company_table, "contact": contact_table}
_PROTECTED = frozenset({"do_not_contact"})


@dataclass(frozen=True)
class Undoing:
    """Takes merges back inside the caller's transaction."""

    connection: sa.Connection
    workspace_id: str
    by: str
    now: datetime

    def run(self, merge_id: str) -> None:
        """Take one merge back.

        Raises:
            NotFoundError: there is no such merge.
            ConflictError: it was taken back already, or a later merge builds on it.
        """
        imports.lock(self.connection, self.workspace_id)
        found = merges.get_merge(self.connection, self.workspace_id, merge_id)
        if found is None:
            raise NotFoundError(f"No merge has the id '{merge_id}'. 'gtm duplicate list --status merged' shows those there are.")
        held = dict(found)
        kind: Kind = held["kind"]
        rows = merges.lock_rows(self.connection, self.workspace_id, kind, [held["winner_id"], held["loser_id"]])
        self._check(held, rows)
        winner, loser = rows[held["winner_id"]], rows[held["loser_id"]]
        back = {
            "winner": self._back(kind, held["before"], "winner", winner),
            "loser": self._back(kind, held["before"], "loser", loser),
        }
        self._protect(kind, held, winner, loser, back)
        self._restore(kind, winner, loser, back)
        after = held["before"]["after"]
        merges.remove_tags(self.connection, self.workspace_id, after["tags"])
        if kind == "company":
            ids = {"source": winner["id"], "destination": loser["id"]}
            merges.move_contacts(self.connection, self.workspace_id, after["contacts"], self.now, **ids)
        self._reopen(kind, winner["id"], loser["id"])
        merges.mark_undone(self.connection, self.workspace_id, merge_id, self.by, self.now)
        add_audit(
            self.connection, self.workspace_id, actor=self.by, action=f"{kind}.unmerge", subject_type=kind,
            subject_id=winner["id"], at=self.now, detail={"merge": merge_id, "loser": loser["id"]},
        )  # fmt: skip

    def _check(self, held: Row, rows: Mapping[str, Mapping[str, Any]]) -> None:
        if held["undone_at"] is not None:
            raise ConflictError(f"This merge was taken back already, by {held['undone_by']}.")
        if len(rows) < 2:
            raise ConflictError("One of the two was erased since; what is left cannot be taken apart.")
        winner = rows[held["winner_id"]]
        if winner["merged_into"]:
            raise ConflictError(
                f"{held['winner_id']} was itself merged into {winner['merged_into']} later. Take that merge back first."
            )
        changed = held["before"]["after"]["winner"].keys()
        lent = {name for name in KEYS[held["kind"]] if name in changed and held["before"]["winner"][name] is None}
        for later in merges.later_merges(self.connection, self.workspace_id, held["winner_id"], held["id"]):
            shared = (changed & later["before"]["after"]["winner"].keys()) | (lent & self._keys(held["kind"], later["loser_id"]))
            if shared:
                raise ConflictError(
                    f"A later merge ({later['id']}) changed {', '.join(sorted(shared))} too. Take that one back first."
                )

    def _keys(self, kind: Kind, entity_id: str) -> set[str]:
        """Return the keys that somebody bears: whoever stands for them must bear one of the kind too."""
        rows = merges.lock_rows(self.connection, self.workspace_id, kind, [entity_id])
        return {name for row in rows.values() for name in KEYS[kind] if row[name] is not None}

    def _back(self, kind: Kind, kept: Row, side: str, row: Row) -> dict[str, Any]:
        """Return the values a row had before, for the columns that still hold what the merge put there."""
        before, after = kept[side], kept["after"][side]
        table = _TABLES[kind]
        back = {}
        for name, put in after.items():
            if name in _PROTECTED or (name == "campaign_status" and row[name] == "unsubscribed"):
                continue
            if self._still(kind, name, row[name], put):
                back[name] = _value(table.c[name], before[name])
        return back

    def _still(self, kind: Kind, name: str, held: Any, put: Any) -> bool:
        if kind == "contact" and name == "company_id" and held and put and held != put:
            standing = merges.roots(self.connection, self.workspace_id, "company", [held, put])
            return standing[held] == standing[put]
        return bool(plain(held) == put)

    def _protect(
        self,
        kind: Kind,
        held: Row,
        winner: Row,
        loser: Row,
        back: dict[str, dict[str, Any]],
    ) -> None:
        """Who was protected while the two were one stays so, as both."""
        if kind == "contact":
            raised = winner["do_not_contact"] and not held["before"]["winner"]["do_not_contact"]
            if raised and not loser["do_not_contact"]:
                back["loser"]["do_not_contact"] = True
            return
        reason = merges.company_stopped_since(self.connection, self.workspace_id, winner["id"], held["created_at"])
        if reason:
            suppressions.add(
                self.connection, self.workspace_id, "company", loser["id"],
                reason=reason, source=f"merge:{held['id']}", at=self.now,
            )  # fmt: skip

    def _restore(self, kind: Kind, winner: Row, loser: Row, back: Mapping[str, Mapping[str, Any]]) -> None:
        place = (self.connection, self.workspace_id, kind)
        for row, values in ((winner, back["winner"]), (loser, back["loser"])):
            release_keys(*place, row["id"], values, self.now)
        for row, values in ((winner, back["winner"]), (loser, back["loser"])):
            merges.change(*place, row["id"], {n: v for n, v in values.items() if self._free(kind, n, v)}, self.now)
        merges.touch(*place, winner["id"], self.now)

    def _free(self, kind: Kind, name: str, value: Any) -> bool:
        """Whether a key may be given back: somebody else may have it by now."""
        return (
            name not in KEYS[kind]
            or value is None
            or merges.holder(self.connection, self.workspace_id, kind, name, value) is None
        )

    def _reopen(self, kind: Kind, winner: str, loser: str) -> None:
        """Ask again about the two, and about everybody the loser was compared with."""
        pair = duplicates.between(self.connection, self.workspace_id, kind, winner, loser)
        if pair is not None:
            duplicates.decide(self.connection, self.workspace_id, pair["id"], "open", self.by, self.now)
        gone = duplicates.touching(self.connection, self.workspace_id, kind, loser, "gone")
        rows = duplicates.entities(
            self.connection, self.workspace_id, kind, {one for p in gone for one in (p["left_id"], p["right_id"])}
        )
        for waiting in gone:
            ends = [rows.get(waiting[side]) for side in ("left_id", "right_id")]
            if all(end is not None and end["merged_into"] is None for end in ends):
                duplicates.rescore(
                    self.connection, self.workspace_id, waiting["id"], waiting["score"], waiting["reasons"], self.now
                )


def _value(column: sa.Column[Any], stored: Any) -> Any:
    """Return a value as its column takes it."""
    return datetime.fromisoformat(stored) if stored is not None and isinstance(column.type, UtcDateTime) else stored
