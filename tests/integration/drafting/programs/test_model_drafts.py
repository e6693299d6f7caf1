"""A model writes a campaign: what it reads, what is kept, what stops it, and how it goes on."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.drafting.evidence import Finding, Grounding, Material
from gtm_pipelines.llm.engines.scripted import Line
from gtm_pipelines.record.tables import draft, draft_failure, draft_stage, interaction, revision
from gtm_pipelines.settings import LlmSettings
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_company, add_contact, add_people
from tests.drafting_parts import BODY, PLAN, asked, honest, mail, model_campaign, stage_of, writers


def rows(workbench: Workbench, table: sa.Table) -> list[Any]:
    with workbench.record.read() as connection:
        return list(connection.execute(sa.select(table).order_by(table.c.id)))


def test_every_draft_is_planned_and_written_and_framed_by_the_pack(workbench: Workbench) -> None:
    add_people(workbench, 4)
    model_campaign(workbench)
    service, engine, _ = writers(workbench)
    report = service.draft("spring")
    assert (report.drafted, report.failed, report.stopped) == (8, 0, None)
    assert Counter(stage_of(request) for request in engine.requests) == {"plan": 8, "write": 8}
    for view in workbench.review.page("spring"):
        assert BODY[view.language] in view.body
        assert view.body.splitlines()[0].endswith(("Мария!", "John,"))
        assert "Workbench Ltd, 1 Sample Street" in view.body
        assert "unsubscribe" in view.body or "отписаться" in view.body
        assert view.author == "drafter:model"


def test_what_each_stage_put_out_is_kept_with_its_calls(workbench: Workbench) -> None:
    add_people(workbench, 1)
    model_campaign(workbench, write="dealt")
    service, _, _ = writers(workbench)
    report = service.draft("spring")
    kept = rows(workbench, draft_stage)
    assert [row.stage for row in sorted(kept, key=lambda row: row.position)] == ["context", "plan", "write"]
    calls = rows(workbench, interaction)
    assert {row.trace_id for row in kept} == {row.trace_id for row in calls}
    assert [row.purpose for row in calls] == ["draft.plan", "draft.write"]
    assert {row.pack_version for row in calls} == {"cold-email@1.1.0"}
    assert report.calls == 2
    assert report.cost_usd == pytest.approx(sum(row.cost_usd for row in calls))
    assert report.cost_usd > 0


def test_a_question_holds_one_persons_data_and_nobody_elses(workbench: Workbench) -> None:
    for number in range(6):
        firm = add_company(workbench.record, workbench.clock, name=f"Firm{number}", industry=f"industry-{number}-canary")
        add_contact(
            workbench.record, workbench.clock, company_id=firm, email=f"p{number}@firm{number}.example",
            first_name="John", full_name=f"John Number{number}", position=f"Head of {number}", language="en",
        )  # fmt: skip
    model_campaign(workbench)
    service, engine, _ = writers(workbench)
    service.draft("spring")
    for request in engine.requests:
        text = "".join(message.text for message in request.messages)
        whose = {number for number in range(6) if f"Number{number}" in text}
        told = {number for number in range(6) if f"industry-{number}-canary" in text or f"Firm{number}" in text}
        assert len(whose) == 1
        assert told == whose
        assert "@firm" not in text


def test_a_second_run_asks_nothing_and_writes_nothing(workbench: Workbench) -> None:
    add_people(workbench, 3)
    model_campaign(workbench)
    service, engine, _ = writers(workbench)
    service.draft("spring")
    before = len(engine.requests)
    report = service.draft("spring")
    assert (report.drafted, report.existing, report.calls) == (0, 6, 0)
    assert len(engine.requests) == before


def test_a_draft_that_failed_is_listed_with_its_reason_and_tried_again(workbench: Workbench) -> None:
    add_people(workbench, 2)
    model_campaign(workbench, write="dealt")
    good = [False]

    def answer(request: Any) -> str:
        wrong = stage_of(request) == "write" and "Мария" in asked(request) and not good[0]
        return "PWNED" if wrong else honest(request)

    service, _, _ = writers(workbench, answer)
    report = service.draft("spring")
    assert (report.drafted, report.failed) == (1, 1)
    assert report.reasons == {"llm_invalid_answer": 1}
    assert "No model gave a usable answer" in report.failures[0].reason
    assert len(rows(workbench, draft_failure)) == 1
    good[0] = True
    again = service.draft("spring")
    assert (again.drafted, again.existing, again.failed) == (1, 1, 0)
    assert rows(workbench, draft_failure) == []
    assert again.cached == 1, "the plan was paid for in the first run"


def test_links_that_are_not_the_senders_are_refused(workbench: Workbench) -> None:
    add_people(workbench, 1, language="en")
    model_campaign(workbench)

    def answer(request: Any) -> str:
        return honest(request) if stage_of(request) == "plan" else mail(body=BODY["en"] + " See https://evil.example/x now.")

    service, _, _ = writers(workbench, answer)
    report = service.draft("spring")
    assert report.drafted == 0
    assert set(report.reasons) == {"link.foreign"}


class Pedant:
    """Blocks what says 'dead', once."""

    version = "pedant@1"

    def check(self, material: Material, *, now: Any) -> Grounding:
        found = [Finding("word.dead", "block", "'dead' is said", "Say 'old'.")] if "dead" in material.body else []
        return Grounding("block" if found else "clear", material.claims, tuple(found))


def test_a_blocked_text_is_mended_with_what_was_found(workbench: Workbench) -> None:
    add_people(workbench, 1, language="en")
    model_campaign(workbench, write="dealt")

    def answer(request: Any) -> str:
        if stage_of(request) != "refine":
            return honest(request)
        assert "'dead' is said" in asked(request)
        return mail(body=BODY["en"].replace("dead", "old"))

    service, _, _ = writers(workbench, answer, checker=Pedant())
    assert service.draft("spring").drafted == 1
    assert "old rows" in rows(workbench, revision)[0].body
    stages = [row.stage for row in sorted(rows(workbench, draft_stage), key=lambda row: row.position)]
    assert stages == ["context", "plan", "write", "check", "refine", "check"]


def test_a_text_that_stays_blocked_is_kept_with_what_was_found(workbench: Workbench) -> None:
    add_people(workbench, 1, language="en")
    model_campaign(workbench, write="dealt")
    service, _, _ = writers(workbench, honest, checker=Pedant())
    assert service.draft("spring").drafted == 1
    assert rows(workbench, draft)[0].warnings == [{"rule": "word.dead", "text": "'dead' is said"}]


def test_the_control_arm_is_merged_inside_a_campaign_of_a_model(workbench: Workbench) -> None:
    add_people(workbench, 6, language="en")
    model_campaign(workbench, control_share=0.5, write="dealt")
    service, engine, _ = writers(workbench)
    assert service.draft("spring").drafted == 6
    by = Counter((row.variant == "baseline", row.drafter) for row in rows(workbench, draft))
    assert by == {(True, "baseline"): 3, (False, "model"): 3}
    assert len(engine.requests) == 6


def test_an_outage_lets_the_batch_wait_and_go_on(workbench: Workbench) -> None:
    from dspy.lm15 import ServerError

    add_people(workbench, 4)
    model_campaign(workbench)
    began = workbench.clock.now()
    until = began + timedelta(minutes=5)

    def answer(request: Any) -> Line | str:
        out = workbench.clock.now() < until
        return Line(error=ServerError("out of order")) if out else honest(request)

    service, _, _ = writers(workbench, answer, llm=LlmSettings(retries=0))
    report = service.draft("spring")
    assert (report.drafted, report.failed) == (8, 0)
    assert workbench.clock.now() >= until


def test_an_outage_that_does_not_end_stops_the_run_and_lists_what_is_left(workbench: Workbench) -> None:
    from dspy.lm15 import ServerError

    add_people(workbench, 3)
    model_campaign(workbench)
    service, _, _ = writers(
        workbench, lambda _request: Line(error=ServerError("gone")), llm=LlmSettings(retries=0), outage_minutes=10
    )
    report = service.draft("spring")
    assert report.drafted == 0
    assert report.reasons == {"llm_unavailable": 6}
    assert report.stopped is not None
    assert "Draft again" in report.stopped
    service, _, _ = writers(workbench)
    workbench.clock.sleep(120)
    assert service.draft("spring").drafted == 6


def test_a_campaign_costs_at_most_its_budget_however_often_it_is_run(workbench: Workbench) -> None:
    add_people(workbench, 30)
    model_campaign(workbench, budget_usd=0.05)

    def answer(request: Any) -> Line:
        return Line(honest(request), input_tokens=500, output_tokens=50)

    service, _, _ = writers(workbench, answer, concurrency=16)
    report = service.draft("spring")
    assert report.stopped is not None
    assert "budget_usd" in report.stopped
    assert 0 < report.drafted < 60
    assert report.drafted + report.failed == 60
    service.draft("spring")
    spent = sum(row.cost_usd or 0 for row in rows(workbench, interaction))
    assert spent <= 0.05


def test_russian_is_asked_for_and_written_in_russian(workbench: Workbench) -> None:
    add_people(workbench, 1, language="ru")
    model_campaign(workbench, write="dealt", tone="formal", length="short")
    service, engine, _ = writers(workbench)
    service.draft("spring")
    text = asked(engine.requests[-1])
    assert "Tone: formal" in text
    assert "at most 55 words" in text
    assert BODY["ru"] in workbench.review.page("spring")[0].body


def test_a_person_without_what_the_frame_needs_costs_nothing(workbench: Workbench) -> None:
    add_contact(workbench.record, workbench.clock, email="x@y.example", first_name="John", full_name="John", language="en")
    model_campaign(workbench, write="dealt")
    service, engine, _ = writers(workbench)
    assert service.draft("spring").reasons == {"value.missing": 1}
    assert engine.requests == []


def test_a_plan_may_only_name_evidence_that_was_given(workbench: Workbench) -> None:
    add_people(workbench, 1, language="en")
    model_campaign(workbench, write="dealt")

    def answer(request: Any) -> str:
        named = PLAN | {"evidence_ids": ["fact:made-up", "[contact.position]"]}
        return json.dumps(named) if stage_of(request) == "plan" else honest(request)

    service, engine, _ = writers(workbench, answer)
    service.draft("spring")
    assert "Evidence: contact.position\n" in asked(engine.requests[-1])
