"""The copy follows the record: new rows, changed rows, rows that went, and nothing read twice without need."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import tables
from gtm_pipelines.record.engine import open_record
from gtm_pipelines.settings import Settings
from gtm_pipelines.warehouse import source
from gtm_pipelines.warehouse.build import MARTS
from gtm_pipelines.warehouse.engine import WarehouseFile
from gtm_pipelines.warehouse.marts import Marts
from gtm_pipelines.warehouse.model import TableSync
from gtm_pipelines.warehouse.service import Warehouse
from gtm_pipelines.warehouse.sync import TABLES
from gtm_pipelines.workbench import Workbench
from tests.figures_parts import Outcomes, a_message, add_events, fill
from tests.parts import ROOT

pytestmark = pytest.mark.slow

MIXED = Outcomes(
    sent=40, bounced_hard=2, bounced_soft=1, positive=3, negative=1, auto_reply=2, unsubscribe=1, failed=1, unknown=1
)


@pytest.fixture
def filled(workbench: Workbench) -> Workbench:
    fill(workbench.record, workbench.clock, MIXED)
    return workbench


def synced(workbench: Workbench) -> dict[str, TableSync]:
    return {table.table: table for table in workbench.warehouse.sync().tables}


def copied(workbench: Workbench, query: str) -> list[tuple[object, ...]]:
    with workbench.warehouse.file.read() as connection:
        return connection.execute(query).fetchall()


def test_the_copy_has_every_row_of_the_record(filled: Workbench) -> None:
    report = synced(filled)
    assert report["message"].rows == MIXED.people
    assert all(table.mode == "full" for table in report.values())
    assert all(count.agrees for count in filled.warehouse.check())


def test_values_come_over_as_they_are(filled: Workbench) -> None:
    synced(filled)
    with filled.record.read() as connection:
        there = connection.execute(sa.select(tables.contact).order_by(tables.contact.c.id).limit(1)).mappings().one()
    query = "SELECT full_name, created_at, do_not_contact, email, company_id FROM record.contact ORDER BY id LIMIT 1"
    assert copied(filled, query) == [
        (there["full_name"], there["created_at"].replace(tzinfo=None), False, there["email"], there["company_id"])
    ]
    assert copied(filled, "SELECT attributes->>'rank' FROM record.company ORDER BY id") == [("0",), ("1",), ("2",)]


def test_raw_mail_and_bodies_stay_in_the_record(filled: Workbench) -> None:
    synced(filled)
    there = copied(filled, "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'record'")
    kept_back = {("inbound_message", "raw"), ("inbound_message", "text"), ("message", "body"), ("import_row", "raw")}
    assert not kept_back & set(there)
    assert ("revision", "body") in there


def test_a_second_sync_reads_no_fact_again(filled: Workbench) -> None:
    synced(filled)
    again = synced(filled)
    facts = [table for table in again.values() if TABLES[table.table] == "facts"]
    assert {(table.mode, table.read) for table in facts} == {("unchanged", 0)}


def test_state_that_is_older_than_the_overlap_is_not_read_again(filled: Workbench, clock: VirtualClock) -> None:
    synced(filled)
    clock.advance(hours=1)
    assert synced(filled)["message"].read == MIXED.people  # the last copy began when they were new
    clock.advance(hours=1)
    assert synced(filled)["message"].read == 0


def test_new_and_changed_rows_come_over(filled: Workbench, clock: VirtualClock) -> None:
    synced(filled)
    clock.advance(days=3)
    synced(filled)
    message = a_message(filled.record)
    add_events(filled.record, clock, message, 5)
    mine = sa.update(tables.message).where(tables.message.c.id == message["message_id"])
    with filled.record.write() as connection:
        connection.execute(mine.values(state="reconciled", updated_at=clock.now()))
    report = synced(filled)
    assert (report["message"].mode, report["message"].read) == ("incremental", 1)
    assert (report["message_event"].mode, report["message_event"].read) == ("incremental", 5)
    state = copied(filled, f"SELECT state FROM record.message WHERE id = '{message['message_id']}'")
    assert state == [("reconciled",)]
    assert all(count.agrees for count in filled.warehouse.check())


def test_a_fact_that_was_committed_late_is_found(filled: Workbench, clock: VirtualClock) -> None:
    early = new_id()
    synced(filled)
    message = a_message(filled.record)
    add_events(filled.record, clock, message, 1)
    synced(filled)
    late = {"id": early, "workspace_id": filled.record.workspace_id, "kind": "deferred", "source_key": early}
    late |= {"occurred_at": clock.now(), "recorded_at": clock.now()}
    with filled.record.write() as connection:
        connection.execute(sa.insert(tables.message_event).values(**late, **message))
    assert synced(filled)["message_event"].mode == "incremental"
    assert copied(filled, f"SELECT count(*) FROM record.message_event WHERE id = '{early}'") == [(1,)]


def test_a_change_within_the_same_moment_is_seen(filled: Workbench) -> None:
    synced(filled)
    with filled.record.write() as connection:
        connection.execute(sa.update(tables.contact).values(position="CTO"))
    synced(filled)
    assert copied(filled, "SELECT DISTINCT position FROM record.contact") == [("CTO",)]


def test_erased_rows_leave_the_copy(filled: Workbench) -> None:
    synced(filled)
    with filled.record.write() as connection:
        gone = connection.execute(sa.delete(tables.inbound_message)).rowcount
        events = connection.execute(sa.delete(tables.message_event).where(tables.message_event.c.kind == "sent")).rowcount
    assert gone
    assert events
    report = synced(filled)
    assert (report["inbound_message"].rows, report["inbound_message"].mode) == (0, "full")
    assert report["message_event"].mode == "full"
    assert all(count.agrees for count in filled.warehouse.check())


def test_a_changed_schema_is_copied_anew(filled: Workbench) -> None:
    synced(filled)
    with filled.warehouse.file.write() as connection:
        connection.execute("ALTER TABLE record.decision DROP COLUMN reason")
    assert synced(filled)["decision"].mode == "full"
    assert copied(filled, "SELECT count(reason) FROM record.decision") == [(0,)]


def test_another_workspaces_rows_never_come_over(filled: Workbench, database_url: str, settings: Settings) -> None:
    other = open_record(database_url, "other")
    try:
        fill(other, filled.clock, Outcomes(sent=3), "theirs")
        assert synced(filled)["message"].rows == MIXED.people
        file = WarehouseFile(settings.warehouse_path, filled.clock)
        theirs = Warehouse(other, file, Marts(settings.marts_path), filled.clock)
        assert {table.table: table.rows for table in theirs.sync().tables}["message"] == 3
    finally:
        other.close()


def test_reading_in_small_batches_gives_the_same_copy(filled: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "BATCH_ROWS", 7)
    seen: list[int] = []
    done = filled.warehouse.refresh_table("message", lambda read, _total: seen.append(read))
    assert done.rows == MIXED.people
    assert seen == [7, 14, 21, 28, 35, 42]


def test_an_unknown_table_is_refused(filled: Workbench) -> None:
    with pytest.raises(NotFoundError, match="copies: import_batch"):
        filled.warehouse.refresh_table("mailbox_cursor")


def test_a_rebuilt_warehouse_gives_the_same_marts(filled: Workbench, clock: VirtualClock) -> None:
    filled.metrics.refresh()
    clock.advance(days=2)
    fill(filled.record, clock, Outcomes(sent=20, positive=2), "summer")
    filled.metrics.refresh()
    grown = {name: filled.marts.polars(name) for name in MARTS}
    filled.warehouse.rebuild()
    for name, frame in grown.items():
        assert filled.marts.polars(name).equals(frame), name


def test_progress_counts_tables(filled: Workbench) -> None:
    seen: list[tuple[int, int | None]] = []
    filled.warehouse.sync(["company", "contact"], lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_an_interrupted_sync_goes_on_where_it_stopped(filled: Workbench, clock: VirtualClock) -> None:
    class StoppedError(Exception):
        pass

    def stop(done: int, _total: int | None) -> None:
        if done == 5:
            raise StoppedError

    with pytest.raises(StoppedError):
        filled.warehouse.sync(progress=stop)
    clock.advance(seconds=timedelta(hours=1).total_seconds())
    report = synced(filled)
    assert report["import_row"].mode == "unchanged"
    assert report["message"].mode == "full"
    assert all(count.agrees for count in filled.warehouse.check())


def test_a_refresh_needs_no_pandas(home: Path) -> None:
    script = (
        "import sys; from gtm_pipelines import open_workbench; assert 'gtm_pipelines.workbench' in sys.modules; "
        "w = open_workbench(); w.metrics.refresh(); w.metrics.campaigns(); assert 'pandas' not in sys.modules"
    )
    environment = dict(os.environ, GTM_HOME=str(home))
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, cwd=ROOT)
