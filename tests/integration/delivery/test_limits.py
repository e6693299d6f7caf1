"""What really left, by the ledger's own rows, kept to windows, caps and gaps, whatever the clocks did."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.senders.memory import MemorySender
from gtm_pipelines.settings import WindowSettings
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released, rows, service, with_mailboxes

PEOPLE = 12


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/Berlin", datetime(2026, 3, 28, 20, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 24, 20, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 10, 31, 20, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 3, 4, 10, tzinfo=UTC)),
    ],
)
def test_nothing_leaves_outside_the_window_over_a_cap_or_under_a_gap(
    workbench: Workbench, clock: VirtualClock, zone: str, start: datetime
) -> None:
    window = WindowSettings(start=time(1, 30), end=time(4, 15), weekdays=(0, 1, 3, 6), time_zone=zone)
    clock.at = start
    released(workbench, PEOPLE, variants=["direct"])
    limits = {"window": window, "hourly_cap": 2, "daily_cap": 3, "minimum_gap_seconds": 700.0}
    with with_mailboxes(workbench, **limits) as bench:
        delivery = service(bench, MemorySender(), checkpoint=lambda step: clock.sleep(5) if step == "claimed" else None)
        delivery.queue("spring")
        for _ in range(200):
            report = delivery.send()
            if report.next_due_at is None:
                break
            clock.at = max(report.next_due_at, clock.at + timedelta(seconds=1))
    left = rows(workbench.record)
    assert {row["state"] for row in left} == {"sent"}
    for name in ("anna", "ben"):
        moments = sorted(row["handed_at"] for row in left if row["mailbox"] == name)
        assert moments
        local = [moment.astimezone(ZoneInfo(zone)) for moment in moments]
        slack = timedelta(seconds=5)
        assert all((window.start <= m.time() < window.end or (m - slack).time() < window.end) for m in local)
        assert all(m.weekday() in window.weekdays for m in local)
        assert max(Counter(m.date() for m in local).values()) <= 3
        assert all(n - bisect_right(moments, m - timedelta(hours=1)) < 2 for n, m in enumerate(moments))
        assert all(after - before >= timedelta(seconds=700) for before, after in pairwise(moments))


def test_the_plan_comes_true_when_nothing_goes_wrong(workbench: Workbench, clock: VirtualClock) -> None:
    released(workbench, 6, variants=["direct"])
    with with_mailboxes(workbench, window=WindowSettings(), hourly_cap=2, daily_cap=2, minimum_gap_seconds=60.0) as bench:
        delivery = service(bench, MemorySender())
        before = {row.contact_id: row.due_at for row in delivery.plan("spring").rows}
        delivery.queue("spring")
        after = {row.contact_id: row.due_at for row in delivery.plan("spring").rows}
        assert before == after
        while (report := delivery.send()).waiting:
            assert report.next_due_at
            clock.at = report.next_due_at
    assert {row["contact_id"]: row["handed_at"] for row in rows(workbench.record)} == before


def test_planning_changes_nothing(workbench: Workbench) -> None:
    released(workbench, 3)
    plan = workbench.delivery.plan("spring")
    assert [row.state for row in plan.rows] == ["planned"] * 3
    assert rows(workbench.record) == []
    assert not (workbench.settings.home_path / "installation.marker").exists()


def test_a_mailbox_that_may_send_nothing_is_planned_for_nothing(workbench: Workbench) -> None:
    released(workbench, 2)
    with with_mailboxes(workbench, daily_cap=0) as bench:
        assert bench.delivery.plan("spring").stopped == {"cap.daily": 2}


def test_the_plan_names_the_rule_that_stops_everybody_else(workbench: Workbench) -> None:
    released(workbench, 4)
    drafts = workbench.review.page("spring", limit=50)
    approved = [draft for draft in drafts if draft.status == "approved"]
    workbench.review.reject([approved[0].id], by="person:anna", reason="no")
    workbench.review.edit(
        approved[1].id, seen_revision=approved[1].revision, subject="New", body=approved[1].body, by="person:anna"
    )
    workbench.suppressions.add("address", str(approved[2].recipient), reason="asked", source="test")
    plan = workbench.delivery.plan("spring")
    assert plan.stopped == {"approval.missing": 2, "suppressed.address": 1}
    assert all(row.reason for row in plan.rows if row.rule)
    assert sum(row.state == "planned" for row in plan.rows) == 1
