"""How fast 5,000 mails are read over IMAP from a real Dovecot, and whether any is missed or doubled under faults.

    python -m tests.benchmarks.fetch_imap [--mails 5000] [--drops 100] [--changes 3]

Beside the collector: a plain ``imaplib`` loop that asks for one mail after another and writes it to a file, and
``mbsync`` (Debian's isync) into a Maildir. Both only copy; the collector also parses, classes and attributes every mail
and commits it. The last line is the collector again, through a proxy that hangs up in the middle of answers, while the
server's UIDVALIDITY changes and everything is read anew.
"""

from __future__ import annotations

import argparse
import contextlib
import imaplib
import os
import random
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import sqlalchemy as sa

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.errors import TransientError
from gtm_pipelines.log import configure_logging
from gtm_pipelines.record import tables
from gtm_pipelines.record.engine import Record, open_record
from gtm_pipelines.record.migrate import upgrade
from gtm_pipelines.replies.mailboxes.imap import ImapMailbox
from gtm_pipelines.replies.model import Collector
from gtm_pipelines.replies.service import ReplyService
from gtm_pipelines.settings import ImapSettings
from tests.contract.replies.dovecot import PASSWORD, Dovecot, start_dovecot

USER = "bench@sender.test"


class HangUp:
    """A proxy that cuts each of the first ``drops`` connections after some hundred kilobytes."""

    def __init__(self, port: int, drops: int, seed: int = 7) -> None:
        self._port, self.left, self._random = port, drops, random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _where = self._listener.accept()
            server = socket.create_connection(("127.0.0.1", self._port))
            allowed = self._random.randrange(3_000, 120_000) if self.left > 0 else None
            self.left -= 1
            threading.Thread(target=_pump, args=(client, server, None), daemon=True).start()
            threading.Thread(target=_pump, args=(server, client, allowed), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket, allowed: int | None) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(16_384):
            if allowed is not None and (allowed := allowed - len(piece)) <= 0:
                break
            sink.sendall(piece)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("mails", 5000), ("drops", 100), ("changes", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    configure_logging("error")
    server = start_dovecot()
    if server is None:
        raise SystemExit("Dovecot is not installed: apt-get install dovecot-imapd")
    try:
        _fill(server, options.mails)
        with tempfile.TemporaryDirectory() as folder:
            _clean(server, Path(folder), options.mails)
            _faulty(server, Path(folder), options)
    finally:
        server.stop()


def _clean(server: Dovecot, folder: Path, mails: int) -> None:
    _show("plain imaplib loop, to files", mails, *_timed(lambda: _plain(server, folder / "plain")))
    binary = shutil.which("mbsync")
    if binary is None:
        print(f"{'mbsync':<44} not measured: install Debian's isync")
    else:
        _show("mbsync, to a Maildir", mails, *_timed(lambda: _mbsync(binary, server, folder / "mbsync")))
    record = _record(folder / "clean")
    _show("collector, read, classed and committed", mails, *_timed(lambda: _collect(record, server.imap_port)))


def _faulty(server: Dovecot, folder: Path, options: argparse.Namespace) -> None:
    record, proxy = _record(folder / "faulty"), HangUp(server.imap_port, options.drops)
    started, rounds, changed = time.perf_counter(), 0, 0
    step = max(1, options.drops // (options.changes + 1))
    while True:
        try:
            _collect(record, proxy.port)
            break
        except TransientError:
            rounds += 1
            if changed < options.changes and rounds % step == 0:
                _forget_uids(server)
                changed += 1
    seconds = time.perf_counter() - started
    with record.read() as connection:
        held = connection.execute(sa.select(tables.inbound_message.c.rfc_message_id)).scalars().all()
    missed, double = options.mails - len(set(held)), len(held) - len(set(held))
    name = f"collector, {rounds} connections cut, {changed} new UIDVALIDITYs"
    _show(name, len(held), options.mails, seconds)
    print(f"{'':<44} {missed} missed, {double} double")


def _timed(work: object) -> tuple[int, float]:
    started = time.perf_counter()
    count = work()  # type: ignore[operator]
    return count, time.perf_counter() - started


def _show(name: str, mails: int, read: int, seconds: float) -> None:
    print(f"{name:<44} {read:>6} mails {seconds:>7.1f} s {mails / seconds:>8.0f} a second", flush=True)


def _fill(server: Dovecot, mails: int) -> None:
    """Put mails of usual sizes into the account's Maildir, as its server would."""
    rng, inbox = random.Random(3), server.folder / "mail" / USER
    for name in ("new", "cur", "tmp"):
        (inbox / name).mkdir(parents=True, exist_ok=True)
    begun = 1_772_000_000
    for number in range(mails):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"p{number}@client.test", USER, f"Re: Quick question {number}"
        mail["Message-ID"], mail["Date"] = f"<{number}@client.test>", format_datetime(_moment(begun + number))
        mail.set_content("Thanks, not interested at the moment.\n" + "> quoted line of the mail before\n" * rng.randrange(5, 250))
        (inbox / "new" / f"{begun + number}.M{number}P1.bench").write_bytes(mail.as_bytes())
    _owned(server, inbox)


def _moment(seconds: int) -> object:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC)


def _owned(server: Dovecot, path: Path) -> None:
    if os.geteuid() == 0:
        owner = (server.folder / "run").stat()
        for one in (path, *path.rglob("*")):
            os.chown(one, owner.st_uid, owner.st_gid)


def _forget_uids(server: Dovecot) -> None:
    """Make the server hand out new uids under a new UIDVALIDITY, as after a restored backup."""
    inbox = server.folder / "mail" / USER
    head, *lines = (inbox / "dovecot-uidlist").read_text().splitlines()
    fields = [f"V{int(field[1:]) + 1}" if field.startswith("V") else field for field in head.split()]
    (inbox / "dovecot-uidlist").write_text("\n".join([" ".join(fields), *lines]) + "\n")
    for index in inbox.glob("dovecot.index*"):
        index.unlink()
    _owned(server, inbox)


def _record(folder: Path) -> Record:
    folder.mkdir()
    record = open_record(f"sqlite:///{folder / 'record.sqlite'}", "default")
    upgrade(record)
    return record


def _collect(record: Record, port: int) -> int:
    settings = ImapSettings(port=port, security="none", timeout_seconds=30)
    box = Collector("bench", USER, lambda: ImapMailbox(settings, USER, lambda: PASSWORD))
    return ReplyService(record, SystemClock(), {"bench": box}).collect().new


def _plain(server: Dovecot, folder: Path) -> int:
    folder.mkdir()
    with imaplib.IMAP4(port=server.imap_port) as imap:
        imap.login(USER, PASSWORD)
        imap.select("INBOX", readonly=True)
        uids = imap.uid("SEARCH", "ALL")[1][0].split()
        for uid in uids:
            answer = imap.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1]
            (folder / uid.decode()).write_bytes(answer[0][1])
    return len(uids)


def _mbsync(binary: str, server: Dovecot, folder: Path) -> int:
    folder.mkdir()
    config = folder / "rc"
    config.write_text(
        f"IMAPAccount b\nHost 127.0.0.1\nPort {server.imap_port}\nUser {USER}\nPass {PASSWORD}\nSSLType None\nAuthMechs LOGIN\n\n"
        f"IMAPStore far\nAccount b\n\nMaildirStore near\nPath {folder}/mail/\nInbox {folder}/mail/INBOX\n\n"
        f"Channel c\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSync Pull\nSyncState *\n"
    )
    (folder / "mail").mkdir()
    subprocess.run([binary, "-q", "-c", str(config), "c"], check=True)
    return sum(1 for box in ("new", "cur") for _ in (folder / "mail" / "INBOX" / box).iterdir())


if __name__ == "__main__":
    main()
