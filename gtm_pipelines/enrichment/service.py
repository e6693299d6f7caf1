"""Derive facts about companies and contacts from what is already in the record.

Each pass is incremental: a fact is written only when its value differs from the
newest one of the same source, so running it again adds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.model import EnrichmentReport, address_verdict
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import facts
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import fact
from gtm_pipelines.record.upsert import insert_many

Progress = Callable[[int, int | None], None]
BATCH = 2_000
COMPANY_FIELDS = ("industry", "employee_count", "country", "city", "domain", "language", "description")


class Finding(NamedTuple):
    """One value a rule found, before it becomes a fact."""

    field: str
    value: str | None
    confidence: float
    evidence: str | None = None


@dataclass(frozen=True)
class Pass:
    """One way of deriving facts: from which columns of which subject, by which rule."""

    subject_type: str
    columns: tuple[str, ...]
    fields: tuple[str, ...]
    source: str
    derive: Callable[[Any], Iterator[Finding]]
    counted: str | None = None


class EnrichmentService:
    """Writes facts with their source, evidence and confidence."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    def company_facts(self, progress: Progress | None = None) -> EnrichmentReport:
        """Record what the imported lists say of each company, with the row it came from."""
        return self._run(Pass("company", COMPANY_FIELDS, COMPANY_FIELDS, "import", _from_company), progress)

    def contact_facts(self, progress: Progress | None = None) -> EnrichmentReport:
        """Record each contact's seniority and function, as its title says, and its language."""
        fields = ("seniority", "function", "language")
        return self._run(Pass("contact", ("position", *fields), fields, "rules", _from_contact, "seniority"), progress)

    def verify_emails(self, progress: Progress | None = None) -> EnrichmentReport:
        """Judge every address by syntax and provider, without asking any server."""
        passed = Pass("contact", ("email",), ("email_verification",), "offline_check", _from_address, "email_verification")
        return self._run(passed, progress)

    def _run(self, work: Pass, progress: Progress | None) -> EnrichmentReport:
        table = facts.TABLES[work.subject_type]
        total = facts.count_subjects(self._record, table)
        examined, added, after = 0, 0, ""
        values: Counter[str] = Counter()
        while True:
            with self._record.write() as connection:
                subjects = facts.subjects_after(connection, self._record.workspace_id, table, after, work.columns, BATCH)
                if not subjects:
                    return EnrichmentReport(examined, added, dict(values))
                added += self._record_findings(connection, work, subjects, values)
            after = subjects[-1].id
            examined += len(subjects)
            if progress:
                progress(examined, total)

    def _record_findings(self, connection: sa.Connection, work: Pass, subjects: Sequence[Any], values: Counter[str]) -> int:
        ids = [subject.id for subject in subjects]
        known = facts.latest_values(connection, self._record.workspace_id, ids, work.fields, work.source)
        fresh = []
        for subject in subjects:
            for finding in work.derive(subject):
                if finding.field == work.counted:
                    values[finding.value or "unknown"] += 1
                if finding.value is not None and known.get((subject.id, finding.field)) != finding.value:
                    fresh.append((subject, finding))
        places = facts.origins(connection, {subject.id for subject, _ in fresh})
        insert_many(connection, fact, [self._row(work, subject, found, places) for subject, found in fresh])
        return len(fresh)

    def _row(self, work: Pass, subject: Any, found: Finding, places: dict[str, str]) -> dict[str, Any]:
        return {
            "id": new_id(),
            "workspace_id": self._record.workspace_id,
            "batch_id": subject.batch_id,
            "session_key": subject.session_key,
            "subject_type": work.subject_type,
            "subject_id": subject.id,
            "field": found.field,
            "value": found.value,
            "source": work.source,
            "evidence": found.evidence or places.get(subject.id),
            "confidence": found.confidence,
            "cost_usd": 0.0,
            "retrieved_at": self._clock.now(),
        }


def _from_company(row: Any) -> Iterator[Finding]:
    for name in COMPANY_FIELDS:
        value = getattr(row, name)
        yield Finding(name, None if value is None else str(value), 0.8)


def _from_contact(row: Any) -> Iterator[Finding]:
    yield Finding("seniority", row.seniority, 0.8, row.position)
    yield Finding("function", row.function, 0.8, row.position)
    yield Finding("language", row.language, 0.7)


def _from_address(row: Any) -> Iterator[Finding]:
    if not row.email:
        return
    verdict, confidence = address_verdict(row.email, is_valid=_syntax_is_right(row.email))
    yield Finding("email_verification", verdict, confidence, row.email)


def _syntax_is_right(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True
