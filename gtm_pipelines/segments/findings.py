"""What segments answer: pages of people, why one is in or out, what changed, which campaigns overlap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from gtm_pipelines.segments.model import Entity, SegmentVersion


@dataclass(frozen=True)
class ContactRow:
    """One contact of a preview."""

    id: str
    full_name: str | None
    email: str | None
    position: str | None
    company_id: str | None
    company_name: str | None
    country: str | None
    industry: str | None
    language: str | None
    do_not_contact: bool
    last_outreach_at: datetime | None
    last_reply_class: str | None


@dataclass(frozen=True)
class CompanyRow:
    """One company of a preview."""

    id: str
    name: str
    domain: str | None
    country: str | None
    city: str | None
    industry: str | None
    employee_count: int | None
    segment: str | None
    status: str | None


@dataclass(frozen=True)
class SegmentPreview:
    """How many a filter matches and one page of them, in order of arrival.

    The next page begins after the last row's id: asking for it so takes as long at the end as at the start.
    """

    entity: Entity
    count: int
    rows: tuple[ContactRow | CompanyRow, ...]
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """One comparison, and whether a person meets it; ``value`` is what the person has there."""

    sentence: str
    holds: bool
    value: Any

    @property
    def held(self) -> str:
        """The value in words."""
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        if isinstance(self.value, datetime):
            return self.value.strftime("%Y-%m-%d %H:%M")
        return "nothing" if self.value in (None, "") else f'"{self.value}"'


@dataclass(frozen=True)
class GroupVerdict:
    """Comparisons joined by ``all``, ``any`` or ``none``, and whether a person meets them together."""

    kind: Literal["all", "any", "none"]
    holds: bool
    nodes: tuple[Verdict | GroupVerdict, ...]


@dataclass(frozen=True)
class Explanation:
    """Why a person is in or out.

    Attributes:
        contact_id: the person, or the one a merged person stands for now.
        name: of the person, or the address.
        matches: whether the filter takes the person.
        tree: every condition with its verdict.
        because: the comparisons that decide: those that fail where the person is out, those that hold where in.
    """

    contact_id: str
    name: str
    matches: bool
    tree: GroupVerdict
    because: tuple[Verdict, ...]


@dataclass(frozen=True)
class Overlap:
    """A campaign, and how many of the people it may still write to, or has written to."""

    campaign_id: str
    name: str
    status: str
    people: int


@dataclass(frozen=True)
class Overlaps:
    """How many people are in campaigns that may still write to them, and in which; and whom others wrote to just now.

    Attributes:
        people: in at least one open campaign.
        campaigns: the open ones.
        recent_people: written to within ``gap_days`` by a campaign that is over: they are left in peace until then.
        recent: the campaigns that are over and wrote to them.
        gap_days: least days between two messages to one contact, over all campaigns.
    """

    people: int
    campaigns: tuple[Overlap, ...]
    recent_people: int = 0
    recent: tuple[Overlap, ...] = ()
    gap_days: int = 0


@dataclass(frozen=True)
class SegmentDiff:
    """What changed between two versions: conditions in words, and people now.

    Attributes:
        before: the one version.
        after: the other.
        removed: conditions that only ``before`` has.
        added: conditions that only ``after`` has.
        stay: how many both match.
        leaving: how many only ``before`` matches.
        coming: how many only ``after`` matches.
        leaving_sample: some of them.
        coming_sample: some of them.
    """

    before: SegmentVersion
    after: SegmentVersion
    removed: tuple[str, ...]
    added: tuple[str, ...]
    stay: int
    leaving: int
    coming: int
    leaving_sample: tuple[ContactRow | CompanyRow, ...]
    coming_sample: tuple[ContactRow | CompanyRow, ...]
