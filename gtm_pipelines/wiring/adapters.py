"""What the settings make of adapters: senders, collectors, embedders; nothing is connected or loaded here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import MailboxSettings, Settings, resolve_secret

if TYPE_CHECKING:
    from gtm_pipelines.delivery.model import Sender
    from gtm_pipelines.enrichment.web.forms import Forms
    from gtm_pipelines.llm.service import LlmService
    from gtm_pipelines.matching.service import MatchingService
    from gtm_pipelines.replies.mailboxes.imap import ImapMailbox
    from gtm_pipelines.replies.model import Collector
    from gtm_pipelines.replies.readers import Reader, Said
    from gtm_pipelines.retrieval.model import Embedder
    from gtm_pipelines.retrieval.service import SearchService
    from gtm_pipelines.segments.service import SegmentService
    from gtm_pipelines.warehouse.marts import Marts
    from gtm_pipelines.warehouse.service import Warehouse
    from gtm_pipelines.wiring.writing import Writing


def simulated(mailboxes: Sequence[MailboxSettings]) -> list[str]:
    """Return the sandbox's mailboxes where there are real ones beside them: what is simulated says nothing of real bounces."""
    played = [mailbox.name for mailbox in mailboxes if mailbox.sender == "sandbox"]
    return played if len(played) < len(mailboxes) else []


def members(record: Record, segments: SegmentService, segment: str, kind: str) -> list[str]:
    """Return the ids of a segment's people, or of the companies they work at."""
    from gtm_pipelines.record.tables import contact

    column = contact.c.company_id if kind == "company" else contact.c.id
    with record.read() as connection:
        found = connection.execute(segments.members(segments.get(segment), [column])).scalars()
        return sorted({one for one in found if one})


def forms() -> Forms:
    """Return how lists are normalised, for what is read on websites."""
    from gtm_pipelines.enrichment.web.forms import Forms
    from gtm_pipelines.intake.emails import BadEmail, parse_email
    from gtm_pipelines.intake.normalise.countries import country_code
    from gtm_pipelines.intake.normalise.industries import industry_code
    from gtm_pipelines.intake.normalise.phones import e164
    from gtm_pipelines.intake.web import company_domain

    def email(text: str) -> str | None:
        try:
            return parse_email(text).key
        except BadEmail:
            return None

    return Forms(e164, email, country_code, industry_code, company_domain)


def price(llm: LlmService, clock: Clock, role: str, into: int, out: int) -> float | None:
    """Return what so many tokens cost with the model that a role asks first; ``None`` where nobody knows."""
    from gtm_pipelines.llm.model import Tokens
    from gtm_pipelines.llm.prices import cost

    if not llm.providers:
        return None
    return cost(llm.order(role)[0].settings, Tokens(into, out), clock.now())


def room(llm: LlmService, role: str) -> int | None:
    """Return how many tokens the model that a role asks first may write; ``None`` where there is no model."""
    return llm.order(role)[0].settings.max_tokens if llm.providers else None


def token_reader(settings: Settings) -> Callable[[str], str | None]:
    """Return what reads unsubscribe tokens; a forged one names no message."""
    from gtm_pipelines.delivery.tokens import ForgedTokenError, Tokens

    tokens = Tokens(settings.home_path)

    def read(token: str) -> str | None:
        try:
            return tokens.read(token)
        except ForgedTokenError:
            return None

    return read


def sender(settings: Settings, mailbox: MailboxSettings, clock: Clock) -> Sender:
    """Return what hands a mailbox's messages over, without connecting."""
    if mailbox.sender == "sandbox":
        from gtm_pipelines.delivery.sandbox.world import World
        from gtm_pipelines.delivery.senders.sandbox import SandboxSender

        return SandboxSender(World(settings.sandbox_path, settings.sandbox, clock.now))
    if mailbox.sender != "smtp":
        from gtm_pipelines.wiring.vendors import vendor_sender

        return vendor_sender(mailbox, clock)
    from gtm_pipelines.delivery.senders.smtp import SmtpSender

    password, token = (resolve_secret(secret) if secret else None for secret in (mailbox.smtp.password, mailbox.smtp.token))
    return SmtpSender(mailbox.smtp, password=password, token=token)


def embedder(settings: Settings, record: Record, clock: Clock) -> Embedder | None:
    """Return the model for search by meaning, without loading or asking it; ``None`` for words alone."""
    from gtm_pipelines.retrieval.embedders import nano

    chosen = settings.search
    if chosen.embedder == "api":
        from gtm_pipelines.llm.embeddings import caller
        from gtm_pipelines.retrieval.embedders.api import ApiEmbedder

        name = f"{chosen.provider}/{chosen.model}/{chosen.dimensions}"
        asks = caller(record, clock, chosen, settings.llm, resolve_secret(chosen.key) if chosen.key else None)
        return ApiEmbedder(name, chosen.dimensions, asks, chosen.batch, (chosen.query_prefix, chosen.passage_prefix))
    if chosen.embedder == "local" and not nano.is_installed():
        raise SettingsError("[search] asks for the local model. Install it: pip install 'gtm-workbench[search]'.")
    return nano.NanoEmbedder() if chosen.embedder != "none" and nano.is_installed() else None


def reader(bench: Writing, chosen: str) -> Reader | None:
    """Return who reads the answers that rules are not sure of, without loading or asking anything; ``None`` for nobody."""
    from gtm_pipelines.record import inbox
    from gtm_pipelines.replies.readers import FILE_NAME, ExampleReader, ModelReader
    from gtm_pipelines.retrieval.embedders import nano
    from gtm_pipelines.settings import bundle_root

    examples = None
    if chosen != "rules" and nano.is_installed():
        path, record = bundle_root() / "data" / "reference" / FILE_NAME, bench.record
        examples = ExampleReader(
            nano.NanoEmbedder(), path, lambda: [(row.text, row._mapping["class"]) for row in inbox.corrections(record)]
        )
    if chosen != "model" or not bench.settings.models:
        return examples
    return ModelReader(partial(_ask_reader, bench.llm), examples)


def _ask_reader(llm: LlmService, shape: type[Said], task: str, material: Mapping[str, str]) -> Said:
    from gtm_pipelines.llm.model import CallContext

    return llm.ask(shape, task, CallContext(purpose="reply", role="reader"), **material)


def collector(settings: Settings, mailbox: MailboxSettings) -> Collector:
    """Return how a mailbox is read, without opening it."""
    from gtm_pipelines.replies.mailboxes.sandbox import SandboxMailbox
    from gtm_pipelines.replies.model import Collector

    if mailbox.collector == "sandbox":
        folder = settings.sandbox_path / "inbox" / mailbox.address
        return Collector(mailbox.name, mailbox.address, lambda: SandboxMailbox(folder))
    if mailbox.collector != "imap":
        raise SettingsError(f"Mailbox '{mailbox.name}' has collector '{mailbox.collector}'. Choose sandbox, imap or none.")
    return Collector(mailbox.name, mailbox.address, lambda: imap_of(mailbox), mailbox.imap.sent_folder)


def imap_of(mailbox: MailboxSettings) -> ImapMailbox:
    """Return a mailbox's IMAP account, without opening it; its secrets are looked up when it logs in."""
    from gtm_pipelines.replies.mailboxes.imap import ImapMailbox

    secret, token = mailbox.imap.password, mailbox.imap.token
    return ImapMailbox(
        mailbox.imap, mailbox.address,
        (lambda: resolve_secret(secret)) if secret else None, (lambda: resolve_secret(token)) if token else None,
    )  # fmt: skip


def forget_kept(search: SearchService, matching: MatchingService) -> None:
    """Remove the files that search and the look for duplicates keep; they come back by themselves."""
    search.forget()
    matching.forget()


@dataclass(frozen=True)
class Copies:
    """The warehouse and its marts, as what an erasure has to have made anew."""

    warehouse: Warehouse
    marts: Marts

    def exist(self) -> bool:
        """Tell whether there is a warehouse file or a published mart."""
        return self.warehouse.file.path.exists() or bool(self.marts.names())

    def rebuild(self) -> None:
        """Make both anew from the record."""
        self.warehouse.rebuild()
