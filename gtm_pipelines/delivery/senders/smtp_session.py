"""Open an SMTP session: connect, greet, protect, log in. Nothing is named yet, so nothing can leave."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl

from gtm_pipelines.delivery.model import SendResult
from gtm_pipelines.delivery.senders.smtp_replies import Reply, decode, session_refused
from gtm_pipelines.settings import SmtpSettings


class Refused(Exception):  # noqa: N818 - carries a result, and never leaves the sender
    """The session cannot be had; ``result`` says what that means."""

    def __init__(self, result: SendResult) -> None:
        super().__init__(result.reason)
        self.result = result


def open_session(settings: SmtpSettings, password: str | None, token: str | None = None) -> smtplib.SMTP:
    """Return a session ready for the first message.

    Raises:
        Refused: the server cannot be reached, cannot be trusted, or does not let us in.
    """
    where = f"{settings.host}:{settings.port}"
    session: smtplib.SMTP | None = None
    try:
        session = _connect(settings)
        # Nagle's algorithm would hold the dot back until the body is acknowledged, which
        # stretches the one uncertain moment fourfold.
        if session.sock is not None:
            session.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _greet(session)
        if settings.security == "starttls":
            _protect(session, settings)
        if settings.username and token:
            _show_token(session, settings.username, token)
        elif settings.username:
            _log_in(session, settings.username, password or "")
        return session
    except ssl.SSLCertVerificationError as error:
        _drop(session)
        text = f"The certificate of {where} is not trusted: {error.verify_message}. Name its issuer in smtp.ca_file."
        raise Refused(_stop(text)) from error
    except smtplib.SMTPResponseException as error:
        _drop(session)
        raise Refused(session_refused(decode(error.smtp_code, error.smtp_error), "the session")) from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        _drop(session)
        raise Refused(_stop(f"{where} cannot be reached: {error or 'no answer in time'}")) from error
    except BaseException:
        _drop(session)
        raise


def _drop(session: smtplib.SMTP | None) -> None:
    if session is not None:
        session.close()


def _stop(reason: str) -> SendResult:
    return SendResult("deferred", reason, stops_mailbox=True)


def _connect(settings: SmtpSettings) -> smtplib.SMTP:
    if settings.security == "tls":
        context = _context(settings)
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout_seconds, context=context)
    return smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)


def _greet(session: smtplib.SMTP) -> None:
    reply = decode(*session.ehlo())
    if reply.code != 250:
        reply = decode(*session.helo())
    if reply.code != 250:
        raise Refused(session_refused(reply, "the greeting"))


def _protect(session: smtplib.SMTP, settings: SmtpSettings) -> None:
    if not session.has_extn("starttls"):
        raise Refused(_stop(f"{settings.host} offers no STARTTLS. Use security = 'tls', or 'none' on a network you trust."))
    reply = decode(*session.starttls(context=_context(settings)))
    if reply.code != 220:
        raise Refused(session_refused(reply, "STARTTLS"))
    _greet(session)


def _log_in(session: smtplib.SMTP, username: str, password: str) -> None:
    try:
        session.login(username, password)
    except smtplib.SMTPAuthenticationError as error:
        reply: Reply = decode(error.smtp_code, error.smtp_error)
        raise Refused(session_refused(reply, f"the login of {username}")) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused(_stop("The server offers no login. Leave smtp.username empty, or protect the connection.")) from error


def _show_token(session: smtplib.SMTP, username: str, token: str) -> None:
    """Log in by XOAUTH2, as Google and Microsoft describe it: one line; a refusal comes as 334 and wants an empty answer."""
    line = base64.b64encode(f"user={username}\x01auth=Bearer {token}\x01\x01".encode()).decode("ascii")
    reply = decode(*session.docmd("AUTH", f"XOAUTH2 {line}"))
    if reply.code == 334:
        reply = decode(*session.docmd(""))
    if reply.code != 235:
        raise Refused(session_refused(reply, f"the token of {username}"))


def _context(settings: SmtpSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
