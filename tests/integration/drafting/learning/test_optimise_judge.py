"""The judge is a pack and is bettered like one: by what people decided about drafts it had not seen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gtm_pipelines.drafting.judging.ask import ModelJudge
from gtm_pipelines.drafting.learning.attempt import Attempt, Effort, Wish
from gtm_pipelines.drafting.learning.optimise import OptimiseService
from gtm_pipelines.drafting.learning.splits import company_key, side
from gtm_pipelines.errors import InputError
from gtm_pipelines.llm.engines.scripted import ScriptedEngine
from gtm_pipelines.record import examples
from gtm_pipelines.wiring.writers import program, rubric
from gtm_pipelines.workbench import Workbench
from tests.learning_parts import BAD, Writer, add_examples, asking, good, tiny_pack
from tests.parts import ONE_ENGINE

pytestmark = [pytest.mark.slow, ONE_ENGINE]
BETTER = "Give a mail that could go to anybody no more than 3 for relevance and 8 for brand."
REASON = "It could go to anybody."
EFFORT = Effort(candidates=3, trials=4, metric_calls=90, demos=2, threads=2)


class Judging:
    """A scripted judge: it takes every draft, until it is told what people look at.

    Args:
        knows: whether the better instruction is proposed when one is asked for.
    """

    def __init__(self, points: dict[str, str], *, knows: bool = True) -> None:
        self.points, self.knows, self.reflections = points, knows, list[str]()

    def __call__(self, request: Any) -> str:
        fields = set(((request.config.response_format or {}).get("schema") or {}).get("properties", {}))
        whole = str(request.system or "") + "\n".join(message.text or "" for message in request.messages)
        for name in ("new_instruction", "proposed_instruction"):
            if name in fields or (name == "new_instruction" and name in whole):
                self.reflections.append(whole)
                said = f"Judge by `rubric`. {BETTER if self.knows else 'Be strict.'} {len(whole) % 7}"
                return json.dumps({name: said})
        if not fields >= set(self.points):
            return json.dumps(dict.fromkeys(fields, "Drafts of mails."))
        sees = BETTER in str(request.system) and BAD in whole
        usual = {"quality": 3 if sees else 7, "risk": 8 if sees else 1}
        told = {name: {"score": usual[measures], "reason": f"by {name}"} for name, measures in self.points.items()}
        return json.dumps(told)


def add_decided(workbench: Workbench, companies: int = 60, *, all_good: bool = False) -> None:
    """Add what people decided about drafts, one a company: every second one was rejected."""
    rows = []
    for number in range(companies):
        key, fine = company_key(f"firm{number}"), all_good or number % 2 == 0
        known = {"full_name": "Zina Zebra", "first_name": "Zina", "last_name": "Zebra"}
        inputs = {"contact": known, "company": {"name": f"Firm {number}"}, "campaign": {}, "evidence": [], "context": {}}
        inputs |= {"subject": "Shifts", "body": good(f"Firm {number}") if fine else BAD, "verdict": "clear"}
        decision, worth = ("approve", 0.8) if fine else ("reject", 0.0)
        labels = {"decision": decision, "reason": None if fine else REASON, "edit": None, "worth": worth, "judgement": None}
        about = {"pack": "tiny", "pack_version": "1.1.0", "variant": "one", "language": "en", "campaign_id": None}
        ids = {"draft_id": f"d{number}", "contact_id": f"p{number}", "company_id": f"firm{number}"}
        row = {"kind": "judge", "source_key": f"d{number}", "split": side(key), "split_key": key, **about, **ids}
        rows.append(row | {"inputs": inputs, "output": {"decision": decision, "edited": False, "worth": worth}, "labels": labels})
    with workbench.record.write() as connection:
        examples.put(workbench.record, connection, rows, at=workbench.clock.now())


def service_over(workbench: Workbench, answer: Judging) -> tuple[OptimiseService, ScriptedEngine]:
    asks, engine = asking(workbench, answer)
    parts = (workbench.record, workbench.clock, asks, workbench.packs, workbench.pack_versions)
    return OptimiseService(
        *parts, lambda pack, language, now: program(workbench, pack, language, now), None, lambda _: None
    ), engine


def judging(workbench: Workbench, *, knows: bool = True) -> Judging:
    return Judging({name: one.measures for name, one in workbench.packs.get("judge").rubric.items()}, knows=knows)


def wish(optimiser: str = "gepa", **changed: Any) -> Wish:
    return Wish(**{"pack": "judge", "optimiser": optimiser, "effort": EFFORT, "most": 24} | changed)  # type: ignore[arg-type]


def bettered(workbench: Workbench, answer: Judging, optimiser: str = "gepa") -> Attempt:
    add_decided(workbench)
    return service_over(workbench, answer)[0].optimise(wish(optimiser), by="person:anna")


@pytest.mark.parametrize("optimiser", ["gepa", "mipro"])
def test_a_judge_that_is_told_what_people_look_at_agrees_with_them_more(workbench: Workbench, optimiser: str) -> None:
    attempt = bettered(workbench, judging(workbench), optimiser)
    report = attempt.report
    assert (attempt.status, attempt.program, report["verdict"]) == ("finished", "judge.en", "better"), report
    assert report["held_out"]["new"] == pytest.approx(1.0)
    assert report["held_out"]["old"] < 0.8
    assert "at one with the person" in report["metric"]
    made = workbench.packs.get("judge", str(attempt.result_version))
    assert BETTER in rubric(made).told("en")
    assert rubric(made).told("ru") == rubric(workbench.packs.get("judge", "1.0.0")).told("ru"), "Russian was not looked at"
    assert "Zebra" not in made.files["compiled.json"]


def test_what_was_learned_is_asked_once_a_person_promotes_it_and_no_more_after_going_back(workbench: Workbench) -> None:
    answer = judging(workbench)
    attempt = bettered(workbench, answer)
    llm, _ = asking(workbench, answer)

    def task() -> str:
        return ModelJudge(llm, rubric(workbench.packs.get("judge")), "m").rubric.told("en")

    assert BETTER not in task()
    workbench.promotions.promote("judge", str(attempt.result_version), by="anna")
    assert BETTER in task()
    workbench.promotions.rollback("judge", by="anna")
    assert BETTER not in task()


def test_it_learns_from_what_people_said_and_from_its_own_reasons(workbench: Workbench) -> None:
    answer = judging(workbench)
    bettered(workbench, answer)
    assert answer.reflections
    assert any(REASON in told and "The judge was wrong about this draft." in told for told in answer.reflections)
    assert any("The judge on brand: 1/10: by brand" in told for told in answer.reflections)


def test_a_judge_that_gets_no_better_makes_no_version(workbench: Workbench) -> None:
    attempt = bettered(workbench, judging(workbench, knows=False))
    assert (attempt.status, attempt.report["offered"], attempt.result_version) == ("finished", False, None)
    assert workbench.packs.versions("judge") == ["1.0.0"]


def test_decisions_that_are_all_alike_teach_a_judge_nothing(workbench: Workbench) -> None:
    add_decided(workbench, all_good=True)
    with pytest.raises(InputError, match="nearly all drafts"):
        service_over(workbench, judging(workbench))[0].plan(wish())


def test_examples_alone_do_not_better_a_judge(workbench: Workbench) -> None:
    add_decided(workbench)
    with pytest.raises(InputError, match="gepa or mipro"):
        service_over(workbench, judging(workbench))[0].plan(wish("bootstrap"))


def test_the_judge_s_reasons_tell_a_writer_s_optimiser_what_to_better(workbench: Workbench) -> None:
    points, writer = judging(workbench), Writer()

    def answer(request: Any) -> Any:
        fields = set(((request.config.response_format or {}).get("schema") or {}).get("properties", {}))
        if fields >= set(points.points):
            return points(request)
        told = "\n".join(message.text or "" for message in request.messages)
        reflections.extend([told] if "new_instruction" in fields or "new_instruction" in told else [])
        return writer(request)

    reflections: list[str] = []
    tiny_pack(workbench.settings.home_path)
    add_examples(workbench)
    asks, engine = asking(workbench, answer)
    service = OptimiseService(
        workbench.record, workbench.clock, asks, workbench.packs, workbench.pack_versions,
        lambda pack, language, now: program(workbench, pack, language, now), None,
        lambda llm: ModelJudge(llm, rubric(workbench.packs.get("judge")), "m").within(),
    )  # fmt: skip
    attempt = service.optimise(Wish("tiny", "gepa", effort=EFFORT, most=24), by="person:anna")
    assert attempt.report["verdict"] == "better", attempt.report
    assert any("The judge on brand: 1/10: by brand" in told for told in reflections)
    assert attempt.calls == len(engine.requests), "the judge's calls are counted with the attempt's"
