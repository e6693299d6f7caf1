"""Answers over real IMAP reach the record once, however often the server says goodbye in the middle."""

from __future__ import annotations

import imaplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.errors import TransientError
from gtm_pipelines.record import tables
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies.mailboxes.imap import ImapMailbox, quote_folder
from gtm_pipelines.replies.model import Collector
from gtm_pipelines.replies.service import ReplyService
from gtm_pipelines.settings import ImapSettings
from tests.contract.replies.dovecot import PASSWORD, Dovecot
from tests.integration.replies.world import SentWorld, mail

pytestmark = [pytest.mark.mail, pytest.mark.slow]

FOLDERS = ("INBOX", "All Mail", "Junk")
MAILS = 130


def test_goodbyes_in_the_middle_of_three_folders_lose_and_double_no_answer(
    record: Record, clock: VirtualClock, dovecot: Dovecot
) -> None:
    """Every answer lies in INBOX or Junk, and in All Mail too; uids start anew once, under a new UIDVALIDITY."""
    sent, user = SentWorld(record), f"bye-{record.engine.dialect.name}@sender.test"
    sent.message("ann@client.test")
    answers = [mail(f"Sounds good, number {n}", in_reply_to=sent.rfc("ann@client.test")) for n in range(MAILS)]
    fill(dovecot, user, {"INBOX": answers[:70], "Junk": answers[70:], "All Mail": answers})
    goodbyes = [(say_bye, after) for after in (3, 60, 30, 75)] + [(hang_up, 20)]

    for number, (end, after) in enumerate(goodbyes):
        with interrupted(dovecot.imap_port, after, end) as port, pytest.raises(TransientError):
            service(record, clock, user, port).collect()
        if number == 2:
            forget_uids(dovecot, user, "All Mail", answers)
    service(record, clock, user, dovecot.imap_port).collect()

    stored = sent.rows(tables.inbound_message)
    assert sorted(row.text for row in stored) == sorted(f"Sounds good, number {n}" for n in range(MAILS))
    assert {row.attribution for row in stored} == {"in_reply_to"}
    assert len(sent.rows(tables.message_event)) == MAILS
    assert service(record, clock, user, dovecot.imap_port).collect().fetched == 0


def service(record: Record, clock: VirtualClock, user: str, port: int) -> ReplyService:
    settings = ImapSettings(port=port, security="none", timeout_seconds=10, folders=FOLDERS)
    return ReplyService(record, clock, {"anna": Collector("anna", user, lambda: ImapMailbox(settings, user, lambda: PASSWORD))})


@contextmanager
def logged_in(server: Dovecot, user: str) -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4("127.0.0.1", server.imap_port) as imap:
        imap.login(user, PASSWORD)
        yield imap


def fill(server: Dovecot, user: str, folders: dict[str, list[bytes]]) -> None:
    with logged_in(server, user) as imap:
        for folder, mails in folders.items():
            imap.create(quote_folder(folder))
            for raw in mails:
                imap.append(quote_folder(folder), "", imaplib.Time2Internaldate(1_772_600_000), raw.replace(b"\n", b"\r\n"))


def forget_uids(server: Dovecot, user: str, folder: str, mails: list[bytes]) -> None:
    """Delete a folder and make it anew: the same name, another UIDVALIDITY, uids from the start."""
    with logged_in(server, user) as imap:
        before = imap.status(quote_folder(folder), "(UIDVALIDITY)")[1]
        imap.delete(quote_folder(folder))
    fill(server, user, {folder: mails})
    with logged_in(server, user) as imap:
        assert imap.status(quote_folder(folder), "(UIDVALIDITY)")[1] != before


def say_bye(client: socket.socket) -> None:
    client.sendall(b"* BYE Server is shutting down\r\n")


def hang_up(_client: socket.socket) -> None:
    """End without a word."""


@contextmanager
def interrupted(port: int, after: int, end: object) -> Iterator[int]:
    """A way to the server that ends after ``after`` mails were answered whole."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _where = listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=_copy, args=(client, server), daemon=True).start()
            _answers(server, client, after)
            with suppress(OSError):
                end(client)  # type: ignore[operator]
            for connection in (client, server):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        thread.join(10)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)


def _answers(server: socket.socket, client: socket.socket, after: int) -> None:
    """Pass on what the server says line by line, until so many bodies were told to their end."""
    told, inside = 0, False
    with suppress(OSError), server.makefile("rb") as lines:
        for line in lines:
            inside = inside or (line.startswith(b"* ") and b"BODY[]" in line)
            client.sendall(line)
            if inside and line == b")\r\n":
                told, inside = told + 1, False
                if told == after:
                    return
