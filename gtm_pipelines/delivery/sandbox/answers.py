"""Write what comes back: replies, out-of-office notes and bounce notices, as real RFC 5322 mail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from gtm_pipelines.delivery.sandbox.people import Conduct, Person
from gtm_pipelines.delivery.sandbox.phrases import PHRASES
from gtm_pipelines.ids import digest

DAEMON = "MAILER-DAEMON@mx.sandbox.example"
_STATUS = {
    Conduct.BOUNCE_HARD: ("5.1.1", "550 5.1.1 User unknown"),
    Conduct.BOUNCE_SOFT: ("4.2.2", "452 4.2.2 Mailbox full"),
}
_MAILTO = re.compile(r"<mailto:[^?>]+\?subject=([^>]+)>")
_MAX_QUOTED_LINES = 200


@dataclass(frozen=True)
class Received:
    """A mail as the simulated person sees it."""

    message_id: str
    sender_name: str
    sender: str
    subject: str
    references: str
    text: str
    list_unsubscribe: str
    raw: bytes

    @property
    def language(self) -> str:
        """``ru`` if the text is mostly Cyrillic, else ``en``."""
        letters = [letter for letter in self.text if letter.isalpha()]
        return "ru" if letters and sum("а" <= c.lower() <= "я" for c in letters) > len(letters) / 3 else "en"


def read(raw: bytes) -> Received:
    """Take a delivered mail apart."""
    message = message_from_bytes(raw, EmailMessage, policy=policy.default)
    body = message.get_body(("plain", "html"))
    name, address = parseaddr(str(message.get("From", "")))
    return Received(
        message_id=str(message.get("Message-ID", "")).strip(),
        sender_name=name,
        sender=address,
        subject=str(message.get("Subject", "")),
        references=str(message.get("References", "")),
        text=body.get_content() if body else "",
        list_unsubscribe=str(message.get("List-Unsubscribe", "")),
        raw=raw,
    )


def answer(mail: Received, person: Person, now: datetime) -> bytes | None:
    """Return what ``person`` sends back, or ``None`` for silence."""
    if person.conduct in _STATUS:
        return _bounce(mail, person, now)
    if person.conduct is Conduct.SILENCE:
        return None
    message = _addressed(mail, person, now)
    if person.conduct is Conduct.AUTO_REPLY:
        _absence(message, mail, person, now)
    elif person.conduct is Conduct.UNSUBSCRIBE and person.manner % 3 == 0 and (asked := _MAILTO.search(mail.list_unsubscribe)):
        message["Subject"] = asked[1].replace("%20", " ")
        message.set_content("\n")
    else:
        message["Subject"] = mail.subject if mail.subject.lower().startswith("re:") else f"Re: {mail.subject}"
        message["In-Reply-To"] = mail.message_id
        message["References"] = f"{mail.references} {mail.message_id}".strip()
        message.set_content(f"{_phrase(mail, person)}\n\n{_quoted(mail, person, now)}", cte="quoted-printable")
    return message.as_bytes()


def _addressed(mail: Received, person: Person, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = person.address
    message["To"] = mail.sender
    message["Date"] = format_datetime(now)
    domain = person.address.rpartition("@")[2]
    message["Message-ID"] = f"<{digest('answer', mail.message_id, person.address)[:24]}@{domain}>"
    return message


def _absence(message: EmailMessage, mail: Received, person: Person, now: datetime) -> None:
    russian = mail.language == "ru"
    message["Subject"] = f"{'Автоматический ответ' if russian else 'Automatic reply'}: {mail.subject}"
    message["In-Reply-To"] = mail.message_id
    message["Auto-Submitted"] = "auto-replied"
    back = now + timedelta(days=3 + person.manner % 12)
    shown = back.strftime("%d.%m.%Y") if russian else f"{back.day} {back.strftime('%B %Y')}"
    message.set_content(_phrase(mail, person).format(back=shown), cte="quoted-printable")


def _phrase(mail: Received, person: Person) -> str:
    choices = PHRASES[person.conduct, mail.language]
    return choices[person.manner // 7 % len(choices)]


def _quoted(mail: Received, person: Person, now: datetime) -> str:
    """Quote the mail as common clients do; half of the people quote nothing but the first lines."""
    lines = mail.text.rstrip().splitlines()[: _MAX_QUOTED_LINES if person.manner % 2 else 3]
    who = mail.sender_name or mail.sender
    if mail.language == "ru":
        opening = f"{now:%d.%m.%Y, %H:%M}, {who} <{mail.sender}> пишет:"
    else:
        opening = f"On {now:%a, %b} {now.day}, {now.year} at {now:%H:%M}, {who} <{mail.sender}> wrote:"
    return "\n".join([opening, *(f"> {line}".rstrip() for line in lines)])


def _bounce(mail: Received, person: Person, now: datetime) -> bytes:
    """Return a delivery status notification (RFC 3464) with the whole mail inside."""
    status, said = _STATUS[person.conduct]
    boundary = digest("bounce", mail.message_id, person.address)[:32]
    head = [
        f"From: Mail Delivery System <{DAEMON}>",
        f"To: {mail.sender}",
        "Subject: Undelivered Mail Returned to Sender",
        f"Date: {format_datetime(now)}",
        f"Message-ID: <{boundary}@mx.sandbox.example>",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
    ]
    notice = f"Your message could not be delivered to <{person.address}>.\r\nThe remote server said: {said}\r\n"
    report = [
        "Reporting-MTA: dns; mx.sandbox.example",
        "",
        f"Final-Recipient: rfc822; {person.address}",
        "Action: failed",
        f"Status: {status}",
        f"Diagnostic-Code: smtp; {said}",
    ]
    parts = (
        ("text/plain; charset=us-ascii", notice.encode()),
        ("message/delivery-status", ("\r\n".join(report) + "\r\n").encode()),
        ("message/rfc822", mail.raw),
    )
    body = b"".join(f"--{boundary}\r\nContent-Type: {kind}\r\n\r\n".encode() + content + b"\r\n" for kind, content in parts)
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body + f"--{boundary}--\r\n".encode()
