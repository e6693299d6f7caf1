"""What is made of a model's answer that is of no use, and of a model that finds the question too long."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_pipelines.llm.engines.scripted import Line
from gtm_pipelines.workbench import Workbench
from tests.coaching_parts import coach_with, measured, said

QUESTION = "What is our reply rate?"
TRUE = "In spring 8 of 118 delivered mails were answered, 6.78 %."


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Any:
    opened = measured(tmp_path_factory.mktemp("wording") / "local")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "sentences",
    [
        ("Keep at it.", "Write to new people."),
        ("Elsewhere the average reply rate is 3.43 %.",),
        ("In autumn 15 of 203 mails bounced.",),
        ("type",),
        ("Ответили на 15 из 336 писем.",),
        (),
    ],
    ids=["no figure", "only others' figures", "figures of something else", "no sentence", "another language", "nothing"],
)
def test_what_does_not_answer_gives_way_to_the_rules_and_that_is_said(bench: Workbench, sentences: tuple[str, ...]) -> None:
    coach, _ = coach_with(bench, lambda _request: said(sentences))
    answer = coach.ask(QUESTION, by="anna")
    assert answer.way == "fallback"
    assert answer.text == bench.coach.ask(QUESTION, by="anna").text
    assert answer.removed == sentences
    assert len(answer.notes) == 1


def test_a_sentence_that_is_said_again_and_again_is_shown_once_and_none_of_too_many(bench: Workbench) -> None:
    coach, _ = coach_with(bench, lambda _request: said([TRUE] * 3 + ["Send on."] * 3 + ["Stop."]))
    answer = coach.ask(QUESTION, by="anna")
    assert answer.way == "model"
    assert answer.text.split("\n")[:-1] == [TRUE, "Send on."]


def test_a_model_that_finds_the_question_too_long_is_asked_in_fewer_words(bench: Workbench) -> None:
    from dspy.lm15 import ContextLengthError

    lengths: list[int] = []

    def answer(request: Any) -> Line | str:
        lengths.append(len(str(request.messages)))
        return Line(error=ContextLengthError("too long")) if len(lengths) == 1 else said([TRUE])

    coach, _ = coach_with(bench, answer)
    found = coach.ask(QUESTION, by="anna")
    assert (found.way, found.text.split("\n")[0]) == ("model", TRUE)
    assert lengths[1] < 0.8 * lengths[0]


def test_without_a_figure_to_word_no_model_is_asked(bench: Workbench) -> None:
    coach, watched = coach_with(bench, lambda _request: said(["On Tuesdays at noon."]))
    answer = coach.ask("In which weekday should I send?", by="anna")
    assert (answer.topic, answer.way, watched.heard) == ("timing", "rules", [])
