"""A private PostgreSQL cluster for the tests, run as an ordinary user on a Unix socket."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


@dataclass(frozen=True)
class PostgresServer:
    """A running cluster; ``gtm_app`` owns the databases and is no superuser."""

    folder: Path
    binaries: Path
    user: str | None
    lent: dict[str, tuple[str, str]] = field(default_factory=dict)

    @contextmanager
    def emptied(self, *, template: str) -> Iterator[str]:
        """Lend a database like ``template`` for one test: the same one again and again, emptied in between.

        Making a database of some seventy tables takes longer than most tests. One whose tables
        a test changed is made anew.
        """
        name, shape = self.lent.pop(template, None) or self._like(template)
        try:
            yield self.url(name)
        finally:
            with self._connected(name) as connection:
                connection.execute(_ALONE)
                connection.execute(_EMPTY)
                unchanged = _shape(connection) == shape
            if unchanged and template not in self.lent:
                self.lent[template] = (name, shape)
            else:
                self._admin(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _like(self, template: str) -> tuple[str, str]:
        name = f"t{uuid4().hex[:12]}"
        self._admin(f'CREATE DATABASE "{name}" OWNER gtm_app TEMPLATE "{template}"')
        with self._connected(name) as connection:
            return name, _shape(connection)

    @contextmanager
    def database(self, *, template: str = "template1") -> Iterator[str]:
        """Create a database for one test, empty or like ``template``, and drop it afterwards."""
        name = f"t{uuid4().hex[:12]}"
        self._admin(f'CREATE DATABASE "{name}" OWNER gtm_app TEMPLATE "{template}"')
        try:
            yield self.url(name)
        finally:
            self._admin(f'DROP DATABASE "{name}" WITH (FORCE)')

    def keep(self, name: str) -> str:
        """Create a database that stays, to be a template, and return its URL."""
        self._admin(f'CREATE DATABASE "{name}" OWNER gtm_app')
        return self.url(name)

    def url(self, name: str) -> str:
        """Return the URL of a database of this cluster."""
        return f"postgresql+psycopg://gtm_app@/{name}?host={self.folder}"

    def stop(self) -> None:
        """Stop the cluster and remove its files."""
        _run([str(self.binaries / "pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "stop"], self.user)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _connected(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(f"host={self.folder} dbname={name} user=postgres", autocommit=True)

    def _admin(self, statement: str) -> None:
        with self._connected("postgres") as connection:
            connection.execute(statement.encode())


_ALONE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_EMPTY = """
DO $$
DECLARE name text; held boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO held;
    IF held AND pg_relation_size(format('%I', name)::regclass) > 4000000 THEN
      EXECUTE format('TRUNCATE %I CASCADE', name);
    ELSIF held THEN
      EXECUTE format('DELETE FROM %I', name);
    END IF;
  END LOOP;
END $$
"""


def _shape(connection: psycopg.Connection[Any]) -> str:
    """Return what tells whether tables, columns, indexes or policies were changed."""
    found = connection.execute(
        "SELECT (SELECT string_agg(format('%s %s %s', oid, relname, relnatts), ',' ORDER BY oid) FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace), (SELECT string_agg(version_num, ',') FROM alembic_version), "
        "(SELECT count(*) FROM pg_policy), (SELECT count(*) FROM pg_trigger)"
    ).fetchone()
    return repr(found)


def start_postgres() -> PostgresServer | None:
    """Start a cluster, or return ``None`` where PostgreSQL is not installed."""
    if not _BINARIES:
        return None
    user = _ordinary_user() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="gtm-pg-"))
    if user:
        shutil.chown(folder, user)
    folder.chmod(0o755)
    binaries = _BINARIES[0]
    _run(
        [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
        user,
    )
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
    _run([str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-o", options, "-l", str(folder / "log"), "-w", "start"], user)
    server = PostgresServer(folder, binaries, user)
    server._admin("CREATE ROLE gtm_app LOGIN NOSUPERUSER")
    return server


def _ordinary_user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(command: list[str], user: str | None) -> None:
    prefix = ["setpriv", f"--reuid={user}", "--clear-groups", "--"] if user else []
    subprocess.run(
        [*prefix, *command], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
    )
