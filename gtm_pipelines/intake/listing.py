"""Lists of companies and contacts on their way out: whole, or one segment's, with the columns that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import InputError
from gtm_pipelines.intake.export import Progress, format_of, write_table
from gtm_pipelines.intake.fields import fields
from gtm_pipelines.intake.model import Kind
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.members import of_workspace
from gtm_pipelines.record.stream import PART
from gtm_pipelines.record.tables import company, contact

Members = Callable[[str, Sequence[sa.ColumnElement[Any]]], sa.Select[Any]]
"""A segment's name and columns → the query of its contacts, joined to their companies."""
ATTRIBUTE = "attribute."
_COMPANY = "company."
_TABLES: Mapping[Kind, sa.Table] = {"company": company, "contact": contact}
_PYTHON: tuple[tuple[type[sa.types.TypeEngine[Any]], type], ...] = (
    (sa.Integer, int),
    (sa.Float, float),
    (sa.Boolean, bool),
)


class ListService:
    """Writes lists of one workspace to files."""

    def __init__(self, record: Record, members: Members) -> None:
        self._record = record
        self._members = members

    def columns(self, kind: Kind) -> tuple[str, ...]:
        """Return the columns a list is written with: those that an import would read again."""
        known = fields(kind)
        return tuple(column.name for column in _TABLES[kind].columns if column.name in known)

    def every_column(self, kind: Kind) -> tuple[str, ...]:
        """Return every column that may be named; a contact's also ``company.NAME``, both ``attribute.NAME``."""
        own = tuple(column.name for column in _TABLES[kind].columns if column.name not in ("workspace_id", "attributes"))
        return own if kind == "company" else (*own, *(_COMPANY + name for name in self.every_column("company")))

    def attributes(self, kind: Kind, segment: str | None = None) -> tuple[str, ...]:
        """Return the names of all attributes of a list."""
        names: dict[str, None] = {}
        for row in self._stream(kind, [_TABLES[kind].c.attributes], segment):
            names.update(dict.fromkeys(row[0]))
        return tuple(sorted(names))

    def export(
        self,
        kind: Kind,
        path: Path,
        *,
        format: str | None = None,  # noqa: A002 - what it is called everywhere
        columns: Sequence[str] = (),
        attributes: bool = False,
        segment: str | None = None,
        progress: Progress | None = None,
    ) -> int:
        """Write a list and return how many rows it has.

        Args:
            kind: of what.
            path: of the file, which appears whole or not at all.
            format: ``csv``, ``xlsx`` or ``parquet``; by the file's name if absent.
            columns: names from ``every_column``, and ``attribute.NAME``; ``columns`` if empty.
            attributes: add every attribute as a column of its own.
            segment: name of the segment whose contacts are wanted; everybody if absent.
            progress: told ``(written, total)``.

        Raises:
            InputError: the format or a column is unknown, or companies are asked of a segment.
            NotFoundError: there is no such segment.
        """
        chosen = format_of(path, format)
        wanted = tuple(columns) or self.columns(kind)
        if attributes:
            wanted = tuple(dict.fromkeys((*wanted, *(ATTRIBUTE + name for name in self.attributes(kind, segment)))))
        plan = _Plan(kind, wanted, self.every_column(kind))
        total = self._total(kind, segment)
        rows = plan.rows(self._stream(kind, plan.selected, segment))
        return write_table(path, plan.header, rows, format=chosen, kinds=plan.kinds, total=total, progress=progress)

    def _query(self, kind: Kind, columns: Sequence[sa.ColumnElement[Any]], segment: str | None) -> sa.Select[Any]:
        if segment is None:
            source: Any = company if kind == "company" else contact.outerjoin(company, company.c.id == contact.c.company_id)
            mine = of_workspace(_TABLES[kind], self._record.workspace_id)
            return sa.select(*columns).select_from(source).where(*mine).order_by(_TABLES[kind].c.id)
        if kind == "company":
            raise InputError("A segment holds contacts. Export contacts, with company.NAME among the columns.")
        return self._members(segment, columns)

    def _stream(self, kind: Kind, columns: Sequence[sa.ColumnElement[Any]], segment: str | None) -> Iterator[sa.Row[Any]]:
        query = self._query(kind, columns, segment)
        with self._record.read() as connection:
            yield from connection.execution_options(yield_per=PART).execute(query)

    def _total(self, kind: Kind, segment: str | None) -> int:
        query = self._query(kind, [_TABLES[kind].c.id], segment).order_by(None).subquery()
        with self._record.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(query)).scalar_one())


class _Plan:
    """Which columns are read, and how a row of the file is made of them."""

    def __init__(self, kind: Kind, wanted: Sequence[str], known: Sequence[str]) -> None:
        unknown = [name for name in wanted if name not in known and not name.startswith(ATTRIBUTE)]
        if unknown:
            raise InputError(f"No column is called '{unknown[0]}'. Use {', '.join(known)}, or {ATTRIBUTE}NAME.")
        self._own = [name for name in wanted if not name.startswith(ATTRIBUTE)]
        self._attributes = [name.removeprefix(ATTRIBUTE) for name in wanted if name.startswith(ATTRIBUTE)]
        found = [_column(kind, name) for name in self._own]
        self.selected = [*found, *([_TABLES[kind].c.attributes] if self._attributes else [])]
        names = [name.replace(".", "_") for name in self._own]
        self.header = _distinct([*names, *self._attributes])
        self.kinds = {name: _kind(column) for name, column in zip(self.header, found, strict=False)}

    def rows(self, found: Iterable[sa.Row[Any]]) -> Iterator[dict[str, Any]]:
        """Turn rows of the query into rows of the file."""
        count = len(self._own)
        for row in found:
            values = list(row[:count])
            if self._attributes:
                values += [row[count].get(name) for name in self._attributes]
            yield dict(zip(self.header, values, strict=True))


def _column(kind: Kind, name: str) -> sa.Column[Any]:
    table = company if name.startswith(_COMPANY) else _TABLES[kind]
    return table.c[name.removeprefix(_COMPANY)]


def _kind(column: sa.Column[Any]) -> type:
    if column.name.endswith("_at"):
        return datetime
    return next((python for sql, python in _PYTHON if isinstance(column.type, sql)), str)


def _distinct(names: Sequence[str]) -> list[str]:
    """Keep an attribute apart from a column of the same name."""
    taken: set[str] = set()
    made = []
    for name in names:
        while name in taken:
            name += "_"
        taken.add(name)
        made.append(name)
    return made
