"""Killed at any of fourteen points, over any kind of sender: what had not left is sent once, what may have left never again.

The points are those of a hand-over by SMTP. An HTTP request has no envelope: where SMTP names the sender and the
recipient and asks to send, it has its headers and the first parts of its body. The sandbox speaks SMTP.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.delivery.model import Checkpoint, Sender, no_checkpoint
from gtm_pipelines.delivery.sandbox.server import SandboxServer
from gtm_pipelines.delivery.sandbox.world import World
from gtm_pipelines.delivery.senders.sandbox import SandboxSender
from gtm_pipelines.delivery.senders.smtp import SmtpSender
from gtm_pipelines.delivery.service import DeliveryService
from gtm_pipelines.settings import SandboxSettings, SmtpSettings, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.delivery_parts import events, released, rows, service, states
from tests.sender_vendors import sender_to, vendor
from tests.vendor_server import Asked

pytestmark = pytest.mark.slow
KINDS = ("smtp", "resend", "sandbox")
QUIET = SandboxSettings(
    positive=0, negative=0, information_request=0, unsubscribe=0, auto_reply=0, bounce_hard=0, bounce_soft=0
)  # fmt: skip
BEFORE = {
    "K2 after the claim": ("claimed", "claimed"),
    "K3 after connecting": ("connected", "opened"),
    "K4 after the sender": ("mail", "headers"),
    "K5 after the recipient": ("rcpt", "quarter"),
    "K6 after the go-ahead": ("data", "half"),
    "K7 in the body": ("half", "most"),
    "K8 after the body, before the commit": ("body", "body"),
}
"""Point → its checkpoint over SMTP and over HTTP."""
UNCERTAIN = {
    "K9 after the commit, before the last byte": ("handing", False),
    "K10 with the last byte on its way": ("dot", False),
    "K11 with the answer unread": ("dot", True),
    "K12 with the answer read, before the commit": ("answered", True),
}
"""Point → its checkpoint, and whether the provider is known to have the message by then."""
NOTED = "K12 with the answer noted, before the commit"
AFTER = {"K13 after the last commit": "settled", "K14 while what came of it is noted": "noting"}


@dataclass
class Place:
    """A provider and how to reach it."""

    kind: str
    sender: Callable[[Workbench, Checkpoint], Sender]
    mails: Callable[[], int]
    twice: Callable[[], int]
    taken: Callable[[], bool]
    holds: Callable[[str], bool] | None = None

    def service(self, bench: Workbench, checkpoint: Checkpoint = no_checkpoint) -> DeliveryService:
        return service(bench, lambda _mailbox: self.sender(bench, checkpoint), checkpoint=checkpoint)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "resend":
        with vendor("resend") as held:
            taken = tmp_path / "taken"  # what the process to be killed may look at: this one's memory it cannot see
            respond = held.server.respond
            assert respond is not None

            def remembering(asked: Asked) -> object:
                answer = respond(asked)
                taken.touch()
                return answer

            held.server.respond = remembering

            def over_http(bench: Workbench, checkpoint: Checkpoint) -> Sender:
                return sender_to("resend", held.server.url, bench.clock, checkpoint=checkpoint)

            yield Place("resend", over_http, lambda: held.mails, lambda: len(held.posted) - len(set(held.posted)), taken.exists)
        return
    world = World(tmp_path / "world", QUIET, SystemClock().now)
    counts = (
        lambda: world.count().accepted, lambda: world.count().duplicates, lambda: world.count().accepted > 0
    )  # fmt: skip
    if request.param == "sandbox":
        yield Place("sandbox", lambda _bench, checkpoint: SandboxSender(world, checkpoint=checkpoint), *counts)
        return
    server = SandboxServer(world)
    port = server.start()
    settings = SmtpSettings(port=port, security="none")
    yield Place("smtp", lambda _bench, checkpoint: SmtpSender(settings, checkpoint=checkpoint), *counts, world.has)
    server.stop()


@contextmanager
def opened(home: Path) -> Iterator[Workbench]:
    bench = open_workbench(load_settings(home=home), migrate=False)
    try:
        yield bench
    finally:
        bench.close()


def prepare(home: Path, people: int = 1) -> None:
    bench = open_workbench(load_settings(home=home))
    released(bench, people)
    bench.delivery.queue("spring")
    bench.close()


def killed(home: Path, place: Place, point: str, *, when_taken: bool = False) -> None:
    """Send in a process of its own that dies by SIGKILL at ``point``; with ``when_taken``, once the provider has the message."""

    def work() -> None:
        with opened(home) as bench:

            def checkpoint(step: str) -> None:
                if step == point:
                    while when_taken and not place.taken():
                        bench.clock.sleep(0.005)
                    os.kill(os.getpid(), signal.SIGKILL)

            place.service(bench, checkpoint).send()

    end_of(work, -signal.SIGKILL)


def end_of(work: Callable[[], None], expected: int) -> None:
    child = os.fork()
    if child == 0:
        try:
            if expected == 0:
                work()
                os._exit(0)
            work()
        finally:
            os._exit(9)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == expected


def ledger(home: Path) -> list[str]:
    with opened(home) as bench:
        return states(bench.record)


def run(home: Path, place: Place) -> None:
    with opened(home) as bench:
        place.service(bench).send()


def test_killed_after_queueing_everything_is_sent_once(home: Path, place: Place) -> None:
    """K1: the process that queued is gone."""
    end_of(lambda: prepare(home, people=5), 0)
    run(home, place)
    assert Counter(ledger(home)) == Counter(sent=5)
    assert (place.mails(), place.twice()) == (5, 0)


@pytest.mark.parametrize("point", BEFORE)
def test_killed_before_the_last_commit_it_is_sent_exactly_once_later(home: Path, place: Place, point: str) -> None:
    prepare(home)
    killed(home, place, BEFORE[point][place.kind == "resend"])
    assert ledger(home) == ["claimed"]
    assert place.mails() == 0
    run(home, place)
    assert ledger(home) == ["sent"]
    assert (place.mails(), place.twice()) == (1, 0)


@pytest.mark.parametrize("point", UNCERTAIN)
def test_killed_after_the_last_commit_it_is_unknown_and_never_sent_again(home: Path, place: Place, point: str) -> None:
    prepare(home)
    step, taken = UNCERTAIN[point]
    killed(home, place, step, when_taken=taken)
    assert ledger(home) == ["handing"]
    for _ in range(2):
        run(home, place)
        assert ledger(home) == ["unknown"]
    arrived = place.mails()
    assert arrived == 1 if taken else arrived <= 1
    if step == "handing":
        assert arrived == 0
    with opened(home) as bench:
        look_up = (lambda _mailbox, name: place.holds(name)) if place.holds else None  # type: ignore[misc]
        assert place.service(bench).reconcile(look_up=look_up) == arrived, "the provider's own word settles it"
        assert states(bench.record) == (["reconciled"] if arrived else ["unknown"])
    run(home, place)
    assert (place.mails(), place.twice()) == (arrived, 0)


def test_killed_with_the_answer_noted_it_is_known_to_have_left_without_asking_anybody(home: Path, place: Place) -> None:
    """``NOTED``: the note outlives the process, and whoever takes over reads it."""
    prepare(home)
    killed(home, place, "result")
    assert ledger(home) == ["handing"]
    for _ in range(2):
        run(home, place)
        assert ledger(home) == ["reconciled"]
    assert (place.mails(), place.twice()) == (1, 0)
    with opened(home) as bench:
        told = [(row["state"], row["sent_at"] == row["handed_at"]) for row in rows(bench.record)]
        assert told == [("reconciled", True)]
        assert (events(bench.record, "unknown"), events(bench.record, "reconciled")) == (1, 1)
    assert list((home / "workers").iterdir()) == [], "the dead worker's file is cleared away"


@pytest.mark.parametrize("point", AFTER)
def test_killed_after_the_answer_was_written_down_nothing_is_left_to_do(home: Path, place: Place, point: str) -> None:
    prepare(home)
    killed(home, place, AFTER[point])
    assert ledger(home) == ["sent"]
    run(home, place)
    assert ledger(home) == ["sent"]
    assert (place.mails(), place.twice()) == (1, 0)


def test_the_points_are_all_fourteen() -> None:
    named = {point.split()[0] for point in (*BEFORE, *UNCERTAIN, NOTED, *AFTER)} | {"K1"}
    assert named == {f"K{number}" for number in range(1, 15)}
