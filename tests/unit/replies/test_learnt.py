"""What an answer tells of budget, timeline and who decides, with the sentence that says it."""

from __future__ import annotations

import time
from datetime import date

import pytest

from gtm_pipelines.replies.learnt import learn

RECEIVED = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("Our budget is around $20,000 this year.", "budget", "$20,000"),
        ("We have 15k EUR in the budget.", "budget", "15k EUR"),
        ("Бюджет до 500 тыс. рублей.", "budget", "500 тыс. рублей"),
        ("There's no budget for this.", "budget", "none"),
        ("Нет бюджета на этот год.", "budget", "none"),
        ("We will decide in September.", "timeline", "2026-09-01"),
        ("Планируем внедрение во втором квартале.", "timeline", "2026-04-01"),
        ("Напишите мне через месяц.", "timeline", "2026-04-04"),
        ("I'm the decision maker here.", "decision_maker", "yes"),
        ("It's not my call.", "decision_maker", "no"),
        ("Решаю не я.", "decision_maker", "no"),
        ("Our CFO Lena Hart decides on tools.", "decision_maker", "Our CFO Lena Hart"),
        ("Решение принимает Иван Лисин.", "decision_maker", "Иван Лисин"),
    ],
)
def test_what_is_told_is_kept_with_its_sentence(words: str, field: str, value: str) -> None:
    found = {one.field: one for one in learn(f"Hello. {words} Bye.", RECEIVED)}

    assert found[field].value == value
    assert found[field].evidence in words


@pytest.mark.parametrize("words", ["What is your budget?", "It costs $20,000?", "We met on Monday.", "Sounds good.", ""])
def test_what_is_not_told_is_not_made_up(words: str) -> None:
    assert learn(words, RECEIVED) == []


def test_time_grows_in_line_with_the_mail() -> None:
    for unit in ("budget ", "$1 ", "бюджет 1 ", "decide in ", "Our CFO Aa Bb ", "решает ", "1.1."):
        started = time.process_time()
        learn(unit * (400_000 // len(unit)), RECEIVED)
        assert time.process_time() - started < 1, unit
