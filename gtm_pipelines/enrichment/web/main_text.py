"""Which lines of a page are its content, and not its menus: by trafilatura, or by what the home page has too."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from gtm_pipelines.enrichment.web.model import Reading

_SHORT = 200
"""Characters of a page under which there is nothing to tell apart."""
_LONGEST = 200_000
"""Characters of a page that are judged; what is longer is no page of a company's site."""
_MOST_ELEMENTS = 4_000
"""Elements of a page that are judged: the time it takes grows with them."""


def content_lines(root: Any, found: Sequence[str]) -> list[bool]:
    """Tell of each line whether it belongs to the content.

    Args:
        root: the tree without its hidden parts; it is of no use afterwards.
        found: its lines. What trafilatura makes of the tree only chooses among them, so that every
            line stays as it stands in the page.
    """
    size = sum(map(len, found))
    if not _SHORT <= size <= _LONGEST or _is_large(root):
        return [True] * len(found)
    content = _content(root)
    if not content:
        return [True] * len(found)
    joined = " ".join(content.split())
    return [line in joined for line in found]


def _is_large(root: Any) -> bool:
    return next(islice(root.iter(), _MOST_ELEMENTS, None), None) is not None


def without_repeated(reading: Reading, home: str) -> Reading:
    """Return a page's reading with the lines that the home page has too behind the others: menus, footers, banners.

    Args:
        reading: of a further page of a site.
        home: the text of its home page.
    """
    known = frozenset(home.split("\n"))
    lines = reading.text.split("\n")
    own = [line for line in lines if line not in known]
    if not own:
        return reading
    first = "\n".join(own)
    text = "\n".join([first, *(line for line in lines if line in known)])
    return replace(reading, text=text, data={**reading.data, "content_chars": len(first)})


def _content(root: Any) -> str:
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        document = bare_extraction(root, fast=True, include_comments=False, include_tables=True, favor_recall=True)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError, RecursionError):
        return ""  # it stumbles over odd trees; then all lines count
    text = getattr(document, "text", None) if document is not None else None
    return text if isinstance(text, str) else ""
