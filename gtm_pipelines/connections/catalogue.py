"""Reads the taxonomy of tools: the one that comes with the workbench, and what the user adds or replaces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from gtm_pipelines.connections.model import Taxonomy
from gtm_pipelines.errors import InputError
from gtm_pipelines.plain import from_yaml

FILE_NAME = "tools.yaml"


def load(shipped: Path, own: Path) -> Taxonomy:
    """Return the taxonomy, the user's file laid over the one that came with the workbench.

    Args:
        shipped: the file that came with the workbench.
        own: the user's file, which may be absent.

    Raises:
        InputError: the user's file cannot be used; the text says where.
    """
    base = from_yaml(shipped.read_text("utf-8"))
    if not own.is_file():
        return Taxonomy.model_validate(base)
    try:
        return Taxonomy.model_validate(_over(base, from_yaml(own.read_text("utf-8")) or {}))
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError, AttributeError, KeyError, TypeError) as error:
        raise InputError(f"{own} cannot be used: {error}. Mend it, or move it away.") from error


def _over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    tools = {tool["name"]: tool for tool in base["tools"]}
    tools |= {tool["name"]: tool for tool in own.get("tools", ())}
    categories = {**base["categories"], **own.get("categories", {})}
    return {"version": own.get("version", base["version"]), "categories": categories, "tools": list(tools.values())}
