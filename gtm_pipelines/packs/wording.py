"""Lists of phrases in English and Russian, kept as data beside the code, and how they are looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

_SPACES = re.compile(r"\s+")


@cache
def phrases(name: str, language: str = "") -> tuple[str, ...]:
    """Return the phrases of one list, such as ``spam`` in ``ru``; empty where the language has none.

    A line that begins with ``#`` is a remark.
    """
    file = files("gtm_pipelines.packs").joinpath("lists", f"{name}.{language}.txt" if language else f"{name}.txt")
    if not file.is_file():
        return ()
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def found(name: str, language: str, text: str) -> Iterator[str]:
    """Yield the phrases of a list that stand in a text as words of their own, whatever their case."""
    plain = _SPACES.sub(" ", text.casefold().replace("’", "'").replace("ё", "е"))
    for match in _pattern(name, language).finditer(plain):
        yield match.group()


@cache
def _pattern(name: str, language: str) -> re.Pattern[str]:
    known = sorted((re.escape(phrase.casefold().replace("ё", "е")) for phrase in phrases(name, language)), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(known) or '(?!)'})(?!\w)")
