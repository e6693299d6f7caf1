"""The later mails of a campaign are frozen with it, and so is everybody's place in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.model import Campaign, CampaignSettings
from gtm_pipelines.errors import InputError
from gtm_pipelines.record import enrolments
from gtm_pipelines.record.tables import contact, enrolment
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_company, add_contact, add_people, make_campaign

TWO_MORE = CampaignSettings.model_validate({"seed": 7, "sequence": ["follow-ups#first:3", "follow-ups@1.0.0#break-up:5"]})
SENT_AT = datetime(2026, 3, 5, 10, tzinfo=UTC)
"""A Thursday."""


def standing(workbench: Workbench, campaign: Campaign) -> list[tuple[Any, ...]]:
    """Return step, status and reason of everybody, in order of arrival."""
    with workbench.record.read() as connection:
        rows = enrolments.of_campaign(connection, workbench.record.workspace_id, campaign.id)
    return [(row["step"], row["status"], row["reason"]) for row in rows]


def left(workbench: Workbench, campaign: Campaign, people: Sequence[str], step: int, at: datetime = SENT_AT) -> None:
    """Let a mail of the campaign have left for these people."""
    for person in people:
        row = {"campaign_id": campaign.id, "contact_id": person, "step": step}
        with workbench.record.write() as connection:
            enrolments.advance(connection, workbench.record.workspace_id, row, sent_at=at, at=at)


def change(workbench: Workbench, passage: Any, **choices: Any) -> int:
    with workbench.record.write() as connection:
        return int(passage(connection, workbench.record.workspace_id, cause_id=None, at=workbench.clock.now(), **choices))


class TestWhatIsFrozen:
    def test_every_later_mail_keeps_its_pack_variants_and_wait(self, workbench: Workbench) -> None:
        add_people(workbench, 1)
        campaign = make_campaign(workbench, settings=TWO_MORE)
        steps = workbench.campaigns.steps("spring")
        assert [(s.step, s.pack, s.pack_version, s.variants, s.wait_days) for s in steps] == [
            (2, "follow-ups", "1.0.0", ("first",), 3),
            (3, "follow-ups", "1.0.0", ("break-up",), 5),
        ]
        assert [step.pack for step in campaign.settings.sequence] == ["follow-ups@1.0.0", "follow-ups@1.0.0"]

    def test_everybody_to_be_written_to_is_enrolled_and_nobody_else(self, workbench: Workbench) -> None:
        add_people(workbench, 2)
        add_contact(workbench.record, workbench.clock, full_name="No mail")
        assert standing(workbench, make_campaign(workbench)) == [(1, "active", None)] * 2

    @pytest.mark.parametrize(
        ("sequence", "wrong"),
        [
            (["follow-ups:3"], "variant for each occasion"),
            (["follow-ups#nothing:3"], "has the variants"),
            (["replies#pricing:3"], "no pack of mails"),
            (["unknown:3"], "unknown"),
        ],
    )
    def test_a_mail_that_cannot_be_written_is_refused(self, workbench: Workbench, sequence: list[str], wrong: str) -> None:
        add_people(workbench, 1)
        with pytest.raises(InputError, match=wrong):
            make_campaign(workbench, settings=CampaignSettings.model_validate({"sequence": sequence}))

    def test_texts_of_later_mails_can_be_given_with_the_campaign(self, workbench: Workbench) -> None:
        add_people(workbench, 1)
        texts = {"topic": {"en": "lists", "ru": "списки"}}
        campaign = make_campaign(workbench, settings=TWO_MORE.model_copy(update={"variables": texts}))
        assert campaign.settings.variables == texts


class TestMovingOn:
    def test_the_next_mail_waits_working_days_of_the_recipient(self, workbench: Workbench) -> None:
        record, clock = workbench.record, workbench.clock
        abroad = {"country_code": "RU", "time_zone": "Europe/Moscow"}
        here = add_contact(record, clock, full_name="A", email="a@x.example", country_code="DE", time_zone="Europe/Berlin")
        there = add_contact(record, clock, full_name="B", email="b@x.example", **abroad)
        campaign = make_campaign(workbench, settings=TWO_MORE)
        left(workbench, campaign, [here, there], 1)
        with record.read() as connection:
            due = {row["contact_id"]: row for row in enrolments.due(connection, record.workspace_id, campaign.id)}
        assert due[here]["step"] == 2
        assert due[here]["next_at"] == datetime(2026, 3, 9, 23, tzinfo=UTC)  # Friday, Monday, Tuesday in Berlin
        assert due[there]["next_at"] == datetime(2026, 3, 10, 21, tzinfo=UTC)  # Monday the 9th is a day off in Russia

    def test_after_the_last_mail_it_is_finished(self, workbench: Workbench) -> None:
        people = add_people(workbench, 1)
        campaign = make_campaign(workbench, settings=TWO_MORE)
        for step in (1, 2, 3):
            left(workbench, campaign, people, step)
        assert standing(workbench, campaign) == [(3, "finished", None)]

    def test_a_campaign_of_one_mail_is_finished_after_it(self, workbench: Workbench) -> None:
        people = add_people(workbench, 1)
        campaign = make_campaign(workbench)
        left(workbench, campaign, people, 1)
        assert standing(workbench, campaign) == [(1, "finished", None)]

    def test_a_mail_settled_twice_and_an_answer_move_nobody(self, workbench: Workbench) -> None:
        people = add_people(workbench, 1)
        campaign = make_campaign(workbench, settings=TWO_MORE)
        for step in (1, 1, 1001):
            left(workbench, campaign, people, step)
        assert standing(workbench, campaign) == [(2, "active", None)]


class TestStopping:
    def test_it_is_for_good(self, workbench: Workbench) -> None:
        (person,) = add_people(workbench, 1)
        campaign = make_campaign(workbench, settings=TWO_MORE)
        assert change(workbench, enrolments.stop, contact_id=person, campaign_id=None, reason="replied") == 1
        left(workbench, campaign, [person], 1)
        later = workbench.clock.now() + timedelta(days=9)
        assert change(workbench, enrolments.pause, contact_id=person, campaign_id=None, until=later) == 0
        assert change(workbench, enrolments.stop, contact_id=person, campaign_id=None, reason="bounced") == 0
        assert standing(workbench, campaign) == [(2, "stopped", "replied")]

    def test_one_campaign_or_all(self, workbench: Workbench) -> None:
        (person,) = add_people(workbench, 1)
        one, two = (make_campaign(workbench, name, settings=TWO_MORE) for name in ("one", "two"))
        change(workbench, enrolments.stop, contact_id=person, campaign_id=one.id, reason="replied")
        assert [standing(workbench, c)[0][1] for c in (one, two)] == ["stopped", "active"]
        change(workbench, enrolments.stop, contact_id=person, campaign_id=None, reason="unsubscribed")
        assert [standing(workbench, c)[0][2] for c in (one, two)] == ["replied", "unsubscribed"]

    def test_the_person_behind_merged_rows_is_one(self, workbench: Workbench) -> None:
        first, second = add_people(workbench, 2)
        campaign = make_campaign(workbench, settings=TWO_MORE)
        with workbench.record.write() as connection:
            connection.execute(sa.update(contact).where(contact.c.id == first).values(merged_into=second))
        change(workbench, enrolments.stop, contact_id=first, campaign_id=None, reason="replied")
        assert standing(workbench, campaign) == [(1, "stopped", "replied")] * 2

    def test_colleagues_are_stopped_where_the_campaign_says_so(self, workbench: Workbench) -> None:
        person, _ = add_people(workbench, 2)
        elsewhere = add_company(workbench.record, workbench.clock, name="Other")
        add_contact(workbench.record, workbench.clock, full_name="C", email="c@other.example", company_id=elsewhere)
        whole = make_campaign(workbench, "whole", settings=TWO_MORE.model_copy(update={"stop_company": True}))
        alone = make_campaign(workbench, "alone", settings=TWO_MORE)
        assert change(workbench, enrolments.stop_company, contact_id=person) == 1
        assert standing(workbench, whole) == [(1, "active", None), (1, "stopped", "company"), (1, "active", None)]
        assert {row[1] for row in standing(workbench, alone)} == {"active"}


class TestPausing:
    def test_it_goes_on_after_the_return_and_no_mail_is_due_before(self, workbench: Workbench) -> None:
        (person,) = add_people(workbench, 1)
        campaign = make_campaign(workbench, settings=TWO_MORE)
        left(workbench, campaign, [person], 1)
        back, workspace = SENT_AT + timedelta(days=20), workbench.record.workspace_id
        change(workbench, enrolments.pause, contact_id=person, campaign_id=None, until=back)
        change(workbench, enrolments.pause, contact_id=person, campaign_id=None, until=back - timedelta(days=9))
        assert standing(workbench, campaign) == [(2, "paused", "out_of_office")]
        with workbench.record.write() as connection:
            assert enrolments.resume_due(connection, workspace, at=back - timedelta(seconds=1)) == 0
            assert enrolments.resume_due(connection, workspace, at=back) == 1
            (row,) = connection.execute(sa.select(enrolment.c.next_at, enrolment.c.status, enrolment.c.paused_until))
        assert tuple(row) == (back, "active", None)


def test_whoever_is_taken_out_of_the_campaign_is_written_to_no_more(workbench: Workbench) -> None:
    add_people(workbench, 2)
    campaign = make_campaign(workbench, settings=TWO_MORE)
    workbench.drafting.draft("spring")
    first = workbench.review.page("spring", limit=1)[0]
    workbench.review.exclude([first.id], by="person:anna", reason="left the firm")
    assert sorted(row[1:] for row in standing(workbench, campaign)) == [("active", None), ("stopped", "person")]
