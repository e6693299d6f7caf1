"""What people decide about facts that contradict each other: a value of their own choice, until they withdraw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.settle import Filler, columns_for
from gtm_pipelines.enrichment.source import SubjectType
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, PolicyError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import facts, merges, research, suppressions
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.settled import ACT_ON, PERSON, Settled
from gtm_pipelines.record.tables import audit_event, fact

CHOSEN, WITHDRAWN = "choose", "withdraw"
_CANDIDATES = 2_000
"""Rows looked at for one list of conflicts."""


@dataclass(frozen=True)
class Conflict:
    """A field of somebody about which sure sources say different things.

    Attributes:
        kind: company or contact.
        subject_id: who.
        name: what people call it.
        field: of what.
        settled: what counts for now, why, and what the others say.
    """

    kind: SubjectType
    subject_id: str
    name: str
    field: str
    settled: Settled


@dataclass(frozen=True)
class Decisions:
    """Conflicts, and what people make of them.

    Args:
        record: where the facts are.
        clock: what the time is.
        ranks: how much sources are believed.
    """

    record: Record
    clock: Clock
    ranks: Mapping[str, int]

    def conflicts(self, kind: SubjectType, *, limit: int = 50) -> list[Conflict]:
        """Return fields about which sure sources disagree and no person has decided, by subject."""
        now, workspace_id = self.clock.now(), self.record.workspace_id
        with self.record.read() as connection:
            ids = research.contested(connection, workspace_id, kind, ACT_ON, now, _CANDIDATES)
            ids = sorted(set(merges.roots(connection, workspace_id, kind, ids).values()))
            rows = research.rows(connection, workspace_id, kind, ids)
            settled = facts.settled(connection, workspace_id, kind, rows, now, ranks=self.ranks)
        found = [
            Conflict(kind, one, _name(dict(rows[one])), field, what)
            for one in ids
            if one in rows
            for field, what in sorted(settled[one].items())
            if what.contested
        ]
        return found[:limit]

    def choose(self, kind: SubjectType, subject_id: str, field: str, value: str, *, by: str, why: str | None = None) -> Settled:
        """Let a person's value count, and write it into the field's column if there is one; return what counts.

        Raises:
            NotFoundError: there is no such company or contact.
            InputError: the value is empty, or does not fit the column; or nobody is named.
            PolicyError: a machine is named, or the address of somebody who must not be written to would change.
            ConflictError: somebody else holds this key.
        """
        said, by = value.strip(), person(by)
        if not said:
            raise InputError("Say which value counts, or withdraw the choice.")
        with self.record.write() as connection:
            subject_id, row, filler = self._locked(connection, kind, subject_id)
            values = columns_for(kind, field, said)
            if not values and field in row:
                raise InputError(f"'{said}' does not fit the field '{field}'. Write it as the other values stand.")
            self._guard(connection, kind, row, field)
            if held := filler.holder(kind, subject_id, values):
                raise ConflictError(f"The {kind} {held} holds '{said}' already. Merge the two: gtm duplicate merge.")
            before = {name: row[name] for name in values}
            made = self._state(connection, kind, subject_id, field, said, why or f"chosen by {by}")
            filler.write(kind, subject_id, values)
            filler.audit(kind, subject_id, f"{kind}.{CHOSEN}", by, {"field": field, "fact": made, "before": before})
            return self._counts(connection, kind, subject_id, field)[field]

    def withdraw(self, kind: SubjectType, subject_id: str, field: str, *, by: str) -> Settled | None:
        """Let the rule decide again, and give the column back what it held before; return what counts then.

        Raises:
            NotFoundError: no person has chosen a value of this field, or there is no such company or contact.
            PolicyError: a machine is named, or the address of somebody who must not be written to would change.
        """
        by = person(by)
        with self.record.write() as connection:
            subject_id, row, filler = self._locked(connection, kind, subject_id)
            chosen = self._counts(connection, kind, subject_id, field).get(field)
            if chosen is None or chosen.fact.source != PERSON:
                raise NotFoundError(f"Nobody has chosen a value of '{field}' here. 'gtm enrich conflicts' lists what is open.")
            self._guard(connection, kind, row, field)
            values = columns_for(kind, field, chosen.value)
            restored = self._before(connection, kind, subject_id, field)
            if (
                values
                and all(row[name] == value for name, value in values.items())
                and not filler.holder(kind, subject_id, restored)
            ):
                filler.write(kind, subject_id, restored)
            made = self._state(connection, kind, subject_id, field, None, f"withdrawn by {by}")
            filler.audit(kind, subject_id, f"{kind}.{WITHDRAWN}", by, {"field": field, "fact": made})
            filler.fill(kind, subject_id, [field])
            return self._counts(connection, kind, subject_id, field).get(field)

    def _locked(self, connection: sa.Connection, kind: SubjectType, subject_id: str) -> tuple[str, dict[str, Any], Filler]:
        root = merges.roots(connection, self.record.workspace_id, kind, [subject_id])[subject_id]
        row = merges.lock_rows(connection, self.record.workspace_id, kind, [root]).get(root)
        if row is None:
            raise NotFoundError(f"No {kind} has the id '{subject_id}'. 'gtm {kind} list --json' shows ids.")
        return root, row, Filler(connection, self.record.workspace_id, self.clock.now(), self.ranks)

    def _guard(self, connection: sa.Connection, kind: SubjectType, row: Mapping[str, Any], field: str) -> None:
        """A new address must not let somebody be written to who asked not to be."""
        if kind != "contact" or field != "email":
            return
        found = suppressions.find(connection, self.record.workspace_id, address=row["email"], company_id=row["company_id"])
        if row["do_not_contact"] or found:
            raise PolicyError(
                "suppression.wins",
                f"This person must not be written to ({found or 'do not contact'}); the address stays as it is.",
            )

    def _state(
        self, connection: sa.Connection, kind: SubjectType, subject_id: str, field: str, value: str | None, why: str
    ) -> str:
        made = new_id()
        row = {
            "id": made, "workspace_id": self.record.workspace_id, "subject_type": kind, "subject_id": subject_id, "field": field,
            "value": value, "source": PERSON, "evidence": why, "confidence": 1.0, "retrieved_at": self.clock.now(),
        }  # fmt: skip
        connection.execute(sa.insert(fact).values(**row))
        return made

    def _counts(self, connection: sa.Connection, kind: SubjectType, subject_id: str, field: str) -> dict[str, Settled]:
        now, workspace_id = self.clock.now(), self.record.workspace_id
        found = facts.settled(connection, workspace_id, kind, [subject_id], now, fields=[field], ranks=self.ranks)
        return found[subject_id]

    def _before(self, connection: sa.Connection, kind: SubjectType, subject_id: str, field: str) -> dict[str, Any]:
        """Return what the columns of a field held before the first of the choices that stand in a row."""
        query = sa.select(audit_event.c.action, audit_event.c.detail).where(
            audit_event.c.workspace_id == self.record.workspace_id,
            audit_event.c.subject_type == kind,
            audit_event.c.subject_id == subject_id,
            audit_event.c.action.in_((f"{kind}.{CHOSEN}", f"{kind}.{WITHDRAWN}")),
        )
        before: dict[str, Any] = {}
        for row in connection.execute(query.order_by(audit_event.c.id.desc())):
            if row.detail.get("field") != field:
                continue
            if row.action.endswith(WITHDRAWN):
                break
            before = row.detail.get("before") or {}
        return before


def person(by: str) -> str:
    """Return who decides as ``person:NAME``.

    Raises:
        InputError: nobody is named.
        PolicyError: a machine is named: sources are weighed by the rule, and only people overrule it.
    """
    name = by.strip().removeprefix("person:")
    if not name:
        raise InputError("Say who decides: name the person, such as --by anna.")
    if ":" in name or name == "system":
        raise PolicyError("facts.person", f"'{name}' is not a person. Only a person overrules what sources say.")
    return f"person:{name}"


def _name(row: Mapping[str, Any]) -> str:
    return str(row.get("full_name") or row.get("name") or row.get("email") or row["id"])
