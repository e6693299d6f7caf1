"""Caps, gaps, ramps and windows of a mailbox: one judgement, used to plan ahead and to let go.

Caps and the ramp count the mailbox's own days; the window is the recipient's where one is given.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gtm_pipelines.delivery.window import Window, window_of
from gtm_pipelines.ids import digest
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
        first: the earliest one that is known, where the ramp counts from it.
    """

    hour: int
    day: int
    last: datetime | None
    hour_frees_at: datetime | None = None
    first: datetime | None = None


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
class Ramp:
    """How many messages a new mailbox may let go a day: ``start`` on the first day, ``step`` more on each day after.

    Attributes:
        since: the day it counts from; that of the first message that is known or planned if absent.
    """

    start: int
    step: int
    since: datetime | None = None


@dataclass(frozen=True)
class Limits:
    """The sending limits of one mailbox. ``gap`` is the least pause; ``jitter`` the most that chance adds to it."""

    window: Window
    hourly_cap: int
    daily_cap: int
    gap: timedelta
    jitter: timedelta = timedelta(0)
    ramp: Ramp | None = None

    def verdict(self, now: datetime, usage: Usage, window: Window | None = None, pause: timedelta = timedelta(0)) -> Verdict:
        """Judge whether one more message may leave at ``now``.

        Args:
            now: the moment.
            usage: what the mailbox has let go.
            window: the recipient's window; the mailbox's own if absent.
            pause: what chance adds to the gap before this message.
        """
        hours = window or self.window
        if not hours.is_open(now):
            return Verdict(hours.rule(now), hours.next_open(now))
        return self.room(now, usage, pause)

    def room(self, now: datetime, usage: Usage, pause: timedelta = timedelta(0)) -> Verdict:
        """Judge whether the caps and the gap leave room at ``now``, whatever the hour."""
        if usage.day >= self.daily_cap:
            return Verdict("cap.daily", self.window.next_day(now) if self.daily_cap else None)
        if usage.day >= self.cap_on(now, usage.first):
            return Verdict("cap.ramp", self.window.next_day(now))
        if usage.hour >= self.hourly_cap:
            return Verdict("cap.hourly", (usage.hour_frees_at or now + HOUR) if self.hourly_cap else None)
        if usage.last is not None and now < usage.last + self.gap + pause:
            return Verdict("gap.mailbox", usage.last + self.gap + pause)
        return Verdict()

    def cap_on(self, moment: datetime, first: datetime | None = None) -> int:
        """Return the daily cap on the day of ``moment``, ramp included; ``first``: the first message, where it is known."""
        if self.ramp is None:
            return self.daily_cap
        since = self.ramp.since or first or moment
        days = (moment.astimezone(self.window.zone).date() - since.astimezone(self.window.zone).date()).days
        return min(self.daily_cap, self.ramp.start + self.ramp.step * max(days, 0))

    def pause(self, seed: str) -> timedelta:
        """Return what chance adds to the gap before a message; the same for the same seed."""
        return self.jitter * (int(digest("jitter", seed)[:12], 16) / 16**12)


def limits_of(mailbox: MailboxSettings, ramp_from: datetime | None = None) -> Limits:
    """Read a mailbox's limits.

    Args:
        mailbox: its settings.
        ramp_from: the day its caps rise from, such as that of its first message; the first one that is planned if absent.

    Raises:
        SettingsError: its time zone is unknown.
    """
    gap = timedelta(seconds=mailbox.minimum_gap_seconds)
    ramp = Ramp(mailbox.ramp_start, mailbox.ramp_step, ramp_from) if mailbox.ramp_start else None
    return Limits(window_of(mailbox.window), mailbox.hourly_cap, mailbox.daily_cap, gap, gap * mailbox.gap_jitter, ramp)


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
        self._known: dict[Window, tuple[datetime, datetime, str | None]] = {}

    def reserve(self, earliest: datetime, window: Window | None = None, seed: str | None = None) -> Verdict:
        """Take the first free moment from ``earliest`` on, between moments that are taken where there is room.

        Args:
            earliest: the first moment that will do.
            window: the recipient's window; the mailbox's own if absent.
            seed: of the chance that is added to the gap; none is added if absent.

        Returns:
            A verdict without a rule and with the moment, or the rule that never lets go.
        """
        hours = window or self._limits.window
        pause = self._limits.pause(seed) if seed is not None else timedelta(0)
        moment, waited = self._start(earliest, hours)
        for _ in range(_STEPS):
            verdict = self._limits.verdict(moment, self._usage(moment), hours, pause)
            if verdict.rule is None:
                later = self._in_the_way(moment)
                if later is None:
                    insort(self._taken, moment)
                    self._known[hours] = earliest, moment, waited
                    return Verdict(until=moment, waited=waited)
                verdict = later
            if verdict.until is None:
                return verdict
            moment, waited = verdict.until, verdict.rule
        return Verdict(verdict.rule)

    def _start(self, earliest: datetime, hours: Window) -> tuple[datetime, str | None]:
        """Return where to begin to look: what is before the last moment given for the same hours was full, and still is."""
        if hours not in self._known or earliest < self._known[hours][0]:
            return earliest, None
        _, reached, waited = self._known[hours]
        return max(earliest, reached), waited if reached > earliest else None

    def _usage(self, moment: datetime) -> Usage:
        upto = bisect_right(self._taken, moment)
        hour = upto - bisect_right(self._taken, moment - HOUR)
        start = self._limits.window.day_start(moment)
        day = bisect_left(self._taken, self._limits.window.day_start(start + _BEYOND_A_DAY)) - bisect_left(self._taken, start)
        cap = self._limits.hourly_cap
        frees_at = self._taken[upto - cap] + HOUR if 0 < cap <= hour else None
        first = self._taken[0] if self._taken else None
        return Usage(hour, day, self._taken[upto - 1] if upto else None, frees_at, first)

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
