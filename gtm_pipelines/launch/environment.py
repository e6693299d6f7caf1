"""The environment of the processes the workbench starts."""

from __future__ import annotations

import os

from gtm_pipelines.settings import Settings, bundle_root, environment, find_settings_file


def child_environment(settings: Settings, **extra: str) -> dict[str, str]:
    """Return the environment for a process the workbench starts, so that it reads these very settings.

    Folders are made absolute, because the child may run in another folder; the bundle
    is put on its import path, so that ``assets`` and ``app`` have one name everywhere.
    """
    inherited, named = environment(), find_settings_file()
    path = os.pathsep.join(part for part in (str(bundle_root()), inherited.get("PYTHONPATH", "")) if part)
    own = {
        "GTM_HOME": str(settings.home_path),
        "DAGSTER_HOME": str(settings.dagster_home),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
        "PYTHONPATH": path,
        "PYTHONUNBUFFERED": "1",
    }
    if named:
        own["GTM_CONFIG"] = str(named.resolve())
    return {**inherited, **own, **extra}
