"""Whom a run is about, and what of them is missing: read in pages, so that a million companies need no memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gtm_pipelines.enrichment.plan import Plan, known_of, subject_of
from gtm_pipelines.enrichment.source import Subject
from gtm_pipelines.enrichment.waterfall import good_enough
from gtm_pipelines.record import facts, research, suppressions
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.settled import ACT_ON

PAGE = 200
"""Subjects read at once."""
NEVER_WRITTEN_TO = "never written to"


@dataclass(frozen=True)
class Scope:
    """Whom a run is about.

    Attributes:
        ids: exactly these; ``None`` for everybody up to ``upto``.
        upto: the last id there was when the run began.
        fields: what is looked for; empty for all of the plan.
        anew: whether what is known and what was answered lately is looked for again.
        paid: whether sources that cost money are asked too.
    """

    ids: tuple[str, ...] | None = None
    upto: str | None = None
    fields: tuple[str, ...] = ()
    anew: bool = False
    paid: bool = True

    def plain(self) -> dict[str, Any]:
        """Return the scope as the run's row keeps it."""
        ids = list(self.ids) if self.ids is not None else None
        return {"ids": ids, "upto": self.upto, "fields": list(self.fields), "anew": self.anew, "paid": self.paid}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Scope:
        """Return the scope that a run's row keeps."""
        ids = tuple(kept["ids"]) if kept.get("ids") is not None else None
        return cls(ids, kept.get("upto"), tuple(kept.get("fields", ())), bool(kept.get("anew")), bool(kept.get("paid", True)))


@dataclass(frozen=True)
class Person:
    """One of the scope: ready to be asked about, or why not."""

    subject: Subject
    why_not: str | None = None


@dataclass(frozen=True)
class Reader:
    """Reads the subjects of a scope.

    Args:
        record: where they are.
        plan: what is looked for.
        ranks: how much sources are believed.
    """

    record: Record
    plan: Plan
    ranks: Mapping[str, int]

    def count(self, scope: Scope) -> int:
        """Count the subjects of a scope, those with nothing missing too."""
        if scope.ids is not None:
            return len(scope.ids)
        with self.record.read() as connection:
            return research.count(connection, self.record.workspace_id, self.plan.subject_type, upto=scope.upto)

    def pages(self, scope: Scope) -> Iterator[list[str]]:
        """Yield the ids of a scope in pages, in order."""
        if scope.ids is not None:
            yield from (list(scope.ids[start : start + PAGE]) for start in range(0, len(scope.ids), PAGE))
            return
        after = ""
        while True:
            with self.record.read() as connection:
                workspace_id, kind = self.record.workspace_id, self.plan.subject_type
                ids = research.ids_after(connection, workspace_id, kind, after, PAGE, upto=scope.upto)
            if not ids:
                return
            yield ids
            after = ids[-1]

    def read(self, ids: Sequence[str], scope: Scope, now: datetime) -> list[Person]:
        """Return those of a page that are there, each with what is known and what is missing."""
        kind, workspace_id = self.plan.subject_type, self.record.workspace_id
        with self.record.read() as connection:
            rows = research.rows(connection, workspace_id, kind, ids)
            settled = facts.settled(connection, workspace_id, kind, rows, now, ranks=self.ranks)
            stopped = _stopped(connection, workspace_id, kind, rows)
        found = []
        for one in ids:
            if one in rows:
                found.append(self._person(rows[one], settled[one], scope, stopped.get(one)))
        return found

    def _person(self, row: Any, settled: Mapping[str, Any], scope: Scope, stopped: str | None) -> Person:
        kind = self.plan.subject_type
        usable = {name: one.value for name, one in settled.items() if one.confidence >= ACT_ON}
        known = known_of(row, usable, kind)
        wanted = frozenset(scope.fields) or frozenset(self.plan.fields)
        if not scope.anew:
            columns = {name for name in wanted if row.get(name) not in (None, "")}
            enough = good_enough(self.plan, {name: one.confidence for name, one in settled.items()})
            wanted -= columns | enough
        wanted = self.plan.with_stones(wanted, known) if wanted else wanted
        why_not = stopped or (None if wanted else "nothing is missing")
        return Person(subject_of(row, known, kind, wanted), why_not)


def _stopped(connection: Any, workspace_id: str, kind: str, rows: Mapping[str, Any]) -> dict[str, str]:
    """Return those that are never written to: nothing is learned of them."""
    if kind == "company":
        pairs = [(f"anybody@{row['domain']}" if row["domain"] else None, one) for one, row in rows.items()]
        flagged: set[str] = set()
    else:
        pairs = [(row["email"], row["company_id"]) for row in rows.values()]
        flagged = {one for one, row in rows.items() if row["do_not_contact"]}
    reasons = suppressions.find_many(connection, workspace_id, pairs)
    held = {one for one, reason in zip(rows, reasons, strict=True) if reason}
    return dict.fromkeys(held | flagged, NEVER_WRITTEN_TO)
