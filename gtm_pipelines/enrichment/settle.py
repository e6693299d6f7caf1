"""What counts is written into empty columns, and people overrule what counts.

A column is filled only where it is empty and the fact is sure enough to act on; what a list
said is never overwritten but by a person. Every change leaves an audit event. Suppression and
do-not-contact are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.enrichment.source import SubjectType
from gtm_pipelines.errors import InputError
from gtm_pipelines.record import facts, merges, suppressions
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.settled import ACT_ON

_PLAIN: Mapping[SubjectType, frozenset[str]] = {
    "company": frozenset(
        "website domain industry city state description linkedin_url language address revenue country_code tin "
        "registration_number".split()
    ),
    "contact": frozenset("position linkedin_url city language country_code".split()),
}
"""Fields with a column of the same name and form."""
UNIQUE: Mapping[SubjectType, frozenset[str]] = {
    "company": frozenset(("domain", "tin", "registration_number")),
    "contact": frozenset(("email_key", "linkedin_url")),
}
"""Columns in which no two rows hold the same."""
_E164 = re.compile(r"\+\d{7,15}")


def columns_for(kind: SubjectType, field: str, value: str) -> dict[str, Any]:
    """Return the columns that hold a field, the leading one first; none where it has no column or the value does not fit."""
    if field in _PLAIN[kind]:
        return {field: value.lower() if field == "domain" else value}
    if field == "phone":
        return {"phone": value, "phone_e164": value if _E164.fullmatch(value) else None}
    if field == "employee_count" and kind == "company":
        return {"employee_count": int(value)} if value.isdecimal() and len(value) < 9 else {}
    if field == "email" and kind == "contact":
        return _address(value)
    return {}


@dataclass(frozen=True)
class Filler:
    """Fills empty columns inside the caller's transaction.

    Args:
        connection: an open transaction that writes.
        workspace_id: whose rows.
        now: the moment.
        ranks: how much sources are believed.
    """

    connection: sa.Connection
    workspace_id: str
    now: datetime
    ranks: Mapping[str, int]

    def fill(self, kind: SubjectType, subject_id: str, fields: Collection[str]) -> list[str]:
        """Write what counts of these fields into columns that are empty; return the fields written."""
        row = merges.lock_rows(self.connection, self.workspace_id, kind, [subject_id]).get(subject_id)
        if row is None or row["merged_into"]:
            return []
        counted = facts.settled(
            self.connection, self.workspace_id, kind, [subject_id], self.now, fields=fields, ranks=self.ranks
        )[subject_id]
        written = []
        for name, one in sorted(counted.items()):
            values = columns_for(kind, name, one.value) if one.confidence >= ACT_ON else {}
            leading = next(iter(values), None)
            if leading is None or row[leading] not in (None, "") or self.holder(kind, subject_id, values):
                continue
            values = {column: value for column, value in values.items() if row[column] in (None, "")}
            self.write(kind, subject_id, values)
            detail = {"field": name, "fact": one.fact.id, "source": one.fact.source, "confidence": one.confidence}
            self.audit(kind, subject_id, f"{kind}.fill", "system", detail)
            written.append(name)
        return written

    def holder(self, kind: SubjectType, subject_id: str, values: Mapping[str, Any]) -> str | None:
        """Return the id of another row that holds one of these keys."""
        for column in UNIQUE[kind] & values.keys():
            held = merges.holder(self.connection, self.workspace_id, kind, column, str(values[column]))
            if held and held != subject_id:
                return held
        return None

    def write(self, kind: SubjectType, subject_id: str, values: Mapping[str, Any]) -> None:
        """Change columns of one row."""
        merges.change(self.connection, self.workspace_id, kind, subject_id, values, self.now)

    def audit(self, kind: SubjectType, subject_id: str, action: str, actor: str, detail: Mapping[str, Any]) -> None:
        """Note who changed what of which row."""
        add_audit(
            self.connection, self.workspace_id, actor=actor, action=action, subject_type=kind, subject_id=subject_id,
            at=self.now, detail=detail,
        )  # fmt: skip


def _address(value: str) -> dict[str, Any]:
    try:
        key = suppressions.key("address", value)
    except InputError:
        return {}
    return {"email": value, "email_key": key, "email_domain": key.rpartition("@")[2]}
