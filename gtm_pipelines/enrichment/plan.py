"""A plan: which sources are asked for which field, in which order, and when to stop. Values and rules; no I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gtm_pipelines.enrichment.registry import Offered
from gtm_pipelines.enrichment.source import Subject, SubjectType
from gtm_pipelines.errors import InputError
from gtm_pipelines.settings_research import EnrichmentSettings

FIELDS: Mapping[SubjectType, tuple[str, ...]] = {
    "company": (
        "website", "domain", "industry", "employee_count", "country_code", "city", "phone", "linkedin_url", "language",
        "description", "revenue", "founded_year", "technologies", "email_pattern",
    ),
    "contact": ("email", "email_verification", "position", "linkedin_url", "phone"),
}  # fmt: skip
"""What is looked for unless a run names its own fields. A plan holds those of them that a source in use may answer."""
SURER: Mapping[str, float] = {"email_verification": 0.92}
"""Fields that need more confidence than others: that an address is a role mailbox is sure, and says nothing of bounces."""
STEPPING_STONES = ("website", "domain", "email", "linkedin_url")
"""Fields by which other sources find a subject: looked for too where a wanted field hangs on them."""


@dataclass(frozen=True)
class FieldPlan:
    """How one field is looked for.

    Attributes:
        field: its name.
        sources: whom to ask, in this order.
        good_enough: confidence, 0 to 1, at which no further one is asked.
    """

    field: str
    sources: tuple[str, ...]
    good_enough: float


@dataclass(frozen=True)
class Plan:
    """How the fields of companies, or of contacts, are looked for.

    Attributes:
        subject_type: company or contact.
        fields: field → how it is looked for.
        offered: the sources in use, by name.
    """

    subject_type: SubjectType
    fields: Mapping[str, FieldPlan]
    offered: Mapping[str, Offered] = field(repr=False)

    def plain(self) -> dict[str, Any]:
        """Return the plan as the run's row keeps it."""
        return {name: {"sources": list(one.sources), "good_enough": one.good_enough} for name, one in self.fields.items()}

    def with_stones(self, wanted: Iterable[str], known: Collection[str]) -> frozenset[str]:
        """Return the wanted fields, with those missing ones by which a source of theirs finds a subject."""
        named = {name for name in wanted if name in self.fields}
        needed = {need for name in named for source in self.fields[name].sources for need in self.offered[source].source.needs}
        stones = {name for name in STEPPING_STONES if name in needed and name in self.fields and name not in known}
        return frozenset(named | stones)

    def next_source(self, wanted: Collection[str], passed: Collection[str]) -> str | None:
        """Return whom to ask next: of the first ones left of each wanted field the cheapest, ``None`` where none is left.

        Args:
            wanted: fields that are still missing.
            passed: sources that were asked, or cannot be.
        """
        heads = [
            (self.offered[source].source.price.most, place, source)
            for name in sorted(wanted)
            for place, source in enumerate(self.fields[name].sources)
            if source not in passed and not any(s not in passed for s in self.fields[name].sources[:place])
        ]
        return min(heads)[2] if heads else None


def make_plan(
    settings: EnrichmentSettings,
    subject_type: SubjectType,
    offered: Sequence[Offered],
    *,
    only: Collection[str] = (),
    paid: bool = True,
) -> Plan:
    """Return the plan for companies or contacts.

    A field's own list of sources wins; else everybody in use who may answer it is asked, cheap before dear, and of
    equal price the more believed first.

    Args:
        settings: of enrichment.
        subject_type: company or contact.
        offered: every source there is; those switched off are left out.
        only: the fields to look for; where empty, ``FIELDS``.
        paid: whether sources that cost money are asked too.

    Raises:
        InputError: a field or source is named that nobody offers.
    """
    able = [one for one in offered if one.enabled and subject_type in one.source.subjects and (paid or not one.paid)]
    used = {one.source.name: one for one in able}
    answered = {name for one in used.values() for name in one.source.fields}
    _check(only, offered, subject_type)
    plans = {}
    for name in dict.fromkeys([*FIELDS[subject_type], *only]):
        asked = settings.fields.get(f"{subject_type}.{name}")
        named = asked.sources if asked else ()
        _check_sources(f"{subject_type}.{name}", named, offered)
        order = [source for source in named if source in used] if named else _cheap_first(name, used)
        good = asked.good_enough if asked and asked.good_enough is not None else max(settings.good_enough, SURER.get(name, 0))
        if order and name in answered:
            plans[name] = FieldPlan(name, tuple(order), good)
    return Plan(subject_type, plans, used)


def known_of(row: Mapping[str, Any], settled: Mapping[str, str], subject_type: SubjectType) -> dict[str, str]:
    """Return what is known of a row: its columns, then what counts of the facts about it.

    Args:
        row: as ``record.research.rows`` gives it.
        settled: field → value that counts and may be acted on.
        subject_type: company or contact.
    """
    columns = {
        name: str(value).strip()
        for name, value in row.items()
        if value not in (None, "") and name not in _HIDDEN and not isinstance(value, (dict, list, bool))
    }
    known = {**settled, **columns}
    if subject_type == "contact":
        for name in ("name", "domain", "website"):
            if value := columns.pop(f"employer_{name}", None) or (columns.get("company_name") if name == "name" else None):
                known[f"company_{name}"] = value
            known.pop(f"employer_{name}", None)
    return known


def subject_of(row: Mapping[str, Any], known: Mapping[str, str], subject_type: SubjectType, wanted: Iterable[str]) -> Subject:
    """Return a row as sources are asked about it."""
    return Subject(subject_type, str(row["id"]), known, frozenset(wanted))


_HIDDEN = frozenset(
    "id workspace_id batch_id session_key created_at updated_at version merged_into do_not_contact name_key email_key "
    "campaign_status client_status last_outreach_at last_reply_class lawful_basis source company_id".split()
)
"""Columns that are nobody's business outside."""


def _cheap_first(name: str, used: Mapping[str, Offered]) -> list[str]:
    able = [one for one in used.values() if name in one.source.fields]
    return [one.source.name for one in sorted(able, key=lambda one: (one.source.price.most, -one.rank, one.source.name))]


def _check(only: Collection[str], offered: Sequence[Offered], subject_type: SubjectType) -> None:
    able = {name for one in offered if subject_type in one.source.subjects for name in one.source.fields}
    if unknown := sorted(set(only) - able):
        raise InputError(f"No source knows the {subject_type} field '{unknown[0]}'. There are: {', '.join(sorted(able))}.")


def _check_sources(place: str, named: Sequence[str], offered: Sequence[Offered]) -> None:
    known = {one.source.name for one in offered}
    if unknown := sorted(set(named) - known):
        raise InputError(f"[enrichment.fields.\"{place}\"] names '{unknown[0]}'. Sources are: {', '.join(sorted(known))}.")
