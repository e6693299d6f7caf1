"""Drafts are scored, by counting or by a model, a draft a call; a stopped run goes on; risky drafts can be asked for."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting.judging.ask import ModelJudge
from gtm_pipelines.drafting.judging.model import HIGH_RISK, rubric_of
from gtm_pipelines.drafting.judging.service import JudgingService
from gtm_pipelines.llm.engines.scripted import ScriptedEngine
from gtm_pipelines.llm.service import LlmService
from gtm_pipelines.packs.rubric import scored
from gtm_pipelines.record.tables import interaction, judgement
from gtm_pipelines.settings import LlmSettings, ModelSettings
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import drafted

MODEL = ModelSettings(name="m", provider="compatible", model="m", base_url="http://x/v1", input_price=1.0, output_price=10.0)


def answer(workbench: Workbench, **scores: int) -> str:
    points = workbench.packs.get("judge").rubric
    usual = {name: {"quality": 6, "risk": 1}[item.measures] for name, item in points.items()}
    return json.dumps({name: {"score": score, "reason": f"because of {name}"} for name, score in (usual | scores).items()})


def judging(workbench: Workbench, script: Any, **settings: Any) -> JudgingService:
    llm = LlmService(
        workbench.record, workbench.clock, [MODEL], LlmSettings(**settings), lambda _model, _scrub: ScriptedEngine(script)
    )
    rubric = rubric_of(workbench.packs.get("judge"), lambda pack, points: scored(pack.rubric, points))
    return JudgingService(
        workbench.record, workbench.clock, workbench.groundings, lambda: ModelJudge(llm, rubric, "m"), lambda: llm, concurrency=2
    )


def stored(workbench: Workbench) -> list[Any]:
    with workbench.record.read() as connection:
        return list(connection.execute(sa.select(judgement).order_by(judgement.c.id)).all())


def test_counting_scores_every_draft_once(workbench: Workbench) -> None:
    drafts = drafted(workbench)
    first = workbench.judging.run("spring")
    assert (first.judged, first.already, first.judge) == (len(drafts), 0, "rules-2")
    assert workbench.judging.run("spring").judged == 0
    (one,) = workbench.judging.of_drafts([drafts[0].id])[drafts[0].id]
    assert 0 <= one.quality <= 1
    assert one.risk < 0.5
    assert all("by counting" in reason for reason in one.reasons.values())


def test_only_risky_drafts_can_be_asked_for(workbench: Workbench) -> None:
    drafts = drafted(workbench)
    body = drafts[0].body.replace("\n\n", "\n\nSiemens saved 40%.\n\n", 1)
    workbench.review.edit(drafts[0].id, seen_revision=1, subject=drafts[0].subject, body=body, by="anna")
    workbench.judging.run("spring")
    assert [one.id for one in workbench.review.page("spring", risk=0.5)] == [drafts[0].id]
    assert workbench.review.count("spring", risk=0.5) == 1
    assert workbench.review.count("spring", risk=0.0) == len(drafts)


def test_a_model_judges_a_draft_a_call_and_every_call_is_on_record(workbench: Workbench) -> None:
    drafts = drafted(workbench)
    asked: list[str] = []

    def script(request: Any) -> str:
        asked.append("\n".join(message.text or "" for message in request.messages))
        return answer(workbench, invented_claims=8)

    report = judging(workbench, script).run("spring", judge="model")
    assert (report.judged, report.failed, report.stopped) == (len(drafts), (), None)
    assert report.judge == "judge@1.0.0:m"
    assert len(asked) == len(drafts)
    assert all(sum(f"p{number}@acme" in text for number in range(2)) == 0 for text in asked)
    row = stored(workbench)[0]
    assert row.risk == 0.8, "as high as its worst point"
    assert row.quality == 0.6
    assert row.reasons["invented_claims"] == "8/10: because of invented_claims"
    with workbench.record.read() as connection:
        calls = connection.execute(sa.select(interaction).where(interaction.c.purpose == "judge")).all()
    assert {call.pack_version for call in calls} == {"judge@1.0.0"}
    assert {call.trace_id for call in calls} == {one.trace_id for one in stored(workbench)}


def test_a_run_that_runs_out_of_money_goes_on_later(workbench: Workbench) -> None:
    drafts = drafted(workbench)
    poor = judging(workbench, lambda _request: answer(workbench), run_budget_usd=0.0185).run("spring", judge="model")
    assert poor.stopped is not None
    assert poor.judged < len(drafts)
    rest = judging(workbench, lambda _request: answer(workbench)).run("spring", judge="model")
    assert rest.judged + poor.judged == len(drafts)
    assert rest.already == poor.judged
    assert len(stored(workbench)) == len(drafts)


def test_an_answer_out_of_form_is_listed_and_the_others_are_kept(workbench: Workbench) -> None:
    drafts = drafted(workbench)

    def script(request: Any) -> str:
        text = "\n".join(message.text or "" for message in request.messages)
        return '{"relevance": "good"}' if "John" in text else answer(workbench)

    report = judging(workbench, script).run("spring", judge="model")
    assert {failure.draft_id for failure in report.failed} == {draft.id for draft in drafts if draft.contact_name == "John 1"}
    assert report.judged == len(drafts) - len(report.failed)


def test_an_edited_draft_is_judged_anew(workbench: Workbench, clock: Clock) -> None:
    draft = drafted(workbench)[0]
    workbench.judging.run("spring")
    workbench.review.edit(draft.id, seen_revision=1, subject="Another subject", body=draft.body, by="anna")
    assert workbench.judging.of_drafts([draft.id]) == {}
    assert workbench.judging.run("spring").judged == 1


def test_risky_drafts_come_from_what_a_model_judged_with_its_reasons(workbench: Workbench) -> None:
    drafts = drafted(workbench)
    risky = {draft.id for draft in drafts if draft.contact_name == "John 1"}

    def script(request: Any) -> str:
        text = "\n".join(message.text or "" for message in request.messages)
        return answer(workbench, legal=9) if "John" in text else answer(workbench)

    judging(workbench, script).run("spring", judge="model")
    assert {one.id for one in workbench.review.page("spring", risk=HIGH_RISK)} == risky
    assert workbench.review.count("spring", risk=HIGH_RISK) == len(risky)
    scores = workbench.review.scores([one.id for one in drafts])
    assert {name for name, score in scores.items() if (score.risk or 0) >= HIGH_RISK} == risky
    assert all(scores[name].reasons["legal"] == "9/10: because of legal" for name in risky)


def test_what_a_person_lets_pass_counts_no_more_in_filters_and_figures(workbench: Workbench) -> None:
    draft, *others = drafted(workbench)
    body = draft.body.replace("\n\n", "\n\nSiemens saved 40%.\n\n", 1)
    workbench.review.edit(draft.id, seen_revision=1, subject=draft.subject, body=body, by="anna")
    workbench.judging.run("spring")
    assert [one.id for one in workbench.review.page("spring", verdict="block")] == [draft.id]
    for finding in workbench.groundings.of_draft(draft.id).blocking:
        workbench.groundings.overrule(draft.id, finding.key, by="anna", reason="They agreed to be named.")
    left = workbench.groundings.of_draft(draft.id).verdict
    assert left != "block"
    assert workbench.review.count("spring", verdict="block") == 0
    assert draft.id in workbench.review.ids("spring", verdict=left)
    assert workbench.review.count("spring", risk=HIGH_RISK) == 0
    score = workbench.review.scores([draft.id])[draft.id]
    assert (score.verdict, (score.risk or 0) < HIGH_RISK) == (left, True)
    assert "Siemens" not in score.reasons["invented_claims"]
    assert workbench.review.count("spring", risk=0.0) == len(others) + 1


def test_what_a_model_judged_risky_stays_risky_whatever_rules_are_overruled(workbench: Workbench) -> None:
    draft, *_ = drafted(workbench)
    body = draft.body.replace("\n\n", "\n\nSiemens saved 40%.\n\n", 1)
    workbench.review.edit(draft.id, seen_revision=1, subject=draft.subject, body=body, by="anna")
    judging(workbench, lambda _request: answer(workbench, legal=9)).run("spring", judge="model")
    for finding in workbench.groundings.of_draft(draft.id).blocking:
        workbench.groundings.overrule(draft.id, finding.key, by="anna", reason="They agreed to be named.")
    assert draft.id in workbench.review.ids("spring", risk=HIGH_RISK)
