"""What else is known of companies and people, each fact with its source."""

import dagster as dg

from assets.failures import RETRY, told_plainly
from assets.metadata import counts
from assets.resources import Desk
from assets.warehouse import POOL, complete, copied, copy
from gtm_pipelines.enrichment.model import EnrichmentReport
from gtm_pipelines.workbench import Workbench

GROUP = "enrichment"


def _result(workbench: Workbench, desk: Desk, name: str, report: EnrichmentReport) -> dg.MaterializeResult:
    desk.tell(**{name: report})
    described = {"examined": report.examined, "new facts": report.added, "values": counts(report.values, "value")}
    return copied(copy(workbench, "fact"), **described)


@dg.asset(
    group_name=GROUP,
    deps=["companies"],
    kinds={"python"},
    retry_policy=RETRY,
    pool=POOL,
    description="Facts about companies: value, source, evidence and confidence, never overwritten.",
    check_specs=[complete("company_facts")],
)
def company_facts(workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]) -> dg.MaterializeResult:
    with told_plainly():
        return _result(workbench, desk, "company_facts", workbench.enrichment.company_facts(progress=desk.progress))


@dg.asset(
    group_name=GROUP,
    deps=["contacts"],
    kinds={"python"},
    retry_policy=RETRY,
    pool=POOL,
    description="Facts about people: seniority and function as their title says, and their language.",
    check_specs=[complete("contact_facts")],
)
def contact_facts(workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]) -> dg.MaterializeResult:
    with told_plainly():
        return _result(workbench, desk, "contact_facts", workbench.enrichment.contact_facts(progress=desk.progress))


@dg.asset(
    group_name=GROUP,
    deps=["contacts"],
    kinds={"python"},
    retry_policy=RETRY,
    pool=POOL,
    description="What can be said of each address without asking its server.",
    check_specs=[complete("email_verifications")],
)
def email_verifications(workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]) -> dg.MaterializeResult:
    with told_plainly():
        return _result(workbench, desk, "email_verifications", workbench.enrichment.verify_emails(progress=desk.progress))
