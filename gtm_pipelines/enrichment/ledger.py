"""The record's side of a look-up: written before a paid source is asked, settled with its facts in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.lookup import CeilingReachedError, Ceilings, Outcome, from_plain, plain
from gtm_pipelines.enrichment.question import Question
from gtm_pipelines.enrichment.settle import Filler
from gtm_pipelines.enrichment.source import Fact, Subject
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import erasures, lookups, merges, research
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import fact
from gtm_pipelines.record.upsert import insert_many

SESSION = "lookup:"
"""What stands before a look-up's id in ``fact.session_key``: the way from a fact back to the question that bought it."""
_NAMING = {"email": "email", "linkedin_url": "profile"}
"""Fields of a contact by which somebody who was erased would come back."""


@dataclass(frozen=True)
class Ledger:
    """Writes the look-ups of one run. Every method is one transaction; used by one thread at a time.

    Args:
        record: where to.
        clock: what the time is.
        run_id: of the run.
        ceilings: what may be spent.
        ranks: how much sources are believed, for filling columns.
    """

    record: Record
    clock: Clock
    run_id: str
    ceilings: Ceilings
    ranks: Mapping[str, int]

    def standing(self, questions: Iterable[Question]) -> dict[tuple[str, str], sa.Row[Any]]:
        """Return ``(source, key) → look-up`` of questions that are not to be asked now."""
        with self.record.read() as connection:
            asked = [(one.source, one.key) for one in questions]
            return lookups.standing(connection, self.record.workspace_id, asked, self.clock.now())

    def open(self, subject: Subject, question: Question, fields: Iterable[str], most: float) -> str:
        """Note that a paid source is about to be asked, and set aside what that can cost; return the look-up's id.

        Raises:
            CeilingReachedError: a ceiling does not leave that much; nothing was written.
        """
        with self.record.write() as connection:
            return self._begin(connection, subject, question, fields, most)

    def close(
        self, subject: Subject, question: Question, fields: Iterable[str], outcome: Outcome, *,
        lifetime_days: float, lookup_id: str | None, reserved: float,
    ) -> tuple[Fact, ...]:  # fmt: skip
        """Settle a look-up with its facts and its cost, and fill empty columns; return the facts that were kept.

        Args:
            subject: whom it was about.
            question: what was asked.
            fields: what was wanted.
            outcome: what came of it.
            lifetime_days: how long it is not asked again.
            lookup_id: as ``open`` gave it; ``None`` of a free source, which is first written down here.
            reserved: what ``open`` set aside, in US dollars.
        """
        now = self.clock.now()
        with self.record.write() as connection:
            kept = self._kept(connection, subject, outcome.facts)
            lookup_id = lookup_id or self._begin(connection, subject, question, fields, 0.0)
            values = {
                "status": outcome.status, "facts": len(kept), "cost_usd": outcome.cost_usd, "error_code": outcome.error_code,
                "error_text": outcome.error_text, "answer": {"facts": [plain(one) for one in kept]}, "finished_at": now,
                "updated_at": now,
                "expires_at": now + timedelta(days=lifetime_days) if outcome.lasts else None,
            }  # fmt: skip
            lookups.finish(connection, self.record.workspace_id, lookup_id, values)
            self._correct(connection, subject, outcome.cost_usd - reserved, not kept, now)
            self._write(connection, subject, kept, lookup_id, outcome.cost_usd, now)
        return kept

    def adopt(self, subject: Subject, lookup: Any) -> tuple[Fact, ...]:
        """Give a subject the facts of an answer that was had for the same question before, at no cost."""
        given = tuple(from_plain(lookup.source, one) for one in lookup.answer.get("facts", ()))
        if lookup.subject_id == subject.id or not given:
            return given
        now, workspace_id = self.clock.now(), self.record.workspace_id
        with self.record.write() as connection:
            family = merges.family(connection, workspace_id, subject.type, subject.id)
            had = sa.select(fact.c.id).where(
                fact.c.workspace_id == workspace_id, fact.c.subject_type == subject.type, fact.c.subject_id.in_(family),
                fact.c.session_key == SESSION + lookup.id,
            )  # fmt: skip
            if connection.execute(had.limit(1)).first() is not None:
                return given
            kept = self._kept(connection, subject, given)
            self._write(connection, subject, kept, lookup.id, 0.0, now)
        return kept

    def _begin(self, connection: sa.Connection, subject: Subject, question: Question, fields: Iterable[str], most: float) -> str:
        now = self.clock.now()
        refused = lookups.reserve(self.record, connection, self._caps(subject, now), most, now)
        if refused:
            raise CeilingReachedError(refused, most)
        values = {
            "run_id": self.run_id, "subject_type": subject.type, "subject_id": subject.id, "source": question.source,
            "request_key": question.key, "fields": sorted(fields), "cost_usd": most, "started_at": now,
        }  # fmt: skip
        return lookups.begin(self.record, connection, values)

    def _caps(self, subject: Subject, now: datetime) -> dict[str, float | None]:
        return {
            lookups.month_scope(now): self.ceilings.month,
            lookups.run_scope(self.run_id): self.ceilings.run,
            lookups.record_scope(subject.id): self.ceilings.record,
        }

    def _correct(self, connection: sa.Connection, subject: Subject, change: float, fruitless: bool, now: datetime) -> None:
        if change or fruitless:
            scopes = self._caps(subject, now)
            lookups.correct(connection, self.record.workspace_id, scopes, change=change, fruitless=int(fruitless), at=now)

    def _kept(self, connection: sa.Connection, subject: Subject, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        """Leave out what is about somebody who is gone, or would bring back somebody who was erased."""
        if not facts or not research.rows(connection, self.record.workspace_id, subject.type, [self._root(connection, subject)]):
            return ()
        if subject.type != "contact" or not erasures.is_any(connection, self.record.workspace_id):
            return tuple(facts)
        keys = {one: erasures.keys_of(*_named(one)) for one in facts if one.field in _NAMING}
        gone = erasures.known(connection, self.record.workspace_id, [key for found in keys.values() for key in found])
        return tuple(one for one in facts if not gone & set(keys.get(one, ())))

    def _write(
        self, connection: sa.Connection, subject: Subject, facts: Sequence[Fact], lookup_id: str, cost: float, now: datetime
    ) -> None:
        subject_id = self._root(connection, subject)
        rows = [
            {
                "id": new_id(), "workspace_id": self.record.workspace_id, "batch_id": None, "session_key": SESSION + lookup_id,
                "subject_type": subject.type, "subject_id": subject_id, "field": one.field, "value": one.value,
                "source": one.source, "url": one.url, "evidence": one.evidence, "confidence": one.confidence,
                "cost_usd": one.cost_usd, "retrieved_at": one.retrieved_at, "expires_at": one.expires_at,
            }
            for one in _shared(facts, cost)
        ]  # fmt: skip
        insert_many(connection, fact, rows)
        if rows:
            filler = Filler(connection, self.record.workspace_id, now, self.ranks)
            filler.fill(subject.type, subject_id, {one.field for one in facts})

    def _root(self, connection: sa.Connection, subject: Subject) -> str:
        """Return who stands for the subject by now."""
        return merges.roots(connection, self.record.workspace_id, subject.type, [subject.id])[subject.id]


def _named(one: Fact) -> tuple[str | None, str | None]:
    return (one.value, None) if _NAMING[one.field] == "email" else (None, one.value)


def _shared(facts: Sequence[Fact], cost: float) -> list[Fact]:
    """Share what the look-up cost among its facts."""
    return [replace(one, cost_usd=cost / len(facts)) for one in facts]
