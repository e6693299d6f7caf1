"""Who is never written to. The check runs inside the transaction it protects.

Rules of a match:

* an **address** entry stops that address, upper and lower case alike;
* a **domain** entry stops every address at that domain *and at its subdomains*;
* a **company** entry, by the company's id, stops every contact of that company;
* of people and companies that were merged, what stops one of the rows stops all;
* of the addresses that lists give for one person, what stops one stops the person.

An erased entry (only its salted hash is left) stops exactly what it stopped before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record import merges, salts, stopping
from gtm_pipelines.record.salts import HASH_MARK as HASH_MARK
from gtm_pipelines.record.stop_keys import KINDS as KINDS
from gtm_pipelines.record.stop_keys import Subject as Subject
from gtm_pipelines.record.stop_keys import key as key
from gtm_pipelines.record.stop_keys import keys_of
from gtm_pipelines.record.tables import suppression
from gtm_pipelines.record.upsert import filled, insert_many, slots

_BATCH = 300


class Entry(NamedTuple):
    """One thing that is suppressed, and why; ``value`` is a hash once erased."""

    id: str
    kind: str
    value: str
    reason: str
    source: str
    created_at: datetime
    erased: bool


def find(
    connection: sa.Connection, workspace_id: str, *, address: str | None, company_id: str | None, alone: str | None = None
) -> str | None:
    """Return why this person may not be written to, or ``None``.

    The answer names the kind and the reason, such as ``address: unsubscribed``.
    Call it inside the transaction whose act it guards.

    Args:
        connection: that transaction.
        workspace_id: whose entries.
        address: where the mail would go.
        company_id: the person's company.
        alone: the salt, where it was seen in the same transaction that nobody was merged with the person or the company
            and that no list gave the person another address.
    """
    asked = Subject(address, company_id)
    if not alone:
        return find_many(connection, workspace_id, [asked])[0]
    keys = list(keys_of(asked))
    return _first(keys, _known(connection, workspace_id, set(keys), alone))


def find_many(
    connection: sa.Connection, workspace_id: str, subjects: Iterable[tuple[str | None, str | None]]
) -> list[str | None]:
    """Answer ``find`` for many ``(address, company_id)`` pairs, in their order."""
    asked = [Subject(*subject) for subject in subjects]
    salt = salts.find(connection, workspace_id)
    if salt is None:
        return [None] * len(asked)
    wanted = [list(keys) for keys in _with_kin(connection, workspace_id, asked)]
    known = _known(connection, workspace_id, {pair for pairs in wanted for pair in pairs}, salt)
    return [_first(keys, known) for keys in wanted]


def _first(keys: Iterable[tuple[str, str]], known: Mapping[tuple[str, str], str]) -> str | None:
    return next((f"{kind}: {known[kind, value]}" for kind, value in keys if (kind, value) in known), None)


def add(
    connection: sa.Connection,
    workspace_id: str,
    kind: str,
    value: str,
    *,
    reason: str,
    source: str,
    at: datetime,
    batch_id: str | None = None,
) -> bool:
    """Suppress ``value`` and stop the sequences of whom it names; return whether it was new. An entry already there is left.

    Raises:
        InputError: the value is no address, domain or company id.
    """
    value_key = key(kind, value)
    lock(connection, workspace_id)
    stopping.stop_suppressed(connection, workspace_id, [(kind, value_key, reason)], at=at)
    salt = salts.find(connection, workspace_id) or salts.make(connection, workspace_id, at)
    value_hash = salts.hash_value(salt, kind, value_key)
    if _known(connection, workspace_id, {(kind, value_key)}, salt):
        return False
    connection.execute(
        suppression.insert().values(
            id=new_id(), workspace_id=workspace_id, kind=kind, value_key=value_key, value_hash=value_hash,
            reason=reason, source=source, batch_id=batch_id, created_at=at,
        )
    )  # fmt: skip
    return True


def add_many(
    connection: sa.Connection,
    workspace_id: str,
    entries: Sequence[tuple[str, str, str]],
    *,
    source: str,
    at: datetime,
) -> list[bool]:
    """Suppress many ``(kind, value, reason)`` at once and stop the sequences of whom they name; return which were new.

    Of equal values the first counts. Give only what ``key`` takes.

    Raises:
        InputError: a value is no address, domain or company id.
    """
    keys = [(kind, key(kind, value)) for kind, value, _ in entries]
    lock(connection, workspace_id)
    salt = salts.find(connection, workspace_id) or salts.make(connection, workspace_id, at)
    known = set(_known(connection, workspace_id, set(keys), salt))
    rows, new = [], []
    for (kind, value_key), (_, _, reason) in zip(keys, entries, strict=True):
        new.append((kind, value_key) not in known)
        if new[-1]:
            known.add((kind, value_key))
            hashed = salts.hash_value(salt, kind, value_key)
            rows.append({"id": new_id(), "kind": kind, "value_key": value_key, "value_hash": hashed, "reason": reason})
    insert_many(connection, suppression, rows, workspace_id=workspace_id, source=source, batch_id=None, created_at=at)
    named = [(kind, value_key, reason) for (kind, value_key), (_, _, reason) in zip(keys, entries, strict=True)]
    stopping.stop_suppressed(connection, workspace_id, named, at=at)
    return new


def holds(connection: sa.Connection, workspace_id: str, kind: str, form: str) -> bool:
    """Tell whether an entry stands under exactly this form, such as the hash of an erased one."""
    mine = (suppression.c.workspace_id == workspace_id) & (suppression.c.kind == kind) & (suppression.c.value_key == form)
    return connection.execute(sa.select(suppression.c.id).where(mine)).first() is not None


def remove(connection: sa.Connection, workspace_id: str, kind: str, value: str) -> bool:
    """Lift a suppression; return whether there was one. Only a person may ask for it."""
    value_key = key(kind, value)
    salt = salts.find(connection, workspace_id)
    if salt is None:
        return False
    mine = (suppression.c.workspace_id == workspace_id) & (suppression.c.kind == kind)
    match = suppression.c.value_key.in_([value_key, salts.hash_value(salt, kind, value_key)])
    return connection.execute(suppression.delete().where(mine, match)).rowcount > 0


def erase(connection: sa.Connection, workspace_id: str, kind: str, value: str) -> bool:
    """Forget the value and keep its salted hash, which goes on suppressing."""
    mine = (suppression.c.workspace_id == workspace_id) & (suppression.c.kind == kind)
    match = suppression.c.value_key == key(kind, value)
    return connection.execute(suppression.update().where(mine, match).values(value_key=suppression.c.value_hash)).rowcount > 0


def add_erased(connection: sa.Connection, workspace_id: str, address: str, *, reason: str, source: str, at: datetime) -> bool:
    """Suppress an address by its salted hash alone; one that stands in the clear is left only so. Return whether it is new."""
    value_key = key("address", address)
    lock(connection, workspace_id)
    value_hash = hashes(connection, workspace_id, [("address", value_key)], make_at=at)["address", value_key]
    mine = (suppression.c.workspace_id == workspace_id) & (suppression.c.kind == "address")
    there = sa.update(suppression).where(mine, suppression.c.value_key.in_([value_key, value_hash]))
    values = {"value_key": value_hash, "reason": reason, "source": source}
    if connection.execute(there.values(**values)).rowcount:
        return False
    row = {"id": new_id(), "workspace_id": workspace_id, "kind": "address", "value_hash": value_hash, "created_at": at}
    connection.execute(sa.insert(suppression).values(**row, **values))
    return True


def hashes(
    connection: sa.Connection, workspace_id: str, keys: Iterable[tuple[str, str]], *, make_at: datetime | None = None
) -> dict[tuple[str, str], str]:
    """Return the salted hash of each ``(kind, key)``; nothing while there is no salt, unless ``make_at`` has one made."""
    salt = salts.find(connection, workspace_id)
    if salt is None and make_at is not None:
        salt = salts.make(connection, workspace_id, make_at)
    return {} if salt is None else {(kind, value): salts.hash_value(salt, kind, value) for kind, value in keys}


def page(
    connection: sa.Connection, workspace_id: str, *, kind: str | None = None, limit: int | None = 50, offset: int = 0
) -> list[Entry]:
    """Return entries, newest first; ``limit=None`` returns them all."""
    query = sa.select(suppression).where(suppression.c.workspace_id == workspace_id)
    query = query.where(suppression.c.kind == kind) if kind else query
    query = query.order_by(suppression.c.created_at.desc(), suppression.c.id.desc()).limit(limit).offset(offset)
    return [
        Entry(r.id, r.kind, r.value_key, r.reason, r.source, r.created_at, r.value_key == r.value_hash)
        for r in connection.execute(query)
    ]


def count(connection: sa.Connection, workspace_id: str, kind: str | None = None) -> int:
    """Count entries, of one kind or all."""
    query = sa.select(sa.func.count()).select_from(suppression).where(suppression.c.workspace_id == workspace_id)
    return int(connection.execute(query.where(suppression.c.kind == kind) if kind else query).scalar_one())


def lock(connection: sa.Connection, workspace_id: str) -> None:
    """Make claims and new suppressions of a workspace wait for each other until the commit.

    SQLite's writer lock already does; PostgreSQL takes an advisory lock.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"gtm.delivery:{workspace_id}"))))


def _with_kin(connection: sa.Connection, workspace_id: str, subjects: Sequence[Subject]) -> Iterator[list[tuple[str, str]]]:
    """Yield the keys of each subject and of those it was merged with."""
    addresses = {subject.address.strip().casefold() for subject in subjects if subject.address}
    people = merges.other_addresses(connection, workspace_id, addresses)
    companies = merges.relatives(connection, workspace_id, "company", {s.company_id for s in subjects if s.company_id})
    for subject in subjects:
        keys = list(keys_of(subject))
        for address in sorted(people.get((subject.address or "").strip().casefold(), ())):
            keys += keys_of(Subject(address, None))
        keys += [("company", other.casefold()) for other in sorted(companies.get(subject.company_id or "", ()))]
        yield keys


def _known(connection: sa.Connection, workspace_id: str, pairs: set[tuple[str, str]], salt: str) -> dict[tuple[str, str], str]:
    """Return the reason of every pair that is suppressed, in the clear or erased."""
    origin = {(kind, form): (kind, value) for kind, value in pairs for form in (value, salts.hash_value(salt, kind, value))}
    found: dict[tuple[str, str], str] = {}
    forms = sorted({form for _, form in origin})
    for chunk in (forms[start : start + _BATCH] for start in range(0, len(forms), _BATCH)):
        given = filled("form", chunk)
        for kind, form, reason in connection.execute(_entries(len(given)), given | {"workspace": workspace_id}):
            if (kind, form) in origin:
                found[origin[kind, form]] = reason
    return found


@cache
def _entries(forms: int) -> sa.Select[str, str, str]:
    """Build the question once for so many forms: it is asked for every message, and a list would be written anew each time."""
    mine = suppression.c.workspace_id == sa.bindparam("workspace")
    query = sa.select(suppression.c.kind, suppression.c.value_key, suppression.c.reason)
    return query.where(mine, suppression.c.value_key.in_(slots("form", forms)))
