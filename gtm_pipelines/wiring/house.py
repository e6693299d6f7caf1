"""The house itself: who may come in, and which tools are connected."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from gtm_pipelines.settings import bundle_root, forget_secret, keep_secret, resolve_secret
from gtm_pipelines.wiring.mailing import Mailing

if TYPE_CHECKING:
    from gtm_pipelines.access.accounts import AccountService
    from gtm_pipelines.access.passwords import Passwords
    from gtm_pipelines.access.signing import SignInService
    from gtm_pipelines.connections.mailboxes import MailboxDesk
    from gtm_pipelines.connections.models import ModelDesk
    from gtm_pipelines.connections.service import ConnectionService
    from gtm_pipelines.connections.sources import SourceDesk


class KeptKeys:
    """Keys where the settings look for them."""

    def keep(self, name: str, value: str) -> str:
        """Keep a key, and return how settings name it."""
        return keep_secret(name, value)

    def read(self, ref: str) -> str:
        """Return a key."""
        return resolve_secret(ref)

    def forget(self, ref: str) -> None:
        """Forget a key."""
        forget_secret(ref)


@dataclass(frozen=True)
class House(Mailing):
    """Who may come in, and which tools are connected."""

    @cached_property
    def connections(self) -> ConnectionService:
        """The user's tools and their keys."""
        from gtm_pipelines.connections.catalogue import FILE_NAME, load
        from gtm_pipelines.connections.service import ConnectionService
        from gtm_pipelines.connections.trying import try_key

        home = self.settings.home_path
        taxonomy = partial(load, bundle_root() / "data" / "reference" / FILE_NAME, home / FILE_NAME)
        return ConnectionService(self.record, self.clock, KeptKeys(), taxonomy, try_key, home)

    @cached_property
    def model_desk(self) -> ModelDesk:
        """Language models as the app sets them."""
        from gtm_pipelines.connections.models import ModelDesk

        return ModelDesk(self.record, self.clock, KeptKeys(), self.settings.models, self.settings.home_path)

    @cached_property
    def mailbox_desk(self) -> MailboxDesk:
        """Mailboxes as the app sets them up."""
        from gtm_pipelines.connections.mailboxes import MailboxDesk

        settings = self.settings
        return MailboxDesk(self.record, self.clock, KeptKeys(), self.connections, settings.mailboxes, settings.home_path)

    @cached_property
    def source_desk(self) -> SourceDesk:
        """Sources of facts as the app switches them."""
        from gtm_pipelines.connections.sources import SourceDesk

        return SourceDesk(self.record, self.clock, self.settings.enrichment.sources, self.settings.home_path)

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
