"""Bytes to text for mail as it really comes: wrong, missing and unknown charsets.

Order: the declared charset if it fits, then UTF-8, then a choice among the 8-bit
Cyrillic and Western charsets by what the letters look like. Nothing here raises.
"""

from __future__ import annotations

import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

MOST_TEXT = 1_000_000
"""Characters of text that are read; longer mail is kept whole as raw bytes."""
_UNDECLARED = {"us-ascii", "ascii", "unknown-8bit", "x-unknown", "default", "iso-8859-1", "latin-1", "latin1"}
"""Names that are often written without being meant; checked against the bytes first."""

_LOWER_CYRILLIC = re.compile("[а-яё]")
_UPPER_CYRILLIC = re.compile("[А-ЯЁ]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]{3,}")


def decode_bytes(data: bytes, declared: str | None = None) -> str:
    """Return ``data`` as text, by its declared charset or the likeliest one."""
    name = (declared or "").strip().strip("\"'").lower()
    if name and name not in _UNDECLARED:
        text = _try(data, name)
        if text is not None:
            return text
    text = _try(data, "utf-8")
    return text if text is not None else _guess(data)


def text_of(part: Message) -> str:
    """Return a leaf part's text, transfer encoding and charset undone; HTML as it is."""
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError, IndexError):
        payload = None
    if not isinstance(payload, bytes):
        plain = part.get_payload()
        return plain.replace("\x00", "") if isinstance(plain, str) else ""
    try:
        declared = part.get_content_charset()
    except (ValueError, LookupError, TypeError, AttributeError):
        declared = None
    return decode_bytes(payload[: MOST_TEXT * 4], declared).replace("\x00", "")[:MOST_TEXT]


def decode_header_value(raw: str) -> str:
    """Return a header's value in words: encoded-words, raw 8-bit and folding undone.

    Args:
        raw: the value as ``Message.raw_items`` gives it, odd bytes as surrogates.
    """
    data = raw.encode("ascii", "surrogateescape") if raw.isascii() or _only_escapes(raw) else raw.encode("utf-8", "replace")
    text = decode_bytes(data)
    try:
        parts = decode_header(text) if "=?" in text else [(text, None)]
    except (HeaderParseError, ValueError, IndexError):
        parts = [(text, None)]
    words = [part if isinstance(part, str) else decode_bytes(part, charset) for part, charset in parts]
    return " ".join("".join(words).replace("\x00", "").split())


def _only_escapes(raw: str) -> bool:
    return all(ord(letter) < 128 or 0xDC80 <= ord(letter) <= 0xDCFF for letter in raw)


def _try(data: bytes, charset: str) -> str | None:
    try:
        codecs.lookup(charset)
        return data.decode(charset)
    except (LookupError, UnicodeError, ValueError):
        return None


def _guess(data: bytes) -> str:
    """Read as Cyrillic where high bytes come in runs; else as Western.

    The two Cyrillic charsets swap the case of each other's letters, and people
    write more small letters than capitals.
    """
    if not _HIGH_RUN.search(data):
        return data.decode("cp1252", "replace")
    readings = [data.decode(charset, "replace") for charset in ("cp1251", "koi8-r")]
    return max(readings, key=_smallness)


def _smallness(text: str) -> int:
    sample = text[:20_000]
    return len(_LOWER_CYRILLIC.findall(sample)) - len(_UPPER_CYRILLIC.findall(sample))
