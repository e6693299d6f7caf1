"""What writes, checks and judges drafts, made of a workbench."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gtm_pipelines.settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from gtm_pipelines.drafting.checks.materials import Materials
    from gtm_pipelines.drafting.checks.rules import Rules
    from gtm_pipelines.drafting.judging.ask import ModelJudge
    from gtm_pipelines.drafting.judging.model import Rubric
    from gtm_pipelines.drafting.judging.program import JudgeProgram
    from gtm_pipelines.drafting.programs.program import DraftProgram
    from gtm_pipelines.drafting.programs.writer import ModelDrafter
    from gtm_pipelines.llm.model import Asks
    from gtm_pipelines.packs.model import Pack, Sample, Writes
    from gtm_pipelines.wiring.writing import Writing


def model_drafter(bench: Writing) -> ModelDrafter:
    """Return what writes drafts with language models, over everything it needs."""
    from gtm_pipelines.drafting.programs.writer import ModelDrafter

    settings = bench.settings.drafting
    return ModelDrafter(bench.record, bench.clock, bench.packs, bench.llm, settings, bench.checker, bench.voices.card)


def program(bench: Writing, pack: Pack, language: str, now: Callable[[], datetime]) -> DraftProgram | JudgeProgram:
    """Return the program of a pack, with the rules that look at drafts."""
    from gtm_pipelines.drafting.judging.program import JudgeProgram
    from gtm_pipelines.drafting.programs.program import build

    if pack.kind == "judge":
        return JudgeProgram(rubric(pack), language, bench.checker, now)
    return build(pack, language=language, checker=bench.checker, now=now)


def rules(settings: Settings) -> Rules:
    """Return what drafts are held to: the user's choices, the lists of the packs, the guess of languages."""
    from gtm_pipelines.drafting.checks.rules import Rules
    from gtm_pipelines.enrichment.web.language import language_of
    from gtm_pipelines.packs.wording import found

    return Rules(forbidden=settings.drafting.forbidden_words, phrases=found, guess=language_of)


def rubric(pack: Pack) -> Rubric:
    """Return the rubric of a judge pack, with what its points add up to."""
    from gtm_pipelines.drafting.judging.model import rubric_of
    from gtm_pipelines.packs.rubric import scored

    return rubric_of(pack, lambda of, points: scored(of.rubric, points))


def model_judge(bench: Writing) -> ModelJudge:
    """Return the judge that asks a language model, by the judge pack that counts."""
    from gtm_pipelines.drafting.judging.ask import ModelJudge

    return ModelJudge(bench.llm, rubric(bench.packs.get("judge")), bench.llm.order("judge")[0].name)


def judge_of(bench: Writing, llm: Asks) -> ModelJudge:
    """Return the judge that asks models through ``llm``, which counts its calls with those of one piece of work."""
    return replace(model_judge(bench), llm=llm).within()


def materials(bench: Writing) -> Materials:
    """Return what collects whatever drafts may be held against."""
    from gtm_pipelines.drafting.checks.materials import Materials

    def verified(pairs: Sequence[tuple[str, str]]) -> list[str]:
        return [one.verdict for one in bench.verification.assessments(pairs)]

    return Materials(bench.packs, {one.name: one for one in bench.settings.mailboxes}, verified)


def sample_writers(bench: Writing) -> dict[str, Callable[[], Writes]]:
    """Return what writes mails for a simulation, by name; signed by the first mailbox."""
    from gtm_pipelines.drafting.baseline import BaselineDrafter
    from gtm_pipelines.drafting.samples import MergedSamples, ModelSamples

    mailbox = next(iter(bench.settings.mailboxes))
    return {
        "baseline": lambda: MergedSamples(BaselineDrafter(bench.packs), mailbox),
        "model": lambda: ModelSamples(lambda: model_drafter(bench), mailbox),
    }


def sample_people(bench: Writing, segment: str, limit: int, languages: Sequence[str]) -> list[Sample]:
    """Return people of a segment as a campaign would freeze them, for a simulation."""
    from gtm_pipelines.campaigns.snapshot import candidate
    from gtm_pipelines.packs.model import Sample
    from gtm_pipelines.record import targets

    query = bench.segments.members(bench.segments.get(segment), targets.SNAPSHOT_COLUMNS).limit(limit)
    with bench.record.read() as connection:
        rows = connection.execute(query).mappings().all()
    found = [candidate(targets.frozen(row), languages, languages[0]) for row in rows]
    return [Sample(_called(one.snapshot), one.language, one.snapshot) for one in found]


def sample_person(bench: Writing, contact_key: str, languages: Sequence[str]) -> Sample:
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
