"""Accounts: who may come in, as whom, with which role. Only owners change them; everybody their own password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.access.model import IDLE, Account, check_name, check_password
from gtm_pipelines.access.passwords import Passwords
from gtm_pipelines.acting import Role, actor, granted, needs, require, role_of
from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import ConflictError, NotFoundError
from gtm_pipelines.record import accounts
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record


class AccountService:
    """The people of one workspace.

    Args:
        record: the record.
        clock: the clock.
        passwords: makes the hashes that are kept.
    """

    def __init__(self, record: Record, clock: Clock, passwords: Passwords) -> None:
        self._record = record
        self._clock = clock
        self._passwords = passwords

    def list(self) -> list[Account]:
        """Return everybody who may sign in, by name."""
        now = self._clock.now()
        with self._record.read() as connection:
            rows = accounts.page(connection, self._record.workspace_id, now, now - IDLE)
        return [_account(row) for row in rows]

    def exist(self, *, with_password: bool = False) -> bool:
        """Say whether there is an owner who can sign in; ``with_password`` counts only those who need no identity provider."""
        with self._record.read() as connection:
            return accounts.has_owner(connection, self._workspace, Role.OWNER.word, with_password=with_password)

    @needs(Role.OWNER, "let somebody in")
    def add(self, name: str, role: str, *, password: str | None, by: str) -> Account:
        """Let somebody in.

        Args:
            name: what they sign in with; with an identity provider the address it vouches for.
            role: ``owner``, ``editor``, ``reviewer`` or ``viewer``; the first is an owner.
            password: their password; ``None`` where only an identity provider vouches for them.
            by: who lets them in.

        Raises:
            InputError: the name, the role or the password cannot be taken.
            ConflictError: somebody is called so already, or the first would not be an owner.
        """
        name, chosen = check_name(name), role_of(role)
        kept = self._passwords.hash(check_password(password, name)) if password is not None else None
        with self._change(name, "account.add", by, {"role": chosen.word}) as (connection, held):
            if held is not None:
                raise ConflictError(f"'{name}' is there already. Change the role or the password instead.")
            if chosen is not Role.OWNER and Role.OWNER.word not in accounts.roles(connection, self._workspace).values():
                raise ConflictError("The first account is an owner: somebody has to be able to let others in. Give it that role.")
            now = self._clock.now()
            values = {"name": name, "role": chosen.word, "password_hash": kept, "created_by": by}
            accounts.add(connection, self._workspace, values | {"created_at": now, "updated_at": now})
        return self._one(name)

    @needs(Role.OWNER, "change what somebody may do")
    def set_role(self, name: str, role: str, *, by: str) -> Account:
        """Give somebody another role; it holds from their next click.

        Raises:
            NotFoundError: nobody is called so.
            ConflictError: they are the only owner.
        """
        name, chosen = check_name(name), role_of(role)
        with self._change(name, "account.role", by, {"to": chosen.word}) as (connection, held):
            row = _there(name, held)
            if chosen is not Role.OWNER:
                self._keep_an_owner(connection, name)
            accounts.change(connection, self._workspace, row["id"], {"role": chosen.word, "updated_at": self._clock.now()})
        return self._one(name)

    @needs(Role.OWNER, "take somebody out")
    def remove(self, name: str, *, by: str) -> None:
        """Take somebody out, and end their sign-ins. What they did keeps their name.

        Raises:
            NotFoundError: nobody is called so.
            ConflictError: they are the only owner.
        """
        name = check_name(name)
        with self._change(name, "account.remove", by, {}) as (connection, held):
            row = _there(name, held)
            self._keep_an_owner(connection, name)
            accounts.remove(connection, self._workspace, row["id"])

    def set_password(self, name: str, password: str, *, by: str) -> None:
        """Give somebody a password, and end every sign-in of theirs. Owners may for all, everybody for themselves.

        Raises:
            NotFoundError: nobody is called so.
            InputError: the password cannot be taken.
            ForbiddenError: it is another's, and whoever acts is no owner.
        """
        name, who = check_name(name), actor()
        if who is None or who.name != name:
            require(Role.OWNER, "set somebody else's password")
        kept = self._passwords.hash(check_password(password, name))
        with granted(), self._change(name, "account.password", by, {}) as (connection, held):
            row, now = _there(name, held), self._clock.now()
            accounts.change(connection, self._workspace, row["id"], {"password_hash": kept, "updated_at": now})
            accounts.end(connection, self._workspace, now, account_id=row["id"])

    @property
    def _workspace(self) -> str:
        return self._record.workspace_id

    def _one(self, name: str) -> Account:
        return next(one for one in self.list() if one.name == name)

    def _keep_an_owner(self, connection: sa.Connection, name: str) -> None:
        others = {other: role for other, role in accounts.roles(connection, self._workspace).items() if other != name}
        was_owner = accounts.roles(connection, self._workspace).get(name) == Role.OWNER.word
        if was_owner and Role.OWNER.word not in others.values():
            raise ConflictError(f"'{name}' is the only owner. Make somebody else an owner first.")

    @contextmanager
    def _change(
        self, name: str, action: str, by: str, detail: dict[str, Any]
    ) -> Iterator[tuple[sa.Connection, sa.RowMapping | None]]:
        with self._record.write() as connection:
            held = accounts.find(connection, self._workspace, name)
            yield connection, held
            before = {"from": held["role"]} if held is not None and "to" in detail else {}
            add_audit(
                connection, self._workspace, actor=by, action=action, subject_type="account", subject_id=name,
                at=self._clock.now(), detail={**detail, **before},
            )  # fmt: skip


def _there(name: str, row: sa.RowMapping | None) -> sa.RowMapping:
    if row is None:
        raise NotFoundError(f"Nobody is called '{name}'. 'gtm account list' shows who is there.")
    return row


def _account(row: sa.RowMapping) -> Account:
    return Account(
        name=row["name"],
        role=role_of(row["role"]),
        has_password=row["password_hash"] is not None,
        created_by=row["created_by"],
        created_at=row["created_at"],
        seen_at=row["seen_at"],
        signed_in=row["signed_in"],
    )
