"""Queries over accounts, sign-ins, and what holds up whoever guesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import account, sign_in, sign_in_guard
from gtm_pipelines.record.upsert import upsert


def find(connection: sa.Connection, workspace_id: str, name: str) -> sa.RowMapping | None:
    """Return the account called ``name``."""
    query = sa.select(account).where(account.c.workspace_id == workspace_id, account.c.name == name)
    return connection.execute(query).mappings().one_or_none()


def page(connection: sa.Connection, workspace_id: str, now: datetime, idle_since: datetime) -> Sequence[sa.RowMapping]:
    """Return every account, by name, with when it was last seen and how many of its sign-ins hold."""
    holds = _holds(now, idle_since)
    query = (
        sa.select(
            account,
            sa.func.max(sign_in.c.seen_at).label("seen_at"),
            sa.func.count(sa.case((holds, 1))).label("signed_in"),
        )
        .outerjoin(sign_in, sa.and_(sign_in.c.account_id == account.c.id, sign_in.c.workspace_id == workspace_id))
        .where(account.c.workspace_id == workspace_id)
        .group_by(account.c.id)
        .order_by(account.c.name)
    )
    return connection.execute(query).mappings().all()


def roles(connection: sa.Connection, workspace_id: str) -> dict[str, str]:
    """Return the role of every account, by name."""
    query = sa.select(account.c.name, account.c.role).where(account.c.workspace_id == workspace_id)
    return {str(name): str(role) for name, role in connection.execute(query)}


def has_owner(connection: sa.Connection, workspace_id: str, role: str, *, with_password: bool) -> bool:
    """Say whether anybody has ``role``, and a password if asked for."""
    query = sa.select(account.c.id).where(account.c.workspace_id == workspace_id, account.c.role == role)
    query = query.where(account.c.password_hash.is_not(None)) if with_password else query
    return connection.execute(query.limit(1)).first() is not None


def add(connection: sa.Connection, workspace_id: str, values: Mapping[str, Any]) -> str:
    """Add an account and return its id."""
    row_id = new_id()
    connection.execute(sa.insert(account).values(id=row_id, workspace_id=workspace_id, **values))
    return row_id


def change(connection: sa.Connection, workspace_id: str, account_id: str, values: Mapping[str, Any]) -> None:
    """Change an account."""
    mine = sa.update(account).where(account.c.workspace_id == workspace_id, account.c.id == account_id)
    connection.execute(mine.values(**values))


def remove(connection: sa.Connection, workspace_id: str, account_id: str) -> None:
    """Delete an account with its sign-ins; what it did stays in the audit."""
    connection.execute(sa.delete(sign_in).where(sign_in.c.workspace_id == workspace_id, sign_in.c.account_id == account_id))
    connection.execute(sa.delete(account).where(account.c.workspace_id == workspace_id, account.c.id == account_id))


def add_sign_in(connection: sa.Connection, workspace_id: str, values: Mapping[str, Any]) -> None:
    """Add a sign-in, and forget those of the workspace that ended before it."""
    old = sa.delete(sign_in).where(sign_in.c.workspace_id == workspace_id, sign_in.c.expires_at < values["created_at"])
    connection.execute(old)
    connection.execute(sa.insert(sign_in).values(id=new_id(), workspace_id=workspace_id, **values))


def known(connection: sa.Connection, workspace_id: str, token_hash: str) -> bool:
    """Say whether there was ever a sign-in by this token, whether it holds or has ended."""
    query = sa.select(sign_in.c.id).where(sign_in.c.workspace_id == workspace_id, sign_in.c.token_hash == token_hash)
    return connection.execute(query).first() is not None


def signed_in(record: Record, token_hash: str, now: datetime, idle_since: datetime) -> sa.RowMapping | None:
    """Return the account of a sign-in that holds, with its ``sign_in_id`` and ``seen_at``."""
    query = (
        sa.select(account.c.name, account.c.role, sign_in.c.id.label("sign_in_id"), sign_in.c.seen_at)
        .join(account, account.c.id == sign_in.c.account_id)
        .where(
            sign_in.c.workspace_id == record.workspace_id,
            account.c.workspace_id == record.workspace_id,
            sign_in.c.token_hash == token_hash,
            _holds(now, idle_since),
        )
    )
    with record.read() as connection:
        return connection.execute(query).mappings().one_or_none()


def touch(connection: sa.Connection, workspace_id: str, sign_in_id: str, now: datetime) -> None:
    """Note that a sign-in was used."""
    mine = sa.update(sign_in).where(sign_in.c.workspace_id == workspace_id, sign_in.c.id == sign_in_id)
    connection.execute(mine.values(seen_at=now))


def end(
    connection: sa.Connection, workspace_id: str, now: datetime, *, token_hash: str | None = None, account_id: str | None = None
) -> int:
    """End one sign-in, or all of an account; return how many that were."""
    which = sign_in.c.token_hash == token_hash if account_id is None else sign_in.c.account_id == account_id
    open_ones = sa.update(sign_in).where(sign_in.c.workspace_id == workspace_id, which, sign_in.c.ended_at.is_(None))
    return connection.execute(open_ones.values(ended_at=now)).rowcount


def guards(record: Record, connection: sa.Connection, subjects: Sequence[str], at: datetime) -> dict[str, sa.RowMapping]:
    """Return what is counted against each of some subjects, held until the transaction ends: others wait for their turn."""
    for subject in sorted(subjects):
        row = {"id": new_id(), "workspace_id": record.workspace_id, "subject": subject, "failures": 0, "failed_at": at}
        fresh = upsert(record, sign_in_guard).values(**row)
        connection.execute(fresh.on_conflict_do_nothing(index_elements=["workspace_id", "subject"]))
    t = sign_in_guard.c
    query = sa.select(sign_in_guard).where(t.workspace_id == record.workspace_id, t.subject.in_(subjects)).order_by(t.subject)
    return {str(row["subject"]): row for row in connection.execute(query.with_for_update()).mappings()}


def set_guard(connection: sa.Connection, workspace_id: str, subject: str, values: Mapping[str, Any]) -> None:
    """Write what is counted against a subject."""
    mine = sa.update(sign_in_guard).where(sign_in_guard.c.workspace_id == workspace_id, sign_in_guard.c.subject == subject)
    connection.execute(mine.values(**values))


def forget_guards(connection: sa.Connection, workspace_id: str, subjects: Sequence[str], before: datetime) -> None:
    """Count nothing against some subjects any more, nor against any whose last failure was before a moment."""
    t = sign_in_guard.c
    mine = sa.delete(sign_in_guard).where(t.workspace_id == workspace_id)
    connection.execute(mine.where(sa.or_(t.subject.in_(subjects), t.failed_at < before)))


def _holds(now: datetime, idle_since: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(sign_in.c.ended_at.is_(None), sign_in.c.expires_at > now, sign_in.c.seen_at > idle_since)
