"""The language of the app: every text a person reads goes through ``t`` or ``tn``.

The English text is the key; translations stand in ``app/texts/<language>.po``, an ordinary gettext catalogue.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

import streamlit as st

from gtm_pipelines.errors import SettingsError
from gtm_pipelines.settings import load_settings

LANGUAGES = ("en", "ru")
TEXTS = Path(__file__).parents[1] / "texts"
_KEY, _USUAL = "lang", "lang_usual"
_NARROW = "\u202f"
"""A space that keeps the digits of a number on one line."""


def t(text: str, /, **values: Any) -> str:
    """Return ``text`` in the person's language, with its ``{named}`` fields filled in.

    Args:
        text: the English text, written out in the code so that it can be found there; a variable only for what ``mark``
            named somewhere.
        values: what the fields stand for; ``{count:,}`` groups digits and ``{rate:.1%}`` writes a share, as the language does.
    """
    spoken = language()
    found = _catalogue(spoken).gettext(text) if text else ""
    return _WRITERS[spoken].vformat(found, (), values) if values else found


def tn(one: str, many: str, number: int, /, **values: Any) -> str:
    """Return the form of a text that goes with ``number``, which both forms may show as ``{number}``, its digits grouped."""
    spoken = language()
    writer = _WRITERS[spoken]
    found = _catalogue(spoken).ngettext(one, many, number)
    return writer.vformat(found, (), {"number": writer.format_field(number, ","), **values})


def mark(text: str) -> str:
    """Return ``text`` as it is: names a text of a table, so that it is translated where ``t`` shows it."""
    return text


def language() -> str:
    """Return the language in force: chosen in this window, else set in gtm.toml, else the browser's own, else English."""
    chosen = st.session_state.get(_KEY) or st.query_params.get(_KEY)
    return chosen if chosen in LANGUAGES else _usual()


def choose_language() -> None:
    """Let a person choose the language; the address keeps it as it is shown here, so that a bookmark opens in it."""
    st.segmented_control(
        t("Language"), LANGUAGES, default=_usual(), key=_KEY, required=True, bind="query-params", label_visibility="collapsed"
    )


def joined(parts: Iterable[str]) -> str:
    """Return parts as an enumeration: ``a, b and c``."""
    *first, last = [*parts] or [""]
    return t("{first} and {last}", first=", ".join(first), last=last) if first else last


def _usual() -> str:
    held = st.session_state.get(_USUAL)
    if held is None:
        held = st.session_state[_USUAL] = _set_or_browsers()
    return str(held)


def _set_or_browsers() -> str:
    try:
        setting = load_settings().language
    except SettingsError:  # the page tells it, in whatever language
        setting = None
    browser = (st.context.locale or "").split("-")[0]
    return setting or (browser if browser in LANGUAGES else "en")


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(spoken: str) -> NullTranslations:
    place = TEXTS / f"{spoken}.po"
    if not place.is_file():
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with place.open("rb") as file:
        write_mo(compiled, read_po(file, locale=spoken))
    compiled.seek(0)
    return GNUTranslations(compiled)


class _Writer(string.Formatter):
    """Fills fields in, with numbers as a language writes them."""

    def __init__(self, *, grouped_by: str = ",", point: str = ".", before_percent: str = "") -> None:
        self._signs = str.maketrans({",": grouped_by, ".": point, "%": f"{before_percent}%"})

    def format_field(self, value: Any, format_spec: str) -> str:
        written = str(format(value, format_spec))
        return self.respelt(written) if isinstance(value, (int, float)) and format_spec else written

    def respelt(self, number: str) -> str:
        """Return a number written in English as the language writes it."""
        return number.translate(self._signs)


_WRITERS = {"en": _Writer(), "ru": _Writer(grouped_by=_NARROW, point=",", before_percent=_NARROW)}


def written(value: float, spec: str) -> str:
    """Return a number as the language in force writes it, for instance ``written(0.034, ".1%")``."""
    return _WRITERS[language()].format_field(value, spec)


def written_as(number: str, spoken: str) -> str:
    """Return a number that is written in English as the language ``spoken`` writes it."""
    return _WRITERS[spoken].respelt(number)
