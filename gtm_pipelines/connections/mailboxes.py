"""Mailboxes as the app sets them up: who mail comes from, and the servers that take and keep it. gtm.toml wins over it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.clock import Clock
from gtm_pipelines.connections.service import Keys
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_model import MailboxSettings, default_mailboxes
from gtm_pipelines.settings_own import Values, change_own, read_own

Security = Literal["none", "starttls", "tls"]
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


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
class NewMailbox:
    """What is asked of a person who sets a mailbox up.

    Attributes:
        name: short, as commands and reports call it.
        address: where its mail comes from, and the account to log in with.
        display_name: shown beside the address.
        postal_address: stands in the footer; nothing is sent without one.
        servers: that take and keep its mail.
        daily_cap: most mails a day.
    """

    name: str
    address: str
    display_name: str
    postal_address: str
    servers: Servers
    daily_cap: int = 50


class MailboxDesk:
    """The mailboxes that the app may set up.

    Args:
        record: for the audit.
        clock: the clock.
        keys: keeps passwords.
        mailboxes: those in force, whoever set them.
        home: the data folder whose settings are changed.
    """

    def __init__(self, record: Record, clock: Clock, keys: Keys, mailboxes: Sequence[MailboxSettings], home: Path) -> None:
        self._record = record
        self._clock = clock
        self._keys = keys
        self._mailboxes = tuple(mailboxes)
        self._home = home

    def own(self) -> frozenset[str]:
        """Return the names of the real mailboxes that the app set up."""
        return frozenset(one["name"] for one in read_own(self._home).get("mailboxes", ()) if one.get("sender") == "smtp")

    @needs(Role.OWNER, "set up a mailbox")
    def add(self, new: NewMailbox, password: str, *, by: str) -> MailboxSettings:
        """Set a mailbox up; those of the sandbox stay beside it. Nobody is written to, and no server asked.

        Args:
            new: the mailbox.
            password: of the account; kept outside the data and never shown again.
            by: who sets it up.

        Raises:
            InputError: a value cannot be used or is missing.
            ConflictError: there is a mailbox of that name.
        """
        if any(one.name == new.name for one in self._mailboxes):
            raise ConflictError(f"There is a mailbox called '{new.name}'. Choose another name.")
        if not password.strip():
            raise InputError("Enter the password; most providers want one made for programs only.")
        _settings(new, None)
        ref = self._keys.keep(f"{self._record.workspace_id}.mailbox-{new.name}", password.strip())
        made = _settings(new, ref)
        self._change(lambda own: self._with(own, made), "mailbox.add", new.name, by)
        return made

    @needs(Role.OWNER, "take a mailbox out")
    def remove(self, name: str, *, by: str) -> None:
        """Take out a mailbox that the app set up, and forget its password. What it sent stays on record.

        Raises:
            NotFoundError: the app set up no mailbox of that name.
        """
        if name not in self.own():
            raise NotFoundError(f"The app set up no mailbox called '{name}'. One that stands in gtm.toml is taken out there.")
        held = next(one for one in read_own(self._home)["mailboxes"] if one["name"] == name)
        self._change(lambda own: _without(own, name), "mailbox.remove", name, by)
        self._keys.forget(held["smtp"]["password"])

    def _with(self, own: Values, made: MailboxSettings) -> Values:
        held = own.get("mailboxes", [])
        if not held and self._mailboxes == default_mailboxes():  # any list takes the place of the sandbox's two
            held = [_plain(one) for one in self._mailboxes]
        return {**own, "mailboxes": [*held, _plain(made)]}

    def _change(self, change: Callable[[Values], Values], action: str, subject: str, by: str) -> None:
        with self._record.write() as connection:
            add_audit(
                connection, self._record.workspace_id, actor=by, action=action, subject_type="mailbox", subject_id=subject,
                at=self._clock.now(),
            )  # fmt: skip
            change_own(self._home, change)


def _plain(mailbox: MailboxSettings) -> dict[str, Any]:
    return mailbox.model_dump(mode="json", exclude_unset=True)


def _without(own: Values, name: str) -> Values:
    left = [one for one in own["mailboxes"] if one["name"] != name]
    real = any(one.get("sender") == "smtp" for one in left)
    return {**own, "mailboxes": left} if real else {key: value for key, value in own.items() if key != "mailboxes"}


def _settings(new: NewMailbox, password: str | None) -> MailboxSettings:
    """Return the mailbox as the settings have it.

    Raises:
        InputError: a value cannot be used or is missing; the text names it.
    """
    if not _NAME.fullmatch(new.name):
        raise InputError("Call the mailbox by a short name of small Latin letters and digits, such as anna.")
    if not _ADDRESS.fullmatch(new.address):
        raise InputError(f"'{new.address}' is no mail address. Enter the one that mail is to come from.")
    if not new.postal_address.strip():
        raise InputError("Enter a postal address: the law of most countries wants one in every mail; nothing is sent without.")
    if not new.servers.smtp.strip():
        raise InputError("Name the server that takes mail; your provider's help calls it SMTP.")
    account = {"username": new.address, "password": password}
    smtp = {"host": new.servers.smtp.strip(), "port": new.servers.port, "security": new.servers.security, **account}
    imap = {"host": new.servers.imap.strip(), "sent_folder": new.servers.sent, **account}
    reads = bool(new.servers.imap.strip())
    try:
        return MailboxSettings.model_validate(
            {"name": new.name, "address": new.address, "display_name": new.display_name.strip(), "sender": "smtp", "smtp": smtp}
            | {"collector": "imap" if reads else "none", "postal_address": new.postal_address.strip()}
            | {"daily_cap": new.daily_cap, **({"imap": imap} if reads else {})}
        )
    except ValidationError as error:
        raise InputError(f"The mailbox cannot be set up so: {error.errors()[0]['msg']}.") from None
