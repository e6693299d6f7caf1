"""What rules are held against: the figures of campaigns, routes, segments, experiments, mailboxes and the workspace.

Everything comes from the services that the pages show; nothing is counted here a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gtm_pipelines.coaching.model import Reading, Work
from gtm_pipelines.coaching.ports import Mailbox
from gtm_pipelines.metrics.model import CampaignMetrics, measure

Readings = Mapping[str, Reading]


@dataclass(frozen=True)
class Subject:
    """One thing that rules look at.

    Attributes:
        of: its name, as people know it.
        source: where its figures come from.
        page: the page that shows them.
        targets: how many people a campaign has, for the benchmark of its size.
    """

    of: str
    readings: Readings
    source: str
    page: str
    campaign_id: str | None = None
    targets: int | None = None


def rated(name: str, part: int, whole: int) -> Reading:
    """Return a share with its 95 % interval, as the metrics make it."""
    found = measure(name, part, whole, 0)
    return Reading(name, part, whole, found.low, found.high)


def counted(name: str, number: float) -> Reading:
    """Return a count."""
    return Reading(name, number=number)


def of_campaign(one: CampaignMetrics, waiting: int) -> Subject:
    """Return a campaign's rates and counts.

    Args:
        one: its figures.
        waiting: its people whose mail waits for a decision, counted in the record.
    """
    funnel = one.funnel
    found = [Reading(m.name, m.numerator, m.denominator, m.low, m.high) for m in one.measures]
    found += [
        rated("interest_share", funnel.positive, funnel.replied),
        rated("excluded_share", funnel.excluded, funnel.targets + funnel.excluded),
        counted("targets", funnel.targets),
        counted("sent", funnel.sent),
        counted("unknown_messages", funnel.unknown),
        counted("waiting_review", waiting),
    ]
    source = f"campaign_funnel, {one.published_at:%Y-%m-%d %H:%M} UTC"
    readings = {reading.name: reading for reading in found}
    return Subject(one.campaign, readings, source, "overview", one.campaign_id, funnel.targets)


def of_routes(rows: Sequence[Mapping[str, Any]], source: str) -> Iterator[Subject]:
    """Yield every way from a mailbox to a class of recipients."""
    for row in rows:
        bounced = rated("bounce_rate", row["bounced"] + row["refused"], row["sent"] + row["refused"])
        yield Subject(f"{row['mailbox']} → {row['domain_class']}", {"bounce_rate": bounced}, source, "deliverability")


def of_segments(rows: Sequence[Mapping[str, Any]], source: str) -> Iterator[Subject]:
    """Yield every segment beside all the others together: ahead where the intervals do not meet."""
    replied, delivered = (sum(row[name] for row in rows) for name in ("replied", "delivered"))
    for row in rows:
        own = rated("reply_rate", row["replied"], row["delivered"])
        rest = rated("reply_rate", replied - row["replied"], delivered - row["delivered"])
        ahead = bool(rest.whole) and (own.low or 0) > (rest.high or 1)
        found = {"reply_rate": own, "ahead": Reading("ahead", word="yes" if ahead else "no")}
        yield Subject(f"{row['segment']} v{row['segment_version']}", found, source, "segments")


def of_experiments(experiments: Sequence[Any]) -> Iterator[Subject]:
    """Yield every arm of an experiment but the reference."""
    for one in experiments:
        source = f"experiments, {one.published_at:%Y-%m-%d %H:%M} UTC"
        for arm in one.arms:
            if arm.is_reference:
                continue
            found = {
                "positive_reply_rate": rated("positive_reply_rate", arm.positive, arm.delivered),
                "arm_verdict": Reading("arm_verdict", word=arm.verdict),
                "harm_verdict": Reading("harm_verdict", word=arm.harm_verdict),
            }
            if arm.needed is not None:
                found["arm_needed"] = counted("arm_needed", arm.needed)
            yield Subject(f"{one.campaign} · {arm.variant}", found, source, "experiments", one.campaign_id)


def of_mailboxes(mailboxes: Sequence[Mailbox]) -> Iterator[Subject]:
    """Yield every mailbox of the settings."""
    for box in mailboxes:
        found = {
            "mailbox_status": Reading("mailbox_status", word=box.status),
            "mailbox_checks": Reading("mailbox_checks", word=box.worst),
        }
        yield Subject(box.name, found, "mailboxes", "mailboxes")


def of_workspace(work: Work, published: datetime | None, now: datetime) -> Subject:
    """Return what waits in the whole workspace."""
    counts = {"to_answer": work.to_answer, "unmatched": work.unmatched, "doubles": work.doubles}
    found = {name: counted(name, number) for name, number in counts.items()}
    if published is not None:
        found["figures_age"] = counted("figures_age", int((now - published).total_seconds() // 3600))
    return Subject("", found, "record", "overview")
