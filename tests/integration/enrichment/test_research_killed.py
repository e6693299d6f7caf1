"""A run is killed at every kind of moment: no paid question is ever put twice, none is forgotten, and the sums agree.

A real process, a real vendor over HTTP that counts, and SIGKILL. What the vendor was asked is held against what the
record says was asked, on both sides.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.record import lookups, research
from gtm_pipelines.record.engine import Record
from tests.contract.enrichment.vendors import APOLLO_COMPANY
from tests.parts import ROOT
from tests.research_parts import add_company
from tests.vendor_server import Asked, VendorServer, vendor_server

pytestmark = pytest.mark.slow
WORKER = ROOT / "tests" / "integration" / "enrichment" / "research_worker.py"
COMPANIES = 40
CREDIT = 0.05


class Vendor:
    """Knows every company, counts whom it was asked about, and can be told to wait before it answers."""

    def __init__(self, server: VendorServer) -> None:
        self.url = server.url
        self.delay = 0.0
        self.at_question: Callable[[int], None] = lambda _number: None
        self.counted: Counter[str] = Counter()
        self._lock = threading.Lock()
        server.respond = self.respond

    def respond(self, asked: Asked) -> dict[str, Any]:
        with self._lock:
            self.counted[asked.params["domain"]] += 1
            number = sum(self.counted.values())
        self.at_question(number)
        time.sleep(self.delay)
        firm = APOLLO_COMPANY["organization"] | {"primary_domain": asked.params["domain"], "website_url": None}
        return {"organization": firm}


def start(record: Record, vendor: Vendor, *run: str) -> subprocess.Popen[str]:
    url = record.engine.url.render_as_string(hide_password=False)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "VENDOR_KEY": "k"}
    return subprocess.Popen([sys.executable, str(WORKER), url, vendor.url, *run], env=env, stdout=subprocess.PIPE, text=True)


def to_the_end(record: Record, vendor: Vendor) -> str:
    """Go on with the run until it is done."""
    (run,) = research.recent(record)
    worker = start(record, vendor, run.id)
    told, _ = worker.communicate(timeout=120)
    assert worker.returncode == 0
    assert told.strip() == "done"
    return str(run.id)


def check(record: Record, vendor: Vendor, run_id: str, killed: int) -> dict[str, int]:
    """Hold both sides against each other."""
    rows = lookups.page(record, run_id=run_id, limit=10_000)
    statuses = Counter(row.status for row in rows)
    assert max(vendor.counted.values()) == 1, "no paid question was put twice"
    assert len(rows) == COMPANIES, "nobody was forgotten"
    assert statuses["found"] + statuses["unknown"] == COMPANIES
    assert statuses["asking"] == 0
    assert statuses["unknown"] <= killed * 8, "only what was under way is unknown"
    paid = sum(vendor.counted.values()) * CREDIT
    said = sum(row.cost_usd for row in rows)
    assert said >= paid - 1e-6, "whatever may have been paid is counted as spent"
    with record.read() as connection:
        scopes = [lookups.run_scope(run_id), lookups.month_scope(SystemClock().now())]
        spent = lookups.spent(connection, "default", scopes)
    assert list(spent.values()) == pytest.approx([said, said]), "the counters say what the look-ups add up to"
    (run,) = research.recent(record)
    assert run.cost_usd == pytest.approx(said)
    return dict(statuses)


@pytest.fixture
def filled(record: Record) -> Record:
    for number in range(COMPANIES):
        add_company(record, SystemClock(), name=f"c{number}", domain=f"c{number}.com")
    return record


@pytest.mark.parametrize("number", [1, 20, 40])
@pytest.mark.parametrize("moment", ["asked", "answered"])
def test_killed_at_a_question_or_after_it_and_resumed(filled: Record, number: int, moment: str) -> None:
    with vendor_server() as server:
        vendor = Vendor(server)
        reached = threading.Event()
        vendor.at_question = lambda count: reached.set() if count == number else None
        vendor.delay = 0.15 if moment == "asked" else 0.0
        worker = start(filled, vendor)
        assert reached.wait(60)
        time.sleep(0.0 if moment == "asked" else 0.02)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        vendor.at_question, vendor.delay = (lambda _number: None), 0.0
        check(filled, vendor, to_the_end(filled, vendor), killed=1)


def test_killed_again_and_again_at_random(filled: Record) -> None:
    chance, kills = random.Random(20261), 0
    with vendor_server() as server:
        vendor = Vendor(server)
        vendor.delay = 0.05
        worker = start(filled, vendor)
        while not _ended_before(worker, vendor, chance.random() * 0.3):
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            kills += 1
            worker = start(filled, vendor, *[run.id for run in research.recent(filled)])
        assert kills >= 2
        assert worker.returncode == 0
        (run,) = research.recent(filled)
        check(filled, vendor, run.id, killed=kills)


def _ended_before(worker: subprocess.Popen[str], vendor: Vendor, seconds: float) -> bool:
    """Wait until the worker has asked something more, and then so long; tell whether it ended by itself."""
    began = sum(vendor.counted.values())
    while worker.poll() is None and sum(vendor.counted.values()) == began:
        time.sleep(0.01)
    try:
        worker.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def test_ctrl_c_leaves_whole_look_ups_only(filled: Record) -> None:
    with vendor_server() as server:
        vendor = Vendor(server)
        reached = threading.Event()
        vendor.at_question = lambda count: reached.set() if count == 10 else None
        vendor.delay = 0.3
        worker = start(filled, vendor)
        assert reached.wait(60)
        worker.send_signal(signal.SIGINT)
        worker.wait(30)
        assert worker.returncode != 0
        (run,) = research.recent(filled)
        statuses = Counter(row.status for row in lookups.page(filled, limit=1000))
        assert run.status == "stopped"
        assert set(statuses) == {"found"}, "what was under way was waited for"
        assert 10 <= statuses["found"] < COMPANIES
        vendor.at_question, vendor.delay = (lambda _number: None), 0.0
        assert check(filled, vendor, to_the_end(filled, vendor), killed=0) == {"found": COMPANIES}
