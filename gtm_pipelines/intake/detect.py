"""What a column holds, told by its values: for columns whose header says nothing, or says too much.

A column is taken for something when nearly all of its values are that and nothing in its
header says that they are somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from gtm_pipelines.intake.emails import BadEmail, parse_email
from gtm_pipelines.intake.model import Kind
from gtm_pipelines.intake.normalise.countries import country_code
from gtm_pipelines.intake.normalise.people import split
from gtm_pipelines.intake.normalise.titles import seniority_of
from gtm_pipelines.intake.web import company_domain

SHARE = 0.8
"""Least share of the filled values that must be of a kind: a list always has some that are not."""
LEAST = 3
"""Least number of such values: one or two may be chance."""
_OTHERS = re.compile(
    r"\b(owner|assignee|created|modified|manager|referr\w*|billing|invoice|assistant|emergency|ответственн\w*|менеджер\w*|создал\w*|автор"
    r"|бухгалтер\w*|руководител\w*)\b",
    re.I,
)
_PERSON_PAGE = re.compile(r"linkedin\.com/(in|pub)/", re.I)
_COMPANY_PAGE = re.compile(r"linkedin\.com/(company|school|showcase)/", re.I)
_PHONE = re.compile(r"(?:\+|00|8|7|\()?[\d\s()\-.]{6,20}\d(?:\s*(?:ext|x|доб)\.?\s*\d+)?", re.I)
_PHONE_SIGN = re.compile(r"^\+|^8?\s*\(|[\s\-()]")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{2,4}(?:[ T].*)?")
_SITE = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}(?:/\S*)?", re.I)
_INN_WEIGHTS = {10: ((2, 4, 10, 3, 5, 9, 4, 6, 8),), 12: ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))}


def detected(kind: Kind, header: str, values: Sequence[str], taken: frozenset[str]) -> str | None:
    """Return the field that a column's values are of, or ``None``.

    Args:
        kind: what a record of the file is.
        header: of the column; it may say that the values are of somebody else.
        values: some filled cells.
        taken: fields that other columns have.
    """
    if _OTHERS.search(header):
        return None
    for field, test in _TESTS[kind]:
        if field not in taken and holds(values, test) and (test is not _is_site or _are_own(values)):
            return field
    return None


def contradicts(field: str, values: Sequence[str]) -> bool:
    """Whether a column cannot be what its header says: ``URL`` may be a profile address or any other."""
    return field == "linkedin_url" and bool(values) and not any("linkedin.com/" in value.lower() for value in values)


def holds(values: Sequence[str], test: Callable[[str], object]) -> bool:
    """Whether nearly all of ``values`` pass ``test``."""
    passed = sum(1 for value in values if test(value))
    return passed >= LEAST and passed >= SHARE * len(values)


def is_inn(text: str) -> bool:
    """Whether a text is a Russian tax number, by its check digits (order of the tax service of 29.06.2012)."""
    weights = _INN_WEIGHTS.get(len(text)) if text.isdecimal() and text.isascii() else None
    if not weights:
        return False
    digits = list(map(int, text))
    return all(sum(w * d for w, d in zip(row, digits, strict=False)) % 11 % 10 == digits[len(row)] for row in weights)


def _is_email(text: str) -> bool:
    try:
        parse_email(text)
    except BadEmail:
        return False
    return True


def _is_phone(text: str) -> bool:
    cell = text.lstrip("'")
    digits = sum(map(str.isdigit, cell))
    return 7 <= digits <= 18 and bool(_PHONE.fullmatch(cell) and _PHONE_SIGN.search(cell)) and not _DATE.fullmatch(cell)


def _is_site(text: str) -> bool:
    return bool(_SITE.fullmatch(text)) and "@" not in text and company_domain(text) is not None


def _are_own(sites: Sequence[str]) -> bool:
    """Whether records have sites of their own: pages about them on one site are no key."""
    return len(set(map(company_domain, sites))) * 2 > len(sites)


def _is_person(text: str) -> bool:
    """Whether a text is a Russian name in full: nothing else ends like a patronymic."""
    return len(text.split()) == 3 and text.istitle() and split(text)[1] is not None and not text.isascii()


def _is_title(text: str) -> bool:
    return seniority_of(text) not in (None, "individual")


_TESTS: dict[Kind, tuple[tuple[str, Callable[[str], object]], ...]] = {
    "contact": (
        ("email", _is_email),
        ("linkedin_url", _PERSON_PAGE.search),
        ("company_tin", is_inn),
        ("company_domain", _is_site),
        ("country", country_code),
        ("phone", _is_phone),
        ("full_name", _is_person),
        ("position", _is_title),
    ),
    "company": (
        ("linkedin_url", _COMPANY_PAGE.search),
        ("tin", is_inn),
        ("website", _is_site),
        ("country", country_code),
        ("phone", _is_phone),
    ),
}
