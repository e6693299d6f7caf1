"""Throw a campaign's coins again and hold the recorded arms against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from gtm_pipelines.campaigns.assign import Member, deal_arms, seal
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.record import campaigns, targets


@dataclass(frozen=True)
class DealCheck:
    """Whether the recorded arms are those the coin dealt.

    Attributes:
        campaign: name of the campaign.
        seed: of its coins.
        people: its targets, those left out included: they were dealt to as well.
        moved: contacts whose recorded arm is not the one the seed deals.
        sealed: the arms agree with the seal kept when they were dealt; ``None`` where none was kept.
        arms: people by stratum and arm.
    """

    campaign: str
    seed: int
    people: int
    moved: tuple[str, ...]
    sealed: bool | None
    arms: Mapping[str, Mapping[str, int]]

    @property
    def holds(self) -> bool:
        """Nobody was moved from one arm to another since the deal."""
        return not self.moved and self.sealed is not False


def check_deal(connection: sa.Connection, workspace_id: str, held: Campaign) -> DealCheck:
    """Deal anew by the seed, shares and strata of a campaign, and compare.

    Mailboxes are not compared: a contact keeps the one that wrote before.
    """
    rows = targets.arms(connection, workspace_id, held.id)
    strata = {row["contact_id"]: row["stratum"] or _early_stratum(row) for row in rows}
    recorded = {row["contact_id"]: row["variant"] for row in rows}
    members = [Member(contact, stratum, None) for contact, stratum in strata.items()]
    hands = deal_arms(members, held.variants, held.mailboxes, held.seed, held.settings.control_share)
    kept = campaigns.seal(connection, workspace_id, held.id)
    return DealCheck(
        campaign=held.name,
        seed=held.seed,
        people=len(recorded),
        moved=tuple(sorted(contact for contact, arm in recorded.items() if hands[contact].variant != arm)),
        sealed=None if kept is None else kept == seal(recorded.items()),
        arms=_counted(strata, recorded),
    )


def _early_stratum(row: sa.RowMapping) -> str:
    """Return the stratum of a target made before strata were kept; nobody had left a campaign later by then."""
    reason = row["status_reason"] if row["updated_at"] == row["created_at"] else None
    return f"{row['snapshot'].get('language')}:{reason or 'active'}"


def _counted(strata: Mapping[str, str], arms: Mapping[str, str]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for contact, stratum in strata.items():
        counts.setdefault(stratum, Counter())[arms[contact]] += 1
    return {stratum: dict(sorted(counts[stratum].items())) for stratum in sorted(counts)}
