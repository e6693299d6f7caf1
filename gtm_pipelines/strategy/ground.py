"""The check after a model has answered: a claim stays only where words that stand in the material carry it.

No model takes part. A quote is looked for letter by letter, but for case, the kind of dash and quotation
mark, and the width of a gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from gtm_pipelines.strategy.claims import COMPANY_FIELDS, NUMBERS, PERSON_FIELDS, Claim, Criterion, Form
from gtm_pipelines.strategy.documents import Quote
from gtm_pipelines.strategy.model import Dropped, Evidence

F = TypeVar("F", bound=Form)
LEAST_WORDS, LEAST_LETTERS = 3, 10
"""A shorter quote stands in nearly any text; names of a customer are longer than ten letters or come with a word."""
_SIGNS = str.maketrans("«»„“”‘’`–—−‑ё", '""""""' + "''" + "----е")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.\w+|\b[\w-]+\.(?:com|net|org|io|ru|рф|de|eu|dev|ai|co|uk)\b", re.I
)
_NUMBER = re.compile(r"\d+(?:[ \u00a0\u202f.,]\d{3})*(?:[.,]\d+)?")
_CODE = re.compile(r"[A-Za-z]{2}")
_RANKS = frozenset("founder c_level vp director head manager senior individual junior intern".split())


@dataclass(frozen=True)
class Material:
    """One text that may be quoted: a page, a claim of an earlier document, or what a person says."""

    id: str
    kind: Literal["page", "document", "person"]
    source: str
    text: str
    at: str
    title: str | None = None


@dataclass(frozen=True)
class Grounded:
    """A document whose every claim stands, and what was taken out."""

    content: Any
    evidence: tuple[Evidence, ...]
    dropped: tuple[Dropped, ...]


def ground(content: Form, quotes: Iterable[Quote], material: Iterable[Material]) -> Grounded:
    """Take out every claim that no standing quote carries.

    Args:
        content: as the model answered it.
        quotes: what it says stands in the material.
        material: what it was given to read.
    """
    texts = {each.id: each for each in material}
    standing: dict[str, Evidence] = {}
    faults: dict[str, str] = {}
    for quote in quotes:
        found = _find(quote, texts)
        if isinstance(found, str):
            faults.setdefault(quote.id, found)
        else:
            standing.setdefault(quote.id, found)
    return _Check(standing, faults).run(content)


@dataclass
class _Check:
    standing: Mapping[str, Evidence]
    faults: Mapping[str, str]

    def run(self, content: Form) -> Grounded:
        dropped: list[Dropped] = []
        values: dict[str, Any] = {}
        used: dict[str, Evidence] = {}
        for name in type(content).model_fields:
            value = getattr(content, name)
            kept: list[Claim] = []
            for place, claim in enumerate(value if isinstance(value, tuple) else [] if value is None else [value]):
                path = f"{name}.{place}" if isinstance(value, tuple) else name
                cited = {one: self.standing[one] for one in claim.evidence if one in self.standing}
                why = self._fault(claim, name, cited) or self._twice(claim, kept)
                if why:
                    dropped.append(Dropped(path, claim.text, why))
                else:
                    used |= cited
                    kept.append(claim.model_copy(update={"evidence": tuple(cited)}))
            values[name] = tuple(kept) if isinstance(value, tuple) else next(iter(kept), None)
        return Grounded(type(content)(**values), tuple(used.values()), tuple(dropped))

    def _fault(self, claim: Claim, section: str, cited: Mapping[str, Evidence]) -> str | None:
        if not cited:
            told = [self.faults.get(one, f"'{one}' names no quote") for one in claim.evidence]
            return "; ".join(told) or "it names no quote"
        said = " ".join(evidence.quote for evidence in cited.values())
        stranger = _stranger(claim, said)
        if stranger:
            return f"'{stranger}' stands in none of its quotes"
        return criterion_fault(claim, section) if isinstance(claim, Criterion) else None

    def _twice(self, claim: Claim, kept: Iterable[Claim]) -> str | None:
        return "it says what another says" if any(_told(claim) == _told(other) for other in kept) else None


def _told(claim: Claim) -> tuple[str, str]:
    rule = f"{claim.field} {claim.op} {claim.values}" if isinstance(claim, Criterion) else ""
    return _plain(claim.text), rule


def _stranger(claim: Claim, said: str) -> str | None:
    """Return an address, or of a stated claim a number, that its quotes do not hold."""
    texts = " ".join(_texts(claim))
    for address in _ADDRESS.findall(texts):
        if _plain(address.rstrip(".,;)")) not in _plain(said):
            return str(address)
    known = {_digits(found) for found in _NUMBER.findall(said)}
    stated = _NUMBER.findall(claim.text) if claim.basis == "stated" else ()
    return next((found.strip() for found in stated if _digits(found) not in known), None)


def _texts(claim: Claim) -> Iterator[str]:
    for name in type(claim).model_fields:
        value = getattr(claim, name)
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple) and name != "evidence":
            yield from map(str, value)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def criterion_fault(criterion: Criterion, section: str) -> str | None:
    """Return what keeps code from applying a criterion in a section; ``None`` where nothing does."""
    allowed = PERSON_FIELDS if section == "criteria" else COMPANY_FIELDS
    if criterion.field not in allowed:
        return f"'{criterion.field}' cannot be asked of {'people' if section == 'criteria' else 'companies'} here"
    if not criterion.values:
        return "it names no value"
    if criterion.op in ("at_least", "at_most"):
        bad = criterion.field not in NUMBERS or len(criterion.values) != 1 or not criterion.values[0].isdecimal()
        return f"'{criterion.op}' needs one whole number and a field of numbers" if bad else None
    if criterion.field in ("country", "language"):
        wrong = [value for value in criterion.values if not _CODE.fullmatch(value)]
        return f"'{wrong[0]}' is no code of two letters" if wrong else None
    if criterion.field == "seniority":
        wrong = [value for value in criterion.values if value not in _RANKS]
        return f"'{wrong[0]}' is no seniority; there are {', '.join(sorted(_RANKS))}" if wrong else None
    if criterion.field in NUMBERS and not all(value.isdecimal() for value in criterion.values):
        return f"{criterion.field} is compared with whole numbers"
    return None


def _find(quote: Quote, texts: Mapping[str, Material]) -> Evidence | str:
    wanted = _plain(quote.quote).strip(" .,;:!?\"'")
    letters = sum(1 for sign in wanted if sign.isalnum())
    if len(wanted.split()) < LEAST_WORDS and letters < LEAST_LETTERS:
        return f"the quote '{quote.quote}' is too short to stand for anything"
    named = texts.get(quote.source.strip().strip("[]"))
    for material in ([named] if named else []) + list(texts.values()):
        span = span_of(wanted, material.text)
        if span:
            start, end = span
            return Evidence(
                quote.id, material.kind, material.source, material.text[start:end], start, end, material.at, material.title
            )
    return f"the quote '{quote.quote[:80]}' does not stand in the material"


def span_of(wanted: str, text: str) -> tuple[int, int] | None:
    """Return where words stand in a text, in characters; ``None`` where they do not, or only as parts of other words."""
    plain, places = _mapped(text)
    needle = _plain(wanted)
    at = plain.find(needle) if needle else -1
    while at >= 0:
        end = at + len(needle)
        before, after = plain[at - 1 : at], plain[end : end + 1]
        if not (before.isalnum() and needle[0].isalnum()) and not (after.isalnum() and needle[-1].isalnum()):
            return places[at], places[end - 1] + 1
        at = plain.find(needle, at + 1)
    return None


def _plain(text: str) -> str:
    return _mapped(text)[0].strip()


def _mapped(text: str) -> tuple[str, list[int]]:
    """Return a text in one form, with the place each of its signs has in the original."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for low in ("" if sign in "\u00ad\u200b\u2060" else sign).lower().translate(_SIGNS):
            gap = low.isspace()
            if gap and (not signs or signs[-1] == " "):
                continue
            signs.append(" " if gap else low)
            places.append(place)
    return "".join(signs), places
