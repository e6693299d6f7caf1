"""The line by which an answer proposes a meeting: written, read back, put into a text, taken out."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.meetings import line
from gtm_pipelines.meetings.model import Meeting, MeetingError

BERLIN = ZoneInfo("Europe/Berlin")
CALL = Meeting(datetime(2026, 11, 24, 15, 0, tzinfo=BERLIN), 30, "https://meet.example/x")
TEXT = "Hi Ann,\n\nGlad to.\n\nBest regards,\nAnna\n\n-- \nAnna GmbH, 1 Street\n"


def test_it_names_day_time_zone_length_and_place_in_both_languages() -> None:
    told = "Meeting: Tuesday, 24 November 2026, 15:00 Europe/Berlin, 30 minutes, https://meet.example/x"
    assert line.written(CALL, "en") == told
    by_us = "Встреча: вторник, 24 ноября 2026, 15:00 Europe/Berlin, 30 минут, https://meet.example/x"
    assert line.written(CALL, "ru") == by_us
    assert line.written(Meeting(CALL.begins, 21, cancelled=True), "ru").startswith("Встреча отменена: вторник")
    assert line.written(Meeting(CALL.begins, 21), "ru").endswith("21 минута")


@given(
    st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.times(),
    st.sampled_from(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Etc/GMT+5"]),
    st.integers(1, 480), st.sampled_from(["", "https://meet.example/a?b=c,d", "Main St. 5, 10115 Berlin"]), st.booleans(),
    st.sampled_from(["en", "ru"]),
)  # fmt: skip
def test_what_was_written_is_read_back(
    day: date, at: time, zone: str, minutes: int, place: str, cancelled: bool, language: str
) -> None:
    try:
        at = at.replace(second=0, microsecond=0)
        meeting = line.checked(day, at, zone, minutes, place, cancelled=cancelled)
    except MeetingError:
        return  # skipped by the clocks of the zone
    assert line.found(line.placed(TEXT, meeting, language)) == meeting


def test_it_stands_before_the_greeting_at_the_end_and_leaves_no_trace_when_taken_out() -> None:
    text = line.placed(TEXT, CALL, "en")
    assert text.index("Glad to.") < text.index("Meeting: ") < text.index("Best regards") < text.index("\n-- \n")
    assert line.without(text) == TEXT
    moved = Meeting(CALL.begins.replace(hour=16), 45)
    assert line.placed(text, moved, "en") == line.placed(TEXT, moved, "en")
    assert line.found(TEXT) is None
    assert line.without(TEXT) == TEXT


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Meeting: next Tuesday", "cannot be read as a meeting"),
        ("Встреча: как-нибудь", "Встреча: 24 ноября 2026"),
        ("Meeting: Monday, 24 November 2026, 15:00 Europe/Berlin, 30 minutes", "is a Tuesday"),
        ("Meeting: 31 November 2026, 15:00 Europe/Berlin, 30 minutes", "no day of the calendar"),
        ("Meeting: 24 Novembre 2026, 15:00 Europe/Berlin, 30 minutes", "no day of the calendar"),
        ("Meeting: 2026-11-24 15:00 Mars/Base, 30 minutes", "no time zone"),
        ("Meeting: 2026-11-24 15:00 Europe, 30 minutes", "no time zone"),
        ("Meeting: 2026-11-24 25:00 Europe/Berlin, 30 minutes", "no time of day"),
        ("Meeting: 2026-11-24 15:00 Europe/Berlin, 900 minutes", "1 to 480 minutes"),
        ("Meeting: 2026-03-29 02:30 Europe/Berlin, 30 minutes", "skipped by the clocks"),
        ("Meeting: 2026-11-24 15:00 Europe/Berlin, 30 minutes\nMeeting: 2026-11-25 15:00 UTC, 30 min", "one meeting"),
    ],
)
def test_a_line_that_says_no_definite_meeting_is_refused_with_what_to_write(said: str, told: str) -> None:
    with pytest.raises(MeetingError, match=told):
        line.found(f"Hi,\n\n{said}\n")


@pytest.mark.parametrize("said", ["Our meeting: Tuesday", "> Meeting: 2026-11-24 15:00 UTC, 30 min", "The Meeting went well"])
def test_other_words_about_meetings_are_no_proposal(said: str) -> None:
    assert line.found(f"Hi,\n\n{said}\n") is None


def test_a_short_form_is_read_too() -> None:
    found = line.found("MEETING: 2026-11-24 9:05 (UTC), 15 min")
    assert found == line.checked(date(2026, 11, 24), time(9, 5), "UTC", 15)
