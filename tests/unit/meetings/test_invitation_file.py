"""The file that calendars read: a request, its change under the same name, its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from gtm_pipelines.meetings.ics import Meant, invitation, title_of
from gtm_pipelines.meetings.line import placed
from gtm_pipelines.meetings.model import Meeting, MeetingError, Series
from gtm_pipelines.meetings.series import Left, standing

NOW = datetime(2026, 11, 20, 9, 30, 5, 7, tzinfo=UTC)
CALL = Meeting(datetime(2026, 11, 24, 15, 0, tzinfo=UTC), 30, "Hall 5; 10115 Berlin, left door")
MEANT = Meant("conversation", 1001, 'Re: Ваша база, "две" части', "anna@sender.test", 'Anna "A" O\'Neil, GmbH', "ann@client.test")


def event(content: bytes) -> dict[str, str]:
    calendar = Calendar.from_ical(content)
    [found] = calendar.walk("VEVENT")
    assert calendar["version"] == "2.0"
    assert calendar["prodid"]
    return {"method": str(calendar["method"])} | {
        name.lower(): str(found[name].to_ical().decode()) if hasattr(found[name], "to_ical") else str(found[name])
        for name in found
    }


def test_it_says_who_invites_whom_when_and_where_so_that_clients_offer_an_answer() -> None:
    made = invitation(CALL, MEANT, None, NOW)
    [found] = Calendar.from_ical(made.content).walk("VEVENT")
    assert made.method == "REQUEST"
    assert found.decoded("dtstart") == CALL.begins
    assert found.decoded("dtend") == CALL.begins + timedelta(minutes=30)
    assert found.decoded("dtstamp") == NOW.replace(microsecond=0)
    assert str(found["summary"]) == 'Ваша база, "две" части'
    assert str(found["location"]) == CALL.place
    assert str(found["organizer"]) == "mailto:anna@sender.test"
    assert found["organizer"].params["CN"] == "Anna A O'Neil, GmbH"
    assert str(found["attendee"]) == "mailto:ann@client.test"
    params = found["attendee"].params
    assert (params["RSVP"], params["PARTSTAT"], params["ROLE"]) == ("TRUE", "NEEDS-ACTION", "REQ-PARTICIPANT")
    assert str(found["status"]) == "CONFIRMED"


def test_every_line_ends_and_folds_as_the_standard_asks() -> None:
    content = invitation(CALL, MEANT, None, NOW).content
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75


def test_a_change_has_the_name_of_the_first_and_a_higher_number_and_so_has_the_end() -> None:
    first = event(invitation(CALL, MEANT, None, NOW).content)
    later = Meant(**(vars(MEANT) | {"step": 1003}))
    series = Series(1001, CALL)
    changed = event(invitation(Meeting(CALL.begins + timedelta(days=1), 30), later, series, NOW).content)
    ended = event(invitation(Meeting(CALL.begins, 30, cancelled=True), later, series, NOW).content)
    assert first["uid"] == changed["uid"] == ended["uid"]
    assert [one["sequence"] for one in (first, changed, ended)] == ["0", "2", "2"]
    assert (changed["method"], ended["method"], ended["status"]) == ("REQUEST", "CANCEL", "CANCELLED")
    other = Meant(**(vars(MEANT) | {"key": "another conversation"}))
    assert event(invitation(CALL, other, None, NOW).content)["uid"] != first["uid"]


def test_nothing_invites_into_the_past_or_calls_off_what_nobody_was_sent() -> None:
    with pytest.raises(MeetingError, match="has passed"):
        invitation(Meeting(NOW, 30), MEANT, None, NOW)
    with pytest.raises(MeetingError, match="no invitation to call off"):
        invitation(Meeting(CALL.begins, 30, cancelled=True), MEANT, None, NOW)


def test_a_further_mail_changes_what_stands_and_begins_anew_after_its_end() -> None:
    def left(step: int, meeting: Meeting | None, at: datetime = NOW) -> Left:
        return Left(step, placed("Hi\n\nBye\n", meeting, "en") if meeting else "Meeting: soon\n", at)

    moved = Meeting(CALL.begins + timedelta(days=1), 45)
    off = Meeting(moved.begins, 45, cancelled=True)
    assert standing([], NOW) is None
    assert standing([left(1001, None), left(1002, CALL), left(1003, moved)], NOW) == Series(1002, moved, 1)
    assert standing([left(1001, CALL), left(1002, off)], NOW) is None
    assert standing([left(1001, CALL), left(1002, off), left(1003, moved)], NOW) == Series(1003, moved)
    after = CALL.ends
    assert standing([left(1001, CALL)], after) is None
    assert standing([left(1001, CALL), left(1002, moved, after)], after) == Series(1002, moved)


def test_marks_of_an_answer_are_no_part_of_the_title() -> None:
    assert [title_of(one) for one in ("Re: Отв: AW[2]: Plan", "Replies", "")] == ["Plan", "Replies", ""]
