"""The last rooms of the pipeline: mail out and in, figures, search, privacy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from gtm_pipelines.settings import bundle_root
from gtm_pipelines.wiring import adapters
from gtm_pipelines.wiring.writing import Writing

if TYPE_CHECKING:
    from gtm_pipelines.delivery.mailboxes import MailboxService
    from gtm_pipelines.delivery.service import DeliveryService
    from gtm_pipelines.delivery.suppression import SuppressionService
    from gtm_pipelines.metrics.campaign_reading import CampaignReadings
    from gtm_pipelines.metrics.pack_reading import PackReadings
    from gtm_pipelines.metrics.reading import ExperimentService
    from gtm_pipelines.metrics.segment_reading import SegmentReadings
    from gtm_pipelines.metrics.service import MetricsService
    from gtm_pipelines.metrics.spending import Spending
    from gtm_pipelines.privacy.keeping import KeepingService
    from gtm_pipelines.privacy.service import PrivacyService
    from gtm_pipelines.replies.inbox import InboxService
    from gtm_pipelines.replies.meetings import MeetingService
    from gtm_pipelines.replies.reporting import ReportService
    from gtm_pipelines.replies.service import ReplyService
    from gtm_pipelines.retrieval.service import SearchService
    from gtm_pipelines.warehouse.asking import MartQuestions
    from gtm_pipelines.warehouse.marts import Marts
    from gtm_pipelines.warehouse.service import Warehouse


@dataclass(frozen=True)
class Mailing(Writing):
    """Mail out and in, figures, search, and what is known of one person."""

    @cached_property
    def search(self) -> SearchService:
        """Evidence out of everything that is known, by words and by meaning."""
        from gtm_pipelines.retrieval.knowledge import KnowledgeFolders
        from gtm_pipelines.retrieval.service import SearchService

        bundle, home = bundle_root(), self.settings.home_path
        packs = (bundle / "prompt_packs", home / "prompt_packs")
        knowledge = KnowledgeFolders(packs, (bundle / "data" / "reference",))
        embedder = adapters.embedder(self.settings, self.record, self.clock)
        return SearchService(self.record, self.clock, home / "search", knowledge, embedder)

    @cached_property
    def replies(self) -> ReplyService:
        """Everything that comes back: collected, attributed, classified."""
        from gtm_pipelines.replies.service import ReplyService

        collectors = {m.name: adapters.collector(self.settings, m) for m in self.settings.mailboxes if m.collector != "none"}
        own = frozenset(m.address for m in self.settings.mailboxes)
        reader = adapters.reader(self, self.settings.replies.reader)
        tokens, sure = adapters.token_reader(self.settings), self.settings.replies.sure
        return ReplyService(self.record, self.clock, collectors, own, tokens, reader, sure)

    @cached_property
    def inbox(self) -> InboxService:
        """Conversations with the people who answered."""
        from gtm_pipelines.replies.inbox import InboxService

        return InboxService(self.record, self.clock, self.answers)

    @cached_property
    def meetings(self) -> MeetingService:
        """Meetings that suggested answers propose."""
        from gtm_pipelines.replies.meetings import MeetingService

        chosen, mailboxes = self.settings.replies, {m.name: m for m in self.settings.mailboxes}
        return MeetingService(
            self.record, self.clock, self.inbox, self.review, self.delivery, mailboxes,
            minutes=chosen.meeting_minutes, place=chosen.booking_url or "",
        )  # fmt: skip

    @cached_property
    def reports(self) -> ReportService:
        """What vendors report about mail they sent."""
        from gtm_pipelines.replies.reporting import ReportService
        from gtm_pipelines.settings import resolve_secret

        chosen, vendors = self.settings.replies, {m.name: m.sender for m in self.settings.mailboxes}
        secrets = {str(hook.vendor): partial(resolve_secret, hook.key) for hook in chosen.webhooks}
        return ReportService(
            self.record, self.clock, secrets, vendors,
            track_opens=chosen.track_opens, reader=adapters.reader(self, chosen.reader), sure=chosen.sure,
        )  # fmt: skip

    @cached_property
    def delivery(self) -> DeliveryService:
        """Plans and sends approved messages, each at most once."""
        from gtm_pipelines.delivery.service import DeliveryService

        settings, sender = self.settings, partial(adapters.sender, self.settings, clock=self.clock)
        return DeliveryService(
            self.record, self.clock, settings.home_path, settings.mailboxes, settings.delivery, sender, lights=settings.lights
        )

    @cached_property
    def mailboxes(self) -> MailboxService:
        """How sender identities are, and what a person does about it."""
        from gtm_pipelines.delivery.mailboxes import MailboxService
        from gtm_pipelines.wiring import checking

        settings, clock = self.settings, self.clock
        return MailboxService(
            self.record, clock, settings.mailboxes, domain=partial(checking.domain, settings),
            servers=partial(checking.servers, settings, clock=clock), echo=partial(checking.echo, settings, clock=clock),
        )  # fmt: skip

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
    def questions(self) -> MartQuestions:
        """Questions over the marts in SQL, read only."""
        from gtm_pipelines.warehouse.asking import MartQuestions

        return MartQuestions(self.marts)

    @cached_property
    def warehouse(self) -> Warehouse:
        """Copies of the record in DuckDB, and the marts made of them."""
        from gtm_pipelines.metrics.finish import finishers
        from gtm_pipelines.warehouse.engine import WarehouseFile
        from gtm_pipelines.warehouse.model import Limits
        from gtm_pipelines.warehouse.service import Warehouse

        limits = Limits(**self.settings.warehouse.model_dump())
        file = WarehouseFile(self.settings.warehouse_path, self.clock, limits)
        return Warehouse(self.record, file, self.marts, self.clock, finishers(self.settings.lights))

    @cached_property
    def metrics(self) -> MetricsService:
        """Funnels, rates with intervals and lights."""
        from gtm_pipelines.metrics.benchmarks import FILE_NAME, load
        from gtm_pipelines.metrics.service import MetricsService

        known = load((bundle_root() / "data" / "reference" / FILE_NAME, self.settings.home_path / FILE_NAME))
        return MetricsService(self.marts, self.warehouse, self.settings.lights, known, self.clock)

    @cached_property
    def campaign_readings(self) -> CampaignReadings:
        """One campaign looked at closely."""
        from gtm_pipelines.metrics.campaign_reading import CampaignReadings

        return CampaignReadings(self.marts, self.settings.lights)

    @cached_property
    def segment_readings(self) -> SegmentReadings:
        """How each segment answered."""
        from gtm_pipelines.metrics.segment_reading import SegmentReadings

        return SegmentReadings(self.marts, self.settings.lights)

    @cached_property
    def pack_readings(self) -> PackReadings:
        """How each version of a pack fares."""
        from gtm_pipelines.metrics.pack_reading import PackReadings

        return PackReadings(self.marts, self.settings.lights)

    @cached_property
    def spending(self) -> Spending:
        """What was spent, and what it will come to."""
        from gtm_pipelines.metrics.spending import Spending

        return Spending(self.marts, self.clock, self.settings.lights, self.settings.llm.monthly_budget_usd)

    @cached_property
    def experiments(self) -> ExperimentService:
        """What arms of campaigns came to, and what a new experiment needs."""
        from gtm_pipelines.metrics.reading import ExperimentService

        return ExperimentService(self.marts, self.settings.lights)

    @cached_property
    def keeping(self) -> KeepingService:
        """The data folder, and copies of the record in it."""
        from gtm_pipelines.privacy.keeping import KeepingService

        return KeepingService(self.record, self.clock, self.settings.home_path)

    @cached_property
    def privacy(self) -> PrivacyService:
        """What is known of one person: exported, erased."""
        from gtm_pipelines.privacy.service import PrivacyService

        return PrivacyService(
            self.record, self.clock, self.settings.home_path, self.settings.sandbox_path,
            adapters.Copies(self.warehouse, self.marts), partial(adapters.forget_kept, self.search, self.matching),
        )  # fmt: skip
