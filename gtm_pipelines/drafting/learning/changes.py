"""What kind of change a person made to a draft, by rule, in English and Russian."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gtm_pipelines.drafting.learning.likeness import effort, words

KINDS = (
    "language", "rewrite", "shorter", "longer", "subject", "greeting", "call_to_action", "fact_removed", "fact_added",
    "link", "tone", "punctuation", "layout", "wording",
)  # fmt: skip
"""Every kind a change can have; an edit may have several. ``wording`` is what none of the others explains."""
SHORTER = 0.85
"""At most this share of the words is left: shorter. Our choice: one word in seven is felt by a reader."""
LONGER = 1.15
REWRITE = 0.6
"""From this share of words taken out or put in, it is another text. Our choice."""
LIGHT_EDIT = 0.15
"""Up to this share of words, an edit is light. Our choice: one short sentence of a mail of a hundred words."""

_LINK = re.compile(r"https?://\S+|\bwww\.\S+", re.I)
_GREETING = re.compile(r"^\W*(hi|hello|hey|dear|good (morning|afternoon|day)|здравствуй|привет|добр(ый|ое|ого)|уважаем)", re.I)
_ASKING = re.compile(
    r"\b(reply|book|call me|let me know|worth a|open to|schedule|grab a|ответьте|напишите|созвон|позвон|дайте знать|удобно ли|"
    r"готовы ли|интересно ли|запис(ать|ыв))",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_NAME = re.compile(r"(?<![.!?…\n]\s)(?<=\s)[A-ZА-ЯЁ][\w’'-]+")
_NUMBER = re.compile(r"\d[\d.,  ]*%?")
_TONE = re.compile(
    r"!|\b(hey|thanks|cheers|kindly|please|sincerely|regards|gonna|awesome|\w+['’](?:s|re|ll|ve|m|d|t)|"
    r"ты|тебя|тебе|твой|вы|вас|вам|ваш|пожалуйста|спасибо|с уважением|круто|класс)\b",
    re.I,
)
_CYRILLIC = re.compile(r"[а-яё]", re.I)
_LATIN = re.compile(r"[a-z]", re.I)


@dataclass(frozen=True)
class Edit:
    """What a person made of a draft.

    Attributes:
        kinds: of ``KINDS``, in that order.
        share: of the words of the body that were taken out or put in.
    """

    kinds: tuple[str, ...]
    share: float

    @property
    def light(self) -> bool:
        """Whether little was changed."""
        return self.share <= LIGHT_EDIT and "language" not in self.kinds


def compare(before: tuple[str, str], after: tuple[str, str]) -> Edit | None:
    """Return what changed between two mails, each a subject and a body; ``None`` where nothing did."""
    if before == after:
        return None
    share = effort(before[1], after[1])
    kinds = set(_kinds(before, after, share))
    return Edit(tuple(kind for kind in KINDS if kind in kinds) or ("wording",), round(share, 4))


def _kinds(before: tuple[str, str], after: tuple[str, str], share: float) -> Iterator[str]:
    (old_subject, old), (new_subject, new) = before, after
    if old_subject != new_subject:
        yield "subject"
    if old == new:
        return
    if _is_cyrillic(old) != _is_cyrillic(new):
        yield "language"
        return
    if words(old) == words(new) and share == 0:
        yield "layout" if old.split() == new.split() else "punctuation"
        return
    if share >= REWRITE:
        yield "rewrite"
    length = len(words(new)) / max(1, len(words(old)))
    if length <= SHORTER:
        yield "shorter"
    elif length >= LONGER:
        yield "longer"
    yield from _parts(old, new)


def _parts(old: str, new: str) -> Iterator[str]:
    """Tell which parts of the mail differ; a text that was written anew has no such parts left to compare."""
    first, last = _first_line(old), _first_line(new)
    if first != last and (_GREETING.match(first) or _GREETING.match(last)):
        yield "greeting"
    if _asked(old) != _asked(new):
        yield "call_to_action"
    before, after = _facts(old), _facts(new)
    if before - after:
        yield "fact_removed"
    if after - before:
        yield "fact_added"
    if set(_LINK.findall(old)) != set(_LINK.findall(new)):
        yield "link"
    if sorted(one.lower() for one in _TONE.findall(old)) != sorted(one.lower() for one in _TONE.findall(new)):
        yield "tone"


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _asked(text: str) -> list[str]:
    return [one.strip() for one in _SENTENCE.split(text) if one.rstrip().endswith("?") or _ASKING.search(one)]


def _facts(text: str) -> set[str]:
    """Return what a text names: numbers, and words with a capital that begin no sentence. The greeting names nobody anew."""
    body = _LINK.sub(" ", text.strip().partition("\n")[2] if _GREETING.match(text) else text)
    return {one.strip(" .,").lower() for one in (*_NUMBER.findall(body), *_NAME.findall(body))}


def _is_cyrillic(text: str) -> bool:
    return len(_CYRILLIC.findall(text)) > len(_LATIN.findall(text))
