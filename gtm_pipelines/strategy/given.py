"""Text that a person brings as a page: a file in place of what a website does not say."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.errors import InputError

MOST_BYTES = 2_000_000


def page_of(path: Path, now: datetime) -> Page:
    """Read a text file as a page.

    Raises:
        InputError: it cannot be read, is empty, too large, or no text in UTF-8.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path} is larger than {MOST_BYTES:,} bytes. Give the part that matters.")
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as text in UTF-8: {error}.") from error
    if not text.strip() or "\0" in text:
        raise InputError(f"{path} holds no text. Give a text file, such as what you copied from the website.")
    address = f"file:{path.name}"
    return Page(address, address, "other", path.stem, text, None, {}, now)
