"""Whole processes that collect at once, and that are killed while they collect."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.record import tables
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies.mailboxes.sandbox import SandboxMailbox
from gtm_pipelines.replies.model import Collector
from gtm_pipelines.replies.service import ReplyService
from tests.integration.replies.world import OWN, SentWorld, mail

pytestmark = pytest.mark.slow

COLLECT = """
# few mails a transaction, so that there are many moments to be killed or overtaken at
import sys
from pathlib import Path
from gtm_pipelines.clock import SystemClock
from gtm_pipelines.record.engine import open_record
from gtm_pipelines.replies import collect
from gtm_pipelines.replies.mailboxes.sandbox import SandboxMailbox
from gtm_pipelines.replies.model import Collector
from gtm_pipelines.replies.service import ReplyService
collect.BATCH_MAILS = 8
url, folder = sys.argv[1:]
name = Path(folder).name
anna = Collector(name, "x@y.test", lambda: SandboxMailbox(Path(folder)))
service = ReplyService(open_record(url, "default"), SystemClock(), {name: anna})
print("ready", flush=True)
sys.stdin.readline()
print(service.collect().new, flush=True)
"""


@pytest.fixture
def maildir(tmp_path: Path, sent: SentWorld) -> Path:
    """A hundred and twenty wishes not to be written to, from six people."""
    folder = tmp_path / "maildir" / "new"
    folder.mkdir(parents=True)
    people = [f"p{number}@client.test" for number in range(6)]
    for person in people:
        sent.message(person)
    for number in range(120):
        person = people[number % 6]
        raw = mail(f"Please remove me, {number}", from_=person, in_reply_to=sent.rfc(person))
        (folder / f"{number + 1:012d}.x").write_bytes(raw)
    return folder.parent


def start(url: str, folder: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", COLLECT, url, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def wait_for(sent: SentWorld, stored: int, child: subprocess.Popen[str]) -> None:
    """Wait until so many mails are in the record, or the process is done."""
    while count(sent) < stored and child.poll() is None:
        time.sleep(0.02)


def count(sent: SentWorld) -> int:
    with sent.record.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(tables.inbound_message)).scalar_one())


def test_three_processes_at_once_count_every_mail_once(database_url: str, maildir: Path, sent: SentWorld) -> None:
    children = [start(database_url, maildir) for _ in range(3)]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    new = [int(child.communicate(timeout=60)[0]) for child in children]

    assert [child.returncode for child in children] == [0, 0, 0]
    assert sum(new) == 120
    assert len(sent.rows(tables.inbound_message)) == 120
    assert len(sent.rows(tables.message_event)) == 240
    assert len(sent.suppressed()) == 6


def test_two_processes_with_mails_for_the_same_message_do_not_wait_for_each_other(
    database_url: str, maildir: Path, sent: SentWorld
) -> None:
    """Each reads a mailbox of its own, all about the same six messages."""
    other = maildir.parent / "other"
    (other / "new").mkdir(parents=True)
    for number, path in enumerate(sorted((maildir / "new").iterdir())):
        if number % 2:
            path.rename(other / "new" / path.name)
    children = [start(database_url, maildir), start(database_url, other)]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    new = [int(child.communicate(timeout=60)[0]) for child in children]

    assert sum(new) == len(sent.rows(tables.inbound_message)) == 120


def test_kills_while_collecting_lose_and_double_nothing(
    database_url: str, maildir: Path, sent: SentWorld, record: Record
) -> None:
    chance = random.Random(7)
    killed_midway = 0
    for _ in range(5):
        child, before = start(database_url, maildir), count(sent)
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
        wait_for(sent, before + chance.randint(1, 12), child)
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=30)
        killed_midway += count(sent) < 120

    ReplyService(record, SystemClock(), {"maildir": Collector("maildir", OWN, lambda: SandboxMailbox(maildir))}).collect()

    assert killed_midway
    assert len(sent.rows(tables.inbound_message)) == 120
    assert len(sent.rows(tables.message_event)) == 240
