"""Several sending processes on one record, and a live worker's claim is nobody else's."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.lease import Lease, bury, dead, kept
from gtm_pipelines.delivery.model import Outgoing, SendResult
from gtm_pipelines.delivery.sandbox.server import SandboxServer
from gtm_pipelines.delivery.sandbox.world import World
from gtm_pipelines.delivery.senders.memory import ACCEPTED, MemorySender
from gtm_pipelines.delivery.senders.smtp import SmtpSender
from gtm_pipelines.errors import ConflictError
from gtm_pipelines.record.tables import enrolment
from gtm_pipelines.settings import SandboxSettings, Settings, SmtpSettings, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.delivery_parts import released, rows, service, states

pytestmark = pytest.mark.slow
QUIET = SandboxSettings(
    positive=0, negative=0, information_request=0, unsubscribe=0, auto_reply=0, bounce_hard=0, bounce_soft=0
)  # fmt: skip


def work(home: Path, url: str, port: int, at: datetime) -> None:
    bench = open_workbench(load_settings(home=home, record_url=url), clock=VirtualClock(at), migrate=False)
    report = service(bench, SmtpSender(SmtpSettings(port=port, security="none"))).send()
    bench.close()
    os._exit(0 if report.unknown == 0 else 1)


def test_four_workers_at_once_send_every_message_once(workbench: Workbench, settings: Settings, tmp_path: Path) -> None:
    released(workbench, 40)
    workbench.delivery.queue("spring")
    world = World(tmp_path / "world", QUIET, workbench.clock.now)
    server = SandboxServer(world)
    port = server.start()
    spawn = multiprocessing.get_context("spawn")
    arguments = (settings.home_path, settings.database_url, port, workbench.clock.now())
    workers = [spawn.Process(target=work, args=arguments) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    server.stop()
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert Counter(states(workbench.record)) == Counter(sent=40)
    assert (world.count().accepted, world.count().duplicates) == (40, 0)
    assert len({row["claimed_by"] for row in rows(workbench.record)}) > 1, "more than one worker took part"


def at_once(work: Callable[[int], None], number: int) -> None:
    gate = threading.Barrier(number)

    def one(which: int) -> None:
        gate.wait(60)
        work(which)

    threads = [threading.Thread(target=one, args=(which,)) for which in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


def test_send_asked_for_two_hundred_times_at_once_is_one_start(workbench: Workbench) -> None:
    released(workbench, 1)
    campaign = workbench.campaigns.get("spring").id
    jobs: list[str] = []
    started: list[int] = []

    def ask(which: int) -> None:
        job = workbench.jobs.request("send", {"campaign": campaign}, by="person:anna")
        jobs.append(job.id)
        try:
            workbench.jobs.start(job.id, f"run-{which}")
        except ConflictError:
            return
        started.append(which)

    at_once(ask, 200)
    assert (len(jobs), len(set(jobs)), len(started)) == (200, 1, 1)


def test_sending_at_once_from_many_threads_hands_each_message_over_once(workbench: Workbench) -> None:
    released(workbench, 20)
    workbench.delivery.queue("spring")
    senders = [MemorySender() for _ in range(12)]
    at_once(lambda which: service(workbench, senders[which]).send("spring") and None, 12)
    handed = [mail.message_id for sender in senders for mail in sender.accepted]
    assert (len(handed), len(set(handed))) == (20, 20)
    assert states(workbench.record) == ["sent"] * 20


def test_a_live_workers_claim_is_left_alone(workbench: Workbench) -> None:
    released(workbench, 1)
    inside, go_on = threading.Event(), threading.Event()

    def slow(_mail: Outgoing) -> SendResult:
        inside.set()
        assert go_on.wait(30)
        return ACCEPTED

    delivery = service(workbench, MemorySender(slow))
    delivery.queue("spring")
    thread = threading.Thread(target=delivery.send)
    thread.start()
    assert inside.wait(30)
    assert delivery.recover() == 0
    assert service(workbench, MemorySender()).send().sent == 0
    assert states(workbench.record) == ["claimed"]
    go_on.set()
    thread.join(30)
    assert states(workbench.record) == ["sent"]


def test_a_worker_that_lost_its_claim_stops_before_anything_leaves(workbench: Workbench) -> None:
    """Its lock file was deleted, so another worker took the message over while it was still at it."""
    released(workbench, 1)
    first, second = MemorySender(), MemorySender()

    def rob(_mail: Outgoing) -> SendResult:
        for lock in (workbench.settings.home_path / "workers").iterdir():
            lock.unlink()
        assert service(workbench, second).send().sent == 1
        return ACCEPTED

    first._decide = rob
    delivery = service(workbench, first)
    delivery.queue("spring")
    report = delivery.send()
    assert (report.sent, first.accepted, len(second.accepted)) == (0, [], 1)
    assert states(workbench.record) == ["sent"]


def test_what_was_accepted_and_could_not_be_written_down_is_settled_by_the_next_worker(workbench: Workbench) -> None:
    """The record refuses the result, as it does where its disk is full: the run ends, and the note stays."""
    released(workbench, 1)
    firm = SendResult("sent", reference="queue-7")

    def stuck(step: str) -> None:
        if step == "result":
            raise RuntimeError("the disk is full")

    broken = service(workbench, MemorySender(lambda _mail: firm), checkpoint=stuck)
    broken.queue("spring")
    with pytest.raises(RuntimeError):
        broken.send()
    assert states(workbench.record) == ["handing"]
    assert service(workbench, MemorySender()).recover() == 1
    [row] = rows(workbench.record)
    assert (row["state"], row["provider_reference"], row["sent_at"]) == ("reconciled", "queue-7", row["handed_at"])
    with workbench.record.read() as connection:
        [where] = connection.execute(sa.select(enrolment.c.status)).scalars()
    assert where == "finished"
    assert list((workbench.settings.home_path / "workers").iterdir()) == []


def test_a_lease_is_held_by_the_living_only(tmp_path: Path) -> None:
    with Lease(tmp_path) as lease:
        assert dead(tmp_path, [lease.token, "elsewhere:1:ab"]) == ["elsewhere:1:ab"]
    assert dead(tmp_path, [lease.token]) == [lease.token]
    assert list(tmp_path.iterdir()) == []


def test_a_note_is_kept_until_the_record_has_it_and_a_torn_one_says_nothing(tmp_path: Path) -> None:
    with Lease(tmp_path) as lease:
        lease.keep("first", "queue-1")
        lease.keep("second", None)
        lease.drop("first")
        assert kept(tmp_path, lease.token) == {"first": "queue-1", "second": None}
        lease.drop("second")
        assert kept(tmp_path, lease.token) == {}
        lease.keep("third", "queue-3")
    [file] = tmp_path.iterdir()
    for torn in (b'["fourth", "que', b'[["x"], null]\n', b"\xff\xfe\n"):
        with file.open("ab") as more:
            more.write(torn)
        assert set(kept(tmp_path, lease.token)) <= {"third"}
    bury(tmp_path, dead(tmp_path, [lease.token]))
    assert list(tmp_path.iterdir()) == []
    assert kept(tmp_path, lease.token) == {}
