"""What the composition root makes of the settings: senders, collectors, embedders, and what one stage needs of another.

Beside ``workbench`` the one place that names concrete adapters; nothing is connected or loaded here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import MailboxSettings, Settings, resolve_secret

if TYPE_CHECKING:
    from datetime import datetime

    from gtm_pipelines.delivery.model import Sender
    from gtm_pipelines.drafting.checks.materials import Materials
    from gtm_pipelines.drafting.checks.rules import Rules
    from gtm_pipelines.drafting.judging.ask import ModelJudge
    from gtm_pipelines.drafting.programs.program import DraftProgram
    from gtm_pipelines.drafting.programs.writer import ModelDrafter
    from gtm_pipelines.enrichment.web.forms import Forms
    from gtm_pipelines.llm.model import Asks
    from gtm_pipelines.llm.service import LlmService
    from gtm_pipelines.matching.service import MatchingService
    from gtm_pipelines.packs.model import Pack, Sample, Writes
    from gtm_pipelines.replies.model import Collector
    from gtm_pipelines.retrieval.model import Embedder
    from gtm_pipelines.retrieval.service import SearchService
    from gtm_pipelines.segments.service import SegmentService
    from gtm_pipelines.warehouse.marts import Marts
    from gtm_pipelines.warehouse.service import Warehouse
    from gtm_pipelines.workbench import Workbench


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


def model_drafter(bench: Workbench) -> ModelDrafter:
    """Return what writes drafts with language models, over everything it needs."""
    from gtm_pipelines.drafting.programs.writer import ModelDrafter

    settings = bench.settings.drafting
    return ModelDrafter(bench.record, bench.clock, bench.packs, bench.llm, settings, bench.checker, bench.voices.card)


def program(bench: Workbench, pack: Pack, language: str, now: Callable[[], datetime]) -> DraftProgram:
    """Return the program of a pack, with the rules that look at what it writes."""
    from gtm_pipelines.drafting.programs.program import build

    return build(pack, language=language, checker=bench.checker, now=now)


def rules(settings: Settings) -> Rules:
    """Return what drafts are held to: the user's choices, the lists of the packs, the guess of languages."""
    from gtm_pipelines.drafting.checks.rules import Rules
    from gtm_pipelines.enrichment.web.language import language_of
    from gtm_pipelines.packs.wording import found

    return Rules(forbidden=settings.drafting.forbidden_words, phrases=found, guess=language_of)


def model_judge(bench: Workbench) -> ModelJudge:
    """Return the judge that asks a language model, by the judge pack that counts."""
    from gtm_pipelines.drafting.judging.ask import ModelJudge
    from gtm_pipelines.drafting.judging.model import rubric_of
    from gtm_pipelines.packs.rubric import scored

    rubric = rubric_of(bench.packs.get("judge"), lambda pack, points: scored(pack.rubric, points))
    return ModelJudge(bench.llm, rubric, bench.llm.order("judge")[0].name)


def judge_of(bench: Workbench, llm: Asks) -> ModelJudge:
    """Return the judge that asks models through ``llm``, which counts its calls with those of one piece of work."""
    return replace(model_judge(bench), llm=llm).within()


def materials(bench: Workbench) -> Materials:
    """Return what collects whatever drafts may be held against."""
    from gtm_pipelines.drafting.checks.materials import Materials

    def verified(pairs: Sequence[tuple[str, str]]) -> list[str]:
        return [one.verdict for one in bench.verification.assessments(pairs)]

    return Materials(bench.packs, {one.name: one for one in bench.settings.mailboxes}, verified)


def sample_writers(bench: Workbench) -> dict[str, Callable[[], Writes]]:
    """Return what writes mails for a simulation, by name; signed by the first mailbox."""
    from gtm_pipelines.drafting.baseline import BaselineDrafter
    from gtm_pipelines.drafting.samples import MergedSamples, ModelSamples

    mailbox = next(iter(bench.settings.mailboxes))
    return {
        "baseline": lambda: MergedSamples(BaselineDrafter(bench.packs), mailbox),
        "model": lambda: ModelSamples(lambda: model_drafter(bench), mailbox),
    }


def sample_people(bench: Workbench, segment: str, limit: int, languages: Sequence[str]) -> list[Sample]:
    """Return people of a segment as a campaign would freeze them, for a simulation."""
    from gtm_pipelines.campaigns.snapshot import candidate
    from gtm_pipelines.packs.model import Sample
    from gtm_pipelines.record import targets

    query = bench.segments.members(bench.segments.get(segment), targets.SNAPSHOT_COLUMNS).limit(limit)
    with bench.record.read() as connection:
        rows = connection.execute(query).mappings().all()
    found = [candidate(targets.frozen(row), languages, languages[0]) for row in rows]
    return [Sample(_called(one.snapshot), one.language, one.snapshot) for one in found]


def sample_person(bench: Workbench, contact_key: str, languages: Sequence[str]) -> Sample:
    """Return one contact, by id or address, as a campaign would freeze them.

    Raises:
        NotFoundError: there is no such contact.
    """
    import sqlalchemy as sa

    from gtm_pipelines.campaigns.snapshot import candidate
    from gtm_pipelines.packs.model import Sample
    from gtm_pipelines.record import contacts, targets
    from gtm_pipelines.record.tables import company, contact

    row_id = contacts.get(bench.record, contact_key).id
    joined = contact.outerjoin(company, company.c.id == contact.c.company_id)
    mine = (contact.c.workspace_id == bench.record.workspace_id, contact.c.id == row_id)
    with bench.record.read() as connection:
        row = connection.execute(sa.select(*targets.SNAPSHOT_COLUMNS).select_from(joined).where(*mine)).mappings().one()
    found = candidate(targets.frozen(row), languages, languages[0])
    return Sample(_called(found.snapshot), found.language, found.snapshot)


def _called(snapshot: Mapping[str, Any]) -> str:
    person, company = snapshot["contact"], snapshot["company"]
    named = person.get("full_name") or person.get("email") or person["id"]
    return ", ".join(filter(None, (named, company.get("name") or person.get("company_name"))))


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
    from gtm_pipelines.delivery.senders.smtp import SmtpSender

    if mailbox.sender != "smtp":
        raise SettingsError(f"Mailbox '{mailbox.name}' has sender '{mailbox.sender}'. Choose sandbox or smtp.")
    secret = mailbox.smtp.password
    return SmtpSender(mailbox.smtp, password=resolve_secret(secret) if secret else None)


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


def collector(settings: Settings, mailbox: MailboxSettings) -> Collector:
    """Return how a mailbox is read, without opening it."""
    from gtm_pipelines.replies.mailboxes.imap import ImapMailbox
    from gtm_pipelines.replies.mailboxes.sandbox import SandboxMailbox
    from gtm_pipelines.replies.model import Collector

    if mailbox.collector == "sandbox":
        folder = settings.sandbox_path / "inbox" / mailbox.address
        return Collector(mailbox.name, mailbox.address, lambda: SandboxMailbox(folder))
    if mailbox.collector != "imap":
        raise SettingsError(f"Mailbox '{mailbox.name}' has collector '{mailbox.collector}'. Choose sandbox, imap or none.")
    secret = mailbox.imap.password
    password = (lambda: resolve_secret(secret)) if secret else None
    return Collector(
        mailbox.name, mailbox.address, lambda: ImapMailbox(mailbox.imap, mailbox.address, password), mailbox.imap.sent_folder
    )


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
