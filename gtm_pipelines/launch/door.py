"""Looks whether strangers could walk in, before anything listens."""

from __future__ import annotations

from gtm_pipelines.settings import Settings


def look_at_door(settings: Settings) -> None:
    """Make sure that whoever can reach the app has to sign in, unless that is this machine alone.

    Raises:
        SettingsError: others could walk in, or nobody could sign in; the text says what to do.
    """
    from gtm_pipelines.access.door import check_door
    from gtm_pipelines.workbench import open_workbench

    opened = open_workbench(settings)
    try:
        check_door(settings, opened.accounts)
    finally:
        opened.close()
