"""What the app itself sets: ``settings.json`` in the data folder. A person's ``gtm.toml`` and the environment win over it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gtm_pipelines.errors import SettingsError

FILE_NAME = "settings.json"
Values = dict[str, Any]


def read_own(home: Path) -> Values:
    """Return what the app set for a data folder; nothing where it set nothing.

    Raises:
        SettingsError: the file is damaged.
    """
    path = home / FILE_NAME
    try:
        found = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}. Mend it, or move it away and set things anew.") from error
    if not isinstance(found, dict):
        raise SettingsError(f"{path} holds no settings. Move it away and set things anew in the app.")
    return found


def change_own(home: Path, change: Callable[[Values], Values]) -> None:
    """Write what ``change`` makes of the settings of a data folder, at once or not at all.

    Raises:
        SettingsError: the file is damaged.
    """
    home.mkdir(parents=True, exist_ok=True)
    changed = change(read_own(home))
    path = home / FILE_NAME
    fresh = path.with_name(f"{FILE_NAME}.{os.getpid()}.new")
    fresh.write_text(json.dumps(changed, ensure_ascii=False, indent=2) + "\n", "utf-8")
    fresh.replace(path)


def over(weak: Values, strong: Values) -> Values:
    """Return ``weak`` with ``strong`` laid over it: tables key by key, lists of named tables name by name, the rest whole."""
    merged = dict(weak)
    for key, value in strong.items():
        held = merged.get(key)
        if isinstance(held, dict) and isinstance(value, dict):
            merged[key] = over(held, value)
        elif isinstance(held, list) and isinstance(value, list) and _named(held) and _named(value):
            taken = {one["name"] for one in value}
            merged[key] = [*value, *(one for one in held if one["name"] not in taken)]
        else:
            merged[key] = value
    return merged


def _named(values: list[Any]) -> bool:
    return all(isinstance(one, dict) and "name" in one for one in values)
