"""What a person says of a mailbox that they set up, and what the settings make of it. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from gtm_pipelines.errors import InputError
from gtm_pipelines.settings_model import MailboxSettings

Security = Literal["none", "starttls", "tls"]
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,18}")

VENDORS = ("resend", "sendgrid", "instantly", "smartlead")
"""Who hands mail over by an API, by the names that the taxonomy of tools and a mailbox's ``sender`` have."""
WITH_CAMPAIGNS = {"instantly": _UUID, "smartlead": _NUMBER}
"""Those of them that send from campaigns of their own, each with how it numbers those."""


@dataclass(frozen=True)
class Servers:
    """Where a provider takes mail and keeps it.

    Attributes:
        smtp: name of the server that takes mail.
        port: its port.
        security: how the connection to it is protected.
        imap: name of the server whose answers are read, over TLS; empty to read none.
        sent: folder in which it keeps what was sent.
    """

    smtp: str = ""
    port: int = 587
    security: Security = "starttls"
    imap: str = ""
    sent: str = "Sent"


KNOWN = {
    "gmail": Servers("smtp.gmail.com", 587, "starttls", "imap.gmail.com", "[Gmail]/Sent Mail"),
    "yandex": Servers("smtp.yandex.com", 465, "tls", "imap.yandex.com"),
}
"""Providers whose servers everybody shares."""


@dataclass(frozen=True)
class Vendor:
    """Who hands mail over by an API; its key is the one of the tool under Connections.

    Attributes:
        name: one of ``VENDORS``.
        campaigns: ids of its campaigns for the first mail of a sequence, the second and so on, where it has such.
        imap: name of the server that keeps answers to the address, over TLS; ``None`` to read none.
    """

    name: str
    campaigns: tuple[str, ...] = ()
    imap: str | None = None


@dataclass(frozen=True)
class NewMailbox:
    """What is asked of a person who sets a mailbox up.

    Attributes:
        name: short, as commands and reports call it.
        address: where its mail comes from, and the account to log in with.
        display_name: shown beside the address.
        postal_address: stands in the footer; nothing is sent without one.
        through: who takes its mail, and where answers are kept.
        daily_cap: most mails a day.
    """

    name: str
    address: str
    display_name: str
    postal_address: str
    through: Servers | Vendor
    daily_cap: int = 50

    @property
    def logs_in(self) -> bool:
        """Whether a server is to be logged in to, which takes a password."""
        return isinstance(self.through, Servers) or self.through.imap is not None


def settings_of(new: NewMailbox, *, password: str | None = None, key: str | None = None) -> MailboxSettings:
    """Return the mailbox as the settings have it.

    Args:
        new: the mailbox.
        password: where the password of its account is kept.
        key: where the vendor's key is kept.

    Raises:
        InputError: a value cannot be used or is missing; the text names it.
    """
    if not _NAME.fullmatch(new.name):
        raise InputError("Call the mailbox by a short name of small Latin letters and digits, such as anna.")
    if not _ADDRESS.fullmatch(new.address):
        raise InputError(f"'{new.address}' is no mail address. Enter the one that mail is to come from.")
    if not new.postal_address.strip():
        raise InputError("Enter a postal address: the law of most countries wants one in every mail; nothing is sent without.")
    account = {"username": new.address, "password": password}
    sending = _by_smtp(new.through, account) if isinstance(new.through, Servers) else _by_vendor(new.through, key)
    try:
        return MailboxSettings.model_validate(
            {"name": new.name, "address": new.address, "display_name": new.display_name.strip()}
            | {"postal_address": new.postal_address.strip(), "daily_cap": new.daily_cap}
            | sending
            | _reading(new.through, account)
        )
    except ValidationError as error:
        raise InputError(f"The mailbox cannot be set up so: {error.errors()[0]['msg']}.") from None


def _by_smtp(servers: Servers, account: dict[str, str | None]) -> dict[str, Any]:
    if not servers.smtp.strip():
        raise InputError("Name the server that takes mail; your provider's help calls it SMTP.")
    smtp = {"host": servers.smtp.strip(), "port": servers.port, "security": servers.security, **account}
    return {"sender": "smtp", "smtp": smtp}


def _by_vendor(vendor: Vendor, key: str | None) -> dict[str, Any]:
    if vendor.name not in VENDORS:
        raise InputError(f"Nobody called '{vendor.name}' takes mail by an API. Choose one of: {', '.join(VENDORS)}.")
    shape = WITH_CAMPAIGNS.get(vendor.name)
    if shape is None:
        return {"sender": vendor.name, "api": {"key": key}}
    ids = [one.strip() for one in vendor.campaigns if one.strip()]
    if not ids:
        raise InputError(f"Name at least one campaign of {vendor.name.title()}: the one for the first mail of a sequence.")
    if wrong := next((one for one in ids if not shape.fullmatch(one)), None):
        raise InputError(f"'{wrong}' is no id of a campaign. Copy it from the address of the campaign's page there.")
    if len(set(ids)) < len(ids):
        raise InputError("Name a campaign of its own for each mail of a sequence: a person is taken into one only once.")
    return {"sender": vendor.name, "api": {"key": key, "campaigns": ids}}


def _reading(through: Servers | Vendor, account: dict[str, str | None]) -> dict[str, Any]:
    host = (through.imap or "").strip()
    if not host and isinstance(through, Vendor) and through.imap is not None:
        raise InputError("Name the server that keeps answers; your provider's help calls it IMAP.")
    if not host:
        return {"collector": "none"}
    sent = through.sent if isinstance(through, Servers) else None  # what a vendor handed over lies in no folder
    return {"collector": "imap", "imap": {"host": host, "sent_folder": sent, **account}}
