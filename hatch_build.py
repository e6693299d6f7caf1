"""Puts the folders that are not the library into the wheel, inside it.

A wheel with a top-level ``app`` or ``assets`` would fight with everybody else's, so they
travel as ``gtm_pipelines/_bundle``. An editable install reads them from the checkout and
gets no copies.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLED = ("assets", "app", "prompt_packs", "data/sample", "data/reference", "notebooks", "pyproject.toml")
LEFT_OUT = frozenset({"__pycache__", ".ipynb_checkpoints", ".DS_Store"})


class BundleHook(BuildHookInterface):
    """Adds the bundle to a standard wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name every file of the bundle and its place in the wheel."""
        if version != "standard":
            return
        root = Path(self.root)
        for name in BUNDLED:
            for path in _files(root / name):
                build_data["force_include"][str(path)] = f"gtm_pipelines/_bundle/{path.relative_to(root).as_posix()}"


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    found = (path for path in place.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return sorted(path for path in found if not LEFT_OUT & set(path.parts))
