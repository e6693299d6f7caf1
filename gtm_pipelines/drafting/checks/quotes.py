"""Words that a draft says somebody said or wrote."""

from __future__ import annotations

import re

from gtm_pipelines.drafting.checks.found import Found

_QUOTED = re.compile(r"[“„\"]([^“”„\"\n]{2,400})[”“\"]|«([^«»\n]{2,400})»|(?<!\w)[‘']([^‘’'\n]{15,400})[’'](?!\w)")
LEAST_WORDS = 3
"""Fewer are a name or a word spoken of, such as the one to answer with."""
NAME_WORDS = 4
"""A name in quotation marks has at most so many."""


def quotations(text: str) -> list[Found]:
    """Return the quotations of a text, without their marks: names in quotation marks are none."""
    found = []
    for match in _QUOTED.finditer(text):
        group = next(number for number in (1, 2, 3) if match[number] is not None)
        inner = match[group].strip()
        if len(inner.split()) >= LEAST_WORDS and not looks_like_name(inner):
            found.append(Found("quote", inner, match.start(group), match.end(group)))
    return found


def looks_like_name(inner: str) -> bool:
    """Whether words in quotation marks are a name: few, and most of them with a capital or in a legal form."""
    words = [word for word in re.findall(r"[\w&.-]+", inner) if word[0].isalpha()]
    if not words or len(words) > NAME_WORDS or inner[-1:] in ".!?…" or "," in inner:
        return False
    capitals = sum(word[0].isupper() for word in words)
    named = capitals == len(words) or (capitals >= 2 and capitals * 2 >= len(words))
    return named and bool(words[0][0].isupper())
