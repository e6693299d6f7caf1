"""What came of each campaign, read from the published marts: never a lock, never a guess."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.metrics import benchmarks
from gtm_pipelines.metrics.finish import counts
from gtm_pipelines.metrics.lights import measures
from gtm_pipelines.metrics.model import Benchmark, CampaignMetrics, FiguresMissingError, Funnel, Light, RefreshReport
from gtm_pipelines.settings import LightSettings
from gtm_pipelines.warehouse.marts import Marts
from gtm_pipelines.warehouse.service import Warehouse

Progress = Callable[[int, int | None], None]


class MetricsService:
    """Funnels, rates with intervals and lights.

    Args:
        marts: the published marts.
        warehouse: what ``refresh`` runs.
        rules: thresholds of the lights.
        known: benchmarks to set beside the rates.
        clock: what the length of a refresh is told by.
    """

    def __init__(
        self, marts: Marts, warehouse: Warehouse, rules: LightSettings, known: tuple[Benchmark, ...], clock: Clock
    ) -> None:
        self._marts = marts
        self._warehouse = warehouse
        self._rules = rules
        self._known = known
        self._clock = clock

    @property
    def benchmarks(self) -> tuple[Benchmark, ...]:
        """Every benchmark that is known, the user's own in place of those that come with the workbench."""
        return self._known

    def refresh(self, *, rebuild: bool = False, progress: Progress | None = None) -> RefreshReport:
        """Copy what is new in the record and publish every mart.

        Args:
            rebuild: delete the warehouse first and copy everything, as after a restore.
            progress: told how many tables and marts are done, of how many.

        Raises:
            TransientError: another process is writing the warehouse.
        """
        watch = self._clock.monotonic()
        tables, names = self._warehouse.tables, self._warehouse.mart_names
        total = len(tables) + len(names)
        if rebuild:
            self._warehouse.file.delete()
        report = self._warehouse.sync(progress=progress and (lambda done, _: progress(done, total)))
        built = self._warehouse.publish_all(progress and (lambda done, _: progress(len(tables) + done, total)))
        return RefreshReport({t.table: t.read for t in report.tables}, built, round(self._clock.monotonic() - watch, 3))

    def published_at(self) -> datetime | None:
        """Return when the figures were last published; ``None`` if they never were."""
        return self._marts.published_at("traffic_lights")

    def campaigns(self) -> list[CampaignMetrics]:
        """Return every campaign with its funnel, rates, light and fitting benchmarks, oldest first.

        Raises:
            MartMissingError: nothing has been published yet; the text says what to run.
        """
        lights = {row["campaign_id"]: row for row in self._marts.polars("traffic_lights").iter_rows(named=True)}
        funnels = self._marts.polars("campaign_funnel").iter_rows(named=True)
        published = self.published_at() or datetime.fromtimestamp(0, UTC)
        return [self._campaign(row, lights[row["campaign_id"]], published) for row in funnels if row["campaign_id"] in lights]

    def campaign(self, name_or_id: str) -> CampaignMetrics:
        """Return one campaign.

        Raises:
            FiguresMissingError: it is not among the published ones.
            MartMissingError: nothing has been published yet.
        """
        found = self.campaigns()
        for campaign in found:
            if name_or_id in (campaign.campaign, campaign.campaign_id):
                return campaign
        known = ", ".join(f"'{c.campaign}'" for c in found) or "none"
        raise FiguresMissingError(
            f"There are no figures for a campaign '{name_or_id}' (known: {known}). Run 'gtm metrics refresh' if it is new."
        )

    def light(self, name_or_id: str) -> Light:
        """Return the light of one campaign. Raises as ``campaign`` does."""
        return self.campaign(name_or_id).light

    def funnel(self, name_or_id: str) -> Funnel:
        """Return the funnel of one campaign. Raises as ``campaign`` does."""
        return self.campaign(name_or_id).funnel

    def _campaign(self, row: Mapping[str, Any], shown: Mapping[str, Any], published: datetime) -> CampaignMetrics:
        rates = measures(counts(shown), self._rules)
        light = Light(
            shown["colour"], shown["headline"], shown["advice"], tuple(shown["reasons"].splitlines()), shown["needed"], rates
        )
        return CampaignMetrics(
            campaign_id=row["campaign_id"],
            campaign=row["campaign"],
            status=row["status"],
            segment=f"{row['segment']} v{row['segment_version']}",
            pack=f"{row['pack']} {row['pack_version']}",
            funnel=Funnel(**{name: row[name] for name in Funnel.__dataclass_fields__ if name in row}),
            measures=rates,
            light=light,
            benchmarks=benchmarks.fitting(self._known, row["targets"]),
            first_sent_at=_aware(row["first_sent_at"]),
            last_sent_at=_aware(row["last_sent_at"]),
            published_at=published,
        )


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
