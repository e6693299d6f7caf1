"""Whom a record is about: exact keys, within the file and with the record.

Companies: tax number, then registration number, then domain. A company whose
stronger key says otherwise is no match (two firms of a group may share a website):
the record then stays a company of its own and leaves the domain to its first owner.
A domain that many unrelated names of a file share is nobody's key (``shared``).
A record with none of these keys is the oldest company of the same name (without
legal form) whose country does not differ.

Contacts: email, then LinkedIn address. A record with neither is the oldest contact,
also without both, of the same name at a company of the same name.

A record whose keys name two different ones is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from gtm_pipelines.intake.merge import COMPANY, CONTACT, Entity, Policy
from gtm_pipelines.intake.names import company_key
from gtm_pipelines.intake.prepare import Candidate, Refused
from gtm_pipelines.record import companies, contacts

Keys = dict[str, set[str]]


class Index(Protocol):
    """The companies or contacts that a chunk may be about, by their keys."""

    policy: Policy
    entities: dict[str, Entity]

    def find(self, candidate: Candidate) -> Entity | None:
        """Return whom ``candidate`` is about, or ``None`` for somebody new; may raise ``Refused``."""
        ...

    def add(self, entity: Entity) -> None:
        """Make an entity findable under the keys it has now."""
        ...


class CompanyIndex:
    """Companies by tax number, registration number, domain and name with country."""

    policy = COMPANY
    _strength = companies.KEYS

    def __init__(self, connection: sa.Connection, workspace_id: str, candidates: Sequence[Candidate]) -> None:
        self.entities: dict[str, Entity] = {}
        self._by: dict[str, dict[str, Entity]] = {name: {} for name in self._strength}
        self._by_name: dict[str, list[Entity]] = {}
        keys = _wanted(candidates, self._strength)
        keys["name_key"] = {name for c in candidates if not self._keyed(c) and (name := c.values["name_key"])}
        for row in companies.by_keys(connection, workspace_id, keys, _columns(COMPANY)):
            if row.id not in self.entities:
                self.add(_entity(COMPANY, row))

    def add(self, entity: Entity) -> None:
        """Make ``entity`` findable under the keys it has now."""
        self.entities[entity.id] = entity
        for name, found in self._by.items():
            if (value := entity.values[name]) is not None:
                found[value] = entity
        if name_key := entity.values["name_key"]:
            same = self._by_name.setdefault(name_key, [])
            if entity not in same:
                same.append(entity)

    def find(self, candidate: Candidate) -> Entity | None:
        """Return the company, taking the domain off a candidate that may not have it."""
        if not self._keyed(candidate):
            return self._named(candidate.values)
        found: dict[str, Entity] = {}
        for position, name in enumerate(self._strength):
            entity = self._by[name].get(candidate.values.get(name, ""))
            if entity is None:
                continue
            if self._contradicts(entity, candidate, self._strength[:position]):
                del candidate.values[name]
                continue
            found.setdefault(entity.id, entity)
        if len(found) > 1:
            names = " and ".join(f"'{entity.values['name']}' ({entity.id})" for entity in found.values())
            raise Refused("company.conflict", f"The record's keys belong to different companies: {names}.")
        return next(iter(found.values()), None)

    def _named(self, values: dict[str, Any]) -> Entity | None:
        country = (values.get("country") or "").casefold()
        same = self._by_name.get(values["name_key"], ())
        near = (e for e in same if not country or (e.values["country"] or "").casefold() in ("", country))
        return min(near, key=lambda e: e.id, default=None)

    def _keyed(self, candidate: Candidate) -> bool:
        return any(name in candidate.values for name in self._strength)

    @staticmethod
    def _contradicts(entity: Entity, candidate: Candidate, stronger: Iterable[str]) -> bool:
        pairs = ((entity.values[name], candidate.values.get(name)) for name in stronger)
        return any(held and given and held != given for held, given in pairs)


class ContactIndex:
    """Contacts by email, LinkedIn address, and name with company."""

    policy = CONTACT
    _keys = ("email_key", "linkedin_url")

    def __init__(self, connection: sa.Connection, workspace_id: str, candidates: Sequence[Candidate]) -> None:
        self.entities: dict[str, Entity] = {}
        self._by: dict[str, dict[str, Entity]] = {name: {} for name in self._keys}
        self._by_name: dict[tuple[str, str], Entity] = {}
        keys = _wanted(candidates, self._keys)
        keys["full_name"] = {c.values["full_name"] for c in candidates if not self._keyed(c)}
        for row in contacts.by_keys(connection, workspace_id, keys, _columns(CONTACT)):
            if row.id not in self.entities:
                self.add(_entity(CONTACT, row))

    def add(self, entity: Entity) -> None:
        """Make ``entity`` findable under the keys it has now."""
        self.entities[entity.id] = entity
        values = entity.values
        keyless = True
        for name, found in self._by.items():
            if (value := values[name]) is not None:
                found[value] = entity
                keyless = False
        if keyless:
            self._by_name.setdefault(_person(values), entity)

    def find(self, candidate: Candidate) -> Entity | None:
        """Return the contact."""
        values = candidate.values
        if not self._keyed(candidate):
            return self._by_name.get(_person(values))
        by_email = self._by["email_key"].get(values.get("email_key", ""))
        by_profile = self._by["linkedin_url"].get(values.get("linkedin_url", ""))
        if by_email and by_profile and by_email is not by_profile:
            raise Refused(
                "contact.conflict",
                f"The email belongs to contact {by_email.id}, the LinkedIn address to contact {by_profile.id}.",
            )
        return by_email or by_profile

    def _keyed(self, candidate: Candidate) -> bool:
        return "email_key" in candidate.values or "linkedin_url" in candidate.values


def _wanted(candidates: Sequence[Candidate], names: Iterable[str]) -> Keys:
    return {name: {value for c in candidates if (value := c.values.get(name)) is not None} for name in names}


def _columns(policy: Policy) -> tuple[str, ...]:
    return ("id", "batch_id", *policy.columns, "attributes")


def _entity(policy: Policy, row: sa.Row[Any]) -> Entity:
    _, batch_id, *values, attributes = tuple(row)
    return Entity(row.id, batch_id, dict(zip(policy.columns, values, strict=True)), dict(attributes or {}))


def _person(values: dict[str, Any]) -> tuple[str, str]:
    return values.get("full_name") or "", company_key(values.get("company_name") or "") or ""
