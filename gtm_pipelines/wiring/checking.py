"""How a mailbox's domain, servers and own mail are looked at; here, since concrete senders and mailboxes are named."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery.domains import Check, check_domain, resolver
from gtm_pipelines.delivery.echo import as_received, mail_to_self
from gtm_pipelines.delivery.model import Sought
from gtm_pipelines.errors import GtmError
from gtm_pipelines.settings import MailboxSettings, Settings
from gtm_pipelines.wiring import adapters

if TYPE_CHECKING:
    from gtm_pipelines.delivery.model import Sender

_ARRIVES_WITHIN_SECONDS = 60.0
_LOOK_SECONDS = 2.0


def domain(settings: Settings, mailbox: MailboxSettings) -> list[Check]:
    """Look at a mailbox's domain; the sandbox's is played and has none."""
    if mailbox.sender == "sandbox":
        return [Check("domain", "ok", "The sandbox sends nothing out, so its domain does not matter.")]
    return check_domain(mailbox, resolver(settings.verification.nameservers, settings.verification.timeout_seconds))


def servers(settings: Settings, mailbox: MailboxSettings, *, clock: Clock) -> list[Check]:
    """Connect to a mailbox's servers and log in; nothing is sent or read."""
    return [_outgoing(settings, mailbox, clock), *([_incoming(mailbox)] if mailbox.collector == "imap" else [])]


def echo(settings: Settings, mailbox: MailboxSettings, *, clock: Clock) -> list[Check]:
    """Send a marked mail to the mailbox itself, wait for it and look at it as it arrived."""
    try:
        mail = mail_to_self(mailbox, clock.now())
        sender = adapters.sender(settings, mailbox, clock)
    except GtmError as error:
        return [Check("test_mail", "fail", str(error), "Correct the mailbox in gtm.toml.")]
    try:
        result = sender.send(mail, lambda: None)
    finally:
        sender.close()
    if result.status != "sent":
        return [Check("test_mail", "fail", result.reason, "Mend what the server names, then test again.")]
    if mailbox.collector != "imap":
        return [Check("test_mail", "ok", "It was accepted. How it arrives is not seen: the mailbox is not read over IMAP.")]
    return _arrived(mailbox, mail.rfc_message_id, clock, lambda raw: as_received(mail, raw, mailbox, _txt(settings)))


def _outgoing(settings: Settings, mailbox: MailboxSettings, clock: Clock) -> Check:
    from gtm_pipelines.delivery.senders.smtp import SmtpSender

    try:
        sender: Sender = adapters.sender(settings, mailbox, clock)
    except GtmError as error:
        return Check("sending", "fail", str(error), "Correct the mailbox in gtm.toml.")
    try:
        if isinstance(sender, SmtpSender):
            result = sender.probe()
            fix = "Check host, port, security, username and the secret of [mailboxes.smtp]."
            return (
                Check("sending", "ok", result.reason) if result.status == "sent" else Check("sending", "fail", result.reason, fix)
            )
        known = sender.look_up(Sought("never", f"<never@{mailbox.address.rpartition('@')[2]}>", mailbox.address))
    finally:
        sender.close()
    if known is None:
        told = f"{mailbox.sender} did not answer a question with this key."
        return Check("sending", "warn", told, "Some keys may only send: send a test mail to be sure.")
    return Check("sending", "ok", f"{mailbox.sender} answers.")


def _incoming(mailbox: MailboxSettings) -> Check:
    try:
        adapters.imap_of(mailbox).mail_of("", "")
    except GtmError as error:
        return Check("reading", "fail", str(error), "Check host, port, security, username and the secret of [mailboxes.imap].")
    return Check("reading", "ok", f"{mailbox.imap.host}:{mailbox.imap.port} lets the mailbox in.")


def _arrived(mailbox: MailboxSettings, message_id: str, clock: Clock, judge: Callable[[bytes], list[Check]]) -> list[Check]:
    imap, until = adapters.imap_of(mailbox), clock.monotonic() + _ARRIVES_WITHIN_SECONDS
    while True:
        try:
            raw = next(filter(None, (imap.mail_of(folder, message_id) for folder in mailbox.imap.folders)), None)
        except GtmError as error:
            return [Check("test_mail", "warn", f"It was accepted, and cannot be looked for: {error}", "Mend [mailboxes.imap].")]
        if raw is not None:
            return [Check("test_mail", "ok", "It was accepted and has arrived."), *judge(raw)]
        if clock.monotonic() >= until:
            told = f"It was accepted, and was not in {', '.join(mailbox.imap.folders)} within a minute."
            return [Check("test_mail", "warn", told, "Look in Junk, and add the folder it is in to imap.folders.")]
        clock.sleep(_LOOK_SECONDS)


def _txt(settings: Settings) -> Callable[..., bytes | None]:
    """Return what looks a TXT record up for the verification of a signature."""
    import dns.exception

    ask = resolver(settings.verification.nameservers, settings.verification.timeout_seconds)

    def txt(name: bytes | str, timeout: float = 5) -> bytes | None:  # noqa: ARG001 - asked for by dkimpy
        text = name.decode("ascii") if isinstance(name, bytes) else name
        try:
            found = list(ask.resolve(re.sub(r"\.$", "", text), "TXT"))
        except dns.exception.DNSException:
            return None
        return b"".join(found[0].strings) if found else None

    return txt
