"""The read-only questions a coach may put to the services: a closed list, answered with figures that say what made them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gtm_pipelines.coaching.model import Figure, OwnRate, Unit, Work
from gtm_pipelines.coaching.ports import Counted, Experiments, Figures, Mailboxes, Tables
from gtm_pipelines.coaching.topics import Look
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.metrics.model import CampaignMetrics, Measure, measure
from gtm_pipelines.settings import LightSettings

MOST = 8
"""Campaigns, segments or texts told of in one answer."""
_FUNNEL = (
    "targets", "excluded", "drafted", "approved", "sent", "refused", "bounced", "delivered", "replied", "positive", "negative",
    "information_request", "other", "unsubscribed", "auto_replied", "complained",
)  # fmt: skip
Item = Mapping[str, Figure]


@dataclass(frozen=True)
class Seen:
    """What one question found: things with their figures, in order; ``of`` names each."""

    items: tuple[tuple[str, Item], ...] = ()
    campaigns: tuple[str, ...] = ()


class Looks:
    """Answers the closed list of questions; nothing here changes anything.

    Args:
        figures: campaigns.
        experiments: arms and plans.
        tables: published tables.
        mailboxes: how each is.
        counted: what waits, from the record.
        own_rates: the user's own rates as they were kept.
        lights: floors in force.
    """

    def __init__(
        self, figures: Figures, experiments: Experiments, tables: Tables, mailboxes: Mailboxes, counted: Counted,
        own_rates: Callable[[], Sequence[OwnRate]], lights: LightSettings,
    ) -> None:  # fmt: skip
        self._figures, self._experiments, self._tables = figures, experiments, tables
        self._mailboxes, self._counted, self._own, self._lights = mailboxes, counted, own_rates, lights

    def campaigns(self) -> list[CampaignMetrics]:
        """Return every campaign with figures, newest first; none where nothing was published yet."""
        try:
            return sorted(self._figures.campaigns(), key=lambda one: one.campaign_id, reverse=True)
        except NotFoundError:
            return []

    def look(self, question: Look, campaign: str | None = None, *, pooled: bool = False) -> Seen:
        """Answer one question.

        Args:
            question: one of the closed list.
            campaign: only this one's figures, where it asks about campaigns.
            pooled: with all campaigns together, where there is more than one.
        """
        if question in ("lights", "rates", "ranked", "funnel", "answers"):
            return self._of_campaigns(question, campaign, pooled=pooled)
        others: Mapping[str, Callable[[], Seen]] = {
            "segments": self._segments, "packs": self._packs, "experiments": lambda: self._arms(campaign), "plan": self._plan,
            "mailboxes": self._boxes, "routes": self._routes, "cost": self._cost, "lists": self._lists, "history": self._history,
            "waiting": self._waiting,
        }  # fmt: skip
        return others[question]() if question in others else Seen()

    def _of_campaigns(self, question: Look, campaign: str | None, *, pooled: bool) -> Seen:
        found = [one for one in self.campaigns() if campaign in (None, one.campaign, one.campaign_id)]
        sent = [one for one in found if one.funnel.sent] or found
        if question == "ranked":
            sent.sort(key=lambda one: (_reply(one).enough, _reply(one).rate or 0), reverse=True)
        items = [(one.campaign, figures_of(one)) for one in sent[:MOST]]
        if pooled and len(sent) > 1:
            items.insert(0, ("", together(sent)))
        return Seen(tuple(items), tuple(one.campaign for one in found))

    def _rows(self, table: str) -> tuple[list[dict[str, Any]], str]:
        try:
            rows = self._tables.polars(table).to_dicts()
        except NotFoundError:
            return [], ""
        published = self._figures.published_at()
        return rows, f"{table}, {published:%Y-%m-%d %H:%M} UTC" if published else table

    def _segments(self) -> Seen:
        rows, source = self._rows("segment_performance")
        named = [(f"{row['segment']} v{row['segment_version']}", row) for row in rows]
        return Seen(_by_replies(named, source, "segments", self._lights.delivered_floor))

    def _packs(self) -> Seen:
        rows, source = self._rows("pack_performance")
        named = [(f"{row['pack']} {row['pack_version']} · {row['variant']} · {row['language']}", row) for row in rows]
        return Seen(_by_replies(named, source, "packs", self._lights.delivered_floor))

    def _routes(self) -> Seen:
        rows, source = self._rows("deliverability")
        floor, items = self._lights.sent_floor, []
        for row in sorted(rows, key=lambda row: row["sent"], reverse=True)[:MOST]:
            of = f"{row['mailbox']} → {row['domain_class']}"
            found = measure("bounce_rate", row["bounced"] + row["refused"], row["sent"] + row["refused"], floor)
            items.append((of, {"bounce_rate": rate_figure(found, of, source, "deliverability")}))
        return Seen(tuple(items))

    def _arms(self, campaign: str | None) -> Seen:
        try:
            experiments = self._experiments.list()
        except NotFoundError:
            return Seen()
        items = []
        for one in experiments:
            if campaign not in (None, one.campaign, one.campaign_id):
                continue
            source = f"experiments, {one.published_at:%Y-%m-%d %H:%M} UTC"
            for arm in one.arms:
                of = f"{one.campaign} · {arm.variant}"
                rated = measure("positive_reply_rate", arm.positive, arm.delivered, self._lights.delivered_floor)
                verdict = Figure("arm_verdict", of, arm.verdict, "word", source=source, page="experiments")
                items.append((of, {"positive_reply_rate": rate_figure(rated, of, source, "experiments"), "arm_verdict": verdict}))
        return Seen(tuple(items[: 2 * MOST]))

    def _plan(self) -> Seen:
        try:
            plan = self._experiments.plan(lift=2.0)
        except InputError:
            return Seen()
        figures = {
            "plan_rate": Figure("plan_rate", "", plan.rate, "share", source="experiments", page="experiments"),
            "plan_lift": Figure("plan_lift", "", plan.lift, "times", source="experiments", page="experiments"),
            "plan_arm": _count("plan_arm", "", plan.arm, "experiments", "experiments"),
            "plan_total": _count("plan_total", "", plan.total, "experiments", "experiments"),
        }
        return Seen((("", figures),))

    def _boxes(self) -> Seen:
        items = []
        for box in self._mailboxes()[:MOST]:
            items.append((box.name, {
                "mailbox_status": Figure("mailbox_status", box.name, box.status, "word", source="mailboxes", page="mailboxes"),
                "mailbox_checks": Figure("mailbox_checks", box.name, box.worst, "word", source="mailboxes", page="mailboxes"),
                "mailbox_day": _count("mailbox_day", box.name, box.day, "mailboxes", "mailboxes"),
                "mailbox_cap": _count("mailbox_cap", box.name, box.daily_cap, "mailboxes", "mailboxes"),
            }))  # fmt: skip
        return Seen(tuple(items))

    def _cost(self) -> Seen:
        rows, source = self._rows("cost")
        if not rows:
            return Seen()
        spent, lost = (sum(float(row[name] or 0) for row in rows) for name in ("cost_usd", "lost_usd"))
        positive = sum(one.funnel.positive for one in self.campaigns())
        figures = {
            "cost_usd": _count("cost_usd", "", round(spent, 6), source, "overview", "usd"),
            "lost_usd": _count("lost_usd", "", round(lost, 6), source, "overview", "usd"),
            "positive": _count("positive", "", positive, source.replace("cost", "campaign_funnel"), "overview"),
        }
        return Seen((("", figures),))

    def _lists(self) -> Seen:
        work = self._counted()
        if not work.contacts and not work.companies:
            return Seen()
        share = rate_figure(measure("reachable_share", work.reachable, work.contacts, 0), "", "record", "contacts")
        return Seen((("", {"reachable_share": share, **_counts(work, ("contacts", "companies", "suppressed", "doubles"))}),))

    def _waiting(self) -> Seen:
        return Seen((("", _counts(self._counted(), ("to_answer", "unmatched", "unknown", "doubles"))),))

    def _history(self) -> Seen:
        items = []
        for one in [own for own in self._own() if own.metric == "reply_rate" and own.slice == "all"][-MOST:]:
            on = one.measured_on.isoformat()
            rated = measure("reply_rate", one.numerator, one.denominator, self._lights.delivered_floor)
            items.append((on, {"reply_rate": rate_figure(rated, on, "personal_benchmark", "coach")}))
        return Seen(tuple(items))


def figures_of(one: CampaignMetrics) -> dict[str, Figure]:
    """Return every figure of a campaign: its rates, its funnel, its light."""
    source = f"campaign_funnel, {one.published_at:%Y-%m-%d %H:%M} UTC"
    found = {m.name: rate_figure(m, one.campaign, source, "overview") for m in one.measures}
    found |= {name: _count(name, one.campaign, getattr(one.funnel, name), source, "overview") for name in _FUNNEL}
    return found | {"light": Figure("light", one.campaign, one.light.colour, "word", source=source)}


def together(campaigns: Sequence[CampaignMetrics]) -> dict[str, Figure]:
    """Return the rates and counts of several campaigns as one."""
    source = f"campaign_funnel, {max(one.published_at for one in campaigns):%Y-%m-%d %H:%M} UTC"
    found: dict[str, Figure] = {}
    for name in dict.fromkeys(m.name for one in campaigns for m in one.measures):
        same = [m for one in campaigns for m in one.measures if m.name == name]
        pooled = measure(name, sum(m.numerator for m in same), sum(m.denominator for m in same), same[0].floor)
        found[name] = rate_figure(pooled, "", source, "overview")
    counts = {name: sum(getattr(one.funnel, name) for one in campaigns) for name in _FUNNEL}
    return found | {name: _count(name, "", count, source, "overview") for name, count in counts.items()}


def rate_figure(one: Measure, of: str, source: str, page: str) -> Figure:
    """Return a rate as a figure that may be cited."""
    return Figure(
        one.name, of, one.rate, "share", one.numerator, one.denominator, one.low, one.high, one.floor or None, source, page
    )


def _by_replies(
    rows: Sequence[tuple[str, Mapping[str, Any]]], source: str, page: str, floor: int
) -> tuple[tuple[str, Item], ...]:
    found = [(of, measure("reply_rate", row["replied"], row["delivered"], floor)) for of, row in rows if row["delivered"]]
    found.sort(key=lambda one: (one[1].enough, one[1].rate or 0), reverse=True)
    return tuple((of, {"reply_rate": rate_figure(rated, of, source, page)}) for of, rated in found[:MOST])


def _counts(work: Work, names: Sequence[str]) -> dict[str, Figure]:
    return {name: _count(name, "", getattr(work, name), "record", "overview") for name in names}


def _count(name: str, of: str, value: float, source: str, page: str, unit: Unit = "count") -> Figure:
    return Figure(name, of, value, unit, source=source, page=page)


def _reply(one: CampaignMetrics) -> Measure:
    return next(m for m in one.measures if m.name == "reply_rate")
