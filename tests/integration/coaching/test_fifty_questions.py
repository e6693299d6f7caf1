"""Every number the coach names is the record's own: by rules, and in the words of a model that lies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from gtm_pipelines.coaching.model import Answer
from gtm_pipelines.coaching.words import language_of
from gtm_pipelines.workbench import Workbench
from tests.coaching_parts import coach_with, measured, said
from tests.integration.coaching.questions import QUESTIONS, Truth, Wants

LIES = (
    "Your reply rate is 12.5 %.", "Ответили 37 человек.", "About forty people answered.", "Every third person answered.",
    "Spring was answered 3.19 % of the time.", "Autumn is green.", "Your replies grew since last month.",
    "Your reply rate doubled.", "Your reply rate is 3.43 %.", "Read more at https://evil.test.", "You got ⅓ more answers.",
    "Доля ответов выросла вдвое.", "Your bounce rate is 4.46 %.", "Roughly 7 % answered in spring.", "Q3 brought x42 answers.",
)  # fmt: skip
"""What nobody measured: invented, of another campaign or measure, others' told as one's own, rounded, in words, a trend."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    opened = measured(tmp_path_factory.mktemp("coach") / "local")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def known(bench: Workbench) -> frozenset[str]:
    """Every number the services know of, as it would be written in either language."""
    return frozenset(_written(bench))


def _written(bench: Workbench) -> Iterator[str]:
    for number in _numbers(bench):
        text = f"{number:.2f}".rstrip("0").rstrip(".")
        yield from (text, text.replace(".", ","))


def _numbers(bench: Workbench) -> Iterator[float]:
    truth = Truth(bench, russian=False)
    campaigns = bench.metrics.campaigns()
    names = {m.name for one in campaigns for m in one.measures}
    rated = [m for one in campaigns for m in one.measures] + [truth.rate(name) for name in names]
    for one in rated:
        yield from (one.numerator, one.denominator, one.floor, one.needed, (one.rate or 0) * 100, one.low * 100, one.high * 100)
    for one in campaigns:
        yield from (value for value in vars(one.funnel).values() if value is not None)
    for table in ("segment_performance", "pack_performance", "deliverability", "experiments"):
        for row in bench.marts.polars(table).to_dicts():
            for name, value in row.items():
                if isinstance(value, (int, float)):
                    yield value * 100 if "rate" in name else value
            yield max(0, 100 - row["delivered"])
            yield max(0, 50 - row["sent"])
            yield row["bounced"] + row.get("refused", 0)
            yield row["sent"] + row.get("refused", 0)
    for known in bench.metrics.benchmarks:
        yield from (end for end in (known.low, known.value, known.high) if end is not None)
        yield from (
            float(digits) for text in (known.source, known.source_date, known.slice) for digits in re.findall(r"\d+", text)
        )
    plan = bench.experiments.plan(lift=2.0)
    yield from (plan.arm, plan.total, plan.rate * 100, plan.lift)
    lights = vars(bench.settings.lights).values()
    yield from (value * 100 for value in lights if isinstance(value, float))
    for box in bench.mailboxes.list():
        yield from (box.day, box.daily_cap)
    people = sum(one.funnel.targets for one in campaigns)
    yield from (people, 9, 95, 100, 0, 2, 0.38)  # nine firms; 2 % and 0.38 % are thresholds of the file of findings


def strange(text: str, known: frozenset[str], bench: Workbench) -> list[str]:
    """Return the numbers of an answer that no service knows."""
    for name in ("cold-email 1.0.0", " v1", *(one.campaign for one in bench.metrics.campaigns())):
        text = text.replace(name, "")
    for one in bench.metrics.benchmarks:
        text = text.replace(one.source_date, "") if "-" in one.source_date else text
    found = re.findall(r"\d[\d\u202f,.]*\d|\d", text)
    plain = [re.sub(r"(?<=\d)[\u202f,](?=\d{3}(?!\d))", "", number) for number in found]
    return [number for number in plain if number not in known]


def check(answer: Answer, topic: str, wants: Wants, known: frozenset[str], bench: Workbench) -> None:
    truth = Truth(bench, russian=answer.language == "ru")
    assert answer.topic == topic
    assert answer.text
    assert strange(answer.text, known, bench) == []
    missing = [wanted for wanted in wants(truth) if wanted not in answer.text]
    assert missing == [], answer.text


def test_there_are_fifty_and_half_of_them_are_russian() -> None:
    spoken = [language_of(question) for question, _, _ in QUESTIONS]
    assert (len({question for question, _, _ in QUESTIONS}), spoken.count("ru")) == (50, 25)


@pytest.mark.parametrize(("question", "topic", "wants"), QUESTIONS, ids=[question for question, _, _ in QUESTIONS])
def test_without_a_model_the_answer_is_true_and_about_what_was_asked(
    bench: Workbench, known: frozenset[str], question: str, topic: str, wants: Wants
) -> None:
    answer = bench.coach.ask(question, by="anna")
    assert (answer.way, answer.language) == ("rules", language_of(question))
    check(answer, topic, wants, known, bench)


@pytest.mark.parametrize(("question", "topic", "wants"), QUESTIONS, ids=[question for question, _, _ in QUESTIONS])
def test_of_a_model_that_lies_nothing_is_kept(
    bench: Workbench, known: frozenset[str], question: str, topic: str, wants: Wants
) -> None:
    coach, _ = coach_with(bench, lambda request: _plan_or(request, LIES))
    answer = coach.ask(question, by="anna")
    assert answer.way == "fallback"
    assert answer.notes
    kept = [lie for lie in LIES if lie in answer.text]
    assert kept == []
    check(answer, topic, wants, known, bench)


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_among_truths_is_taken_out_and_told(bench: Workbench, known: frozenset[str], lie: str) -> None:
    truths = (
        "In spring 8 of 118 delivered mails were answered, which is 6.78 %.",
        "In autumn 15 of 203 mails bounced, 7.39 %, so stop it and verify the addresses.",
        "Elsewhere the published average reply rate is 3.43 %.",
        "Spring is green and autumn is red.",
    )
    coach, _ = coach_with(bench, lambda request: _plan_or(request, (*truths, lie)))
    answer = coach.ask("What is our reply rate, and what about bounces?", by="anna")
    assert answer.way == "model"
    assert answer.removed == (lie,)
    assert answer.notes
    assert lie not in answer.text
    assert strange(answer.text, known, bench) == []


def _plan_or(request: Any, sentences: Sequence[str]) -> str:
    if "Choose which read-only questions" in str(request.system):
        return '{"questions": ["rates", "funnel"], "campaign": null}'
    return said(sentences)
