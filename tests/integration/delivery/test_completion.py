"""A campaign is completed when nobody is left to write to and nothing waits for a person, and not before."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.delivery.model import SendResult
from gtm_pipelines.delivery.senders.memory import ACCEPTED, MemorySender
from gtm_pipelines.record.due import campaigns_released
from gtm_pipelines.record.tables import audit_event
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import approved, released, rows, service


def status(bench: Workbench) -> str:
    return bench.campaigns.get("spring").status


def test_a_campaign_whose_every_message_left_is_completed_once(workbench: Workbench) -> None:
    released(workbench, 3)
    delivery = service(workbench, MemorySender())
    delivery.queue("spring")
    assert delivery.send("spring", limit=2).completed == 0
    assert status(workbench) == "sending"
    assert delivery.send("spring").completed == 1
    assert status(workbench) == "completed"
    assert (delivery.queue("spring").existing, delivery.send("spring").sent, delivery.send().completed) == (3, 0, 0)
    with workbench.record.read() as connection:
        passed = connection.execute(sa.select(audit_event.c.actor).where(audit_event.c.action == "campaign.advance")).all()
    assert ("system",) in passed


@pytest.mark.parametrize("told", [SendResult("deferred", "later"), SendResult("unknown", "no answer")])
def test_a_message_that_waits_or_is_uncertain_keeps_the_campaign_open(workbench: Workbench, told: SendResult) -> None:
    released(workbench, 2)
    answers = iter([ACCEPTED, told])
    delivery = service(workbench, MemorySender(lambda _mail: next(answers)))
    delivery.queue("spring")
    delivery.send("spring")
    assert status(workbench) == "sending"


@pytest.mark.parametrize("verdict", ["sent", "not_sent"])
def test_settling_the_last_uncertain_message_completes_the_campaign(workbench: Workbench, verdict: Any) -> None:
    released(workbench, 1)
    delivery = service(workbench, MemorySender(lambda _mail: SendResult("unknown", "no answer")))
    delivery.queue("spring")
    delivery.send("spring")
    delivery.settle(rows(workbench.record)[0]["id"], verdict, by="person:anna")
    assert status(workbench) == "completed"


def test_a_person_whose_draft_waits_for_a_decision_keeps_the_campaign_open(workbench: Workbench) -> None:
    approved(workbench, 2)
    waiting = workbench.review.page("spring", status="approved", limit=10)[0]
    workbench.review.undo(waiting.id, by="person:anna")
    workbench.campaigns.release("spring", by="person:anna")
    delivery = service(workbench, MemorySender())
    delivery.queue("spring")
    assert (delivery.send("spring").sent, status(workbench)) == (1, "sending")
    workbench.review.reject(
        [of_one.id for of_one in workbench.review.variants(waiting.id)], by="person:anna", reason="not for us"
    )
    assert delivery.send("spring").completed == 1


def test_a_suppressed_person_does_not_keep_the_campaign_open(workbench: Workbench) -> None:
    released(workbench, 2)
    workbench.suppressions.add("address", "p0@firm0.example", reason="asked", source="test")
    delivery = service(workbench, MemorySender())
    delivery.queue("spring")
    assert delivery.send("spring").completed == 1


def test_what_is_approved_later_leaves_only_after_a_new_release(workbench: Workbench) -> None:
    approved(workbench, 2)
    late = workbench.review.page("spring", status="approved", limit=10)[0]
    workbench.review.reject([of_one.id for of_one in workbench.review.variants(late.id)], by="person:anna", reason="not yet")
    workbench.campaigns.release("spring", by="person:anna")
    delivery = service(workbench, MemorySender())
    delivery.queue("spring")
    delivery.send("spring")
    assert status(workbench) == "completed"
    workbench.review.approve([late.id], by="person:anna")
    assert delivery.queue("spring").stopped == {"campaign.completed": 1}
    before = workbench.clock.now()
    workbench.clock.sleep(60)
    workbench.campaigns.release("spring", by="person:anna")
    [row] = campaigns_released(workbench.record, before, workbench.clock.now())
    assert row.has_work
    delivery.queue("spring")
    assert (delivery.send("spring").sent, status(workbench)) == (1, "completed")
