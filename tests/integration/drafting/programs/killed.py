"""A process that drafts a campaign until it is killed by its own hand, at a named moment."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.drafting_parts import honest, writers

CONCURRENCY = 2
TAKES_SECONDS = 0.02
"""How long an answer takes: so drafts are done one after another, and kept in several turns."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_statement(bench: Workbench, beginning: str, last: int) -> None:
    """Die inside the transaction that runs a statement for the ``last``-th time, before it is committed."""
    seen = 0

    @sa.event.listens_for(bench.record.engine, "after_cursor_execute")
    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal seen
        seen += statement.startswith(beginning)
        if seen >= last:
            die()


def main(home: str, url: str, moment: str, last: int) -> None:
    bench = open_workbench(load_settings(home=Path(home), record_url=url), migrate=False)
    asked = looked = 0

    def answer(request: Any) -> str:
        nonlocal asked
        asked += 1
        if moment == "answer" and asked > last:
            die()
        time.sleep(TAKES_SECONDS)
        return honest(request)

    def ground(_draft_ids: Any) -> None:
        nonlocal looked
        looked += 1
        if looked >= last:
            die()

    if moment.startswith("INSERT"):
        die_at_statement(bench, moment, last)
    service, _, _ = writers(bench, answer, ground=ground if moment == "ground" else None, concurrency=CONCURRENCY)
    service.draft("spring")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
