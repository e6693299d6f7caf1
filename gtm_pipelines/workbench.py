"""The composition root: settings in, a workbench of services out.

With ``wiring`` the one place that names concrete adapters. Services are made when
first asked for, so a command pays only for the rooms it enters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from gtm_pipelines import wiring
from gtm_pipelines.clock import Clock, SystemClock
from gtm_pipelines.record.engine import Record, open_record
from gtm_pipelines.settings import Settings, bundle_root, load_settings, resolve_secret

if TYPE_CHECKING:
    from gtm_pipelines.campaigns.service import CampaignService
    from gtm_pipelines.delivery.service import DeliveryService
    from gtm_pipelines.delivery.suppression import SuppressionService
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
    from gtm_pipelines.enrichment.insights.service import InsightService
    from gtm_pipelines.enrichment.research import ResearchService
    from gtm_pipelines.enrichment.service import EnrichmentService
    from gtm_pipelines.enrichment.verification.service import VerificationService
    from gtm_pipelines.enrichment.web.reader import WebReader
    from gtm_pipelines.intake.listing import ListService
    from gtm_pipelines.intake.service import IntakeService
    from gtm_pipelines.jobs.service import JobService
    from gtm_pipelines.llm.service import LlmService
    from gtm_pipelines.matching.service import MatchingService
    from gtm_pipelines.metrics.reading import ExperimentService
    from gtm_pipelines.metrics.service import MetricsService
    from gtm_pipelines.packs.promotion import PromotionService
    from gtm_pipelines.packs.registry import PackRegistry
    from gtm_pipelines.packs.service import PackService
    from gtm_pipelines.privacy.service import PrivacyService
    from gtm_pipelines.record.backup import Upgraded
    from gtm_pipelines.replies.service import ReplyService
    from gtm_pipelines.retrieval.service import SearchService
    from gtm_pipelines.review.service import ReviewService
    from gtm_pipelines.segments.service import SegmentService
    from gtm_pipelines.segments.tags import TagService
    from gtm_pipelines.strategy.service import StrategyService
    from gtm_pipelines.warehouse.marts import Marts
    from gtm_pipelines.warehouse.service import Warehouse


@dataclass(frozen=True)
class Workbench:
    """Every service, over one record, for one workspace."""

    settings: Settings
    record: Record
    clock: Clock
    upgraded: Upgraded | None = None
    """That opening it brought an older record up to date."""

    @cached_property
    def jobs(self) -> JobService:
        """Requests to the pipeline and how far they are."""
        from gtm_pipelines.jobs.service import JobService

        return JobService(self.record, self.clock)

    @cached_property
    def enrichment(self) -> EnrichmentService:
        """Facts derived from what the record already holds."""
        from gtm_pipelines.enrichment.service import EnrichmentService

        return EnrichmentService(self.record, self.clock)

    @cached_property
    def research(self) -> ResearchService:
        """Asks sources about companies and people, within ceilings, and settles what counts."""
        from gtm_pipelines.enrichment.registry import Registry
        from gtm_pipelines.enrichment.research import ResearchService

        registry = Registry(self.settings.enrichment, self.clock, self.record, self.web)
        return ResearchService(self.record, self.clock, registry, partial(wiring.members, self.record, self.segments))

    @cached_property
    def insights(self) -> InsightService:
        """What the facts about companies and people mean for an offer."""
        from gtm_pipelines.enrichment.insights.service import InsightService

        members = partial(wiring.members, self.record, self.segments)
        return InsightService(self.record, self.clock, self.llm, members, self.settings.enrichment.concurrency)

    @cached_property
    def verification(self) -> VerificationService:
        """Whether addresses take mail, and how many of a list will come back."""
        from gtm_pipelines.enrichment.verification.dns import DnsVerifier
        from gtm_pipelines.enrichment.verification.service import VerificationService

        settings = self.settings.verification
        members = partial(wiring.members, self.record, self.segments, kind="contact")
        asked = lambda: [DnsVerifier(settings)] if settings.dns else []  # noqa: E731
        played = wiring.simulated(self.settings.mailboxes)
        return VerificationService(self.record, self.clock, settings, asked, members, played)

    @cached_property
    def web(self) -> WebReader:
        """Reads websites: under guard, politely, and on record."""
        from gtm_pipelines.enrichment.web.reader import WebReader

        return WebReader(self.record, self.clock, self.settings.web, forms=wiring.forms())

    @cached_property
    def llm(self) -> LlmService:
        """Asks language models: typed, capped, and on record."""
        from gtm_pipelines.llm.engines.registry import make
        from gtm_pipelines.llm.service import LlmService

        return LlmService(self.record, self.clock, self.settings.models, self.settings.llm, make)

    @cached_property
    def intake(self) -> IntakeService:
        """Brings lists of companies and contacts into the record."""
        from gtm_pipelines.intake.service import IntakeService

        return IntakeService(self.record, self.clock)

    @cached_property
    def matching(self) -> MatchingService:
        """Probable duplicates, and what people make of them."""
        from gtm_pipelines.matching.service import MatchingService

        return MatchingService(self.record, self.clock, self.settings.home_path / "matching")

    @cached_property
    def strategies(self) -> StrategyService:
        """Strategies: documents written from a website, corrected and confirmed by people."""
        from gtm_pipelines.strategy.catalogue import FILE_NAME, load
        from gtm_pipelines.strategy.service import StrategyService

        places = (bundle_root() / "data" / "reference" / FILE_NAME, self.settings.home_path / FILE_NAME)
        price = partial(wiring.price, self.llm, self.clock, "strategy")
        room = partial(wiring.room, self.llm, "strategy")
        return StrategyService(self.record, self.clock, self.llm, self.web, lambda: load(places), price, room)

    @cached_property
    def segments(self) -> SegmentService:
        """Saved filters over contacts and companies."""
        from gtm_pipelines.segments.service import SegmentService

        return SegmentService(self.record, self.clock, self.settings.delivery.contact_gap_days)

    @cached_property
    def lists(self) -> ListService:
        """Lists of companies and contacts as files."""
        from gtm_pipelines.intake.listing import ListService

        segments = self.segments
        return ListService(self.record, lambda name, columns: segments.members(segments.get(name), columns))

    @cached_property
    def tags(self) -> TagService:
        """Words that people put on companies and contacts."""
        from gtm_pipelines.segments.tags import TagService

        return TagService(self.record, self.clock, self.segments)

    @cached_property
    def search(self) -> SearchService:
        """Evidence out of everything that is known, by words and by meaning."""
        from gtm_pipelines.retrieval.knowledge import KnowledgeFolders
        from gtm_pipelines.retrieval.service import SearchService

        bundle, home = bundle_root(), self.settings.home_path
        packs = (bundle / "prompt_packs", home / "prompt_packs")
        knowledge = KnowledgeFolders(packs, (bundle / "data" / "reference",))
        embedder = wiring.embedder(self.settings, self.record, self.clock)
        return SearchService(self.record, self.clock, home / "search", knowledge, embedder)

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

        own, people = self.settings.home_path / "prompt_packs", partial(wiring.sample_people, self)
        return PackService(self.packs, own, wiring.sample_writers(self), people, partial(wiring.sample_person, self))

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

        baseline, model = BaselineDrafter(self.packs), partial(wiring.model_drafter, self)
        ground, mailboxes = self.groundings.look, self.settings.mailboxes
        return DraftingService(self.record, self.clock, self.packs, mailboxes, baseline, model=model, ground=ground)

    @cached_property
    def rewrites(self) -> RewriteService:
        """Instructions over chosen drafts, previewed before they are kept."""
        from gtm_pipelines.drafting.rewrites import RewriteService

        model = partial(wiring.model_drafter, self)
        return RewriteService(self.record, self.clock, self.packs, self.settings.mailboxes, model, self.groundings.look)

    @cached_property
    def voices(self) -> VoiceService:
        """How senders write, learnt from their mails."""
        from gtm_pipelines.drafting.voices import VoiceService

        return VoiceService(self.record, self.clock)

    @cached_property
    def examples(self) -> ExampleService:
        """What people decided, and what came of it, as examples to learn from."""
        from gtm_pipelines.drafting.learning.examples import ExampleService

        return ExampleService(self.record, self.clock, wiring.simulated(self.settings.mailboxes))

    @cached_property
    def optimisations(self) -> OptimiseService:
        """Attempts to better packs by what people made of their drafts."""
        from gtm_pipelines.drafting.learning.optimise import OptimiseService

        build, judge = partial(wiring.program, self), partial(wiring.judge_of, self)
        versions = self.pack_versions
        return OptimiseService(self.record, self.clock, self.llm, self.packs, versions, build, self.checker, judge)

    @cached_property
    def benchmarks(self) -> BenchmarkService:
        """Packs and models over held-out cases."""
        from gtm_pipelines.drafting.learning.benchmark import BenchmarkService

        models = [model.name for model in self.settings.models]
        build, judge = partial(wiring.program, self), partial(wiring.judge_of, self)
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

        return GroundingService(self.record, self.clock, self.checker, wiring.materials(self))

    @cached_property
    def judging(self) -> JudgingService:
        """Scores drafts, by counting or by a model."""
        from gtm_pipelines.drafting.judging.service import JudgingService

        grounds, model = self.groundings, partial(wiring.model_judge, self)
        return JudgingService(self.record, self.clock, grounds, model, lambda: self.llm, self.settings.drafting.concurrency)

    @cached_property
    def calibration(self) -> CalibrationService:
        """How far judges agree with what people decided and what readers answered."""
        from gtm_pipelines.drafting.judging.calibration import CalibrationService

        return CalibrationService(self.record, wiring.simulated(self.settings.mailboxes))

    @cached_property
    def checker(self) -> RuleChecker:
        """Looks at drafts by rule alone."""
        from gtm_pipelines.drafting.checks.checker import RuleChecker

        return RuleChecker(wiring.rules(self.settings))

    @cached_property
    def replies(self) -> ReplyService:
        """Everything that comes back: collected, attributed, classified."""
        from gtm_pipelines.replies.service import ReplyService

        collectors = {m.name: wiring.collector(self.settings, m) for m in self.settings.mailboxes if m.collector != "none"}
        own = frozenset(m.address for m in self.settings.mailboxes)
        return ReplyService(self.record, self.clock, collectors, own, wiring.token_reader(self.settings))

    @cached_property
    def delivery(self) -> DeliveryService:
        """Plans and sends approved messages, each at most once."""
        from gtm_pipelines.delivery.service import DeliveryService

        settings, sender = self.settings, partial(wiring.sender, self.settings, clock=self.clock)
        return DeliveryService(self.record, self.clock, settings.home_path, settings.mailboxes, settings.delivery, sender)

    @cached_property
    def suppressions(self) -> SuppressionService:
        """Who is never written to."""
        from gtm_pipelines.delivery.suppression import SuppressionService
        from gtm_pipelines.delivery.tokens import Tokens
        from gtm_pipelines.intake.stoplist import read_stoplist

        return SuppressionService(self.record, self.clock, Tokens(self.settings.home_path), read_stoplist)

    @cached_property
    def marts(self) -> Marts:
        """The published marts."""
        from gtm_pipelines.warehouse.marts import Marts

        return Marts(self.settings.marts_path)

    @cached_property
    def warehouse(self) -> Warehouse:
        """Copies of the record in DuckDB, and the marts made of them."""
        from gtm_pipelines.metrics.finish import finishers
        from gtm_pipelines.warehouse.engine import WarehouseFile
        from gtm_pipelines.warehouse.service import Warehouse

        file = WarehouseFile(self.settings.warehouse_path, self.clock)
        return Warehouse(self.record, file, self.marts, self.clock, finishers(self.settings.lights))

    @cached_property
    def metrics(self) -> MetricsService:
        """Funnels, rates with intervals, lights and lineage."""
        from gtm_pipelines.metrics.benchmarks import FILE_NAME, load
        from gtm_pipelines.metrics.service import MetricsService

        known = load((bundle_root() / "data" / "reference" / FILE_NAME, self.settings.home_path / FILE_NAME))
        return MetricsService(self.marts, self.warehouse, self.settings.lights, known, self.clock)

    @cached_property
    def experiments(self) -> ExperimentService:
        """What arms of campaigns came to, and what a new experiment needs."""
        from gtm_pipelines.metrics.reading import ExperimentService

        return ExperimentService(self.marts, self.settings.lights)

    @cached_property
    def privacy(self) -> PrivacyService:
        """What is known of one person: exported, erased."""
        from gtm_pipelines.privacy.service import PrivacyService

        return PrivacyService(
            self.record, self.clock, self.settings.home_path, self.settings.sandbox_path,
            wiring.Copies(self.warehouse, self.marts), partial(wiring.forget_kept, self.search, self.matching),
        )  # fmt: skip

    def close(self) -> None:
        """Close the record's connections, and those to language models."""
        if "llm" in self.__dict__:
            self.llm.close()
        if "web" in self.__dict__:
            self.web.close()
        self.record.close()


def open_workbench(
    settings: Settings | None = None, *, clock: Clock | None = None, migrate: bool = True, **overrides: Any
) -> Workbench:
    """Open the workbench and bring its record up to date; of an older one a backup is made first.

    Args:
        settings: the settings to use; read from ``gtm.toml`` and the environment if absent.
        clock: the clock to use; the machine's if absent.
        migrate: apply missing migrations; without it the record may be empty or old.
        overrides: single settings that win, such as ``home=...``.

    Raises:
        SettingsError: a setting or a named secret is wrong or missing.
    """
    from gtm_pipelines.record.migrate import is_current

    settings = settings or load_settings(**overrides)
    settings.home_path.mkdir(parents=True, exist_ok=True)
    password = resolve_secret(settings.record_password) if settings.record_password else None
    record = open_record(settings.database_url, settings.workspace, password=password)
    clock, upgraded = clock or SystemClock(), None
    if migrate and not is_current(record):
        from gtm_pipelines.record.backup import upgrade_with_backup

        upgraded = upgrade_with_backup(record, settings.home_path / "backups", clock.now())
    return Workbench(settings=settings, record=record, clock=clock, upgraded=upgraded)
