"""What every mailbox promises: the shipped fake, the sandbox's Maildir and a real IMAP server alike."""

from __future__ import annotations

import imaplib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from gtm_pipelines.replies.mailboxes.imap import ImapMailbox
from gtm_pipelines.replies.mailboxes.memory import MemoryMailbox
from gtm_pipelines.replies.mailboxes.sandbox import SandboxMailbox
from gtm_pipelines.replies.model import FolderCursor, Mailbox
from gtm_pipelines.settings import ImapSettings
from tests.contract.replies.dovecot import PASSWORD, Dovecot

_users = count(1)


@dataclass(frozen=True)
class Subject:
    """A mailbox under test, and how mail gets into it."""

    mailbox: Mailbox
    deliver: Callable[[bytes], None]
    unseen: Callable[[], int] | None = None


def raw(number: int) -> bytes:
    return (
        f"From: ann@client.test\r\nSubject: mail {number}\r\nMessage-ID: <m{number}@client.test>\r\n"
        f"Date: Wed, 04 Mar 2026 09:00:00 +0000\r\n\r\nBody {number} \u0436\r\n"
    ).encode()


def memory_subject() -> Subject:
    mailbox = MemoryMailbox(folders={"INBOX": []})
    return Subject(mailbox, lambda data: (mailbox.deliver(data, datetime(2026, 3, 4, 9, 0, tzinfo=UTC)), None)[1])


def sandbox_subject(folder: Path) -> Subject:
    numbers = count(1)
    for box in ("tmp", "new", "cur"):
        (folder / box).mkdir(parents=True)

    def deliver(data: bytes) -> None:
        name = f"{next(numbers):012d}.sandbox"
        (folder / "tmp" / name).write_bytes(data)
        (folder / "tmp" / name).rename(folder / "new" / name)

    return Subject(SandboxMailbox(folder), deliver)


def imap_subject(server: Dovecot) -> Subject:
    address = f"user{next(_users)}@sender.test"
    settings = ImapSettings(port=server.imaps_port, security="tls", ca_file=server.ca_file, timeout_seconds=10)

    def session() -> imaplib.IMAP4:
        imap = imaplib.IMAP4("127.0.0.1", server.imap_port)
        imap.login(address, PASSWORD)
        return imap

    def deliver(data: bytes) -> None:
        imap = session()
        assert imap.append("INBOX", "", imaplib.Time2Internaldate(time.time()), data)[0] == "OK"
        imap.logout()

    def unseen() -> int:
        imap = session()
        imap.select("INBOX", readonly=True)
        found = len(imap.search(None, "UNSEEN")[1][0].split())
        imap.logout()
        return found

    return Subject(ImapMailbox(settings, address, lambda: PASSWORD), deliver, unseen)


@pytest.fixture(params=["memory", "sandbox", pytest.param("imap", marks=pytest.mark.mail)])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    if request.param == "memory":
        yield memory_subject()
    elif request.param == "sandbox":
        yield sandbox_subject(tmp_path / "anna@sender.test")
    else:
        yield imap_subject(request.getfixturevalue("dovecot"))


def test_an_empty_mailbox_yields_nothing(subject: Subject) -> None:
    assert list(subject.mailbox.fetch({})) == []


def test_mail_comes_whole_and_in_ascending_order(subject: Subject) -> None:
    sent = [raw(number) for number in range(5)]
    for data in sent:
        subject.deliver(data)

    mails = list(subject.mailbox.fetch({}))

    assert [m.raw for m in mails] == sent
    uids = [m.uid for m in mails]
    assert uids == sorted(set(uids))
    assert {m.folder for m in mails} == {"INBOX"}
    assert all(m.received_at.tzinfo is not None and m.received_at.year >= 2026 for m in mails)


def test_the_cursor_is_where_reading_goes_on(subject: Subject) -> None:
    for number in range(4):
        subject.deliver(raw(number))
    mails = list(subject.mailbox.fetch({}))
    cursor = {"INBOX": FolderCursor(mails[1].uidvalidity, mails[1].uid)}

    assert [m.raw for m in subject.mailbox.fetch(cursor)] == [raw(2), raw(3)]

    at_end = {"INBOX": FolderCursor(mails[3].uidvalidity, mails[3].uid)}
    assert list(subject.mailbox.fetch(at_end)) == []
    subject.deliver(raw(9))
    assert [m.raw for m in subject.mailbox.fetch(at_end)] == [raw(9)]


def test_another_uidvalidity_means_reading_everything_again(subject: Subject) -> None:
    for number in range(3):
        subject.deliver(raw(number))
    [*_, last] = subject.mailbox.fetch({})

    again = subject.mailbox.fetch({"INBOX": FolderCursor(last.uidvalidity + 1, last.uid)})

    assert [m.raw for m in again] == [raw(0), raw(1), raw(2)]


def test_reading_leaves_the_mailbox_as_it_is(subject: Subject) -> None:
    subject.deliver(raw(1))

    first, second = list(subject.mailbox.fetch({})), list(subject.mailbox.fetch({}))

    assert first == second
    if subject.unseen:
        assert subject.unseen() == 1


def test_a_message_is_found_by_its_message_id(subject: Subject) -> None:
    subject.deliver(raw(1))
    subject.deliver(b"Subject: mentions <m2@client.test>\r\n\r\n<m2@client.test>\r\n")

    assert subject.mailbox.contains_message_id("INBOX", "<m1@client.test>") is True
    assert subject.mailbox.contains_message_id("INBOX", "<m2@client.test>") is False
    assert subject.mailbox.contains_message_id("INBOX", 'x" OR ALL') is False


def test_many_and_large_mails_come_one_and_all(subject: Subject) -> None:
    large = raw(0) + b"x" * 76 + b"\r\n" + (b"y" * 76 + b"\r\n") * 120_000
    sent = [raw(number) for number in range(1, 61)] + [large, raw(99)]
    for data in sent:
        subject.deliver(data)

    assert [m.raw for m in subject.mailbox.fetch({})] == sent


def test_a_reader_that_stops_early_can_go_on(subject: Subject) -> None:
    for number in range(3):
        subject.deliver(raw(number))
    reading = subject.mailbox.fetch({})
    first = next(iter(reading))
    getattr(reading, "close", lambda: None)()

    rest = subject.mailbox.fetch({"INBOX": FolderCursor(first.uidvalidity, first.uid)})

    assert [m.raw for m in rest] == [raw(1), raw(2)]


def test_a_moved_sandbox_mail_keeps_its_place(tmp_path: Path) -> None:
    subject = sandbox_subject(tmp_path / "box")
    subject.deliver(raw(1))
    subject.deliver(raw(2))
    read = tmp_path / "box" / "new" / "000000000001.sandbox"
    shutil.move(read, tmp_path / "box" / "cur" / (read.name + ":2,S"))

    assert [m.uid for m in subject.mailbox.fetch({})] == [1, 2]
