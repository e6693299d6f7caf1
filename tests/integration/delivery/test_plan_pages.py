"""A page of a plan is part of the whole plan, whatever state a campaign is in, though nobody else is planned for it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.model import PlanRow
from gtm_pipelines.delivery.planning import Planning
from gtm_pipelines.delivery.prospect import KINDS, Kind, Prospect, kind_of, of_plan
from gtm_pipelines.delivery.prospecting import Prospecting
from gtm_pipelines.delivery.senders.memory import MemorySender
from gtm_pipelines.record import suppressions
from gtm_pipelines.record.tables import contact, decision, draft, enrolment, mailbox_state, message, target
from gtm_pipelines.settings import WindowSettings
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import approved, released, service, with_mailboxes

NARROW = WindowSettings(start=time(9), end=time(12), weekdays=(0, 1, 2, 3, 4), time_zone="Europe/Berlin")
CHOICES: dict[str, Any] = {"window": NARROW, "hourly_cap": 3, "daily_cap": 7, "minimum_gap_seconds": 300.0}
UNSEEN = ("suppressed.", "approval.void", "postal_address.missing", "cap.")
"""Rules that only the text, the suppressions or the mailbox's caps tell, not the record's counts."""
PEOPLE = 14


def prospect_of(bench: Workbench, *, whole: int = 0, reach: int = 1_000) -> Prospect:
    mailboxes = {one.name: one for one in bench.settings.mailboxes}
    shared = (bench.record, bench.clock)
    planning = Planning(*shared, mailboxes, bench.settings.delivery)
    return Prospecting(*shared, list(mailboxes), bench.settings.delivery, planning, whole=whole, reach=reach).prospect("spring")


def every(prospect: Prospect, kind: Kind | None, size: int) -> list[PlanRow]:
    found: list[PlanRow] = []
    while page := prospect.page(kind, size, len(found)):
        found += page
    return found


def whole(bench: Workbench) -> dict[tuple[str, int], PlanRow]:
    return {(row.contact_id, row.step): row for row in bench.delivery.plan("spring").rows}


def same(bench: Workbench, prospect: Prospect, size: int) -> None:
    expected, shown = whole(bench), every(prospect, None, size)
    assert len(shown) == len(expected) == sum(prospect.numbers.values())
    assert {(row.contact_id, row.step): row for row in shown} == expected
    by_kind = [every(prospect, kind, size) for kind in KINDS]
    assert [row for rows in by_kind for row in rows] == shown
    assert {kind: len(rows) for kind, rows in zip(KINDS, by_kind, strict=True)} == dict(prospect.numbers)
    told(by_kind, prospect, bench)


def told(by_kind: Sequence[list[PlanRow]], prospect: Prospect, bench: Workbench) -> None:
    """What is counted as leaving leaves, or is stopped by what the record does not count; nothing else is out of place."""
    for kind, rows in zip(KINDS, by_kind, strict=True):
        odd = [row for row in rows if kind_of(row.state, row.rule) != kind]
        assert all(kind == "going" and (row.rule or "").startswith(UNSEEN) for row in odd)
    exact = of_plan(bench.delivery.plan("spring"), bench.clock.now())
    if not any((row.rule or "").startswith(UNSEEN) for rows in by_kind for row in rows):
        assert prospect.numbers == exact.numbers
        assert prospect.mailboxes == exact.mailboxes
        assert Counter(prospect.reasons) == Counter(exact.reasons)
        assert prospect.several == exact.several
        assert prospect.first in (None, exact.first)
        assert prospect.last in (None, exact.last)


def scramble(bench: Workbench, chance: random.Random) -> None:
    """Put people, drafts, decisions and messages into any state, those the services never make among them."""
    now, some = bench.clock.now(), chance.random
    moments = (None, now - timedelta(hours=3), now + timedelta(days=2))
    changes: list[tuple[sa.Table, dict[str, Sequence[Any]], float]] = [
        (target, {"status": ("excluded",), "status_reason": ("suppressed", None)}, 0.15),
        (enrolment, {"status": ("active", "paused", "stopped", "finished"), "next_at": moments, "paused_until": moments,
                     "reason": ("replied", "person", None), "step": (1, 1, 2)}, 0.4),
        (draft, {"status": ("approved", "rejected", "drafted"), "content_hash": ("other",)}, 0.1),
        (draft, {"step": (1001, 2)}, 0.1),
        (decision, {"kind": ("approve", "reject", "void")}, 0.1),
        (message, {"state": ("queued", "deferred", "claimed", "sent", "failed", "unknown")}, 0.4),
        (message, {"due_at": [now + timedelta(minutes=chance.randrange(-900, 900)) for _ in range(9)]}, 0.4),
        (contact, {"do_not_contact": (True,)}, 0.1),
    ]  # fmt: skip
    with bench.record.write() as connection:
        for table, columns, share in changes:
            for key in connection.execute(sa.select(table.c.id).order_by(table.c.id)).scalars().all():
                if some() < share:
                    new = {name: chance.choice(list(values)) for name, values in columns.items()}
                    connection.execute(sa.update(table).where(table.c.id == key).values(**new))
        people = connection.execute(sa.select(contact.c.id).order_by(contact.c.id)).scalars().all()
        connection.execute(sa.update(contact).where(contact.c.id == people[1]).values(merged_into=people[2]))
        if some() < 0.5:
            values = {"kind": "address", "value": "p5@firm5.example", "reason": "unsubscribed", "source": "test", "at": now}
            suppressions.add(connection, bench.record.workspace_id, values.pop("kind"), values.pop("value"), **values)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_pages_of_a_plan_are_the_plan_whatever_state_it_is_in(workbench: Workbench, clock: VirtualClock, seed: int) -> None:
    clock.at, chance = datetime(2026, 3, 4, 8, tzinfo=UTC), random.Random(seed)
    released(workbench, PEOPLE)
    with with_mailboxes(workbench, **CHOICES) as bench:
        delivery = service(bench, MemorySender())
        if seed % 3:
            delivery.queue("spring")
        if seed % 3 == 2:
            clock.at += timedelta(hours=4)
            delivery.send("spring", limit=4)
        for _ in range(2):
            scramble(bench, chance)
            same(bench, prospect_of(bench), chance.choice((1, 3, 50)))
            same(bench, prospect_of(bench, reach=4), 3)


def test_a_large_plan_gives_out_the_moments_of_the_whole_plan(workbench: Workbench, clock: VirtualClock) -> None:
    clock.at = datetime(2026, 3, 4, 8, tzinfo=UTC)
    approved(workbench, PEOPLE, variants=["direct"])
    with with_mailboxes(workbench, **CHOICES) as bench:
        prospect, plan = prospect_of(bench), whole(bench)
        shown = every(prospect, "going", 3)
        assert {(row.contact_id, row.step): row for row in shown} == plan
        assert len({row.due_at for row in shown if row.mailbox == "anna"}) == 7
        assert not prospect.whole
        assert prospect.numbers == {"going": PEOPLE, "stopped": 0, "done": 0}


def test_people_left_in_peace_get_the_moment_that_is_left_when_all_others_are_dealt_theirs(
    workbench: Workbench, clock: VirtualClock
) -> None:
    clock.at = datetime(2026, 3, 4, 8, tzinfo=UTC)
    released(workbench, 6, variants=["direct"])
    with with_mailboxes(workbench, **CHOICES) as bench:
        delivery = service(bench, MemorySender())
        delivery.queue("spring")
        clock.at += timedelta(minutes=30)
        delivery.send("spring", limit=2)
        bench.campaigns.create(
            "autumn", segment="everybody", pack="cold-email", mailboxes=["anna"], by="anna", variants=["casual"]
        )
        bench.drafting.draft("autumn")
        bench.review.approve_recommended("autumn", by="person:anna")
        mailboxes = {one.name: one for one in bench.settings.mailboxes}
        shared = (bench.record, bench.clock)
        planning = Planning(*shared, mailboxes, bench.settings.delivery)
        made = Prospecting(*shared, list(mailboxes), bench.settings.delivery, planning, whole=0).prospect("autumn")
        plan = {row.contact_id: row for row in bench.delivery.plan("autumn").rows}
        assert {row.contact_id: row for row in every(made, None, 2)} == plan
        assert any(row.waits == "contact.gap" for row in plan.values())


def test_pauses_are_counted_with_their_reasons(workbench: Workbench) -> None:
    released(workbench, 4)
    workbench.delivery.pause("spring", by="anna", reason="Wrong list")
    prospect = prospect_of(workbench)
    assert prospect.reasons == {"The campaign is paused: Wrong list": 4}
    same(workbench, prospect, 3)
    workbench.delivery.resume("spring", by="anna")
    now = workbench.clock.now()
    state = {"id": "1", "workspace_id": workbench.record.workspace_id, "mailbox": "ben", "status": "paused", "reason": "No login"}
    with workbench.record.write() as connection:
        connection.execute(sa.insert(mailbox_state).values(**state, failures=3, since=now, checks={}, updated_at=now))
    same(workbench, prospect_of(workbench), 3)


def test_a_small_plan_is_made_whole(workbench: Workbench) -> None:
    released(workbench, 3)
    prospect = workbench.delivery.prospect("spring")
    assert prospect.whole
    assert prospect.due_now + sum(prospect.numbers.values()) >= 3
    assert list(prospect.page(None, 2, 1)) == every(prospect, None, 50)[1:3]
