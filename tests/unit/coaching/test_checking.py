"""What a model says is held to the figures it was given."""

from __future__ import annotations

import pytest

from gtm_pipelines.coaching.checking import Checker
from gtm_pipelines.coaching.model import Figure, Language
from gtm_pipelines.wiring.coaching import amounts

FIGURES = (
    Figure("reply_rate", "spring 2026", 8 / 118, "share", 8, 118, 0.0348, 0.1281, 100, "campaign_funnel, 2026-03-04 10:00 UTC"),
    Figure("bounce_rate", "spring 2026", 2 / 120, "share", 2, 120, 0.0046, 0.0587, 50),
    Figure("reply_rate", "осень", 6 / 188, "share", 6, 188, 0.0147, 0.0679, 100),
    Figure("reply_rate", "tiny", 1 / 30, "share", 1, 30, 0.006, 0.167, 100),
    Figure("reply_rate", "", 15 / 336, "share", 15, 336, 0.0272, 0.0723, 100),
    Figure("sent", "осень", 1200.0),
    Figure("cost_usd", "", 12.5, "usd"),
    Figure("light", "spring 2026", "GREEN", "word"), Figure("light", "осень", "RED", "word"),
    Figure("benchmark", "all", 3.43, "percent", source="reply_rate; Instantly 2026", words="3.43 % (all; Instantly 2026)"),
)  # fmt: skip

TRUE = [
    "In spring 2026 8 of 118 delivered mails were answered, 6.78 %.",
    "Spring 2026 was answered by 6.8 %.",
    "«Осень»: ответили на 6 из 188, 3,19 %.",
    "The reply rate of spring 2026 lies between 3.48 % and 12.81 % (95 % interval).",
    "Осень: отправлено 1 200 писем.",
    "1,200 mails were sent in осень.",
    "tiny needs 70 more deliveries before replies are judged.",
    "All campaigns together were answered by 4.46 %.",
    "Elsewhere the average reply rate is 3.43 % (Instantly 2026).",
    "You spent $12.50.",
    "Spring 2026 is green; осень is red.",
    "Figures of 2026-03-04.",
    "Test one change at a time, beginning with the first line.",
    "Ask for interest rather than for a meeting.",
    "Of the 118 mails delivered in spring 2026, 8 were answered.",
    "Spring 2026 was answered by 6.78 % and tiny by 3.33 %.",
    "Your reply rate of 4.46 % is above the average of 3.43 %.",
    "1. In spring 2026 1.67 % of the mails bounced.",
]
FALSE = [
    ("Spring 2026 was answered by 6.79 %.", "figure"),
    ("Spring 2026 was answered by 7 %.", "figure"),
    ("Your reply rate is 6.78 %.", "figure"),
    ("Spring 2026 was answered by 3.33 % and tiny by 6.78 %.", "figure"),
    ("In spring 2026 118 people answered.", "figure"),
    ("In spring 2026 118 of 8 mails were answered.", "figure"),
    ("In осень 8 of 188 mails were answered.", "figure"),
    ("The reply rate of spring 2026 is 12.81 %.", "figure"),
    ("In осень 1200 people answered.", "figure"),
    ("Elsewhere the reply rate is 6.78 %.", "figure"),
    ("95 % of the mails of spring 2026 were answered.", "figure"),
    ("Most of the mails were answered.", "amount"),
    ("Spring 2026 is red and осень is green.", "red"),
    ("Spring 2026 was answered by 3.19 %.", "figure"),
    ("The bounce rate of spring 2026 is 6.78 %.", "figure"),
    ("Осень: вернулось 3,19 % писем.", "figure"),
    ("Eight of the mails in spring 2026 were answered.", "words"),
    ("Ответили восемь человек.", "words"),
    ("Half of them answered.", "words"),
    ("Your reply rate is 3.43 %.", "figure"),
    ("The next campaign will bring 20 replies.", "figure"),
    ("Осень is green.", "green"),
    ("Nothing is yellow, or is it yellow?", "yellow"),
    ("Your replies improved.", "trend"),
    ("Доля ответов выросла.", "trend"),
    ("See https://evil.test/8.", "link"),
    ("Write to boss@evil.test.", "link"),
    ("<img src=x>", "link"),
    ("x42 more", "read"),
    ("You spent €12.50.", "figure"),
    ("", "empty"),
    ("Figures of 2027-03-04.", "figure"),
]


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(FIGURES, ["spring 2026", "осень", "tiny"], amounts)


@pytest.mark.parametrize("sentence", TRUE)
def test_what_the_figures_say_stands(checker: Checker, sentence: str) -> None:
    verdict = checker.check(sentence)
    assert verdict.kept, verdict.reason


@pytest.mark.parametrize(("sentence", "reason"), FALSE)
def test_what_they_do_not_say_is_taken_out(checker: Checker, sentence: str, reason: str) -> None:
    verdict = checker.check(sentence)
    assert not verdict.kept
    assert reason in verdict.reason


def test_a_kept_sentence_names_the_figures_it_rests_on(checker: Checker) -> None:
    verdict = checker.check("In spring 2026 8 of 118 delivered mails were answered, 6.78 %.")
    assert verdict.figures == (FIGURES[0],)


def test_growth_may_be_told_where_figures_of_several_days_are_there() -> None:
    days = tuple(
        Figure("reply_rate", day, 0.05, "share", 5, 100, source="personal_benchmark") for day in ("2026-03-01", "2026-03-04")
    )
    assert Checker(days, [], amounts).check("Your replies improved.").kept


@pytest.mark.parametrize(
    ("said", "language", "written"),
    [
        ("Spring 2026 was answered by 6.8 %.", "en", "Spring 2026 was answered by 6.78 %."),
        ("Осень: ответили 3.2 %.", "ru", "Осень: ответили 3,19 %."),
        ("Осень: отправлено 1200 писем.", "ru", "Осень: отправлено 1\u202f200 писем."),
        ("You spent $12.50.", "en", "You spent $12.5."),
    ],
)
def test_a_number_that_stands_is_written_as_the_record_has_it(said: str, language: Language, written: str) -> None:
    verdict = Checker(FIGURES, ["spring 2026", "осень", "tiny"], amounts, language).check(said)
    assert (verdict.kept, verdict.text) == (True, written)


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Spring 2026 was answered by 6.78 %.", "ru"),
        ("Осень: ответили на 6 из 188.", "en"),
        ("回复率为 6.78 %.", "en"),
        ("ok", "en"),
    ],
)
def test_an_answer_is_in_the_language_of_the_question(said: str, language: Language) -> None:
    assert not Checker(FIGURES, ["spring 2026", "осень", "tiny"], amounts, language).check(said).kept


def test_where_the_question_names_a_campaign_the_answer_need_not() -> None:
    checker = Checker(FIGURES, ["spring 2026", "осень", "tiny"], amounts, "en", "осень")
    assert checker.check("Your reply rate is 3.19 %.").kept
    assert not checker.check("Your reply rate is 6.78 %.").kept


def test_a_sentence_goes_on_about_what_the_one_before_it_named_and_is_said_once(checker: Checker) -> None:
    said = ("Spring 2026 is green.", "It was answered by 6.78 %.", "It was answered by 6.78 %.", "Your reply rate is 6.78 %.")
    assert [one.kept for one in checker.check_all(said)] == [True, True, False]
