"""Whether a mailbox's servers answer and let it in; nothing is sent and nothing is read."""

from __future__ import annotations

import imaplib
import smtplib
import ssl
from pathlib import Path

from gtm_pipelines.settings import ImapSettings, MailboxSettings, SmtpSettings, resolve_secret

CONNECT_SECONDS = 5.0


def smtp_answers(mailbox: MailboxSettings) -> str | None:
    """Log in to the SMTP server and leave; return what is wrong, or ``None``.

    Raises:
        SettingsError: the password named in the settings is kept nowhere.
    """
    server = mailbox.smtp
    password = resolve_secret(server.password) if server.password else None
    try:
        with _smtp(server) as session:
            session.ehlo()
            if server.security == "starttls":
                session.starttls(context=_context(server.ca_file))
                session.ehlo()
            if server.username and password:
                session.login(server.username, password)
    except (OSError, smtplib.SMTPException) as error:
        return f"{server.host}:{server.port}: {error}"
    return None


def imap_answers(mailbox: MailboxSettings) -> str | None:
    """Log in to the IMAP server and leave; return what is wrong, or ``None``.

    Raises:
        SettingsError: the password named in the settings is kept nowhere.
    """
    server = mailbox.imap
    password = resolve_secret(server.password) if server.password else None
    try:
        with _imap(server) as session:
            if server.security == "starttls":
                session.starttls(_context(server.ca_file))
            if password:
                session.login(server.username or mailbox.address, password)
    except (OSError, imaplib.IMAP4.error) as error:
        return f"{server.host}:{server.port}: {error}"
    return None


def _smtp(server: SmtpSettings) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=CONNECT_SECONDS, context=_context(server.ca_file))
    return smtplib.SMTP(server.host, server.port, timeout=CONNECT_SECONDS)


def _imap(server: ImapSettings) -> imaplib.IMAP4:
    if server.security == "tls":
        return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=_context(server.ca_file), timeout=CONNECT_SECONDS)
    return imaplib.IMAP4(server.host, server.port, timeout=CONNECT_SECONDS)


def _context(ca_file: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
