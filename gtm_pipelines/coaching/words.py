"""How figures are written in English and in Russian, and what each is made of, in a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from gtm_pipelines.coaching.model import Figure, Language, Words

_NARROW = "\u202f"
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_LATIN = re.compile(r"[A-Za-z]")


def language_of(text: str, usual: Language = "en") -> Language:
    """Return the language a question is asked in: Russian where most of its letters are Cyrillic."""
    russian, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if russian == latin:
        return usual
    return "ru" if russian >= latin or russian > 8 else "en"


def number(value: float, language: Language = "en", decimals: int = 2) -> str:
    """Write a number: at most ``decimals`` places, none that say nothing, its thousands apart."""
    text = f"{value:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if language == "ru":
        return text.replace(",", _NARROW).replace(".", ",")
    return text


def share(value: float | None, language: Language = "en") -> str:
    """Write a share from 0 to 1 as a percentage; a dash where there is none."""
    return "–" if value is None else f"{number(value * 100, language)} %"


def shown(figure: Figure, language: Language = "en") -> str:
    """Write a figure as its unit wants it."""
    value = figure.value
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if figure.unit == "share":
        return share(value, language)
    if figure.unit == "percent":
        return f"{number(value, language)} %"
    if figure.unit == "usd":
        return f"{number(value, language)} USD"
    return number(value, language)


def made_of(figure: Figure, names: Mapping[str, Words], language: Language = "en", *, sourced: bool = True) -> str:
    """Say in a line what a figure is, whose, what it is made of and, if ``sourced``, where it comes from."""
    russian = language == "ru"
    called = names[figure.name].said(language) if figure.name in names else figure.name.replace("_", " ")
    parts = [f"{called}: {shown(figure, language)}"]
    if figure.part is not None and figure.whole is not None:
        of = "из" if russian else "of"
        parts.append(f"{number(figure.part, language)} {of} {number(figure.whole, language)}")
        if figure.whole and figure.low is not None and figure.high is not None:
            to = "…" if russian else " to "
            level = "95-процентный интервал" if russian else "95 % interval"
            parts.append(f"{level} {share(figure.low, language)}{to}{share(figure.high, language)}")
    if figure.of:
        parts.append(figure.of)
    if figure.source and sourced:
        parts.append(figure.source)
    return "; ".join(parts)


def day(moment: datetime | None) -> str:
    """Write a moment to the minute, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "–"
