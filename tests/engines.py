"""An empty, migrated record on either engine, for one test or for a whole module of tests that only read it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.postgres import PostgresServer

ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


@contextmanager
def lent_record(request: pytest.FixtureRequest, home: Path) -> Iterator[str]:
    """Lend a record on the engine that ``request`` names, in ``home`` where it is a file; yields its URL."""
    if request.param == "sqlite":
        home.mkdir(parents=True)
        shutil.copy(request.getfixturevalue("sqlite_template"), home / "record.sqlite")
        yield f"sqlite:///{home / 'record.sqlite'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.emptied(template=request.getfixturevalue("postgres_template")) as url:
            yield url
