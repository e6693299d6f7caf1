"""Parts every test may ask for: a home folder, a clock, a record on each engine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.record.engine import Record, open_record
from gtm_pipelines.record.migrate import upgrade
from gtm_pipelines.settings import Settings, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.engines import ENGINES, lent_record
from tests.parts import missing_part
from tests.postgres import PostgresServer, start_postgres
from tests.sealed import seal
from tests.statements import share_statements

os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
seal()
share_statements()


def pytest_xdist_auto_num_workers() -> int | None:
    """One worker more than cores, for a quarter of its time a test waits for a server, a disk or a clock."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) + 1


SLOWER = ("slow", "postgres", "browser", "mail", "house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as ``fast`` what belongs to no slower tier; begin with what takes minutes, so that no worker is left with it."""
    for item in items:
        if not any(item.get_closest_marker(tier) for tier in SLOWER):
            item.add_marker(pytest.mark.fast)
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.fixture(autouse=True)
def sealed_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees the user's settings, home or keys."""
    for name in [n for n in os.environ if n.startswith("GTM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GTM_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("GTM_PERSON", "local")
    monkeypatch.setattr("gtm_pipelines.log._forms", ())
    monkeypatch.setenv("GTM_KEYS", str(tmp_path_factory.mktemp("keys") / "keys"))


@pytest.fixture
def clock() -> VirtualClock:
    """A Wednesday morning that moves only when told."""
    return VirtualClock(datetime(2026, 3, 4, 10, 0, tzinfo=UTC))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh data folder."""
    return tmp_path / "local"


@pytest.fixture
def begun_home(home: Path, sqlite_template: Path) -> Path:
    """A fresh data folder whose record is made already, empty: making one takes longer than most of what is asked of it."""
    home.mkdir(parents=True)
    shutil.copy(sqlite_template, home / "record.sqlite")
    return home


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL, started for this run and gone after it."""
    server = start_postgres()
    if server is None:
        missing_part("PostgreSQL server binaries", "apt-get install postgresql")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite record to start tests from."""
    path = tmp_path_factory.mktemp("template") / "record.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    """An empty, migrated PostgreSQL record to start tests from."""
    _migrate(postgres.keep("gtm_template"))
    return "gtm_template"


def _migrate(url: str) -> None:
    record = open_record(url, "default")
    upgrade(record)
    record.close()


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, home: Path) -> Iterator[str]:
    """The URL of an empty, migrated record on each engine."""
    with lent_record(request, home) as url:
        yield url


@pytest.fixture
def record(database_url: str) -> Iterator[Record]:
    """An empty, migrated record; the test runs once on SQLite and once on PostgreSQL."""
    opened = open_record(database_url, "default")
    yield opened
    opened.close()


@pytest.fixture
def settings(home: Path, database_url: str) -> Settings:
    """Default settings over a fresh home and the engine under test."""
    return load_settings(home=home, record_url=database_url)


@pytest.fixture
def workbench(settings: Settings, clock: VirtualClock) -> Iterator[Workbench]:
    """A whole workbench on each engine, with the virtual clock."""
    opened = open_workbench(settings, clock=clock)
    yield opened
    opened.close()
