"""What an SMTP server's answer means for the message and for the mailbox.

Codes are those of RFC 5321, enhanced codes those of RFC 3463 and its registry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gtm_pipelines.delivery.model import SendResult
from gtm_pipelines.log import redact_text

_ENHANCED = re.compile(r"^([245])\.(\d{1,3})\.(\d{1,3})\b")
_QUEUE_ID = re.compile(r"(?:queued as|id[=:]?)\s+<?([A-Za-z0-9._-]{4,})>?", re.IGNORECASE)
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_SENDER_CODES = frozenset(
    {"5.7.8", "5.7.9", "5.7.14", "5.7.23", "5.7.25", "5.7.26", "5.7.27", "5.7.29", "5.7.30", "5.7.32", "5.7.509", "5.7.515"}
)
"""The sender's login, SPF, DKIM, DMARC, reverse name or TLS is at fault: every message would fail."""


@dataclass(frozen=True)
class Reply:
    """One whole answer of the server."""

    code: int
    text: str

    @property
    def enhanced(self) -> str | None:
        """The enhanced status code, such as ``5.1.1``."""
        match = _ENHANCED.match(self.text)
        return match.group(0) if match else None

    @property
    def queue_id(self) -> str | None:
        """The name under which the server keeps the message, if it says one."""
        match = _QUEUE_ID.search(self.text)
        return match.group(1) if match else None

    @property
    def blames_sender(self) -> bool:
        """Whether the trouble is the mailbox's login or authentication."""
        return self.code in _LOGIN_CODES or (self.enhanced or "") in _SENDER_CODES

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


def decode(code: int, text: bytes | str) -> Reply:
    """Make a reply of what ``smtplib`` returns, on one line, at most 500 characters; a server may repeat a password."""
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return Reply(code, " ".join(redact_text(shown).split())[:500])


def session_refused(reply: Reply, step: str) -> SendResult:
    """Judge a refusal before any message was named: the whole mailbox waits."""
    told = f"The server refused {step}: {reply}"
    return SendResult("deferred", told, stops_mailbox=True, authentication=reply.blames_sender)


def message_refused(reply: Reply, step: str) -> SendResult:
    """Judge a refusal of the sender, the recipient, the data or the finished message."""
    reason = f"The server refused {step}: {reply}"
    if reply.blames_sender or reply.code == 421:
        return SendResult("deferred", reason, stops_mailbox=True, authentication=reply.blames_sender)
    if 400 <= reply.code < 500:
        return SendResult("deferred", reason)
    if 500 <= reply.code < 600:
        if step == "the sender":
            return SendResult("deferred", reason, stops_mailbox=True)
        return SendResult("failed", reason, bounced=step == "the recipient" and _no_such_recipient(reply))
    return SendResult("deferred", f"The server answered {step} in a way that is not SMTP: {reply}")


def final_answer(reply: Reply) -> SendResult:
    """Judge the answer to the final dot; what is no clear yes or no stays unknown."""
    if 200 <= reply.code < 300:
        return SendResult("sent", str(reply), reference=reply.queue_id)
    if 400 <= reply.code < 600:
        return message_refused(reply, "the message")
    return SendResult("unknown", f"The server's answer to the message cannot be read: {reply}")


def _no_such_recipient(reply: Reply) -> bool:
    """An address that does not exist, by RFC 3463 ``X.1.x``, or by the bare code of RFC 5321."""
    if reply.enhanced:
        return reply.enhanced.startswith(("5.1.", "5.2.1", "5.4.4"))
    return reply.code in (550, 551, 553)
