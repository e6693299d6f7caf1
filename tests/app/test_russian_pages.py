"""A person who reads Russian finds no English sentence on any page but those that are data: mails, packs, lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from app.main import PAGES
from gtm_pipelines.record.tables import inbound_message, revision
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import SAMPLE, Open
from tests.parts import ROOT

SMALL_WORDS = frozenset(
    "the is are was were not of and to a an it its for with by from has have this that no which who what be been on in".split()
)
"""English words without which there is hardly an English sentence."""
_QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"|“[^”]*”|«[^»]*»")
_WORDS = re.compile(r"[A-Za-z'’-]+(?:[ ,]+[A-Za-z'’-]+){2,}")
_UNREAD = ("text_area.value", "text_input.value", "selectbox.value", "code.value", "text.value")
"""What a person does not read as words of the app: what they typed, keys of choices, program text, and mails."""


def shown(app: AppTest) -> Iterator[tuple[str, str]]:
    """Everything a page says, with what says it."""
    waiting: list[Any] = [app.main, app.sidebar]
    while waiting:
        for element in waiting.pop().children.values():
            yield from ((f"{element.type}.{part}", said) for part, said in texts(element))
            if hasattr(element, "children"):
                waiting.append(element)


def texts(element: Any) -> Iterator[tuple[str, str]]:
    for part in ("label", "value", "help", "placeholder"):
        found = getattr(element, part, None)
        if isinstance(found, str):
            yield part, found
        elif part == "value" and hasattr(found, "columns"):
            yield from (("cell", str(cell)) for name in found.columns for cell in (name, *found[name].tolist()))
    yield from (("option", str(option)) for option in getattr(element, "options", None) or ())


def english(text: str, data: str) -> list[str]:
    """The runs of English words in a text that have a word of English grammar in them and stand in no data."""
    runs = _WORDS.findall(_QUOTED.sub("", text.replace("\\", "").replace("\u2060", "")))
    return [run for run in runs if SMALL_WORDS & set(re.split("[ ,]+", run.lower())) and run.lower() not in data]


@pytest.fixture
def data(answered: Workbench) -> str:
    """Everything that is written by people, by packs or about tables, on one line."""
    with answered.record.read() as connection:
        rows = [
            *connection.execute(sa.select(revision.c.subject, revision.c.body)),
            *connection.execute(sa.select(inbound_message.c.subject, inbound_message.c.text)),
        ]
    files = [*ROOT.glob("prompt_packs/**/*.md"), SAMPLE / "companies.csv", SAMPLE / "contacts.csv"]
    told = [str(answered.marts.describe(name)) for name in answered.marts.names()]
    said = [str(part) for row in rows for part in row] + [path.read_text("utf-8", "replace") for path in files] + told
    return " ".join(" ".join(said).lower().split())


@pytest.mark.slow
@pytest.mark.parametrize("section", PAGES)
def test_a_page_in_russian_says_nothing_in_english(
    answered: Workbench, open_page: Open, monkeypatch: pytest.MonkeyPatch, data: str, section: str
) -> None:
    monkeypatch.setenv("GTM_LANGUAGE", "ru")
    app = open_page("today")
    for name, _, _ in PAGES[section]:
        app.switch_page(f"views/{name}.py").run()
        left = {said for kind, said in shown(app) if kind not in _UNREAD and english(said, data)}
        assert left == set(), name


def test_a_sentence_of_ours_in_english_would_be_found() -> None:
    assert english("Это The mailbox is paused сейчас.", "") == ["The mailbox is paused"]
    assert english("Тема: A cold email about lists", "a cold email about lists") == []
