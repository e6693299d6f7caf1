"""What a message costs at the record, counted and not timed: questions, commits, and rows looked at to find it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gtm_pipelines.delivery.senders.memory import MemorySender
from gtm_pipelines.record import claims
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released, service

PEOPLE = 20


def test_a_message_costs_three_commits_and_few_questions_with_every_rule_looked_at(workbench: Workbench) -> None:
    released(workbench, PEOPLE)
    workbench.suppressions.add("address", "nobody@elsewhere.example", reason="asked", source="test")
    delivery = service(workbench, MemorySender())
    delivery.queue("spring")
    counted: Counter[str] = Counter()
    engine = workbench.record.engine

    @sa.event.listens_for(engine, "before_cursor_execute")
    def asked(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted["writes" if statement.startswith(("INSERT", "UPDATE")) else "questions"] += 1

    @sa.event.listens_for(engine, "commit")
    def committed(_connection: object) -> None:
        counted["commits"] += 1

    try:
        assert delivery.send().sent == PEOPLE
    finally:
        sa.event.remove(engine, "before_cursor_execute", asked)
        sa.event.remove(engine, "commit", committed)
    around = 16  # what a whole run asks before its first message and after its last
    assert counted["commits"] <= 3 * PEOPLE + around, "the claim, that it is about to leave, and what came of it"
    assert counted["writes"] <= 6 * PEOPLE + around
    assert counted["questions"] <= 8 * PEOPLE + 2 * around


def test_the_next_message_is_found_without_sorting_all_that_wait(workbench: Workbench) -> None:
    if not workbench.record.is_sqlite:
        pytest.skip("PostgreSQL plans by what the tables hold")
    released(workbench, 2)
    workbench.delivery.queue("spring")
    now = workbench.clock.now()
    asked: list[tuple[str, tuple[object, ...]]] = []

    @sa.event.listens_for(workbench.record.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, parameters: tuple[object, ...], *_rest: object) -> None:
        asked.append((statement, parameters))

    with workbench.record.write() as connection:
        row = claims.next_due(
            connection, workbench.record.workspace_id, mailboxes=["anna", "ben"], now=now, since=now - timedelta(days=2),
            not_before=now - timedelta(hours=12), campaign_id=None,
        )  # fmt: skip
        statement, parameters = asked[-1]
        plan = [str(line[-1]) for line in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert row is not None
    searches = [line for line in plan if line.startswith(("SEARCH message ", "SCAN message "))]
    assert searches, plan
    assert all("ix_message_state" in line or "(id=?)" in line for line in searches), searches
    sorts = [line for line in plan if "TEMP B-TREE" in line]
    assert len(sorts) <= 1, "only the soonest of each state are put in order"
