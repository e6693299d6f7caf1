"""Which pairs are worth weighing: rows that share a value few others hold. In DuckDB, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import duckdb
import polars as pl

from gtm_pipelines.matching.terms import Terms

_Item = TypeVar("_Item")
_PART = 20_000
_FETCHED = 50_000
"""Pairs whose rows are fetched together."""


class Entry(NamedTuple):
    """One row of a list as the pool keeps it.

    Attributes:
        id: of the row; of two rows the older has the lesser.
        stamp: what changes whenever the row does.
        packed: what is weighed of it.
        terms: ``(field, value)`` that it can be found by or that are counted.
    """

    id: str
    stamp: str
    packed: str
    terms: Sequence[tuple[str, str]]


class Met(NamedTuple):
    """Two rows that share something, the older first."""

    older: str
    newer: str
    left: str
    right: str


class Pool:
    """The rows of one list, and the pairs among them that share something rare."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.paired = 0

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self._number("SELECT count(*) FROM entry")

    @property
    def changed(self) -> int:
        """How many rows have pairs that have to be weighed anew."""
        return self._number("SELECT count(*) FROM entry WHERE changed")

    def _number(self, query: str) -> int:
        return int(self._connection.execute(query).fetchall()[0][0])

    def clear(self) -> None:
        """Forget every row."""
        self._connection.execute("DELETE FROM entry; DELETE FROM term; DELETE FROM note WHERE name != 'form'")

    def compare(self, standing: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
        """Return the ids of rows that are new or have changed, and of those that stand no more.

        Args:
            standing: id and stamp of every row of the list.
        """
        self._connection.execute("CREATE OR REPLACE TEMP TABLE standing (id VARCHAR, stamp VARCHAR)")
        for part in _parts(standing, 10 * _PART):
            self._insert("standing", pl.DataFrame(part, schema={"id": pl.String, "stamp": pl.String}, orient="row"))
        new = self._connection.execute("SELECT id FROM standing ANTI JOIN entry USING (id, stamp) ORDER BY id").fetchall()
        gone = self._connection.execute("SELECT id FROM entry ANTI JOIN standing USING (id) ORDER BY id").fetchall()
        return [one for (one,) in new], [one for (one,) in gone]

    def fill(self, entries: Iterable[Entry]) -> None:
        """Add rows, or put them in the place of what was known of them; their pairs have to be weighed anew."""
        for part in _parts(entries, _PART):
            self._connection.execute("BEGIN")
            self._drop([entry.id for entry in part])
            self._add(part)
            self._connection.execute("COMMIT")

    def drop(self, ids: Sequence[str]) -> None:
        """Forget rows."""
        self._connection.execute("BEGIN")
        self._drop(ids)
        self._connection.execute("COMMIT")

    def _drop(self, ids: Sequence[str]) -> None:
        frame = pl.DataFrame({"id": ids}, schema={"id": pl.String})
        self._connection.register("dropped", frame.to_arrow())
        known = "SELECT number FROM entry SEMI JOIN dropped USING (id)"
        if self._connection.execute(f"{known} LIMIT 1").fetchall():
            self._connection.execute(f"DELETE FROM term WHERE number IN ({known})")
            self._connection.execute("DELETE FROM entry WHERE id IN (SELECT id FROM dropped)")
        self._connection.unregister("dropped")

    def _add(self, entries: Sequence[Entry]) -> None:
        first = self._number("SELECT coalesce(max(number), -1) + 1 FROM entry")
        held = [(first + place, e.id, e.stamp, e.packed, True) for place, e in enumerate(entries)]
        shape = {"number": pl.Int32, "id": pl.String, "stamp": pl.String, "packed": pl.String, "changed": pl.Boolean}
        self._insert("entry", pl.DataFrame(held, schema=shape, orient="row"))
        numbers = [first + place for place, entry in enumerate(entries) for _ in entry.terms]
        fields = [field for entry in entries for field, _ in entry.terms]
        values = [value for entry in entries for _, value in entry.terms]
        schema = {"number": pl.Int32, "field": pl.String, "value": pl.String}
        self._insert("term", pl.DataFrame({"number": numbers, "field": fields, "value": values}, schema=schema))

    def _insert(self, name: str, frame: pl.DataFrame) -> None:
        self._connection.register("frame", frame.to_arrow())
        self._connection.execute(f"INSERT INTO {name} SELECT * FROM frame")
        self._connection.unregister("frame")

    def changed_ids(self) -> list[str]:
        """Return the ids of the rows whose pairs have to be weighed anew."""
        return [one for (one,) in self._connection.execute("SELECT id FROM entry WHERE changed").fetchall()]

    def missing(self, ids: Collection[str]) -> set[str]:
        """Return those of ``ids`` that no row has."""
        frame = pl.DataFrame({"id": list(ids)}, schema={"id": pl.String})
        self._connection.register("asked", frame.to_arrow())
        found = self._connection.execute("SELECT id FROM asked ANTI JOIN entry USING (id)").fetchall()
        self._connection.unregister("asked")
        return {one for (one,) in found}

    def note(self, name: str) -> str | None:
        """Return what was noted under a name."""
        found = self._connection.execute("SELECT value FROM note WHERE name = ?", [name]).fetchone()
        return None if found is None else str(found[0])

    def settle(self, notes: Mapping[str, str]) -> None:
        """Take every row for weighed, and note what the next search is to know."""
        self._connection.execute("BEGIN")
        self._connection.execute("UPDATE entry SET changed = false WHERE changed")
        for name, value in notes.items():
            self._connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", [name, value])
        self._connection.execute("COMMIT")

    def count(self) -> None:
        """Count the values that two or more rows share, as the list is now; until the next time the counts stay so."""
        self._connection.execute(
            """
            CREATE OR REPLACE TABLE counted AS
            SELECT field, value, count(*) AS held FROM term GROUP BY ALL HAVING count(*) > 1;
            INSERT OR REPLACE INTO note SELECT 'rows', CAST(count(*) AS VARCHAR) FROM entry;
            """
        )

    def terms(self) -> Terms:
        """Return what was counted, of the values that paired rows hold."""
        counts: dict[str, dict[str, int]] = {}
        cursor = self._connection.execute(
            """
            WITH met AS (SELECT older AS number FROM pair UNION SELECT newer FROM pair),
                 used AS (SELECT DISTINCT field, value FROM term SEMI JOIN met USING (number))
            SELECT field, value, held FROM counted SEMI JOIN used USING (field, value)
            """
        )
        while part := cursor.fetchmany(_PART):
            for field, value, count in part:
                counts.setdefault(field, {})[value] = count
        told = self._connection.execute("SELECT field, sum(held * (held - 1)) FROM counted GROUP BY field").fetchall()
        rows = int(self.note("rows") or 0)
        pairs = max(rows * (rows - 1), 1)
        return Terms(rows, counts, repeats={field: float(held) / pairs for field, held in told})

    def pair(self, most: Mapping[str, int], stars: Collection[str] = (), *, everything: bool = True) -> int:
        """Make the pairs that share a value of a field of ``most``; return how many.

        Args:
            most: field → the most rows that may share a value, or it brings nobody together.
            stars: fields by which more rows than that are each brought together with the oldest of them:
                all of one name are one again once each was merged with the first.
            everything: all pairs; else only those of which one row has changed.
        """
        limits = " UNION ALL ".join(f"SELECT '{field}' AS field, {limit} AS most" for field, limit in most.items())
        concerned = "true" if everything else "l.changed OR r.changed"
        self._connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE shared AS
            SELECT term.field, term.value FROM term JOIN ({limits}) AS limits ON limits.field = split_part(term.field, ':', 1)
            GROUP BY ALL HAVING count(*) > 1 AND count(*) <= any_value(most);
            CREATE OR REPLACE TEMP TABLE found AS
            SELECT term.number, entry.changed, shared.field, shared.value
            FROM term JOIN shared USING (field, value) JOIN entry USING (number);
            CREATE OR REPLACE TEMP TABLE pair AS
            SELECT DISTINCT l.number AS older, r.number AS newer
            FROM found AS l JOIN found AS r USING (field, value)
            WHERE l.number < r.number AND ({concerned});
            """
        )
        if stars:
            self._pair_with_oldest(limits, stars, concerned)
        self.paired = self._number("SELECT count(*) FROM pair")
        return self.paired

    def _pair_with_oldest(self, limits: str, stars: Collection[str], concerned: str) -> None:
        named = ", ".join(f"'{field}'" for field in stars)
        self._connection.execute(
            f"""
            INSERT INTO pair
            WITH crowd AS (
                SELECT term.field, term.value, arg_min(entry.number, entry.id) AS oldest
                FROM term JOIN ({limits}) AS limits USING (field) JOIN entry USING (number)
                WHERE field IN ({named}) GROUP BY ALL HAVING count(*) > any_value(most)
            )
            SELECT DISTINCT least(l.number, r.number), greatest(l.number, r.number)
            FROM crowd JOIN term USING (field, value)
            JOIN entry AS l ON l.number = crowd.oldest JOIN entry AS r ON r.number = term.number
            WHERE l.number != r.number AND ({concerned})
            EXCEPT SELECT older, newer FROM pair
            """
        )

    def sample(self, field: str, most: int) -> list[Met]:
        """Return some pairs of the whole list that share a value of ``field``, the same ones every time."""
        query = "SELECT l.number AS older, r.number AS newer FROM found AS l JOIN found AS r USING (field, value)"
        return self._some(f"{query} WHERE field = ? AND l.number < r.number", [field], most)

    def blind(self, most: int) -> list[Met]:
        """Return some of the pairs that were made, picked without regard to what they share, the same ones every time."""
        return self._some("SELECT older, newer FROM pair", [], most)

    def _some(self, pairs: str, bound: list[str], most: int) -> list[Met]:
        picked = f"""
            SELECT older, newer FROM ({pairs}) JOIN entry AS l ON l.number = older JOIN entry AS r ON r.number = newer
            ORDER BY hash(least(l.id, r.id), greatest(l.id, r.id)), l.id, r.id LIMIT {int(most)}
        """
        return self._met(picked, bound)

    def pairs(self, size: int) -> Iterator[list[Met]]:
        """Yield the pairs with what is weighed of both, in lists of at most ``size``."""
        self._connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE queue AS
            SELECT row_number() OVER (ORDER BY older, newer) - 1 AS place, older, newer FROM pair ORDER BY place
            """
        )
        for start in range(0, self.paired, _FETCHED):
            met = self._met(f"SELECT older, newer FROM queue WHERE place >= {start} AND place < {start + _FETCHED}", [])
            for at in range(0, len(met), size):
                yield met[at : at + size]

    def _met(self, pairs: str, bound: list[str]) -> list[Met]:
        """Return pairs with their rows, the older row of each first."""
        found = self._connection.execute(
            f"""
            SELECT least(l.id, r.id) AS one, greatest(l.id, r.id) AS other,
                   CASE WHEN l.id < r.id THEN l.packed ELSE r.packed END, CASE WHEN l.id < r.id THEN r.packed ELSE l.packed END
            FROM ({pairs}) JOIN entry AS l ON l.number = older JOIN entry AS r ON r.number = newer
            ORDER BY one, other
            """,
            bound,
        ).fetchall()
        return [Met(*row) for row in found]


def _parts(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    part: list[_Item] = []
    for item in items:
        part.append(item)
        if len(part) >= size:
            yield part
            part = []
    if part:
        yield part
