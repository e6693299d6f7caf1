"""A sender's way of writing, read off their own mails by rule: rhythm, greeting, closing, habits. No I/O.

The card tells a model how the sender writes and nothing of what they wrote about: no sentence of a sample stands in it
but the habitual first and last words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

LEAST_SAMPLES = 3
"""Fewer mails say little about a habit."""
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]+|[^.!?…\n]+$", re.M)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|dear|good (?:morning|afternoon)|привет|здравствуй(?:те)?|добрый (?:день|вечер))\b", re.I
)
_CLOSINGS = re.compile(
    r"^\W*(?:best(?: regards| wishes)?|kind regards|regards|cheers|thanks|thank you|sincerely|all the best"
    r"|с уважением|спасибо|всего доброго|хорошего дня|удачи)\b",
    re.I | re.M,
)
_CONTRACTION = re.compile(r"\b\w+['’](?:s|re|ve|ll|t|d|m)\b", re.I)
_FORMAL_RU = re.compile(r"\b[Вв](?:ы|ас|ам|ами|аш\w*)\b")
_INFORMAL_RU = re.compile(r"\b(?:ты|тебя|тебе|тобой|тво[йяеи]\w*)\b", re.I)


@dataclass(frozen=True)
class Style:
    """How somebody writes.

    Attributes:
        samples: mails it is read off.
        words: median words of a mail.
        sentence_words: median words of a sentence.
        paragraph_sentences: median sentences of a paragraph.
        greeting: the usual first words; ``None`` where there is no habit.
        closing: the usual last words.
        questions, exclamations, contractions: share of mails with one.
        lists: share of mails with a list.
        address: ``polite`` or ``familiar`` in Russian; ``None`` otherwise.
    """

    samples: int
    words: int
    sentence_words: int
    paragraph_sentences: int
    greeting: str | None
    closing: str | None
    questions: float
    exclamations: float
    contractions: float
    lists: float
    address: str | None


def read_style(texts: Sequence[str], language: str) -> Style | None:
    """Return how the writer of some mails writes; ``None`` where there is nothing to read."""
    mails = [text.strip() for text in texts if _WORD.search(text)]
    if not mails:
        return None
    sentences = [len(_WORD.findall(one)) for mail in mails for one in _SENTENCE.findall(_inner(mail)) if _WORD.search(one)]
    paragraphs = [len(_SENTENCE.findall(part)) for mail in mails for part in re.split(r"\n\s*\n", _inner(mail)) if part.strip()]
    return Style(
        len(mails), round(median(len(_WORD.findall(mail)) for mail in mails)), round(median(sentences or [0])),
        round(median(paragraphs or [0])), _habit([_first(mail) for mail in mails]), _habit([_last(mail) for mail in mails]),
        _share(mails, r"\?"), _share(mails, "!"), sum(bool(_CONTRACTION.search(mail)) for mail in mails) / len(mails),
        _share(mails, r"^\s*(?:[-*•]|\d+[.)])\s"), _address(mails) if language == "ru" else None,
    )  # fmt: skip


def card(style: Style | None) -> str:
    """Return what a model is told of a style; empty where too little is known."""
    if style is None or style.samples < LEAST_SAMPLES:
        return ""
    told = [
        f"Sentences of about {style.sentence_words} words, paragraphs of about {max(1, style.paragraph_sentences)} sentences.",
        _often("asks a question", style.questions), _often("uses an exclamation mark", style.exclamations),
        _often("uses contractions", style.contractions), _often("makes lists", style.lists),
        {"polite": "Addresses the reader politely (Вы).", "familiar": "Addresses the reader familiarly (ты)."}.get(
            style.address or "", ""
        ),
    ]  # fmt: skip
    return "The sender's own way of writing: " + " ".join(part for part in told if part)


def _often(what: str, share: float) -> str:
    if share >= 0.6:
        return f"Usually {what}."
    return f"Never {what}." if share == 0 else ""


def _inner(mail: str) -> str:
    lines = mail.splitlines()
    while lines and (not lines[0].strip() or _GREETING.match(lines[0])):
        lines = lines[1:]
    text = "\n".join(lines)
    closing = _CLOSINGS.search(text)
    return text[: closing.start()] if closing else text


def _first(mail: str) -> str | None:
    found = _GREETING.match(mail)
    return found.group().strip(" ,").casefold() if found else None


def _last(mail: str) -> str | None:
    found = _CLOSINGS.search(mail)
    return found.group().strip(" ,\n").casefold() if found else None


def _habit(seen: Sequence[str | None]) -> str | None:
    known = Counter(one for one in seen if one)
    if not known:
        return None
    word, times = known.most_common(1)[0]
    return word if times * 2 >= len(seen) else None


def _share(mails: Sequence[str], pattern: str) -> float:
    return sum(bool(re.search(pattern, mail, re.M)) for mail in mails) / len(mails)


def _address(mails: Sequence[str]) -> str | None:
    polite = sum(len(_FORMAL_RU.findall(mail)) for mail in mails)
    familiar = sum(len(_INFORMAL_RU.findall(mail)) for mail in mails)
    if polite == familiar:
        return None
    return "polite" if polite > familiar else "familiar"
