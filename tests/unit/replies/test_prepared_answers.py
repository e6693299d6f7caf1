"""A prepared answer is chosen by what a mail says; where it says something else, none is."""

from __future__ import annotations

from datetime import date

import pytest

from gtm_pipelines.replies.occasions import occasion

SATURDAY = date(2026, 11, 21)

FITTING = [
    ("information_request", "Could you send examples from the logistics industry?", "example"),
    ("information_request", "Пришлите, пожалуйста, примеры из нашей отрасли", "example"),
    ("positive", "Sounds good. Do you have a case study?", "example"),
    ("information_request", "What does it cost?", "pricing"),
    ("information_request", "Сколько это стоит?", "pricing"),
    ("objection", "Too expensive for us.", "pricing"),
    ("information_request", "How do you handle personal data?", "privacy"),
    ("objection", "Базу наружу не отдаём, служба безопасности не пропустит.", "privacy"),
    ("objection", "We already have a solution", "solution"),
    ("objection", "У нас уже есть решение", "solution"),
    ("positive", "Please send an invite for Tuesday", "day"),
    ("positive", "Пришлите приглашение на вторник", "day"),
    ("positive", "Sounds good, let's talk", "scheduling"),
    ("referral", "Write to Olga, she decides what this costs us.", "referral"),
    ("not_now", "Напишите в марте", "not-now"),
    ("objection", "We do not believe in this", "objection"),
]

UNFITTING = [
    ("information_request", "Does it work with SAP?", "nothing was prepared"),
    ("information_request", "А с 1С это работает?", "nothing was prepared"),
    ("information_request", "What is it, for example?", "nothing was prepared"),
    ("information_request", "How much is it, and do you have case studies?", "more than one"),
    ("positive", "Сколько стоит? Давайте созвонимся во вторник.", "more than one"),
    ("negative", "No thanks, we already have one", "decline"),
    ("wrong_person", "I am not the right person", "wrong one"),
]


@pytest.mark.parametrize(("kind", "text", "variant"), FITTING)
def test_the_prepared_answer_is_the_one_to_what_was_asked(kind: str, text: str, variant: str) -> None:
    assert occasion(kind, text, SATURDAY).variant == variant


@pytest.mark.parametrize(("kind", "text", "why"), UNFITTING)
def test_where_nothing_fits_no_text_is_chosen(kind: str, text: str, why: str) -> None:
    found = occasion(kind, text, SATURDAY)
    assert found.variant is None
    assert why in found.why


@pytest.mark.parametrize(
    ("text", "english", "russian", "hour"),
    [
        ("Please send an invite for Tuesday", "Tuesday, 24 November", "Вторник, 24 ноября", None),
        ("Tuesday at 3pm works", "Tuesday, 24 November", "Вторник, 24 ноября", "3pm"),
        ("Давайте в четверг в 15:30", "Thursday, 26 November", "Четверг, 26 ноября", "15:30"),
        ("Not Tuesday, Thursday works", "Thursday, 26 November", "Четверг, 26 ноября", None),
        ("Во вторник не могу, удобно 14 января", "Thursday, 14 January", "Четверг, 14 января", None),
    ],
)
def test_the_day_is_the_one_they_named(text: str, english: str, russian: str, hour: str | None) -> None:
    found = occasion("positive", text, SATURDAY)
    assert found.variant == "day"
    assert found.filled["day"] == {"en": english, "ru": russian}
    assert found.filled.get("hour", {}).get("en") == hour


@pytest.mark.parametrize(
    ("text", "until", "english", "russian"),
    [
        ("Write to me in March", date(2027, 3, 1), "in March", "в марте"),
        ("Not before 15 March", date(2027, 3, 15), "on 15 March", "15 марта"),
        ("Try me in two weeks.", date(2026, 12, 5), "in two weeks", "in two weeks"),
        ("Напишите через  месяц", date(2026, 12, 21), "через месяц", "через месяц"),
    ],
)
def test_later_is_when_they_said(text: str, until: date, english: str, russian: str) -> None:
    assert occasion("not_now", text, SATURDAY, until).filled == {"later": {"en": english, "ru": russian}}


def test_who_names_no_time_is_written_to_when_the_campaign_says() -> None:
    assert occasion("not_now", "Not now, sorry", SATURDAY).filled == {}
