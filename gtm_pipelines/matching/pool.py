"""Which pairs are worth weighing: rows that share a value few others hold. In DuckDB, so that memory stays bounded."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl

from gtm_pipelines.matching.terms import Terms

MEMORY = "1GB"
THREADS = 2
_PART = 20_000


class Entry(NamedTuple):
    """One row of a list as the pool keeps it.

    Attributes:
        number: its place in the list, which is the order of arrival.
        packed: what is weighed of it.
        terms: ``(field, value)`` that it can be found by or that are counted.
        changed: whether its pairs have to be weighed anew.
    """

    number: int
    packed: str
    terms: Sequence[tuple[str, str]]
    changed: bool


@contextmanager
def open_pool() -> Iterator[Pool]:
    """Open an empty pool for the length of a block; what does not fit in memory goes to a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="gtm-matching-") as folder, duckdb.connect(":memory:") as connection:
        quoted = str(Path(folder)).replace("'", "''")
        connection.execute(f"SET temp_directory = '{quoted}'")
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute(f"SET threads = {THREADS}")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("CREATE TABLE entry (number INTEGER, packed VARCHAR, changed BOOLEAN)")
        connection.execute("CREATE TABLE term (number INTEGER, field VARCHAR, value VARCHAR)")
        yield Pool(connection)


class Pool:
    """The rows of one list, and the pairs among them that share something rare."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.rows = 0
        self.changed = 0
        self.paired = 0

    def fill(self, entries: Iterable[Entry]) -> None:
        """Add every row of the list."""
        waiting: list[Entry] = []
        for entry in entries:
            waiting.append(entry)
            if len(waiting) >= _PART:
                self._add(waiting)
                waiting = []
        self._add(waiting)

    def _add(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        self.rows += len(entries)
        self.changed += sum(entry.changed for entry in entries)
        numbers = [entry.number for entry in entries for _ in entry.terms]
        fields = [field for entry in entries for field, _ in entry.terms]
        values = [value for entry in entries for _, value in entry.terms]
        shape = {"number": pl.Int32, "packed": pl.String, "changed": pl.Boolean}
        self._insert("entry", pl.DataFrame([(e.number, e.packed, e.changed) for e in entries], schema=shape, orient="row"))
        schema = {"number": pl.Int32, "field": pl.String, "value": pl.String}
        self._insert("term", pl.DataFrame({"number": numbers, "field": fields, "value": values}, schema=schema))

    def _insert(self, name: str, frame: pl.DataFrame) -> None:
        self._connection.register("frame", frame.to_arrow())
        self._connection.execute(f"INSERT INTO {name} SELECT * FROM frame")
        self._connection.unregister("frame")

    def changed_numbers(self) -> list[int]:
        """Return the places of the rows whose pairs had to be weighed anew."""
        return [number for (number,) in self._connection.execute("SELECT number FROM entry WHERE changed").fetchall()]

    def terms(self) -> Terms:
        """Return the counts of all values that two or more rows share."""
        counts: dict[str, dict[str, int]] = {}
        cursor = self._connection.execute("SELECT field, value, count(*) FROM term GROUP BY ALL HAVING count(*) > 1")
        while part := cursor.fetchmany(_PART):
            for field, value, count in part:
                counts.setdefault(field, {})[value] = count
        return Terms(self.rows, counts)

    def pair(self, most: Mapping[str, int], stars: Collection[str] = ()) -> int:
        """Make the pairs, of which one is changed, that share a value of a field of ``most``; return how many.

        Args:
            most: field → the most rows that may share a value, or it brings nobody together.
            stars: fields by which more rows than that are each brought together with the oldest of them:
                all of one name are one again once each was merged with the first.
        """
        limits = " UNION ALL ".join(f"SELECT '{field}' AS field, {limit} AS most" for field, limit in most.items())
        self._connection.execute(
            f"""
            CREATE OR REPLACE TABLE shared AS
            SELECT term.field, term.value FROM term JOIN ({limits}) AS limits ON limits.field = split_part(term.field, ':', 1)
            GROUP BY ALL HAVING count(*) > 1 AND count(*) <= any_value(most);
            CREATE OR REPLACE TABLE found AS
            SELECT term.number, entry.changed, shared.field, shared.value
            FROM term JOIN shared USING (field, value) JOIN entry USING (number);
            CREATE OR REPLACE TABLE pair AS
            SELECT DISTINCT l.number AS older, r.number AS newer
            FROM found AS l JOIN found AS r USING (field, value)
            WHERE l.number < r.number AND (l.changed OR r.changed);
            """
        )
        if stars:
            self._pair_with_oldest(limits, stars)
        self.paired = int(self._connection.execute("SELECT count(*) FROM pair").fetchall()[0][0])
        return self.paired

    def _pair_with_oldest(self, limits: str, stars: Collection[str]) -> None:
        named = ", ".join(f"'{field}'" for field in stars)
        self._connection.execute(
            f"""
            INSERT INTO pair
            WITH crowd AS (
                SELECT term.field, term.value, min(term.number) AS oldest FROM term JOIN ({limits}) AS limits USING (field)
                WHERE field IN ({named}) GROUP BY ALL HAVING count(*) > any_value(most)
            )
            SELECT DISTINCT o.number, n.number FROM crowd JOIN term USING (field, value)
            JOIN entry AS o ON o.number = crowd.oldest JOIN entry AS n ON n.number = term.number
            WHERE o.number < n.number AND (o.changed OR n.changed)
            EXCEPT SELECT older, newer FROM pair
            """
        )

    def sample(self, field: str, most: int) -> list[tuple[int, int, str, str]]:
        """Return some pairs of the whole list that share a value of ``field``, the same ones every time."""
        return self._connection.execute(
            """
            SELECT l.number, r.number, a.packed, b.packed FROM found AS l JOIN found AS r USING (field, value)
            JOIN entry AS a ON a.number = l.number JOIN entry AS b ON b.number = r.number
            WHERE field = ? AND l.number < r.number ORDER BY hash(l.number, r.number), l.number, r.number LIMIT ?
            """,
            [field, most],
        ).fetchall()

    def blind(self, most: int) -> list[tuple[int, int, str, str]]:
        """Return some of the pairs that were made, picked without regard to what they share, the same ones every time."""
        return self._connection.execute(
            """
            WITH picked AS (SELECT * FROM pair ORDER BY hash(older, newer), older, newer LIMIT ?)
            SELECT older, newer, l.packed, r.packed FROM picked
            JOIN entry AS l ON l.number = older JOIN entry AS r ON r.number = newer ORDER BY older, newer
            """,
            [most],
        ).fetchall()

    def pairs(self, size: int) -> Iterator[list[tuple[int, int, str, str]]]:
        """Yield the pairs with what is weighed of both, in lists of at most ``size``."""
        cursor = self._connection.cursor()
        cursor.execute(
            """
            SELECT older, newer, l.packed, r.packed FROM pair
            JOIN entry AS l ON l.number = older JOIN entry AS r ON r.number = newer
            ORDER BY older, newer
            """
        )
        while part := cursor.fetchmany(size):
            yield part
        cursor.close()
