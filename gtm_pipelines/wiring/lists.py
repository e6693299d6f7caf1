"""The first rooms of the pipeline: lists, research, strategies, segments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from gtm_pipelines.clock import Clock
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import Settings, bundle_root
from gtm_pipelines.wiring import adapters

if TYPE_CHECKING:
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
    from gtm_pipelines.record.backup import Upgraded
    from gtm_pipelines.segments.service import SegmentService
    from gtm_pipelines.segments.tags import TagService
    from gtm_pipelines.strategy.service import StrategyService


@dataclass(frozen=True)
class Lists:
    """Lists, what is learned of whom is in them, and whom to choose."""

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
        return ResearchService(self.record, self.clock, registry, partial(adapters.members, self.record, self.segments))

    @cached_property
    def insights(self) -> InsightService:
        """What the facts about companies and people mean for an offer."""
        from gtm_pipelines.enrichment.insights.service import InsightService

        members = partial(adapters.members, self.record, self.segments)
        return InsightService(self.record, self.clock, self.llm, members, self.settings.enrichment.concurrency)

    @cached_property
    def verification(self) -> VerificationService:
        """Whether addresses take mail, and how many of a list will come back."""
        from gtm_pipelines.enrichment.verification.dns import DnsVerifier
        from gtm_pipelines.enrichment.verification.service import VerificationService

        settings = self.settings.verification
        members = partial(adapters.members, self.record, self.segments, kind="contact")
        asked = lambda: [DnsVerifier(settings)] if settings.dns else []  # noqa: E731
        played = adapters.simulated(self.settings.mailboxes)
        return VerificationService(self.record, self.clock, settings, asked, members, played)

    @cached_property
    def web(self) -> WebReader:
        """Reads websites: under guard, politely, and on record."""
        from gtm_pipelines.enrichment.web.reader import WebReader

        return WebReader(self.record, self.clock, self.settings.web, forms=adapters.forms())

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
        price = partial(adapters.price, self.llm, self.clock, "strategy")
        room = partial(adapters.room, self.llm, "strategy")
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
