"""One chunk of a file into the record: matched, merged and written in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_ids
from gtm_pipelines.intake import bulk
from gtm_pipelines.intake.columns import pick
from gtm_pipelines.intake.erased import refuse_erased
from gtm_pipelines.intake.link import link
from gtm_pipelines.intake.match import CompanyIndex, ContactIndex, Index
from gtm_pipelines.intake.merge import COMPANY, CONTACT, Differing, Entity, Policy, beside, merge
from gtm_pipelines.intake.model import IMPORTED, MERGED, REJECTED, UNCHANGED, Kind
from gtm_pipelines.intake.prepare import guessed_language
from gtm_pipelines.intake.read import RawRow
from gtm_pipelines.intake.sheet import Candidate, Refused, Sheet, row_hash
from gtm_pipelines.record import imports, suppressions
from gtm_pipelines.record.tables import fact, import_row
from gtm_pipelines.record.upsert import insert_columns, insert_many

STATED = 1.0
"""Confidence of an imported value: the file says exactly this."""
MOSTLY = 0.3
"""From this share of known owners in a chunk on, the next chunk asks first who is known."""


@dataclass
class Batch:
    """What every row of an import carries, and what its chunks learn for the next."""

    id: str
    workspace_id: str
    kind: Kind
    session_key: str
    file_name: str
    keep_raw: bool
    """False for a file whose very bytes, and so their text, are in the record already."""
    alike: tuple[str, ...] = ()
    """Earlier imports of the same columns: what stands in them word for word is known."""
    mostly_known: bool = False


class Chunk:
    """The rows of one chunk on their way into the record."""

    def __init__(self, batch: Batch, connection: sa.Connection, now: datetime) -> None:
        self._batch = batch
        self._connection = connection
        self._now = now
        self._policy: Policy = COMPANY if batch.kind == "company" else CONTACT
        self._rows: list[dict[str, Any]] = []
        self._facts: list[dict[str, Any]] = []
        self._origin: dict[str, Any] = {"workspace_id": batch.workspace_id, "batch_id": batch.id}
        self._session = {"session_key": batch.session_key}
        self._moments = {"created_at": now, "updated_at": now}
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()

    def apply(self, sheet: Sheet) -> None:
        """Match, merge and write the rows of a sheet; counts and reasons hold what became of them."""
        refuse_erased(self._connection, self._batch.workspace_id, self._batch.kind, sheet)
        if self._batch.kind == "contact":
            link(self._connection, self._batch.workspace_id, sheet)
        settled = self._settle(sheet)
        self._care(sheet, [position for position in range(len(sheet)) if position not in settled])
        for row, refused in sheet.refused:
            self._refuse(row, refused)
        self._write_rows()

    def _settle(self, sheet: Sheet) -> set[int]:
        """Settle the rows that need no care; return their positions."""
        batch, policy = self._batch, self._policy
        positions = lone = bulk.lone(policy, sheet)
        done: set[int] = set()
        if batch.mostly_known and batch.alike:
            known = bulk.repeated(self._connection, batch.workspace_id, policy, sheet, positions, batch.alike)
            self._note_all(sheet, known, UNCHANGED)
            done = set(known.positions)
            positions = [position for position in positions if position not in done]
        common = {**self._origin, **self._session, **self._moments}
        made = bulk.insert(self._connection, policy, sheet, positions, **common)
        self._note_all(sheet, made, IMPORTED)
        if lone:
            batch.mostly_known = len(made.positions) < (1 - MOSTLY) * len(lone)
        return done.union(made.positions)

    def _care(self, sheet: Sheet, positions: Sequence[int]) -> None:
        """Take the rows one by one: each is matched with what the rows before it made of the record."""
        candidates = [sheet.candidate(position) for position in positions]
        index = self._index(candidates)
        ids = new_ids(len(candidates))
        for candidate in candidates:
            try:
                outcome, entity = self._place(index, candidate, ids)
            except Refused as refused:
                self._refuse(candidate.row, refused)
            else:
                self._note(candidate.row, outcome, entity_id=entity.id)
        self._write(index)

    def _index(self, candidates: Sequence[Candidate]) -> Index:
        kind = CompanyIndex if self._batch.kind == "company" else ContactIndex
        index: Index = kind(self._connection, self._batch.workspace_id, candidates)
        held = imports.imported_values(self._connection, self._batch.workspace_id, self._batch.kind, list(index.entities))
        known: dict[str, set[Differing]] = {}
        for subject_id, field, value in held:
            known.setdefault(subject_id, set()).add(Differing(field, value))
        for subject_id, values in known.items():
            index.entities[subject_id].known = frozenset(values)
        return index

    def _place(self, index: Index, candidate: Candidate, ids: Any) -> tuple[str, Entity]:
        index.protect(candidate)
        entity = index.find(candidate)
        if entity is None:
            entity = self._made(index.policy, candidate, next(ids))
            index.add(entity)
            differing = beside(entity, candidate)
            entity.known = frozenset(differing)
            self._keep(entity, candidate.row, differing)
            outcome = IMPORTED
        else:
            changed, differing = merge(index.policy, entity, candidate)
            if changed:
                index.add(entity)
            self._keep(entity, candidate.row, differing)
            new = entity.created or entity.batch_id == self._batch.id
            outcome = MERGED if changed or differing or new else UNCHANGED
        if candidate.suppress and self._suppress(entity, candidate, candidate.suppress) and outcome == UNCHANGED:
            outcome = MERGED
        return outcome, entity

    @staticmethod
    def _made(policy: Policy, candidate: Candidate, new_id: str) -> Entity:
        if "language" not in candidate.values:
            candidate.values["language"] = guessed_language(candidate)
        values = dict.fromkeys(policy.columns)
        values.update(candidate.values)
        return Entity(new_id, None, values, candidate.attributes, created=True)

    def _suppress(self, entity: Entity, candidate: Candidate, reason: str) -> bool:
        """Write down that somebody is not to be written to, at the address the row gives too; no import takes that back."""
        batch = self._batch
        if batch.kind == "company":
            named = [("company", entity.id)]
        else:
            addresses = dict.fromkeys((entity.values["email"], candidate.values.get("email"), *candidate.others))
            named = [("address", address) for address in addresses if address]
        new = 0
        for kind, value in named:
            new += suppressions.add(
                self._connection, batch.workspace_id, kind, value, reason=reason, source="import", at=self._now, batch_id=None
            )
        return new > 0

    def _keep(self, entity: Entity, row: RawRow, differing: Sequence[Differing]) -> None:
        evidence = f"{self._batch.file_name}, line {row.line}"
        for (field, value), new_id in zip(differing, new_ids(len(differing)), strict=True):
            self._facts.append({"id": new_id, "subject_id": entity.id, "field": field, "value": value, "evidence": evidence})

    def _refuse(self, row: RawRow, refused: Refused) -> None:
        self.reasons[refused.code] += 1
        self._note(row, REJECTED, code=refused.code, reason=str(refused))

    def _note(
        self, row: RawRow, outcome: str, *, entity_id: str | None = None, code: str | None = None, reason: str | None = None
    ) -> None:
        self.counts[outcome] += 1
        keep = self._batch.keep_raw or outcome != UNCHANGED
        self._rows.append(
            {
                "line_number": row.line, "outcome": outcome, "reason_code": code, "reason": reason,
                "raw": printable(row.raw) if keep else None, "row_hash": row_hash(row.raw), "entity_id": entity_id,
            }
        )  # fmt: skip

    def _note_all(self, sheet: Sheet, settled: bulk.Settled, outcome: str) -> None:
        """Keep the rows that were settled together."""
        self.counts[outcome] += len(settled.positions)
        keep = self._batch.keep_raw or outcome != UNCHANGED
        raws = pick(sheet.raws, settled.positions) if keep else [None] * len(settled.positions)
        columns: dict[str, list[Any]] = {
            "id": list(new_ids(len(settled.positions))),
            "line_number": pick(sheet.lines, settled.positions),
            "raw": raws,
            "row_hash": pick(sheet.hashes, settled.positions),
            "entity_id": settled.owners,
        }
        insert_columns(self._connection, import_row, columns, outcome=outcome, **self._origin)

    def _write(self, index: Index) -> None:
        batch, policy = self._batch, self._policy
        made = [{"id": e.id, **e.values, "attributes": e.attributes} for e in index.entities.values() if e.created]
        insert_many(self._connection, policy.table, made, **self._origin, **self._session, **self._moments)
        self._update(policy, [e for e in index.entities.values() if e.changed and not e.created])
        stated = {"subject_type": batch.kind, "source": "import", "confidence": STATED, "retrieved_at": self._now}
        insert_many(self._connection, fact, self._facts, **self._origin, **self._session, **stated)

    def _write_rows(self) -> None:
        for row, new_id in zip(self._rows, new_ids(len(self._rows)), strict=True):
            row["id"] = new_id
        insert_many(self._connection, import_row, self._rows, **self._origin)

    def _update(self, policy: Policy, changed: Sequence[Entity]) -> None:
        if not changed:
            return
        table = policy.table
        statement = sa.update(table).where(table.c.id == sa.bindparam("entity"), table.c.workspace_id == self._batch.workspace_id)
        names = (*policy.columns, "attributes")
        statement = statement.values(
            {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
            | {"updated_at": self._now, "version": table.c.version + 1}
        )
        rows = [
            {"entity": e.id, **{f"new_{name}": value for name, value in e.values.items()}, "new_attributes": e.attributes}
            for e in changed
        ]
        self._connection.execute(statement, rows)


def printable(raw: str) -> str:
    """Return a record's text in a form that every engine can keep: NULs and broken bytes as ``\\x00``."""
    if raw.isascii():
        return raw.replace("\0", "\\x00") if "\0" in raw else raw
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace").replace("\0", "\\x00")
