"""The process that answers one question over the marts: what to do on standard input, rows as Arrow on standard output."""

from __future__ import annotations

import json
import sys
from typing import Any

import duckdb


def answer(asked: dict[str, Any]) -> bytes | str:
    """Return the rows as an Arrow stream, or as a text why there are none."""
    statements = duckdb.extract_statements(asked["sql"])
    if [one.type for one in statements] != [duckdb.StatementType.SELECT]:
        return "Only one SELECT at a time can be asked; nothing can be changed here."
    connection = _shut_in(asked["tables"], asked["memory"])
    frame = connection.sql(asked["sql"]).limit(asked["limit"]).pl()
    stream: bytes = frame.write_ipc_stream(None).getvalue()
    return stream


def _shut_in(tables: dict[str, str], memory: str) -> duckdb.DuckDBPyConnection:
    """Open an empty database that sees the marts and no other file, and whose settings cannot be changed back."""
    connection = duckdb.connect(":memory:", config={"threads": 2, "memory_limit": memory, "temp_directory": ""})
    paths = ["'" + path.replace("'", "''") + "'" for path in tables.values()]
    for name, path in zip(tables, paths, strict=True):
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({path})")
    connection.execute(f"SET allowed_paths = [{', '.join(paths)}]")
    for setting in ("enable_external_access = false", "allow_community_extensions = false", "lock_configuration = true"):
        connection.execute(f"SET {setting}")
    return connection


def main() -> int:
    """Answer what standard input asks."""
    try:
        found = answer(json.loads(sys.stdin.buffer.read()))
    except duckdb.Error as error:
        found = str(error)
    if isinstance(found, str):
        sys.stderr.write(found)
        return 1
    sys.stdout.buffer.write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
