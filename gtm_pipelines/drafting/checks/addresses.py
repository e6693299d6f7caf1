"""Links, e-mail addresses and phone numbers in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gtm_pipelines.drafting.checks.found import Found, free

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}", re.I)
_URL = re.compile(r"(?:\b[a-z][a-z0-9+.-]*://|\bwww\.|\bmailto:|\btel:)[^\s<>\"«»“”]+", re.I)
_BARE = re.compile(r"(?<![\w@./-])(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,24}(?:/[^\s<>\"«»“”]*)?(?![\w@])", re.I)
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|\(|(?=\d))(?:[\d(][\d() \u00a0.\u2010-\u2013-]{6,18}\d)(?![\w/-]|[.,]\d)")
_TRAIL = ".,;:!?)»”'\"…"
_NATIONAL = range(9, 12)
"""Digits of a number with the zero that is dialled within a country; amounts do not begin with one."""
LEAST_DIGITS, MOST_DIGITS = 7, 15
"""Of a phone number (ITU-T E.164: at most fifteen)."""


def addresses(text: str) -> list[Found]:
    """Return every link, e-mail address and phone number of a text, in order."""
    found: list[Found] = []
    for match in _EMAIL.finditer(text):
        found.append(Found("email", match[0], *match.span(), values=frozenset({match[0].casefold()})))
    for match in _URL.finditer(text):
        whole = match[0].rstrip(_TRAIL)
        if free(match.start(), match.start() + len(whole), found):
            found.append(_link(whole, match.start()))
    for match in _BARE.finditer(text):
        whole = match[0].rstrip(_TRAIL)
        if free(match.start(), match.start() + len(whole), found) and is_domain(whole.split("/")[0]):
            found.append(_link(whole, match.start()))
    found.extend(one for one in _phones(text) if free(one.start, one.end, found))
    return sorted(found, key=lambda one: one.start)


def _link(whole: str, start: int) -> Found:
    return Found("link", whole, start, start + len(whole), values=frozenset({plain_link(whole)}))


def plain_link(link: str) -> str:
    """Return a link as it is compared: without scheme, ``www.`` and the last slash, in one case."""
    bare = re.sub(r"^(?:https?://|mailto:|tel:)", "", link.strip().casefold())
    return bare.removeprefix("www.").rstrip("/")


def host(link: str) -> str:
    """Return the host of a plain link."""
    return re.split(r"[/?#:]", plain_link(link).rpartition("@")[2], maxsplit=1)[0]


@lru_cache(maxsize=4096)
def is_domain(text: str) -> bool:
    """Whether a text with a dot ends as domains do, by the Public Suffix List that comes with ``tldextract``."""
    ending = text.casefold().rpartition(".")[2]
    if ending in _NOT_ENDINGS or (text[:1].isupper() and "." not in text[:-4] and ending in ("this", "in", "is", "so")):
        return False
    return (bool(_extractor()(text).suffix) or ending in _RESERVED) and not text.replace(".", "").isdigit()


_RESERVED = frozenset({"example", "test", "invalid"})
"""Endings that RFC 2606 keeps for samples; those of this product live there."""
_NOT_ENDINGS = frozenset("md py sh rs pl ps so st vc zip mov".split())
"""Endings of file names and abbreviations rather than of anybody's site in a mail."""


@lru_cache(maxsize=1)
def _extractor():  # type: ignore[no-untyped-def]
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def _phones(text: str) -> Iterator[Found]:
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        trunk = (match[0].startswith("0") and len(digits) in _NATIONAL) or re.fullmatch(r"\d{10,11}", match[0])
        grouped = trunk or match[0].startswith(("+", "(")) or len(re.findall(r"\d+", match[0])) >= 3
        if LEAST_DIGITS <= len(digits) <= MOST_DIGITS and grouped and not _is_amount(match[0]):
            yield Found("phone", match[0], *match.span(), values=frozenset({digits[-10:]}))


def _is_amount(text: str) -> bool:
    """Whether digits are grouped as in an amount or a date rather than as in a phone number."""
    return bool(re.fullmatch(r"\d{1,3}(?:[ \u00a0.]\d{3})+|\d{1,2}[.\-/ ]\d{1,2}[.\-/ ]\d{2,4}|\d{4}-\d{2}-\d{2}", text.strip()))
