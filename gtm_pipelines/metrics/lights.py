"""The traffic lights: from counts and thresholds to a colour, a reason and a next step.

Order: a red rule whose own floor is reached fires first, also below the floor of the
reply rate, for a list that bounces must be stopped before it reaches a hundred people.
Then grey, green, yellow. Shares are compared exactly, as fractions, so that 3 of 50 is
6 % and not a little more or less.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from gtm_pipelines.metrics.model import Colour, Counts, Light, Measure, measure
from gtm_pipelines.settings import LightSettings

RED_TEXT = ("Deliverability risk.", "Stop sending. Check SPF, DKIM, DMARC.")
GREEN_TEXT = ("You're on track.", "Scale volume.")
WEAK_OFFER_TEXT = ("Good attention, weak offer.", "Refine the call to action.")
WEAK_TEXT = ("Weak response.", "Review the segment, the offer and the first line before sending more.")
TOO_SMALL_TEXT = (
    "Too small ever to be judged on its own.",
    "Judge its segment or its pack over several campaigns (the marts 'segment_performance' and 'pack_performance').",
)
BETWEEN_TEXT = ("Working, not there yet.", "Keep sending and test one change at a time.")


def light(counts: Counts, rules: LightSettings) -> Light:
    """Return the light of ``counts`` under ``rules``; the first rule that holds wins."""
    return _Judge(counts, rules).light()


def measures(counts: Counts, rules: LightSettings) -> tuple[Measure, ...]:
    """Return every rate with its interval and floor; opens only where they are tracked."""
    delivered = counts.delivered
    rates = [
        measure("bounce_rate", counts.came_back, counts.attempted, rules.sent_floor),
        measure("reply_rate", counts.replied, delivered, rules.delivered_floor),
        measure("positive_reply_rate", counts.positive, delivered, rules.delivered_floor),
        measure("unsubscribe_rate", counts.unsubscribed, delivered, rules.delivered_floor),
        measure("complaint_rate", counts.complained, delivered, rules.complaint_floor),
    ]
    if counts.opened is not None:
        rates.append(measure("open_rate", counts.opened, delivered, rules.open_floor))
    return tuple(rates)


@dataclass(frozen=True)
class _Judge:
    counts: Counts
    rules: LightSettings

    def light(self) -> Light:
        red = self._red()
        if red:
            return self._show("RED", RED_TEXT, red)
        needed = self.rules.delivered_floor - self.counts.delivered
        if needed > 0:
            return self._grey(needed)
        if self._judged_reply() > _exact(self.rules.reply_green):
            return self._show("GREEN", GREEN_TEXT, (self._reply_text(f"more than {_percent(self.rules.reply_green)}"),))
        return self._yellow()

    def _red(self) -> tuple[str, ...]:
        """Every red rule that holds. Failing authentication is a fact, not a rate: it needs no floor."""
        counts, rules = self.counts, self.rules
        reasons = []
        came_back = _share(counts.came_back, counts.attempted)
        if counts.attempted >= rules.sent_floor and came_back >= _exact(rules.bounce_red):
            reasons.append(
                f"{counts.came_back} of {counts.attempted} sent bounced, {_percent(came_back)}: "
                f"{_percent(rules.bounce_red)} or more"
            )
        complained = _share(counts.complained, counts.delivered)
        if counts.delivered >= rules.complaint_floor and complained >= _exact(rules.complaint_red):
            reasons.append(
                f"{counts.complained} of {counts.delivered} delivered were reported as spam, "
                f"{_share_text(counts.complained, counts.delivered)}: {_percent(rules.complaint_red)} or more"
            )
        if counts.authentication_failing:
            reasons.append("The sender's authentication fails")
        if self._opens_too_low():
            reasons.append(
                f"{counts.opened} of {counts.delivered} delivered were opened, "
                f"{_share_text(counts.opened or 0, counts.delivered)}: below {_percent(rules.open_red)}"
            )
        return tuple(reasons)

    def _opens_too_low(self) -> bool:
        """Few opens are a risk only where replies do not prove the opposite."""
        if self.counts.opened is None or self.counts.delivered < self.rules.open_floor:
            return False
        low = _share(self.counts.opened, self.counts.delivered) < _exact(self.rules.open_red)
        return low and _share(self.counts.replied, self.counts.delivered) <= _exact(self.rules.reply_green)

    def _grey(self, needed: int) -> Light:
        counts = self.counts
        reasons = [f"{counts.delivered} delivered, {self.rules.delivered_floor} wanted before replies are judged"]
        if counts.attempted < self.rules.sent_floor:
            reasons.append(f"{counts.attempted} sent, {self.rules.sent_floor} wanted before bounces are judged")
        if counts.most is not None and max(counts.most, counts.attempted) < self.rules.delivered_floor:
            reasons.append(f"It writes {counts.most} messages at most")
            return self._show("GREY", TOO_SMALL_TEXT, tuple(reasons), needed)
        text = ("Not enough data.", f"About {needed} more delivered {'message is' if needed == 1 else 'messages are'} needed.")
        return self._show("GREY", text, tuple(reasons), needed)

    def _yellow(self) -> Light:
        counts, rules = self.counts, self.rules
        weak = _share(counts.replied, counts.delivered) < _exact(rules.reply_yellow)
        below = self._reply_text(f"less than {_percent(rules.reply_yellow)}")
        if not weak:
            return self._show("YELLOW", BETWEEN_TEXT, self._distances())
        if counts.opened is None or counts.delivered < rules.open_floor:
            return self._show("YELLOW", WEAK_TEXT, (below,))
        if _share(counts.opened, counts.delivered) > _exact(rules.open_yellow):
            opened = f"{_share_text(counts.opened, counts.delivered)} opened, above {_percent(rules.open_yellow)}"
            return self._show("YELLOW", WEAK_OFFER_TEXT, (opened, below))
        return self._show("YELLOW", BETWEEN_TEXT, self._distances())

    def _distances(self) -> tuple[str, ...]:
        """Say how far each threshold is, the nearest first, in percentage points."""
        counts, rules = self.counts, self.rules
        reply = self._judged_reply()
        name = "Lower bound of the reply rate" if rules.judge_reply_by == "lower_bound" else "Reply rate"
        replied = _share(counts.replied, counts.delivered)
        bounced = _share(counts.came_back, counts.attempted)
        lines = [
            (name, reply, rules.reply_green, "green is above"),
            ("Reply rate", replied, rules.reply_yellow, "weak is below"),
            ("Bounce rate", bounced, rules.bounce_red, "red is from"),
        ]
        if counts.opened is not None:
            opened = _share(counts.opened, counts.delivered)
            lines.append(("Open rate", opened, rules.open_red, "red is below"))
            if replied < _exact(rules.reply_yellow):
                lines.append(("Open rate", opened, rules.open_yellow, "weak offer is above"))
        lines.sort(key=lambda line: abs(line[1] - _exact(line[2])))
        return tuple(f"{n} {_percent(v)}: {word} {_percent(t)}, {_points(v - _exact(t))}" for n, v, t, word in lines)

    def _judged_reply(self) -> Fraction:
        if self.rules.judge_reply_by == "point":
            return _share(self.counts.replied, self.counts.delivered)
        return Fraction(measure("reply_rate", self.counts.replied, self.counts.delivered, 0).low)

    def _reply_text(self, verdict: str) -> str:
        rate = measure("reply_rate", self.counts.replied, self.counts.delivered, self.rules.delivered_floor)
        return (
            f"{rate.numerator} of {rate.denominator} delivered replied, {_share_text(rate.numerator, rate.denominator)} "
            f"({_percent(rate.low)} to {_percent(rate.high)}): {verdict}"
        )

    def _show(self, colour: Colour, text: tuple[str, str], reasons: tuple[str, ...], needed: int = 0) -> Light:
        return Light(colour, text[0], text[1], reasons, needed, measures(self.counts, self.rules))


def _exact(threshold: float) -> Fraction:
    return Fraction(str(threshold))


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)


def _share_text(part: int, whole: int) -> str:
    return _percent(_share(part, whole))


def _percent(value: float | Fraction) -> str:
    return f"{float(value) * 100:.2f}".rstrip("0").rstrip(".") + " %"


def _points(gap: Fraction) -> str:
    size = f"{abs(float(gap)) * 100:.2f}".rstrip("0").rstrip(".")
    if gap == 0:
        return "exactly there"
    return f"{size} {'point' if size == '1' else 'points'} {'over' if gap > 0 else 'under'} it"
