"""What the demo does, by name: the lists, the segment, the campaign; and what it counts."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.errors import NotFoundError, SettingsError
from gtm_pipelines.record import companies, contacts
from gtm_pipelines.settings import Settings, bundle_root
from gtm_pipelines.workbench import Workbench

BY = "demo"
SEGMENT = "Decision makers in target industries"
CAMPAIGN = "Demo spring outreach"
PACK = "cold-email"
SAMPLES = ("companies.csv", "contacts.csv")

TITLES = (
    *("Chief", "CEO", "CTO", "CFO", "Founder", "Owner", "Head of", "Director", "VP"),
    *("директор", "основатель", "руководитель", "начальник"),
)
INDUSTRIES = (
    *("Logistics", "Manufacturing", "Retail", "Software", "Financial services"),
    *("Логистика", "Производство", "Розничная торговля", "Разработка ПО", "Финансовые услуги"),
)
FILTER: Mapping[str, Any] = {
    "all": [
        {"any": [{"field": "contact.position", "op": "contains", "value": title} for title in TITLES]},
        {"field": "company.industry", "op": "in", "value": list(INDUSTRIES)},
    ]
}
FROM_STATUS = (
    *("drafts", "approved", "sent", "delivered", "bounced"),
    *("replied", "positive", "auto_replies", "unsubscribed", "unknown"),
)


@dataclass(frozen=True)
class DemoTotals:
    """What the demo has come to, all of it read from the record and the sandbox's own ledger.

    Attributes:
        rejected: rows of the two lists that could not be used.
        targets: people frozen into the campaign, those who may not be written to included.
        lights: colour by campaign.
        duplicates_sent: mails the sandbox's server took more than once.
        unknown: messages of which nobody knows whether they left.
        imported_now, sent_now: what this very run added; nothing on a second run.
    """

    companies: int
    contacts: int
    rejected: int
    segment_members: int
    targets: int
    drafts: int
    approved: int
    sent: int
    delivered: int
    bounced: int
    replied: int
    positive: int
    auto_replies: int
    unsubscribed: int
    lights: Mapping[str, str]
    duplicates_sent: int
    unknown: int
    imported_now: int
    sent_now: int
    seconds: float


def put_samples_into_inbox(settings: Settings) -> list[Path]:
    """Copy the sample lists into the inbox folder, where the pipeline looks; return their paths."""
    settings.inbox_path.mkdir(parents=True, exist_ok=True)
    return [_copy_once(bundle_root() / "data" / "sample" / name, settings.inbox_path / name) for name in SAMPLES]


def _copy_once(sample: Path, place: Path) -> Path:
    if not place.exists() or place.read_bytes() != sample.read_bytes():
        shutil.copyfile(sample, place)
    return place


def ensure_campaign(workbench: Workbench) -> Campaign:
    """Return the demo's campaign, saving its segment and creating it where it is not there yet."""
    try:
        return workbench.campaigns.get(CAMPAIGN)
    except NotFoundError:
        mailboxes = sandbox_mailboxes(workbench.settings)
        segment = workbench.segments.save(SEGMENT, FILTER, by=BY, description="Who decides, where the sample sells.")
        return workbench.campaigns.create(CAMPAIGN, segment=segment.name, pack=PACK, mailboxes=mailboxes, by=BY)


def sandbox_mailboxes(settings: Settings) -> list[str]:
    """Return the mailboxes whose mail never leaves this machine; the demo writes from no other.

    Raises:
        SettingsError: there is none.
    """
    names = [mailbox.name for mailbox in settings.mailboxes if mailbox.sender == mailbox.collector == "sandbox"]
    if not names:
        raise SettingsError(
            "The demo writes from sandbox mailboxes only, and gtm.toml has none. Add one with sender and collector "
            "set to 'sandbox', or run the demo without this gtm.toml."
        )
    return names


def release(workbench: Workbench) -> Campaign:
    """Approve the recommended variant for everybody and release the campaign, as a person would.

    A campaign that was released before is left as it is.
    """
    campaign = workbench.campaigns.get(CAMPAIGN)
    if campaign.released_at is None:
        workbench.review.approve_recommended(campaign.id, by=BY)
        if campaign.status == "drafting":
            workbench.campaigns.advance(campaign.id, "ready", by=BY)
        campaign = workbench.campaigns.release(campaign.id, by=BY)
    return campaign


def totals(workbench: Workbench, *, imported_now: int, sent_before: int, seconds: float) -> DemoTotals:
    """Count what the demo has come to."""
    from gtm_pipelines.delivery.sandbox.world import World

    status = workbench.campaigns.status(CAMPAIGN)
    world = World(workbench.settings.sandbox_path, workbench.settings.sandbox, workbench.clock.now)
    counted = {name: getattr(status, name) for name in FROM_STATUS}
    segment = workbench.segments.get(SEGMENT)
    return DemoTotals(
        companies=companies.count(workbench.record),
        contacts=contacts.count(workbench.record),
        rejected=_rejected(workbench),
        segment_members=workbench.segments.preview(segment.filter, limit=1).count,
        lights={metrics.campaign: metrics.light.colour for metrics in workbench.metrics.campaigns()},
        duplicates_sent=world.count().duplicates,
        imported_now=imported_now,
        sent_now=status.sent - sent_before,
        seconds=round(seconds, 1),
        targets=status.targets,
        **counted,
    )


def sent_so_far(workbench: Workbench) -> int:
    """Count the demo campaign's messages that have left; 0 where it is not there yet."""
    try:
        return workbench.campaigns.status(CAMPAIGN).sent
    except NotFoundError:
        return 0


def _rejected(workbench: Workbench) -> int:
    """Count the rejects of the newest import of each sample list."""
    newest: dict[str, int] = {}
    for batch in workbench.intake.batches(limit=200):
        if batch.file_name in SAMPLES:
            newest.setdefault(batch.file_name, batch.rejected)
    return sum(newest.values())
