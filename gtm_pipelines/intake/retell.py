"""What the kept rows of files say about a company or contact, told once more from the start.

The rows themselves are in the record, with the mapping they were read by. Folding them
again, in the order of the imports, gives the values that imports stand for; what a
person or research set since differs from that and so can be told apart.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.intake.link import link_each
from gtm_pipelines.intake.mapping import ATTRIBUTE, map_columns
from gtm_pipelines.intake.merge import Differing, Entity, Policy, beside, merge
from gtm_pipelines.intake.prepare import guessed_language, preparer
from gtm_pipelines.intake.read import RawRow
from gtm_pipelines.intake.records import Records
from gtm_pipelines.intake.sheet import Candidate, Sheet
from gtm_pipelines.record import batches
from gtm_pipelines.record.batches import Batches

Prepare = Callable[[Records], Sheet]


@dataclass(frozen=True)
class Mention:
    """One row about somebody, as a candidate, and the batch that makes it count; ``None`` where none does any more."""

    entity_id: str
    living_as: str | None
    """The batch it counts as once the undoing is done; ``None`` if it then counts no more."""
    counted_as: str
    """The batch it counted as before."""
    line: int
    candidate: Candidate | None
    """``None`` where the row's text is not in the record or cannot be read."""


@dataclass
class Told:
    """What rows add up to."""

    values: dict[str, Any]
    attributes: dict[str, str]
    differing: list[tuple[Differing, Mention]] = field(default_factory=list)


class Reader:
    """Reads kept rows again, each by the mapping of its own batch."""

    def __init__(self, connection: sa.Connection, workspace_id: str, kind: str, after: Batches, undone: Sequence[str]) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._kind = kind
        self._batches = after
        self._living = after.living()
        self._undone = dict.fromkeys(undone, undone[0])
        self._prepare: dict[str, Prepare | None] = {}

    def mentions(self, entity_ids: Sequence[str]) -> dict[str, list[Mention]]:
        """Return the rows that count now or did before the undoing, oldest first, about each of whom one still counts."""
        rows = batches.rows_about(self._connection, self._workspace_id, entity_ids)
        known = {row.entity_id for row in rows if row.batch_id in self._living}
        rows = [row for row in rows if row.entity_id in known and (row.batch_id in self._living or row.batch_id in self._undone)]
        candidates = self._candidates(rows)
        found: dict[str, list[Mention]] = {}
        for row in rows:
            living = self._living.get(row.batch_id)
            counted = min(filter(None, (living, self._undone.get(row.batch_id))))
            said = candidates.get((row.batch_id, row.line_number))
            found.setdefault(row.entity_id, []).append(Mention(row.entity_id, living, counted, row.line_number, said))
        for several in found.values():
            several.sort(key=lambda m: (m.counted_as, m.line))
        self._link([m.candidate for several in found.values() for m in several if m.candidate])
        return found

    def _missing_texts(self, rows: Iterable[sa.Row[Any]]) -> dict[tuple[str, int], str]:
        """Find the text of rows that repeat an earlier import of the same bytes and so kept none."""
        wanted: dict[str, list[sa.Row[Any]]] = {}
        for row in rows:
            if row.raw is None:
                wanted.setdefault(row.batch_id, []).append(row)
        found: dict[tuple[str, int], str] = {}
        for batch_id, lacking in wanted.items():
            sha = self._batches.by_id[batch_id].file_sha256
            same = [b.id for b in self._batches.by_id.values() if b.file_sha256 == sha]
            kept = batches.texts(self._connection, self._workspace_id, same, (row.line_number for row in lacking))
            for row in lacking:
                text, row_hash = kept.get(row.line_number, ("", None))
                if row_hash is not None and row_hash == row.row_hash:
                    found[batch_id, row.line_number] = text
        return found

    def _candidates(self, rows: Sequence[sa.Row[Any]]) -> dict[tuple[str, int], Candidate]:
        """Read rows again; those that cannot be read are missing."""
        texts = self._missing_texts(rows)
        told: dict[str, Records] = {}
        for row in rows:
            raw = row.raw if row.raw is not None else texts.get((row.batch_id, row.line_number))
            batch = self._batches.by_id[row.batch_id]
            cells = split(raw, batch.delimiter, batch.mapping.get("header", ())) if raw is not None else []
            if cells:
                told.setdefault(row.batch_id, Records()).add(RawRow(row.line_number, raw or "", cells))
        found = {}
        for batch_id, records in told.items():
            if prepare := self._preparer(batch_id):
                sheet = prepare(records)
                found.update({(batch_id, line): sheet.candidate(at) for at, line in enumerate(sheet.lines)})
        return found

    def _preparer(self, batch_id: str) -> Prepare | None:
        if batch_id not in self._prepare:
            self._prepare[batch_id] = preparer_of(self._batches.by_id[batch_id])
        return self._prepare[batch_id]

    def _link(self, candidates: Sequence[Candidate]) -> None:
        if self._kind == "contact" and candidates:
            link_each(self._connection, self._workspace_id, candidates)


def preparer_of(batch: sa.Row[Any]) -> Prepare | None:
    """Return what reads the rows of a batch as they were read then; ``None`` if its columns were not kept."""
    header = batch.mapping.get("header")
    if not header:
        return None
    fields = {**batch.mapping["columns"], **dict.fromkeys(batch.mapping["unmapped"], ATTRIBUTE)}
    mapping = map_columns(batch.kind, tuple(header), fields)
    shared = frozenset(batch.mapping.get("shared_domains", ()))
    return preparer(mapping, source=batch.source, lawful_basis=batch.lawful_basis, shared=shared)


def split(raw: str, delimiter: str | None, header: Sequence[str]) -> list[str]:
    """Return the cells of one kept record, or nothing where it does not have those of its header."""
    try:
        cells = next(csv.reader(io.StringIO(raw, newline=""), delimiter=delimiter or ","), [])
    except csv.Error:
        return []
    if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
        return []
    return cells[: len(header)]


def tell(policy: Policy, mentions: Sequence[Mention]) -> Told:
    """Fold rows in their order, as importing them would.

    Args:
        policy: of companies or of contacts.
        mentions: at least one, each with its candidate.
    """
    first, *later = [(m, m.candidate) for m in mentions if m.candidate]
    for _, candidate in (first, *later):
        language = candidate.values.get("language") or guessed_language(candidate)
        if language:
            candidate.values["language"] = language
    values: dict[str, Any] = dict.fromkeys(policy.columns)
    values.update(first[1].values)
    entity = Entity("", None, values, dict(first[1].attributes), created=True)
    told = Told(entity.values, entity.attributes, [(fact, first[0]) for fact in beside(entity, first[1])])
    entity.known = frozenset(fact for fact, _ in told.differing)
    for mention, candidate in later:
        _, differing = merge(policy, entity, candidate)
        told.differing += [(fact, mention) for fact in differing]
    return told


def rewritten(current: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to change: where the value that stands is the one imports gave, and they now give another."""
    return {
        name: after.get(name)
        for name in current
        if name in before and current[name] == before[name] and before[name] != after.get(name)
    }
