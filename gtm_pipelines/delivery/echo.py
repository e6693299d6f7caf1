"""A test mail to oneself: marked as such, only to the mailbox's own address, in no ledger and in no figure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from gtm_pipelines.delivery.compose import Letter, compose
from gtm_pipelines.delivery.domains import Check
from gtm_pipelines.delivery.model import Outgoing
from gtm_pipelines.ids import new_id
from gtm_pipelines.settings import MailboxSettings

MARK = "[TEST]"
_TEXT = """This is a test of the mailbox {name}. Nobody else got it, and it is counted nowhere.

Это проверка ящика {name}. Никто другой её не получил, и она нигде не учитывается.

{postal}
"""


def mail_to_self(mailbox: MailboxSettings, now: datetime) -> Outgoing:
    """Write the test mail of a mailbox, to itself.

    Raises:
        InputError: its address cannot be written to.
    """
    key = new_id()
    domain = mailbox.address.rpartition("@")[2]
    body = _TEXT.format(name=mailbox.name, postal=mailbox.postal_address)
    subject = f"{MARK} {mailbox.name} {key[-6:]}"
    letter = Letter(f"test-{key}", f"<test-{key}@{domain}>", mailbox.address, subject, body, f"test-{key}")
    return compose(letter, mailbox, now)


def as_received(sent: Outgoing, raw: bytes, mailbox: MailboxSettings, dns: Callable[..., bytes | None]) -> list[Check]:
    """Compare the mail as it arrived with what was sent: subject, unsubscribing, signature.

    Args:
        sent: the mail as it was handed over.
        raw: the mail as it lies in the mailbox.
        mailbox: whose it is.
        dns: returns the TXT record of a name, for the signature.
    """
    got = message_from_bytes(raw, policy=SMTP)
    was = message_from_bytes(sent.content, policy=SMTP)
    kept = [name for name in ("Subject", "From", "List-Unsubscribe", "List-Unsubscribe-Post") if _same(was, got, name)]
    lost = [name for name in ("Subject", "From", "List-Unsubscribe", "List-Unsubscribe-Post") if name not in kept]
    fix = "The server or vendor rewrites mails. Ask it to leave these headers alone, or use another."
    headers = Check("headers", "fail", f"Changed on the way: {', '.join(lost)}.", fix) if lost else Check(
        "headers", "ok", "Subject, sender and unsubscribing arrived as they were sent."
    )  # fmt: skip
    return [headers, _signature(raw, got, mailbox, dns)]


def _same(was: EmailMessage, got: EmailMessage, name: str) -> bool:
    return " ".join(str(was[name] or "").split()) == " ".join(str(got[name] or "").split())


def _signature(raw: bytes, got: EmailMessage, mailbox: MailboxSettings, dns: Callable[..., bytes | None]) -> Check:
    import dkim

    signed = [" ".join(str(value).split()) for value in got.get_all("DKIM-Signature", [])]
    if not signed:
        return Check(
            "signature", "fail", "The mail arrived without a DKIM signature.",
            "Turn DKIM on at your provider. A mail to one's own address within one server is signed by few; send one outside.",
        )  # fmt: skip
    try:
        holds = dkim.verify(raw, dnsfunc=dns)
    except dkim.DKIMException as error:
        return Check("signature", "fail", f"The DKIM signature cannot be read: {error}.", "Publish the provider's key again.")
    if not holds:
        return Check("signature", "fail", "The DKIM signature does not hold.", "Publish the provider's key again, whole.")
    tags = [dict(part.strip().partition("=")[::2] for part in one.split(";")) for one in signed]
    domain = mailbox.address.rpartition("@")[2].lower()
    if not any(_aligned(domain, one.get("d", "")) for one in tags):
        told = f"It is signed by {', '.join(one.get('d', '?') for one in tags)} and not by {domain}."
        return Check("signature", "warn", told, f"Set DKIM up for {domain}; DMARC wants the sender's own domain.")
    covered = any({"list-unsubscribe"} <= set(one.get("h", "").lower().replace(" ", "").split(":")) for one in tags)
    if not covered:
        return Check(
            "signature", "warn", "The signature does not cover List-Unsubscribe, which RFC 8058 asks for.",
            "Let the provider sign List-Unsubscribe and List-Unsubscribe-Post.",
        )  # fmt: skip
    return Check("signature", "ok", f"Signed by {domain}; the signature holds and covers unsubscribing.")


def _aligned(domain: str, signer: str) -> bool:
    signer = signer.strip().lower()
    return bool(signer) and (domain == signer or domain.endswith(f".{signer}"))
