"""People: what is compared of them, what brings two together, and what it weighs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

from gtm_pipelines.intake.model import FREE_MAIL, ROLE_NAMES
from gtm_pipelines.matching.model import Reason
from gtm_pipelines.matching.nicknames import one_name
from gtm_pipelines.matching.remarks import MOST_WORDS, is_remark
from gtm_pipelines.matching.spelling import alike, digits, sound, words
from gtm_pipelines.matching.terms import Terms
from gtm_pipelines.matching.weigh import SPELT_OTHERWISE, aligned, closeness, same_or_not

_COLUMNS = ("first_name", "middle_name", "last_name", "full_name", "email_key", "email_domain", "company_id", "company_name",
            "position", "phone", "phone_e164", "linkedin_url", "country", "country_code", "city", "attributes")  # fmt: skip
_PARTS = re.compile(r"[^a-z]+")
_LONGEST = 80
_ATTRIBUTES = 25
TWO_DESKS = -40.0
"""Bits of two different role mailboxes, or of one and a person's, more than equal names can say: ``info@`` is nobody."""
HOPELESS = -3.0
"""Bits of two names under which only a telephone number, a profile or attributes could still make them one."""
COLLEAGUES_MOST = 2.0
"""Most bits of a shared city or country where the employer is shared too: colleagues live near one another."""
PHONE, SWITCHBOARD = 11.0, 4.0
"""Most bits of a telephone number that two rows share, and of one that more do."""
ATTRIBUTES_MOST = 26.0
"""Most bits that the columns without a meaning of their own may say together: colleagues share some of them too."""


class Contact(NamedTuple):
    """What is compared of a person, in one spelling."""

    full: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    middle: str | None
    email: str | None
    local: str | None
    domain: str | None
    company_id: str | None
    company: tuple[str, ...]
    company_name: str | None
    position: str | None
    phone: str | None
    profile: str | None
    country: str | None
    city: str | None
    attributes: tuple[tuple[str, str], ...]

    @property
    def employer(self) -> str:
        """What the company is known by: its row, its domain or its name."""
        return self.company_id or self.domain or " ".join(self.company)


class Contacts:
    """How people are compared."""

    kind = "contact"
    columns = _COLUMNS
    telling = "name"
    most: Mapping[str, int] = {"name": 60, "sound": 25, "phone": 12, "profile": 12, "local": 15, "work": 40, "home": 6,
                               "extra": 12}  # fmt: skip

    stars: Collection[str] = ()

    @staticmethod
    def read(row: Mapping[str, Any]) -> Contact:
        """Return what is compared of a row of the record."""
        first, last = words(row["first_name"] or ""), words(row["last_name"] or "")
        if not first and not last:
            first = words(row["full_name"] or "")
        local, _, _ = (row["email_key"] or "").partition("@")
        domain = row["email_domain"]
        told = ((str(name), str(value)) for name, value in (row["attributes"] or {}).items() if value)
        plain = ((name, words(value)) for name, value in told if len(value) <= _LONGEST and not is_remark(name))
        found = tuple((name, " ".join(said)) for name, said in islice(plain, _ATTRIBUTES) if len(said) <= MOST_WORDS)
        return Contact(
            full=row["full_name"] or " ".join((*first, *last)),
            first=tuple(first),
            last=tuple(last),
            middle=" ".join(words(row["middle_name"] or "")) or None,
            email=row["email_key"],
            local=None if local in ROLE_NAMES or len(local) < 4 else local,
            domain=None if domain in FREE_MAIL else domain,
            company_id=row["company_id"],
            company=tuple(words(row["company_name"] or "")),
            company_name=row["company_name"],
            position=_plain(row["position"]),
            phone=digits(row["phone_e164"] or row["phone"]),
            profile=row["linkedin_url"],
            country=row["country_code"] or _plain(row["country"]),
            city=_plain(row["city"]),
            attributes=tuple((name, value) for name, value in found if value),
        )

    @staticmethod
    def terms(one: Contact) -> Iterator[tuple[str, str]]:
        """Yield what a person is found by, and what is counted of them."""
        yield from _name_terms(one)
        if one.local:
            yield "local", "".join(sorted(_PARTS.split(one.local)))
        for field in ("phone", "profile", "country", "city", "position", "employer"):
            if value := getattr(one, field):
                yield field, value
        for name, value in one.attributes:
            yield f"extra:{name}", value

    @staticmethod
    def weigh(left: Contact, right: Contact, terms: Terms) -> list[Reason]:
        """Return what speaks for and against two being one person."""
        reasons = list(_names(left, right, terms))
        if sum(reason.weight for reason in reasons) < HOPELESS and not _other_ties(left, right):
            return reasons
        unnamed = not reasons
        colleagues = _one_employer(left, right) and (
            unnamed or any(reason.verdict == "different" and reason.field != "middle_name" for reason in reasons)
        )
        near = 0.0 if colleagues else COLLEAGUES_MOST if _one_employer(left, right) else 6.0
        reasons += _employer(left, right, terms, most=0.0 if colleagues else 10.0)
        reasons += _address(left, right)
        reasons += _phone(left, right, terms)
        reasons += same_or_not(terms, "profile", left.profile, right.profile, usual="rare", most=14, differing=-7)
        reasons += same_or_not(
            terms, "position", left.position, right.position, usual="place", most=min(4, near), differing=-0.5, spelt=True
        )
        one_town = bool(left.city and left.city == right.city)
        reasons += same_or_not(
            terms, "country", left.country, right.country, usual="country", most=0 if one_town else min(3, near), differing=-2
        )
        reasons += same_or_not(terms, "city", left.city, right.city, usual="city", most=near, differing=-1.5, spelt=True)
        reasons += _attributes(left, right, terms, most=0.0 if colleagues else ATTRIBUTES_MOST)
        return reasons


def _other_ties(left: Contact, right: Contact) -> bool:
    """Whether something besides the name could make one of two."""
    same_key = any(one and one == other for one, other in ((left.phone, right.phone), (left.profile, right.profile)))
    return same_key or bool(left.attributes and right.attributes)


def _name_terms(one: Contact) -> Iterator[tuple[str, str]]:
    first, last = "".join(one.first), "".join(one.last)
    for field, name, other in (("first", first, last), ("last", last, first)):
        if not name:
            continue
        yield field, name
        if one.employer:
            yield "work", f"{sound(name)[:4]} {one.employer}"
        if one.city:
            yield "home", f"{sound(name)[:5]} {sound(other)[:1]} {one.city}"
    if first or last:
        yield "name", " ".join(sorted((*one.first, *one.last)))
        yield "sound", " ".join(sorted((sound(first)[:4], sound(last)[:5])))


def _names(left: Contact, right: Contact, terms: Terms) -> Iterator[Reason]:
    straight = _part("first", left.first, right.first, terms), _part("last", left.last, right.last, terms)
    best = straight
    if any(reason is None or reason.verdict == "different" for reason in straight):
        crossed = (
            _part("first", left.first, right.last, terms, other="last"),
            _part("last", left.last, right.first, terms, other="first"),
        )
        best = max(straight, crossed, key=lambda both: sum(r.weight for r in both if r))
    yield from (reason for reason in best if reason)
    if left.middle and right.middle:
        share = closeness(left.middle, right.middle) or (0.3 if left.middle[0] == right.middle[0] else 0)
        yield Reason("middle_name", left.middle, right.middle, 4 * share if share else -4, "same" if share == 1 else "different")


def _part(field: str, left: tuple[str, ...], right: tuple[str, ...], terms: Terms, *, other: str | None = None) -> Reason | None:
    """Weigh first or last names, or with ``other`` a first beside a last one; ``None`` where one is missing."""
    if not left or not right:
        return None
    one, two = "".join(left), "".join(right)
    worth = max(0.5, min(terms.bits(each, name) for each in {field, other or field} for name in (one, two)))
    shown = f"{field}_name", " ".join(left), " ".join(right)
    if one == two:
        return Reason(*shown, min(worth, 14), "same")
    if share := closeness(one, two):
        return Reason(*shown, share * min(worth, 14), "similar")
    if field == "first" and any(one_name(name, beside) for name in left for beside in right):
        return Reason(*shown, SPELT_OTHERWISE * min(worth, 14), "similar")
    if min(len(one), len(two)) <= 1:
        return Reason(*shown, 2.5 if one[0] == two[0] else -5, "similar" if one[0] == two[0] else "different")
    several = len(left) > 1 or len(right) > 1
    if (several and aligned(left, right)[0]) or one.startswith(two) or two.startswith(one):
        return Reason(*shown, SPELT_OTHERWISE * min(worth, 8), "similar")
    return Reason(*shown, -6, "different")


def _one_employer(left: Contact, right: Contact) -> bool:
    return bool(left.company_id and left.company_id == right.company_id) or bool(left.domain and left.domain == right.domain)


def _employer(left: Contact, right: Contact, terms: Terms, *, most: float) -> Iterator[Reason]:
    """Weigh where they work; that says nothing of colleagues, whose names differ in one part."""
    shown = left.company_name or left.domain, right.company_name or right.domain
    if _one_employer(left, right):
        worth = terms.bits("employer", left.employer, usual="place")
        yield Reason("company", *shown, min(most, max(1.0, worth)), "same")
    elif left.company and right.company:
        matches, over_left, over_right = aligned(left.company, right.company)
        whole = bool(matches) and not over_left and not over_right
        yield Reason(
            "company",
            *shown,
            min(most, 7) if whole else min(most, 1) if matches else -4,
            "same" if whole else "similar" if matches else "different",
        )
    elif left.domain and right.domain:
        yield Reason("company", *shown, -4, "different")


def _phone(left: Contact, right: Contact, terms: Terms) -> Iterator[Reason]:
    """Weigh telephone numbers; one that many rows give is a switchboard's."""
    shared = left.phone and left.phone == right.phone and terms.count("phone", left.phone) > 2
    most = SWITCHBOARD if shared else PHONE
    yield from same_or_not(terms, "phone", left.phone, right.phone, usual="rare", most=most, differing=-1)


def _address(left: Contact, right: Contact) -> Iterator[Reason]:
    """Two addresses differ, or the two would be one already; the part before the sign may still be the same."""
    if left.email and right.email and _desk(left) != _desk(right):
        yield Reason("email", left.email, right.email, TWO_DESKS, "different")
    if left.email and right.email and left.local and right.local:
        one, other = sorted(_PARTS.split(left.local)), sorted(_PARTS.split(right.local))
        if left.local == right.local or one == other:
            yield Reason("email", left.email, right.email, 1.5 if _named_after(left) else 6, "similar")
        elif left.email.rpartition("@")[2] == right.email.rpartition("@")[2]:
            yield Reason("email", left.email, right.email, -1, "different")


def _desk(one: Contact) -> str | None:
    """Return the role that an address names, if it names one."""
    local = (one.email or "").partition("@")[0]
    return local if local in ROLE_NAMES else None


def _named_after(one: Contact) -> bool:
    """Whether the address only repeats the name, as a namesake's would too."""
    heard = sound("".join(_PARTS.split(one.local or "")))
    return any(len(name) > 2 and sound(name) in heard for name in (*one.first, *one.last))


def _attributes(left: Contact, right: Contact, terms: Terms, *, most: float) -> Iterator[Reason]:
    """Weigh columns without a meaning of their own: a birthday or a badge number that two rows share tells a lot."""
    other = dict(right.attributes)
    told = 0.0
    found = []
    for name, value in left.attributes:
        if (given := other.get(name)) is None:
            continue
        share = _resemblance(value, given)
        weight = share * min(10.0, max(0.0, terms.column_bits(f"extra:{name}", value)))
        found.append(Reason(name, value, given, weight, "same" if share == 1 else "similar" if share else "different"))
    for reason in sorted(found, key=lambda reason: -reason.weight):
        weight = min(reason.weight, most - told) if reason.weight else terms.differing(reason.field, -0.7)
        told += max(weight, 0.0)
        yield replace(reason, weight=weight)


def _resemblance(left: str, right: str) -> float:
    """Return how much of its weight a value of any kind keeps: all where equal, most where a letter differs."""
    if left == right:
        return 1.0
    if abs(len(left) - len(right)) > 2 or min(len(left), len(right)) < 4:
        return 0.0
    return SPELT_OTHERWISE if alike(left, right) >= 0.9 else 0.0


def _plain(text: str | None) -> str | None:
    return " ".join(words(text)) or None if text else None
