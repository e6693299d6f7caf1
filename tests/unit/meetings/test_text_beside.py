"""The text around the line of a meeting: what it says of the same meeting, and says otherwise."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gtm_pipelines.meetings import line
from gtm_pipelines.meetings.beside import length, otherwise
from gtm_pipelines.meetings.model import Meeting

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = Meeting(datetime(2026, 11, 24, 15, 0, tzinfo=BERLIN), 30, "https://meet.example/x")
FOOTER = "\n\n-- \nAnna GmbH, 15 Minutes Street\n"


def said(text: str, language: str = "en", meeting: Meeting = TUESDAY) -> tuple[str, ...]:
    body = line.placed(f"Hi Ann,\n\n{text}\n\nAnna{FOOTER}", meeting, language)
    theirs = meeting.begins.astimezone(ZoneInfo("Europe/Moscow"))
    return otherwise(body, meeting, [theirs])


@pytest.mark.parametrize("text", [
    "Glad to.", "Thirty minutes are enough.", "Half an hour is enough.", "It is a 30-minute call.", "Tuesday suits me.",
    "Would Tuesday or Thursday suit you?", "At 15:00 in Berlin, 17:00 in Moscow.", "3:00 pm then.", "15:00 or 16:00?",
    "It takes two minutes to read.", "Полчаса хватит.", "Тридцати минут хватит.", "Во вторник удобно.",
    "Среди прочего, в 15:00.", "Call me on +49 30 12:34:56 if not.",
])  # fmt: skip
def test_what_agrees_or_leaves_it_open_is_no_contradiction(text: str) -> None:
    assert said(text) == ()


@pytest.mark.parametrize(("text", "told"), [
    ("Fifteen minutes are enough.", "The text speaks of 15 minutes, the invitation of 30."),
    ("A quick 20 min call?", "The text speaks of 20 minutes, the invitation of 30."),
    ("Пятнадцати минут хватит.", "The text speaks of 15 minutes, the invitation of 30."),
    ("Сорока минут хватит.", "The text speaks of 40 minutes, the invitation of 30."),
    ("See you on Thursday.", "The text names another day of the week than the invitation."),
    ("До встречи в среду.", "The text names another day of the week than the invitation."),
    ("See you at 16:30.", "The text names 16:30, the invitation begins at 15:00."),
    ("See you at 4:15 p.m.", "The text names 16:15, the invitation begins at 15:00."),
])  # fmt: skip
def test_what_contradicts_the_invitation_is_said(text: str, told: str) -> None:
    assert said(text) == (told,)


def test_everything_that_contradicts_is_said_at_once() -> None:
    assert len(said("Fifteen minutes on Monday at 9:00 are enough.")) == 3


def test_the_length_a_text_names_is_the_length_to_begin_with() -> None:
    assert length(f"Fifteen minutes are enough.{FOOTER}") == 15
    assert length(line.placed(f"Hi,\n\nFifteen minutes are enough.\n\nAnna{FOOTER}", TUESDAY, "en")) == 15
    assert length(f"Twenty minutes, or 45 minutes?{FOOTER}") is None
    assert length(f"Glad to.{FOOTER}") is None
