"""What else is known of companies and people, each fact with its source."""

from typing import Any

import dagster as dg
from pydantic import Field

from assets.failures import RETRY, told_plainly
from assets.metadata import counts, table
from assets.resources import Desk
from assets.warehouse import POOL, complete, copied, copy
from gtm_pipelines.enrichment.insights.run import About
from gtm_pipelines.enrichment.model import EnrichmentReport
from gtm_pipelines.enrichment.research import Order
from gtm_pipelines.enrichment.runs import RunReport
from gtm_pipelines.enrichment.source import SubjectType
from gtm_pipelines.enrichment.verification.service import Whom
from gtm_pipelines.workbench import Workbench

GROUP = "enrichment"
KINDS: tuple[SubjectType, ...] = ("company", "contact")
ASKED = ("lookup", "research_run", "research_spend")
"""Tables that asking sources fills beside ``fact``."""


class AskingConfig(dg.Config):
    """About whom sources are asked, for what and for how much. By itself the pipeline asks nobody who costs money."""

    kind: str = Field("", description="company or contact; both if empty.")
    fields: list[str] = Field(default_factory=list, description="Fields to look for; all of the plan if empty.")
    segment: str = Field("", description="Only the people of this segment, or the companies they work at.")
    limit: int = Field(0, description="So many at most, of whom something is missing; 0 for all.")
    ceiling_usd: float = Field(-1.0, description="Most US dollars for the run; below 0 the one of the settings.")
    paid: bool = Field(False, description="Ask sources that cost money too.")
    by: str = Field("system", description="Who asks for it.")

    def order(self, kind: SubjectType, *, paid: bool) -> Order:
        """Return what a run is asked for."""
        return Order(
            kind, tuple(self.fields), None, self.segment or None, self.limit or None,
            self.ceiling_usd if self.ceiling_usd >= 0 else None, paid=paid,
        )  # fmt: skip


def _result(
    workbench: Workbench, desk: Desk, name: str, report: EnrichmentReport, asked: RunReport | None = None
) -> dg.MaterializeResult:
    desk.tell(**{name: report}, **({f"asked_{name}": asked} if asked else {}))
    described = {"examined": report.examined, "new facts": report.added, "values": counts(report.values, "value")}
    return copied(copy(workbench, "fact", *(ASKED if asked else ())), **described, **_told(asked))


def _ask(workbench: Workbench, desk: Desk, config: AskingConfig, kind: SubjectType, *, paid: bool) -> RunReport | None:
    """Ask the sources in use; ``None`` where there are none, or it was asked for others."""
    if config.kind not in ("", kind) or not workbench.research.plan(kind, paid=paid).fields:
        return None
    order = config.order(kind, paid=paid)
    return workbench.research.run(order, by=config.by, progress=lambda now: desk.progress(now.done, now.total))


def _told(asked: RunReport | None) -> dict[str, Any]:
    if asked is None:
        return {"asked": "nobody: no source is in use"}
    rows = [{"source": name, "out because": why} for name, why in asked.out.items()]
    return {
        "run": asked.run_id, "ended": asked.status, "asked about": asked.done, "complete now": asked.complete,
        "facts from sources": asked.facts, "cost (US dollars)": asked.cost_usd, "look-ups": counts(asked.lookups, "outcome"),
        "not asked": counts(asked.skipped, "because"), "sources out": table(rows, empty="none"),
    }  # fmt: skip


@dg.asset(
    group_name=GROUP,
    deps=["companies"],
    kinds={"python"},
    retry_policy=RETRY,
    pool=POOL,
    description="Pages of companies' sites, and what sources in use that cost nothing say of them. By default none is in use.",
    check_specs=[complete("company_pages")],
)
def company_pages(
    config: AskingConfig, workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]
) -> dg.MaterializeResult:
    with told_plainly():
        asked = _ask(workbench, desk, config, "company", paid=False)
        desk.tell(**({"company_pages": asked} if asked else {}))
        return copied(copy(workbench, "page", *ASKED), **_told(asked))


@dg.asset(
    group_name=GROUP,
    deps=["companies", "company_pages"],
    kinds={"python"},
    retry_policy=RETRY,
    pool=POOL,
    description="Facts about companies: value, source, evidence, confidence, never overwritten. Paid sources when a person asks.",
    check_specs=[complete("company_facts")],
)
def company_facts(
    config: AskingConfig, workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]
) -> dg.MaterializeResult:
    with told_plainly():
        report = workbench.enrichment.company_facts(progress=desk.progress)
        asked = _ask(workbench, desk, config, "company", paid=True) if config.paid else None
        return _result(workbench, desk, "company_facts", report, asked)


@dg.asset(
    group_name=GROUP,
    deps=["contacts"],
    kinds={"python"},
    retry_policy=RETRY,
    pool=POOL,
    description="Facts about people: seniority and function as their title says, their language, and what sources say.",
    check_specs=[complete("contact_facts")],
)
def contact_facts(
    config: AskingConfig, workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]
) -> dg.MaterializeResult:
    with told_plainly():
        report = workbench.enrichment.contact_facts(progress=desk.progress)
        asked = _ask(workbench, desk, config, "contact", paid=config.paid)
        return _result(workbench, desk, "contact_facts", report, asked)


@dg.asset(
    group_name=GROUP,
    deps=["contacts"],
    kinds={"python"},
    retry_policy=RETRY,
    pool=POOL,
    description="What can be said of each address without asking its server; with dns = true, whether its domain takes mail.",
    check_specs=[complete("email_verifications")],
)
def email_verifications(workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]) -> dg.MaterializeResult:
    with told_plainly():
        report = workbench.enrichment.verify_emails(progress=desk.progress)
        checked = workbench.verification.check(Whom(), progress=desk.progress)
        desk.tell(email_verifications=report)
        described = {
            "examined": report.examined, "new facts": report.added + checked.facts, "values": counts(report.values, "value"),
            "domains asked about": checked.domains, "mail servers": counts(checked.values, "server"),
            "addresses without an answer": checked.unanswered,
        }  # fmt: skip
        return copied(copy(workbench, "fact"), **described)


class InsightConfig(dg.Config):
    """Of whom insights are made. By itself the pipeline asks no model: points by rule only."""

    kind: str = Field("", description="company or contact; both if empty.")
    ids: list[str] = Field(default_factory=list, description="Exactly these of the kind.")
    ask_models: bool = Field(False, description="Ask the language models of the settings for claims; may cost money.")
    segment: str = Field("", description="Only the people of this segment and the companies they work at.")
    limit: int = Field(0, description="So many companies, and so many people, at most; 0 for all.")
    language: str = Field("en", description="Language of the claims: en or ru.")

    def about(self, kind: SubjectType) -> About:
        """Return of whom they are made."""
        return About(
            kind, tuple(self.ids) or None, self.segment or None, self.limit or None, language=self.language, model=self.ask_models
        )


@dg.asset(
    group_name=GROUP,
    deps=["company_facts", "contact_facts", "company_pages"],
    kinds={"python"},
    retry_policy=RETRY,
    pool=POOL,
    description="How well companies and people fit the confirmed strategy, and what matters of them; each claim with its facts.",
    check_specs=[complete("insights")],
)
def insights(config: InsightConfig, workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]) -> dg.MaterializeResult:
    with told_plainly():
        made, unchanged, notes, described = 0, 0, list[str](), {}
        for kind in (each for each in KINDS if config.kind in ("", each)):
            report = workbench.insights.run(config.about(kind), progress=desk.progress)
            made, unchanged = made + report.made, unchanged + report.unchanged
            notes = list(dict.fromkeys([*notes, *report.notes, *([report.stopped] if report.stopped else ())]))
            described |= {
                f"{kind}: made": report.made, f"{kind}: unchanged": report.unchanged, f"{kind}: claims": report.kept,
                f"{kind}: dropped": counts(report.dropped, "because"), f"{kind}: cost (US dollars)": report.cost_usd,
                f"{kind}: stopped": report.stopped or "no", "notes": " ".join(report.notes) or "none",
            }  # fmt: skip
        desk.tell(insights={"made": made, "unchanged": unchanged, "notes": notes})
        return copied(copy(workbench, "insight", "fact"), **described)
