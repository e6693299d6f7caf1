"""What a person is told when the IMAP server is not as the settings say."""

from __future__ import annotations

import imaplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gtm_pipelines.errors import SettingsError, TransientError
from gtm_pipelines.replies.mailboxes.imap import ImapMailbox, decode_folder, quote_folder
from gtm_pipelines.settings import ImapSettings
from tests.contract.replies.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.mail


def mailbox(server: Dovecot, *, password: str = PASSWORD, **changes: object) -> ImapMailbox:
    given = {"port": server.imaps_port, "security": "tls", "ca_file": server.ca_file, "timeout_seconds": 5, **changes}
    return ImapMailbox(ImapSettings(**given), "trouble@sender.test", lambda: password)


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_every_kind_of_security_reads(dovecot: Dovecot, security: str) -> None:
    port = dovecot.imaps_port if security == "tls" else dovecot.imap_port

    assert list(mailbox(dovecot, security=security, port=port).fetch({})) == []


def test_a_wrong_password_says_which_setting_to_mend(dovecot: Dovecot) -> None:
    with pytest.raises(SettingsError, match=r"refused the log-in of trouble@sender\.test.*imap\.password"):
        list(mailbox(dovecot, password="wrong").fetch({}))


def test_an_untrusted_certificate_says_which_setting_to_mend(dovecot: Dovecot) -> None:
    with pytest.raises(SettingsError, match=r"not trusted.*imap\.ca_file"):
        list(mailbox(dovecot, ca_file=None).fetch({}))


def test_a_missing_folder_is_named_with_those_there_are(dovecot: Dovecot) -> None:
    with pytest.raises(SettingsError, match=r"no folder 'Postausgang'.*Sent.*INBOX"):
        list(mailbox(dovecot, folders=("Postausgang",)).fetch({}))


def test_a_server_that_is_not_there_is_worth_another_try(dovecot: Dovecot) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    with pytest.raises(TransientError, match="Collect again later"):
        list(mailbox(dovecot, port=free).fetch({}))


def test_a_server_that_hangs_up_or_falls_silent_is_worth_another_try(dovecot: Dovecot) -> None:
    for words, timeout in ((b"* BYE go away\r\n", 5), (b"", 0.3)):
        with talking_server(words) as port, pytest.raises(TransientError):
            list(mailbox(dovecot, port=port, security="none", timeout_seconds=timeout).fetch({}))


def test_a_connection_cut_in_the_middle_keeps_what_was_yielded(dovecot: Dovecot) -> None:
    imap = imaplib.IMAP4_SSL("127.0.0.1", dovecot.imaps_port, ssl_context=ssl.create_default_context(cafile=dovecot.ca_file))
    imap.login("cut@sender.test", PASSWORD)
    for number in range(120):
        imap.append("INBOX", "", imaplib.Time2Internaldate(1_772_600_000), f"Subject: {number}\r\n\r\nx\r\n".encode())
    imap.logout()
    with cutting_proxy(dovecot.imap_port, after=14_000) as port:
        settings = ImapSettings(port=port, security="none", timeout_seconds=5)
        seen: list[int] = []
        with pytest.raises(TransientError):
            seen.extend(mail.uid for mail in ImapMailbox(settings, "cut@sender.test", lambda: PASSWORD).fetch({}))
    assert 0 < len(seen) < 120
    assert seen == list(range(1, len(seen) + 1))


def test_a_folder_with_a_russian_name_is_read(dovecot: Dovecot) -> None:
    imap = imaplib.IMAP4("127.0.0.1", dovecot.imap_port)
    imap.login("trouble@sender.test", PASSWORD)
    imap.create(quote_folder("Входящие & прочее"))
    imap.append(quote_folder("Входящие & прочее"), "", imaplib.Time2Internaldate(1_772_600_000), b"Subject: x\r\n\r\ny\r\n")
    imap.logout()

    [mail] = mailbox(dovecot, folders=("Входящие & прочее",)).fetch({})

    assert (mail.folder, mail.raw) == ("Входящие & прочее", b"Subject: x\r\n\r\ny\r\n")
    assert decode_folder(quote_folder("Отправленные/2026 & co")[1:-1]) == "Отправленные/2026 & co"


@contextmanager
def talking_server(words: bytes) -> Iterator[int]:
    """A server that says ``words``, hangs up if it said any, and else keeps silent."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def serve() -> None:
            connection, _ = server.accept()
            connection.sendall(words)
            held.append(connection)
            if words:
                connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)
        for connection in held:
            connection.close()


@contextmanager
def cutting_proxy(port: int, *, after: int) -> Iterator[int]:
    """A way to ``port`` that breaks once ``after`` bytes have come back."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            inner, _ = server.accept()
            outer = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=_pump, args=(inner, outer, None), daemon=True).start()
            _pump(outer, inner, after)
            for connection in (inner, outer):
                connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def _pump(source: socket.socket, sink: socket.socket, limit: int | None) -> None:
    passed = 0
    try:
        while data := source.recv(1024):
            passed += len(data)
            if limit is not None and passed > limit:
                sink.shutdown(socket.SHUT_RDWR)
                return
            sink.sendall(data)
    except OSError:
        return
