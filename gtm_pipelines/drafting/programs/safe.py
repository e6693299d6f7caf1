"""What no text of a model may hold, whatever it was told: checked by rule after the last stage, and refused, not repaired.

Links and addresses are the sender's own or are not in the mail. This holds without any checker; grounding is wider.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from gtm_pipelines.drafting.model import DraftRefusedError
from gtm_pipelines.drafting.programs.model import Case, Composed

MAX_SUBJECT, MAX_BODY = 200, 6_000
_LINK = re.compile(
    r"[a-z][a-z0-9+.-]*://[^\s<>()\[\]\"']+|\bwww\.[^\s<>()\[\]\"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\b(?:javascript|data|mailto|tel):\S+"
    r"|\b(?:[\w-]+\.)+(?:com|net|org|io|ai|co|dev|app|info|biz|xyz|site|online|shop|link|click|top|example|test|ru|su|рф|de|uk"
    r"|eu|fr|us|me|ly|gg|to|cc|tk)\b(?:/\S*)?",
    re.I,
)
_PHONE = re.compile(r"(?<!\w)\+?\d[\d\s().-]{8,}\d(?!\w)")
_MARKUP = re.compile(r"<\s*/?\s*[a-z!][^>]*>|!\[[^\]]*\]\(|\]\([^)]*\)", re.I)
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{%|%\}|\[(?:your|first|last|company|name|имя|компания)[^\]]*\]|=\?[^?\s]+\?[bq]\?", re.I)
_SEPARATOR = re.compile(r"^--\s*$", re.M)
_REFUSED = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def check(case: Case, composed: Composed) -> None:
    """Refuse a text that must not go out as it is.

    Raises:
        DraftRefusedError: it is empty or too long, or holds a foreign link, an address, markup, or a second footer.
    """
    subject, body = composed.subject, composed.body
    if not subject or not body:
        raise DraftRefusedError("text.empty", "The model left the subject or the text empty.")
    if len(subject) > MAX_SUBJECT or len(body) > MAX_BODY:
        raise DraftRefusedError("text.too_long", f"Subject and text have {len(subject)} and {len(body)} characters.")
    whole = f"{subject}\n{body}"
    if any(unicodedata.category(one) in _REFUSED for one in whole if one not in "\n\t"):
        raise DraftRefusedError("text.control", "The text holds control or invisible characters.")
    for rule, pattern in (("text.markup", _MARKUP), ("text.placeholder", _PLACEHOLDER), ("text.footer", _SEPARATOR)):
        if found := pattern.search(whole):
            raise DraftRefusedError(rule, f"The text holds {found.group().strip()[:60]!r}, which no mail may.")
    if stranger := foreign(whole, case.allowed):
        raise DraftRefusedError("link.foreign", f"The text holds {stranger[:80]!r}, which is not the sender's own.")


def foreign(text: str, allowed: Iterable[str]) -> str | None:
    """Return the first link, address or telephone number that is not among the sender's own; ``None`` where there is none."""
    own = "\n".join(allowed)
    links = {_plain(found.group()) for found in _LINK.finditer(own)}
    for found in _LINK.finditer(unicodedata.normalize("NFKC", text)):
        if _plain(found.group()) not in links:
            return found.group()
    numbers = {_digits(found.group()) for found in _PHONE.finditer(own)}
    return next((found.group() for found in _PHONE.finditer(text) if _digits(found.group()) not in numbers), None)


def _plain(link: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", link.casefold()).rstrip("/.,;:!?)»\"'")


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
