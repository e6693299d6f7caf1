"""One person's sequence is ended by hand, and that is taken back; everybody else's goes on."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.cli.main import gtm
from gtm_pipelines.errors import NotFoundError, PolicyError
from gtm_pipelines.record import enrolments
from gtm_pipelines.record.tables import audit_event, message
from gtm_pipelines.review.model import DraftView
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_people, drafted, make_campaign, queue_message
from tests.integration.campaigns.test_campaign_commands import answer, people, run
from tests.integration.campaigns.test_sequences import TWO_MORE, left, standing

__all__ = ["people"]
ONE = "p0@acme.example"


@pytest.fixture
def under_way(workbench: Workbench) -> Campaign:
    """Two people whose first mail has left."""
    everybody = add_people(workbench, 2)
    campaign = make_campaign(workbench, settings=TWO_MORE)
    left(workbench, campaign, everybody, 1)
    return campaign


def test_a_person_stopped_by_hand_gets_nothing_more_and_all_others_go_on(workbench: Workbench, under_way: Campaign) -> None:
    made = workbench.campaigns.stop_person("spring", ONE.upper(), by="anna", reason="met at a fair")
    assert (made.status, made.reason, made.step, made.can_resume) == ("stopped", "person", 2, True)
    assert standing(workbench, under_way) == [(2, "stopped", "person"), (2, "active", None)]
    assert workbench.campaigns.stop_person("spring", made.contact_id, by="anna") == made, "twice is once"
    with workbench.record.read() as connection:
        events = connection.execute(sa.select(audit_event).where(audit_event.c.action == "sequence.stop")).all()
    assert [(e.actor, e.subject_id, e.detail["reason"]) for e in events] == [("person:anna", made.contact_id, "met at a fair")]


def test_taken_back_the_sequence_goes_on_where_it_stood(workbench: Workbench, under_way: Campaign) -> None:
    before = workbench.campaigns.standing_of("spring", ONE)
    workbench.campaigns.stop_person("spring", ONE, by="anna")
    assert workbench.campaigns.resume_person("spring", ONE, by="anna") == before
    assert workbench.campaigns.resume_person("spring", ONE, by="anna") == before


def test_what_ended_for_another_reason_stays_ended(workbench: Workbench, under_way: Campaign) -> None:
    contact_id = workbench.campaigns.standing_of("spring", ONE).contact_id
    with workbench.record.write() as connection:
        enrolments.stop(
            connection, workbench.record.workspace_id, contact_id=contact_id, campaign_id=None, reason="replied", cause_id=None,
            at=workbench.clock.now(),
        )  # fmt: skip
    with pytest.raises(PolicyError, match="over for good: replied"):
        workbench.campaigns.resume_person("spring", ONE, by="anna")


def test_a_suppressed_person_does_not_go_on_before_the_suppression_is_lifted(workbench: Workbench, under_way: Campaign) -> None:
    workbench.suppressions.add("address", ONE, reason="asked", source="person:anna")
    with pytest.raises(PolicyError, match="Lift that first"):
        workbench.campaigns.resume_person("spring", ONE, by="anna")
    workbench.suppressions.remove("address", ONE, by="anna", reason="asked again")
    assert workbench.campaigns.resume_person("spring", ONE, by="anna").status == "active"


def test_only_a_person_stops_and_only_who_is_enrolled(workbench: Workbench, under_way: Campaign) -> None:
    with pytest.raises(PolicyError, match="not a person"):
        workbench.campaigns.stop_person("spring", ONE, by="agent:x")
    with pytest.raises(NotFoundError, match="Nobody in 'spring'"):
        workbench.campaigns.stop_person("spring", "x@other.example", by="anna")


def queued(workbench: Workbench) -> tuple[DraftView, str]:
    draft = next(one for one in drafted(workbench) if one.recommended)
    workbench.review.approve([draft.id], by="anna")
    return draft, queue_message(workbench, draft)


def test_a_message_that_waited_is_stopped_and_waits_again_once_it_is_taken_back(workbench: Workbench) -> None:
    draft, message_id = queued(workbench)
    workbench.campaigns.stop_person("spring", draft.recipient, by="anna")
    [row] = [one for one in workbench.delivery.plan("spring").rows if one.contact_id == draft.contact_id]
    assert (row.state, row.rule) == ("stopped", "sequence.stopped")
    with workbench.record.write() as connection:  # as a worker does that comes to it meanwhile
        failed = {"state": "failed", "last_error": f"sequence.stopped: {row.reason}"}
        connection.execute(sa.update(message).where(message.c.id == message_id).values(failed))

    workbench.campaigns.resume_person("spring", draft.recipient, by="anna")

    [row] = [one for one in workbench.delivery.plan("spring").rows if one.contact_id == draft.contact_id]
    assert (row.state, row.rule) == ("queued", None)


@pytest.mark.usefixtures("people")
def test_commands_stop_one_person_and_take_it_back() -> None:
    assert gtm
    answer("segment", "create", "all", "--filter", '{"all": []}')
    made = ("campaign", "create", "spring", "--segment", "all", "--pack", "cold-email", "--mailbox", "anna", "--by", "anna")
    assert run(*made).exit_code == 0
    stopped = run("campaign", "stop-person", "spring", ONE, "--by", "anna")
    assert "is stopped (person) at mail 1 of 'spring'" in stopped.output
    assert "gtm campaign resume-person spring" in stopped.output
    assert answer("campaign", "resume-person", "spring", ONE, "--by", "anna")["status"] == "active"
