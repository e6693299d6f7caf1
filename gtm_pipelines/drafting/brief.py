"""What is the same for every draft of a campaign, and what a run counts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from gtm_pipelines.campaigns.model import CampaignSettings, Target, variant_of_step
from gtm_pipelines.drafting.model import DraftFailure, DraftReport, DraftRequest, Packs
from gtm_pipelines.drafting.store import Stored
from gtm_pipelines.drafting.thread import EMPTY, Thread
from gtm_pipelines.errors import NotFoundError, PolicyError, SettingsError
from gtm_pipelines.packs.model import Pack
from gtm_pipelines.record import campaigns, enrolments, targets
from gtm_pipelines.record import packs as pack_queries
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import MailboxSettings

SHOWN_FAILURES = 100
CONTROL = "baseline"
"""The variant that the baseline drafter writes, whoever writes the others."""


@dataclass(frozen=True)
class Brief:
    """What is the same for every draft of a campaign."""

    campaign_id: str
    name: str
    pack_version_id: str
    pack: Pack
    variants: tuple[str, ...]
    settings: CampaignSettings
    targets: int
    step: int = 1
    seed: int = 0

    @property
    def run_id(self) -> str:
        """What the budget of the campaign's drafting is counted over, however often it is taken up again."""
        return f"drafts-{self.campaign_id}"

    def by_model(self, request: DraftRequest) -> bool:
        """Whether a model writes this mail; whoever was dealt the control arm gets merged mail to the end."""
        control = request.variant if self.step == 1 else request.target.variant
        return self.settings.drafter == "model" and control != CONTROL

    def wanted(self, batch: Iterable[Target]) -> list[tuple[Target, str]]:
        """Return every mail that is to be written for a batch: of a later one the variant of the coin, and no other."""
        if self.step > 1:
            return [(target, variant_of_step(self.seed, self.step, target.contact_id, self.variants)) for target in batch]
        dealt = self.settings.write == "dealt"
        return [(target, one) for target in batch for one in self.variants if not dealt or one == target.variant]

    def request(
        self, target: Target, variant: str, mailboxes: Mapping[str, MailboxSettings], thread: Thread = EMPTY
    ) -> DraftRequest:
        """Return what a drafter is asked."""
        return DraftRequest(target, variant, self.pack, mailboxes[target.mailbox], self.settings, self.step, thread)


def load(record: Record, packs: Packs, mailboxes: Collection[str], campaign: str) -> Brief:
    """Return the brief of a campaign, by name or id.

    Raises:
        NotFoundError: there is no such campaign.
        PolicyError: the campaign is over.
        SettingsError: a mailbox of the campaign is no longer configured.
    """
    workspace = record.workspace_id
    with record.read() as connection:
        row = campaigns.find(connection, workspace, campaign)
        if row is None:
            raise NotFoundError(f"No campaign is called '{campaign}'. 'gtm campaign list' shows those there are.")
        kept = pack_queries.get(connection, workspace, row["pack_version_id"])
        total = targets.count_active(connection, workspace, row["id"])
    if row["status"] == "archived":
        raise PolicyError("campaign.over", f"Campaign '{row['name']}' is {row['status']}; nothing more is drafted for it.")
    missing = [name for name in row["mailboxes"] if name not in mailboxes]
    if missing:
        raise SettingsError(f"The campaign writes from {', '.join(missing)}, which is not configured. Add it to gtm.toml again.")
    pack = packs.revive(kept["manifest"]["files"], where=f"{kept['pack']}/{kept['version']}")
    settings = CampaignSettings.model_validate(row["settings"])
    return Brief(row["id"], row["name"], kept["id"], pack, tuple(row["variants"]), settings, total, seed=row["seed"])


def later(record: Record, packs: Packs, brief: Brief) -> list[Brief]:
    """Return the briefs of a campaign's second and further mails, each with its own pack, in order."""
    workspace, found = record.workspace_id, []
    with record.read() as connection:
        for row in enrolments.steps(connection, workspace, brief.campaign_id):
            kept = pack_queries.get(connection, workspace, row["pack_version_id"])
            pack = packs.revive(kept["manifest"]["files"], where=f"{kept['pack']}/{kept['version']}")
            variants = tuple(row["variants"]) or pack.variants
            found.append(replace(brief, pack_version_id=kept["id"], pack=pack, variants=variants, step=row["step"]))
    return found


@dataclass(frozen=True)
class Spent:
    """What calls of models have come to; ``cached`` of ``calls`` were free."""

    cost_usd: float = 0.0
    calls: int = 0
    cached: int = 0

    def less(self, before: Spent) -> Spent:
        """Return what came since."""
        return Spent(self.cost_usd - before.cost_usd, self.calls - before.calls, self.cached - before.cached)


@dataclass
class Tally:
    """What a run has come to so far."""

    targets: int = 0
    drafted: int = 0
    existing: int = 0
    excluded: set[str] = field(default_factory=set)
    reasons: Counter[str] = field(default_factory=Counter)
    failures: list[DraftFailure] = field(default_factory=list)
    stopped: str | None = None
    later: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, stored: Stored) -> None:
        """Count what was kept, from whichever thread."""
        with self._lock:
            self.drafted += stored.drafted
            self.existing += stored.overtaken
            self.excluded |= stored.excluded
            self.reasons.update(failure.reason_code for failure in stored.failures)
            self.failures.extend(stored.failures[: SHOWN_FAILURES - len(self.failures)])

    def report(self, spent: Spent) -> DraftReport:
        """Return the report of the run."""
        return DraftReport(
            targets=self.targets, drafted=self.drafted, existing=self.existing, failed=sum(self.reasons.values()),
            excluded=len(self.excluded), reasons=dict(self.reasons), failures=tuple(self.failures[:SHOWN_FAILURES]),
            cost_usd=spent.cost_usd, calls=spent.calls, cached=spent.cached, stopped=self.stopped, later=self.later,
        )  # fmt: skip
