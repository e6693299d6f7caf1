"""Addresses, phones and profiles of a company as its page shows them: in its text and in its links."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

_LABEL = "[A-Za-z0-9А-Яа-яё](?:[A-Za-z0-9А-Яа-яё-]{0,62})"
_EMAIL = re.compile(rf"(?<![\w.+@-])[A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}@(?:{_LABEL}\.){{1,5}}[A-Za-zА-Яа-я]{{2,24}}(?![\w@])")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|js|css)$", re.I)
_STATED = re.compile(r"(?<![\w+])\+\s?\d(?:[\s().\u2010-\u2015-]{0,3}\d){7,14}(?!\d)")
_NATIONAL = re.compile(r"(?<![\w+.,/-])(?:\(?\d{2,5}\)?)(?:[\s().\u2010-\u2015-]{0,3}\d){5,10}(?![\d/])")
_ABOUT_PHONES = re.compile(
    r"(?<!\w)(?:тел|телефон\w*|т|звон\w+|факс|phone|tel|call|mobile|hotline|telefon|téléphone|teléfono)(?!\w)", re.I
)
_DIGITS = re.compile(r"\d.*?\d.*?\d.*?\d.*?\d")
_DATE = re.compile(r"^\d{1,4}[.\s-]\d{1,2}[.\s-]\d{1,4}$")
_PROFILES = tuple(
    (field, re.compile(rf"^(?:{hosts})$"), re.compile(path, re.I))
    for field, hosts, path in (
        ("linkedin_url", r"(?:[a-z]{2,3}\.)?linkedin\.com", r"^/(?:company|school|showcase)/[^/]+"),
        ("facebook_url", r"(?:[a-z-]+\.)?(?:facebook|fb)\.com", r"^/(?!sharer|share|dialog|tr\b|plugins|login)[^/]+"),
        ("instagram_url", r"instagram\.com", r"^/(?!p/|explore|reel)[\w.]+"),
        ("x_url", r"(?:mobile\.)?(?:twitter|x)\.com", r"^/(?!intent|share|search|hashtag|home)\w{1,15}(?=/|$)"),
        ("youtube_url", r"(?:m\.)?youtube\.com", r"^/(?:@[\w.-]+|c/[^/]+|channel/[\w-]+|user/[^/]+)"),
        ("telegram_url", r"t\.me|telegram\.me", r"^/(?!share|joinchat|\+|iv\b)(?:s/)?\w{4,}"),
        ("vk_url", r"(?:m\.)?vk\.(?:com|ru)", r"^/(?!share|away|widget)[\w.]+"),
        ("github_url", r"github\.com", r"^/[\w-]+(?=/?$)"),
        ("whatsapp_url", r"wa\.me", r"^/\d{7,15}"),
    )
)
"""Field → hosts, and how the path of a profile begins."""
_MOST = 30
"""Of each kind; a directory of people is no page of a company."""


def emails(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Return (address, the line it stands in), each address once, in the order of the page."""
    found: dict[str, tuple[str, str]] = {}
    for line in lines:
        if "@" in line:
            for match in _EMAIL.findall(line[:5_000]):
                if not _PICTURE.search(match):
                    found.setdefault(match.lower(), (match, line))
    return list(found.values())[:_MOST]


def linked_emails(links: Iterable[tuple[str, Any]]) -> list[str]:
    """Return the addresses that links write to, and those that Cloudflare hides from robots but not from visitors."""
    found: dict[str, None] = {}
    for href, element in links:
        if href[:7].lower() == "mailto:":
            for part in unquote(href[7:]).partition("?")[0].split(","):
                match = _EMAIL.fullmatch(part.strip())
                if match:
                    found.setdefault(match.group(), None)
        coded = element.get("data-cfemail") or (href.partition("#")[2] if "/cdn-cgi/l/email-protection#" in href else "")
        plain = uncovered(coded) if coded else None
        if plain:
            found.setdefault(plain, None)
    return list(found)[:_MOST]


def uncovered(coded: str) -> str | None:
    """Return the address behind Cloudflare's cover: hexadecimal, each byte crossed with the first."""
    try:
        raw = bytes.fromhex(coded[:400])
    except ValueError:
        return None
    text = bytes(byte ^ raw[0] for byte in raw[1:]).decode("ascii", "replace") if raw else ""
    return text if _EMAIL.fullmatch(text) else None


def phones(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Return (phone as it stands, its line): with a calling code anywhere, without one where the line is about phones."""
    found: dict[str, tuple[str, str]] = {}
    for line in lines:
        said = line[:2_000]
        if not _DIGITS.search(said):
            continue
        matches = _STATED.findall(said)
        if not matches and _ABOUT_PHONES.search(said):
            matches = [text for text in _NATIONAL.findall(said) if not _DATE.match(text.strip())]
        for text in matches:
            found.setdefault(re.sub(r"\D", "", text), (text.strip(), line))
    return list(found.values())[:_MOST]


def linked_phones(hrefs: Iterable[str]) -> list[str]:
    """Return the numbers that links call."""
    numbers = (unquote(href[4:]).strip() for href in hrefs if href[:4].lower() == "tel:")
    return list(dict.fromkeys(number for number in numbers if 6 <= len(re.sub(r"\D", "", number)) <= 15))[:_MOST]


def profiles(hrefs: Iterable[str]) -> dict[str, list[str]]:
    """Return field → addresses of profiles on the networks that companies use, links to share a page left out."""
    found: dict[str, dict[str, None]] = {}
    for href in hrefs:
        try:
            parts = urlsplit(href.strip())
        except ValueError:
            continue
        host = (parts.hostname or "").removeprefix("www.")
        for field, hosts, path in _PROFILES:
            match = path.match(parts.path) if hosts.match(host) else None
            if match:
                found.setdefault(field, {}).setdefault(f"https://{_shown(field, host)}{match.group()}", None)
    return {field: list(urls)[:3] for field, urls in found.items()}


def _shown(field: str, host: str) -> str:
    """Return one host for the many a network answers on."""
    known = {"linkedin_url": "www.linkedin.com", "facebook_url": "www.facebook.com", "x_url": "x.com", "telegram_url": "t.me",
             "vk_url": "vk.com", "youtube_url": "www.youtube.com", "instagram_url": "www.instagram.com"}  # fmt: skip
    return known.get(field, host)
