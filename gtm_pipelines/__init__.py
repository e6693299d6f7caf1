"""The GTM workbench: lists, campaigns, mail and what came of them, on one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gtm_pipelines.workbench import open_workbench

__all__ = ["open_workbench"]


def __getattr__(name: str) -> Any:
    """Give notebooks ``open_workbench``, and load it only when they ask (PEP 562)."""
    if name == "open_workbench":
        from gtm_pipelines.workbench import open_workbench

        return open_workbench
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
