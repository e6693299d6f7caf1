"""Windows by the recipient's clock and days off, ramps of new mailboxes, and chance in the gaps that can be thrown again."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from gtm_pipelines.delivery.compose import Letter, UnsafeHeaderError, compose
from gtm_pipelines.delivery.schedule import Book, limits_of
from gtm_pipelines.delivery.window import window_for
from gtm_pipelines.record.workdays import Place, add_working_days, day_off, place_of
from gtm_pipelines.settings import MailboxSettings, WindowSettings

HOURS = WindowSettings(start=time(9, 0), end=time(17, 0), time_zone="Europe/Berlin")
ALWAYS = WindowSettings(start=time(0), end=time(0), weekdays=(0, 1, 2, 3, 4, 5, 6))


def place(country: str | None, zone: str | None) -> Place:
    return Place(country, ZoneInfo(zone) if zone else None)


def box(**changes: object) -> MailboxSettings:
    return MailboxSettings.model_validate({"name": "a", "address": "a@x.example", "postal_address": "1 Street"} | changes)


class TestTheirHours:
    @pytest.mark.parametrize(
        ("where", "opens"),
        [
            (place("US", "America/New_York"), datetime(2026, 3, 5, 14, tzinfo=UTC)),
            (place("IN", "Asia/Kolkata"), datetime(2026, 3, 5, 3, 30, tzinfo=UTC)),
            (place(None, None), datetime(2026, 3, 5, 8, tzinfo=UTC)),
        ],
    )
    def test_a_window_opens_by_the_recipients_clock_else_by_the_mailboxes(self, where: Place, opens: datetime) -> None:
        assert window_for(HOURS, where).next_open(datetime(2026, 3, 5, 0, tzinfo=UTC)) == opens

    def test_the_mailboxes_clock_can_be_asked_for(self) -> None:
        ours = HOURS.model_copy(update={"clock": "mailbox"})
        assert str(window_for(ours, place("US", "America/New_York")).zone) == "Europe/Berlin"

    def test_public_holidays_weekends_and_days_off_of_the_country_are_kept(self) -> None:
        easter = datetime(2026, 4, 3, 8, tzinfo=UTC)  # Good Friday; Monday is a holiday too
        german = window_for(HOURS, place("DE", "Europe/Berlin"))
        assert german.rule(easter) == "window.day_off"
        assert german.next_open(easter) == datetime(2026, 4, 7, 7, tzinfo=UTC)
        friday = datetime(2026, 3, 6, 9, tzinfo=UTC)
        assert not window_for(HOURS, place("IL", "Asia/Jerusalem")).is_open(friday)
        assert window_for(HOURS.model_copy(update={"holidays": False}), place("DE", None)).is_open(easter)

    def test_the_long_days_off_of_a_new_year_are_waited_for(self) -> None:
        opening = window_for(HOURS, place("RU", "Europe/Moscow")).next_open(datetime(2026, 12, 31, 20, tzinfo=UTC))
        assert opening is not None
        assert datetime(2027, 1, 8, tzinfo=UTC) < opening < datetime(2027, 1, 13, tzinfo=UTC)


class TestWorkingDays:
    def test_the_first_moment_of_the_day_is_theirs_where_midnight_does_not_exist(self) -> None:
        sent = datetime(2026, 4, 22, 12, tzinfo=UTC)
        santiago = add_working_days(datetime(2026, 9, 4, 12, tzinfo=UTC), 1, place(None, "America/Santiago"))
        assert santiago == datetime(2026, 9, 7, 3, tzinfo=UTC)
        cairo = add_working_days(sent, 2, place(None, "Africa/Cairo"))  # at midnight before Friday the 24th clocks go on
        assert cairo.astimezone(ZoneInfo("Africa/Cairo")).isoformat() == "2026-04-24T01:00:00+03:00"

    def test_an_unknown_country_works_from_monday_to_friday(self) -> None:
        assert [day_off(date(2026, 3, 7), code) for code in (None, "XX")] == ["weekend", "weekend"]
        assert day_off(date(2026, 3, 9), None) is None
        assert day_off(date(2026, 3, 9), "RU") is not None

    def test_a_place_is_read_from_the_person_then_from_the_company(self) -> None:
        frozen = {"contact": {"time_zone": "UTC+3, roughly"}, "company": {"time_zone": "Asia/Tokyo", "country_code": "jp"}}
        assert place_of(frozen) == Place("JP", ZoneInfo("Asia/Tokyo"))
        assert place_of({}) == Place()


class TestNewMailboxes:
    def test_a_ramp_grows_from_the_first_day_to_the_cap(self) -> None:
        limits = limits_of(box(window=ALWAYS, hourly_cap=99, daily_cap=8, minimum_gap_seconds=0, ramp_start=2, ramp_step=3))
        book = Book(limits)
        verdicts = [book.reserve(datetime(2026, 3, 2, 12, tzinfo=UTC)) for _ in range(23)]
        by_day = Counter(one.moment.date().day for one in verdicts if one.moment)
        assert by_day == {2: 2, 3: 5, 4: 8, 5: 8}
        assert verdicts[2].waited == "cap.ramp"

    def test_a_ramp_begun_before_is_gone_on_with(self) -> None:
        limits = limits_of(box(window=ALWAYS, daily_cap=50, ramp_start=2, ramp_step=3), datetime(2026, 3, 1, tzinfo=UTC))
        assert limits.cap_on(datetime(2026, 3, 4, 12, tzinfo=UTC)) == 11


class TestChanceInTheGaps:
    def test_it_is_the_same_for_the_same_message_and_never_under_the_gap(self) -> None:
        limits = limits_of(box(window=ALWAYS, hourly_cap=99, daily_cap=99, minimum_gap_seconds=60, gap_jitter=1.0))
        start = datetime(2026, 3, 2, 12, tzinfo=UTC)
        runs = [plan(Book(limits), start) for _ in range(2)]
        assert runs[0] == runs[1]
        gaps = [(after - before).total_seconds() for before, after in pairwise(runs[0])]
        assert all(60 <= gap <= 120 for gap in gaps)
        assert len({round(gap) for gap in gaps}) > 5


def plan(book: Book, start: datetime) -> list[datetime]:
    return [moment for n in range(20) if (moment := book.reserve(start, None, f"<{n}@x.example>").moment)]


class TestThreads:
    LETTER = Letter(
        "id", "<3@x.example>", "p@firm.example", "Re: Hello", "Hi\n", "token", "<2@x.example>", "<1@x.example> <2@x.example>"
    )

    def test_the_headers_name_every_mail_before(self) -> None:
        from email import message_from_bytes

        mail = message_from_bytes(compose(self.LETTER, box(), datetime(2026, 3, 5, tzinfo=UTC)).content)
        assert mail["In-Reply-To"] == "<2@x.example>"
        assert str(mail["References"]).split() == ["<1@x.example>", "<2@x.example>"]

    @pytest.mark.parametrize("theirs", ["<a@b>\r\nBcc: <evil@x.example>", "not an id", "<a b@c>", "<é@x.example>", " "])
    def test_what_others_call_their_mails_writes_no_header_of_its_own(self, theirs: str) -> None:
        from dataclasses import replace

        with pytest.raises(UnsafeHeaderError):
            compose(replace(self.LETTER, in_reply_to=theirs), box(), datetime(2026, 3, 5, tzinfo=UTC))

    def test_a_long_thread_keeps_its_first_and_newest(self) -> None:
        from dataclasses import replace
        from email import message_from_bytes

        ids = [f"<{number}@x.example>" for number in range(60)]
        letter = replace(self.LETTER, in_reply_to=ids[-1], reference_ids=" ".join(ids))
        found = str(message_from_bytes(compose(letter, box(), datetime(2026, 3, 5, tzinfo=UTC)).content)["References"]).split()
        assert found == [ids[0], *ids[-19:]]
