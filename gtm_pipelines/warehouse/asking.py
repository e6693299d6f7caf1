"""Questions of people over the marts, in SQL of their own: read only, in a process that can reach nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO

import polars as pl

from gtm_pipelines.errors import InputError
from gtm_pipelines.warehouse.marts import Marts
from gtm_pipelines.warehouse.model import MartMissingError

SECONDS = 15.0
ROWS = 1_000
MEMORY = "512MB"
LONGEST = 20_000
"""Most characters of one question."""


@dataclass(frozen=True)
class Found:
    """What a question came to.

    Attributes:
        rows: at most as many as were asked for.
        more: whether there are others.
    """

    rows: pl.DataFrame
    more: bool


class MartQuestions:
    """Puts one SELECT to the published marts.

    It runs in a process of its own, without the environment and with DuckDB's access to files shut but for the marts
    themselves: whatever the SQL tries, nothing is read beside them and nothing is written.

    Args:
        marts: the published marts.
        seconds: how long a question may take.
        memory: how much memory DuckDB may use, such as ``512MB``.
    """

    def __init__(self, marts: Marts, *, seconds: float = SECONDS, memory: str = MEMORY) -> None:
        self._marts, self._seconds, self._memory = marts, seconds, memory

    def ask(self, sql: str, *, limit: int = ROWS) -> Found:
        """Return the rows of a SELECT, the first ``limit`` of them.

        Raises:
            InputError: it is no single SELECT, DuckDB cannot run it, or it takes too long or too much memory.
            MartMissingError: nothing was published yet.
        """
        names = self._marts.names()
        if not names:
            raise MartMissingError("No figures have been published yet. Run 'gtm metrics refresh'.")
        if not sql.strip() or len(sql) > LONGEST:
            raise InputError(f"Write one SELECT of at most {LONGEST:,} characters, such as: SELECT * FROM {names[0]}")
        tables = {name: str(self._marts.path(name)) for name in names}
        asked = {"sql": sql, "tables": tables, "limit": limit + 1, "memory": self._memory}
        command = [sys.executable, "-I", "-m", "gtm_pipelines.warehouse.answering"]
        try:
            done = subprocess.run(
                command, input=json.dumps(asked).encode(), capture_output=True, timeout=self._seconds, check=False, env={}
            )
        except subprocess.TimeoutExpired:
            raise InputError(f"It took more than {self._seconds:g} seconds and was stopped. Ask for less of it.") from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip() or "DuckDB stopped; it may have needed more memory"
            raise InputError(said[:2_000])
        rows = pl.read_ipc_stream(BytesIO(done.stdout))
        return Found(rows.head(limit), len(rows) > limit)
