"""Write mails of a pack to sample people, for a simulation: with the same drafters that write for campaigns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gtm_pipelines.campaigns.model import CampaignSettings, Target
from gtm_pipelines.drafting.model import Drafter, DraftFailure, DraftRefusedError, DraftRequest, DraftText
from gtm_pipelines.ids import new_id
from gtm_pipelines.packs.model import Pack, Sample, Simulated
from gtm_pipelines.settings import MailboxSettings

if TYPE_CHECKING:
    from gtm_pipelines.drafting.programs.writer import ModelDrafter
    from gtm_pipelines.drafting.store import Written

NOBODY = "simulation"


class MergedSamples:
    """Merges the templates of a pack.

    Args:
        drafter: what merges.
        mailbox: who signs.
    """

    name = "baseline"

    def __init__(self, drafter: Drafter, mailbox: MailboxSettings) -> None:
        self._drafter, self._mailbox = drafter, mailbox

    def write(self, pack: Pack, jobs: Sequence[tuple[str, Sample]]) -> list[Simulated]:
        """Return one mail a job."""
        return [self._one(request) for request in requests(pack, jobs, self._mailbox, "baseline")]

    def _one(self, request: DraftRequest) -> Simulated:
        try:
            return shown(self._drafter.write(request))
        except DraftRefusedError as error:
            return Simulated(refusal=(error.reason_code, error.reason))


class ModelSamples:
    """Has models write by the instructions of a pack. Calls are real, counted and on record.

    Args:
        drafter: makes what asks models.
        mailbox: who signs.
    """

    name = "model"

    def __init__(self, drafter: Callable[[], ModelDrafter], mailbox: MailboxSettings) -> None:
        self._drafter, self._mailbox = drafter, mailbox
        self._run = new_id()  # a run of its own, so that the cap of one run holds for one trial

    def write(self, pack: Pack, jobs: Sequence[tuple[str, Sample]]) -> list[Simulated]:
        """Return one mail a job."""
        from gtm_pipelines.drafting.brief import Brief

        wanted = requests(pack, jobs, self._mailbox, "model")
        settings = wanted[0].settings
        brief = Brief(self._run, NOBODY, NOBODY, pack, pack.variants, settings, len(wanted))
        made: dict[tuple[str, str], Simulated] = {}

        def keep(written: list[Written]) -> None:
            for one in written:
                made[one.request.variant, one.request.target.id] = shown(one.outcome)

        stopped = self._drafter().write(brief, [wanted], keep)
        left = Simulated(refusal=("stopped", stopped or "It was not written."))
        return [made.get((request.variant, request.target.id), left) for request in wanted]


def requests(pack: Pack, jobs: Sequence[tuple[str, Sample]], mailbox: MailboxSettings, drafter: str) -> list[DraftRequest]:
    """Return what a drafter is asked for sample people."""
    settings = CampaignSettings.model_validate({"drafter": drafter})
    return [DraftRequest(_target(sample, variant, mailbox), variant, pack, mailbox, settings) for variant, sample in jobs]


def shown(outcome: DraftText | DraftFailure) -> Simulated:
    """Return what came of one request."""
    if isinstance(outcome, DraftFailure):
        return Simulated(refusal=(outcome.reason_code, outcome.reason))
    return Simulated(outcome.subject, outcome.body, tuple(warning.rule for warning in outcome.warnings))


def _target(sample: Sample, variant: str, mailbox: MailboxSettings) -> Target:
    person, company = sample.snapshot.get("contact") or {}, sample.snapshot.get("company") or {}
    return Target(
        id=str(person.get("id") or sample.name), campaign_id=NOBODY, contact_id=str(person.get("id") or sample.name),
        company_id=company.get("id"), recipient=person.get("email"), mailbox=mailbox.name, variant=variant,
        language=sample.language, snapshot=sample.snapshot, status="active", status_reason=None,
    )  # fmt: skip
