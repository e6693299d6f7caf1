"""The composition root: settings in, a workbench of services out.

With ``wiring``, where its rooms are, the one place that names concrete adapters. Services are
made when first asked for, so a command pays only for the rooms it enters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gtm_pipelines.clock import Clock, SystemClock
from gtm_pipelines.record.engine import open_record
from gtm_pipelines.settings import Settings, load_settings, resolve_secret
from gtm_pipelines.wiring.coaching import Coaching
from gtm_pipelines.wiring.house import House


@dataclass(frozen=True)
class Workbench(Coaching, House):
    """Every service, over one record, for one workspace."""

    def close(self) -> None:
        """Close the record's connections, and those to language models."""
        if "llm" in self.__dict__:
            self.llm.close()
        if "web" in self.__dict__:
            self.web.close()
        self.record.close()


def open_workbench(
    settings: Settings | None = None, *, clock: Clock | None = None, migrate: bool = True, **overrides: Any
) -> Workbench:
    """Open the workbench and bring its record up to date; of an older one a backup is made first.

    Args:
        settings: the settings to use; read from ``gtm.toml`` and the environment if absent.
        clock: the clock to use; the machine's if absent.
        migrate: apply missing migrations; without it the record may be empty or old.
        overrides: single settings that win, such as ``home=...``.

    Raises:
        SettingsError: a setting or a named secret is wrong or missing.
    """
    from gtm_pipelines.record.migrate import is_current

    settings = settings or load_settings(**overrides)
    settings.home_path.mkdir(parents=True, exist_ok=True)
    password = resolve_secret(settings.record_password) if settings.record_password else None
    record = open_record(settings.database_url, settings.workspace, password=password)
    clock, upgraded = clock or SystemClock(), None
    if migrate and not is_current(record):
        from gtm_pipelines.record.backup import FOLDER, upgrade_with_backup

        upgraded = upgrade_with_backup(record, settings.home_path / FOLDER, clock.now())
    return Workbench(settings=settings, record=record, clock=clock, upgraded=upgraded)
