"""The rooms in which drafts come to be: packs, campaigns, drafting, review, learning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from gtm_pipelines.settings import bundle_root
from gtm_pipelines.wiring import adapters, writers
from gtm_pipelines.wiring.lists import Lists

if TYPE_CHECKING:
    from gtm_pipelines.campaigns.service import CampaignService
    from gtm_pipelines.drafting.answers import AnswerService
    from gtm_pipelines.drafting.checks.checker import RuleChecker
    from gtm_pipelines.drafting.checks.service import GroundingService
    from gtm_pipelines.drafting.judging.calibration import CalibrationService
    from gtm_pipelines.drafting.judging.service import JudgingService
    from gtm_pipelines.drafting.learning.benchmark import BenchmarkService
    from gtm_pipelines.drafting.learning.examples import ExampleService
    from gtm_pipelines.drafting.learning.optimise import OptimiseService
    from gtm_pipelines.drafting.rewrites import RewriteService
    from gtm_pipelines.drafting.service import DraftingService
    from gtm_pipelines.drafting.voices import VoiceService
    from gtm_pipelines.packs.promotion import PromotionService
    from gtm_pipelines.packs.registry import PackRegistry
    from gtm_pipelines.packs.service import PackService
    from gtm_pipelines.review.service import ReviewService


@dataclass(frozen=True)
class Writing(Lists):
    """Packs, campaigns, drafts and what people make of them."""

    @cached_property
    def packs(self) -> PackRegistry:
        """The packs that come with the workbench and the user's own, in the home folder."""
        from gtm_pipelines.packs.registry import PackRegistry
        from gtm_pipelines.packs.releases import ReleaseBook

        folders = (bundle_root() / "prompt_packs", self.settings.home_path / "prompt_packs")
        return PackRegistry(folders, ReleaseBook(self.record))

    @cached_property
    def pack_versions(self) -> PackService:
        """Checks, compares and tries packs, and makes versions of them in the home folder."""
        from gtm_pipelines.packs.service import PackService

        own, people = self.settings.home_path / "prompt_packs", partial(writers.sample_people, self)
        return PackService(self.packs, own, writers.sample_writers(self), people, partial(writers.sample_person, self))

    @cached_property
    def promotions(self) -> PromotionService:
        """Which version of a pack counts, as people decided."""
        from gtm_pipelines.drafting.learning.proven import unproven
        from gtm_pipelines.packs.promotion import PromotionService

        return PromotionService(self.record, self.clock, self.packs, partial(unproven, self.record))

    @cached_property
    def campaigns(self) -> CampaignService:
        """Campaigns with their frozen targets."""
        from gtm_pipelines.campaigns.service import CampaignService

        settings = self.settings
        return CampaignService(self.record, self.clock, self.segments, self.packs, settings.mailboxes, self.verification)

    @cached_property
    def drafting(self) -> DraftingService:
        """Writes drafts: by mail merge from the pack, or by language models, as each campaign chose."""
        from gtm_pipelines.drafting.baseline import BaselineDrafter
        from gtm_pipelines.drafting.service import DraftingService

        baseline, model = BaselineDrafter(self.packs), partial(writers.model_drafter, self)
        mailboxes, chosen = self.settings.mailboxes, self.settings.drafting
        return DraftingService(
            self.record, self.clock, self.packs, mailboxes, baseline, model=model, ground=self.groundings.look,
            ahead_days=chosen.ahead_days,
        )  # fmt: skip

    @cached_property
    def answers(self) -> AnswerService:
        """Suggested answers to people who wrote back."""
        from gtm_pipelines.drafting.answers import AnswerService
        from gtm_pipelines.drafting.baseline import BaselineDrafter

        baseline, model = BaselineDrafter(self.packs), partial(writers.model_drafter, self) if self.settings.models else None
        boxes, look = self.settings.mailboxes, self.groundings.look
        chosen = self.settings.replies
        return AnswerService(
            self.record, self.clock, self.packs, boxes, baseline, model=model, ground=look,
            meeting_minutes=chosen.meeting_minutes, meeting_place=chosen.booking_url or "",
        )  # fmt: skip

    @cached_property
    def rewrites(self) -> RewriteService:
        """Instructions over chosen drafts, previewed before they are kept."""
        from gtm_pipelines.drafting.rewrites import RewriteService

        model = partial(writers.model_drafter, self)
        over = (self.record, self.clock, self.packs, self.settings.mailboxes)
        return RewriteService(*over, model, self.groundings.look, lambda: self.llm.order("writer"))

    @cached_property
    def voices(self) -> VoiceService:
        """How senders write, learnt from their mails."""
        from gtm_pipelines.drafting.voices import VoiceService

        return VoiceService(self.record, self.clock)

    @cached_property
    def examples(self) -> ExampleService:
        """What people decided, and what came of it, as examples to learn from."""
        from gtm_pipelines.drafting.learning.examples import ExampleService

        return ExampleService(self.record, self.clock, adapters.simulated(self.settings.mailboxes))

    @cached_property
    def optimisations(self) -> OptimiseService:
        """Attempts to better packs by what people made of their drafts."""
        from gtm_pipelines.drafting.learning.optimise import OptimiseService

        build, judge = partial(writers.program, self), partial(writers.judge_of, self)
        versions = self.pack_versions
        return OptimiseService(self.record, self.clock, self.llm, self.packs, versions, build, self.checker, judge)

    @cached_property
    def benchmarks(self) -> BenchmarkService:
        """Packs and models over held-out cases."""
        from gtm_pipelines.drafting.learning.benchmark import BenchmarkService

        models = [model.name for model in self.settings.models]
        build, judge = partial(writers.program, self), partial(writers.judge_of, self)
        return BenchmarkService(self.record, self.clock, self.llm, models, self.packs, build, self.checker, judge)

    @cached_property
    def review(self) -> ReviewService:
        """People's edits and decisions over drafts."""
        from gtm_pipelines.review.service import ReviewService

        return ReviewService(self.record, self.clock, self.settings.mailboxes, self.groundings)

    @cached_property
    def groundings(self) -> GroundingService:
        """What rules find in drafts, and the evidence behind their words."""
        from gtm_pipelines.drafting.checks.service import GroundingService

        return GroundingService(self.record, self.clock, self.checker, writers.materials(self))

    @cached_property
    def judging(self) -> JudgingService:
        """Scores drafts, by counting or by a model."""
        from gtm_pipelines.drafting.judging.service import JudgingService

        grounds, model = self.groundings, partial(writers.model_judge, self)
        return JudgingService(self.record, self.clock, grounds, model, lambda: self.llm, self.settings.drafting.concurrency)

    @cached_property
    def calibration(self) -> CalibrationService:
        """How far judges agree with what people decided and what readers answered."""
        from gtm_pipelines.drafting.judging.calibration import CalibrationService

        return CalibrationService(self.record, adapters.simulated(self.settings.mailboxes))

    @cached_property
    def checker(self) -> RuleChecker:
        """Looks at drafts by rule alone."""
        from gtm_pipelines.drafting.checks.checker import RuleChecker

        return RuleChecker(writers.rules(self.settings))
