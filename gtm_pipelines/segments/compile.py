"""A filter tree as a SQLAlchemy condition. Every value is bound; every column comes from the catalogue.

Conditions never yield SQL's unknown: a positive one also requires a value to be
there, a negative one is the positive one's ``NOT``. A company's condition about
contacts asks whether their company is among those that meet it, so companies are
looked through once, not once a contact.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from gtm_pipelines.record.history import known
from gtm_pipelines.record.tables import company, contact
from gtm_pipelines.segments import known as past
from gtm_pipelines.segments.columns import COMPARISONS, column_of
from gtm_pipelines.segments.fields import FilterError, FilterField, find_field
from gtm_pipelines.segments.model import Condition, Entity, FilterTree, Group

Clause = sa.ColumnElement[bool]
TABLES: Mapping[str, sa.Table] = {"contact": contact, "company": company}
_NEGATIONS = {
    "ne": "eq",
    "not_in": "in",
    "not_contains": "contains",
    "has_not": "has",
    "is_empty": "is_not_empty",
    "older_than_days": "within_days",
}


class Compiler:
    """Compiles filters over the rows of one workspace at one moment.

    Args:
        workspace_id: whose rows.
        entity: what is selected; a filter over companies names company fields only.
        now: the moment from which days are counted.
    """

    def __init__(self, workspace_id: str, entity: Entity, now: datetime) -> None:
        self._workspace_id = workspace_id
        self._entity = entity
        self._now = now

    def tree(self, tree: FilterTree) -> Clause:
        """Return the condition a row must meet.

        Raises:
            FilterError: a filter over companies names a contact's field or history.
        """
        if self._entity == "company":
            for condition in tree.conditions():
                if find_field(condition.field).table != "company":
                    text = f"{condition.field} belongs to contacts. A filter over companies uses company fields only."
                    raise FilterError(text)
        return self._group(tree)

    def _group(self, group: Group) -> Clause:
        clauses = [self._group(node) if isinstance(node, Group) else self.condition(node) for node in group.nodes]
        if group.kind == "all":
            return sa.and_(*clauses) if clauses else sa.true()
        joined = sa.or_(*clauses)
        return joined if group.kind == "any" else sa.not_(joined)

    def condition(self, condition: Condition) -> Clause:
        """Return one comparison, as two-valued as the tree."""
        field = find_field(condition.field)
        op, value = _NEGATIONS.get(condition.op, condition.op), condition.value
        negative = op != condition.op
        if field.type == "flag" and field.source == "history" and op == "eq":
            negative, value = negative == value, True
        clause = self._positive(field, op, value)
        return sa.not_(clause) if negative else clause

    def _positive(self, field: FilterField, op: str, value: object) -> Clause:
        if field.table != "company" or self._entity == "company":
            return self._of_row(field, op, value)
        companies = sa.select(company.c.id).where(company.c.workspace_id == self._workspace_id, self._of_row(field, op, value))
        return sa.and_(contact.c.company_id.is_not(None), contact.c.company_id.in_(companies.correlate(None)))

    def _of_row(self, field: FilterField, op: str, value: object) -> Clause:
        if field.source in ("column", "attribute"):
            return COMPARISONS[field.type](column_of(field), op, value, self._now)
        if field.type == "flag":
            return past.FLAGS[field.key](self._workspace_id)
        ids = past.ids(field, op, value, self._now, self._workspace_id)
        return known(TABLES["company" if field.table == "company" else "contact"], self._workspace_id, ids)


def compile_filter(tree: FilterTree, *, entity: Entity, now: datetime, workspace_id: str) -> Clause:
    """Return the condition a row must meet; see ``Compiler``."""
    return Compiler(workspace_id, entity, now).tree(tree)
