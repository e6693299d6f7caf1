"""Take a mail apart for vendors that ask for its parts instead of its bytes."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from gtm_pipelines.delivery.model import Outgoing
from gtm_pipelines.meetings.model import Invitation

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
        invitation: what it carries for the recipient's calendar, if anything.
    """

    name: str
    sender: str
    recipient: str
    subject: str
    text: str
    headers: dict[str, str]
    mail: int
    invitation: Invitation | None = None


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
        invitation=_invitation(message),
    )


def file_of(invitation: Invitation) -> str:
    """Return an invitation as vendors take files: in base64."""
    return b64encode(invitation.content).decode("ascii")


def _invitation(message: EmailMessage) -> Invitation | None:
    found = next((part for part in message.walk() if part.get_content_type() == "text/calendar"), None)
    if found is None:
        return None
    content = found.get_payload(decode=True)
    return Invitation(str(found.get_param("method")), content if isinstance(content, bytes) else b"")
