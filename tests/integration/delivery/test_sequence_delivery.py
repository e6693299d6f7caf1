"""Later mails of a sequence: in the thread of the first, after their wait, never after a stop, never before a return."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.senders.memory import MemorySender
from gtm_pipelines.delivery.service import DeliveryService
from gtm_pipelines.record import enrolments
from gtm_pipelines.record.due import campaigns_due, campaigns_to_draft
from gtm_pipelines.record.tables import enrolment
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import make_campaign
from tests.delivery_parts import released, rows, service

THREE = CampaignSettings.model_validate({"seed": 7, "sequence": ["follow-ups#first:3", "follow-ups#break-up:5"]})
THURSDAY = datetime(2026, 3, 5, 10, tzinfo=UTC)


class Stage:
    """A released campaign of three mails whose first one has left."""

    def __init__(self, workbench: Workbench, clock: VirtualClock, people: int = 1) -> None:
        self.bench, self.clock, self.sender = workbench, clock, MemorySender()
        clock.at = THURSDAY
        released(workbench, people, settings=THREE, variants=["direct"])
        self.delivery: DeliveryService = service(workbench, self.sender)
        self.work()

    def work(self) -> None:
        """Write, approve, queue and send whatever the moment allows."""
        self.bench.drafting.draft("spring")
        self.bench.review.approve_recommended("spring", by="person:anna")
        self.delivery.queue("spring")
        self.delivery.send()

    def days(self, count: float) -> None:
        self.clock.at += timedelta(days=count)

    def stop(self, contact: str, reason: str) -> None:
        with self.bench.record.write() as connection:
            enrolments.stop(
                connection, self.bench.record.workspace_id, contact_id=contact, campaign_id=None, reason=reason,
                cause_id=None, at=self.clock.now(),
            )  # fmt: skip

    def rest(self, contact: str, until: datetime) -> None:
        with self.bench.record.write() as connection:
            enrolments.pause(
                connection, self.bench.record.workspace_id, contact_id=contact, campaign_id=None, cause_id=None,
                until=until, at=self.clock.now(),
            )  # fmt: skip

    @property
    def contact(self) -> str:
        return str(rows(self.bench.record)[0]["contact_id"])

    def sent(self) -> list[tuple[int, datetime]]:
        return sorted((row["step"], row["sent_at"]) for row in rows(self.bench.record) if row["state"] == "sent")


@pytest.fixture
def stage(workbench: Workbench, clock: VirtualClock) -> Stage:
    return Stage(workbench, clock)


@pytest.mark.slow
def test_three_mails_leave_in_one_thread_each_after_its_wait(stage: Stage) -> None:
    for _ in range(13):
        stage.days(1)
        stage.work()
    first, second, third = (message_from_bytes(one.content) for one in stage.sender.accepted)
    assert [step for step, _ in stage.sent()] == [1, 2, 3]
    assert [moment.date().isoformat() for _, moment in stage.sent()] == ["2026-03-05", "2026-03-10", "2026-03-17"]
    assert (first["In-Reply-To"], first["References"]) == (None, None)
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert third["In-Reply-To"] == second["Message-ID"]
    assert str(third["References"]).split() == [first["Message-ID"], second["Message-ID"]]
    assert second["From"] == third["From"] == first["From"]
    assert rows(stage.bench.record)[1]["subject"] == rows(stage.bench.record)[2]["subject"]
    assert rows(stage.bench.record)[1]["subject"] == "Re: " + rows(stage.bench.record)[0]["subject"]


def test_the_campaign_is_completed_only_after_the_last_mail_of_everybody(stage: Stage) -> None:
    seen = []
    for wait in (2, 3, 6, 1):
        stage.days(wait)
        stage.work()
        seen.append(stage.bench.campaigns.get("spring").status)
    assert seen == ["sending", "sending", "sending", "completed"]


@pytest.mark.parametrize("reason", ["replied", "unsubscribed", "meeting"])
def test_nothing_leaves_after_a_stop_though_it_was_queued(stage: Stage, reason: str) -> None:
    stage.days(5)
    stage.bench.drafting.draft("spring")
    stage.bench.review.approve_recommended("spring", by="person:anna")
    assert stage.delivery.queue("spring").queued == 1
    stage.stop(stage.contact, reason)
    assert stage.delivery.plan("spring").stopped == {"sequence.stopped": 1}
    assert stage.delivery.send().refused == 1
    assert len(stage.sender.accepted) == 1
    assert "sequence.stopped" in str(rows(stage.bench.record)[1]["last_error"])
    assert stage.bench.campaigns.get("spring").status == "completed"


def test_a_stop_between_claim_and_the_point_of_no_return_holds_the_mail_back(workbench: Workbench, clock: VirtualClock) -> None:
    stage = Stage(workbench, clock)
    stage.days(5)
    stage.bench.drafting.draft("spring")
    stage.bench.review.approve_recommended("spring", by="person:anna")
    late = service(
        workbench, stage.sender, checkpoint=lambda step: stage.stop(stage.contact, "replied") if step == "claimed" else None
    )
    late.queue("spring")
    late.send()
    assert len(stage.sender.accepted) == 1


def test_somebody_away_is_written_to_when_they_are_back(stage: Stage) -> None:
    back = THURSDAY + timedelta(days=18)
    stage.days(5)
    stage.bench.drafting.draft("spring")
    stage.bench.review.approve_recommended("spring", by="person:anna")
    stage.delivery.queue("spring")
    stage.rest(stage.contact, back)
    for wait in (0, 12, 1, 0.5, 7):
        stage.days(wait)
        stage.work()
    moments = dict(stage.sent())
    assert back <= moments[2] < back + timedelta(days=1)
    assert moments[3].date().isoformat() == "2026-03-30"  # five working days after Monday the 23rd


def test_somebody_who_is_back_is_seen_by_the_schedules(stage: Stage) -> None:
    record, back = stage.bench.record, THURSDAY + timedelta(days=18)
    stage.rest(stage.contact, back)
    assert not campaigns_to_draft(record, back - timedelta(hours=1))
    assert [row.name for row in campaigns_to_draft(record, back)] == ["spring"]
    stage.clock.at = back
    stage.bench.drafting.draft("spring")
    stage.bench.review.approve_recommended("spring", by="person:anna")
    assert [row.name for row in campaigns_due(record, back)] == ["spring"]
    stage.delivery.queue("spring")
    assert stage.delivery.send().sent == 1


def test_an_approved_mail_waits_for_its_place_in_the_sequence(stage: Stage) -> None:
    stage.days(3)
    stage.bench.drafting.draft("spring")
    stage.bench.review.approve_recommended("spring", by="person:anna")
    row = next(row for row in stage.delivery.plan("spring").rows if row.step == 2)
    assert (row.state, row.waits, row.due_at) == ("planned", "sequence.wait", datetime(2026, 3, 10, tzinfo=UTC))
    assert stage.delivery.queue("spring").queued == 1
    assert stage.delivery.send().sent == 0


def test_a_mail_settled_by_a_person_moves_the_sequence_on(stage: Stage) -> None:
    with stage.bench.record.write() as connection:
        connection.execute(sa.update(enrolment).values(step=1, next_at=None))
        connection.execute(sa.text("UPDATE message SET state = 'unknown', sent_at = NULL"))
    stage.delivery.settle(rows(stage.bench.record)[0]["id"], "sent", "person:anna")
    with stage.bench.record.read() as connection:
        (held,) = connection.execute(sa.select(enrolment.c.step, enrolment.c.next_at))
    assert tuple(held) == (2, datetime(2026, 3, 10, tzinfo=UTC))


def test_schedules_see_what_is_to_be_written_and_what_is_to_be_queued(stage: Stage) -> None:
    record = stage.bench.record
    assert not campaigns_to_draft(record, stage.clock.now() + timedelta(days=4))
    assert [row.name for row in campaigns_to_draft(record, stage.clock.now() + timedelta(days=5))] == ["spring"]
    stage.days(5)
    stage.bench.drafting.draft("spring")
    assert not campaigns_to_draft(record, stage.clock.now())
    assert not campaigns_due(record, stage.clock.now())
    stage.bench.review.approve_recommended("spring", by="person:anna")
    assert [row.name for row in campaigns_due(record, stage.clock.now())] == ["spring"]
    stage.delivery.queue("spring")
    stage.delivery.send()
    assert not campaigns_due(record, stage.clock.now())


def test_being_frozen_into_another_campaign_restarts_nothing(stage: Stage) -> None:
    make_campaign(stage.bench, "summer", settings=THREE)
    with stage.bench.record.read() as connection:
        mine = enrolments.of_campaign(connection, stage.bench.record.workspace_id, stage.bench.campaigns.get("spring").id)
    assert [(row["step"], row["status"]) for row in mine] == [(2, "active")]
