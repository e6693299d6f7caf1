"""The first page of the day: what waits for a person, and what happened since, counted no further than is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record import today
from gtm_pipelines.record.tables import conversation
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import queue_message
from tests.parts import ROOT

LEADERS = {"all": [{"field": "contact.position", "op": "contains", "value": "chief"}]}


@pytest.fixture
def drafted(workbench: Workbench) -> Workbench:
    """A small list with a campaign that has its drafts."""
    workbench.intake.import_file(ROOT / "data" / "sample" / "contacts.csv", "contact")
    workbench.segments.save("Leaders", LEADERS, by="anna")
    names = [mailbox.name for mailbox in workbench.settings.mailboxes]
    campaign = workbench.campaigns.create("Spring", segment="Leaders", pack="cold-email", mailboxes=names, by="anna")
    workbench.drafting.draft(campaign.id)
    return workbench


def now_waiting(bench: Workbench) -> today.Waiting:
    return today.waiting(bench.record, stale_before=bench.clock.now() - timedelta(hours=12))


def test_nothing_waits_in_an_empty_workspace(workbench: Workbench) -> None:
    assert now_waiting(workbench) == today.Waiting((), (), False, 0, 0, 0, 0, 0)


@pytest.mark.slow
def test_drafts_wait_as_many_as_review_says(drafted: Workbench) -> None:
    held = now_waiting(drafted)
    assert [(name, count) for _, name, count in held.drafts] == [("Spring", drafted.review.count_recommended("Spring"))]
    assert [(one.undrafted, one.approved) for one in held.beginnings] == [(0, 0)]


@pytest.mark.slow
def test_approved_drafts_can_be_released_and_wait_no_longer(drafted: Workbench) -> None:
    drafted.review.approve_recommended("Spring", by="anna")
    held = now_waiting(drafted)
    assert held.drafts == ()
    assert [one.approved for one in held.beginnings] == [drafted.campaigns.status("Spring").approved]


@pytest.mark.slow
def test_whoever_wrote_back_at_once_waits_until_an_answer_of_ours_left(drafted: Workbench) -> None:
    drafted.review.approve_recommended("Spring", by="anna")
    first = drafted.review.page("Spring", status="approved")[0]
    now = drafted.clock.now()
    queue_message(drafted, first, state="sent", sent_at=now, handed_at=now + timedelta(milliseconds=600))
    row = {"id": new_id(), "workspace_id": drafted.record.workspace_id, "campaign_id": first.campaign_id, "state": "scheduling"}
    row |= {"contact_id": first.contact_id, "last_class": "positive", "last_at": now, "created_at": now, "updated_at": now}
    with drafted.record.write() as connection:
        connection.execute(sa.insert(conversation).values(**row))
    assert now_waiting(drafted).answers == 1
    queue_message(drafted, first, step=1001, state="sent", sent_at=now, handed_at=now + timedelta(hours=1))
    assert now_waiting(drafted).answers == 0


@pytest.mark.slow
def test_counting_stops_where_more_is_not_told(drafted: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(today, "MOST", 3)
    ((_, _, counted),) = now_waiting(drafted).drafts
    assert counted == 4


@pytest.mark.slow
def test_an_import_is_told_within_its_day(drafted: Workbench) -> None:
    now, day = drafted.clock.now() + timedelta(seconds=1), timedelta(days=1)
    (batch,) = drafted.intake.batches()
    assert today.happened(drafted.record, now - day, now) == today.Happened(0, 0, 0, 0, batch.imported)
    assert today.happened(drafted.record, now - 2 * day, now - day) == today.Happened(0, 0, 0, 0, 0)
