"""Builds marts from the copies and publishes them as Parquet.

Each mart is one file under ``sql/marts``; the views they share are under
``sql/staging`` and exist for the length of the transaction only.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from gtm_pipelines.errors import NotFoundError

SQL = Path(__file__).parent / "sql"
STAGING = (
    "intervals",
    "reply_fact",
    "event_fact",
    "message_fact",
    "campaign_fact",
    "draft_fact",
    "person_fact",
    "arm_day",
    "import_origin",
    "paid",
    "decided_draft",
)
MARTS = (
    "campaign_funnel",
    "segment_performance",
    "segment_overlap",
    "pack_performance",
    "pack_drafts",
    "deliverability",
    "experiments",
    "experiment_days",
    "cost",
    "spend",
    "costly_calls",
    "draft_cost",
    "campaign_days",
    "campaign_steps",
    "campaign_answers",
    "traffic_lights",
    "lineage",
    "training_examples",
    "compiled_packs",
    "benchmarks",
    "uplift",
)

BATCHED = {"training_examples": "decided_draft"}
"""Mart → the view whose rows it is made of, some at a time in the order of their ``place``: whole, its texts fill the memory."""
ROWS_AT_ONCE = 100_000

Finish = Callable[[pl.DataFrame], pl.DataFrame]
"""Adds the columns of a mart that SQL cannot say."""


@cache
def sql(layer: str, name: str) -> str:
    """Return the statement of one table; ``layer`` is ``staging`` or ``marts``."""
    return (SQL / layer / f"{name}.sql").read_text("utf-8")


def description(name: str) -> tuple[str, dict[str, str]]:
    """Return what a mart holds and what each of its columns means, from the head of its file.

    Raises:
        NotFoundError: there is no such mart.
    """
    check_name(name)
    comments = [line[3:] for line in sql("marts", name).splitlines() if line.startswith("-- ")]
    meanings: dict[str, str] = {}
    for line in comments[1:]:
        for part in line.split("; ") if line.count(": ") > 1 else [line]:
            names, _, meaning = part.partition(": ")
            if meaning:
                meanings.update({column.strip(): meaning for column in names.split(",")})
    return comments[0].partition(": ")[2], meanings


def check_name(name: str) -> None:
    """Refuse a name that is no mart's.

    Raises:
        NotFoundError: it is none.
    """
    if name not in MARTS:
        raise NotFoundError(f"There is no mart '{name}'. Marts are: {', '.join(MARTS)}.")


def stage(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the shared views, for this connection only."""
    for name in STAGING:
        connection.execute(sql("staging", name))


def build(
    connection: duckdb.DuckDBPyConnection, name: str, finish: Finish | None = None, *, rows_at_once: int = ROWS_AT_ONCE
) -> int:
    """Make the table of one mart anew and return its rows; the views must be there."""
    if name in BATCHED:
        _build_by_batches(connection, name, BATCHED[name], rows_at_once)
    else:
        connection.execute(f"CREATE OR REPLACE TABLE marts.{name} AS {sql('marts', name)}")
    if finish:
        finished = finish(connection.sql(f"SELECT * FROM marts.{name}").pl())
        connection.register("finished", finished.to_arrow())
        connection.execute(f"CREATE OR REPLACE TABLE marts.{name} AS SELECT * FROM finished")
        connection.unregister("finished")
    return int(connection.execute(f"SELECT count(*) FROM marts.{name}").fetchall()[0][0])


def _build_by_batches(connection: duckdb.DuckDBPyConnection, name: str, rows: str, at_once: int) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE batched AS SELECT * FROM {rows}")
    total = int(connection.execute("SELECT count(*) FROM batched").fetchall()[0][0])
    into = f"CREATE OR REPLACE TABLE marts.{name} AS"
    for first in range(1, max(total, 1) + 1, at_once):
        within = f"place BETWEEN {first} AND {first + at_once - 1}"
        connection.execute(f"CREATE OR REPLACE TEMP VIEW batch AS SELECT * FROM batched WHERE {within}")
        connection.execute(f"{into} {sql('marts', name)}")
        into = f"INSERT INTO marts.{name}"
    connection.execute("DROP VIEW batch")
    connection.execute("DROP TABLE batched")


def publish(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """Write one mart to ``path``: readers see the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    quoted = str(fresh).replace("'", "''")
    try:
        connection.execute(f"COPY (SELECT * FROM marts.{name}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
