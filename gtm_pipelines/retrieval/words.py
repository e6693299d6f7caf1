"""Words as they are compared: folded, without the commonest, each by its stem.

The alphabet of a word chooses its stemmer (Snowball, English or Russian), so a question or
a text may mix both languages.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Protocol

from gtm_pipelines.record.text import fold_text

_WORD = re.compile(r"\w+(?:[’']\w+)*", re.UNICODE)
_CYRILLIC = re.compile(r"[а-яёѐ-џ]", re.I)
_LATIN = re.compile(r"[a-z]", re.I)
LONGEST = 64
"""Characters of a word that count; what is longer is no word."""
_stemming = threading.Lock()
"""A stemmer keeps the word that it works on; one thread at a time."""

STOP_WORDS = frozenset(
    # the commonest words of both languages, which every text has and no question is about
    "a an and are as at be been but by can could did do does for from had has have he her his how i if in into is it its"
    " me my no not of on or our she so some than that the their them then there these they this those to us use used uses"
    " using was we were what when where which who whom whose why will with would you your"
    " а без бы был была были было быть в вам вас ваш ваша ваше ваши все всех вы где да для до его ее если есть же за и из"
    " или им их к как какая какие какой какую ко кто ли между мне мы на над нам нас наш наша наше наши не него нее нет ни"
    " них но о об однако он она они оно от по под после потому при про с со так такой там то того тоже той только том ты"
    " у уже использует используют используется чем что чтобы эта эти это этого этой этом этот я".split()
)


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802  the library's name


def spans(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the stem, start and end of every word of ``text`` that counts."""
    for match in _WORD.finditer(text):
        found = term(match[0])
        if found:
            yield found, match.start(), match.end()


def terms(text: str) -> list[str]:
    """Return the stems of the words of ``text`` that count, in order, repeated as they stand."""
    return [found for word in _WORD.findall(text) if (found := term(word))]


@lru_cache(maxsize=1 << 19)
def term(word: str) -> str | None:
    """Return the form in which ``word`` is compared; ``None`` for a word that says nothing."""
    folded = (fold_text(word[:LONGEST]) or "").replace("’", "'").removesuffix("'s")
    if not folded or folded in STOP_WORDS or folded == "_":
        return None
    language = "russian" if _CYRILLIC.search(folded) else "english" if _LATIN.search(folded) else None
    if language is None:
        return folded
    with _stemming:
        return str(_stemmer(language).stemWord(folded))


@cache
def _stemmer(language: str) -> _Stemmer:
    import snowballstemmer

    made: _Stemmer = snowballstemmer.stemmer(language)
    return made


def language_of(text: str) -> str:
    """Return ``ru`` where Cyrillic letters prevail, else ``en``."""
    sample = text[:20_000]
    return "ru" if len(_CYRILLIC.findall(sample)) > len(_LATIN.findall(sample)) else "en"
