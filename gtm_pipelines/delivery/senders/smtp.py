"""Hand mail over by SMTP so that one moment alone is uncertain: the final dot.

Everything up to the body goes out first, *without* the line that ends it; then
``handing`` is committed; then the dot; then the answer is read. A server must throw
away what never got its dot (RFC 5321, 4.1.1.10 and 6.1), so a crash before ``handing``
provably sent nothing. Servers that say PIPELINING (RFC 2920) are told sender, recipient
and DATA in one breath, which spares two round trips a message; the body waits for their
answers all the same.
"""

from __future__ import annotations

import re
import select
import smtplib
from collections.abc import Callable

from gtm_pipelines.delivery.model import Checkpoint, Handover, Outgoing, SendResult, Sought, no_checkpoint
from gtm_pipelines.delivery.senders.smtp_replies import Reply, decode, final_answer, message_refused
from gtm_pipelines.delivery.senders.smtp_session import Refused, open_session
from gtm_pipelines.settings import SmtpSettings

_LINE_END = re.compile(rb"\r\n|\r|\n")
_MESSAGES_A_SESSION = 100
_PIPELINING = "pipelining"


class SmtpSender:
    """A ``Sender`` over one SMTP account; keeps the connection open between messages.

    Args:
        settings: where the server is and how to log in.
        password: the resolved password, if the account needs one.
        token: the resolved OAuth access token, shown by XOAUTH2 in the place of a password.
        checkpoint: told each step; for tests that end the process there.
    """

    def __init__(
        self,
        settings: SmtpSettings,
        *,
        password: str | None = None,
        token: str | None = None,
        checkpoint: Checkpoint = no_checkpoint,
    ) -> None:
        self._settings = settings
        self._password = password
        self._token = token
        self._checkpoint = checkpoint
        self._session: smtplib.SMTP | None = None
        self._used = 0
        self._at_start = False

    def plan(self, outgoing: Outgoing) -> Handover:
        """Say where the message would go."""
        refusal = None if outgoing.content.isascii() else "The message needs 8BITMIME, which is not used."
        return Handover(f"smtp://{self._settings.host}:{self._settings.port}", refusal)

    def send(self, outgoing: Outgoing, handing: Callable[[], None]) -> SendResult:
        """Hand the message over; see ``Sender.send``."""
        clean = False
        try:
            result = self._prepare(outgoing)
            if result is None:
                handing()
                self._checkpoint("handing")
                result = self._finish()
            clean = result.status in ("sent", "failed") or (result.status == "deferred" and not result.stops_mailbox)
        finally:
            if not clean:
                self.close()
        return result

    def look_up(self, sought: Sought) -> bool | None:
        """SMTP cannot say what became of a message."""
        return None

    def probe(self) -> SendResult:
        """Connect and log in, and send nothing; ``sent`` says that it was let in."""
        try:
            self._ready()
        except Refused as error:
            return error.result
        finally:
            self.close()
        return SendResult("sent", f"{self._settings.host}:{self._settings.port} lets the mailbox in.")

    def close(self) -> None:
        """Drop the connection. Never says QUIT: inside a body it would be taken for text."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _prepare(self, outgoing: Outgoing) -> SendResult | None:
        """Bring everything to the server but the dot; a result means that nothing will leave."""
        try:
            session, reply = self._named(outgoing)
            refusal = self._envelope(session, outgoing, reply)
            if refusal is None:
                self._body(session, outgoing.content)
                refusal = self._spoke_early(session)
            return refusal
        except Refused as error:
            return error.result
        except (smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected, OSError) as error:
            self.close()
            return SendResult("deferred", f"The connection broke before the message was complete: {_say(error)}")

    def _finish(self) -> SendResult:
        """Send the dot and read the answer. No answer means that nobody here can know."""
        session = self._session
        if session is None or session.sock is None:
            return SendResult("unknown", "The connection was lost at the last moment.")
        try:
            session.sock.sendall(b".\r\n")
            self._checkpoint("dot")
            reply = decode(*session.getreply())
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return SendResult("unknown", f"The server did not answer the finished message: {_say(error)}")
        self._checkpoint("answered")
        self._at_start = reply.code != 421
        return final_answer(reply)

    def _named(self, outgoing: Outgoing) -> tuple[smtplib.SMTP, Reply]:
        """Name the sender in a session at the start of a transaction; return the session and the answer."""
        kept = self._kept()
        if kept is not None:
            try:
                reply = _name(kept, outgoing)
                if reply.code != 421:
                    return kept, reply
            except (smtplib.SMTPException, OSError):
                pass  # servers hang up on sessions that were idle: nothing was named, so a fresh one begins anew
        session = self._ready()
        return session, _name(session, outgoing)

    def _kept(self) -> smtplib.SMTP | None:
        """Return the open session, if it answers and its last transaction is over."""
        session, at_start, self._at_start = self._session, self._at_start, False
        if session is None or self._used >= _MESSAGES_A_SESSION:
            return None
        try:
            if not at_start and session.rset()[0] != 250:
                return None
        except (smtplib.SMTPException, OSError):
            return None
        self._used += 1
        return session

    def _ready(self) -> smtplib.SMTP:
        """Return a fresh session."""
        self.close()
        self._session = open_session(self._settings, self._password, self._token)
        self._used = 1
        self._checkpoint("connected")
        return self._session

    def _envelope(self, session: smtplib.SMTP, outgoing: Outgoing, reply: Reply) -> SendResult | None:
        """Go on from the answer to the sender's name up to the go-ahead for the text."""
        if reply.code != 250:
            return self._refused(session, reply, "the sender", 2)
        self._checkpoint("mail")
        reply = _said(session, "RCPT", f"TO:<{outgoing.recipient}>")
        if reply.code not in (250, 251):
            return self._refused(session, reply, "the recipient", 1)
        self._checkpoint("rcpt")
        reply = _said(session, "DATA")
        if reply.code != 354:
            return self._refused(session, reply, "the data", 0)
        self._checkpoint("data")
        return None

    def _refused(self, session: smtplib.SMTP, reply: Reply, step: str, asked: int) -> SendResult:
        """Judge a refusal; a server that says goodbye or cannot be read is left at once.

        ``asked``: further answers that come where all was asked in one breath.
        """
        if reply.code == 421 or not 400 <= reply.code < 600 or not _in_step(session, asked):
            self.close()
        return message_refused(reply, step)

    def _body(self, session: smtplib.SMTP, content: bytes) -> None:
        assert session.sock is not None  # noqa: S101 - connected by _ready
        lines = _LINE_END.split(content)
        if lines[-1] == b"":
            lines.pop()
        data = b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines)
        half = len(data) // 2
        session.sock.sendall(data[:half])
        self._checkpoint("half")
        session.sock.sendall(data[half:])
        self._checkpoint("body")

    def _spoke_early(self, session: smtplib.SMTP) -> SendResult | None:
        """A server that speaks or hangs up before the dot will not take the message: it has not left."""
        assert session.sock is not None  # noqa: S101 - connected by _ready
        if not select.select([session.sock], [], [], 0)[0]:
            return None
        reply = decode(*session.getreply())
        self.close()
        return message_refused(reply, "the data")


def _name(session: smtplib.SMTP, outgoing: Outgoing) -> Reply:
    """Name the sender, and the rest in the same breath where the server takes that; return the answer to the sender's name.

    Raises:
        Refused: the message is larger than the server takes.
    """
    limit = session.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(outgoing.content):
        told = f"The message has {len(outgoing.content)} bytes and the server takes {limit}. Shorten it."
        raise Refused(SendResult("failed", told))
    if not session.has_extn(_PIPELINING):
        return _said(session, "MAIL", f"FROM:<{outgoing.sender}>")
    commands = f"MAIL FROM:<{outgoing.sender}>", f"RCPT TO:<{outgoing.recipient}>", "DATA"
    if any(_LINE_END.search(command.encode()) for command in commands):
        raise ValueError("An address of the envelope holds a line break.")
    session.send("\r\n".join((*commands, "")))
    return decode(*session.getreply())


def _said(session: smtplib.SMTP, command: str, argument: str = "") -> Reply:
    """Return the answer to a command, which is asked now unless it was asked with the sender's name."""
    if command != "MAIL" and session.has_extn(_PIPELINING):
        return decode(*session.getreply())
    return decode(*session.docmd(command, argument))


def _in_step(session: smtplib.SMTP, asked: int) -> bool:
    """Hear what else was asked; tell whether the session can go on: not after a go-ahead that only a dot could end."""
    if not session.has_extn(_PIPELINING):
        return True
    try:
        codes = [session.getreply()[0] for _ in range(asked)]
    except (smtplib.SMTPException, OSError):
        return False
    return 354 not in codes


def _say(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, smtplib.SMTPResponseException):
        return str(decode(error.smtp_code, error.smtp_error))
    return str(error) or type(error).__name__
