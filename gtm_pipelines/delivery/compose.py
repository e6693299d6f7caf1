"""Turn an approved text into the exact bytes of a mail. The body is what was approved, to the letter.

The bytes are checked after they are made: some supported Pythons write a line break
that was hidden in an encoded word into the header (CVE-2024-6923), so it is not enough
to look at what goes in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError, MessageError
from email.header import Header
from email.headerregistry import Address, HeaderRegistry
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Any

from gtm_pipelines.delivery.enclosing import LINE_END, WIDTH, enclosed
from gtm_pipelines.delivery.model import Outgoing
from gtm_pipelines.errors import InputError
from gtm_pipelines.ids import digest
from gtm_pipelines.meetings.model import Invitation
from gtm_pipelines.settings import MailboxSettings

_TELLING = ("Subject", "From", "To")
_PLAIN = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*")
_PLAIN_HEAD = re.compile(rb"(?:[\x20-\x7e]+\r\n)+\r\n")
_WHOLE = ("to", "message-id", "list-unsubscribe")
_IDS = ("in-reply-to", "references")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,900}>")
"""Looser than RFC 5322: what others name their mails by is answered as it is, so long as it stays one word in ASCII."""
_REFERENCES = 20
"""Most Message-IDs in one header; RFC 5537 keeps the first and the newest where a list is cut."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_ENCODED_WORD = re.compile(r"=\?[^?\s]*\?[bBqQ]\?", re.ASCII)
_ADDRESS = re.compile(r"[^\s<>\"(),:;\[\]\\@]+@[^\s<>\"(),:;\[\]\\@]+")


class _MailPolicy(EmailPolicy):
    """The SMTP policy, but a long address or link is never cut, and no blank of a subject is lost.

    Where CPython cuts a long subject into encoded words, it drops the blank between them;
    the older ``Header`` keeps it.
    """

    def fold(self, name: str, value: str) -> str:
        """Write one header as text."""
        return _written(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """Write one header as bytes."""
        written = _written(name, value)
        return written.encode("ascii") if written else super().fold_binary(name, value)


def _written(name: str, value: str) -> str | None:
    if name.lower() in _WHOLE:
        return _whole(name, value)
    if name.lower() in _IDS:
        return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"
    if name.lower() == "subject" and not value.isascii():
        return f"{name}: {Header(str(value), 'utf-8', maxlinelen=WIDTH, header_name=name).encode(linesep=LINE_END)}{LINE_END}"
    return None


def _whole(name: str, value: str) -> str:
    return f"{name}: " + ",\r\n ".join(str(value).split(", ")) + "\r\n"


class _Headers(HeaderRegistry):
    """The registry of header classes, each of which is made once; the library makes a new class for every header it reads."""

    @lru_cache(maxsize=64)  # noqa: B019 - there is one registry, for ever
    def __getitem__(self, name: str) -> type[Any]:
        """Return the class of a header."""
        made: type[Any] = super().__getitem__(name)
        return made


_POLICY = _MailPolicy(linesep=LINE_END, max_line_length=WIDTH, header_factory=_Headers())


class UnsafeHeaderError(InputError):
    """A value would have written a header line of its own. Mend the name, subject or address."""

    code = "unsafe_header"


@dataclass(frozen=True)
class Letter:
    """An approved text and where it goes; ``invitation`` is what it carries for the recipient's calendar."""

    message_id: str
    rfc_message_id: str
    recipient: str
    subject: str
    body: str
    token: str
    in_reply_to: str | None = None
    reference_ids: str | None = None
    invitation: Invitation | None = None


def rfc_message_id(workspace_id: str, campaign_id: str, step: int, contact_id: str, mailbox_address: str) -> str:
    """Return the Message-ID of the one message for this key; the same on every call."""
    domain = wire_address(mailbox_address).rpartition("@")[2]
    return f"<{digest(workspace_id, campaign_id, str(step), contact_id)[:40]}@{domain}>"


def compose(letter: Letter, mailbox: MailboxSettings, now: datetime) -> Outgoing:
    """Write the mail.

    Raises:
        UnsafeHeaderError: a value holds a line break or an encoded word.
        InputError: an address cannot be used.
    """
    values = _headers(letter, mailbox, now)
    try:
        head = "".join(_line(name, value) for name, value in values.items())
        rest, named = enclosed(letter.body, letter.invitation, letter.rfc_message_id)
        content = f"{head}{rest}".encode("ascii")
    except (ValueError, MessageError, UnicodeError) as error:
        raise UnsafeHeaderError(f"The mail to {letter.recipient!r} cannot be written: {error}.") from error
    _check_bytes(content, {*values, *named}, values)
    sender, recipient = wire_address(mailbox.address), wire_address(letter.recipient)
    return Outgoing(letter.message_id, letter.rfc_message_id, mailbox.name, sender, recipient, content)


def wire_address(address: str) -> str:
    """Return an address as it goes over the wire, its domain in ASCII (IDNA).

    Raises:
        InputError: it is none, or its local part needs SMTPUTF8, which few servers take.
    """
    _refuse("address", address)
    local, _, domain = address.rpartition("@")
    if not _ADDRESS.fullmatch(address) or len(local) > 64:
        raise InputError(f"'{address}' is no address that mail can be sent to. Correct it and approve again.")
    if not local.isascii():
        raise InputError(f"'{address}' has letters before the @ that most servers refuse. Ask for another address.")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise InputError(f"'{address}' has a domain that cannot be looked up. Correct it and approve again.") from error


def _headers(letter: Letter, mailbox: MailboxSettings, now: datetime) -> dict[str, object]:
    _refuse("subject", letter.subject)
    _refuse("sender's name", mailbox.display_name)
    unsubscribe = [f"<mailto:{wire_address(mailbox.address)}?subject=unsubscribe%20{letter.token}>"]
    headers: dict[str, object] = {
        "From": Address(mailbox.display_name.strip(), addr_spec=wire_address(mailbox.address)),
        "To": Address(addr_spec=wire_address(letter.recipient)),
        "Subject": letter.subject,
        "Date": format_datetime(now),
        "Message-ID": letter.rfc_message_id,
    }
    if letter.in_reply_to:
        headers["In-Reply-To"] = _message_ids(letter.in_reply_to)
        headers["References"] = _message_ids(letter.reference_ids or letter.in_reply_to)
    page = unsubscribe_page(mailbox, letter.token)
    if page:
        unsubscribe.insert(0, f"<{page}>")
    headers["List-Unsubscribe"] = ", ".join(unsubscribe)
    if page:
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def is_message_id(text: str) -> bool:
    """Tell whether a mail can be answered under this name."""
    return _MESSAGE_ID.fullmatch(text) is not None


def _message_ids(text: str) -> str:
    """Return Message-IDs as a header takes them: the first and the newest where there are more than servers like.

    Raises:
        UnsafeHeaderError: something in it is no Message-ID.
    """
    ids = text.split()
    if not ids or not all(map(is_message_id, ids)):
        raise UnsafeHeaderError(f"The mail answers {text[:200]!r}, which names no message.")
    return " ".join(ids if len(ids) <= _REFERENCES else [ids[0], *ids[1 - _REFERENCES :]])


def unsubscribe_page(mailbox: MailboxSettings, token: str) -> str | None:
    """Return the address of the unsubscribe page, where the mailbox has one."""
    return f"{mailbox.public_url.rstrip('/')}/unsubscribe/{token}" if mailbox.public_url else None


def _line(name: str, value: object) -> str:
    """Write one header, folded by the library unless it is short, plain and taken as it is."""
    text = str(value)
    if _CONTROL.search(text):
        raise ValueError(f"{name} holds a line break or a control character")
    if isinstance(value, Address) and name == "From":
        return _sender_line(value.display_name, value.addr_spec)
    if written := _written(name, text):
        return written
    if len(name) + 2 + len(text) <= WIDTH and _PLAIN.fullmatch(text):
        return f"{name}: {text}{LINE_END}"
    return _folded(name, value)


@lru_cache(maxsize=1024)
def _sender_line(display_name: str, address: str) -> str:
    """A mailbox has one sender for all its mails."""
    return _folded("From", Address(display_name, addr_spec=address))


def _folded(name: str, value: object) -> str:
    return str(_POLICY.fold(name, _POLICY.header_factory(name, value)))


def _refuse(what: str, value: str) -> None:
    if _CONTROL.search(value):
        raise UnsafeHeaderError(f"The {what} {value!r} holds a line break or a control character. Remove it.")
    if _ENCODED_WORD.search(value):
        raise UnsafeHeaderError(f"The {what} {value!r} holds an encoded word, which could hide a header. Remove it.")


def _check_bytes(content: bytes, allowed: set[str], values: dict[str, object]) -> None:
    """Read the serialised mail back: the header names are exactly ours and the bytes are clean."""
    head, separator, _body = content.partition(b"\r\n\r\n")
    bare = content.replace(b"\r\n", b"")
    names = [line.split(b":", 1)[0].decode("ascii", "replace") for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    try:
        seen, shown = _read_back(head + separator)
    except (HeaderParseError, ValueError, IndexError, KeyError, AttributeError) as error:  # the library's own among them
        raise UnsafeHeaderError(f"The mail reads back broken: {error}. Mend the subject or the names.") from error
    clean = (
        bool(separator)
        and b"\r" not in bare
        and b"\n" not in bare
        and content.isascii()
        and sorted(names) == sorted(seen) == sorted(allowed)
        and parseaddr(shown["From"])[1] == parseaddr(str(values["From"]))[1]
        and shown["To"] == str(values["To"])
        and shown["Subject"] == " ".join(str(values["Subject"]).split())
    )
    if not clean:
        raise UnsafeHeaderError("The mail reads back with other headers than were written. Mend the subject or the names.")


def _read_back(head: bytes) -> tuple[list[str], dict[str, str]]:
    """Return the header names and what the telling ones say; lines in which nothing is encoded say what they show."""
    if _PLAIN_HEAD.fullmatch(head) and b"=?" not in head:
        lines = head.decode("ascii").replace("\r\n ", " ").split("\r\n")[:-2]
        parsed = dict(line.split(":", 1) for line in lines)
        names = [line.split(":", 1)[0] for line in lines]
        parsed["From"] = _sender_shown(parsed["From"].strip())
        return names, {name: " ".join(parsed[name].split()) for name in _TELLING}
    read = BytesParser(policy=_POLICY).parsebytes(head, headersonly=True)
    return read.keys(), {name: " ".join(str(read[name]).split()) for name in _TELLING}


@lru_cache(maxsize=1024)
def _sender_shown(value: str) -> str:
    """Return a sender as the library reads it; where it folds a long name, it loses quotes that the name needs."""
    return str(_POLICY.header_factory("From", value))
