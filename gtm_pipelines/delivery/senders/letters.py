"""Take a mail apart for vendors that ask for its parts instead of its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP
from email.utils import parseaddr

from gtm_pipelines.delivery.model import Outgoing

_CARRIED = ("Message-ID", "In-Reply-To", "References", "List-Unsubscribe", "List-Unsubscribe-Post")


@dataclass(frozen=True)
class Parts:
    """A mail as its parts.

    Attributes:
        name: of the sender, perhaps empty.
        sender: address of the sender.
        recipient: address of the recipient.
        subject: as it is read.
        text: the approved body, with plain line ends.
        headers: those that a vendor is to carry over as they are.
        mail: which mail of its thread it is, from 1.
    """

    name: str
    sender: str
    recipient: str
    subject: str
    text: str
    headers: dict[str, str]
    mail: int


def parts(outgoing: Outgoing) -> Parts:
    """Take a composed mail apart; what was approved stays as it was."""
    message = message_from_bytes(outgoing.content, policy=SMTP)
    carried = {name: " ".join(str(message[name]).split()) for name in _CARRIED if message[name]}
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    return Parts(
        name=parseaddr(str(message["From"]))[0],
        sender=outgoing.sender,
        recipient=outgoing.recipient,
        subject=" ".join(str(message["Subject"] or "").split()),
        text=text.replace("\r\n", "\n"),
        headers=carried,
        mail=len(carried.get("References", "").split()) + 1,
    )
