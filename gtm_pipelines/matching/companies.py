"""Companies: what is compared of them, what brings two together, and what it weighs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gtm_pipelines.intake.model import FREE_MAIL
from gtm_pipelines.matching.model import BASE, Reason
from gtm_pipelines.matching.spelling import alike, digits, latin, sound, words
from gtm_pipelines.matching.terms import Terms
from gtm_pipelines.matching.weigh import aligned, same_or_not

GENERIC = frozenset(
    """the and of de des la le el al und for i a co company companies corp corporation inc ltd limited llc plc public group
    grupo gruppe holding holdings international global worldwide enterprise enterprises technology technologies industries
    industry industrial services service solutions systems partners capital investment investments trust national
    aktiengesellschaft
    aktsionernoe obshchestvo gruppa kompaniya kompanii kholding predpriyatie zavod firma torgovyy dom proizvodstvennaya ag sa se
    nv ab oyj asa spa gmbh kk bhd berhad tbk pt pcl pjsc jsc ooo oao zao ao pao adr ads class ord shs shares dr stock sponsored
    registered reg grp hldg hldgs intl inds ind mgmt svc svcs tech techs sys incorporated oyj publ""".split()
)
"""Words that a name may have or lack and still be the same company's."""
_DOTTED = re.compile(r"\b(\w)\.(?=\w\b)")
_NOTATION = re.compile(
    r"""\b(?:o\.?\ ?n\.?|inh\.?|na\.?|nam\.?|nom\.?|vna|drn|cdi|nvdr|fgn|new)(?=$|\s|-) # bearer, registered, receipts
    |\b(?:un)?sp(?:on)?\.?\ ?(?:adr|gdr|ads)\b.* | \b(?:adr|gdr|ads)\d*\b.* # depositary receipts and what they stand for
    |\b(?:dl|eo|ls|sk|nk|dk|yc|hd|rc|rp|sf|yn|kc|ba|dz|sd|hk)\ *-?,?\ ?\d[\d,/.]*\b # par value in a currency
    |\bdepositary\ shares\b.* | \b(?:ord|common|preferred)\ (?:shs|shares?|stock)\b.* | \b(?:class|cl\.)\ ?[a-d]\b
    """,
    re.I | re.X,
)
"""How exchanges write which share of a company a line is about; it is no part of the company's name."""
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
    whole: str
    form: str | None
    core: tuple[str, ...]
    extra: tuple[str, ...]
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
        """The telling words of the name without spaces, so that ``face book`` is ``facebook``."""
        return "".join(self.core)


class Companies:
    """How companies are compared."""

    kind = "company"
    columns = _COLUMNS
    telling = "joined"
    most: Mapping[str, int] = {"joined": 120, "sound": 120, "words": 60, "short": 40, "domain": 40, "phone": 20, "profile": 20,
                               "opening": 60, "place": 20, "word": 12}  # fmt: skip

    @staticmethod
    def read(row: Mapping[str, Any]) -> Company:
        """Return what is compared of a row of the record."""
        spelt = _DOTTED.sub(r"\1", row["name"].replace("'", " ").replace("’", " "))
        all_words = words(_NOTATION.sub(" ", spelt)) or words(spelt)
        core = tuple(word for word in all_words if word not in GENERIC) or tuple(all_words)
        attributes = {latin(str(name)): str(value) for name, value in (row["attributes"] or {}).items()}
        domain = row["domain"]
        return Company(
            name=row["name"],
            whole=" ".join(words(row["name"])),
            form=row["legal_form"],
            core=core,
            extra=tuple(word for word in all_words if word not in core),
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
        yield "joined", one.joined
        yield "sound", sound(one.joined)
        for word in set(one.core):
            yield "word", word
        ordered = sorted(set(one.core), key=lambda word: (-len(word), word))[:5]
        for position, word in enumerate(ordered):
            for other in ordered[position + 1 :]:
                yield "words", f"{min(word, other)} {max(word, other)}"
        if len(one.core) > 2:
            yield "short", "".join(word[0] for word in one.core)
        elif 3 <= len(one.joined) <= 5:
            yield "short", one.joined
        yield "place", f"{one.joined[:4]} {one.city or one.country or ''}"
        for field in ("domain", "phone", "profile", "opening", "country", "state", "city", "industry", "post"):
            if value := getattr(one, field):
                yield field, value
        if len(one.address) > 1:
            yield "place", " ".join(sorted(one.address)[:6])

    @staticmethod
    def weigh(left: Company, right: Company, terms: Terms) -> list[Reason]:
        """Return what speaks for and against two being one company."""
        reasons = list(_name(left, right, terms))
        reasons += _keys(left, right, terms)
        reasons += _place(left, right, terms, most=PLACE_MOST if reasons[0].verdict == "same" else PLACE_MOST / 2)
        reasons += same_or_not(
            terms, "industry", left.industry, right.industry, usual="industry", most=3, differing=-2, spelt=True
        )
        reasons += _address(left, right)
        reasons += _opening(left, right)
        return reasons


def _name(left: Company, right: Company, terms: Terms) -> Iterator[Reason]:
    ceiling = math.log2(terms.rows + BASE)
    if left.joined == right.joined:
        told = sum(_word_bits(terms, word) for word in set(left.core))
        generic = all(word in GENERIC for word in left.core)
        floor = 0.0 if generic else ceiling + (3.5 if len(left.core) > 1 else 3 if len(left.joined) > 4 else 1)
        weight = min(max(told, floor), ceiling + 7) + (1.5 if left.whole == right.whole else 0)
        yield Reason("name", left.name, right.name, weight, "same")
        if left.form and right.form and left.form != right.form:
            yield Reason("legal_form", left.form, right.form, -1.5, "different")
        return
    if _initials(left, right):
        yield Reason("name", left.name, right.name, 5, "similar")
        return
    if sound(left.joined) == sound(right.joined):
        yield Reason("name", left.name, right.name, ceiling + 1, "similar")
        return
    matches, over_left, over_right = aligned(left.core, right.core)
    weight = sum(share * _word_bits(terms, word) for word, _, share in matches)
    if not matches and alike(left.joined, right.joined) >= 0.93:
        weight = ceiling / 2
    weight = min(weight, ceiling + 5) + _left_over(over_left, over_right)
    weight += sum(-5 for one, over in ((left, over_left), (right, over_right)) if _telling(one, terms) in over)
    yield Reason("name", left.name, right.name, weight, "similar" if weight > 0 else "different")


def _telling(one: Company, terms: Terms) -> str:
    """The seldomest word of a name, by which people know the company."""
    return max(one.core, key=lambda word: (_word_bits(terms, word), word))


def _word_bits(terms: Terms, word: str) -> float:
    if len(word) < 2 or word.isdigit():
        return 0.5
    return max(0.5, terms.bits("word", word, usual="generic" if word in GENERIC else "word"))


def _left_over(left: Sequence[str], right: Sequence[str]) -> float:
    """Weigh the words that only one name has; two numbers that differ tell two branches or funds apart."""
    weight = 0.0
    for word in (*left, *right):
        weight -= 0.5 if word in GENERIC or len(word) < 2 else 1 if word.isdigit() else 3
    return weight - 6 if any(w.isdigit() for w in left) and any(w.isdigit() for w in right) else weight


def _initials(left: Company, right: Company) -> bool:
    short, long = sorted((left.core, right.core), key=len)
    return len(short) == 1 and len(long) > 2 and short[0] == "".join(word[0] for word in long)


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


def _opening(left: Company, right: Company) -> Iterator[Reason]:
    if left.opening and right.opening and len(left.opening) > 40 and len(right.opening) > 40:
        if left.opening == right.opening:
            yield Reason("description", left.opening, right.opening, 12, "same")
        elif (share := _overlap(left.opening.split(), right.opening.split())) >= 0.5:
            yield Reason("description", left.opening, right.opening, 6 * share, "similar")
        elif share < 0.15:
            yield Reason("description", left.opening, right.opening, -1.5, "different")


def _overlap(left: Sequence[str], right: Sequence[str]) -> float:
    one, other = set(left), set(right)
    return len(one & other) / len(one | other)


def _plain(text: str | None) -> str | None:
    return " ".join(words(text)) or None if text else None
