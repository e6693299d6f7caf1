"""When mail may leave, by the wall clock of a time zone, through every change of the clocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gtm_pipelines.errors import SettingsError
from gtm_pipelines.record.workdays import Place, day_off
from gtm_pipelines.settings import WindowSettings

_HORIZON_DAYS = 40
"""Longer than any run of days off with a week around it."""
_SATURDAY = 5


@dataclass(frozen=True)
class Window:
    """The hours and days on which mail may leave.

    A window whose end is not after its start runs through midnight; its days are
    then those of the clock's own date.

    Attributes:
        country: whose public holidays, and whose weekend where it is another than Saturday and Sunday,
            are kept; ``None`` for nobody's.
    """

    start: time
    end: time
    weekdays: frozenset[int]
    zone: ZoneInfo
    country: str | None = None

    def is_open(self, moment: datetime) -> bool:
        """Tell whether mail may leave at ``moment``."""
        local = moment.astimezone(self.zone)
        if local.weekday() not in self.weekdays or self.is_day_off(local.date()):
            return False
        clock = local.time()
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def is_day_off(self, day: date) -> bool:
        """Tell whether nobody is written to on ``day`` by the calendar of the country."""
        reason = day_off(day, self.country) if self.country else None
        return reason is not None and (reason != "weekend" or day.weekday() < _SATURDAY)

    def rule(self, moment: datetime) -> str:
        """Return the rule by which it is closed at ``moment``: ``window.day_off`` or ``window.closed``."""
        return "window.day_off" if self.is_day_off(moment.astimezone(self.zone).date()) else "window.closed"

    def next_open(self, moment: datetime) -> datetime | None:
        """Return the first moment from ``moment`` on at which mail may leave, or ``None`` if never."""
        if self.is_open(moment):
            return moment
        for opening in self._openings(moment.astimezone(self.zone).date()):
            if opening > moment and self.is_open(opening):
                return opening
        return None

    def day_start(self, moment: datetime) -> datetime:
        """Return when the calendar day of ``moment`` began, in UTC."""
        return self._resolve(moment.astimezone(self.zone).date(), time(0), 0)

    def next_day(self, moment: datetime) -> datetime:
        """Return when the calendar day after that of ``moment`` begins, in UTC."""
        return self._resolve(moment.astimezone(self.zone).date() + timedelta(days=1), time(0), 0)

    def _openings(self, first: date) -> Iterator[datetime]:
        """Yield, in order, every moment at which the window may open on the days from ``first``."""
        for offset in range(_HORIZON_DAYS if self.weekdays else 0):
            day = first + timedelta(days=offset)
            if day.weekday() in self.weekdays:
                yield from sorted({self._resolve(day, clock, fold) for clock in (time(0), self.start) for fold in (0, 1)})

    def _resolve(self, day: date, clock: time, fold: int) -> datetime:
        return datetime.combine(day, clock, self.zone).replace(fold=fold).astimezone(UTC)


def window_for(settings: WindowSettings, place: Place) -> Window:
    """Read a window as it holds for somebody: by their clock and their days off, as far as they are known and asked for.

    Raises:
        SettingsError: the mailbox's time zone is unknown.
    """
    own = window_of(settings)
    zone = place.zone if settings.clock == "recipient" and place.zone else own.zone
    return replace(own, zone=zone, country=place.country if settings.holidays else None)


def window_of(settings: WindowSettings) -> Window:
    """Read a window from the settings.

    Raises:
        SettingsError: the time zone is unknown.
    """
    try:
        zone = ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(f"'{settings.time_zone}' is no time zone. Use an IANA name such as Europe/Berlin.") from error
    return Window(settings.start, settings.end, frozenset(settings.weekdays), zone)
