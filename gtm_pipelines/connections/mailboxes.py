"""Mailboxes as the app sets them up: who mail comes from, and who takes and keeps it. gtm.toml wins over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.clock import Clock
from gtm_pipelines.connections.new_mailbox import NewMailbox, Vendor, settings_of
from gtm_pipelines.connections.service import ConnectionService, Keys
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_model import MailboxSettings, default_mailboxes
from gtm_pipelines.settings_own import Values, change_own, read_own


class MailboxDesk:
    """The mailboxes that the app may set up.

    Args:
        record: for the audit.
        clock: the clock.
        keys: keeps passwords.
        connections: keeps the keys of vendors.
        mailboxes: those in force, whoever set them.
        home: the data folder whose settings are changed.
    """

    def __init__(
        self, record: Record, clock: Clock, keys: Keys, connections: ConnectionService, mailboxes: Sequence[MailboxSettings],
        home: Path,
    ) -> None:  # fmt: skip
        self._record = record
        self._clock = clock
        self._keys = keys
        self._connections = connections
        self._mailboxes = tuple(mailboxes)
        self._home = home

    def own(self) -> frozenset[str]:
        """Return the names of the real mailboxes that the app set up."""
        return frozenset(one["name"] for one in read_own(self._home).get("mailboxes", ()) if _real(one))

    @needs(Role.OWNER, "set up a mailbox")
    def add(self, new: NewMailbox, *, by: str, password: str = "", key: str = "") -> MailboxSettings:
        """Set a mailbox up; those of the sandbox stay beside it. Nobody is written to, and no mail server asked.

        Args:
            new: the mailbox.
            by: who sets it up.
            password: of the account that is logged in to; kept outside the data and never shown again.
            key: of the vendor, which is connected by it; empty for the one under Connections.

        Raises:
            InputError: a value cannot be used or is missing.
            ConflictError: there is a mailbox of that name.
            KeyRefused: the vendor does not know the key; nothing was set up.
            TransientError: the vendor did not answer; nothing was set up.
        """
        if any(one.name == new.name for one in self._mailboxes):
            raise ConflictError(f"There is a mailbox called '{new.name}'. Choose another name.")
        settings_of(new)
        if new.logs_in and not password.strip():
            raise InputError("Enter the password; most providers want one made for programs only.")
        known = self._key_of(new.through.name, key, by) if isinstance(new.through, Vendor) else None
        name = f"{self._record.workspace_id}.mailbox-{new.name}"
        made = settings_of(new, password=self._keys.keep(name, password.strip()) if new.logs_in else None, key=known)
        self._change(lambda own: self._with(own, made), "mailbox.add", new.name, by)
        return made

    @needs(Role.OWNER, "take a mailbox out")
    def remove(self, name: str, *, by: str) -> None:
        """Take out a mailbox that the app set up, and forget its password. What it sent stays on record, a vendor connected.

        Raises:
            NotFoundError: the app set up no mailbox of that name.
        """
        if name not in self.own():
            raise NotFoundError(f"The app set up no mailbox called '{name}'. One that stands in gtm.toml is taken out there.")
        held = next(one for one in read_own(self._home)["mailboxes"] if one["name"] == name)
        self._change(lambda own: _without(own, name), "mailbox.remove", name, by)
        for ref in {held.get(part, {}).get("password") for part in ("smtp", "imap")} - {None}:
            self._keys.forget(ref)

    def _key_of(self, vendor: str, key: str, by: str) -> str | None:
        """Connect a vendor by a key, or take the one it is connected by; return where that is kept."""
        if key.strip():
            return self._connections.add(vendor, key, by=by).key_ref
        try:
            return self._connections.show(vendor).key_ref
        except NotFoundError:
            title = self._connections.tools().tool(vendor).title
            raise InputError(f"Enter the key of {title}: it is not connected yet.") from None

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
    return (
        {**own, "mailboxes": left} if any(map(_real, left)) else {key: value for key, value in own.items() if key != "mailboxes"}
    )


def _real(mailbox: Values) -> bool:
    return str(mailbox.get("sender", "sandbox")) != "sandbox"
