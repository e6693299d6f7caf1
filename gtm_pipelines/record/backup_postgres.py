"""Backups of one workspace of a PostgreSQL record, with PostgreSQL's own client programs.

A backup is the workspace's rows as compressed SQL under a line that names its revision
and workspace. It is put back into tables that exist, in one transaction, so other
workspaces of the same database are never touched. It is a script that ``psql`` runs:
restore only files that you trust.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
import zlib
from datetime import datetime
from pathlib import Path

from gtm_pipelines.errors import InputError, NotFoundError, PermanentError, SettingsError
from gtm_pipelines.record import protection
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.installation import RESTORED
from gtm_pipelines.record.migrate import head
from gtm_pipelines.record.tables import metadata
from gtm_pipelines.settings import environment

_TITLE = "-- gtm record"
_END = "-- PostgreSQL database dump complete"
_BLOCK = 1 << 20


def write(record: Record, path: Path, revision: str) -> None:
    """Dump the workspace's rows to ``path``; the file appears there only when it is whole."""
    tables = [f"--table={table.name}" for table in metadata.sorted_tables]
    options = ["--data-only", "--column-inserts", "--rows-per-insert=200", "--enable-row-security", "--no-password"]
    command = [_program("pg_dump"), *options, *tables, f"--dbname={_address(record)}"]
    part = path.with_name(f".{path.name}.part")
    try:
        with gzip.open(part, "wb") as file:
            part.chmod(0o600)
            file.write(f"{_TITLE}, revision {revision}, workspace {record.workspace_id}\n".encode())
            _pump_out(command, record, file)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def check(record: Record, path: Path) -> None:
    """Refuse what is no whole backup of this workspace at this version.

    Raises:
        NotFoundError: there is no such file.
        InputError: the file is something else, cut off, or of another revision or workspace.
    """
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}. Name one that 'gtm db backup' wrote.")
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            title, whole = next(file, "").rstrip("\n"), any(line.startswith(_END) for line in file)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise InputError(f"{path} is no backup of a PostgreSQL record, or is damaged: {error}.") from error
    if not title.startswith(_TITLE):
        raise InputError(f"{path} is no backup of a record.")
    if not whole:
        raise InputError(f"{path} was cut off. Use another backup.")
    expected = f"{_TITLE}, revision {head()}, workspace {record.workspace_id}"
    if title != expected:
        raise InputError(f"The backup is of '{title[len(_TITLE) + 2 :]}', but '{expected[len(_TITLE) + 2 :]}' is wanted.")


def load(record: Record, path: Path, at: datetime) -> None:
    """Replace the workspace's rows but those that protect people, and take the right to send, in one transaction."""
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--no-password", "--output=/dev/null"]
    command = [_program("psql"), *options, f"--dbname={_address(record)}", "--file=-"]
    mine = f"workspace_id = '{record.workspace_id.replace(chr(39), chr(39) * 2)}'"
    cleared = "".join(f"DELETE FROM public.{table.name} WHERE {mine};\n" for table in reversed(metadata.sorted_tables))
    barred = f"UPDATE public.installation SET fingerprint = '{RESTORED}', adopted_at = '{at.isoformat()}' WHERE {mine};\n"
    with (
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=_environment(record)
        ) as psql,
        gzip.open(path, "rb") as file,
    ):
        if psql.stdin is None or psql.stderr is None:
            raise PermanentError("psql could not be started. Check the installation of PostgreSQL's client.")
        try:
            psql.stdin.write((_aside() + cleared).encode())
            shutil.copyfileobj(file, psql.stdin, _BLOCK)
            psql.stdin.write((_brought_back() + barred).encode())
            psql.stdin.close()
        except BrokenPipeError:
            psql.stdin = None
        _require_success(psql.wait(), psql.stderr.read(), "restored; nothing was changed")


def _aside() -> str:
    """Return the script that puts the rows aside that a restore keeps; the database shows this workspace's alone."""
    names = ", ".join(f"public.{table.name}" for table in protection.TABLES)
    return f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE;\n" + "".join(
        f"CREATE TEMP TABLE kept_{table.name} ON COMMIT DROP AS {protection.spared(table)};\n" for table in protection.TABLES
    )


def _brought_back() -> str:
    """Return the script that adds them to what the backup brought."""
    script = ""
    for table in protection.TABLES:
        names = ", ".join(column.name for column in table.columns)
        script += (
            f"INSERT INTO public.{table.name} ({names}) SELECT {names} FROM pg_temp.kept_{table.name} ON CONFLICT DO NOTHING;\n"
        )
    return script


def _pump_out(command: list[str], record: Record, file: gzip.GzipFile) -> None:
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment(record)
    ) as dump:
        if dump.stdout is None or dump.stderr is None:
            raise PermanentError("pg_dump could not be started. Check the installation of PostgreSQL's client.")
        shutil.copyfileobj(dump.stdout, file, _BLOCK)
        _require_success(dump.wait(), dump.stderr.read(), "backed up")


def _require_success(code: int, complaint: bytes, deed: str) -> None:
    if code != 0:
        raise PermanentError(f"The record could not be {deed}: {complaint.decode(errors='replace').strip()}")


def _program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise SettingsError(f"{name} is not installed. On Debian: apt-get install postgresql-client.")
    return found


def _address(record: Record) -> str:
    """Return the URL as libpq reads it, without the password, which other users could see in the process list."""
    url = record.engine.url.set(drivername="postgresql")._replace(password=None)
    return url.render_as_string(hide_password=False)


def _environment(record: Record) -> dict[str, str]:
    """Let the client programs see this workspace's rows only, as row-level security demands of everybody."""
    workspace = record.workspace_id.replace("\\", "\\\\").replace(" ", "\\ ")
    env = environment() | {"PGOPTIONS": f"-c gtm.workspace_id={workspace}", "PGCONNECT_TIMEOUT": "10"}
    password = record.engine.url.password
    return env | {"PGPASSWORD": str(password)} if password else env
