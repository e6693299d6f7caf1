"""The campaign page: what a button will do stands beside it, and a button does one thing."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import fact
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open

pytestmark = pytest.mark.slow


@pytest.fixture
def approved(filled: Workbench) -> Workbench:
    filled.review.approve_recommended("Spring", by="anna")
    return filled


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def begin_new(open_page: Open) -> AppTest:
    """Open the form for a new campaign, which stands closed once there is one."""
    app = open_page("campaigns")
    app.session_state["new_campaign:1"] = True
    return app.run()


def test_a_campaign_is_started_from_a_segment(filled: Workbench, open_page: Open) -> None:
    app = begin_new(open_page)
    app.text_input(key="new_name").set_value("Autumn").run()
    app.button(key="new_start").click().run()
    made = filled.campaigns.get("Autumn")
    assert (made.segment_name, made.status, made.created_by) == ("Leaders", "drafting", "local")


def test_follow_ups_are_chosen_with_the_campaign_and_shown_with_where_people_stand(filled: Workbench, open_page: Open) -> None:
    app = begin_new(open_page)
    app.text_input(key="new_name").set_value("Autumn")
    app.number_input(key="new_follow_ups").set_value(2).run()
    app.number_input(key="new_wait:2").set_value(4)
    app.checkbox(key="new_stop_company").set_value(True).run()
    app.button(key="new_start").click().run()
    made = filled.campaigns.get("Autumn")
    assert [(step.pack, step.variants, step.wait_days) for step in filled.campaigns.steps(made.id)] == [
        ("follow-ups", ("first",), 4),
        ("follow-ups", ("second",), 5),
    ]
    assert made.settings.stop_company
    (standing,) = (table.value for table in app.dataframe if "Next mail" in table.value)
    assert standing.to_dict("records") == [
        {"Next mail": "Mail 1", "State": "Goes on", "Why": "", "People": filled.campaigns.status("Autumn").active}
    ]


def test_a_paused_campaign_says_why_instead_of_that_nothing_waits(approved: Workbench, open_page: Open) -> None:
    approved.campaigns.release("Spring", by="anna", accept_bounces="the addresses are known")
    approved.delivery.pause("Spring", by="anna", reason="The offer has changed")
    app = open_page("campaigns")
    assert "The offer has changed" in " ".join(said.value for said in app.error)
    assert "No approved message is waiting" not in captions(app)


def test_a_name_taken_already_is_told_and_nothing_is_made(filled: Workbench, open_page: Open) -> None:
    app = begin_new(open_page)
    app.text_input(key="new_name").set_value("Spring").run()
    app.button(key="new_start").click().run()
    assert [said.value for said in app.warning if "exists" in said.value]
    assert not app.error
    assert len(filled.campaigns.list()) == 1


def test_drafting_is_asked_of_the_pipeline_once(filled: Workbench, open_page: Open) -> None:
    app = begin_new(open_page)
    app.text_input(key="new_name").set_value("Autumn").run()
    app.button(key="new_start").click().run()
    app.button(key="do_draft").click().run()
    app.button(key="do_draft").click().run()
    (job,) = filled.jobs.recent()
    assert (job.kind, job.payload) == ("draft", {"campaign": filled.campaigns.get("Autumn").id})
    assert filled.campaigns.status("Autumn").drafts == 0


def test_nothing_can_be_released_before_something_is_approved(filled: Workbench, open_page: Open) -> None:
    assert open_page("campaigns").button(key="do_send").disabled


def test_the_dry_run_says_how_many_leave_from_where(approved: Workbench, open_page: Open) -> None:
    going = [row for row in approved.delivery.plan("Spring").rows if row.rule is None]
    assert f"Sends {len(going)} approved messages" in captions(open_page("campaigns"))


def test_releasing_is_one_decision_and_sends_nothing_by_itself(approved: Workbench, open_page: Open) -> None:
    open_page("campaigns").button(key="do_send").click().run()
    campaign = approved.campaigns.get("Spring")
    assert (campaign.status, campaign.released_at is not None) == ("sending", True)
    assert approved.jobs.recent() == []
    assert approved.campaigns.status("Spring").sent == 0


def test_a_released_campaign_can_be_held(approved: Workbench, open_page: Open) -> None:
    app = open_page("campaigns")
    app.button(key="do_send").click().run()
    app.button(key="do_hold").click().run()
    assert approved.campaigns.get("Spring").released_at is None


def test_who_is_left_out_is_listed_with_the_reason(approved: Workbench, open_page: Open) -> None:
    tables = [table.value for table in open_page("campaigns").dataframe]
    listed = next(table for table in tables if "Why" in table.columns)
    assert len(listed) == approved.campaigns.status("Spring").excluded > 0
    assert listed["Why"].ne("").all()


def test_what_is_expected_to_bounce_stands_beside_the_release(approved: Workbench, open_page: Open) -> None:
    app = open_page("campaigns")
    assert "will come back" in captions(app)
    assert not app.button(key="do_send").disabled


def test_too_many_dead_addresses_hold_it_until_a_person_says_why(approved: Workbench, open_page: Open) -> None:
    campaign, now = approved.campaigns.get("Spring"), approved.clock.now()
    with approved.record.write() as connection:
        for one in approved.campaigns.targets("Spring", status="active", limit=500):
            dead = {"field": "email_verification", "value": "invalid", "source": "hunter_verifier", "confidence": 0.95}
            named = {"id": new_id(), "workspace_id": "default", "subject_type": "contact", "subject_id": one.contact_id}
            connection.execute(sa.insert(fact).values(**named, **dead, evidence=f"{one.recipient} is invalid", retrieved_at=now))
    app = open_page("campaigns")
    assert "too many" in captions(app)
    assert app.button(key="do_send").disabled
    app.text_input(key=f"accept_bounces:{campaign.id}").set_value("They answered last year").run()
    app.button(key="do_send").click().run()
    assert approved.campaigns.get("Spring").status == "sending"
