"""Rows about others in which a person's address stands all the same: a cell of a company's list, a filter, a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.privacy.find import Ids
from gtm_pipelines.privacy.look import contains, said_in
from gtm_pipelines.privacy.model import Person
from gtm_pipelines.record.tables import metadata

_NO_TEXT = frozenset(
    {
        "id", "workspace_id", "file_sha256", "row_hash", "content_hash", "snapshot_hash", "filter_hash", "value_hash",
        "text_hash", "source_stamp",
    }
)  # fmt: skip
_SKIPPED = frozenset({"suppression", "suppression_salt", "erasure", "installation", "mailbox_cursor", "chunk_vector"})


@dataclass(frozen=True)
class Mention:
    """One row of somebody else and the columns in which the person stands."""

    table: str
    id: str
    columns: Mapping[str, Any]


def mentions(connection: sa.Connection, workspace_id: str, person: Person, own: Ids) -> Iterator[Mention]:
    """Yield the rows, not the person's own, whose texts hold one of their addresses."""
    for table in metadata.sorted_tables:
        if table.name in _SKIPPED or not person.addresses:
            continue
        columns = [c for c in table.columns if c.name not in _NO_TEXT and _holds_text(c)]
        if not columns:
            continue
        mine = frozenset(own.get(table.name, ()))
        hits = [contains(connection, column, person) for column in columns]
        query = sa.select(table.c.id, *columns).where(table.c.workspace_id == workspace_id, sa.or_(*hits)).order_by(table.c.id)
        for row in connection.execute(query):
            if row.id not in mine:
                values = {c.name: row._mapping[c.name] for c in columns}
                yield Mention(table.name, row.id, {n: v for n, v in values.items() if said_in(v, person)})


def _holds_text(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, (sa.Text, sa.JSON, sa.LargeBinary))
