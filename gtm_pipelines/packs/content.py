"""Rules about the words of a pack: spam, shouting, alphabets, links, claims, lengths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gtm_pipelines.packs.model import Pack, Problem
from gtm_pipelines.packs.texts import Text, shown
from gtm_pipelines.packs.wording import found, phrases

_PLACE = re.compile(r"\{\{ *\w+ *\}\}")
_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.|mailto:)[^\s<>)\]»”\"']*", re.I)
_WORD = re.compile(r"[^\W\d_]+")
_SHOUTED = re.compile(r"(?<![\w-])[A-ZА-ЯЁ]{5,}(?![\w-])")
_MARKS = re.compile(r"[!?]{2,}|[!?][!?.]+(?<!\.\.\.)")
_CYRILLIC = re.compile(r"[а-яё]", re.I)
_LATIN = re.compile(r"[a-z]", re.I)
_UNFINISHED = re.compile(r"\[[A-ZА-Я][\w ]*\]|\bTODO\b|\bTBD\b|\bXXX+\b|\blorem ipsum\b|<[A-Z][\w ]*>")
_FIGURE = re.compile(
    r"\d+(?:[.,]\d+)?\s*(?:%|percent|процент|x\b|раз\b|times\b|\+)|[$€£₽]\s*\d|\d\s*(?:[$€£₽]|руб|млн|тыс)", re.I
)
_SENTENCE = re.compile(r"[.!?…]+(?:\s|$)|\n{2,}")
Rule = Callable[[Pack, Text], Iterator[Problem]]


def words_of(pack: Pack) -> Iterator[Problem]:
    """Yield what is wrong with the words of every text that may reach a reader."""
    for text in shown(pack):
        for rule in _RULES:
            yield from rule(pack, text)


def _phrases(_: Pack, text: Text) -> Iterator[Problem]:
    for name, rule in (("spam", "text.spam"), ("cliches", "text.cliche"), ("gender", "text.gender")):
        for phrase in found(name, text.language, text.text):
            yield Problem(rule, text.where, f"“{phrase}”")


def _claims(_: Pack, text: Text) -> Iterator[Problem]:
    if text.kind in ("default", "example", "footer"):
        return  # the sender's own offer, and mails whose claims name their evidence
    bare = _PLACE.sub(" ", text.text)
    for phrase in (*found("claims", text.language, bare), *(figure.group() for figure in _FIGURE.finditer(bare))):
        yield Problem("claim.no_evidence", text.where, f"“{phrase}” stands in the pack itself")


def _shouting(_: Pack, text: Text) -> Iterator[Problem]:
    for word in _SHOUTED.findall(text.text):
        if word not in phrases("abbreviations"):
            yield Problem("text.shouting", text.where, f"“{word}”")
    for marks in _MARKS.findall(text.text):
        yield Problem("text.shouting", text.where, f"“{marks}”")


def _alphabets(_: Pack, text: Text) -> Iterator[Problem]:
    for word in _WORD.findall(_PLACE.sub(" ", text.text)):
        if _CYRILLIC.search(word) and _LATIN.search(word):
            yield Problem("text.mixed_alphabet", text.where, f"“{word}”")


def _language(_: Pack, text: Text) -> Iterator[Problem]:
    words = _WORD.findall(_LINK.sub(" ", _PLACE.sub(" ", text.text)))
    letters = "".join(word for word in words if len(word) > 2)
    cyrillic = len(_CYRILLIC.findall(letters))
    if len(letters) >= 6 and (cyrillic * 2 < len(letters)) == (text.language == "ru"):
        yield Problem("text.language", text.where, f"not in '{text.language}'")


def _unfinished(_: Pack, text: Text) -> Iterator[Problem]:
    for match in _UNFINISHED.finditer(text.text):
        yield Problem("text.unfinished", text.where, f"“{match.group()}”")


def _links(pack: Pack, text: Text) -> Iterator[Problem]:
    for match in _LINK.finditer(text.text):
        link = match.group().rstrip(".,;:!?")
        if not any(link == allowed or (allowed.endswith("/") and link.startswith(allowed)) for allowed in pack.manifest.links):
            yield Problem("link.unknown", text.where, link)


def _sentences(pack: Pack, text: Text) -> Iterator[Problem]:
    if text.kind in ("body", "example", "default"):
        most = pack.manifest.limits.sentence_words
        for sentence in _SENTENCE.split(text.text):
            count = len(sentence.split())
            if count > most:
                yield Problem(
                    "limits.sentence", text.where, f"{count} words, the pack asks for {most}: “{sentence.strip()[:60]}…”"
                )


_RULES: tuple[Rule, ...] = (_phrases, _claims, _shouting, _alphabets, _language, _unfinished, _links, _sentences)
