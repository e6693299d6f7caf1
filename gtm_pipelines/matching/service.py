"""Probable duplicates: searched for by the machine, decided by people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.matching.bulk import Bulk, Decision, above
from gtm_pipelines.matching.find import find
from gtm_pipelines.matching.merging import Merging
from gtm_pipelines.matching.model import (
    PROPOSED_FROM,
    STATUSES,
    BulkReport,
    FindReport,
    Kind,
    Merge,
    Pair,
    Reason,
    check_kind,
    person,
)
from gtm_pipelines.matching.poolfile import remove_pools
from gtm_pipelines.matching.undoing import Undoing
from gtm_pipelines.record import duplicates, merges
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record

Progress = Callable[[int, int | None], None]


class MatchingService:
    """Pairs of companies or contacts of one workspace that may be one.

    Args:
        record: where the rows and the pairs are.
        clock: the clock.
        folder: of the files in which lists are kept between two searches.
    """

    def __init__(self, record: Record, clock: Clock, folder: Path) -> None:
        self._record = record
        self._clock = clock
        self._folder = folder

    def find(self, kind: str, *, everything: bool = False, progress: Progress | None = None) -> FindReport:
        """Look for duplicates among what changed since the last search; pairs kept apart are not proposed again.

        Args:
            kind: ``company`` or ``contact``.
            everything: read every row and weigh every pair anew, not only those of changed rows.
            progress: told ``(done, total)`` in pairs.
        """
        return find(self._record, self._clock, check_kind(kind), self._folder, everything=everything, progress=progress)

    def forget(self) -> None:
        """Remove what is kept between two searches: the next one reads every row again."""
        remove_pools(self._folder)

    def page(self, kind: str, status: str = "open", *, limit: int = 50, offset: int = 0) -> list[Pair]:
        """Return one page of pairs with both rows, the likeliest first."""
        known = check_kind(kind)
        if status not in STATUSES:
            raise InputError(f"A pair is {', '.join(STATUSES)}, not '{status}'.")
        with self._record.read() as connection:
            rows = duplicates.page(connection, self._record.workspace_id, known, status=status, limit=limit, offset=offset)
            return self._pairs(connection, known, rows)

    def count(self, kind: str | None = None, *, status: str = "open") -> int:
        """Count the pairs of a status, of one kind or both."""
        return duplicates.count(self._record, kind and check_kind(kind), status=status)

    def get(self, pair_id: str) -> Pair:
        """Return one pair with both rows.

        Raises:
            NotFoundError: there is none.
        """
        with self._record.read() as connection:
            return self._get(connection, pair_id)

    def merge(
        self,
        pair: str | tuple[str, str],
        *,
        by: str,
        kind: str | None = None,
        winner: str | None = None,
        choices: Mapping[str, str] | None = None,
        anyway: bool = False,
    ) -> Merge:
        """Make one of two. Only a person may.

        Args:
            pair: a pair's id, or the ids of two rows together with ``kind``.
            by: the person who decides.
            kind: ``company`` or ``contact``, where two rows are named.
            winner: id of the row that stays; if absent, the one written to, then the fuller, then the older.
            choices: field → ``winner`` or ``loser``, for fields in which they differ.
            anyway: merge even what a person keeps apart.

        Raises:
            NotFoundError: the pair or a row is gone.
            ConflictError: the two are one already, or a person keeps them apart.
            PolicyError: ``by`` is no person.
        """
        actor = person(by)
        with self._record.write() as connection:
            known, one, other = self._named(connection, pair, kind)
            if not anyway:
                self._refuse_parted(connection, known, one, other)
            merging = Merging(connection, self._record.workspace_id, known, actor, self._clock.now())
            merge_id = merging.run(one, other, winner=winner, choices=choices or {})
            return self._merge(connection, merge_id)

    def apart(self, pair: str | tuple[str, str], *, by: str, kind: str | None = None) -> Pair:
        """Keep two apart for good: they are not proposed again. Only a person may."""
        actor, now, workspace = person(by), self._clock.now(), self._record.workspace_id
        with self._record.write() as connection:
            known, one, other = self._named(connection, pair, kind)
            held = duplicates.between(connection, workspace, known, one, other)
            if held is not None and held["status"] == "merged":
                raise ConflictError("The two are merged. Take the merge back first: gtm duplicate undo.")
            if held is None:
                left, right = duplicates.ordered(one, other)
                made = {"left_id": left, "right_id": right, "score": 0.0, "reasons": [], "status": "open"}
                duplicates.add(connection, workspace, known, [made], now)
                held = duplicates.between(connection, workspace, known, one, other)
            pair_id = str(held["id"]) if held else ""
            duplicates.decide(connection, workspace, pair_id, "apart", actor, now)
            act = {"actor": actor, "action": f"{known}.apart", "subject_type": known, "subject_id": one}
            add_audit(connection, workspace, **act, at=now, detail={"pair": pair_id, "other": other})
            return self._get(connection, pair_id)

    def ask_again(self, pair_id: str, *, by: str) -> Pair:
        """Put a pair that was kept apart back among those that wait. Only a person may.

        Raises:
            NotFoundError: there is no such pair.
            ConflictError: nobody keeps it apart.
        """
        actor, now, workspace = person(by), self._clock.now(), self._record.workspace_id
        with self._record.write() as connection:
            held = self._row(connection, pair_id)
            if held["status"] != "apart":
                raise ConflictError(f"The pair '{pair_id}' is {held['status']}; nobody keeps it apart.")
            duplicates.decide(connection, workspace, pair_id, "open", actor, now)
            act = {"actor": actor, "action": f"{held['kind']}.apart.undone", "subject_type": held["kind"]}
            add_audit(connection, workspace, **act, subject_id=held["left_id"], at=now, detail={"pair": pair_id})
            return self._get(connection, pair_id)

    def is_pair(self, pair_id: str) -> bool:
        """Whether an id names a pair."""
        with self._record.read() as connection:
            return duplicates.get(connection, self._record.workspace_id, pair_id) is not None

    def undo(self, merge_id: str, *, by: str) -> Merge:
        """Take a merge back. Only a person may; what changed since and protection raised since stay.

        Raises:
            NotFoundError: there is no such merge.
            ConflictError: it was taken back already, or a later merge builds on it.
        """
        actor = person(by)
        with self._record.write() as connection:
            Undoing(connection, self._record.workspace_id, actor, self._clock.now()).run(merge_id)
            return self._merge(connection, merge_id)

    def likely(self, kind: str, score: float) -> list[str]:
        """Return the ids of the pairs that wait with at least ``score``, the likeliest first.

        Raises:
            InputError: the score is no probability from which pairs are proposed.
        """
        if not PROPOSED_FROM <= score <= 1:
            raise InputError(f"Pairs are proposed from {PROPOSED_FROM} to 1; name a score between them, such as 0.99.")
        return above(self._record, check_kind(kind), score)

    def decide_many(
        self, kind: str, pair_ids: Sequence[str], decision: Decision, *, by: str, progress: Progress | None = None
    ) -> BulkReport:
        """Merge or keep apart many pairs, each in a transaction of its own. Only a person may.

        What a person keeps apart is not joined by way of a third row either.
        """
        return Bulk(self._record, self._clock, person(by)).run(check_kind(kind), pair_ids, decision, progress)

    def is_many(self, act: str) -> bool:
        """Whether an id names a decision about many pairs."""
        with self._record.read() as connection:
            return duplicates.act(connection, self._record.workspace_id, act) is not None

    def undo_many(self, act: str, *, by: str, progress: Progress | None = None) -> BulkReport:
        """Take back everything that one call of ``decide_many`` decided and that still stands. Only a person may."""
        return Bulk(self._record, self._clock, person(by)).undo(act, progress)

    def merges(self, kind: str | None = None, *, limit: int = 50, offset: int = 0) -> list[Merge]:
        """Return merges, newest first, those taken back too."""
        with self._record.read() as connection:
            rows = merges.recent(connection, self._record.workspace_id, kind and check_kind(kind), limit=limit, offset=offset)
            return [_merge(row) for row in rows]

    def count_merges(self, kind: str | None = None) -> int:
        """Count merges, those taken back too."""
        with self._record.read() as connection:
            return merges.count(connection, self._record.workspace_id, kind and check_kind(kind))

    def _named(self, connection: sa.Connection, pair: str | tuple[str, str], kind: str | None) -> tuple[Kind, str, str]:
        if isinstance(pair, str):
            held = self._row(connection, pair)
            return check_kind(held["kind"]), held["left_id"], held["right_id"]
        if kind is None:
            raise InputError("Say what the two are: 'company' or 'contact'.")
        one, other = pair
        known = check_kind(kind)
        found = duplicates.entities(connection, self._record.workspace_id, known, [one, other])
        if missing := {one, other} - found.keys():
            raise NotFoundError(f"No {known} has the id '{sorted(missing)[0]}'. 'gtm {known} list' shows them.")
        if one == other:
            raise InputError("Name two different rows.")
        return known, one, other

    def _refuse_parted(self, connection: sa.Connection, kind: Kind, one: str, other: str) -> None:
        standing = merges.roots(connection, self._record.workspace_id, kind, [one, other])
        key = duplicates.ordered(standing[one], standing[other])
        held = duplicates.parted(connection, self._record.workspace_id, kind).get(key)
        if held is not None and standing[one] != standing[other]:
            who = held.decided_by.removeprefix("person:")
            raise ConflictError(
                f"{who} kept the two apart on {held.decided_at:%Y-%m-%d %H:%M} UTC. To merge them all the same, say --anyway; "
                f"to have them asked about again: gtm duplicate undo {held.id} --by YOU"
            )

    def _row(self, connection: sa.Connection, pair_id: str) -> sa.RowMapping:
        held = duplicates.get(connection, self._record.workspace_id, pair_id)
        if held is None:
            raise NotFoundError(f"No pair has the id '{pair_id}'. 'gtm duplicate list' shows those that wait.")
        return held

    def _get(self, connection: sa.Connection, pair_id: str) -> Pair:
        held = self._row(connection, pair_id)
        return self._pairs(connection, check_kind(held["kind"]), [held])[0]

    def _pairs(self, connection: sa.Connection, kind: Kind, rows: Sequence[Mapping[Any, Any]]) -> list[Pair]:
        ids = {row[side] for row in rows for side in ("left_id", "right_id")}
        found = duplicates.entities(connection, self._record.workspace_id, kind, ids)
        return [_pair(row, found) for row in rows]

    def _merge(self, connection: sa.Connection, merge_id: str) -> Merge:
        row = merges.get_merge(connection, self._record.workspace_id, merge_id)
        if row is None:
            raise NotFoundError(f"No merge has the id '{merge_id}'.")
        return _merge(row)


def _pair(row: Mapping[Any, Any], found: Mapping[str, Mapping[str, Any]]) -> Pair:
    names = ("id", "kind", "left_id", "right_id", "score", "status", "decided_by", "decided_at")
    left, right = found.get(row["left_id"], {}), found.get(row["right_id"], {})
    return Pair(**{name: row[name] for name in names}, reasons=tuple(Reason(**r) for r in row["reasons"]), left=left, right=right)


def _merge(row: Mapping[Any, Any]) -> Merge:
    names = ("id", "kind", "winner_id", "loser_id", "chosen", "actor", "created_at", "undone_at", "undone_by")
    before = row["before"]
    called = {f"{side}_name": _called(before.get(side, {})) for side in ("winner", "loser")}
    values: dict[str, Any] = {name: row[name] for name in names} | called
    return Merge(**values)


def _called(row: Mapping[str, Any]) -> str | None:
    return row.get("name") or row.get("full_name") or row.get("email")
