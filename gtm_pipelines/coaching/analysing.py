"""'Analyse this campaign': one look, kept whole, set beside earlier ones; and the user's own rates, kept by the day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.coaching.findings import FindingService
from gtm_pipelines.coaching.looks import Looks, together
from gtm_pipelines.coaching.model import Analysis, Change
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.metrics.model import CampaignMetrics, FiguresMissingError
from gtm_pipelines.plain import plain
from gtm_pipelines.record import coaching as queries
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record

Difference = Callable[[int, int, int, int], tuple[float, float]]
"""The 95 % interval of one share less another."""


class AnalysisService:
    """Analyses campaigns.

    Args:
        record: where analyses are kept.
        clock: tells when.
        looks: the figures.
        findings: what rules see in them.
        difference: makes the interval between two shares.
    """

    def __init__(self, record: Record, clock: Clock, looks: Looks, findings: FindingService, difference: Difference) -> None:
        self._record, self._clock, self._looks, self._findings = record, clock, looks, findings
        self._difference = difference

    def analyse(self, campaign: str, *, by: str) -> Analysis:
        """Look at a campaign and keep what is seen: funnel, rates, light and findings, with the version of the rules.

        Raises:
            FiguresMissingError: there are no figures for it.
        """
        campaigns = self._looks.campaigns()
        one = next((c for c in campaigns if campaign in (c.campaign, c.campaign_id)), None)
        if one is None:
            known = ", ".join(f"'{c.campaign}'" for c in campaigns) or "none"
            raise FiguresMissingError(
                f"There are no figures for a campaign '{campaign}' (known: {known}). Run 'gtm metrics refresh' if it is new."
            )
        content, now, workspace = self._content(one), self._clock.now(), self._record.workspace_id
        with self._record.write() as connection:
            made = queries.add_analysis(
                connection, workspace, one.campaign_id, content, by=by, figures_at=one.published_at, at=now
            )
            queries.set_own_rates(connection, workspace, _own(campaigns), on=now.date(), at=now)
            add_audit(
                connection, workspace, actor=by, action="coach.analyse", subject_type="campaign", subject_id=one.campaign_id,
                at=now, detail={"analysis_id": made},
            )  # fmt: skip
        return self.get(made)

    def kept(self, campaign: str | None = None) -> list[Analysis]:
        """Return kept analyses, newest first; of one campaign, by name or id, if it is named."""
        found = [_analysis(row) for row in queries.analyses(self._record)]
        return [one for one in found if campaign in (None, one.campaign, one.campaign_id)]

    def get(self, analysis_id: str) -> Analysis:
        """Return one by id.

        Raises:
            NotFoundError: there is none of that id.
        """
        for one in self.kept():
            if one.id == analysis_id:
                return one
        raise NotFoundError(f"There is no analysis '{analysis_id}'. 'gtm coach analyses' shows those there are.")

    def forget(self, analysis_id: str, *, by: str) -> None:
        """Delete a kept analysis. Raises as ``get`` does."""
        held = self.get(analysis_id)
        with self._record.write() as connection:
            queries.forget_analysis(connection, self._record.workspace_id, held.id)
            add_audit(
                connection, self._record.workspace_id, actor=by, action="coach.forget_analysis", subject_type="campaign",
                subject_id=held.campaign_id, at=self._clock.now(), detail={"analysis_id": held.id},
            )  # fmt: skip

    def changes(self, before: Analysis, after: Analysis) -> list[Change]:
        """Return what came between two analyses of a campaign, set beside what was before, with its 95 % interval."""
        earlier, later = (_rates(one.content) for one in (before, after))
        found = []
        for name in later:
            if name not in earlier:
                continue
            (part, whole), (part_now, whole_now) = earlier[name], later[name]
            came = part_now - part, whole_now - whole
            if min(came) < 0 or came[0] > came[1]:
                continue  # answers that came late, or rows that were erased: what came between is no share
            low, high = self._difference(*came, part, whole)
            found.append(Change(name, (part, whole), (part_now, whole_now), low, high))
        return found

    def _content(self, one: CampaignMetrics) -> dict[str, Any]:
        findings = self._findings.list(one.campaign_id)
        measures = [plain(m) | {"enough": m.enough, "needed": m.needed} for m in one.measures]
        light = {name: plain(getattr(one.light, name)) for name in ("colour", "headline", "advice", "reasons", "needed")}
        return {
            "rules": self._findings.book.version, "light": light, "funnel": asdict(one.funnel), "measures": measures,
            "findings": plain(findings),
        }  # fmt: skip


def _own(campaigns: Sequence[CampaignMetrics]) -> list[tuple[str, str, int, int]]:
    """Return the rates over all campaigns, and each campaign's own, as rows to keep."""
    rows = [
        (name, "all", one.part or 0, one.whole or 0)
        for name, one in together(campaigns).items()
        if one.unit == "share" and one.whole
    ]
    rows += [
        (m.name, f"campaign:{c.campaign_id}", m.numerator, m.denominator) for c in campaigns for m in c.measures if m.denominator
    ]
    return rows


def _rates(content: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    return {m["name"]: (int(m["numerator"]), int(m["denominator"])) for m in content["measures"]}


def _analysis(row: Any) -> Analysis:
    return Analysis(
        row.id, row.campaign_id, row.campaign, row.number, row.content, row.created_by, row.figures_at, row.created_at
    )
