"""Drafting: every variant for every active target, by mail merge or by a model, in batches that can be stopped and resumed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from gtm_pipelines.campaigns.model import Target
from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting import pages
from gtm_pipelines.drafting.brief import Brief, Spent, Tally, later, load
from gtm_pipelines.drafting.model import (
    Drafter,
    DraftFailure,
    DraftRefusedError,
    DraftReport,
    DraftRequest,
    Missing,
    Packs,
    Story,
)
from gtm_pipelines.drafting.pages import BATCH as BATCH
from gtm_pipelines.drafting.pages import Page
from gtm_pipelines.drafting.store import Ground, Origin, Written, store
from gtm_pipelines.errors import NotFoundError, SettingsError
from gtm_pipelines.record import campaigns, drafts, due, targets, writing
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.upsert import chunks
from gtm_pipelines.settings import MailboxSettings

if TYPE_CHECKING:
    from gtm_pipelines.drafting.programs.writer import ModelDrafter

Progress = Callable[[int, int | None], None]
AT_ONCE = 25
"""People whose mails are merged, looked at by rule and kept before it is said how far the work is."""
AHEAD_DAYS = 3.0
"""Time for a person to look at a later mail before it is due, and short enough that it knows of most answers."""


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
        ahead_days: how many days before it may leave a later mail is written.
    """

    def __init__(
        self, record: Record, clock: Clock, packs: Packs, mailboxes: Sequence[MailboxSettings], drafter: Drafter, *,
        model: Callable[[], ModelDrafter] | None = None, ground: Ground | None = None, ahead_days: float = AHEAD_DAYS,
    ) -> None:  # fmt: skip
        self._record, self._clock, self._packs = record, clock, packs
        self._mailboxes = {mailbox.name: mailbox for mailbox in mailboxes}
        self._drafter, self._model, self._ground, self._ahead_days = drafter, model, ground, ahead_days

    def draft(self, campaign: str, *, progress: Progress | None = None) -> DraftReport:
        """Write every draft that is missing; those that exist stay as they are.

        That is the first mail of everybody, and each later mail of a sequence, from what went before it, once it may
        leave within the days that the settings say. What is written is committed as it comes, so a stopped run goes
        on where it was. What cannot be drafted is recorded with its reason and tried again the next time. Where
        models cannot be asked for longer than the settings wait, or a budget is used up, the run ends early and says
        so; everything that is left is listed with that reason.

        ``progress`` is told how many drafts are written, or cannot be, out of how many were missing when it began.

        Raises:
            NotFoundError: there is no such campaign.
            PolicyError: the campaign is over.
            SettingsError: a mailbox of the campaign is no longer configured, or a model is wanted and there is none.
        """
        brief = load(self._record, self._packs, self._mailboxes, campaign)
        tally = Tally()
        before, missing = self._spent(brief), self.missing(brief.campaign_id)

        def told() -> None:
            if progress:
                progress(tally.drafted + sum(tally.reasons.values()), missing.first + missing.later)

        told()
        self._write(brief, pages.first(self._record, brief, self._mailboxes, tally), tally, told)
        by = self._clock.now() + timedelta(days=self._ahead_days)
        for one in later(self._record, self._packs, brief):
            if tally.stopped is None:
                self._write(one, pages.later(self._record, one, self._mailboxes, tally, by), tally, told)
        return tally.report(self._spent(brief).less(before))

    def missing(self, campaign: str) -> Missing:
        """Count what ``draft`` would write now, before anybody presses the button; nothing is written.

        Raises:
            NotFoundError: there is no such campaign.
        """
        campaign_id, first = self._record.kept(("drafting.missing", campaign), partial(self._first, campaign))
        by = self._clock.now() + timedelta(days=self._ahead_days)
        with self._record.read() as connection:
            return Missing(first, due.count_to_draft(connection, self._record.workspace_id, campaign_id, by))

    def _first(self, campaign: str) -> tuple[str, int]:
        """Return a campaign's id, and how many of its first mails are not written."""
        workspace = self._record.workspace_id
        with self._record.read() as connection:
            row = campaigns.find(connection, workspace, campaign)
            if row is None:
                raise NotFoundError(f"No campaign is called '{campaign}'. 'gtm campaign list' shows those there are.")
            dealt = row["settings"].get("write") == "dealt"
            wanted = targets.count_active(connection, workspace, row["id"]) * (1 if dealt else len(row["variants"]))
            return row["id"], wanted - drafts.count_first(connection, workspace, row["id"], dealt=dealt)

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
        names = ("target_id", "contact_id", "variant", "reason_code", "reason", "step")
        return [DraftFailure(**{name: row[name] for name in names}) for row in rows]

    def _write(self, brief: Brief, found: Iterator[Page], tally: Tally, told: Callable[[], None]) -> None:
        """Write what is missing of one step."""
        if brief.settings.drafter == "model":
            self._by_model(brief, found, tally, told)
            return
        for batch, missing in found:
            self._merge(brief, batch, missing, tally, told)

    def _by_model(self, brief: Brief, found: Iterator[Page], tally: Tally, told: Callable[[], None]) -> None:
        if self._model is None:
            raise SettingsError("No language model is at hand. Add a [[models]] table to gtm.toml; see docs/settings.md.")

        def requests() -> Iterator[list[DraftRequest]]:
            for batch, missing in found:
                self._merge(brief, batch, [one for one in missing if not brief.by_model(one)], tally, told)
                if asked := [one for one in missing if brief.by_model(one)]:
                    yield asked

        def keep(written: list[Written]) -> None:
            self._keep(
                brief, list({one.request.target.id: one.request.target for one in written}.values()), written, tally, "model"
            )
            told()

        tally.stopped = self._model().write(brief, requests(), keep)

    def _merge(
        self, brief: Brief, batch: list[Target], requests: list[DraftRequest], tally: Tally, told: Callable[[], None]
    ) -> None:
        """Merge the pack's templates, so few people at a time that somebody who waits sees it go on."""
        wanted: dict[str, list[DraftRequest]] = defaultdict(list)
        for request in requests:
            wanted[request.target.id].append(request)
        for some in chunks(batch, AT_ONCE):
            written = [self._merged(request) for target in some for request in wanted[target.id]]
            self._keep(brief, some, written, tally, self._drafter.name)
            told()

    def _merged(self, request: DraftRequest) -> Written:
        target = request.target
        try:
            return Written(request, self._drafter.write(request))
        except DraftRefusedError as error:
            why = (error.reason_code, error.reason)
            failure = DraftFailure(target.id, target.contact_id, request.variant, *why, request.step)
            return Written(request, failure)

    def _keep(self, brief: Brief, batch: list[Target], written: list[Written], tally: Tally, drafter: str) -> None:
        origin = Origin(
            self._record.workspace_id, brief.campaign_id, brief.pack_version_id, drafter, self._clock.now(), brief.step
        )
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
