"""What the library says in English is told in the person's language, also where it was written down long ago."""

from __future__ import annotations

import string
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from app.components.translated import in_language
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open
from tests.parts import ROOT, script


@pytest.fixture(scope="module")
def texts() -> ModuleType:
    """The collector of what the library says."""
    return script("library_texts")


@pytest.fixture(scope="module")
def said(texts: ModuleType) -> dict[str, str]:
    """Every template of the library by its skeleton."""
    return {texts.skeleton(one.id): one.id for one in texts.extracted() if one.id}


def catalogue() -> Catalog:
    with Path(ROOT, "app", "texts", "library", "ru.po").open("rb") as file:
        return read_po(file, locale="ru")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_of_the_library_has_its_russian_translation(texts: ModuleType, said: dict[str, str]) -> None:
    held = {texts.skeleton(one.id) for one in catalogue() if one.id and one.string}
    missing = [text for found, text in said.items() if found not in held]
    assert missing == [], "run docs/texts.py and translate what it adds to app/texts/library/ru.po"


def test_no_translation_is_left_of_a_text_the_library_no_longer_says(texts: ModuleType, said: dict[str, str]) -> None:
    assert [one.id for one in catalogue() if one.id and texts.skeleton(one.id) not in said] == [], "run docs/texts.py"


def test_translations_name_the_fields_of_their_text() -> None:
    assert [one.id for one in catalogue() if one.id and not fields(str(one.string)) <= fields(str(one.id))] == []


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("The mailbox pauses between two messages.", "Ящик делает паузу между письмами."),
        ("No campaign is called 'Spring'. 'gtm campaign list' shows those there are.",
         "Кампании «Spring» нет. Какие есть, покажет «gtm campaign list»."),
        ("17 of 1,234 mails came back, 5.2%; the limit is 3.0%. Verify the addresses that are left, then resume.",
         "Вернулось писем: 17 из 1\u202f234, 5,2\u202f%; предел – 3,0\u202f%. Проверьте оставшиеся адреса и возобновите."),
        ("3 of 51 mails came back, 5.88 %; the limit is 5 %. Verify the addresses that are left, then resume.",
         "Вернулось писем: 3 из 51, 5,88\u202f%; предел – 5\u202f%. Проверьте оставшиеся адреса и возобновите."),
        ("The campaign is paused: The server refused the message: 550 no", "Кампания на паузе: Сервер отказал (письмо): 550 no"),
        ("Header Auto-Submitted: auto-replied; back on 2 May", "Заголовок Auto-Submitted: auto-replied; вернётся 2 May"),
    ],
)  # fmt: skip
def test_a_text_is_found_again_with_what_stands_in_it(english: str, russian: str) -> None:
    assert in_language(english, "ru") == russian


@pytest.mark.parametrize("data", ["Let us talk on Thursday. I like it.", "550 5.1.1 User unknown", "", "Acme; Beta\nGamma"])
def test_what_the_library_did_not_say_stays_as_it_is(data: str) -> None:
    assert in_language(data, "ru") == data


def test_english_stays_english() -> None:
    assert in_language("The mailbox pauses between two messages.", "en") == "The mailbox pauses between two messages."


def test_a_name_that_looks_like_a_text_of_ours_stays_a_name() -> None:
    told = in_language("A campaign called 'No record.' exists. Choose another name.", "ru")
    assert told == "Кампания «No record.» уже есть. Выберите другое имя."


def test_a_page_tells_an_error_in_russian(bare: Workbench, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_LANGUAGE", "ru")
    app = open_page("suppressions")
    app.text_input(key="stop_value").set_value("not a domain")
    next(button for button in app.button if button.label == "Не писать").click().run()
    assert [error.value.replace("\\", "") for error in app.error] == [
        "«not a domain» – ни адрес, ни домен. Дайте такой, как company.com."
    ]
