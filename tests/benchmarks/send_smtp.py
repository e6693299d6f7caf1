"""How fast mail is handed over: ours into Postfix's smtp-sink, beside smtp-source and beside a plain loop.

    python tests/benchmarks/send_smtp.py [--messages 500] [--rounds 3] [--json]

Ours checks every rule and suppression again, asks the guard, and makes three durable commits a message: the claim, that
it is about to leave, and what came of it; from one mailbox, and from four at once. The plain loop is ``smtplib`` with one
durable commit a message; smtp-source only talks. Ours counts what the server accepted. Ratios and medians count; seconds
depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import smtplib
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from gtm_pipelines.delivery.compose import Letter, compose
from gtm_pipelines.proof.scene import CAMPAIGN, prepare, write_settings
from gtm_pipelines.settings import MailboxSettings

SINK = "/usr/sbin/smtp-sink"
SOURCE = "/usr/sbin/smtp-source"


@contextmanager
def sink() -> Iterator[int]:
    """Run Postfix's sink on a free port until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to serve as root
    process = subprocess.Popen(
        [SINK, *as_nobody, f"127.0.0.1:{port}", "1000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def ours(folder: Path, port: int, number: int, mailboxes: int = 1) -> float:
    """Send a released campaign; seconds for the sending alone."""
    bench = prepare(write_settings(folder, port, None, mailboxes), number)
    watch = time.perf_counter()
    report = bench.delivery.send(CAMPAIGN)
    spent = time.perf_counter() - watch
    bench.close()
    if report.sent != number:
        raise SystemExit(f"{report.sent} of {number} were sent: {report}")
    return spent


def plain(folder: Path, port: int, number: int) -> float:
    """Send over one connection of ``smtplib``, with one durable commit a message."""
    mailbox = MailboxSettings(name="a", address="a@sender.example", postal_address="1 Street")
    from gtm_pipelines.clock import SystemClock

    letter = Letter("m", "<m@sender.example>", "p@firm.example", "Hello", "Hello\n" * 20, "token")
    content = compose(letter, mailbox, SystemClock().now()).content
    record = sqlite3.connect(folder / "plain.sqlite", isolation_level=None)
    record.executescript("pragma journal_mode=wal; pragma synchronous=full; create table sent (id integer primary key)")
    watch = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as session:
        for one in range(number):
            session.sendmail(mailbox.address, ["p@firm.example"], content)
            record.execute("insert into sent values (?)", (one,))
    spent = time.perf_counter() - watch
    record.close()
    return spent


def source(_folder: Path, port: int, number: int) -> float:
    """Let Postfix's own load generator talk over one connection at a time."""
    watch = time.perf_counter()
    subprocess.run([SOURCE, "-d", "-s", "1", "-m", str(number), "-l", "1000", f"127.0.0.1:{port}"], check=True)
    return time.perf_counter() - watch


def at_once(folder: Path, port: int, number: int) -> float:
    """Send from four mailboxes at once."""
    return ours(folder, port, number, mailboxes=4)


WAYS: dict[str, Callable[[Path, int, int], float]] = {
    "ours": ours, "ours from four mailboxes": at_once, "smtplib with one commit": plain, "smtp-source": source
}  # fmt: skip


def measure(number: int, rounds: int) -> dict[str, float]:
    """Return messages a second, the median of the rounds, by way."""
    rates: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name, way in WAYS.items():
            with sink() as port, tempfile.TemporaryDirectory(prefix="gtm-send-") as folder:
                rates[name].append(number / way(Path(folder), port, number))
    return {name: round(statistics.median(values), 1) for name, values in rates.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=re.split(r"\n\n", __doc__ or "")[0])
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    rates = measure(chosen.messages, chosen.rounds)
    if chosen.json:
        print(json.dumps(rates))
        return
    for name, rate in rates.items():
        print(f"{name:<26}{rate:>10,.1f} messages a second{rate / rates['ours']:>8.2f} x ours")


if __name__ == "__main__":
    main()
