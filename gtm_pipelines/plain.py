"""Values of the library as what JSON can hold: for commands, AI tools and what runs say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel


def plain(value: Any) -> Any:
    """Turn dataclasses, models, rows of a table, moments and what else there is into what JSON can hold."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if hasattr(value, "_mapping"):
        return plain(value._mapping)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else str(value)


def from_yaml(text: str) -> Any:
    """Read YAML safely, with the reader written in C where there is one: it takes a seventh of the time.

    Raises:
        yaml.YAMLError: it is none.
    """
    import yaml

    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
