"""What people mean, by their words, in English and Russian."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Literal

import pytest

from gtm_pipelines.replies.autoreply import find_auto_reply, return_date
from gtm_pipelines.replies.classify import classify_words
from gtm_pipelines.replies.parse import parse_mail
from tests.labelled_replies import labelled

SAID = {
    "unsubscribe": [
        "Please remove me from your list.",
        "Unsubscribe",
        "STOP",
        "Take me off this mailing list, thanks",
        "Do not contact me again.",
        "Please don't email me anymore",
        "I'd like to opt out.",
        "No more emails please",
        "I do not wish to receive these messages",
        "Stop emailing me!!!",
        "Under GDPR I withdraw my consent to being contacted.",
        "Not interested, and please delete my data.",
        "Отпишите меня, пожалуйста",
        "Прошу удалить мой адрес из вашей базы",
        "Уберите меня из рассылки",
        "Больше не пишите мне",
        "Прекратите слать этот спам",
        "Не присылайте мне больше ничего",
        "Не хочу получать ваши письма",
        "Исключите наш адрес из списка рассылки.",
        "Спасибо, но отпишите нас",
        "Хватит писать сюда",
    ],
    "negative": [
        "Thanks, but we're not interested.",
        "No thanks",
        "I'll pass.",
        "Not a good fit, sorry.",
        "No",
        "Спасибо, нам это не интересно",
        "Нет, спасибо.",
        "Нам это не нужно",
        "Вынуждены отказаться от предложения",
        "Не планируем ничего менять",
    ],
    "positive": [
        "Sounds good, let's talk on Tuesday.",
        "I'm interested.",
        "Happy to jump on a call next week.",
        "Yes, please set up a meeting",
        "Tuesday at 3pm works for me",
        "Would love to see a demo",
        "Let's schedule a call. Here is my calendar: https://cal.example/ann",
        "Sure, send me an invite.",
        "Looks interesting. Call me tomorrow.",
        "Давайте созвонимся в четверг",
        "Интересно, готов обсудить",
        "Нам это интересно, давайте встретимся",
        "Да, удобно завтра в 15:00",
        "Звучит отлично!",
        "Позвоните мне завтра после обеда",
        "С удовольствием посмотрю демо",
        "Заинтересовало ваше предложение",
    ],
    "information_request": [
        "How much does it cost?",
        "Could you send me more details?",
        "What integrations do you support?",
        "Can you share a case study?",
        "Please send pricing.",
        "Who are your customers?",
        "Does it work with Salesforce?",
        "Tell me more.",
        "Сколько это стоит?",
        "Пришлите, пожалуйста, презентацию",
        "Какие у вас условия?",
        "Можно подробнее?",
        "Расскажите подробнее о продукте",
        "Вышлите прайс",
        "Есть ли интеграция с 1С?",
        "Откуда у вас мой адрес?",
    ],
    "other": ["Hm.", "Please see attached.", "Получил.", ""],
    "objection": [
        "We already have a vendor for this.",
        "We don't have budget for this.",
        "We're happy with our current provider.",
        "У нас уже есть такое решение",
        "Нет бюджета на этот год",
        "Нас всё устраивает.",
    ],
    "not_now": [
        "This is not a priority for us right now.",
        "Сейчас не актуально",
    ],
    "wrong_person": [
        "I am not the right person and we do not need this",
    ],
    "referral": [
        "Forwarding to Maria.",
        "Передал коллегам.",
    ],
}
CASES = [(cls, words) for cls, all_words in SAID.items() for words in all_words]


@pytest.mark.parametrize(("cls", "words"), CASES)
def test_words_are_understood(cls: str, words: str) -> None:
    verdict = classify_words("Re: Quick question", words)

    assert verdict.cls.value == cls, verdict.reason
    assert 0 < verdict.confidence <= 1
    assert verdict.reason


@pytest.mark.parametrize("subject", ["unsubscribe", "Unsubscribe", "Отписаться", "Please unsubscribe", "STOP"])
def test_the_subject_of_the_unsubscribe_link_is_enough(subject: str) -> None:
    assert classify_words(subject, "").cls.value == "unsubscribe"


def test_our_own_unsubscribe_link_in_a_quotation_is_no_wish() -> None:
    raw = (
        "From: ann@client.test\nSubject: Re: Quick question\n\nSounds good, let's talk.\n\n"
        "On Mon, 2 Mar 2026 at 10:00, Anna <anna@sender.test> wrote:\n> Hi\n> To unsubscribe: https://u.example/x\n"
    )
    assert classify_words("Re: Quick question", parse_mail(raw.encode()).reply.text).cls.value == "positive"


def test_our_own_footer_is_no_wish_even_unquoted() -> None:
    words = 'Sounds good, call me.\nYou can reply "unsubscribe" at any time, or open this page: https://u.example/x'

    assert classify_words("Re: Quick question", words).cls.value == "positive"
    assert classify_words("Re: x", "Чтобы не получать писем, ответьте «отписаться» или откройте страницу: x").cls.value == "other"


def test_a_hostile_text_is_judged_in_linear_time() -> None:
    for words in (
        "do not " * 50_000,
        "remove me " * 3,
        "send me " + "more " * 200_000,
        "что " * 200_000,
        "удалите меня " * 20_000,
        "@" * 500_000,
        " " * 500_000,
    ):
        started = time.process_time()
        classify_words("Re: x", words)
        assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "words",
    [
        "Do you remove duplicates from the list?",
        "Does it let people opt out of emails?",
        "How do you handle unsubscribes?",
        "We had to stop our newsletter last year, can you help?",
        "Thought this is spam, but it looks interesting",
        "Don't hesitate to contact me.",
        "Никаких писем от вас не получал, пришлите ещё раз",
        "Ваш сервис удаляет дубликаты из базы?",
        "Уберите из договора пункт 3 и подпишем",
    ],
)
def test_words_about_mail_are_no_wish_to_leave(words: str) -> None:
    assert classify_words("Re: x", words).cls.value != "unsubscribe"


@pytest.mark.parametrize("part", ["training", "development", "held_out"])
def test_nobody_who_asks_out_is_missed(part: Literal["training", "development", "held_out"]) -> None:
    asked = [one for one in labelled(part) if one.cls == "unsubscribe"]

    assert asked
    assert not [one.text for one in asked if classify_words("Re: x", one.text).cls.value != "unsubscribe"]


def test_the_rules_seldom_say_what_is_not_so() -> None:
    told = [(one, classify_words("Re: x", one.text)) for one in labelled("held_out") if one.cls != "auto_reply"]
    sure = [(one, verdict) for one, verdict in told if verdict.confidence >= 0.7]

    assert sum(verdict.cls.value == one.cls for one, verdict in sure) / len(sure) >= 0.85


RECEIVED = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "mail",
    [
        "Subject: Re: hello\nAuto-Submitted: auto-replied (vacation)\n\nHi",
        "Subject: Re: hello\nX-Autoreply: yes\n\nHi",
        "Subject: Re: hello\nPrecedence: auto_reply\n\nHi",
        "Subject: Automatic reply: hello\n\nI am away.",
        "Subject: Out of Office Re: hello\n\nBack soon.",
        "Subject: Re: hello\n\nI am currently out of the office until 16 March with limited access to email.",
        "Subject: Re: hello\n\nThank you. John no longer works at Acme.",
        "Subject: Автоответ: hello\nContent-Type: text/plain; charset=utf-8\n\nДобрый день",
        "Subject: Re: hello\nContent-Type: text/plain; charset=utf-8\n\nЗдравствуйте! Я в отпуске до 12 января.",
        "Subject: Re: hello\nContent-Type: text/plain; charset=utf-8\n\nНахожусь в командировке, вернусь 16 марта.",
    ],
)
def test_a_machines_answer_is_known_by_headers_or_words(mail: str) -> None:
    verdict = find_auto_reply(parse_mail(mail.encode()), RECEIVED)

    assert verdict is not None
    assert verdict.cls.value == "auto_reply"


@pytest.mark.parametrize(
    "mail",
    [
        "Subject: Re: hello\nAuto-Submitted: no\n\nSure",
        "Subject: Re: Out of office hours support\n\nSure, let's talk",
        "Subject: Re: hello\n\nI will be in the office on Monday, call me.",
        "Subject: Re: hello\nX-Auto-Response-Suppress: OOF\n\nYes",
    ],
)
def test_a_persons_answer_is_no_machines(mail: str) -> None:
    assert find_auto_reply(parse_mail(mail.encode()), RECEIVED) is None


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("I am away until 16 March.", date(2026, 3, 16)),
        ("I will return on Monday, March 16th", date(2026, 3, 16)),
        ("back on 2026-04-01", date(2026, 4, 1)),
        ("в отпуске до 12 января", date(2027, 1, 12)),
        ("вернусь 16.03.2026", date(2026, 3, 16)),
        ("с 2 по 20 марта включительно", date(2026, 3, 21)),
        ("out of office until Monday", date(2026, 3, 9)),
        ("Меня не будет до понедельника", date(2026, 3, 9)),
        ("вернусь в понедельник, 16 марта", date(2026, 3, 16)),
        ("I'm on leave from 2 March to 13 March", date(2026, 3, 14)),
        ("away March 2-13", date(2026, 3, 14)),
        ("с 01.03.2026 по 15.03.2026 я в отпуске", date(2026, 3, 16)),
        ("I'm out through Friday", date(2026, 3, 7)),
        ("returning on 3/16/2026", date(2026, 3, 16)),
        ("вернусь через две недели", date(2026, 3, 18)),
        ("до 15 января", date(2027, 1, 15)),
        ("буду в офисе после 15 марта", date(2026, 3, 16)),
        ("back in the office next week", date(2026, 3, 9)),
        ("on maternity leave until September", date(2026, 9, 1)),
        ("call me by phone 5 days a week", None),
        ("I am away for a while", None),
        ("until 32 March", None),
    ],
)
def test_the_day_of_return_is_found(words: str, day: date | None) -> None:
    assert return_date(words, RECEIVED.date()) == day
