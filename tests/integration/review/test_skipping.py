"""A later mail of a sequence is skipped, and the sequence goes on; what lists say of a person stands beside the draft."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.senders.memory import MemorySender
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, PolicyError
from gtm_pipelines.record.tables import contact, enrolment
from gtm_pipelines.review.model import DraftView
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released, service

pytestmark = pytest.mark.slow
THREE = CampaignSettings.model_validate({"seed": 7, "sequence": ["follow-ups#first:3", "follow-ups#break-up:5"]})


@pytest.fixture
def second(workbench: Workbench, clock: VirtualClock) -> DraftView:
    """The draft of the second of three mails, written and not decided on."""
    clock.at = datetime(2026, 3, 5, 10, tzinfo=UTC)
    released(workbench, 1, settings=THREE, variants=["direct"])
    delivery = service(workbench, MemorySender())
    delivery.queue("spring")
    assert delivery.send().sent == 1
    clock.at += timedelta(days=6)
    workbench.drafting.draft("spring")
    return next(one for one in workbench.review.page("spring") if one.step == 2)


def stands_at(workbench: Workbench) -> tuple[str, int]:
    with workbench.record.read() as connection:
        row = connection.execute(sa.select(enrolment.c.status, enrolment.c.step)).one()
    return row.status, row.step


def test_a_skipped_mail_is_rejected_and_the_next_one_is_written(
    workbench: Workbench, clock: VirtualClock, second: DraftView
) -> None:
    assert workbench.review.skip(second.id, by="anna", reason="too soon").status == "rejected"
    assert stands_at(workbench) == ("active", 3)
    clock.at += timedelta(days=10)
    workbench.drafting.draft("spring")
    third = next(one for one in workbench.review.page("spring") if one.step == 3)
    workbench.review.skip(third.id, by="anna", reason="not that one either")
    assert stands_at(workbench)[0] == "finished"


def test_a_rejected_mail_alone_leaves_the_sequence_where_it_was(workbench: Workbench, second: DraftView) -> None:
    workbench.review.reject([second.id], by="anna", reason="wrong")
    assert stands_at(workbench) == ("active", 2)
    assert workbench.review.skip(second.id, by="anna", reason="go on").decision_reason == "wrong"
    assert stands_at(workbench) == ("active", 3)
    with pytest.raises(ConflictError, match="does not stand"):
        workbench.review.skip(second.id, by="anna", reason="once more")


def test_only_a_later_mail_is_skipped_and_only_with_a_reason(workbench: Workbench, second: DraftView) -> None:
    first = next(one for one in workbench.review.page("spring") if one.step == 1)
    with pytest.raises(PolicyError, match="later mail"):
        workbench.review.skip(first.id, by="anna", reason="no")
    with pytest.raises(InputError, match="Say why"):
        workbench.review.skip(second.id, by="anna", reason=" ")
    with pytest.raises(NotFoundError):
        workbench.review.skip("nothing", by="anna", reason="no")


def test_what_lists_note_about_a_person_stands_beside_the_draft(workbench: Workbench, second: DraftView) -> None:
    assert second.notes == ()
    given = {"Комментарий": "написать после праздников", "Note": " call first ", "notebooks": "7", "Denoted": "x", "comments": ""}
    with workbench.record.write() as connection:
        connection.execute(sa.update(contact).values(attributes=given))
    assert set(workbench.review.get(second.id).notes) == {"написать после праздников", "call first"}
