"""A real small model words answers: whatever it says, what is shown is the record's, and where it is of no use rules answer."""

from __future__ import annotations

import pytest

from gtm_pipelines.coaching.service import CoachService
from tests.benchmarks.coach_questions import ask, chosen, coach
from tests.coaching_parts import desk_of
from tests.integration.coaching.known import numbers_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
QUESTIONS = 2


def test_no_number_is_shown_that_was_not_among_the_figures_the_model_was_given() -> None:
    with coach("local") as (bench, answers, watched):
        assert watched is not None
        known, rules = numbers_of(bench), CoachService(desk_of(bench), None)
        for question, _, wants in chosen(QUESTIONS):
            asked = ask(bench, answers, watched, known, question, wants)
            assert (asked.strange, asked.foreign) == ((), ()), asked.answer.text
            if asked.answer.way == "model":
                assert asked.answer.figures
            else:
                assert (asked.answer.text, bool(asked.answer.notes)) == (rules.ask(question, by="anna").text, True)
        assert len(watched.heard) == QUESTIONS
        assert any(one.worded for one in watched.heard)
