"""A page of companies or contacts of an import that is being taken back: removed, told anew, or kept with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from gtm_pipelines.ids import new_ids
from gtm_pipelines.intake.merge import Policy
from gtm_pipelines.intake.retell import Mention, Reader, Told, rewritten, tell
from gtm_pipelines.record import batches, imports, suppressions
from gtm_pipelines.record.batches import Batches
from gtm_pipelines.record.tables import fact
from gtm_pipelines.record.upsert import insert_many

KEYS = {"company": ("tin", "registration_number", "domain"), "contact": ("email_key", "linkedin_url")}
"""Columns in which no two rows may say the same."""
_ADDRESS = ("email", "email_key", "email_domain")
_GUARDED = ("company_id", *_ADDRESS)
"""What makes somebody suppressed: it stays with whoever is."""


@dataclass(frozen=True)
class Outcome:
    """What became of one: ``removed``, ``restored``, ``unchanged`` or ``kept``, and then why."""

    entity_id: str
    name: str
    what: Literal["removed", "restored", "unchanged", "kept"]
    reason: str | None = None


@dataclass(frozen=True)
class Unmaking:
    """One page in one transaction.

    Args:
        connection: an open transaction.
        workspace_id: whose.
        policy: of companies or of contacts.
        after: the batches, seen as they are once the undoing is done.
        chain: the batches whose rows are taken back.
        now: the moment.
    """

    connection: sa.Connection
    workspace_id: str
    policy: Policy
    after: Batches
    chain: tuple[str, ...]
    now: datetime

    def run(self, ids: Sequence[str], *, dry_run: bool) -> list[Outcome]:
        """Decide about these and, unless it is a dry run, do it."""
        columns = ("id", "batch_id", "session_key", "merged_into", *self.policy.columns, "attributes")
        rows = batches.present(self.connection, self.workspace_id, self.policy.kind, ids, columns)
        there = [one for one in ids if one in rows]
        mentions = Reader(self.connection, self.workspace_id, self.policy.kind, self.after, self.chain).mentions(there)
        held = batches.held(self.connection, self.workspace_id, self.policy.kind, there)
        outcomes, removed = [], []
        retelling = _Retelling(self, self._suppressed(rows), dry_run)
        for one in there:
            row, about = rows[one], mentions.get(one, [])
            living = [m for m in about if m.living_as]
            if not living:
                outcome = self._alone(row, held.get(one))
                removed += [one] if outcome.what == "removed" else []
            else:
                outcome = retelling.one(row, about, living, held.get(one))
            outcomes.append(outcome)
        if not dry_run:
            batches.remove(self.connection, self.workspace_id, self.policy.kind, removed, self.now)
            retelling.write()
        return outcomes

    def _alone(self, row: sa.Row[Any], held: str | None) -> Outcome:
        """Nothing else that was imported speaks of it."""
        if held is None and row.batch_id not in self.chain:
            held = "made_otherwise"
        return Outcome(row.id, name_of(row), "kept" if held else "removed", held)

    def _suppressed(self, rows: Mapping[str, sa.Row[Any]]) -> set[str]:
        if self.policy.kind == "company":
            return set()
        pairs = [(row.email, row.company_id) for row in rows.values()]
        reasons = suppressions.find_many(self.connection, self.workspace_id, pairs)
        return {one for one, reason in zip(rows, reasons, strict=True) if reason}


class _Retelling:
    """Those that other imports speak of too."""

    def __init__(self, page: Unmaking, suppressed: set[str], dry_run: bool) -> None:
        self._page = page
        self._suppressed = suppressed
        self._dry_run = dry_run
        self._changes: list[tuple[str, dict[str, Any]]] = []
        self._facts: list[dict[str, Any]] = []
        self._taken: set[tuple[str, str]] = set()

    def one(self, row: sa.Row[Any], about: Sequence[Mention], living: Sequence[Mention], held: str | None) -> Outcome:
        """Tell one anew, unless it was merged or its rows can no longer be read."""
        name = name_of(row)
        if held == "merge" or row.merged_into:
            return Outcome(row.id, name, "kept", "merge")
        if row.batch_id is None:
            return Outcome(row.id, name, "kept", "made_otherwise")
        if any(m.candidate is None for m in about):
            return Outcome(row.id, name, "kept", "rows_unreadable")
        policy = self._page.policy
        before, after = tell(policy, about), tell(policy, living)
        change = self._change(row, before, after)
        first = self._page.after.by_id[str(living[0].living_as)]
        if row.batch_id in self._page.chain:
            self._changes.append((row.id, change | {"batch_id": first.id, "session_key": first.session_key}))
        elif change:
            self._changes.append((row.id, change))
        self._remember(row.id, after)
        return Outcome(row.id, name, "restored" if change else "unchanged")

    def _change(self, row: sa.Row[Any], before: Told, after: Told) -> dict[str, Any]:
        columns = self._page.policy.columns
        current = {name: getattr(row, name) for name in columns}
        change = rewritten(current, before.values, after.values)
        change.pop("do_not_contact", None)
        if row.id in self._suppressed:
            for name in _GUARDED:
                change.pop(name, None)
        self._free(row.id, change)
        standing = dict(row.attributes or {})
        attributes = rewritten(standing, before.attributes, after.attributes)
        if attributes:
            merged = {**standing, **attributes}
            change["attributes"] = {name: value for name, value in merged.items() if value is not None}
        return change

    def _free(self, entity_id: str, change: dict[str, Any]) -> None:
        """Take back keys that somebody else holds by now."""
        page = self._page
        for name in KEYS[page.policy.kind]:
            value = change.get(name)
            if value is None:
                continue
            other = batches.holders(page.connection, page.workspace_id, page.policy.kind, name, [value]).get(value, entity_id)
            if other != entity_id or (name, value) in self._taken:
                change |= dict.fromkeys(_ADDRESS if name == "email_key" else (name,))
            else:
                self._taken.add((name, value))

    def _remember(self, entity_id: str, after: Told) -> None:
        for (field, value), mention in after.differing:
            batch = self._page.after.by_id[str(mention.living_as)]
            self._facts.append(
                {
                    "subject_id": entity_id, "field": field, "value": value, "batch_id": batch.id,
                    "session_key": batch.session_key, "evidence": f"{batch.file_name}, line {mention.line}",
                }
            )  # fmt: skip

    def write(self) -> None:
        """Write what changed, and the differing values that no counting fact holds any more."""
        page = self._page
        table = page.policy.table
        for entity_id, values in self._changes:
            mine = (table.c.id == entity_id) & (table.c.workspace_id == page.workspace_id)
            stamped = {**values, "updated_at": page.now, "version": table.c.version + 1}
            page.connection.execute(sa.update(table).where(mine).values(**stamped))
        subjects = sorted({row["subject_id"] for row in self._facts})
        known = set(imports.imported_values(page.connection, page.workspace_id, page.policy.kind, subjects))
        lacking = [row for row in self._facts if (row["subject_id"], row["field"], row["value"]) not in known]
        rows = [{**row, "id": new_id} for row, new_id in zip(lacking, new_ids(len(lacking)), strict=True)]
        insert_many(
            page.connection, fact, rows, workspace_id=page.workspace_id, subject_type=page.policy.kind, source="import",
            confidence=1.0, retrieved_at=page.now,
        )  # fmt: skip


def name_of(row: sa.Row[Any]) -> str:
    """Return what people call a company or contact."""
    known = row._mapping
    names = ("name", "full_name", "email", "linkedin_url", "company_name")
    return next((str(value) for name in names if (value := known.get(name))), str(row.id))
