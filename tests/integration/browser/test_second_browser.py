"""Two people at the same draft at the same time: whoever saves second is told, and loses no word."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser_parts import Window
from tests.integration.browser.conftest import OpenWindow, Served

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(900)]


def _writes(window: Window, name: str, subject: str) -> None:
    """Open the first draft, and write a subject without saving it."""
    window.enters()
    window.opens("review")
    who = window.page.get_by_test_id("stSidebar").get_by_role("textbox", name="Your name")
    who.fill(name)
    who.press("Enter")
    window.settles()
    window.main.locator("h1").click()
    window.page.keyboard.press("j")
    window.main.get_by_role("button", name="Edit").first.click()
    field = window.main.get_by_role("textbox", name="Subject").first
    field.fill(subject)
    field.press("Tab")
    expect(window.main.get_by_text("Not saved yet")).to_be_visible()
    window.settles()


def test_the_second_to_save_is_told_who_was_faster_and_keeps_every_word(open_window: OpenWindow, under_way: Served) -> None:
    first = under_way.workbench.review.page("Лето", limit=1)[0]
    anna, ben = open_window(under_way), open_window(under_way)
    _writes(anna, "Anna", "Words of Anna")
    _writes(ben, "Ben", "Words of Ben")

    anna.presses("Save")
    expect(anna.main.get_by_text("Words of Anna").filter(visible=True).first).to_be_visible()
    ben.presses("Save")
    expect(ben.main.get_by_text("Not saved: Anna changed this draft while you were editing")).to_be_visible()
    expect(ben.main.get_by_text("Words of Anna")).to_be_visible()
    expect(ben.main.get_by_role("textbox", name="Subject").first).to_have_value("Words of Ben")
    assert _edited(under_way, first.target_id) == "Words of Anna"

    ben.presses("Save mine over theirs")
    expect(ben.main.get_by_text("Words of Ben").filter(visible=True).first).to_be_visible()
    assert _edited(under_way, first.target_id) == "Words of Ben"
    assert anna.faults + ben.faults == []


def _edited(served: Served, target_id: str) -> str:
    """Return the subject of the one draft of a person that was edited."""
    drafts = served.workbench.review.page("Лето", limit=200)
    return next(one.subject for one in drafts if one.target_id == target_id and one.revision > 1)
