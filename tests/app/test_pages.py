"""Every page draws, says what it is for, and never shows a traceback."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open

PAGES = {
    "today": "Today",
    "overview": "Overview",
    "imports": "Import",
    "strategy": "Strategy",
    "segments": "Segments",
    "campaigns": "Campaigns",
    "review": "Review",
    "inbox": "Inbox",
    "replies": "Replies",
    "suppressions": "Suppressions",
    "experiments": "Experiments",
}


def troubles(app: AppTest) -> list[str]:
    return [element.value for element in (*app.error, *app.exception)]


@pytest.mark.parametrize(("name", "title"), PAGES.items())
def test_a_page_of_an_empty_workspace_draws_without_trouble(bare: Workbench, open_page: Open, name: str, title: str) -> None:
    app = open_page(name)
    assert troubles(app) == []
    assert [element.value for element in app.title] == [title]


@pytest.mark.parametrize(("name", "title"), PAGES.items())
def test_a_page_of_a_filled_workspace_draws_without_trouble(filled: Workbench, open_page: Open, name: str, title: str) -> None:
    app = open_page(name)
    assert troubles(app) == []
    assert [element.value for element in app.title] == [title]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("overview", "Import a list"),
        ("today", "1. Import a list"),
        ("segments", "Import a list"),
        ("campaigns", "Build a segment"),
    ],
)
def test_an_empty_page_leads_to_the_step_before(bare: Workbench, open_page: Open, name: str, label: str) -> None:
    assert label in [link.label for link in open_page(name).page_link]


def test_the_first_page_says_what_waits_for_a_person(filled: Workbench, open_page: Open) -> None:
    app = open_page("today")
    assert "Review the drafts" in [button.label for button in app.button]


def test_wrong_settings_are_told_in_words(bare: Workbench, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_LOG_LEVEL", "loud")
    app = open_page("overview")
    assert any("log" in text and "level" in text for text in troubles(app))
    assert not app.exception


def test_no_page_shows_a_remark_about_its_own_code() -> None:
    """Streamlit writes any string that stands alone in a page's script onto the page."""
    app = Path(__file__).parents[2] / "app"
    for view in (app / "main.py", *app.glob("views/*.py")):
        _, *alone = (
            node.value.value for node in ast.parse(view.read_text("utf-8")).body
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        )  # fmt: skip
        assert alone == [], view.name
