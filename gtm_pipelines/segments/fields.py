"""The catalogue of fields a filter may name, with their operators and values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from gtm_pipelines.errors import InputError

FieldType = Literal["text", "number", "flag", "moment"]
Operator = Literal[
    "eq",
    "ne",
    "in",
    "not_in",
    "contains",
    "starts_with",
    "gt",
    "gte",
    "lt",
    "lte",
    "before",
    "after",
    "older_than_days",
    "within_days",
    "is_empty",
    "is_not_empty",
]

MAX_VALUES = 1_000
MAX_TEXT = 500
MAX_DAYS = 36_500

_EMPTY: tuple[Operator, ...] = ("is_empty", "is_not_empty")
_LISTS: tuple[Operator, ...] = ("in", "not_in")
_DAYS: tuple[Operator, ...] = ("older_than_days", "within_days")
OPERATORS: Mapping[FieldType, tuple[Operator, ...]] = {
    "text": ("eq", "ne", "in", "not_in", "contains", "starts_with", *_EMPTY),
    "number": ("eq", "ne", "in", "not_in", "gt", "gte", "lt", "lte", *_EMPTY),
    "flag": ("eq", "ne", *_EMPTY),
    "moment": ("before", "after", *_DAYS, *_EMPTY),
}
_ATTRIBUTE = re.compile(r"^(contact|company)\.attribute\.([\w][\w .-]{0,63})$")


@dataclass(frozen=True)
class FilterField:
    """One field a filter may name.

    Attributes:
        name: as written in a filter, such as ``contact.position``.
        table: ``company``, ``contact``, or ``campaign`` for a contact's history.
        type: what kind of values it holds.
        label: its name in a sentence.
    """

    name: str
    table: Literal["company", "contact", "campaign"]
    type: FieldType
    label: str

    @property
    def operators(self) -> tuple[Operator, ...]:
        """The operators that make sense for the field."""
        return HISTORY_OPERATORS if self.table == "campaign" else OPERATORS[self.type]


HISTORY_OPERATORS: tuple[Operator, ...] = ("eq", "ne", "in", "not_in", *_EMPTY)


def _fields(table: Literal["company", "contact"], type_: FieldType, names: str) -> Iterator[FilterField]:
    owner = "company " if table == "company" else ""
    for name in names.split():
        yield FilterField(f"{table}.{name}", table, type_, owner + _LABELS.get(name, name.replace("_", " ")))


_LABELS = {
    "last_outreach_at": "last outreach",
    "last_reply_class": "last reply",
    "sme_registry": "SME registry",
    "created_at": "date added",
    "updated_at": "date changed",
    "linkedin_url": "LinkedIn page",
    "employee_count": "size in employees",
    "session_key": "import session",
    "batch_id": "import batch",
    "tin": "TIN",
}

FIELDS: Mapping[str, FilterField] = {
    field.name: field
    for field in (
        *_fields("company", "text", "name domain website tin registration_number country state city address phone industry"),
        *_fields("company", "text", "revenue segment status description language linkedin_url session_key batch_id"),
        *_fields("company", "number", "employee_count"),
        *_fields("company", "flag", "sme_registry"),
        *_fields("company", "moment", "created_at updated_at"),
        *_fields("contact", "text", "first_name last_name full_name position email email_domain company_name phone linkedin_url"),
        *_fields("contact", "text", "country city time_zone language client_status campaign_status last_reply_class"),
        *_fields("contact", "text", "source lawful_basis session_key batch_id"),
        *_fields("contact", "flag", "do_not_contact"),
        *_fields("contact", "moment", "last_outreach_at created_at updated_at"),
        FilterField("campaign.name", "campaign", "text", "campaign"),
    )
}


class FilterError(InputError):
    """The filter cannot be used. Correct the condition the text names."""

    code = "filter"


def attribute_name(field: str) -> tuple[str, str] | None:
    """Split ``contact.attribute.NAME`` into table and name; ``None`` for other fields."""
    match = _ATTRIBUTE.match(field)
    return (match[1], match[2]) if match else None


def find_field(name: str) -> FilterField:
    """Return the field called ``name``.

    Raises:
        FilterError: no filter may name it.
    """
    if name in FIELDS:
        return FIELDS[name]
    attribute = attribute_name(name)
    if attribute is None:
        raise FilterError(
            f"No field is called '{name}'. Use one of: {', '.join(FIELDS)}, contact.attribute.NAME, company.attribute.NAME."
        )
    table: Literal["company", "contact"] = "company" if attribute[0] == "company" else "contact"
    return FilterField(name, table, "text", f"{'company ' if table == 'company' else ''}attribute '{attribute[1]}'")


def checked_value(field: FilterField, op: Operator, value: Any) -> Any:
    """Return ``value`` as it is stored in a filter, or raise ``ValueError`` saying what the operator needs."""
    if op in _EMPTY:
        if value is not None:
            raise ValueError(f"'{op}' takes no value")
        return None
    if op in _LISTS:
        if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= MAX_VALUES:
            raise ValueError(f"'{op}' needs a list of 1 to {MAX_VALUES} values")
        return tuple(_checked_scalar(field, item) for item in value)
    if op in _DAYS:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_DAYS:
            raise ValueError(f"'{op}' needs a whole number of days from 0 to {MAX_DAYS}")
        return value
    return _checked_scalar(field, value)


def _checked_scalar(field: FilterField, value: Any) -> Any:
    if field.type == "text":
        if not isinstance(value, str) or not 0 < len(value.strip()) <= MAX_TEXT or "\x00" in value:
            raise ValueError(f"{field.name} is compared with a text of 1 to {MAX_TEXT} characters")
        return value.strip()
    if field.type == "flag":
        if not isinstance(value, bool):
            raise ValueError(f"{field.name} is compared with true or false")
        return value
    if field.type == "number":
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**31:
            raise ValueError(f"{field.name} is compared with a whole number")
        return value
    return _checked_moment(field, value)


def _checked_moment(field: FilterField, value: Any) -> str:
    if isinstance(value, (datetime, date)):
        value = value.isoformat()
    try:
        return datetime.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise ValueError(f"{field.name} is compared with a date such as 2026-01-31") from error
