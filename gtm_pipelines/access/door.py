"""Whether a door may stand open: on this machine for one person; as soon as others could knock, only to who signs in."""

from __future__ import annotations

import ipaddress
from typing import Protocol

from gtm_pipelines.errors import SettingsError
from gtm_pipelines.settings import Settings


class Accounts(Protocol):
    """What is asked about accounts."""

    def exist(self, *, with_password: bool = False) -> bool:
        """Say whether there is an owner who can sign in."""


def exposed(host: str) -> bool:
    """Say whether others than this machine can reach what listens on ``host``; a name that is no address counts as so."""
    if host.lower() == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return True


def must_sign_in(settings: Settings, accounts: Accounts, host: str | None = None) -> bool:
    """Say whether people sign in: where others could knock, and wherever there are accounts or an identity provider.

    Args:
        settings: the settings in force.
        accounts: who may sign in.
        host: what the app listens on, where that is not what the settings say.
    """
    if settings.login.by == "oidc" or accounts.exist():
        return True
    return not settings.login.behind_a_door and (exposed(settings.host) or exposed(host or settings.host))


def check_door(settings: Settings, accounts: Accounts, host: str | None = None) -> None:
    """Make sure that nobody can walk in who may not; the arguments are those of ``must_sign_in``.

    Raises:
        SettingsError: others could knock, or an identity provider is asked, and there is nobody who could sign in.
    """
    if not must_sign_in(settings, accounts, host) or accounts.exist(with_password=settings.login.by == "password"):
        return
    if settings.login.by == "oidc":
        raise SettingsError(
            "Nobody may sign in yet. Name the first owner by the address that your identity provider vouches for: "
            "'gtm account add YOU@EXAMPLE.COM --role owner --no-password'."
        )
    raise SettingsError(
        f"host = {host or settings.host} lets others reach the workbench, and nobody would have to sign in. "
        "Make an account first: 'gtm account add NAME --role owner'; or set up an identity provider in [login]; "
        "or leave host at 127.0.0.1."
    )
