"""A backup is whole while others write, and what it restores may not send by itself."""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery import fencing
from gtm_pipelines.errors import ConflictError, GtmError, InputError, NotFoundError, PolicyError, SettingsError, TransientError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import protection, suppressions
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.backup import back_up, count_rows, restore, suffix
from gtm_pipelines.record.engine import Record, open_record
from gtm_pipelines.record.installation import owner
from gtm_pipelines.record.migrate import upgrade
from gtm_pipelines.record.tables import audit_event, suppression

AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
WRITER = """
import sys
from datetime import UTC, datetime
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import open_record
from gtm_pipelines.record.tables import suppression
record, number = open_record(sys.argv[1], "default"), 0
while True:
    with record.write() as connection:
        for half in ("a", "b"):
            connection.execute(suppression.insert().values(
                id=new_id(), workspace_id="default", kind="address", value_key=f"{half}{number}", value_hash="h",
                reason="test", source="test", created_at=datetime.now(UTC)))
    number += 1
    if number == 20:
        print("going", flush=True)
"""


def suppress(record: Record, key: str) -> None:
    with record.write() as connection:
        connection.execute(
            suppression.insert().values(
                id=new_id(), workspace_id=record.workspace_id, kind="address", value_key=key, value_hash="h",
                reason="Юникод 'quoted' \\ and\nlines", source="test", created_at=AT,
            )
        )  # fmt: skip


def keys(record: Record) -> list[str]:
    with record.read() as connection:
        query = sa.select(suppression.c.value_key).where(suppression.c.workspace_id == record.workspace_id)
        return sorted(connection.execute(query).scalars())


def put_back(record: Record, file: Path, *, force: bool = False) -> Path | None:
    safety = file.parent / "safety"
    return restore(record, file, safety_folder=safety, at=AT, by="person:eva", force=force).safety_copy


@pytest.fixture
def file(record: Record, tmp_path: Path) -> Path:
    """Where a backup of the record under test may go."""
    return tmp_path / f"backup{suffix(record)}"


@pytest.fixture
def busy(record: Record) -> Iterator[None]:
    """Another process writes two rows a transaction, without end."""
    url = record.engine.url.render_as_string(hide_password=False)
    with subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "going\n"
        yield
        assert writer.poll() is None, "the backup disturbed the writer"
        writer.kill()


def test_a_backup_brings_everything_back(record: Record, file: Path) -> None:
    suppress(record, "kept")
    back_up(record, file)
    with record.write() as connection:
        connection.execute(sa.delete(suppression))
        later = {"actor": "a", "action": "later", "subject_type": "x", "subject_id": None, "at": AT}
        add_audit(connection, record.workspace_id, **later)
    put_back(record, file, force=True)
    assert keys(record) == ["kept"]
    with record.read() as connection:
        assert "later" not in connection.execute(sa.select(audit_event.c.action)).scalars().all()
    with record.read() as connection:
        reason = connection.execute(sa.select(suppression.c.reason)).scalar_one()
    assert reason == "Юникод 'quoted' \\ and\nlines"


@pytest.mark.usefixtures("busy")
def test_a_backup_taken_while_another_process_writes_holds_whole_transactions(record: Record, file: Path) -> None:
    back_up(record, file)
    names = sqlite_keys(file) if record.is_sqlite else None
    if names is None:
        text = gzip.decompress(file.read_bytes()).decode()
        names = [word.strip("'") for line in text.splitlines() if "'address'" in line for word in line.split(", ")[3:4]]
    first = {name[1:] for name in names if name.startswith("a")}
    second = {name[1:] for name in names if name.startswith("b")}
    assert len(first) >= 20
    assert first == second == {str(n) for n in range(len(first))}


def sqlite_keys(file: Path) -> list[str]:
    with sqlite3.connect(file) as copy:
        return [row[0] for row in copy.execute("SELECT value_key FROM suppression")]


def test_an_existing_file_is_never_overwritten(record: Record, file: Path) -> None:
    file.write_text("mine", "utf-8")
    with pytest.raises(ConflictError):
        back_up(record, file)
    assert file.read_text("utf-8") == "mine"


def test_a_record_that_holds_rows_is_replaced_only_on_request_and_kept_aside(record: Record, file: Path) -> None:
    suppress(record, "old")
    back_up(record, file)
    suppress(record, "new")
    with pytest.raises(ConflictError, match="--force"):
        put_back(record, file)
    assert keys(record) == ["new", "old"]
    safety = put_back(record, file, force=True)
    assert safety is not None
    put_back(record, safety, force=True)
    assert keys(record) == ["new", "old"]


def test_a_restored_record_may_not_send_until_it_is_adopted(record: Record, file: Path, home: Path) -> None:
    with record.write() as connection:
        fencing.require(connection, record.workspace_id, home, at=AT)
    back_up(record, file)
    put_back(record, file, force=True)
    with record.write() as connection, pytest.raises(PolicyError, match="gtm adopt"):
        fencing.require(connection, record.workspace_id, home, at=AT)
    with record.read() as connection:
        assert owner(connection, record.workspace_id) == "restored"


def test_whoever_asked_out_since_the_backup_stays_protected(record: Record, file: Path) -> None:
    suppress(record, "before")
    back_up(record, file)
    with record.write() as connection:
        suppressions.add(connection, record.workspace_id, "address", "ann@x.test", reason="asked", source="page", at=AT)
        suppressions.add_erased(connection, record.workspace_id, "ben@x.test", reason="erased", source="page", at=AT)
    put_back(record, file, force=True)
    with record.read() as connection:
        for address in ("ann@x.test", "ben@x.test"):
            assert suppressions.find(connection, record.workspace_id, address=address, company_id=None) is not None
    assert "before" in keys(record)


def test_a_backup_of_another_record_never_lifts_who_was_suppressed_here(tmp_path: Path) -> None:
    first, second = (open_record(f"sqlite:///{tmp_path / name}.sqlite", "default") for name in ("first", "second"))
    for one in (first, second):
        upgrade(one)
        with one.write() as connection:
            suppressions.add_erased(connection, "default", "ann@x.test", reason="erased", source="page", at=AT)
    file = tmp_path / "first-backup.sqlite"
    back_up(first, file)
    with pytest.raises(InputError, match="another record"):
        put_back(second, file, force=True)
    with second.read() as connection:
        assert suppressions.find(connection, "default", address="ann@x.test", company_id=None) is not None
    for one in (first, second):
        one.close()


def test_what_is_written_while_a_backup_is_put_back_is_not_lost_unsaid(
    record: Record, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not record.is_sqlite:
        return  # PostgreSQL locks whom to spare for the length of the one transaction
    back_up(record, file)
    suppress(record, "here")
    kin = protection.require_kin

    def meanwhile(*args: Any) -> None:
        kin(*args)
        with sqlite3.connect(record.engine.url.database or "") as other:
            other.execute("UPDATE suppression SET reason = 'asked again'")
        other.close()

    monkeypatch.setattr(protection, "require_kin", meanwhile)
    with pytest.raises(TransientError, match="restore again"):
        put_back(record, file, force=True)
    assert keys(record) == ["here"]


def test_a_restore_is_on_the_audit_trail(record: Record, file: Path) -> None:
    suppress(record, "kept")
    back_up(record, file)
    put_back(record, file, force=True)
    with record.read() as connection:
        row = connection.execute(sa.select(audit_event).where(audit_event.c.action == "record.restore")).one()
    assert (row.actor, row.detail["file"]) == ("person:eva", file.name)


def test_a_file_that_is_no_backup_changes_nothing(record: Record, file: Path) -> None:
    suppress(record, "kept")
    file.write_text("nothing of the kind", "utf-8")
    with pytest.raises(InputError):
        put_back(record, file, force=True)
    with pytest.raises(NotFoundError):
        put_back(record, file.with_name("absent"), force=True)
    assert keys(record) == ["kept"]


def test_a_damaged_backup_changes_nothing(record: Record, file: Path) -> None:
    for number in range(200):
        suppress(record, f"kept {number:03}")
    before = keys(record)
    back_up(record, file)
    whole = file.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[: len(whole) // 2] + b"\0" * 2000 + whole[len(whole) // 2 + 2000 :]):
        file.write_bytes(damaged)
        with pytest.raises(InputError):
            put_back(record, file, force=True)
    assert keys(record) == before


def test_other_workspaces_of_a_shared_database_are_left_alone(record: Record, file: Path) -> None:
    if record.is_sqlite:
        suppress(record, "ours")
        back_up(record, file)
        assert sqlite_keys(file) == ["ours"]
        return
    other = Record(record.engine, "other")
    suppress(other, "theirs")
    suppress(record, "ours")
    back_up(record, file)
    assert b"theirs" not in gzip.decompress(file.read_bytes())
    suppress(other, "theirs too")
    put_back(record, file, force=True)
    assert (keys(record), keys(other)) == (["ours"], ["theirs", "theirs too"])
    with pytest.raises(InputError, match="workspace other"):
        put_back(other, file, force=True)


def test_an_empty_record_has_nothing_to_back_up(tmp_path: Path) -> None:
    empty = open_record(f"sqlite:///{tmp_path / 'empty.sqlite'}", "default")
    with pytest.raises(InputError, match="no record"):
        back_up(empty, tmp_path / "x.sqlite")
    empty.close()


def test_a_record_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    record = open_record(f"sqlite:///{tmp_path / 'r.sqlite'}", "default")
    upgrade(record)
    with record.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from_the_future'")
    with pytest.raises(SettingsError, match="newer version"):
        upgrade(record)
    copy = tmp_path / "copy.sqlite"
    back_up(record, copy)
    fresh = open_record(f"sqlite:///{tmp_path / 'fresh.sqlite'}", "default")
    with pytest.raises(GtmError, match="newer version"):
        put_back(fresh, copy)
    record.close()
    fresh.close()


def test_an_empty_record_takes_a_backup_without_being_forced(record: Record, file: Path, clock: VirtualClock) -> None:
    upgrade(record)
    back_up(record, file)
    restore(record, file, safety_folder=file.parent, at=clock.now(), by="person:eva")
    assert set(count_rows(record)) <= {"audit_event", "installation"}
