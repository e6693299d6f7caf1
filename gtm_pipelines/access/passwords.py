"""Passwords as hashes: Argon2id with the parameters of RFC 9106's low-memory choice, the same work whether a name is known."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

AT_ONCE = 2
"""Checks under way at once: each takes 64 MiB, and a crowd of guessers is not to take the machine's memory."""


class Passwords:
    """Makes hashes and checks passwords against them."""

    def __init__(self) -> None:
        self._turn = threading.BoundedSemaphore(AT_ONCE)

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher
        from argon2.profiles import RFC_9106_LOW_MEMORY

        return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)

    @cached_property
    def _nobodys(self) -> str:
        """The hash that a password for an unknown name is held against; nobody knows what of."""
        import secrets

        return self._hasher.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        """Return the hash to be kept."""
        with self._turn:
            return self._hasher.hash(password)

    def fits(self, kept: str | None, password: str) -> bool:
        """Say whether a password fits a kept hash; without one the same work is done, and nothing fits."""
        from argon2.exceptions import InvalidHashError, VerificationError

        against = kept or self._nobodys
        with self._turn:
            try:
                return self._hasher.verify(against, password) and kept is not None
            except (VerificationError, InvalidHashError):
                return False
