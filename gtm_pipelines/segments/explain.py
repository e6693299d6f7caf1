"""Why one person is in or out of a filter, answered by the very conditions that choose people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import contacts
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.merges import roots
from gtm_pipelines.record.tables import company, contact
from gtm_pipelines.segments.columns import column_of
from gtm_pipelines.segments.compile import Compiler
from gtm_pipelines.segments.describe import describe_condition
from gtm_pipelines.segments.fields import FilterField, find_field
from gtm_pipelines.segments.findings import Explanation, GroupVerdict, Verdict
from gtm_pipelines.segments.known import shown
from gtm_pipelines.segments.model import Condition, FilterTree, Group


def explain(record: Record, tree: FilterTree, key: str, now: datetime) -> Explanation:
    """Return every condition of a filter with its verdict and a contact's value.

    Args:
        record: where the contact is.
        tree: the filter.
        key: the contact's id, email or LinkedIn address; of a merged one, its other self is explained.
        now: the moment from which days are counted.

    Raises:
        NotFoundError: there is no such contact.
    """
    found = contacts.get(record, key)
    workspace = record.workspace_id
    compiler = Compiler(workspace, "contact", now)
    columns = [
        part
        for condition in tree.conditions()
        for part in (compiler.condition(condition), _value(find_field(condition.field), workspace))
    ]
    with record.read() as connection:
        person_id = roots(connection, workspace, "contact", [found.id])[found.id]
        labelled = [column.label(f"c{number}") for number, column in enumerate(columns)]
        joined = contact.outerjoin(company, company.c.id == contact.c.company_id)
        query = sa.select(contact.c.full_name, contact.c.email, *labelled).select_from(joined)
        row = connection.execute(query.where(contact.c.workspace_id == workspace, contact.c.id == person_id)).one()
    answers = iter(row[2:])
    told = _group(tree, answers)
    return Explanation(person_id, row.full_name or row.email or person_id, told.holds, told, tuple(_deciding(told, told.holds)))


def _value(field: FilterField, workspace_id: str) -> sa.ColumnElement[Any]:
    if field.source in ("column", "attribute"):
        return column_of(field)
    return shown(field, workspace_id, company.c.id if field.table == "company" else contact.c.id)


def _group(group: Group, answers: Iterator[Any]) -> GroupVerdict:
    nodes = tuple(_group(node, answers) if isinstance(node, Group) else _verdict(node, answers) for node in group.nodes)
    met = [node.holds for node in nodes]
    holds = all(met) if group.kind == "all" else any(met) if group.kind == "any" else not any(met)
    return GroupVerdict(group.kind, holds, nodes)


def _verdict(condition: Condition, answers: Iterator[Any]) -> Verdict:
    holds = bool(next(answers))
    return Verdict(describe_condition(condition), holds, next(answers))


def _deciding(node: Verdict | GroupVerdict, holds: bool) -> Iterator[Verdict]:
    """Yield the comparisons that make a group what it is: under ``none``, those that make it the opposite."""
    if node.holds != holds:
        return
    if isinstance(node, Verdict):
        yield node
        return
    for part in node.nodes:
        yield from _deciding(part, holds != (node.kind == "none"))
