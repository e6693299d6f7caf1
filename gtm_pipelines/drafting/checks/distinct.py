"""Claims as a reviewer needs them: none inside another, each with what says it best first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from gtm_pipelines.drafting.checks.found import Found
from gtm_pipelines.drafting.checks.guard import own_text
from gtm_pipelines.drafting.checks.known import Carrier, flat
from gtm_pipelines.drafting.evidence import Claim, Evidence, Material

MORE_WORDS = 3
"""A value may have so many words beside those it carries, such as a legal form; with more it is a text that mentions them."""
Span = tuple[int, int, int]
"""Which text (0 is the subject, 1 the body), first character, and the one after the last."""


def best(found: Found, evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Return the ids of what carries some words: values that are these words, then short ones, long texts only without either.

    Args:
        found: the words.
        evidence: all that carries them.
    """
    words = flat(found.text)
    same = [one for one in evidence if flat(one.text) == words]
    short = [one for one in evidence if one not in same and _tells(one, found)]
    return tuple(one.id for one in ([*same, *short] or evidence))


def _tells(one: Evidence, found: Found) -> bool:
    """Whether a short value holds the words itself, not only the passage it was read from."""
    return len(one.text.split()) <= len(found.text.split()) + MORE_WORDS and Carrier(one.id, one.text).carries(found)


def joined(claims: Iterable[Claim]) -> list[Claim]:
    """Return claims of the same words as one that rests on all that any of them rests on."""
    by_words: dict[str, Claim] = {}
    for one in claims:
        before = by_words.setdefault(one.text, one)
        by_words[one.text] = Claim(one.text, tuple(dict.fromkeys((*before.evidence_ids, *one.evidence_ids))))
    return list(by_words.values())


def outer(claims: Sequence[Claim], others: Sequence[Claim], material: Material) -> list[Claim]:
    """Return the claims that stand somewhere in a draft outside of every longer one, the footer left out."""
    wider = [(place, other.text) for other in others for place in _places(other.text, material)]
    return [one for one in claims if not _inside(one.text, list(_places(one.text, material)), wider)]


def _inside(words: str, places: Sequence[Span], wider: Sequence[tuple[Span, str]]) -> bool:
    longer = [place for place, text in wider if len(text) > len(words)]
    return bool(places) and all(
        any(where == text and start >= begins and end <= ends for text, begins, ends in longer) for where, start, end in places
    )


def _places(words: str, material: Material) -> Iterator[Span]:
    pattern = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.I)
    for where, text in enumerate((material.subject, own_text(material.body))):
        yield from ((where, *match.span()) for match in pattern.finditer(text))
