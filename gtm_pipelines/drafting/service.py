"""Drafting: every variant for every active target, in batches that can be stopped and resumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from gtm_pipelines.campaigns.model import CampaignSettings, Target
from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting.model import Drafter, DraftFailure, DraftRefusedError, DraftReport, DraftRequest, Packs
from gtm_pipelines.drafting.store import Origin, Written, store
from gtm_pipelines.errors import NotFoundError, PolicyError, SettingsError
from gtm_pipelines.packs.model import Pack
from gtm_pipelines.record import campaigns, drafts, targets
from gtm_pipelines.record import packs as pack_queries
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import MailboxSettings

Progress = Callable[[int, int | None], None]
BATCH = 200
SHOWN_FAILURES = 100


@dataclass
class _Tally:
    targets: int = 0
    drafted: int = 0
    existing: int = 0
    excluded: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    failures: list[DraftFailure] = field(default_factory=list)

    def report(self) -> DraftReport:
        return DraftReport(
            targets=self.targets,
            drafted=self.drafted,
            existing=self.existing,
            failed=sum(self.reasons.values()),
            excluded=self.excluded,
            reasons=dict(self.reasons),
            failures=tuple(self.failures[:SHOWN_FAILURES]),
        )


@dataclass(frozen=True)
class _Brief:
    """What is the same for every draft of a campaign."""

    campaign_id: str
    pack_version_id: str
    pack: Pack
    variants: tuple[str, ...]
    settings: CampaignSettings


class DraftingService:
    """Writes drafts of a campaign with one drafter.

    Args:
        record: the record.
        clock: the clock.
        packs: what revives the pack a campaign was created with.
        mailboxes: the configured sender identities.
        drafter: what writes.
    """

    def __init__(
        self, record: Record, clock: Clock, packs: Packs, mailboxes: Sequence[MailboxSettings], drafter: Drafter
    ) -> None:
        self._record = record
        self._clock = clock
        self._packs = packs
        self._mailboxes = {mailbox.name: mailbox for mailbox in mailboxes}
        self._drafter = drafter

    def draft(self, campaign: str, *, progress: Progress | None = None) -> DraftReport:
        """Write every draft that is missing; those that exist stay as they are.

        Each batch is committed on its own, so a stopped run goes on where it was. What
        cannot be drafted is recorded with its reason and tried again the next time.

        Raises:
            NotFoundError: there is no such campaign.
            PolicyError: the campaign is over.
            SettingsError: a mailbox of the campaign is no longer configured.
        """
        brief, total = self._brief(campaign)
        tally = _Tally()
        for batch in self._batches(brief.campaign_id):
            self._draft_batch(brief, batch, tally)
            if progress:
                progress(tally.targets, total)
        return tally.report()

    def _brief(self, campaign: str) -> tuple[_Brief, int]:
        workspace = self._record.workspace_id
        with self._record.read() as connection:
            row = campaigns.find(connection, workspace, campaign)
            if row is None:
                raise NotFoundError(f"No campaign is called '{campaign}'. 'gtm campaign list' shows those there are.")
            kept = pack_queries.get(connection, workspace, row["pack_version_id"])
            total = targets.count_active(connection, workspace, row["id"])
        if row["status"] == "archived":
            raise PolicyError("campaign.over", f"Campaign '{row['name']}' is {row['status']}; nothing more is drafted for it.")
        missing = [name for name in row["mailboxes"] if name not in self._mailboxes]
        if missing:
            raise SettingsError(
                f"The campaign writes from {', '.join(missing)}, which is not configured. Add it to gtm.toml again."
            )
        pack = self._packs.revive(kept["manifest"]["files"], where=f"{kept['pack']}/{kept['version']}")
        settings = CampaignSettings.model_validate(row["settings"])
        return _Brief(row["id"], kept["id"], pack, tuple(row["variants"]), settings), total

    def _batches(self, campaign_id: str) -> Iterator[list[Target]]:
        after = ""
        while True:
            with self._record.read() as connection:
                rows = targets.active_after(connection, self._record.workspace_id, campaign_id, after=after, limit=BATCH)
            if not rows:
                return
            yield [Target.of(row) for row in rows]
            after = rows[-1]["id"]

    def _draft_batch(self, brief: _Brief, batch: list[Target], tally: _Tally) -> None:
        ids = [target.id for target in batch]
        with self._record.read() as connection:
            there = drafts.existing(connection, self._record.workspace_id, ids)
        wanted = [(target, variant) for target in batch for variant in brief.variants]
        written = [self._write(brief, target, variant) for target, variant in wanted if (target.id, variant) not in there]
        origin = Origin(
            self._record.workspace_id, brief.campaign_id, brief.pack_version_id, self._drafter.name, self._clock.now()
        )
        with self._record.write() as connection:
            stored = store(connection, origin, batch, written)
        tally.targets += len(batch)
        tally.drafted += stored.drafted
        tally.existing += len(there) + stored.overtaken
        tally.excluded += stored.excluded
        tally.reasons.update(failure.reason_code for failure in stored.failures)
        tally.failures.extend(stored.failures[: SHOWN_FAILURES - len(tally.failures)])

    def _write(self, brief: _Brief, target: Target, variant: str) -> Written:
        request = DraftRequest(target, variant, brief.pack, self._mailboxes[target.mailbox], brief.settings)
        try:
            return Written(request, self._drafter.write(request))
        except DraftRefusedError as error:
            return Written(request, DraftFailure(target.id, target.contact_id, variant, error.reason_code, error.reason))
