"""Which lines of a page are its content, and not its menus: trafilatura's judgement over the visible lines."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

_SHORT = 200
"""Characters of a page under which there is nothing to tell apart."""
_LONGEST = 200_000
"""Characters of a page that are judged; what is longer is no page of a company's site."""


def content_lines(root: Any, found: Sequence[str]) -> list[bool]:
    """Tell of each line whether it belongs to the content.

    Args:
        root: the tree without its hidden parts; it is of no use afterwards.
        found: its lines. What trafilatura makes of the tree only chooses among them, so that every
            line stays as it stands in the page.
    """
    size = sum(map(len, found))
    if not _SHORT <= size <= _LONGEST:
        return [True] * len(found)
    content = _content(root)
    if not content:
        return [True] * len(found)
    joined = " ".join(content.split())
    return [line in joined for line in found]


def _content(root: Any) -> str:
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        document = bare_extraction(root, fast=True, include_comments=False, include_tables=True, favor_recall=True)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError, RecursionError):
        return ""  # it stumbles over odd trees; then all lines count
    text = getattr(document, "text", None) if document is not None else None
    return text if isinstance(text, str) else ""
