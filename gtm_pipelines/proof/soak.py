"""Kill a sending process again and again, and compare what it says with what arrived.

The claim under proof: no message is accepted twice, none is lost without a word, and
whatever cannot be known is listed as ``unknown``.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from gtm_pipelines.errors import PermanentError
from gtm_pipelines.proof.scene import CAMPAIGN, prepare, write_settings
from gtm_pipelines.record.tables import message
from gtm_pipelines.settings import environment
from gtm_pipelines.workbench import Workbench

_LOOK_SECONDS = 0.002
_PATIENCE_SECONDS = 120.0
_LEAST_DELAY_SECONDS = 0.02


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
        unknown: messages listed as unknown.
        unknown_accepted: how many of those the sink did accept.
        sent: messages said to be sent.
        accepted: messages the sink accepted, each counted once.
        seconds: how long the sending took, kills and restarts included.
    """

    messages: int
    kills: int
    duplicates: int
    lost: int
    silent: int
    unknown: int
    unknown_accepted: int
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
    progress: Callable[[int, int | None], None] | None = None,
) -> SoakReport:
    """Run the experiment in ``folder`` and return what it found.

    Raises:
        PermanentError: a process of the experiment did not work.
    """
    ledger = folder / "accepted.txt"
    with _sink(ledger) as port:
        settings_file = write_settings(folder, port, record_url)
        bench = prepare(settings_file, messages)
        started = bench.clock.monotonic()
        done = _Killer(bench, settings_file, ledger, messages, random.Random(seed)).run(kills, progress)  # noqa: S311
        seconds = bench.clock.monotonic() - started
    report = _compare(bench, ledger, messages, done, seconds)
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

    def __init__(self, bench: Workbench, settings_file: Path, ledger: Path, messages: int, chance: random.Random) -> None:
        self._bench = bench
        self._command = [sys.executable, "-m", "gtm_pipelines.proof.worker", CAMPAIGN]
        own = {name: value for name, value in environment().items() if not name.startswith("GTM_")}
        self._environment = own | {"GTM_CONFIG": str(settings_file)}
        self._ledger = ledger
        self._messages = messages
        self._chance = chance

    def run(self, kills: int, progress: Callable[[int, int | None], None] | None) -> int:
        """Kill ``kills`` times at random moments, then let the worker finish; return the kills that hit."""
        stride = max(1, int(self._messages / (kills + 1)))
        done = 0
        for _ in range(kills):
            goal = self._accepted() + self._chance.randint(0, max(1, 2 * stride - 6))
            done += self._start_and_kill(goal)
            if progress:
                progress(done, kills)
        with self._worker() as worker:
            if worker.wait(timeout=_PATIENCE_SECONDS * 5):
                raise PermanentError(f"The sending process failed with {worker.returncode}. See its error above.")
        return done

    def _start_and_kill(self, goal: int) -> int:
        with self._worker() as worker:
            if worker.stdout is None or worker.stdout.readline() != "ready\n":
                raise PermanentError("The sending process did not start. See its error above.")
            clock, before = self._bench.clock, self._accepted()
            began = clock.monotonic()
            while self._accepted() < goal and worker.poll() is None and clock.monotonic() < began + _PATIENCE_SECONDS:
                clock.sleep(_LOOK_SECONDS)
            # The goal is seen while its message is still being settled: only a delay of a message's whole length
            # makes every moment of a hand-over as likely as any other.
            pace = (clock.monotonic() - began) / max(1, self._accepted() - before)
            clock.sleep(self._chance.uniform(0, max(_LEAST_DELAY_SECONDS, 2 * pace)))
            hit = worker.poll() is None
            worker.kill()
            return int(hit)

    def _accepted(self) -> int:
        try:
            return self._ledger.read_bytes().count(b"\n")
        except FileNotFoundError:
            return 0

    @contextmanager
    def _worker(self) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(self._command, env=self._environment, stdout=subprocess.PIPE, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _compare(bench: Workbench, ledger: Path, messages: int, kills: int, seconds: float) -> SoakReport:
    bench.delivery.recover()
    arrived = Counter(ledger.read_text("ascii").split()) if ledger.exists() else Counter[str]()
    query = sa.select(message.c.rfc_message_id, message.c.state).where(message.c.workspace_id == bench.record.workspace_id)
    with bench.record.read() as connection:
        states = {row.rfc_message_id: row.state for row in connection.execute(query)}
    ours = Counter(states.values())
    said_sent = {message_id for message_id, state in states.items() if state == "sent"}
    unknown = {message_id for message_id, state in states.items() if state == "unknown"}
    return SoakReport(
        messages=messages,
        kills=kills,
        duplicates=sum(1 for count in arrived.values() if count > 1),
        lost=len(said_sent - arrived.keys()) + messages - ours["sent"] - ours["unknown"],
        silent=len(arrived.keys() - said_sent - unknown),
        unknown=len(unknown),
        unknown_accepted=len(unknown & arrived.keys()),
        sent=len(said_sent),
        accepted=len(arrived),
        seconds=round(seconds, 1),
    )
