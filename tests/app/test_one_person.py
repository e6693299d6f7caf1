"""What a campaign's page knows of later mails and of single people."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.record.tables import enrolment
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open
from tests.drafting_parts import leave

pytestmark = pytest.mark.slow


@pytest.fixture
def under_way(filled: Workbench) -> Workbench:
    """A campaign of two mails, the newest, whose first mail has left to everybody and whose second is due."""
    settings = CampaignSettings.model_validate({"sequence": ["follow-ups@1.0.0#first:1"]})
    segment = filled.campaigns.get("Spring").segment_name
    filled.campaigns.create("Autumn", segment=segment, pack="cold-email", mailboxes=["anna"], by="anna", settings=settings)
    filled.drafting.draft("Autumn")
    for one in [one for one in filled.review.page("Autumn", limit=500) if one.recommended]:
        leave(filled, one)
    with filled.record.write() as connection:
        connection.execute(sa.update(enrolment).where(enrolment.c.step == 2).values(next_at=filled.clock.now()))
    return filled


def test_later_mails_that_are_due_can_be_drafted_by_the_button(under_way: Workbench, open_page: Open) -> None:
    people = under_way.campaigns.status("Autumn").active
    app = open_page("campaigns")
    assert f"Writes {people} later mails that are due soon. Nothing is sent." in [one.value for one in app.caption]
    app.button(key="do_draft").click().run()
    assert [job.kind for job in under_way.jobs.recent()] == ["draft"]


def test_the_review_can_be_narrowed_to_the_variant_of_a_later_mail(under_way: Workbench, open_page: Open) -> None:
    under_way.drafting.draft("Autumn")
    app = open_page("review")
    campaign = under_way.campaigns.get("Autumn")
    chosen = app.selectbox(key=f"review_variant:{campaign.id}")
    assert "First" in chosen.options
    chosen.set_value("first").run()
    assert not app.exception


def test_the_mails_to_one_person_are_ended_and_go_on_again(under_way: Workbench, open_page: Open) -> None:
    campaign = under_way.campaigns.get("Autumn")
    somebody = under_way.campaigns.targets("Autumn", status="active", limit=1)[0]
    key = f"{campaign.id}:{somebody.contact_id}"
    app = open_page("campaigns")
    app.text_input(key=f"one_person:{campaign.id}").set_value(somebody.recipient).run()
    app.button(key=f"stop_person:{key}").click().run()
    standing = under_way.campaigns.standing_of("Autumn", somebody.contact_id)
    assert (standing.status, standing.reason) == ("stopped", "person")
    app.button(key=f"resume_person:{key}").click().run()
    assert under_way.campaigns.standing_of("Autumn", somebody.contact_id).status == "active"


def test_an_address_that_is_not_in_the_campaign_is_told(under_way: Workbench, open_page: Open) -> None:
    campaign = under_way.campaigns.get("Autumn")
    app = open_page("campaigns")
    app.text_input(key=f"one_person:{campaign.id}").set_value("x@elsewhere.test").run()
    assert any("Nobody in" in one.value for one in app.error)
    assert not app.exception


def test_who_talks_to_us_and_gets_more_mails_can_be_spared_them_in_the_inbox(answered: Workbench, open_page: Open) -> None:
    first = answered.inbox.page()[0]
    key = f"stop_person:{first.campaign_id}:{first.contact_id}"
    assert key not in [one.key for one in open_page("inbox").button], "they had every mail"
    with answered.record.write() as connection:
        mine = enrolment.c.contact_id == first.contact_id
        connection.execute(sa.update(enrolment).where(mine).values(status="active", step=2, reason=None))
    open_page("inbox").button(key=key).click().run()
    assert answered.campaigns.standing_of(first.campaign_id, first.contact_id).reason == "person"
