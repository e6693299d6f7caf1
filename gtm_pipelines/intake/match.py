"""Whom a record is about: exact keys, within the file and with the record.

Companies: tax number, then registration number, then domain. A company whose
stronger key says otherwise is no match (two firms of a group may share a website):
the record then stays a company of its own and leaves the domain to its first owner.
A domain that many unrelated names of a file share is nobody's key (``shared``).
A record with none of these keys is the oldest company of the same name (without
legal form) whose country does not differ.

Contacts: email, then further addresses in the same cell, then LinkedIn address. A record with neither is the oldest contact,
also without both, of the same name at a company of the same name.

A record whose keys name two different ones is refused. One about a row that was merged into
another is about that other; the keys stay with the row that has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from gtm_pipelines.intake.emails import parse_email
from gtm_pipelines.intake.merge import COMPANY, CONTACT, Entity, Policy
from gtm_pipelines.intake.names import company_key
from gtm_pipelines.intake.sheet import Candidate, Refused
from gtm_pipelines.record import companies, contacts, merges
from gtm_pipelines.record.upsert import among

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

    def protect(self, candidate: Candidate) -> None:
        """Stop a record that is tied to somebody who is not to be written to."""
        ...


class CompanyIndex:
    """Companies by tax number, registration number, domain and name with country."""

    policy = COMPANY
    _strength = companies.KEYS

    def __init__(self, connection: sa.Connection, workspace_id: str, candidates: Sequence[Candidate]) -> None:
        self.entities: dict[str, Entity] = {}
        self._by: dict[str, dict[str, Entity]] = {name: {} for name in self._strength}
        self._merged: dict[str, dict[str, Entity]] = {name: {} for name in self._strength}
        self._by_name: dict[str, list[Entity]] = {}
        keys = _wanted(candidates, self._strength)
        keys["name_key"] = {name for c in candidates if not self._keyed(c) and (name := c.values["name_key"])}
        rows = companies.by_keys(connection, workspace_id, keys, _columns(COMPANY))
        for row, entity in _standing(connection, workspace_id, COMPANY, rows):
            if entity.id not in self.entities:
                self.add(entity)
            if row.id != entity.id:
                self._alias(row, self.entities[entity.id])

    def _alias(self, row: sa.Row[Any], entity: Entity) -> None:
        """Make the keys and the name of a merged row lead to the company that stands for it."""
        for name, found in self._merged.items():
            if (value := getattr(row, name)) is not None:
                found[value] = entity
        if row.name_key and entity not in (same := self._by_name.setdefault(row.name_key, [])):
            same.append(entity)

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
            value = candidate.values.get(name, "")
            entity = self._by[name].get(value)
            if entity is None and (entity := self._merged[name].get(value)):
                del candidate.values[name]
                found.setdefault(entity.id, entity)
                continue
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

    def protect(self, candidate: Candidate) -> None:
        """A company has no address by which it could be tied to anybody."""

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
        self._merged: dict[str, dict[str, Entity]] = {name: {} for name in self._keys}
        self._by_name: dict[tuple[str, str], Entity] = {}
        keys = _wanted(candidates, self._keys)
        keys["email_key"] |= {parse_email(address).key for c in candidates for address in c.others}
        keys["full_name"] = {c.values["full_name"] for c in candidates if not self._keyed(c)}
        rows = contacts.by_keys(connection, workspace_id, keys, _columns(CONTACT))
        for row, entity in _standing(connection, workspace_id, CONTACT, rows):
            if entity.id not in self.entities:
                self.add(entity)
            if row.id != entity.id:
                self._alias(row, self.entities[entity.id])

    def _alias(self, row: sa.Row[Any], entity: Entity) -> None:
        """Make the keys of a merged row lead to the contact that stands for it."""
        values = _entity(CONTACT, row).values
        for name, found in self._merged.items():
            if values[name] is not None:
                found[values[name]] = entity
        if not any(values[name] for name in self._keys):
            self._by_name.setdefault(_person(values), entity)

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
        by_email = self._known(values, "email_key", "email", "email_domain")
        by_email = by_email or next(iter(self._at(candidate.others)), None)
        by_profile = self._known(values, "linkedin_url")
        if by_email and by_profile and by_email is not by_profile:
            raise Refused(
                "contact.conflict",
                f"The email belongs to contact {by_email.id}, the LinkedIn address to contact {by_profile.id}.",
            )
        return by_email or by_profile

    def protect(self, candidate: Candidate) -> None:
        """Stop a record one of whose further addresses is somebody's who is not to be written to."""
        if any(entity.values["do_not_contact"] for entity in self._at(candidate.others)):
            candidate.values["do_not_contact"] = True
            candidate.suppress = candidate.suppress or "do_not_contact"

    def _at(self, addresses: Iterable[str]) -> list[Entity]:
        """Return who has any of these addresses."""
        keys = [parse_email(address).key for address in addresses]
        return [e for key in keys if (e := self._by["email_key"].get(key) or self._merged["email_key"].get(key))]

    def _known(self, values: dict[str, Any], key: str, *beside: str) -> Entity | None:
        """Return who has a key; one that a merged row has is taken off the candidate, with what says the same."""
        value = values.get(key, "")
        if value not in self._by[key] and (entity := self._merged[key].get(value)):
            for name in (key, *beside):
                values.pop(name, None)
            return entity
        return self._by[key].get(value)

    def _keyed(self, candidate: Candidate) -> bool:
        return "email_key" in candidate.values or "linkedin_url" in candidate.values


def _standing(
    connection: sa.Connection, workspace_id: str, policy: Policy, rows: Sequence[sa.Row[Any]]
) -> list[tuple[sa.Row[Any], Entity]]:
    """Return each row with whom it stands for: itself, or the one it was merged into."""
    distinct = {row.id: row for row in rows}
    roots = merges.roots(connection, workspace_id, policy.kind, distinct)
    missing = {root for root in roots.values() if root not in distinct}
    table = policy.table
    query = sa.select(*(table.c[name] for name in _columns(policy))).where(
        table.c.workspace_id == workspace_id, among(connection, table.c.id, missing)
    )
    held = distinct | ({row.id: row for row in connection.execute(query)} if missing else {})
    entities = {root: _entity(policy, held[root]) for root in dict.fromkeys(roots.values())}
    return [(row, entities[roots[key]]) for key, row in distinct.items()]


def _wanted(candidates: Sequence[Candidate], names: Iterable[str]) -> Keys:
    return {name: {value for c in candidates if (value := c.values.get(name)) is not None} for name in names}


def _columns(policy: Policy) -> tuple[str, ...]:
    return ("id", "batch_id", *policy.columns, "attributes")


def _entity(policy: Policy, row: sa.Row[Any]) -> Entity:
    _, batch_id, *values, attributes = tuple(row)
    return Entity(row.id, batch_id, dict(zip(policy.columns, values, strict=True)), dict(attributes or {}))


def _person(values: dict[str, Any]) -> tuple[str, str]:
    return values.get("full_name") or "", company_key(values.get("company_name") or "") or ""
