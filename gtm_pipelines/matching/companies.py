"""Companies: what is compared of them, what brings two together, and what it weighs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gtm_pipelines.intake.model import FREE_MAIL
from gtm_pipelines.matching.model import Reason
from gtm_pipelines.matching.named import weigh_names
from gtm_pipelines.matching.naming import Naming, namings
from gtm_pipelines.matching.spelling import digits, latin, sound, words
from gtm_pipelines.matching.terms import Terms
from gtm_pipelines.matching.weigh import same_or_not

_COLUMNS = ("name", "name_key", "legal_form", "domain", "tin", "registration_number", "country", "country_code", "state",
            "city", "address", "phone", "phone_e164", "industry", "industry_code", "linkedin_url", "description",
            "attributes")  # fmt: skip
_ZIP = frozenset({"zip", "zipcode", "zip code", "postcode", "postal code", "postal_code", "plz", "indeks", "pochtovyi indeks"})
_PLACES = (
    ("city", "city", 6.0, -2.5),
    ("country", "country", 4.0, -2.5),
    ("state", "state", 3.0, -1.0),
    ("post", "place", 5.0, -1.0),
)
PLACE_MOST = 14.0
"""Most bits that the place may say together where the name is the same; half of it where it is only alike."""
_OPENING = 120
"""Letters of a description that are compared; two firms do not begin theirs alike for so long by chance."""


class Company(NamedTuple):
    """What is compared of a company, in one spelling."""

    name: str
    names: tuple[Naming, ...]
    domain: str | None
    number: str | None
    country: str | None
    state: str | None
    city: str | None
    address: tuple[str, ...]
    post: str | None
    phone: str | None
    industry: str | None
    profile: str | None
    opening: str | None

    @property
    def joined(self) -> str:
        """The telling words of its own name without spaces."""
        return "".join(self.names[0][0])


class Companies:
    """How companies are compared."""

    kind = "company"
    columns = _COLUMNS
    telling = "joined"
    most: Mapping[str, int] = {"joined": 120, "sound": 120, "words": 60, "short": 40, "domain": 40, "phone": 20, "profile": 20,
                               "opening": 60, "place": 20, "word": 12, "head": 40}  # fmt: skip

    stars: Collection[str] = ("joined",)

    @staticmethod
    def read(row: Mapping[str, Any]) -> Company:
        """Return what is compared of a row of the record."""
        attributes = {latin(str(name)): str(value) for name, value in (row["attributes"] or {}).items() if value is not None}
        domain = row["domain"]
        return Company(
            name=row["name"],
            names=namings(row["name"], row["description"]),
            domain=None if domain in FREE_MAIL else domain,
            number=row["tin"] or row["registration_number"],
            country=row["country_code"] or _plain(row["country"]),
            state=_plain(row["state"]),
            city=_plain(row["city"]),
            address=tuple(words(row["address"] or "")),
            post=next((_plain(value) for name, value in attributes.items() if name in _ZIP), None),
            phone=digits(row["phone_e164"] or row["phone"]),
            industry=row["industry_code"] or _plain(row["industry"]),
            profile=row["linkedin_url"],
            opening=" ".join(words(row["description"] or "")[:40])[:_OPENING] or None,
        )

    @staticmethod
    def terms(one: Company) -> Iterator[tuple[str, str]]:
        """Yield what a company is found by, and what is counted of it."""
        yield from _name_terms(one)
        yield "place", f"{one.joined[:4]} {one.city or one.country or ''}"
        for field in ("domain", "phone", "profile", "opening", "country", "state", "city", "industry", "post"):
            if value := getattr(one, field):
                yield field, value
        if len(one.address) > 1:
            yield "place", " ".join(sorted(one.address)[:6])

    @staticmethod
    def weigh(left: Company, right: Company, terms: Terms) -> list[Reason]:
        """Return what speaks for and against two being one company."""
        reasons = list(weigh_names(left.name, right.name, left.names, right.names, terms))
        reasons += _keys(left, right, terms)
        reasons += _place(left, right, terms, most=PLACE_MOST if reasons[0].verdict == "same" else PLACE_MOST / 2)
        reasons += same_or_not(
            terms, "industry", left.industry, right.industry, usual="industry", most=3, differing=-2, spelt=True
        )
        reasons += _address(left, right)
        reasons += _opening(left, right, named=reasons[0].verdict == "same")
        return reasons


def _name_terms(one: Company) -> Iterator[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for strong, *_ in one.names:
        joined = "".join(strong)
        found |= dict.fromkeys((("joined", joined), ("sound", sound(joined)), *(("word", word) for word in strong)))
        ordered = sorted(set(strong), key=lambda word: (-len(word), word))[:5]
        for position, word in enumerate(ordered):
            for other in ordered[position + 1 :]:
                found["words", f"{min(word, other)} {max(word, other)}"] = None
        if len(strong) > 2:
            found["short", "".join(word[0] for word in strong)] = None
        elif 3 <= len(joined) <= 5:
            found["short", joined] = None
        found["head", f"{strong[0][:6]} {strong[1][:1] if len(strong) > 1 else ''}"] = None
    yield from found


def _keys(left: Company, right: Company, terms: Terms) -> Iterator[Reason]:
    if left.number and right.number and left.number != right.number:
        yield Reason("number", left.number, right.number, -12, "different")
    if left.domain and right.domain:
        yield from _domain(left.domain, right.domain)
    else:
        yield from _named_site(left, right)
    yield from same_or_not(terms, "phone", left.phone, right.phone, usual="rare", most=9, differing=-1)
    yield from same_or_not(terms, "profile", left.profile, right.profile, usual="rare", most=12, differing=-3)


def _domain(left: str, right: str) -> Iterator[Reason]:
    if left == right:
        yield Reason("domain", left, right, 10, "same")
    elif left.partition(".")[0] == right.partition(".")[0]:
        yield Reason("domain", left, right, 1, "similar")
    else:
        yield Reason("domain", left, right, -5, "different")


def _named_site(left: Company, right: Company) -> Iterator[Reason]:
    """A site named as the other company is called, which has none."""
    for one, other in ((left, right), (right, left)):
        label = (one.domain or "").partition(".")[0].replace("-", "")
        if label and len(label) > 3 and label == other.joined != one.joined:
            yield Reason("domain", left.domain or left.name, right.domain or right.name, 5, "similar")


def _place(left: Company, right: Company, terms: Terms, *, most: float) -> Iterator[Reason]:
    """Weigh where they are. Neighbours with names a little alike are usually neighbours, so that together it says ``most``."""
    told = 0.0
    for field, usual, limit, differing in _PLACES:
        for reason in same_or_not(
            terms,
            field,
            getattr(left, field),
            getattr(right, field),
            usual=usual,
            most=min(limit, most - told),
            differing=differing,
            spelt=True,
        ):
            told += max(reason.weight, 0.0)
            yield reason


def _address(left: Company, right: Company) -> Iterator[Reason]:
    if left.address and right.address:
        share = _overlap(left.address, right.address)
        shown = " ".join(left.address), " ".join(right.address)
        weight = 7 * share if share >= 0.5 else -1.5
        yield Reason("address", *shown, weight, "same" if share == 1 else "similar" if share >= 0.5 else "different")


def _opening(left: Company, right: Company, *, named: bool) -> Iterator[Reason]:
    if left.opening and right.opening and len(left.opening) > 40 and len(right.opening) > 40:
        if left.opening == right.opening:
            yield Reason("description", left.opening, right.opening, 12, "same")
        elif (share := _overlap(left.opening.split(), right.opening.split())) >= 0.5:
            yield Reason("description", left.opening, right.opening, 6 * share, "similar")
        elif share < 0.15:
            yield Reason("description", left.opening, right.opening, -0.5 if named else -1.5, "different")


def _overlap(left: Sequence[str], right: Sequence[str]) -> float:
    one, other = set(left), set(right)
    return len(one & other) / len(one | other)


def _plain(text: str | None) -> str | None:
    return " ".join(words(text)) or None if text else None
