"""Killed at any point of the hand-over: what had not left is sent once, what may have left is never sent again."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.delivery.sandbox.server import SandboxServer
from gtm_pipelines.delivery.sandbox.world import World
from gtm_pipelines.delivery.senders.smtp import SmtpSender
from gtm_pipelines.settings import SandboxSettings, SmtpSettings, load_settings
from gtm_pipelines.workbench import open_workbench
from tests.delivery_parts import released, service, states

pytestmark = pytest.mark.slow
BEFORE = ("claimed", "connected", "mail", "rcpt", "data", "half", "body")
UNCERTAIN = ("handing", "dot", "answered", "result")
AFTER = ("settled",)
QUIET = SandboxSettings(
    positive=0, negative=0, information_request=0, unsubscribe=0, auto_reply=0, bounce_hard=0, bounce_soft=0
)  # fmt: skip
Kill = Callable[[str], None]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world", QUIET, SystemClock().now)


@pytest.fixture
def port(world: World) -> Iterator[int]:
    server = SandboxServer(world)
    yield server.start()
    server.stop()


def work(home: Path, port: int, point: str | None, world: World | None) -> None:
    """Send everything; die by SIGKILL at ``point``. With a world, wait until it has the message first."""
    bench = open_workbench(load_settings(home=home), migrate=False)

    def checkpoint(step: str) -> None:
        if step == point:
            while world is not None and not world.count().accepted:
                bench.clock.sleep(0.01)
            os.kill(os.getpid(), signal.SIGKILL)

    sender = SmtpSender(SmtpSettings(port=port, security="none"), checkpoint=checkpoint)
    service(bench, sender, checkpoint=checkpoint).send()
    os._exit(0)


def run(home: Path, port: int, point: str | None, world: World | None = None) -> int | None:
    process = multiprocessing.get_context("spawn").Process(target=work, args=(home, port, point, world))
    process.start()
    process.join(60)
    return process.exitcode


def prepare(home: Path, people: int = 1) -> None:
    bench = open_workbench(load_settings(home=home))
    released(bench, people)
    bench.delivery.queue("spring")
    bench.close()


def ledger(home: Path) -> list[str]:
    bench = open_workbench(load_settings(home=home), migrate=False)
    found = states(bench.record)
    bench.close()
    return found


@pytest.mark.parametrize("point", BEFORE)
def test_killed_before_the_last_commit_it_is_sent_exactly_once_later(home: Path, world: World, port: int, point: str) -> None:
    prepare(home)
    assert run(home, port, point) == -signal.SIGKILL
    assert ledger(home) == ["claimed"]
    assert world.count().accepted == 0
    assert run(home, port, None) == 0
    assert ledger(home) == ["sent"]
    assert (world.count().accepted, world.count().duplicates) == (1, 0)


@pytest.mark.parametrize("point", UNCERTAIN)
def test_killed_after_the_last_commit_it_is_unknown_and_never_sent_again(home: Path, world: World, port: int, point: str) -> None:
    prepare(home)
    assert run(home, port, point) == -signal.SIGKILL
    assert ledger(home) == ["handing"]
    for _ in range(2):
        assert run(home, port, None) == 0
        assert ledger(home) == ["unknown"]
    assert world.count().accepted == (0 if point == "handing" else 1)


def test_killed_with_the_answer_unread_the_provider_settles_it(home: Path, world: World, port: int) -> None:
    prepare(home)
    assert run(home, port, "dot", world) == -signal.SIGKILL
    bench = open_workbench(load_settings(home=home), migrate=False)
    assert bench.delivery.recover() == 1
    assert bench.delivery.reconcile(look_up=lambda _mailbox, name: world.has(name)) == 1
    assert states(bench.record) == ["reconciled"]
    bench.close()
    assert world.count().accepted == 1


@pytest.mark.parametrize("point", AFTER)
def test_killed_after_the_answer_was_written_down_nothing_is_left_to_do(home: Path, world: World, port: int, point: str) -> None:
    prepare(home)
    assert run(home, port, point) == -signal.SIGKILL
    assert ledger(home) == ["sent"]
    assert run(home, port, None) == 0
    assert (world.count().accepted, world.count().duplicates) == (1, 0)


def test_killed_after_queueing_everything_is_sent_once(home: Path, world: World, port: int) -> None:
    prepare(home, people=5)
    assert run(home, port, None) == 0
    assert Counter(ledger(home)) == Counter(sent=5)
    assert (world.count().accepted, world.count().duplicates) == (5, 0)
