"""What is configured, reachable and missing, and what to do. Looks only; changes nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.launch.doctor_mail import mailboxes
from gtm_pipelines.launch.doctor_models import models
from gtm_pipelines.launch.findings import Finding, look
from gtm_pipelines.launch.ports import who_listens
from gtm_pipelines.launch.probes import daemon_is_healthy, page_says
from gtm_pipelines.launch.services import addresses
from gtm_pipelines.record.due import count_unknown
from gtm_pipelines.record.engine import Record, open_record
from gtm_pipelines.record.migrate import current, is_current
from gtm_pipelines.settings import Settings, find_settings_file, load_settings, resolve_secret

LITTLE_SPACE_BYTES = 1_000_000_000
OLD_FIGURES = timedelta(hours=36)
"""Older than a missed night: the marts are made anew every night."""


def examine(clock: Clock, *, connect: bool = False) -> list[Finding]:
    """Look at everything the workbench stands on.

    Args:
        clock: tells how old the figures are.
        connect: also log in to the mail servers, with short timeouts.
    """
    try:
        settings = load_settings()
    except SettingsError as error:
        return [Finding("settings", "fail", "The settings cannot be read.", str(error))]
    return [
        *look("settings", lambda: _settings(settings)),
        *look("home", lambda: _home(settings.home_path)),
        *look("record", lambda: _record(settings)),
        *look("mailboxes", lambda: mailboxes(settings, clock, connect=connect)),
        *look("figures", lambda: _figures(settings, clock)),
        *look("servers", lambda: _servers(settings)),
        *look("model", lambda: models(settings, clock)),
    ]


def _settings(settings: Settings) -> Iterator[Finding]:
    file = find_settings_file()
    told = f"Read from {file}." if file else "No gtm.toml: defaults, and GTM_ variables where set."
    yield Finding("settings", "ok", f"{told} Workspace '{settings.workspace}'.")


def _home(home: Path) -> Iterator[Finding]:
    if not home.exists():
        yield Finding("home", "warn", f"{home} is not there yet.", "Run 'gtm demo', or import a list; it is made then.")
        return
    if not os.access(home, os.W_OK):
        yield Finding("home", "fail", f"{home} cannot be written.", "Give yourself the right to write it, or set GTM_HOME.")
        return
    free = shutil.disk_usage(home).free
    little = free < LITTLE_SPACE_BYTES
    remedy = "Make room; a full disk stops imports and sending." if little else None
    yield Finding("home", "warn" if little else "ok", f"{home}, {free / 1e9:.1f} GB free.", remedy)


def _record(settings: Settings) -> Iterator[Finding]:
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        yield Finding("record", "warn", "There is no record yet.", "Run 'gtm demo', or import a list; it is made then.")
        return
    password = resolve_secret(settings.record_password) if settings.record_password else None
    record = open_record(settings.database_url, settings.workspace, password=password)
    try:
        yield from _schema(record, url)
    except sa.exc.SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        yield Finding("record", "fail", f"{url.render_as_string()} does not answer: {reason}", "Start it, or correct record_url.")
    finally:
        record.close()


def _schema(record: Record, url: sa.URL) -> Iterator[Finding]:
    where = f"{record.engine.dialect.name} at {url.host or url.database}"
    if not is_current(record):
        yield Finding("record", "warn", f"{where}: schema {current(record) or 'empty'} is behind.", "Run 'gtm db upgrade'.")
        return
    yield Finding("record", "ok", f"{where}, schema {current(record)} is current.")
    unknown = count_unknown(record)
    if unknown:
        told = f"{unknown} messages may or may not have left; they are never sent again by themselves."
        yield Finding("messages", "warn", told, "Look for each in the Sent folder, then settle it: 'gtm campaign unknown'.")
    else:
        yield Finding("messages", "ok", "No message's fate is unknown.")


def _figures(settings: Settings, clock: Clock) -> Iterator[Finding]:
    from gtm_pipelines.warehouse.marts import Marts

    if not settings.warehouse_path.is_file():
        yield Finding("warehouse", "warn", "There is no warehouse yet.", "Run 'gtm metrics refresh'.")
        return
    size = settings.warehouse_path.stat().st_size
    yield Finding("warehouse", "ok", f"{settings.warehouse_path}, {size / 1e6:.1f} MB.")
    published = Marts(settings.marts_path).published_at("traffic_lights")
    if published is None:
        yield Finding("figures", "warn", "No figures have been published.", "Run 'gtm metrics refresh'.")
        return
    age = clock.now() - published
    old = age > OLD_FIGURES
    told = f"Published {age.total_seconds() / 3600:.1f} hours ago."
    yield Finding(
        "figures", "warn" if old else "ok", told, "Run 'gtm metrics refresh', or leave 'gtm up' running." if old else None
    )


def _servers(settings: Settings) -> Iterator[Finding]:
    where = addresses(settings)
    up = "Run 'gtm up'."
    yield _server("app", where["app"], settings.app_port, page_says(f"{where['app']}/_stcore/health", "ok")(), up)
    answers = page_says(f"{where['dagster']}/server_info", "dagster_webserver")()
    yield _server("dagster", where["dagster"], settings.dagster_port, answers, up)
    if answers:
        healthy = daemon_is_healthy(where["dagster"])()
        told = "Schedules and sensors run." if healthy else "The daemon is not heard from: nothing starts by itself."
        yield Finding("daemon", "ok" if healthy else "warn", told, None if healthy else "Stop and start 'gtm up'.")


def _server(name: str, address: str, port: int, answers: bool, remedy: str) -> Finding:
    if answers:
        return Finding(name, "ok", f"Answers at {address}.")
    owner = who_listens(port)
    if owner:
        told = f"Port {port} is held by {owner}, which is not the workbench."
        return Finding(name, "warn", told, f"Stop it, or set {name}_port to a free port.")
    return Finding(name, "warn", f"Not running at {address}.", remedy)
