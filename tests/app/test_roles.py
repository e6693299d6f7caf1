"""Whoever may only look is shown what there is to do, and can press nothing that would be refused."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.main import PAGES
from gtm_pipelines.acting import Actor, Role, bind
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open
from tests.parts import ROOT

WRITES_NOTHING = {
    "signed_in.py": ("Sign in", "Sign in as somebody else"),
    "state.py": ("Sign out",),
    "builder.py": ("label", "Add a group", ""),
    "todo.py": ("item.label",),
    "coach_chat.py": ("A new talk",),
    "coach_figures.py": ("action.label.said(spoken)",),
    "today.py": ("escaped(one.campaign)",),
    "sql.py": ("Ask",),
    "drafts.py": ("",),
    "review.py": ("label",),
    "replies.py": ("Newer", "Older"),
    "batches.py": ("See what it would do",),
    "editor.py": ("Discard my changes", "Show the saved text", "Take theirs"),
    "connections.py": ("Try it", "Disconnect {tool}", "Connect"),
    "team.py": ("Set password", "Take out", "Let in"),
    "ai_models.py": ("Set budget",),
}
"""Buttons that lead somewhere, change what is shown, or stand only before those who may: by file and text."""
Sign = Callable[[Role], None]


@pytest.fixture
def sign_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sign]:
    """Let somebody of a role be signed in to every window."""

    def signed(role: Role) -> None:
        monkeypatch.setattr("app.signed_in.bearer", lambda *_: (True, Actor("vera", role)))

    yield signed
    bind(None)


def refusals(app: AppTest) -> list[str]:
    return [element.value for element in (*app.error, *app.exception) if "takes" in element.value or "Traceback" in element.value]


def buttons() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("button", "form_submit_button"):
                yield path.name, node


def text_of(call: ast.Call) -> str:
    label = call.args[0]
    found = next((one.value for one in ast.walk(label) if isinstance(one, ast.Constant) and isinstance(one.value, str)), None)
    return found if found is not None and not isinstance(label, ast.Subscript) else ast.unparse(label)


def names_its_role(call: ast.Call) -> bool:
    spread = [keyword.value for keyword in call.keywords if keyword.arg is None]
    return any(isinstance(one, ast.Call) and getattr(one.func, "id", "") == "only" for one in spread)


def test_every_button_that_writes_names_the_role_it_takes() -> None:
    nameless = [
        f"{Path(name)}:{call.lineno} {text_of(call)!r}"
        for name, call in buttons()
        if not names_its_role(call) and text_of(call) not in WRITES_NOTHING.get(name, ())
    ]
    assert nameless == [], "give it **only(Role.…), or say here that it writes nothing"


def press_everything(app: AppTest, view: str) -> None:
    """Press each button that can be pressed, one after the other, coming back to the page each time."""
    app.switch_page(view).run()
    assert refusals(app) == [], view
    for label in [button.label for button in app.button if not button.disabled and button.label != "Sign out"]:
        app.switch_page(view).run()
        pressed = next((button for button in app.button if button.label == label and not button.disabled), None)
        if pressed is not None:
            pressed.click().run()
            assert refusals(app) == [], (view, label)


@pytest.mark.slow
@pytest.mark.parametrize("section", PAGES)
def test_nothing_that_a_viewer_can_press_is_refused(answered: Workbench, open_page: Open, sign_in: Sign, section: str) -> None:
    sign_in(Role.VIEWER)
    app = open_page("today")
    for name, _, _ in PAGES[section]:
        press_everything(app, f"views/{name}.py")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["review", "inbox", "replies", "suppressions", "campaigns"])
def test_nothing_that_a_reviewer_can_press_is_refused(answered: Workbench, open_page: Open, sign_in: Sign, name: str) -> None:
    sign_in(Role.REVIEWER)
    press_everything(open_page("today"), f"views/{name}.py")


def test_a_viewer_is_told_which_role_an_approval_takes(answered: Workbench, open_page: Open, sign_in: Sign) -> None:
    sign_in(Role.VIEWER)
    approval = next(button for button in open_page("review").button if button.key == "approve_recommended")
    assert (approval.disabled, approval.help) == (True, "This takes the role “reviewer”. Ask an owner.")


def test_an_editor_may_press_what_an_editor_may_do(answered: Workbench, open_page: Open, sign_in: Sign) -> None:
    sign_in(Role.EDITOR)
    refresh = next(button for button in open_page("replies").button if button.key == "collect")
    assert not refresh.disabled
