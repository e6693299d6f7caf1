"""The warehouse file between processes, and what happens when somebody else has it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.errors import PermanentError, TransientError
from gtm_pipelines.warehouse.engine import WarehouseFile
from gtm_pipelines.warehouse.model import Limits

ROOT = Path(__file__).resolve().parents[3]

HOLD = """
import sys
from pathlib import Path
from gtm_pipelines.clock import SystemClock
from gtm_pipelines.warehouse.engine import WarehouseFile
file = WarehouseFile(Path(sys.argv[1]), SystemClock())
with getattr(file, sys.argv[2])() as connection:
    print("held", flush=True)
    sys.stdin.readline()
"""

HOLD_AS_A_STRANGER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.readline()
"""

COUNT_UP = """
import sys
from pathlib import Path
from gtm_pipelines.clock import SystemClock
from gtm_pipelines.warehouse.engine import WarehouseFile
file = WarehouseFile(Path(sys.argv[1]), SystemClock())
for _ in range(int(sys.argv[2])):
    with file.write() as connection:
        connection.execute("INSERT INTO counter VALUES (1)")
"""

SPILL = """
import os, sys
from pathlib import Path
from gtm_pipelines.clock import SystemClock
from gtm_pipelines.warehouse.engine import WarehouseFile
from gtm_pipelines.warehouse.model import Limits
os.chdir(sys.argv[2])
file = WarehouseFile(Path(sys.argv[1]), SystemClock(), Limits(memory="60MB", threads=1))
with file.write() as connection:
    connection.execute("CREATE TEMP TABLE wide AS SELECT i, md5(i::text) a, md5((i + 1)::text) b FROM range(1500000) r(i)")
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


@contextmanager
def another_process(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.communicate("\n", timeout=30)


def opened(path: Path, wait: float = 0.2) -> WarehouseFile:
    return WarehouseFile(path, SystemClock(), Limits(wait_seconds=wait))


def make(path: Path) -> None:
    with opened(path).write() as connection:
        connection.execute("CREATE TABLE counter (n INTEGER)")


def rows(path: Path) -> int:
    with opened(path).read() as connection:
        return int(connection.execute("SELECT count(*) FROM counter").fetchall()[0][0])


def test_a_transaction_that_fails_leaves_no_trace(path: Path) -> None:
    make(path)
    with pytest.raises(duckdb.CatalogException), opened(path).write() as connection:
        connection.execute("INSERT INTO counter VALUES (1); SELECT * FROM nowhere")
    assert rows(path) == 0


def test_the_file_is_readable_to_older_duckdb(path: Path) -> None:
    make(path)
    with opened(path).read() as connection:
        tags = connection.execute("SELECT tags FROM duckdb_databases() WHERE database_name = 'warehouse'").fetchall()
    assert "v1.5.0" in str(tags)


def test_between_transactions_the_file_is_free_for_any_program(path: Path) -> None:
    make(path)
    with another_process(HOLD_AS_A_STRANGER, str(path)):
        pass
    assert rows(path) == 0


def test_a_second_writer_waits_and_is_told_who_holds_it(path: Path) -> None:
    make(path)
    with (
        another_process(HOLD, str(path), "write") as holder,
        pytest.raises(TransientError, match=f"process {holder.pid}"),
        opened(path).write(),
    ):
        pass
    assert rows(path) == 0


def test_readers_share_and_a_writer_waits_for_them(path: Path) -> None:
    make(path)
    with another_process(HOLD, str(path), "read"):
        assert rows(path) == 0
        with pytest.raises(TransientError), opened(path).write():
            pass


def test_a_database_browser_that_holds_the_file_is_named(path: Path) -> None:
    make(path)
    with another_process(HOLD_AS_A_STRANGER, str(path)) as stranger:
        with pytest.raises(TransientError, match="notebook or database browser") as told, opened(path).write():
            pass
        assert str(stranger.pid) in str(told.value)
    assert rows(path) == 0


def test_no_row_is_lost_when_processes_write_in_turn(path: Path) -> None:
    make(path)
    writers = [subprocess.Popen([sys.executable, "-c", COUNT_UP, str(path), "15"], cwd=ROOT) for _ in range(2)]
    for _ in range(15):
        with opened(path, wait=30).write() as connection:
            connection.execute("INSERT INTO counter VALUES (1)")
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert rows(path) == 45


def test_threads_of_one_process_take_turns(path: Path) -> None:
    make(path)

    def count_up() -> None:
        for _ in range(10):
            with opened(path, wait=30).write() as connection:
                connection.execute("INSERT INTO counter VALUES (1)")

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(path) == 40


def test_two_homes_in_one_process_do_not_mix(tmp_path: Path) -> None:
    for name, number in (("a", 1), ("b", 2)):
        with opened(tmp_path / f"{name}.duckdb").write() as connection:
            connection.execute(f"CREATE TABLE whose AS SELECT {number} AS n")
    with opened(tmp_path / "a.duckdb").read() as connection:
        assert connection.execute("SELECT n FROM whose").fetchall() == [(1,)]


def test_a_file_that_is_no_warehouse_says_what_to_do(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 500)
    with pytest.raises(PermanentError, match="gtm metrics refresh --rebuild"), opened(path).write():
        pass


def test_memory_and_threads_are_the_users(path: Path) -> None:
    file = WarehouseFile(path, SystemClock(), Limits(memory="300MB", threads=1))
    with file.write() as connection:
        found = connection.execute("SELECT current_setting('threads'), current_setting('memory_limit')").fetchall()
    assert found[0][0] == 1
    assert found[0][1].startswith("28")  # 300 MB, told in MiB


def test_a_deleted_warehouse_starts_empty(path: Path) -> None:
    make(path)
    opened(path).delete()
    assert not path.exists()
    with opened(path).write() as connection, pytest.raises(duckdb.CatalogException):
        connection.execute("SELECT * FROM counter")


def test_what_does_not_fit_into_memory_lies_beside_the_file_and_goes_with_it(path: Path, tmp_path: Path) -> None:
    stood_in = tmp_path / "elsewhere"
    stood_in.mkdir()
    with another_process(SPILL, str(path), str(stood_in)) as process:
        spilled = list((tmp_path / "spill").glob("duckdb_temp_*"))
        process.kill()
        process.wait()
    assert spilled
    assert list(stood_in.iterdir()) == []
    WarehouseFile(path, SystemClock()).delete()
    assert [one for one in (tmp_path / "spill").iterdir() if one.name.startswith("duckdb_temp_")] == []


def ask_for_too_much(file: WarehouseFile) -> None:
    with file.write() as connection:
        connection.execute("CREATE TABLE one AS SELECT 1 AS n")
        connection.execute("SELECT list(md5(i::text)) FROM range(3000000) r(i)")


def test_work_that_needs_too_much_memory_says_where_to_give_it_more_and_leaves_no_trace(path: Path) -> None:
    file = WarehouseFile(path, SystemClock(), Limits(memory="20MB", threads=1))
    with pytest.raises(PermanentError, match=r"more memory than 20MB.*warehouse\.memory"):
        ask_for_too_much(file)
    with opened(path).read() as connection:
        assert connection.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'one'").fetchall() == [(0,)]
