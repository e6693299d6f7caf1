"""How somebody writes is read off their mails by rule, and nothing of what they wrote about is passed on."""

from __future__ import annotations

from gtm_pipelines.drafting.voice import card, read_style

ENGLISH = [
    "Hi Tom,\n\nQuick one. Shall we talk on Monday? I've got ten minutes.\n\nCheers,\nAnna",
    "Hi Kim,\n\nIt's done. Did you see the Contoso numbers? They're good.\n\nCheers,\nAnna",
    "Hi,\n\nThat's fine. Can you send it over? I'll look tonight.\n\nCheers,\nAnna",
]
RUSSIAN = [
    "Здравствуйте, Пётр!\n\nПришлите, пожалуйста, ваш план. Мы посмотрим его завтра.\n\nС уважением,\nАнна",
    "Добрый день!\n\nВам удобно в среду? Я подготовлю всё заранее.\n\nС уважением,\nАнна",
    "Здравствуйте!\n\nВаше письмо получили. Ответим вам сегодня.\n\nС уважением,\nАнна",
]


def test_habits_are_found_in_english() -> None:
    style = read_style(ENGLISH, "en")
    assert style is not None
    assert (style.samples, style.greeting, style.closing) == (3, "hi", "cheers")
    assert style.sentence_words <= 5
    told = card(style)
    assert "Usually asks a question." in told
    assert "Usually uses contractions." in told
    assert "Never uses an exclamation mark." in told


def test_the_polite_form_is_found_in_russian() -> None:
    told = card(read_style(RUSSIAN, "ru"))
    assert "politely (Вы)" in told


def test_a_card_repeats_nothing_that_was_written_about() -> None:
    told = card(read_style(ENGLISH, "en")) + card(read_style(RUSSIAN, "ru"))
    assert not any(word in told for word in ("Contoso", "Tom", "Monday", "Пётр", "план"))


def test_too_few_mails_say_nothing() -> None:
    assert card(read_style(ENGLISH[:2], "en")) == ""
    assert read_style(["", "  "], "en") is None
