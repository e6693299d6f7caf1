"""Stopping the sequences of whoever is suppressed, in the transaction that suppresses them.

What stands here ends what is under way, so that nothing is drafted or started for these people. That nothing
leaves is seen to by the look at the suppressions in every claim, which knows the same people and more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import enrolments, merges
from gtm_pipelines.record.domains import ascii_form
from gtm_pipelines.record.tables import contact, enrolment, fact, target
from gtm_pipelines.record.upsert import LOOKUP_SIZE, among, chunks

_OWN_WORD = ("unsubscribed", "bounced", "complained")
"""Reasons of a suppression that are reasons of a stop too; behind any other stands a person's decision."""


def stop_suppressed(
    connection: sa.Connection, workspace_id: str, entries: Iterable[tuple[str, str, str]], *, at: datetime
) -> int:
    """Stop every sequence under way of the people whom suppressions name; return how many.

    Args:
        connection: the transaction that suppresses.
        workspace_id: whose enrolments.
        entries: of each suppression its kind, its key as ``suppressions.key`` returns it, and its reason.
        at: the moment.
    """
    wanted: dict[tuple[str, str], set[str]] = {}
    for kind, value_key, reason in entries:
        wanted.setdefault((kind, reason if reason in _OWN_WORD else "person"), set()).add(value_key)
    stopped = 0
    for (kind, reason), keys in wanted.items():
        found = _FINDERS[kind](connection, workspace_id, keys)
        stopped += enrolments.stop_these(connection, workspace_id, found, reason=reason, at=at)
    return stopped


def _of_addresses(connection: sa.Connection, workspace_id: str, addresses: set[str]) -> Sequence[str]:
    """Find people by an address of theirs: their own, one of a row merged with theirs, else one that a list told."""
    others = merges.other_addresses(connection, workspace_id, addresses)
    people: list[str] = []
    seen: set[str] = set()
    for part in chunks(sorted(addresses.union(*others.values())), LOOKUP_SIZE):
        mine = contact.c.workspace_id == workspace_id, among(connection, contact.c.email_key, part)
        for row in connection.execute(sa.select(contact.c.id, contact.c.email_key).where(*mine)):
            people.append(row.id)
            seen.add(row.email_key)
    found: list[str] = []
    for part in chunks(people, LOOKUP_SIZE):
        found += connection.execute(_open(workspace_id).where(among(connection, enrolment.c.contact_id, part))).scalars()
    return [*found, *_told(connection, workspace_id, addresses - seen)]


def _told(connection: sa.Connection, workspace_id: str, addresses: set[str]) -> Sequence[str]:
    """Find people by addresses that are nobody's own, among those that lists gave beside it."""
    if not addresses:
        return []
    told = sa.exists().where(
        fact.c.workspace_id == workspace_id, fact.c.subject_type == "contact", fact.c.subject_id == enrolment.c.contact_id,
        fact.c.field == "email", fact.c.source == "import", among(connection, sa.func.lower(fact.c.value), sorted(addresses)),
    )  # fmt: skip
    return list(connection.execute(_open(workspace_id).where(told)).scalars())


def _of_domains(connection: sa.Connection, workspace_id: str, domains: set[str]) -> Sequence[str]:
    """Find people by where they are written to, at a domain or at one below it."""
    query = _open(workspace_id).add_columns(target.c.recipient).join(target, target.c.id == enrolment.c.target_id)
    return [row.id for row in connection.execute(query) if not domains.isdisjoint(_domains_of(row.recipient or ""))]


def _domains_of(address: str) -> Iterator[str]:
    labels = ascii_form(address.casefold().rpartition("@")[2]).split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))


def _of_companies(connection: sa.Connection, workspace_id: str, companies: set[str]) -> Sequence[str]:
    """Find people by the company they were enrolled at, or one merged with it."""
    kin = merges.relatives(connection, workspace_id, "company", companies)
    known = companies | {one for found in kin.values() for one in found}
    return list(connection.execute(_open(workspace_id).where(among(connection, enrolment.c.company_id, sorted(known)))).scalars())


def _open(workspace_id: str) -> sa.Select[Any]:
    return sa.select(enrolment.c.id).where(enrolment.c.workspace_id == workspace_id, enrolment.c.status.in_(enrolments.OPEN))


_FINDERS = {"address": _of_addresses, "domain": _of_domains, "company": _of_companies}
