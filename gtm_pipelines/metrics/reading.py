"""Experiments as people read them: arms, what is known of each, and in plain words what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from gtm_pipelines.metrics.model import FiguresMissingError
from gtm_pipelines.metrics.power import Plan, plan
from gtm_pipelines.settings import LightSettings
from gtm_pipelines.warehouse.marts import Marts

Rows = list[dict[str, Any]]
MONTH = timedelta(days=30)
TOO_SMALL = (
    "The campaign is too small ever to tell its arms apart.",
    "Set its variants beside others over several campaigns (the marts 'uplift' and 'pack_performance').",
)
USUAL_RATE = 0.02
"""Share of mails answered with interest where nothing is known yet: the mean of ``bayes.PRIOR``."""


@dataclass(frozen=True)
class ArmReading:
    """One arm of an experiment; columns of the mart ``experiments``, whose head says what each means."""

    variant: str
    drafter: str | None
    is_reference: bool
    dealt: int
    crossed: int
    sent: int
    delivered: int
    replied: int
    positive: int
    unsubscribed: int
    complained: int
    bounced: int
    harmed: int
    positive_rate: float | None
    positive_rate_low: float
    positive_rate_high: float
    harm_rate: float | None
    harm_rate_low: float
    harm_rate_high: float
    uneven: bool
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    chance_better: float | None
    ratio_low: float | None
    ratio_high: float | None
    enough: bool
    needed: int | None
    verdict: str
    decided_on: date | None
    harm_verdict: str


@dataclass(frozen=True)
class Experiment:
    """A campaign with more than one arm.

    Attributes:
        headline: what is known, in a sentence.
        advice: what to do next.
        warnings: what weakens the comparison.
    """

    campaign_id: str
    campaign: str
    pack: str
    reference: str
    arms: tuple[ArmReading, ...]
    headline: str
    advice: str
    warnings: tuple[str, ...]
    published_at: datetime


class ExperimentService:
    """Reads experiments from the published marts, and plans new ones.

    Args:
        marts: the published marts.
        rules: the floors in force.
    """

    def __init__(self, marts: Marts, rules: LightSettings) -> None:
        self._marts = marts
        self._rules = rules

    def list(self) -> list[Experiment]:
        """Return every campaign with more than one arm that was sent, by name.

        Raises:
            MartMissingError: nothing has been published yet; the text says what to run.
        """
        rows: dict[str, Rows] = {}
        for row in self._marts.polars("experiments").iter_rows(named=True):
            rows.setdefault(row["campaign_id"], []).append(row)
        return [self._experiment(arms) for arms in rows.values() if len(arms) > 1]

    def get(self, campaign: str) -> Experiment:
        """Return one experiment by the name or id of its campaign.

        Raises:
            FiguresMissingError: there is none of that name among the published ones.
            MartMissingError: nothing has been published yet.
        """
        found = self.list()
        for experiment in found:
            if campaign in (experiment.campaign, experiment.campaign_id):
                return experiment
        known = ", ".join(f"'{experiment.campaign}'" for experiment in found) or "none"
        raise FiguresMissingError(
            f"No campaign '{campaign}' with two arms or more was sent (known: {known}). Run 'gtm metrics refresh' if it is new."
        )

    def days(self, campaign_id: str) -> pl.DataFrame:
        """Return each arm's counts, rate and ratio day by day.

        Raises:
            MartMissingError: nothing has been published yet.
        """
        return self._marts.polars("experiment_days").filter(pl.col("campaign_id") == campaign_id)

    def uplift(self) -> Rows:
        """Return every variant beside its control arm over all campaigns. Raises as ``list`` does."""
        return self._marts.polars("uplift").to_dicts()

    def known_rate(self) -> tuple[float, int]:
        """Return the share of positive answers so far, and over how many people; the usual one while there are too few."""
        frame = self._published("experiments")
        people, positive = (int(frame[name].sum() or 0) for name in ("delivered", "positive")) if frame is not None else (0, 0)
        return (positive / people if positive and people >= self._rules.delivered_floor else USUAL_RATE), people

    def monthly(self) -> int:
        """Return how many people were delivered to in the last thirty days on which anything was sent."""
        frame = self._published("experiment_days")
        if frame is None or frame.is_empty():
            return 0
        daily = pl.col("delivered").diff().fill_null(pl.col("delivered")).over("campaign_id", "variant")
        recent = pl.col("day") > pl.col("day").max() - MONTH
        return int(frame.sort("day").with_columns(daily).filter(recent)["delivered"].sum() or 0)

    def plan(
        self,
        *,
        lift: float = 2.0,
        power: float = 0.8,
        rate: float | None = None,
        arms: int = 2,
        control_share: float | None = None,
        monthly: int | None = None,
    ) -> Plan:
        """Return how many people an experiment needs and how long that takes at the present volume.

        Args:
            lift: how many times as many positive answers shall be found.
            power: chance of finding that.
            rate: positive answers over delivered in the reference; what is known so far if absent.
            arms: arms in all.
            control_share: share of people in the control arm; alike if absent.
            monthly: messages a month; those of the last thirty days if absent.

        Raises:
            InputError: a figure makes no sense.
        """
        volume = self.monthly() if monthly is None else monthly
        expected = self.known_rate()[0] if rate is None else rate
        known = None if monthly is None and not volume else volume
        return plan(expected, lift, power=power, arms=arms, reference_share=control_share, monthly=known)

    def _published(self, name: str) -> pl.DataFrame | None:
        return self._marts.polars(name) if self._marts.published_at(name) else None

    def _experiment(self, rows: Rows) -> Experiment:
        names = ArmReading.__dataclass_fields__
        arms = tuple(ArmReading(**{name: row[name] for name in names}) for row in rows)
        first: Mapping[str, Any] = rows[0]
        reference = next((arm.variant for arm in arms if arm.is_reference), "")
        headline, advice = told(arms, reference)
        return Experiment(
            campaign_id=first["campaign_id"],
            campaign=first["campaign"],
            pack=f"{first['pack']} {first['pack_version']}",
            reference=reference,
            arms=arms,
            headline=headline,
            advice=advice,
            warnings=tuple(warnings(arms)),
            published_at=self._marts.published_at("experiments") or datetime.fromtimestamp(0, UTC),
        )


def told(arms: tuple[ArmReading, ...], reference: str) -> tuple[str, str]:
    """Return what is known of an experiment and what to do, in a sentence each."""
    others = [arm for arm in arms if not arm.is_reference]
    harmful = [arm for arm in others if arm.harm_verdict == "worse"]
    if harmful:
        names = _names(harmful)
        return f"{names} drives more people away than '{reference}'.", f"Stop writing {names}, whatever else it brings."
    better = [arm for arm in others if arm.verdict == "better"]
    if better:
        best = max(better, key=lambda arm: arm.positive_rate or 0)
        least = f"at least {best.ratio_low:.2g} times" if best.ratio_low and best.ratio_low > 1 else "more than"
        sentence = f"'{best.variant}' is answered with interest {least} as often as '{reference}'."
        return sentence.replace("more than as often as", "more often than"), f"Write to everybody with '{best.variant}'."
    worse = [arm for arm in others if arm.verdict == "worse"]
    rest = [arm for arm in others if arm.verdict != "worse"]
    if worse and not rest:
        return f"{_names(worse)} is answered with interest less often than '{reference}'.", f"Go on with '{reference}'."
    dropped = f" Drop {_names(worse)}." if worse else ""
    return _open(rest, reference, dropped)


def _open(arms: list[ArmReading], reference: str, dropped: str) -> tuple[str, str]:
    short = [arm.needed for arm in arms if arm.verdict == "not_enough_data" and arm.needed]
    if short and any(_never(arm) for arm in arms if arm.verdict == "not_enough_data"):
        return TOO_SMALL[0], f"{TOO_SMALL[1]}{dropped}"
    if short:
        return "Not enough data.", f"Deliver about {max(short):,} more per arm before anything is judged.{dropped}"
    needed = [arm.needed for arm in arms if arm.needed]
    if needed:
        words = f"About {min(needed):,} more per arm will tell, if the difference is as large as it looks."
        return f"No difference to '{reference}' can be told yet.", f"Keep both. {words}{dropped}"
    return f"The arms are as good as alike with '{reference}'.", f"Keep the cheaper one and try something bolder.{dropped}"


def _never(arm: ArmReading) -> bool:
    """Whether an arm is short of more people than the coin dealt it: nothing that is still sent makes it enough."""
    return arm.dealt > 0 and (arm.needed or 0) > max(0, arm.dealt - arm.sent)


def warnings(arms: tuple[ArmReading, ...]) -> list[str]:
    """Say what weakens a comparison: arms that were not sent as they were dealt."""
    found = []
    crossed = sum(arm.crossed for arm in arms)
    if crossed:
        found.append(
            f"{crossed:,} people were sent another variant than the coin dealt them; they count in the arm they were dealt, "
            "which makes differences look smaller."
        )
    for arm in arms:
        if arm.uneven:
            found.append(
                f"Of '{arm.variant}' {arm.sent:,} of {arm.dealt:,} were sent, which differs from the reference by more than "
                "chance: review or checks stop one arm more often, so the people compared are no longer alike."
            )
    return found


def _names(arms: list[ArmReading]) -> str:
    return " and ".join(f"'{arm.variant}'" for arm in arms)
