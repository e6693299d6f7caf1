"""The catalogue of fields a filter may name, and the names made up by users' own lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest
from typing import Literal

from gtm_pipelines.errors import InputError
from gtm_pipelines.record import answers
from gtm_pipelines.segments.operators import OPERATORS, FieldType, Operator, storable

Table = Literal["contact", "company", "history"]
Source = Literal["column", "attribute", "fact", "tags", "import", "history"]

MAX_NAME = 200
_OWN = re.compile(r"(contact|company)\.(attribute|fact)\.(.+)\Z", re.S)
_PARTS: Mapping[str, FieldType] = {"confidence": "number", "retrieved_at": "moment", "source": "text"}
"""What is known of a fact besides its value."""


class FilterError(InputError):
    """The filter cannot be used. Correct the condition the text names."""

    code = "filter"


@dataclass(frozen=True)
class FilterField:
    """One field a filter may name.

    Attributes:
        name: as written in a filter, such as ``contact.position``.
        table: whose it is; ``history`` is of contacts.
        type: what kind of values it holds.
        source: where its values stand.
        key: the column, or the name of the attribute or fact.
        part: of a fact, what of it: ``value``, or one of its sub-fields.
        choices: every value it can have, where that is known.
    """

    name: str
    table: Table
    type: FieldType
    source: Source
    key: str
    part: str = "value"
    choices: tuple[str, ...] = ()

    @property
    def operators(self) -> tuple[Operator, ...]:
        """The operators that make sense for the field."""
        return OPERATORS[self.type]

    @property
    def label(self) -> str:
        """Its name in an English sentence."""
        from gtm_pipelines.segments.words import label

        return label(self)


_REPLIES = (*answers.WRITTEN, "complaint", "auto_reply", "bounce_hard", "bounce_soft")
_EVENTS = (
    "sent", "deferred", "failed", "bounced_hard", "bounced_soft", "replied", "auto_replied", "unsubscribed", "complained",
    "opened",
)  # fmt: skip
_CLIENT = ("contacted", "replied", "bounced", "unsubscribed")


def _columns(table: Table, type_: FieldType, names: str) -> Iterator[FilterField]:
    for name in names.split():
        choices = {"last_reply_class": _REPLIES, "campaign_status": _CLIENT}.get(name, ())
        yield FilterField(f"{table}.{name}", table, type_, "column", name, choices=choices)


def _others(table: Table, source: Source, **types: FieldType) -> Iterator[FilterField]:
    for name, type_ in types.items():
        prefix = {"import": f"{table}.import.", "tags": f"{table}."}.get(source, "history.")
        choices = {"reply": _REPLIES, "event": _EVENTS}.get(name, ())
        yield FilterField(prefix + name, table, type_, source, name, choices=choices)


FIELDS: Mapping[str, FilterField] = {
    field.name: field
    for field in (
        *_columns("contact", "text", "full_name first_name middle_name last_name position function seniority"),
        *_columns("contact", "text", "email email_domain phone phone_e164 linkedin_url company_name"),
        *_columns("contact", "text", "country country_code city time_zone language"),
        *_columns("contact", "text", "client_status campaign_status last_reply_class source lawful_basis session_key batch_id"),
        *_columns("contact", "flag", "do_not_contact"),
        *_columns("contact", "moment", "last_outreach_at created_at updated_at"),
        *_others("contact", "tags", tags="words"),
        *_others("contact", "import", file="words", batch="words", at="moment"),
        *_columns("company", "text", "name legal_form domain website tin registration_number industry industry_code"),
        *_columns("company", "text", "country country_code state city address time_zone language"),
        *_columns("company", "text", "phone phone_e164 linkedin_url revenue segment status description session_key batch_id"),
        *_columns("company", "number", "employee_count"),
        *_columns("company", "flag", "sme_registry"),
        *_columns("company", "moment", "created_at updated_at"),
        *_others("company", "tags", tags="words"),
        *_others("company", "import", file="words", batch="words", at="moment"),
        *_others("history", "history", campaign="words", sent_campaign="words", active_campaign="words"),
        *_others("history", "history", sent_at="moment", replied_at="moment", reply="words", event="words"),
        *_others("history", "history", bounced="flag", unsubscribed="flag", suppressed="flag"),
        FilterField("campaign.name", "history", "text", "history", "campaign"),
    )
}
"""``campaign.name`` is the older spelling of ``history.campaign``, kept for saved segments."""


def _closest(name: str) -> str:
    """Return the three fields that a name is most like, by all of it or by its last part."""
    asked = name.strip().lower().replace(" ", "_")

    def likeness(known: str) -> float:
        whole = SequenceMatcher(None, asked, known).ratio()
        return max(whole, SequenceMatcher(None, asked.rpartition(".")[2], known.rpartition(".")[2]).ratio() + whole / 100)

    first, second, third = nlargest(3, FIELDS, key=likeness)
    return f"{first}, {second} or {third}"


def nameable(name: str) -> bool:
    """Say whether a filter may name a column or a fact that is called so; what lists bring can be longer."""
    return 0 < len(name.strip()) <= MAX_NAME and storable(name)


def find_field(name: str) -> FilterField:
    """Return the field called ``name``.

    Raises:
        FilterError: no filter may name it.
    """
    if name in FIELDS:
        return FIELDS[name]
    own = _OWN.match(name)
    key = own[3].strip() if own else ""
    if own is None or not nameable(key):
        raise FilterError(
            f"No field is called '{name[:MAX_NAME]}'. Did you mean {_closest(name[:MAX_NAME])}? 'gtm segment fields' lists them "
            "all; a column of your own list is contact.attribute.NAME or company.attribute.NAME, a fact contact.fact.NAME."
        )
    table: Table = "company" if own[1] == "company" else "contact"
    if own[2] == "attribute":
        return FilterField(name, table, "mixed", "attribute", key)
    fact, _, part = key.rpartition(".")
    if fact and part in _PARTS:
        return FilterField(name, table, _PARTS[part], "fact", fact, part)
    return FilterField(name, table, "mixed", "fact", key)
