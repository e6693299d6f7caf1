"""What a filter finds: counts, pages, campaigns that overlap, and values to filter by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.record import members as queries
from gtm_pipelines.record.engine import Record
from gtm_pipelines.segments.compile import TABLES, Compiler
from gtm_pipelines.segments.describe import describe
from gtm_pipelines.segments.explain import explain
from gtm_pipelines.segments.fields import FIELDS, FilterField, find_field, nameable
from gtm_pipelines.segments.findings import CompanyRow, ContactRow, Explanation, Overlap, Overlaps, SegmentPreview
from gtm_pipelines.segments.model import Entity, FilterTree, SegmentVersion, parse_filter
from gtm_pipelines.segments.suggest import suggestions

FilterLike = FilterTree | Mapping[str, Any] | str
Row = ContactRow | CompanyRow
MAX_PAGE = 1_000
MAX_COHORT = 20_000
"""Most ids kept to page through; 2 MB of memory."""


class SegmentReader:
    """Filters over the record of one workspace.

    Args:
        record: the record.
        clock: tells now.
        gap_days: least days between two messages to one contact, over all campaigns.
    """

    def __init__(self, record: Record, clock: Clock, gap_days: int = 2) -> None:
        self._record = record
        self._clock = clock
        self._gap_days = gap_days

    def fields(self, *, own: bool = False) -> tuple[FilterField, ...]:
        """Return the fields a filter may name.

        Args:
            own: also the attributes and facts that this workspace's lists brought; any other may be named
                too, as ``contact.attribute.NAME`` and ``contact.fact.NAME``.
        """
        if not own:
            return tuple(FIELDS.values())
        found: list[FilterField] = []
        with self._record.read() as connection:
            for kind in ("contact", "company"):
                names = queries.attribute_names(connection, self._record.workspace_id, TABLES[kind])
                facts = queries.fact_names(connection, self._record.workspace_id, kind)
                parts = [f"{name}{part}" for name in facts for part in ("", ".confidence", ".retrieved_at")]
                found += [find_field(f"{kind}.attribute.{name}") for name in names if nameable(name)]
                found += [find_field(f"{kind}.fact.{part}") for part in parts if nameable(part)]
        return (*FIELDS.values(), *found)

    def preview(
        self,
        filter: FilterLike,  # noqa: A002
        *,
        entity: Entity = "contact",
        limit: int = 50,
        offset: int = 0,
        after: str = "",
    ) -> SegmentPreview:
        """Count what a filter matches and show one page of it, in order of arrival.

        People who may not be written to are counted too: a campaign's snapshot
        excludes them, each with the reason.

        Raises:
            FilterError: the filter cannot be used.
        """
        tree = parse_filter(filter)
        clause = self._clause(tree, entity)
        with self._record.read() as connection:
            count = self._count(connection, tree, entity)
            rows = self._page(connection, clause, entity, limit, offset, after) if count and limit else ()
        return SegmentPreview(entity, count, tuple(rows), describe(tree, entity=entity))

    def count(self, filter: FilterLike, *, entity: Entity = "contact") -> int:  # noqa: A002
        """Count what a filter matches.

        Raises:
            FilterError: the filter cannot be used.
        """
        with self._record.read() as connection:
            return self._count(connection, parse_filter(filter), entity)

    def cohort(self, filter: FilterLike, *, limit: int = MAX_COHORT) -> list[str] | None:  # noqa: A002
        """Return the ids of everybody a filter matches, in order of arrival, or ``None`` where they are more than ``limit``.

        One look through the list; after it any page of the cohort is a look-up by ``rows``.

        Raises:
            FilterError: the filter cannot be used.
        """
        tree = parse_filter(filter)
        if not tree.nodes:
            return None
        clause, workspace = self._clause(tree, "contact"), self._record.workspace_id
        with self._record.read() as connection:
            found = queries.ids(connection, workspace, TABLES["contact"], clause, limit=limit + 1)
        return sorted(found) if len(found) <= limit else None

    def rows(self, ids: Sequence[str]) -> tuple[ContactRow, ...]:
        """Return the contacts with these ids, in order of arrival; up to 1,000."""
        with self._record.read() as connection:
            found = queries.rows(connection, self._record.workspace_id, TABLES["contact"], ids[:MAX_PAGE])
        return tuple(ContactRow(**row) for row in found)

    def page(
        self,
        filter: FilterLike,  # noqa: A002
        *,
        entity: Entity = "contact",
        limit: int = 50,
        offset: int = 0,
        after: str = "",
    ) -> tuple[Row, ...]:
        """Return one page of what a filter matches, uncounted.

        Args:
            filter: the filter.
            entity: what is listed.
            limit: most rows, up to 1,000.
            offset: rows to pass over behind ``after``; the last row's id of a page seen before spares it.
            after: the id after which the page begins.

        Raises:
            FilterError: the filter cannot be used.
        """
        with self._record.read() as connection:
            return tuple(self._page(connection, self._clause(parse_filter(filter), entity), entity, limit, offset, after))

    def explain(self, filter: FilterLike, contact: str) -> Explanation:  # noqa: A002
        """Say why a contact is in or out: every condition with its verdict and the contact's value.

        Args:
            filter: the filter.
            contact: id, email or LinkedIn address.

        Raises:
            FilterError: the filter cannot be used.
            NotFoundError: there is no such contact.
        """
        return explain(self._record, parse_filter(filter), contact, self._clock.now())

    def overlaps(self, filter: FilterLike) -> Overlaps:  # noqa: A002
        """Say how many of the people a filter matches are in campaigns that may still write to them, or were just written to.

        Raises:
            FilterError: the filter cannot be used.
        """
        tree = parse_filter(filter)
        clause, workspace = self._clause(tree, "contact"), self._record.workspace_id
        count, key = partial(self._open, clause), ("segments.open", tree.content_hash())
        found, people = count() if tree.nodes else self._record.kept(key, count)  # a condition may hang on the day
        with self._record.read() as connection:
            since = self._clock.now() - timedelta(days=self._gap_days)
            lately, written = queries.mailed_lately(connection, workspace, clause, since)
        return Overlaps(people, found, written, tuple(map(_overlap, lately)), self._gap_days)

    def _open(self, clause: sa.ColumnElement[bool]) -> tuple[tuple[Overlap, ...], int]:
        """Return how many are in each campaign that may still write to them, and in how many people that comes to."""
        with self._record.read() as connection:
            found = queries.overlaps(connection, self._record.workspace_id, clause)
            if len(found) > 1:
                people = queries.count_overlapping(connection, self._record.workspace_id, clause)
            else:
                people = sum(row["people"] for row in found)
        return tuple(map(_overlap, found)), people

    def suggest(self, field: str, *, limit: int = 20) -> list[tuple[str, int]]:
        """Return the values a field has most often, each with how many have it.

        Raises:
            FilterError: no filter may name the field.
        """
        with self._record.read() as connection:
            return suggestions(connection, self._record.workspace_id, find_field(field), limit)

    def members(self, version: SegmentVersion, columns: Sequence[sa.ColumnElement[Any]]) -> sa.Select[Any]:
        """Return the query of the contacts a saved version matches now, joined to their companies."""
        return queries.members(self._record.workspace_id, self._clause(version.filter, "contact"), columns)

    def _count(self, connection: sa.Connection, tree: FilterTree, entity: Entity) -> int:
        workspace, table = self._record.workspace_id, TABLES[entity]
        if not tree.nodes:
            return queries.count_all(connection, workspace, table)
        return queries.count(connection, workspace, table, self._clause(tree, entity))

    def _clause(self, tree: FilterTree, entity: Entity) -> sa.ColumnElement[bool]:
        return Compiler(self._record.workspace_id, entity, self._clock.now()).tree(tree)

    def _page(
        self,
        connection: sa.Connection,
        clause: sa.ColumnElement[bool],
        entity: Entity,
        limit: int,
        offset: int,
        after: str,
    ) -> Sequence[Row]:
        bounds = {"after": after, "limit": max(0, min(limit, MAX_PAGE)), "offset": max(0, offset)}
        found = queries.page(connection, self._record.workspace_id, TABLES[entity], clause, **bounds)  # type: ignore[arg-type]
        make = CompanyRow if entity == "company" else ContactRow
        return [make(**row) for row in found]


def _overlap(row: sa.RowMapping) -> Overlap:
    return Overlap(row["id"], row["name"], row["status"], row["people"])
