"""A plan names the rule that puts each message off, before it is queued and after."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.senders.memory import MemorySender
from gtm_pipelines.settings import WindowSettings
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released, service, with_mailboxes

NIGHT = WindowSettings(start=time(1, 0), end=time(2, 0), weekdays=(0, 1, 2, 3, 4, 5, 6), time_zone="UTC")
ALWAYS = WindowSettings(start=time(0, 0), end=time(23, 59), weekdays=(0, 1, 2, 3, 4, 5, 6), time_zone="UTC")
FREE = {"window": ALWAYS, "hourly_cap": 100, "daily_cap": 100, "minimum_gap_seconds": 0.0}


@pytest.mark.parametrize(
    ("limit", "waiting"),
    [
        ({}, {}),
        ({"window": NIGHT}, {"window.closed": 4}),
        ({"daily_cap": 1}, {"cap.daily": 2}),
        ({"hourly_cap": 1}, {"cap.hourly": 2}),
        ({"minimum_gap_seconds": 600.0}, {"gap.mailbox": 2}),
    ],
)
def test_each_message_that_waits_names_its_rule(
    workbench: Workbench, clock: VirtualClock, limit: dict[str, Any], waiting: dict[str, int]
) -> None:
    clock.at = datetime(2026, 3, 4, 10, tzinfo=UTC)
    released(workbench, 4, variants=["direct"])
    with with_mailboxes(workbench, **{**FREE, **limit}) as bench:
        delivery = service(bench, MemorySender())
        assert delivery.plan("spring").waiting == waiting
        delivery.queue("spring")
        plan = delivery.plan("spring")
        assert plan.waiting == waiting
        assert all(row.waits_reason and row.due_at and row.due_at > clock.now() for row in plan.rows if row.waits)


def test_a_person_written_to_by_another_campaign_waits_for_the_gap(workbench: Workbench, clock: VirtualClock) -> None:
    clock.at = datetime(2026, 3, 4, 10, tzinfo=UTC)
    released(workbench, 2, variants=["direct"])
    with with_mailboxes(workbench, **FREE) as bench:
        delivery = service(bench, MemorySender())
        delivery.queue("spring")
        delivery.send()
        choices = {"pack": "cold-email", "mailboxes": ["anna"], "by": "anna", "variants": ["casual"]}
        bench.campaigns.create("summer", segment="everybody", **choices)
        bench.drafting.draft("summer")
        bench.review.approve_recommended("summer", by="person:anna")
        assert delivery.plan("summer").waiting == {"contact.gap": 2}
        bench.campaigns.release("summer", by="person:anna")
        delivery.queue("summer")
        assert delivery.plan("summer").waiting == {"contact.gap": 2}
