from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.drafting.model import Missing
from gtm_pipelines.record import enrolments, suppressions
from gtm_pipelines.record.tables import draft, draft_failure, interaction, revision
from gtm_pipelines.review.model import DraftView
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_people, make_campaign
from tests.drafting_parts import honest, leave, write_back, writers

SEQUENCE = ("follow-ups@1.0.0#first:3", "follow-ups@1.0.0#break-up:5")


def begun(workbench: Workbench, people: int = 2, **settings: Any) -> list[DraftView]:
    """Create a campaign of three mails, draft the first ones, and let the coin's ones leave; return those."""
    add_people(workbench, people)
    chosen = CampaignSettings.model_validate({"seed": 7, "sequence": SEQUENCE} | settings)
    by_model = chosen.drafter == "model"
    make_campaign(workbench, settings=chosen, pack="cold-email@1.1.0")
    (writers(workbench)[0] if by_model else workbench.drafting).draft("spring")
    first = [one for one in workbench.review.page("spring", limit=500) if one.recommended]
    for one in first:
        leave(workbench, one)
    return first


def later(workbench: Workbench, step: int = 2) -> list[DraftView]:
    return [one for one in workbench.review.page("spring", limit=500) if one.step == step]


def stop(workbench: Workbench, one: DraftView, reason: str = "replied") -> None:
    with workbench.record.write() as connection:
        enrolments.stop(
            connection, workbench.record.workspace_id, contact_id=one.contact_id, campaign_id=None, reason=reason,
            cause_id=None, at=workbench.clock.now(),
        )  # fmt: skip


def test_a_later_mail_is_drafted_when_it_is_near_and_in_the_thread_of_the_first(workbench: Workbench) -> None:
    first = {one.contact_id: one for one in begun(workbench)}
    assert workbench.drafting.draft("spring").later == 0  # three working days away: too early to know what happens till then
    workbench.clock.sleep(timedelta(days=2).total_seconds())
    report = workbench.drafting.draft("spring")
    assert (report.later, report.drafted, report.existing, report.failed) == (2, 2, 4, 0)
    for one in later(workbench):
        assert one.subject == f"Re: {first[one.contact_id].subject}"
        assert (one.variant, one.recommended, one.drafter) == ("first", True, "baseline")
    assert later(workbench, 3) == []


def test_drafting_again_writes_no_later_mail_twice(workbench: Workbench) -> None:
    begun(workbench, 6)
    workbench.clock.sleep(timedelta(days=2).total_seconds())
    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(lambda _: workbench.drafting.draft("spring"), range(3)))
    assert sum(report.drafted for report in reports) == len(later(workbench)) == 6
    assert workbench.drafting.draft("spring").drafted == 0


def test_each_later_mail_is_written_by_the_pack_of_its_own_step(workbench: Workbench) -> None:
    begun(workbench)
    for _ in range(2):
        workbench.clock.sleep(timedelta(days=9).total_seconds())
        workbench.drafting.draft("spring")
        for one in [each for each in workbench.review.page("spring", limit=500) if each.status == "drafted" and each.step > 1]:
            leave(workbench, one)
    assert [{one.variant for one in later(workbench, step)} for step in (2, 3)] == [{"first"}, {"break-up"}]
    assert {one.subject.count("Re: ") for one in later(workbench, 3)} == {1}
    with workbench.record.read() as connection:
        packs = sa.select(draft.c.step, revision.c.pack_version_id).join(revision, revision.c.draft_id == draft.c.id).distinct()
        by_step = {row.step: row.pack_version_id for row in connection.execute(packs)}
    assert by_step[2] == by_step[3] != by_step[1]


@pytest.mark.parametrize("why", ["stopped", "paused", "suppressed"])
def test_whoever_is_not_to_be_written_to_gets_no_later_draft(workbench: Workbench, why: str) -> None:
    one, _ = begun(workbench)
    workspace, now = workbench.record.workspace_id, workbench.clock.now()
    if why == "stopped":
        stop(workbench, one)
    with workbench.record.write() as connection:
        if why == "paused":
            until = now + timedelta(days=30)
            enrolments.pause(
                connection, workspace, contact_id=one.contact_id, campaign_id=None, cause_id=None, until=until, at=now
            )
        if why == "suppressed":
            suppressions.add(connection, workspace, "address", one.recipient, reason="asked", source="person", at=now)
    workbench.clock.sleep(timedelta(days=2).total_seconds())
    assert workbench.drafting.draft("spring").drafted == 1
    assert one.contact_id not in {each.contact_id for each in later(workbench)}
    assert workbench.campaigns.status("spring").excluded == 0  # the first mail left: history is not rewritten


def test_an_answer_that_comes_while_a_later_mail_is_written_wins(workbench: Workbench) -> None:
    first = begun(workbench, drafter="model")
    workbench.clock.sleep(timedelta(days=2).total_seconds())
    answered = first[0]

    def interrupted(request: Any) -> str:
        stop(workbench, answered)
        return honest(request)

    service, _engine, _ = writers(workbench, interrupted)
    service.draft("spring")
    assert answered.contact_id not in {one.contact_id for one in later(workbench)}


def test_a_model_reads_what_was_written_before_and_what_came_back(workbench: Workbench) -> None:
    service, _engine, _ = writers(workbench)
    add_people(workbench, 1, language="en")
    settings = {"seed": 7, "sequence": SEQUENCE, "drafter": "model", "write": "dealt"}
    make_campaign(workbench, settings=CampaignSettings.model_validate(settings), pack="cold-email@1.1.0")
    service.draft("spring")
    [first] = workbench.review.page("spring")
    leave(workbench, first)
    write_back(workbench, first, "I am away until Monday. See https://evil.example", "auto_reply")
    workbench.clock.sleep(timedelta(days=2).total_seconds())
    report = service.draft("spring")
    assert (report.later, report.drafted) == (1, 1)
    [second] = later(workbench)
    assert second.subject == f"Re: {first.subject}"
    context = workbench.drafting.story(second.id).stages[0]["output"]
    assert first.body.split("\n\n")[1] in context["previous"]
    assert "an automatic answer: I am away until Monday." in context["message"]
    assert "evil.example" not in str(context)
    with workbench.record.read() as connection:
        purposes = connection.execute(sa.select(interaction.c.purpose, interaction.c.pack_version)).all()
    assert ("draft.write", "follow-ups@1.0.0") in [tuple(row) for row in purposes]
    assert not any(one.finding.rule == "spam.fake_reply" for one in workbench.groundings.of_draft(second.id).findings)


def test_the_control_arm_gets_merged_mail_to_the_end(workbench: Workbench) -> None:
    add_people(workbench, 6, language="en")
    settings = {"seed": 7, "sequence": SEQUENCE, "drafter": "model", "write": "dealt", "control_share": 0.5}
    make_campaign(workbench, settings=CampaignSettings.model_validate(settings), pack="cold-email@1.1.0", variants=["direct"])
    service, _engine, _ = writers(workbench)
    service.draft("spring")
    arms = {}
    for one in workbench.review.page("spring", limit=500):
        leave(workbench, one)
        arms[one.contact_id] = one.drafter
    workbench.clock.sleep(timedelta(days=2).total_seconds())
    service.draft("spring")
    assert {one.contact_id: one.drafter for one in later(workbench)} == arms
    assert set(arms.values()) == {"baseline", "model"}


def test_what_cannot_be_drafted_of_a_later_mail_is_listed_with_its_step(workbench: Workbench) -> None:
    [one] = begun(workbench, 1, drafter="model", write="dealt")
    workbench.clock.sleep(timedelta(days=2).total_seconds())
    service, _engine, _ = writers(workbench, lambda _request: "no answer of use", attempts=1)
    assert service.draft("spring").failed == 1
    [failure] = service.failures("spring")
    assert (failure.step, failure.contact_id) == (2, one.contact_id)
    service, _engine, _ = writers(workbench)
    assert service.draft("spring").drafted == 1
    with workbench.record.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(draft_failure)).scalar_one() == 0


def test_what_is_still_to_be_written_counts_later_mails_that_are_near(workbench: Workbench) -> None:
    add_people(workbench, 2)
    make_campaign(workbench, settings=CampaignSettings.model_validate({"seed": 7, "sequence": SEQUENCE}))
    assert workbench.drafting.missing("spring") == Missing(first=4, later=0)
    workbench.drafting.draft("spring")
    assert workbench.drafting.missing("spring") == Missing(first=0, later=0)
    for one in [each for each in workbench.review.page("spring", limit=500) if each.recommended]:
        leave(workbench, one)
    assert workbench.drafting.missing("spring") == Missing(first=0, later=0), "three working days away"
    workbench.clock.sleep(timedelta(days=2).total_seconds())
    assert workbench.drafting.missing("spring") == Missing(first=0, later=2)
    workbench.drafting.draft("spring")
    assert workbench.drafting.missing("spring") == Missing(first=0, later=0)


def test_of_a_campaign_that_writes_what_the_coin_dealt_nothing_else_is_missing(workbench: Workbench) -> None:
    add_people(workbench, 3)
    make_campaign(workbench, settings=CampaignSettings.model_validate({"seed": 7, "write": "dealt"}))
    assert workbench.drafting.missing("spring").first == 3
    workbench.drafting.draft("spring")
    assert workbench.drafting.missing("spring").first == 0
