"""Whether two texts speak of the same thing, by the words they have in common."""

from __future__ import annotations

import re
from functools import lru_cache

from gtm_pipelines.drafting.checks.forms import forms, is_cyrillic

_WORD = re.compile(r"[^\W\d_]{4,}")
STEM = 5
"""Letters by which two words are akin; endings differ."""
_EMPTY = frozenset(
    "that this with from have your their they them these those been were will would about into over than then when what which"
    " also more most some such very just only each both many much like make made does company companies business team work"
    " этот этого быть было были есть ваша ваши вашей вашу ваше компания компании компанию который которые чтобы также более"
    " только очень может могут свой свои своей для если когда".split()
)


def akin(text: str, carried: str) -> bool:
    """Whether a text has a word in common with what carries it; between two alphabets nobody can tell."""
    if is_cyrillic(text) != is_cyrillic(carried):
        return True
    return bool(stems(text) & stems(carried))


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words of a text that mean something."""
    words = (word for word in _WORD.findall(text.lower()) if word not in _EMPTY)
    return frozenset(form[:STEM] for word in words for form in forms(word))
