"""Kill a sending process again and again, and compare what it says with what arrived.

The claim under proof: no message is accepted twice, none is lost without a word, and
whatever cannot be known is listed as ``unknown``. With a look-up, what is unknown is then settled: the sink's ledger
stands for the folder of sent mail.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from gtm_pipelines.errors import PermanentError
from gtm_pipelines.proof.scene import CAMPAIGN, PERSON, prepare, write_settings
from gtm_pipelines.proof.workers import Workers
from gtm_pipelines.record.tables import message
from gtm_pipelines.workbench import Workbench

_LOOK_SECONDS = 0.002
_PATIENCE_SECONDS = 120.0
_LEAST_DELAY_SECONDS = 0.02


@dataclass(frozen=True)
class _Settled:
    """What was uncertain after the last kill, and what became of it."""

    noted: int
    unknown: int
    accepted: int
    reconciled: int = 0
    sent_again: int = 0


@dataclass(frozen=True)
class SoakReport:
    """Both ledgers, compared.

    Args:
        messages: queued before the first kill.
        kills: SIGKILLs that hit a working process.
        duplicates: messages the sink accepted more than once.
        lost: messages said to be sent that the sink never accepted, and messages
            that ended in no settled state.
        silent: messages the sink accepted that are said to be neither sent nor unknown.
        noted: messages whose sender was killed after the server's yes and before the record had it, and which whoever
            took over settled by the note the dead left.
        unknown: messages of which the kills left nobody knowing whether they had left.
        unknown_accepted: how many of those the sink had accepted.
        reconciled: how many of the unknown a look-up found to have left.
        sent_again: how many a person, who saw that they never left, had sent again.
        listed: messages that are unknown at the end, for a person to settle.
        sent: messages said to be sent, those settled by a note or a look-up not among them.
        accepted: messages the sink accepted, each counted once.
        seconds: how long the sending took, kills and restarts included.
    """

    messages: int
    kills: int
    duplicates: int
    lost: int
    silent: int
    noted: int
    unknown: int
    unknown_accepted: int
    reconciled: int
    sent_again: int
    listed: int
    sent: int
    accepted: int
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether the claim held."""
        return not (self.duplicates or self.lost or self.silent)


def soak(
    folder: Path,
    *,
    messages: int,
    kills: int,
    seed: int,
    record_url: str | None = None,
    look_up: bool = True,
    progress: Callable[[int, int | None], None] | None = None,
) -> SoakReport:
    """Run the experiment in ``folder`` and return what it found.

    Args:
        folder: where everything of the experiment lies.
        messages: how many mails are sent.
        kills: how often the sender is killed.
        seed: of the moments at which it is killed.
        record_url: an empty PostgreSQL database; SQLite in ``folder`` if absent.
        look_up: settle what is unknown at the end; without it, it is only listed.
        progress: told ``(done, total)`` kills.

    Raises:
        PermanentError: a process of the experiment did not work.
    """
    ledger = folder / "accepted.txt"
    with _sink(ledger) as port:
        settings_file = write_settings(folder, port, record_url)
        bench = prepare(settings_file, messages)
        with Workers(settings_file, CAMPAIGN) as workers:
            started = bench.clock.monotonic()
            done = _Killer(bench, workers, ledger, messages, random.Random(seed)).run(kills, progress)  # noqa: S311
            settled = _settle(bench, workers, _arrived(ledger), look_up=look_up)
            seconds = bench.clock.monotonic() - started
    report = _compare(bench, ledger, messages, done, settled, seconds)
    bench.close()
    return report


@contextmanager
def _sink(ledger: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "gtm_pipelines.proof.sink", str(ledger)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        port = process.stdout.readline().strip() if process.stdout else ""
        if not port:
            raise PermanentError("The sink did not start. Run 'python -m gtm_pipelines.proof.sink /tmp/ledger' to see why.")
        yield int(port)
    finally:
        process.kill()
        process.wait()


class _Killer:
    """Starts the worker, lets it deliver a few messages, kills it, and starts it again."""

    def __init__(self, bench: Workbench, workers: Workers, ledger: Path, messages: int, chance: random.Random) -> None:
        self._clock = bench.clock
        self._workers = workers
        self._ledger = ledger
        self._messages = messages
        self._chance = chance
        self._read = 0
        self._lines = 0

    def run(self, kills: int, progress: Callable[[int, int | None], None] | None) -> int:
        """Kill ``kills`` times at random moments, then let the worker finish; return the kills that hit."""
        stride = max(1, int(self._messages / (kills + 1)))
        done = 0
        for _ in range(kills):
            goal = self._accepted() + self._chance.randint(0, max(1, 2 * stride - 6))
            done += self._start_and_kill(goal)
            if progress:
                progress(done, kills)
        self._workers.start()
        if code := self._workers.wait(_PATIENCE_SECONDS * 5):
            raise PermanentError(f"The sending process failed with {code}. See its error above.")
        return done

    def _start_and_kill(self, goal: int) -> int:
        self._workers.start()
        clock, before = self._clock, self._accepted()
        began = clock.monotonic()
        while self._accepted() < goal and self._workers.working and clock.monotonic() < began + _PATIENCE_SECONDS:
            clock.sleep(_LOOK_SECONDS)
        # The goal is seen while its message is still being settled: only a delay of a message's whole length
        # makes every moment of a hand-over as likely as any other.
        pace = (clock.monotonic() - began) / max(1, self._accepted() - before)
        clock.sleep(self._chance.uniform(0, max(_LEAST_DELAY_SECONDS, 2 * pace)))
        return int(self._workers.kill())

    def _accepted(self) -> int:
        """Count the sink's lines; only what is new is read."""
        if self._ledger.exists():
            with self._ledger.open("rb") as file:
                file.seek(self._read)
                fresh = file.read()
            self._read += len(fresh)
            self._lines += fresh.count(b"\n")
        return self._lines


def _settle(bench: Workbench, workers: Workers, arrived: Collection[str], *, look_up: bool) -> _Settled:
    """Settle what the kills left uncertain as in life: by a look-up, then by a person, who has the rest sent again.

    The sink's ledger stands for the folder of sent mail. What it does not hold is no proof while mail may still come;
    here every sender is dead and the sink has answered, so the person who looks knows that it never left.
    """
    bench.delivery.recover()
    noted = _states(bench)["reconciled"]
    unknown = bench.delivery.unknown(CAMPAIGN)
    before = _Settled(noted, len(unknown), sum(row["rfc_message_id"] in arrived for row in unknown))
    if not look_up:
        return before
    reconciled = bench.delivery.reconcile(CAMPAIGN, look_up=lambda _mailbox, name: name in arrived or None)
    left = bench.delivery.unknown(CAMPAIGN)
    for row in left:
        bench.delivery.settle(row["id"], "retry", PERSON)
    if left:
        workers.start()
        workers.wait(_PATIENCE_SECONDS * 5)
    return replace(before, reconciled=reconciled, sent_again=len(left))


def _arrived(ledger: Path) -> Counter[str]:
    return Counter(ledger.read_text("ascii").split()) if ledger.exists() else Counter()


def _messages(bench: Workbench) -> dict[str, str]:
    query = sa.select(message.c.rfc_message_id, message.c.state).where(message.c.workspace_id == bench.record.workspace_id)
    with bench.record.read() as connection:
        return {row.rfc_message_id: row.state for row in connection.execute(query)}


def _states(bench: Workbench) -> Counter[str]:
    return Counter(_messages(bench).values())


def _compare(bench: Workbench, ledger: Path, messages: int, kills: int, settled: _Settled, seconds: float) -> SoakReport:
    arrived = _arrived(ledger)
    states = _messages(bench)
    said_sent = {message_id for message_id, state in states.items() if state in ("sent", "reconciled")}
    listed = {message_id for message_id, state in states.items() if state == "unknown"}
    return SoakReport(
        messages=messages,
        kills=kills,
        duplicates=sum(1 for count in arrived.values() if count > 1),
        lost=len(said_sent - arrived.keys()) + messages - len(said_sent) - len(listed),
        silent=len(arrived.keys() - said_sent - listed),
        noted=settled.noted,
        unknown=settled.unknown,
        unknown_accepted=settled.accepted,
        reconciled=settled.reconciled,
        sent_again=settled.sent_again,
        listed=len(listed),
        sent=_states(bench)["sent"],
        accepted=len(arrived),
        seconds=round(seconds, 1),
    )
