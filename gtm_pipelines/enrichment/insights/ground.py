"""The check after a model has answered: a claim stays only where this subject's own words carry it. No model takes part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from gtm_pipelines.enrichment.insights.model import (
    MOST_CLAIMS,
    SECTIONS,
    Claim,
    ClaimForm,
    Dropped,
    Grounded,
    InsightForm,
    Material,
    Text,
)
from gtm_pipelines.enrichment.insights.spans import folded, seen, span, speaks_to_machines, too_short

LONGEST_CLAIM, LONGEST_KEPT = 400, 200
"""Characters of a claim, and of what is kept of one that was dropped."""
_ADDRESS = re.compile(
    r"(?:https?:|www\.|javascript:|data:|mailto:)\S+|[\w.+-]+@[\w-]+\.\w+|\b[\w-]+(?:\.[\w-]+)*\.[a-zа-я]{2,}(?=[/\s,;:)]|$)",
    re.I,
)
_CYRILLIC = re.compile("[а-яё]", re.I)
_WORD = re.compile(r"[^\W_]{3,}")
_EMPTY = frozenset(
    "the and for with are was were has have had its their they them this that those these from into you your our not but"
    " это эта этот эти как что для при или они она оно его все уже нас вас мы над под без еще также".split()
)
_NUMBER = re.compile(r"\d+(?:[ \u00a0\u202f.,]\d{3})*(?:[.,]\d+)?")
_NAME = re.compile(
    r"(?<![.!?…:]\s)(?<!^)\b[A-ZА-ЯЁ][\w-]+|\b\w*(?:\d\w*[A-Za-zА-Яа-я]|[A-Za-zА-Яа-я]\w*[\d_])\w*\b|\b[A-ZА-ЯЁ]{3,}\b"
)


def ground(answer: InsightForm, material: Material) -> Grounded:
    """Take out every claim that this subject's own words do not carry.

    Args:
        answer: as a model gave it.
        material: what it was given to read.
    """
    kept: dict[str, tuple[Claim, ...]] = {}
    dropped: list[Dropped] = []
    told: set[str] = set()
    everything = folded(" ".join([material.name, *(one.text for one in material.texts.values())]))
    for section in SECTIONS:
        stand: list[Claim] = []
        for form in getattr(answer, section):
            found = _stands(form, material, everything)
            if isinstance(found, Claim) and section != "angles" and not _akin(found.text, [found.quote, *_facts(form, material)]):
                found = "it has no word in common with what it names"
            if isinstance(found, Claim) and folded(found.text) in told:
                found = "it says what another says"
            elif isinstance(found, Claim) and len(stand) >= MOST_CLAIMS:
                found = f"a section has at most {MOST_CLAIMS} claims"
            if isinstance(found, str):
                dropped.append(Dropped(section, seen(form.text)[:LONGEST_KEPT], found))
            else:
                told.add(folded(found.text))
                stand.append(found)
        kept[section] = tuple(stand)
    return Grounded(kept, tuple(dropped))


def _stands(form: ClaimForm, material: Material, everything: str) -> Claim | str:
    """Return the claim as it is kept, or why it is not."""
    text = " ".join(seen(form.text).split())
    named = [one.strip().strip("[]") for one in form.sources]
    if stranger := next((one for one in named if one not in material.texts), None):
        return f"'{stranger[:60]}' is no fact or page of this subject"
    if not named:
        return "it names no fact"
    if not text or len(text) > LONGEST_CLAIM:
        return f"a claim has 1 to {LONGEST_CLAIM} characters"
    if speaks_to_machines(text) or speaks_to_machines(form.quote):
        return "it reads as an order to a machine"
    if too_short(form.quote):
        return "its quote is too short to stand for anything"
    cited = [material.texts[one] for one in dict.fromkeys(named)]
    found = _quoted(form.quote, cited)
    if found is None:
        return "its quote does not stand in what it names"
    words, where = found
    if fault := _foreign(text, [words, *(one.text for one in cited if one.kind == "fact")], everything):
        return fault
    facts = tuple(one.id for one in cited if one.kind == "fact")
    page = where.id if where.kind == "page" else None
    return Claim(text, facts, words, where.url, page)


def _quoted(quote: str, cited: Iterable[Text]) -> tuple[str, Text] | None:
    for one in cited:
        if words := span(quote, one.text):
            return words, one
    return None


def _foreign(text: str, carried: Iterable[str], everything: str) -> str | None:
    """Return what a claim says that it has from nowhere: an address, a number, a name."""
    said = folded(" ".join(carried))
    for address in _ADDRESS.findall(text):
        if folded(address.rstrip(".,;)")) not in said:
            return f"the address '{address[:60]}' stands in nothing it names"
    known = {_digits(one) for one in _NUMBER.findall(said)}
    for number in _NUMBER.findall(text):
        if _digits(number) not in known:
            return f"the number '{number.strip()}' stands in nothing it names"
    for name in _names(text):
        if folded(name) not in everything:
            return f"the name '{name[:60]}' stands in no text of this subject"
    return None


def _facts(form: ClaimForm, material: Material) -> Iterator[str]:
    named = (material.texts.get(one.strip().strip("[]")) for one in form.sources)
    yield from (one.text for one in named if one is not None and one.kind == "fact")


def _akin(text: str, carried: Iterable[str]) -> bool:
    """Whether a claim has a word in common with what carries it; between two scripts nobody can tell."""
    said = " ".join(carried)
    if bool(_CYRILLIC.search(text)) != bool(_CYRILLIC.search(said)):
        return True
    return bool(_stems(text) & _stems(said))


def _stems(text: str) -> set[str]:
    """Return the beginnings of the words of a text that mean something."""
    return {word[:4] for word in _WORD.findall(folded(text)) if word not in _EMPTY}


def _names(text: str) -> Iterator[str]:
    yield from (found[0] for found in _NAME.finditer(text))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def with_facts(claims: Mapping[str, tuple[Claim, ...]], made: Mapping[tuple[str, str], str]) -> dict[str, tuple[Claim, ...]]:
    """Return claims with the facts that their quotes out of pages became.

    Args:
        claims: by section.
        made: ``(page id, quote)`` → id of its fact.
    """
    from dataclasses import replace

    def whole(one: Claim) -> Claim:
        fact = made.get((one.page, one.quote)) if one.page else None
        return replace(one, facts=(*one.facts, fact)) if fact else one

    return {section: tuple(map(whole, each)) for section, each in claims.items()}
