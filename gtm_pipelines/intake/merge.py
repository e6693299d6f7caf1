"""How a record of a file changes what is already known.

* An empty field is filled. A filled one is never overwritten with nothing.
* A differing value of a field that matters for drafting is kept as a ``fact``.
* In the fields of ``latest_wins`` a value never seen before replaces the one that
  stands, which becomes a fact; elsewhere the first value stands. A value that was
  replaced once does not come back by importing its old file again.
* A job title that only shortens the one that stands (``CTO`` for ``Chief Technology
  Officer, EMEA``; see ``fuller``) does not replace it; it is kept as a fact.
* Do-not-contact can be raised and never lowered.
* Further addresses in one cell are facts, by which their owner can be found and is
  protected; nobody is written to at them.
* Codes read from other fields follow those: they are read anew when one of them changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from gtm_pipelines.intake.emails import parse_email
from gtm_pipelines.intake.fuller import adds_nothing
from gtm_pipelines.intake.model import Kind
from gtm_pipelines.intake.normalise.derive import COMPANY_CODES, CONTACT_CODES, refresh
from gtm_pipelines.intake.sheet import Candidate
from gtm_pipelines.record.tables import company, contact


@dataclass(frozen=True)
class Policy:
    """Which columns an import of one kind fills and how it treats differing values."""

    kind: Kind
    table: sa.Table
    columns: tuple[str, ...]
    facts: frozenset[str]
    latest_wins: frozenset[str]
    codes: frozenset[str]
    """Columns that only ever follow others. A contact's time zone can be stated by a file, so it is none of them."""


COMPANY = Policy(
    "company",
    company,
    ("name", "name_key", "domain", "website", "tin", "registration_number", "country", "state", "city", "address", "phone",
     "industry", "employee_count", "revenue", "segment", "sme_registry", "status", "description", "language", "linkedin_url",
     *COMPANY_CODES),
    frozenset({"domain", "registration_number", "country", "city", "industry", "employee_count", "revenue", "segment", "status"}),
    frozenset({"employee_count", "revenue", "segment", "status"}),
    frozenset(COMPANY_CODES),
)  # fmt: skip
CONTACT = Policy(
    "contact",
    contact,
    ("company_id", "company_name", "email", "email_key", "email_domain", "first_name", "middle_name", "last_name", "full_name",
     "position", "phone", "linkedin_url", "country", "city", "language", "client_status", "do_not_contact", "source",
     "lawful_basis", *CONTACT_CODES),
    frozenset({"email", "company_name", "position", "phone", "linkedin_url", "country", "city", "client_status"}),
    frozenset({"position", "client_status"}),
    frozenset(CONTACT_CODES) - {"time_zone"},
)  # fmt: skip


class Differing(NamedTuple):
    """A value that stands beside the one in the record."""

    field: str
    value: str


@dataclass(slots=True, eq=False)
class Entity:
    """A company or contact during the import of one chunk.

    Attributes:
        known: differing values already kept as facts.
        created: made in this chunk, so it has yet to be inserted.
        changed: read from the record and changed, so it has to be updated.
    """

    id: str
    batch_id: str | None
    values: dict[str, Any]
    attributes: dict[str, Any]
    created: bool = False
    changed: bool = False
    known: frozenset[Differing] = frozenset()


def merge(policy: Policy, entity: Entity, candidate: Candidate) -> tuple[bool, list[Differing]]:
    """Fold ``candidate`` into ``entity``.

    Returns:
        Whether the entity changed, and the differing values that are new.
    """
    replaced: dict[str, Any] = {}
    differing: list[Differing] = []
    values = entity.values
    for name, new in candidate.values.items():
        old = values[name]
        if name in policy.codes:
            continue
        if old is None or (new is True and name == "do_not_contact" and not old):
            replaced[name] = old
            values[name] = new
        elif name in policy.facts and not _same(old, new):
            fact = Differing(name, str(new))
            if fact not in entity.known:
                if name in policy.latest_wins and not (name == "position" and adds_nothing(new, old)):
                    differing.append(Differing(name, str(old)))
                    replaced[name] = old
                    values[name] = new
                differing.append(fact)
    differing += beside(entity, candidate)
    refresh(policy.kind, values, replaced)
    changed = bool(replaced)
    for key, text in candidate.attributes.items():
        if key not in entity.attributes:
            entity.attributes[key] = text
            changed = True
    fresh = [fact for fact in dict.fromkeys(differing) if fact not in entity.known]
    entity.known = entity.known.union(fresh)
    entity.changed = entity.changed or changed
    return changed, fresh


def beside(entity: Entity, candidate: Candidate) -> list[Differing]:
    """Return the further addresses of a record's owner that are neither the one in the record nor known."""
    held = entity.values.get("email_key")
    found = [Differing("email", address) for address in candidate.others if parse_email(address).key != held]
    return [fact for fact in found if fact not in entity.known]


def _same(old: object, new: object) -> bool:
    """Whether two values differ at most in the case of letters."""
    return old == new or (isinstance(old, str) and isinstance(new, str) and old.casefold() == new.casefold())
