"""Signing in and out. Guessing is slowed down; a sign-in ends by itself; of passwords and tokens only hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NoReturn

import sqlalchemy as sa

from gtm_pipelines.access.model import (
    FORGOTTEN,
    FREE_TRIES,
    IDLE,
    LONGEST,
    MOST_PASSWORD,
    RefusedSignIn,
    TooManyTries,
    wait_after,
)
from gtm_pipelines.access.passwords import Passwords
from gtm_pipelines.access.vouching import Vouched
from gtm_pipelines.acting import Actor, granted, role_of
from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import PolicyError
from gtm_pipelines.record import accounts
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record

NOTED_EVERY = timedelta(minutes=1)
"""How often use of a sign-in is written down: often enough for ``IDLE``, seldom enough to cost nothing."""


class SignInService:
    """Who is signed in.

    Args:
        record: the record.
        clock: the clock.
        passwords: checks passwords against their hashes.
    """

    def __init__(self, record: Record, clock: Clock, passwords: Passwords) -> None:
        self._record = record
        self._clock = clock
        self._passwords = passwords

    def sign_in(self, name: str, password: str, address: str) -> str:
        """Return the token of a new sign-in; it is kept nowhere but by its bearer.

        Args:
            name: as it was typed.
            password: as it was typed.
            address: the network address it came from.

        Raises:
            TooManyTries: there were too many wrong passwords; this one was not looked at.
            RefusedSignIn: name and password do not belong together.
        """
        name = name.strip().lower()[:200]
        subjects = {kind: _hash(f"{kind}\0{value}") for kind, value in _subjects(name, address).items()}
        with granted():
            self._count_try(subjects)
            with self._record.read() as connection:
                row = accounts.find(connection, self._record.workspace_id, name)
            fits = self._passwords.fits(row["password_hash"] if row else None, password[: MOST_PASSWORD + 1])
            if row is None or not fits:
                self._refuse(name, known=row is not None)
            return self._let_in(row, [subjects["pair"], subjects["name"]])

    def who(self, token: str | None) -> Actor | None:
        """Return who bears a token that still holds, with the role they have now."""
        if not token:
            return None
        now = self._clock.now()
        row = accounts.signed_in(self._record, _hash(token), now, now - IDLE)
        if row is None:
            return None
        if now - row["seen_at"] >= NOTED_EVERY:
            with granted(), self._record.write() as connection:
                accounts.touch(connection, self._record.workspace_id, row["sign_in_id"], now)
        return Actor(row["name"], role_of(row["role"]))

    def vouched_for(self, word: Vouched) -> Actor | None:
        """Return whom an identity provider signed in; ``None`` where that sign-in was ended, or ended by itself.

        Raises:
            PolicyError: there is no account of that name.
        """
        with self._record.read() as connection:
            row = accounts.find(connection, self._record.workspace_id, word.address)
            known = accounts.known(connection, self._record.workspace_id, _hash(word.token))
        if row is None:
            raise PolicyError(
                "account.unknown",
                f"Your identity provider vouches for '{word.address}', and nobody is called so here. Ask an owner to let you in: "
                "on the page Team, by this very address.",
            )
        if not known and self._clock.now() < word.at + LONGEST:
            with granted(), self._record.write() as connection:
                self._note(connection, row, word.token, word.at + LONGEST)
        return self.who(word.token)

    def sign_out(self, token: str) -> None:
        """End a sign-in."""
        with granted(), self._record.write() as connection:
            accounts.end(connection, self._record.workspace_id, self._clock.now(), token_hash=_hash(token))

    def _count_try(self, subjects: dict[str, str]) -> None:
        """Count a try as a failure before it is looked at, so that a hundred at once are a hundred; a success takes it back."""
        now = self._clock.now()
        with self._record.write() as connection:
            found = accounts.guards(self._record, connection, list(subjects.values()), now)
            until = max((row["blocked_until"] for row in found.values() if row["blocked_until"]), default=now)
            if until > now:
                raise TooManyTries(until - now)
            for kind, subject in subjects.items():
                failures = _failures(found[subject], now) + 1
                wait = wait_after(failures, FREE_TRIES[kind])
                values = {"failures": failures, "failed_at": now, "blocked_until": now + wait if wait else None}
                accounts.set_guard(connection, self._record.workspace_id, subject, values)

    def _refuse(self, name: str, *, known: bool) -> NoReturn:
        if known:
            with self._record.write() as connection:
                self._audit(connection, name, "account.refused", self._clock.now())
        raise RefusedSignIn("Name and password do not belong together. Try again, or ask an owner for a new password.")

    def _let_in(self, row: sa.RowMapping, subjects: list[str]) -> str:
        token, now = secrets.token_urlsafe(32), self._clock.now()
        with self._record.write() as connection:
            accounts.forget_guards(connection, self._record.workspace_id, subjects, now - FORGOTTEN)
            self._note(connection, row, token, now + LONGEST)
        return token

    def _note(self, connection: sa.Connection, row: sa.RowMapping, token: str, until: datetime) -> None:
        """Write a sign-in down, unless another window of theirs did so just now."""
        now, workspace = self._clock.now(), self._record.workspace_id
        if accounts.known(connection, workspace, _hash(token)):
            return
        values = {"account_id": row["id"], "token_hash": _hash(token)}
        accounts.add_sign_in(connection, workspace, values | {"created_at": now, "seen_at": now, "expires_at": until})
        self._audit(connection, row["name"], "account.signed_in", now)

    def _audit(self, connection: sa.Connection, name: str, action: str, at: datetime) -> None:
        add_audit(
            connection, self._record.workspace_id, actor=f"person:{name}", action=action, subject_type="account",
            subject_id=name, at=at,
        )  # fmt: skip


def _subjects(name: str, address: str) -> dict[str, str]:
    return {"pair": f"{name}\0{address}", "address": address, "name": name}


def _failures(row: sa.RowMapping, now: datetime) -> int:
    return 0 if now - row["failed_at"] > FORGOTTEN else int(row["failures"])


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
