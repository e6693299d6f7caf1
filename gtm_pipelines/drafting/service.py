"""Drafting: every variant for every active target, by mail merge or by a model, in batches that can be stopped and resumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from gtm_pipelines.campaigns.model import Target
from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting.brief import Brief, Spent, Tally, load
from gtm_pipelines.drafting.model import (
    Drafter,
    DraftFailure,
    DraftRefusedError,
    DraftReport,
    DraftRequest,
    Packs,
    Story,
)
from gtm_pipelines.drafting.store import Ground, Origin, Written, store
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.record import drafts, targets, writing
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import MailboxSettings

if TYPE_CHECKING:
    from gtm_pipelines.drafting.programs.writer import ModelDrafter

Progress = Callable[[int, int | None], None]
BATCH = 200


class DraftingService:
    """Writes drafts of a campaign.

    Args:
        record: the record.
        clock: the clock.
        packs: what revives the pack a campaign was created with.
        mailboxes: the configured sender identities.
        drafter: what merges templates.
        model: makes what asks language models, when a campaign wants it.
        ground: looks by rule at what was written, and keeps what it finds.
    """

    def __init__(
        self, record: Record, clock: Clock, packs: Packs, mailboxes: Sequence[MailboxSettings], drafter: Drafter, *,
        model: Callable[[], ModelDrafter] | None = None, ground: Ground | None = None,
    ) -> None:  # fmt: skip
        self._record, self._clock, self._packs = record, clock, packs
        self._mailboxes = {mailbox.name: mailbox for mailbox in mailboxes}
        self._drafter, self._model, self._ground = drafter, model, ground

    def draft(self, campaign: str, *, progress: Progress | None = None) -> DraftReport:
        """Write every draft that is missing; those that exist stay as they are.

        What is written is committed as it comes, so a stopped run goes on where it was. What
        cannot be drafted is recorded with its reason and tried again the next time. Where models
        cannot be asked for longer than the settings wait, or a budget is used up, the run ends
        early and says so; everything that is left is listed with that reason.

        Raises:
            NotFoundError: there is no such campaign.
            PolicyError: the campaign is over.
            SettingsError: a mailbox of the campaign is no longer configured, or a model is wanted and there is none.
        """
        brief = load(self._record, self._packs, self._mailboxes, campaign)
        tally = Tally()
        before = self._spent(brief)
        if brief.settings.drafter == "model":
            self._by_model(brief, tally, progress)
        else:
            for batch, missing in self._pages(brief, tally):
                self._merge(brief, batch, missing, tally)
                if progress:
                    progress(tally.targets, brief.targets)
        return tally.report(self._spent(brief).less(before))

    def story(self, draft_id: str, revision: int | None = None) -> Story:
        """Return what every stage of a draft put out, and the calls it took; empty for a merged one."""
        with self._record.read() as connection:
            stages = writing.stages(connection, self._record.workspace_id, draft_id, revision)
            traces = {row["trace_id"] for row in stages if row["trace_id"]}
            calls = writing.calls(connection, self._record.workspace_id, traces)
        return Story(tuple(dict(row) for row in stages), tuple(dict(row) for row in calls))

    def failures(self, campaign: str) -> list[DraftFailure]:
        """Return everything that could not be drafted of a campaign, with its reason; drafting again tries it again."""
        brief = load(self._record, self._packs, self._mailboxes, campaign)
        with self._record.read() as connection:
            rows = writing.failures(connection, self._record.workspace_id, brief.campaign_id)
        names = ("target_id", "contact_id", "variant", "reason_code", "reason")
        return [DraftFailure(**{name: row[name] for name in names}) for row in rows]

    def _by_model(self, brief: Brief, tally: Tally, progress: Progress | None) -> None:
        if self._model is None:
            raise SettingsError("No language model is at hand. Add a [[models]] table to gtm.toml; see docs/settings.md.")
        total = brief.targets * (1 if brief.settings.write == "dealt" else len(brief.variants))

        def requests() -> Iterator[list[DraftRequest]]:
            for batch, missing in self._pages(brief, tally):
                self._merge(brief, batch, [one for one in missing if not brief.by_model(one.variant)], tally)
                if asked := [one for one in missing if brief.by_model(one.variant)]:
                    yield asked

        def keep(written: list[Written]) -> None:
            self._keep(
                brief, list({one.request.target.id: one.request.target for one in written}.values()), written, tally, "model"
            )
            if progress:
                progress(tally.drafted + tally.existing + sum(tally.reasons.values()), total)

        tally.stopped = self._model().write(brief, requests(), keep)

    def _pages(self, brief: Brief, tally: Tally) -> Iterator[tuple[list[Target], list[DraftRequest]]]:
        """Yield targets with the requests whose drafts are missing."""
        after, workspace = "", self._record.workspace_id
        while True:
            with self._record.read() as connection:
                rows = targets.active_after(connection, workspace, brief.campaign_id, after=after, limit=BATCH)
                there = drafts.existing(connection, workspace, [row["id"] for row in rows])
            if not rows:
                return
            batch, after = [Target.of(row) for row in rows], rows[-1]["id"]
            wanted = brief.wanted(batch)
            missing = [pair for pair in wanted if (pair[0].id, pair[1]) not in there]
            tally.targets += len(batch)
            tally.existing += len(wanted) - len(missing)
            yield batch, [brief.request(target, variant, self._mailboxes) for target, variant in missing]

    def _merge(self, brief: Brief, batch: list[Target], requests: list[DraftRequest], tally: Tally) -> None:
        """Merge the pack's templates."""
        written = [self._merged(request) for request in requests]
        self._keep(brief, batch, written, tally, self._drafter.name)

    def _merged(self, request: DraftRequest) -> Written:
        target = request.target
        try:
            return Written(request, self._drafter.write(request))
        except DraftRefusedError as error:
            failure = DraftFailure(target.id, target.contact_id, request.variant, error.reason_code, error.reason)
            return Written(request, failure)

    def _keep(self, brief: Brief, batch: list[Target], written: list[Written], tally: Tally, drafter: str) -> None:
        origin = Origin(self._record.workspace_id, brief.campaign_id, brief.pack_version_id, drafter, self._clock.now())
        with self._record.write() as connection:
            stored = store(connection, origin, batch, written)
        tally.add(stored)
        if self._ground is not None and stored.draft_ids:
            self._ground(stored.draft_ids)

    def _spent(self, brief: Brief) -> Spent:
        if brief.settings.drafter != "model":
            return Spent()
        with self._record.read() as connection:
            row = writing.cost(connection, self._record.workspace_id, brief.run_id)
        return Spent(row["cost_usd"], row["calls"], row["cached"])
