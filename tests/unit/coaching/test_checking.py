"""What a model says is held to the figures it was given."""

from __future__ import annotations

import pytest

from gtm_pipelines.coaching.checking import Checker
from gtm_pipelines.coaching.model import Figure
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
    "Figures of 2026-03-04 [f1].",
    "Test one change at a time, beginning with the first line.",
    "Ask for interest rather than for a meeting.",
]
FALSE = [
    ("Spring 2026 was answered by 6.79 %.", "figure"),
    ("Spring 2026 was answered by 7 %.", "figure"),
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
    assert "[f1]" not in verdict.text


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
