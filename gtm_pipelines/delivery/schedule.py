"""Caps, gaps and windows of a mailbox: one judgement, used to plan ahead and to let go."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gtm_pipelines.delivery.window import Window, window_of
from gtm_pipelines.settings import MailboxSettings

HOUR = timedelta(hours=1)
_BEYOND_A_DAY = timedelta(hours=30)
"""Longer than any calendar day, shorter than two, whatever is done to the clocks."""
_MOMENT = timedelta(microseconds=1)
_STEPS = 1000


@dataclass(frozen=True)
class Usage:
    """What a mailbox has let go, seen from one moment.

    Args:
        hour: messages in the sixty minutes before.
        day: messages in the calendar day of the window's time zone.
        last: the latest one.
        hour_frees_at: when the hour has room again; only asked where ``hour`` reached the cap.
    """

    hour: int
    day: int
    last: datetime | None
    hour_frees_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether a message may leave: no rule, or the rule and when to ask again (``None`` for never).

    Attributes:
        waited: where a moment is given out later than it was asked for, the last rule that put it off.
    """

    rule: str | None = None
    until: datetime | None = None
    waited: str | None = None

    @property
    def moment(self) -> datetime | None:
        """The moment given out, where no rule holds."""
        return None if self.rule else self.until


@dataclass(frozen=True)
class Limits:
    """The sending limits of one mailbox."""

    window: Window
    hourly_cap: int
    daily_cap: int
    gap: timedelta

    def verdict(self, now: datetime, usage: Usage) -> Verdict:
        """Judge whether one more message may leave at ``now``."""
        if not self.window.is_open(now):
            return Verdict("window.closed", self.window.next_open(now))
        if usage.day >= self.daily_cap:
            return Verdict("cap.daily", self.window.next_day(now) if self.daily_cap else None)
        if usage.hour >= self.hourly_cap:
            return Verdict("cap.hourly", (usage.hour_frees_at or now + HOUR) if self.hourly_cap else None)
        if usage.last is not None and now < usage.last + self.gap:
            return Verdict("gap.mailbox", usage.last + self.gap)
        return Verdict()


def limits_of(mailbox: MailboxSettings) -> Limits:
    """Read a mailbox's limits.

    Raises:
        SettingsError: its time zone is unknown.
    """
    gap = timedelta(seconds=mailbox.minimum_gap_seconds)
    return Limits(window_of(mailbox.window), mailbox.hourly_cap, mailbox.daily_cap, gap)


class Book:
    """The past and planned departures of one mailbox, in order.

    Args:
        limits: the mailbox's limits.
        taken: moments that count already: messages that left and messages that are due,
            some of them perhaps much later, since their contacts must be left in peace.
    """

    def __init__(self, limits: Limits, taken: Iterable[datetime] = ()) -> None:
        self._limits = limits
        self._taken = sorted(taken)
        self._asked: datetime | None = None
        self._reached: datetime | None = None
        self._waited: str | None = None

    def reserve(self, earliest: datetime) -> Verdict:
        """Take the first free moment from ``earliest`` on, between moments that are taken where there is room.

        Returns:
            A verdict without a rule and with the moment, or the rule that never lets go.
        """
        moment, waited = earliest, None
        if self._asked is not None and self._reached is not None and earliest >= self._asked:
            moment = max(earliest, self._reached)  # what is before it was full when it was looked at, and still is
            waited = self._waited if moment > earliest else None
        for _ in range(_STEPS):
            verdict = self._limits.verdict(moment, self._usage(moment))
            if verdict.rule is None:
                later = self._in_the_way(moment)
                if later is None:
                    insort(self._taken, moment)
                    self._asked, self._reached, self._waited = earliest, moment, waited
                    return Verdict(until=moment, waited=waited)
                verdict = later
            if verdict.until is None:
                return verdict
            moment, waited = verdict.until, verdict.rule
        return Verdict(verdict.rule)

    def _usage(self, moment: datetime) -> Usage:
        upto = bisect_right(self._taken, moment)
        hour = upto - bisect_right(self._taken, moment - HOUR)
        start = self._limits.window.day_start(moment)
        day = bisect_left(self._taken, self._limits.window.day_start(start + _BEYOND_A_DAY)) - bisect_left(self._taken, start)
        cap = self._limits.hourly_cap
        frees_at = self._taken[upto - cap] + HOUR if 0 < cap <= hour else None
        return Usage(hour, day, self._taken[upto - 1] if upto else None, frees_at)

    def _in_the_way(self, moment: datetime) -> Verdict | None:
        """Return the rule that a departure at ``moment`` would break for one planned after it, and when to ask again."""
        upto, cap = bisect_right(self._taken, moment), self._limits.hourly_cap
        if upto == len(self._taken):
            return None
        following = self._taken[upto]
        if following - moment < self._limits.gap:
            return Verdict("gap.mailbox", following + self._limits.gap)
        near = [*self._taken[max(upto - cap, 0) : upto], moment, *self._taken[upto : upto + cap]]
        if any(later - first < HOUR for first, later in zip(near, near[cap:], strict=False)):
            return Verdict("cap.hourly", following + max(self._limits.gap, _MOMENT))
        return None
