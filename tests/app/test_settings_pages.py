"""Team, connections and AI models: where a person sets the house up, and nothing they type comes back."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open

KEY = "canary-key-0123456789abcdef"


def _texts(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info, *app.error, *app.success, *app.toast]
    return "\n".join(str(part.value) for part in parts)


def _press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


@pytest.mark.parametrize(
    ("name", "said"),
    [("team", "Nobody has to sign in"), ("connections", "Nothing is connected"), ("ai_models", "No model is set up")],
)
def test_an_empty_page_says_that_nothing_has_to_be_done(bare: Workbench, open_page: Open, name: str, said: str) -> None:
    app = open_page(name)
    assert not app.exception
    assert said in _texts(app)


def test_the_first_to_be_let_in_is_an_owner(bare: Workbench, open_page: Open) -> None:
    app = open_page("team")
    app.text_input(key="account_name").input("Anna")
    app.text_input(key="account_password:0").input("correct horse battery")
    _press(app, "Let in")
    assert [(one.name, one.role.word) for one in bare.accounts.list()] == [("anna", "owner")]


def test_a_weak_password_is_told_in_words(bare: Workbench, open_page: Open) -> None:
    app = open_page("team")
    app.text_input(key="account_name").input("Anna")
    app.text_input(key="account_password:0").input("short")
    app = _press(app, "Let in")
    assert "at least 12 characters" in _texts(app).replace("\\", "")
    assert bare.accounts.list() == []


def test_a_tool_is_connected_and_its_key_does_not_come_back(bare: Workbench, open_page: Open) -> None:
    app = open_page("connections")
    app.text_input(key="key:exa:None").input(KEY)
    app = next(button for button in app.button if button.label == "Connect" and "connect:exa" in str(button.proto)).click().run()
    assert [one.tool.name for one in bare.connections.list()] == ["exa"]
    assert KEY not in _texts(app)
    assert all(KEY not in str(field.value) for field in app.text_input)


def test_a_model_is_set_up_asked_for_and_taken_out(bare: Workbench, open_page: Open) -> None:
    bare.model_desk.save("local", "compatible", "m", base_url="http://127.0.0.1:9/v1", by="person:anna")
    app = open_page("ai_models")
    assert not app.exception
    assert "local" in _texts(app)
    app = _press(app, "Take local out")
    assert load_settings().models == ()


def test_a_budget_is_set(bare: Workbench, open_page: Open) -> None:
    app = open_page("ai_models")
    app.number_input(key="budget_usd").set_value(25.0)
    app = _press(app, "Set budget")
    assert load_settings().llm.monthly_budget_usd == 25
