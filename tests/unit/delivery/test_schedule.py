"""Nothing leaves outside its window, over its caps or under its gap, in any time zone, through every change of clocks."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_pipelines.delivery.schedule import Book, limits_of
from gtm_pipelines.delivery.window import window_of
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.settings import MailboxSettings, WindowSettings

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Africa/Casablanca",
)
CHANGES = tuple(datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 29), (10, 25), (3, 8), (11, 1), (4, 5)))
moments = st.builds(lambda day, minutes: day + timedelta(minutes=minutes), st.sampled_from(CHANGES), st.integers(-4000, 4000))
clocks = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))
windows = st.builds(
    WindowSettings,
    start=clocks,
    end=clocks,
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    time_zone=st.sampled_from(ZONES),
)
mailboxes = st.builds(
    MailboxSettings,
    name=st.just("anna"),
    address=st.just("anna@sender.example"),
    hourly_cap=st.integers(1, 6),
    daily_cap=st.integers(1, 12),
    minimum_gap_seconds=st.sampled_from((0, 1, 60, 1000, 5000)),
    window=windows,
)


def inside(moment: datetime, window: WindowSettings) -> bool:
    """Read the wall clock, independently of the code under test."""
    local = moment.astimezone(ZoneInfo(window.time_zone))
    minute, start, end = local.time(), window.start, window.end
    within = start <= minute < end if start < end else (minute >= start or minute < end)
    return within and local.weekday() in window.weekdays


@given(mailboxes, moments, st.lists(st.integers(0, 3000), max_size=5), st.integers(1, 40))
@settings(max_examples=150, deadline=None)
def test_a_schedule_keeps_every_limit(mailbox: MailboxSettings, start: datetime, before: list[int], count: int) -> None:
    past = sorted(start - timedelta(minutes=minutes) for minutes in before)
    book = Book(limits_of(mailbox), past)
    given_out = [book.reserve(start).moment for _ in range(count)]
    due = [moment for moment in given_out if moment]
    assert len(due) == count
    assert due == sorted(due)
    assert all(moment >= start and inside(moment, mailbox.window) for moment in due)
    everything = sorted([*past, *due])
    zone = ZoneInfo(mailbox.window.time_zone)
    for number, moment in enumerate(everything):
        if moment in due:
            assert number - bisect_right(everything, moment - timedelta(hours=1)) < mailbox.hourly_cap
            if number:
                assert moment - everything[number - 1] >= timedelta(seconds=mailbox.minimum_gap_seconds)
    days = Counter(moment.astimezone(zone).date() for moment in everything)
    for moment in due:
        already = Counter(m.astimezone(zone).date() for m in past)[moment.astimezone(zone).date()]
        assert days[moment.astimezone(zone).date()] <= max(mailbox.daily_cap, already)


@given(mailboxes, moments, st.integers(0, 6000), st.integers(1, 15), st.integers(1, 25))
@settings(max_examples=150, deadline=None)
def test_a_schedule_with_later_departures_in_it_keeps_every_limit(
    mailbox: MailboxSettings, start: datetime, minutes: int, later: int, count: int
) -> None:
    planned = Book(limits_of(mailbox))
    put_off = [planned.reserve(start + timedelta(minutes=minutes)).moment for _ in range(later)]
    book = Book(limits_of(mailbox), [moment for moment in put_off if moment])
    due = [book.reserve(start).moment for _ in range(count)]
    everything = sorted(moment for moment in [*put_off, *due] if moment)
    assert len(everything) == later + count
    assert due == sorted(due, key=lambda moment: moment or start)
    zone, gap = ZoneInfo(mailbox.window.time_zone), timedelta(seconds=mailbox.minimum_gap_seconds)
    assert all(inside(moment, mailbox.window) and moment >= start for moment in everything)
    assert all(after - before >= gap for before, after in pairwise(everything))
    for number, moment in enumerate(everything):
        assert number - bisect_right(everything, moment - timedelta(hours=1)) < mailbox.hourly_cap
    assert max(Counter(moment.astimezone(zone).date() for moment in everything).values()) <= mailbox.daily_cap


def test_a_message_that_is_put_off_for_days_holds_nobody_back() -> None:
    mailbox = MailboxSettings(name="anna", address="a@x.example", minimum_gap_seconds=60)
    morning = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
    book = Book(limits_of(mailbox), [morning + timedelta(days=2)])
    assert [book.reserve(morning).moment for _ in range(3)] == [morning + timedelta(minutes=n) for n in range(3)]


def test_ten_thousand_departures_are_planned_in_no_time() -> None:
    mailbox = MailboxSettings(name="anna", address="a@x.example", minimum_gap_seconds=60, daily_cap=50)
    start = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
    book = Book(limits_of(mailbox))
    planned = [book.reserve(start).moment for _ in range(10_000)]
    again = Book(limits_of(mailbox), [moment for moment in planned if moment]).reserve(start)
    assert again.moment is not None
    assert planned[-1] is not None
    assert again.moment >= planned[-1] - timedelta(days=4)


@given(windows, moments)
@settings(max_examples=300, deadline=None)
def test_the_next_opening_is_open_and_none_is_missed_by_more_than_the_change_of_clocks(
    window: WindowSettings, moment: datetime
) -> None:
    opening = window_of(window).next_open(moment)
    step = moment
    while not inside(step, window) and step < moment + timedelta(days=9):
        step += timedelta(minutes=15)
    if opening is None:
        assert step >= moment + timedelta(days=9)
        return
    assert opening >= moment
    assert inside(opening, window)
    assert opening <= step + timedelta(days=7)
    if not any(abs(moment - change) < timedelta(days=3) for change in CHANGES):
        assert opening <= step


def test_the_schedule_starts_at_the_next_opening_and_spreads_by_the_gap() -> None:
    mailbox = MailboxSettings(name="anna", address="a@x.example", hourly_cap=100, daily_cap=3, minimum_gap_seconds=600)
    book = Book(limits_of(mailbox))
    friday = datetime(2026, 3, 6, 16, 45, tzinfo=UTC)
    shown = [f"{book.reserve(friday).moment:%a %H:%M}" for _ in range(4)]
    assert shown == ["Fri 16:45", "Fri 16:55", "Mon 09:00", "Mon 09:10"]


@pytest.mark.parametrize(("cap", "rule"), [({"hourly_cap": 0}, "cap.hourly"), ({"daily_cap": 0}, "cap.daily")])
def test_a_cap_of_nothing_lets_nothing_go(cap: dict[str, int], rule: str) -> None:
    everyday = WindowSettings(start=time(0), end=time(0), weekdays=(0, 1, 2, 3, 4, 5, 6))
    verdict = Book(limits_of(MailboxSettings(name="a", address="a@x.example", window=everyday, **cap))).reserve(CHANGES[0])
    assert (verdict.moment, verdict.rule) == (None, rule)


def test_a_window_without_days_never_opens() -> None:
    mailbox = MailboxSettings(name="a", address="a@x.example", window=WindowSettings(weekdays=()))
    assert Book(limits_of(mailbox)).reserve(CHANGES[0]).rule == "window.closed"


def test_an_unknown_time_zone_is_named() -> None:
    with pytest.raises(SettingsError, match="Mars/Olympus"):
        window_of(WindowSettings(time_zone="Mars/Olympus"))
