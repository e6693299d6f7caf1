"""What calendars answer is read from bytes that anybody can make."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.meetings.answers import MOST_TEXT, CalendarAnswer, Status, read
from tests.calendar_parts import ANN, BEGINS, OWN, UID, apple, exchange, folded, google

TITLE = "Your database, two parts"


def test_google_accepts() -> None:
    assert read(google()) == CalendarAnswer(Status.ACCEPTED, UID, 0, ANN, BEGINS, "", TITLE, formal=True)


def test_a_note_beside_googles_attendee_is_read_as_it_was_written() -> None:
    answer = read(google("TENTATIVE", note='It\'s "late"; could we: later, please', sequence=2))
    assert answer
    assert (answer.status, answer.sequence) == (Status.TENTATIVE, 2)
    assert answer.comment == 'It\'s "late"; could we: later, please'


def test_exchange_declines_with_a_comment_in_a_zone_that_windows_names() -> None:
    answer = read(exchange("DECLINED", comment="Sorry, out that day;\nmaybe later"))
    assert answer
    assert (answer.status, answer.attendee, answer.begins, answer.formal) == (Status.DECLINED, ANN, BEGINS, False)
    assert answer.comment == "Sorry, out that day;\nmaybe later"
    assert answer.title == f"Accepted: {TITLE}"


def test_apple_accepts() -> None:
    answer = read(apple())
    assert answer
    assert (answer.status, answer.attendee, answer.begins, answer.formal) == (Status.ACCEPTED, ANN, BEGINS, True)


def test_a_counter_proposal_says_when_it_would_begin() -> None:
    proposed = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
    answer = read(google("TENTATIVE", method="COUNTER", begins=proposed))
    assert answer
    assert (answer.status, answer.begins) == (Status.COUNTERED, proposed)


def test_an_invitation_of_theirs_names_who_invites() -> None:
    answer = read(google("NEEDS-ACTION", method="REQUEST"), sender=ANN)
    assert answer
    assert (answer.status, answer.attendee, answer.begins) == (Status.INVITED, OWN, BEGINS)


@pytest.mark.parametrize(("own", "named", "read_as"), [
    ("", "REPLY", True), ("", "reply", True), ("METHOD:REPLY", None, True), ("METHOD:REPLY", "REQUEST", True),
    ("METHOD:CANCEL", "REPLY", False), ("", None, False), ("", "CANCEL", False),
])  # fmt: skip
def test_the_method_is_the_calendars_own_or_else_the_parts(own: str, named: str | None, read_as: bool) -> None:
    text = google().replace("METHOD:REPLY\r\n", f"{own}\r\n" if own else "")
    assert (read(text, named) is not None) is read_as


def test_of_several_events_the_first_that_answers_counts() -> None:
    event = "BEGIN:VEVENT\r\nUID:unanswered\r\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:a@b.test\r\nEND:VEVENT\r\nBEGIN:VEVENT"
    answer = read(google().replace("BEGIN:VEVENT", event))
    assert answer
    assert answer.uid == UID


def test_of_several_attendees_the_sender_counts() -> None:
    others = "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@client.test\r\nATTENDEE;CUTYPE"
    text = google().replace("ATTENDEE;CUTYPE", others)
    first, sender = read(text), read(text, sender=ANN)
    assert first
    assert sender
    assert (first.status, first.attendee) == (Status.DECLINED, "bob@client.test")
    assert (sender.status, sender.attendee) == (Status.ACCEPTED, ANN)


@pytest.mark.parametrize("broken", [
    "DTSTART:rubbish", "DTSTART;VALUE=DATE:20260310", "DTSTART;TZID=../../etc/passwd:20260310T140000",
    "DTSTART:99991231T235959", "DTSTART;TZID=Nowhere/Land:20260310T140000",
])  # fmt: skip
def test_a_time_that_cannot_be_read_loses_no_answer(broken: str) -> None:
    answer = read(google().replace("DTSTART:20260310T140000Z", broken))
    assert answer
    assert (answer.status, answer.begins) == (Status.ACCEPTED, None)


@pytest.mark.parametrize("number", ["x", "-1", "9" * 5000, "99999999"])
def test_a_number_that_cannot_be_is_none(number: str) -> None:
    answer = read(google().replace("SEQUENCE:0", f"SEQUENCE:{number}"))
    assert answer
    assert answer.sequence is None


def test_an_alarm_inside_an_event_says_nothing_of_it() -> None:
    alarm = folded("BEGIN:VALARM", "ATTENDEE;PARTSTAT=DECLINED:mailto:robot@x.test", "UID:other", "END:VALARM")
    answer = read(google().replace("BEGIN:VEVENT\r\n", f"BEGIN:VEVENT\r\n{alarm}"))
    assert answer
    assert (answer.status, answer.uid) == (Status.ACCEPTED, UID)


@pytest.mark.parametrize("text", [
    "", "\ufeff", "not a calendar", "BEGIN:VCALENDAR", google(method="CANCEL"),
    google().replace(f"UID:{UID}\r\n", ""), google().replace(UID, "u" * 2_000), google("NEEDS-ACTION"), google("DELEGATED"),
    google().replace("BEGIN:VEVENT", "BEGIN:VTODO").replace("END:VEVENT", "END:VTODO"),
    google() + " " * MOST_TEXT,
])  # fmt: skip
def test_what_answers_nothing_is_none(text: str) -> None:
    assert read(text, "REPLY") is None


HEAD = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.test\r\n"


@pytest.mark.parametrize("hostile", [
    "BEGIN:VCALENDAR\r\n" * 7_000, HEAD + "BEGIN:VALARM\r\n" * 9_000, HEAD + "COMMENT:a\r\n" * 11_000,
    HEAD + "ATTENDEE:mailto:a@b.test\r\n" * 4_500, HEAD + "ATTENDEE" + ";A=b" * 30_000 + ":mailto:a@b.test\r\n",
    HEAD + "COMMENT;X=" + '"' * 120_000 + ":a\r\n", HEAD + "DTSTART:" + "1" * 120_000 + "\r\n",
    HEAD + "COMMENT:" + "\r\n " * 40_000,
    google().replace("BEGIN:VEVENT\r\n", folded(
        "BEGIN:VTIMEZONE", "TZID:Europe/Berlin", "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+2300", "RRULE:FREQ=SECONDLY", "END:STANDARD", "END:VTIMEZONE", "BEGIN:VEVENT", "RRULE:FREQ=SECONDLY")),
])  # fmt: skip
def test_hostile_calendars_cost_little_and_raise_nothing(hostile: str) -> None:
    started = time.process_time()
    read(hostile, "REPLY", "a@b.test")
    assert time.process_time() - started < 2


def test_a_zone_of_their_own_making_changes_no_time() -> None:
    zone = folded("BEGIN:VTIMEZONE", "TZID:Europe/Berlin", "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0000",
                  "TZOFFSETTO:+2300", "END:STANDARD", "END:VTIMEZONE")  # fmt: skip
    answer = read(apple().replace("BEGIN:VEVENT\r\n", f"{zone}BEGIN:VEVENT\r\n"))
    assert answer
    assert answer.begins == BEGINS


@given(st.text(max_size=200), st.integers(0, 400))
def test_no_bytes_put_in_anywhere_raise(noise: str, at: int) -> None:
    text = google(note="Later, please")
    read(text[:at] + noise + text[at:], "REPLY")
    read(text[:at] + text[at + len(noise) :], "REPLY")
