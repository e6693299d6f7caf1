from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from gtm_pipelines.drafting.evidence import Finding, Grounding, Judgement, Material
from gtm_pipelines.drafting.learning.likeness import chrf
from gtm_pipelines.drafting.learning.metric import DraftMetric
from gtm_pipelines.drafting.learning.task import Gold, case_of, core, gold_of
from gtm_pipelines.drafting.programs.model import Case

NOW = datetime(2026, 3, 4, tzinfo=UTC)
CASE = Case(recipient="Anna Lee, CTO, Acme", language="en", variant="one")
DRAFT = SimpleNamespace(subject="Shifts", body="Who plans the shifts?", claims=())


def gold(**changed: Any) -> Gold:
    return Gold(**{
        "key": "1", "group": "company:a", "contact_id": "p", "case": CASE, "subject": "Shifts", "body": "Who plans the shifts?",
        "approved": True, "worth": 0.8, "lesson": "A person shortened it.",
    } | changed)  # fmt: skip


class Rules:
    version = "test"

    def __init__(self, verdict: Any) -> None:
        self.verdict = verdict

    def check(self, material: Material, *, now: datetime) -> Grounding:
        found = Finding("x", "flag", "A number rests on nothing.") if self.verdict != "clear" else None
        return Grounding(self.verdict, (), (found,) if found else ())


def judge(_material: Material, _grounding: Grounding) -> Judgement:
    return Judgement(0.5, 0.2, {"clear": "says little"}, "j")


class TestTheFormula:
    def test_all_parts_by_their_weights(self) -> None:
        score = DraftMetric(Rules("flag"), judge, NOW).score(gold(), DRAFT)
        assert score.parts == {"likeness": 1.0, "checked": 0.5, "judged": pytest.approx(0.4)}
        assert score.value == pytest.approx(0.5 * 1 + 0.3 * 0.4 + 0.2 * 0.5)

    def test_what_was_not_measured_has_no_weight(self) -> None:
        assert DraftMetric(None, None, NOW).score(gold(), DRAFT).value == 1
        assert DraftMetric(Rules("flag"), None, NOW).score(gold(), DRAFT).value == pytest.approx((0.5 + 0.1) / 0.7, abs=1e-6)

    def test_what_the_rules_block_is_worth_nothing_however_alike(self) -> None:
        asked = []
        score = DraftMetric(Rules("block"), lambda m, g: asked.append(m) or judge(m, g), NOW).score(gold(), DRAFT)
        assert score.value == 0
        assert asked == []

    def test_like_a_rejected_text_is_bad(self) -> None:
        bad = DraftMetric(None, None, NOW).score(gold(approved=False), DRAFT)
        other = DraftMetric(None, None, NOW).score(gold(approved=False, body="Quite another text about tea."), DRAFT)
        assert bad.value == 0
        assert other.value == pytest.approx(
            1 - chrf("Shifts\nWho plans the shifts?", "Shifts\nQuite another text about tea."), abs=1e-6
        )

    @pytest.mark.parametrize("produced", [None, SimpleNamespace(subject="x"), SimpleNamespace(subject="x", body=" ")])
    def test_no_draft_is_worth_nothing(self, produced: Any) -> None:
        assert DraftMetric(None, None, NOW).score(gold(), produced).value == 0

    def test_the_same_draft_is_judged_once(self) -> None:
        asked = []
        metric = DraftMetric(None, lambda m, g: asked.append(m) or judge(m, g), NOW)
        metric.score(gold(), DRAFT)
        metric.score(gold(), DRAFT)
        assert len(asked) == 1

    def test_a_writer_is_told_what_people_rules_and_judge_said(self) -> None:
        told = DraftMetric(Rules("flag"), judge, NOW).score(gold(), DRAFT).feedback
        assert "A person shortened it." in told
        assert "A number rests on nothing." in told
        assert "The judge on clear: says little" in told


class TestTheCase:
    def test_greeting_and_signature_are_no_part_of_a_text(self) -> None:
        mail = "Hi Anna,\n\nWho plans the shifts?\n\nBest,\nBen\n\nReply stop and it ends."
        assert core(mail, CASE) == "Who plans the shifts?"
        письмо = "Здравствуйте, Анна!\n\nКто планирует смены?\n\nС уважением,\nИван"
        assert core(письмо, CASE) == "Кто планирует смены?"

    def test_the_frame_of_the_pack_is_taken_off_exactly(self) -> None:
        framed = Case("Anna", "en", "one", before="Hi Anna,\n\n", after="\n\nBen\n--\nAddress")
        assert core("Hi Anna,\n\nHello is my text.\n\nBen\n--\nAddress", framed) == "Hello is my text."

    def test_what_a_program_was_given_then_is_what_it_is_given_now(self) -> None:
        known = Case("Anna Lee, Acme", "ru", "two", offer="чай", names=("Anna",))
        assert case_of({"context": known.dump()}, "en", "one") == known

    def test_without_it_the_frozen_snapshot_serves(self) -> None:
        snapshot = {"contact": {"full_name": "Anna Lee", "position": "CTO"}, "company": {"name": "Acme", "industry": "tea"}}
        case = case_of(snapshot | {"campaign": {"offer": {"en": "Tea."}}}, "en", "one")
        assert case.recipient == "Anna Lee, CTO, Acme"
        assert {one.id for one in case.evidence} == {"contact.position", "company.industry"}
        assert case.offer == "offer: Tea."

    def test_the_lesson_shows_before_and_after_and_the_reader(self) -> None:
        edit = {
            "before": {"body": "Hi A,\n\nLong."},
            "after": {"body": "Hi A,\n\nShort."},
            "kinds": ["shorter"],
            "reason": "too long",
        }
        labels = {"decision": "approve", "reason": None, "edit": edit, "worth": 0.5}
        labels |= {"outcome": {"real": True, "positive": True, "harm": False}}
        row = {"id": "1", "split_key": "k", "contact_id": "p", "language": "en", "variant": "one", "inputs": {}, "labels": labels}
        lesson = gold_of(row | {"output": {"subject": "S", "body": "Hi A,\n\nShort."}}).lesson
        for words in ("(shorter)", "too long", "Before:\nLong.", "Short.", "answered with interest"):
            assert words in lesson
