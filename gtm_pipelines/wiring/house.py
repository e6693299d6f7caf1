"""The house itself: who may come in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gtm_pipelines.wiring.mailing import Mailing

if TYPE_CHECKING:
    from gtm_pipelines.access.accounts import AccountService
    from gtm_pipelines.access.passwords import Passwords
    from gtm_pipelines.access.signing import SignInService


@dataclass(frozen=True)
class House(Mailing):
    """Who may come in."""

    @cached_property
    def passwords(self) -> Passwords:
        """Makes and checks hashes of passwords."""
        from gtm_pipelines.access.passwords import Passwords

        return Passwords()

    @cached_property
    def accounts(self) -> AccountService:
        """The people who may sign in, and their roles."""
        from gtm_pipelines.access.accounts import AccountService

        return AccountService(self.record, self.clock, self.passwords)

    @cached_property
    def sign_ins(self) -> SignInService:
        """Signing in and out."""
        from gtm_pipelines.access.signing import SignInService

        return SignInService(self.record, self.clock, self.passwords)
