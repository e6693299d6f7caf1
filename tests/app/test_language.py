"""The app speaks English and Russian: every text has its translation, and numbers take the right form of a word."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import streamlit as st
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from app.components.language import t, tn
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open
from tests.parts import ROOT, script


def texts() -> ModuleType:
    return script("texts")


def catalogue() -> Catalog:
    with Path(ROOT, "app", "texts", "ru.po").open("rb") as file:
        return read_po(file, locale="ru")


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.fixture
def russian() -> Iterator[None]:
    st.session_state["lang"] = "ru"
    yield
    del st.session_state["lang"]


def test_every_text_of_the_app_has_its_russian_translation() -> None:
    held = catalogue()
    missing = [
        message.id for message in texts().extracted()
        if message.id and ((found := held.get(message.id)) is None or not all(forms(found)))
    ]  # fmt: skip
    assert missing == [], "run docs/texts.py and translate what it adds to app/texts/ru.po"


def test_no_translation_is_left_of_a_text_that_is_gone() -> None:
    wanted = {message.id for message in texts().extracted()}
    assert [message.id for message in catalogue() if message.id and message.id not in wanted] == []


def test_translations_name_the_fields_of_their_text() -> None:
    wrong = []
    for message in catalogue():
        english = [message.id] if isinstance(message.id, str) else list(message.id)
        known = set().union(*(fields(one) for one in english if "{" in one))
        wrong += [form for form in forms(message) if message.id and "{" in english[-1] and not fields(form) <= known]
    assert wrong == []


def test_what_is_counted_has_three_forms_in_russian() -> None:
    counted = [message for message in catalogue() if not isinstance(message.id, str)]
    assert [message.id for message in counted if len(forms(message)) != 3] == []


def test_numbers_choose_the_form_of_the_word(russian: None) -> None:
    said = {number: tn("{number} row", "{number} rows", number) for number in (1, 2, 5, 11, 21, 104, 112, 1000)}
    assert said == {
        1: "1 строка", 2: "2 строки", 5: "5 строк", 11: "11 строк", 21: "21 строка", 104: "104 строки",
        112: "112 строк", 1000: "1\u202f000 строк",
    }  # fmt: skip


def test_english_counts_one_and_many() -> None:
    said = [tn("{number} row", "{number} rows", number) for number in (0, 1, 2, 1200)]
    assert said == ["0 rows", "1 row", "2 rows", "1,200 rows"]


def test_shares_and_numbers_are_written_as_the_language_does(russian: None) -> None:
    assert t("{rate:.1%} of {count:,}", rate=0.0345, count=12500) == "3,5\u202f% of 12\u202f500"


def test_a_value_with_braces_stays_as_it_is() -> None:
    assert t("{name} goes on.", name="{__class__}") == "{__class__} goes on."


def test_a_person_chooses_the_language_in_the_sidebar(bare: Workbench, open_page: Open) -> None:
    app = open_page("today")
    app.sidebar.segmented_control(key="lang").set_value("ru").run()
    assert not app.exception
    assert app.sidebar.text_input(key="person").label == "Ваше имя"


def test_the_setting_is_the_language_of_a_new_window(bare: Workbench, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_LANGUAGE", "ru")
    app = open_page("today")
    assert app.sidebar.text_input(key="person").label == "Ваше имя"


SHOWN = frozenset(
    "badge button caption checkbox code_label download_button error expander file_uploader form_submit_button header info "
    "link_button markdown metric multiselect number_input page_link popover progress radio segmented_control selectbox spinner "
    "subheader success tabs text text_area text_input title toast toggle warning empty notice".split()
)
"""Functions whose first argument a person reads; and the named arguments they read."""
SHOWN_NAMED = ("label", "help", "placeholder", "text")
SAME_IN_EVERY_LANGUAGE = (
    "SQL", "GTM workbench", "name@company.com", "https://example.com", "http://:/asset-groups", "anna@example.com",
    "smtp.example.com",
)  # fmt: skip


def spelt_out(node: ast.expr) -> str:
    """What of a literal people would read: its letters without Streamlit's own marks."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    said = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))
    return re.sub(r":material/\w+:|:[a-z]*(-badge|-background)?\[|:material/:", "", said).strip()


def read(call: ast.Call) -> Iterator[ast.expr]:
    named = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if named in SHOWN:
        yield from call.args[: 2 if named in ("header", "metric") else 1]
        yield from (keyword.value for keyword in call.keywords if keyword.arg in SHOWN_NAMED)


def test_what_a_person_reads_is_never_written_past_the_translations() -> None:
    past = [
        f"{path.name}:{call.lineno} {said}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        for argument in read(call)
        if isinstance(argument, (ast.Constant, ast.JoinedStr))
        and re.search(r"[A-Za-z]{2}", said := spelt_out(argument))
        and said not in SAME_IN_EVERY_LANGUAGE
        and not said.startswith(("views/", "label:"))
    ]
    assert past == []
