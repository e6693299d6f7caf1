"""What was counted is kept only while nobody writes: on either engine, whoever writes, in whatever order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from gtm_pipelines.record.engine import Record, open_record
from gtm_pipelines.record.tables import tag
from gtm_pipelines.record.unchanged import MOST
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_people, drafted, make_campaign


class Asked:
    """Counts the tags of a record, and how often it was really asked."""

    def __init__(self, record: Record) -> None:
        self.record, self.times = record, 0

    def __call__(self) -> int:
        self.times += 1
        with self.record.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(tag)).scalar_one())

    def kept(self) -> int:
        return self.record.kept("tags", self)


@pytest.fixture
def asked(record: Record) -> Asked:
    return Asked(record)


@pytest.fixture
def elsewhere(record: Record) -> Iterator[Record]:
    """The same record as another process has it open."""
    url = record.engine.url.render_as_string(hide_password=False)
    opened = open_record(url, record.workspace_id)
    yield opened
    opened.close()


def write(record: Record, name: str) -> None:
    """Tag somebody."""
    with record.write() as connection:
        add(connection, record.workspace_id, name)


def add(connection: sa.Connection, workspace_id: str, name: str) -> None:
    values = {"id": name, "workspace_id": workspace_id, "subject_type": "contact", "subject_id": "x", "name": name}
    moment = sa.func.current_timestamp()
    connection.execute(sa.insert(tag).values(**values, created_by="anna", created_at=moment))


def test_it_is_asked_once_while_nobody_writes(asked: Asked) -> None:
    assert [asked.kept() for _ in range(5)] == [0] * 5
    assert asked.times == 1


def test_it_is_asked_anew_after_a_write_of_this_process_or_another(asked: Asked, record: Record, elsewhere: Record) -> None:
    assert asked.kept() == 0
    write(record, "a")
    assert asked.kept() == 1
    write(elsewhere, "b")
    assert (asked.kept(), asked.kept(), asked.times) == (2, 2, 3)


def test_a_write_while_it_is_read_is_not_lost(asked: Asked, elsewhere: Record) -> None:
    def read() -> int:
        found = asked()
        write(elsewhere, f"n{asked.times}")
        return found

    assert [asked.record.kept("tags", read) for _ in range(3)] == [0, 1, 2]


def test_a_write_that_was_begun_counts_once_it_is_committed(asked: Asked, elsewhere: Record) -> None:
    with elsewhere.write() as connection:
        add(connection, elsewhere.workspace_id, "a")
        assert asked.kept() == 0
        assert asked.kept() == 0
    assert asked.kept() == 1


def test_a_write_that_is_undone_changes_nothing(asked: Asked, record: Record) -> None:
    assert asked.kept() == 0
    with record.read() as connection:
        add(connection, record.workspace_id, "a")
        connection.rollback()
    assert asked.kept() == 0


def test_an_error_is_not_kept(record: Record) -> None:
    def fail() -> int:
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            record.kept("tags", fail)
    assert record.kept("tags", lambda: 3) == 3


def test_only_so_many_answers_are_kept(record: Record) -> None:
    for number in range(MOST + 1):
        assert record.kept(number, partial(int, number)) == number
    assert record.kept(MOST, lambda: -1) == MOST
    assert record.kept(0, lambda: -1) == -1


def test_a_record_that_was_closed_answers_anew(asked: Asked) -> None:
    assert asked.kept() == 0
    asked.record.close()
    assert (asked.kept(), asked.times) == (0, 2)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_in_whatever_order_it_equals_what_is_there(
    asked: Asked, record: Record, elsewhere: Record, seed: int
) -> None:
    chance, other = random.Random(seed), Asked(elsewhere)
    for step in range(60):
        match chance.choice(("here", "there", "ask", "ask", "ask elsewhere")):
            case "here":
                write(record, f"s{step}")
            case "there":
                write(elsewhere, f"s{step}")
            case "ask":
                assert asked.kept() == Asked(record)()
            case _:
                assert other.kept() == Asked(record)()
    assert asked.times < 60


def test_what_a_campaign_s_page_tells_follows_every_change(workbench: Workbench) -> None:
    add_people(workbench, 2)
    make_campaign(workbench)
    bench = workbench
    assert (bench.campaigns.status("spring").drafts, bench.drafting.missing("spring").first) == (0, 4)
    bench.drafting.draft("spring")
    assert (bench.campaigns.status("spring").drafts, bench.drafting.missing("spring").first) == (4, 0)
    assert bench.segments.overlaps({"all": []}).people == 2
    bench.campaigns.archive("spring", by="anna")
    assert bench.campaigns.status("spring").status == "archived"
    assert bench.segments.overlaps({"all": []}).people == 0


def test_a_later_mail_that_comes_due_is_counted_though_nobody_wrote_anything(workbench: Workbench) -> None:
    drafted(workbench, 1)
    assert workbench.drafting.missing("spring").later == 0
    with workbench.record.write() as connection:
        connection.execute(
            sa.text("update enrolment set step = 2, next_at = :at"), {"at": workbench.clock.now() + timedelta(days=9)}
        )
    assert workbench.drafting.missing("spring").later == 0
    workbench.clock.advance(days=9)  # type: ignore[attr-defined]
    assert workbench.drafting.missing("spring").later == 1
