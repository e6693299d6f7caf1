"""From a frozen list of people to texts a person has decided on; one partition a campaign."""

import dagster as dg

from assets.checks import blocking, no_faults
from assets.failures import RETRY, told_plainly
from assets.metadata import counts, table
from assets.partitions import CAMPAIGNS
from assets.resources import Desk
from assets.warehouse import POOL, complete, copied, copy
from gtm_pipelines.plain import plain
from gtm_pipelines.record import integrity
from gtm_pipelines.workbench import Workbench

GROUP = "campaigns"


@dg.asset(
    group_name=GROUP,
    deps=["segment_members", "suppressions"],
    partitions_def=CAMPAIGNS,
    kinds={"sql"},
    pool=POOL,
    description="The people of a campaign as frozen when it was created, with address, mailbox and variant.",
    check_specs=[
        blocking("campaign_targets", "references_hold", "Does every target name a contact, company and campaign that are there?"),
        complete("campaign_targets"),
    ],
)
def campaign_targets(context: dg.AssetExecutionContext, workbench: dg.ResourceParam[Workbench]) -> dg.MaterializeResult:
    with told_plainly():
        status = workbench.campaigns.status(context.partition_key)
        references = no_faults("references_hold", integrity.broken_references(workbench.record, "target"))
        return copied(
            copy(workbench, "campaign", "pack_version", "target"),
            checks=[references],
            **{
                "targets": status.targets,
                "excluded": counts(status.excluded_reasons, "excluded because"),
                "by variant": counts(status.variants, "variant"),
                "by language": counts(status.languages, "language"),
            },
        )


@dg.asset(
    group_name=GROUP,
    deps=[campaign_targets],
    partitions_def=CAMPAIGNS,
    kinds={"python"},
    retry_policy=RETRY,
    description="Every variant written for every active target, by mail merge or a model. Texts already there stay as they are.",
    check_specs=[complete("drafts")],
)
def drafts(
    context: dg.AssetExecutionContext, workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]
) -> dg.MaterializeResult:
    with told_plainly():
        report = workbench.drafting.draft(context.partition_key, progress=desk.progress)
        desk.tell(drafts=report)
        rewritten = _rewrite(workbench, context.partition_key, desk)
        status = workbench.campaigns.status(context.partition_key)
        return copied(
            copy(workbench, "draft", "revision", "draft_failure"),
            **{
                "drafted now": report.drafted,
                "drafts": status.drafts,
                "rewritten for a look": rewritten,
                "calls to models": report.calls,
                "of them free, from the cache": report.cached,
                "US dollars": round(report.cost_usd, 4),
                "stopped early because": report.stopped or "it was not",
                "not drafted because": counts(status.failure_reasons, "reason"),
                "example": table([_example(workbench, context.partition_key)]),
            },
        )


@dg.asset(
    group_name=GROUP,
    deps=[drafts],
    partitions_def=CAMPAIGNS,
    kinds={"python"},
    pool=POOL,
    retry_policy=RETRY,
    description="What rules found in every draft, and how each is scored: by counting, or by a model where the settings say so.",
    check_specs=[complete("draft_scores")],
)
def draft_scores(
    context: dg.AssetExecutionContext, workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]
) -> dg.MaterializeResult:
    with told_plainly():
        verdicts = workbench.groundings.check(context.partition_key, progress=desk.progress)
        judge = workbench.settings.drafting.judge
        report = workbench.judging.run(context.partition_key, judge=judge, progress=desk.progress)
        alike = workbench.groundings.alike(context.partition_key)
        return copied(
            copy(workbench, "grounding", "overruling", "judgement"),
            **{
                "by verdict": counts(verdicts, "verdict"),
                "scored now": report.judged,
                "by": report.judge,
                "scores": table(plain(workbench.judging.summary(context.partition_key))),
                "nearly alike": sum(len(one.draft_ids) for one in alike),
            },
        )


def _rewrite(workbench: Workbench, campaign: str, desk: Desk) -> int:
    """Write what people asked to have changed; a person looks at it before anything is kept."""
    written = 0
    for asked in workbench.rewrites.list(campaign):
        if asked.status == "writing":
            written += workbench.rewrites.write(asked.id, progress=desk.progress).items.get("written", 0)
    return written


def _example(workbench: Workbench, campaign: str) -> dict[str, str]:
    first = workbench.review.page(campaign, limit=1)
    return {"variant": first[0].variant, "subject": first[0].subject, "body": first[0].body} if first else {"variant": "none yet"}


@dg.asset(
    group_name=GROUP,
    deps=[drafts],
    partitions_def=CAMPAIGNS,
    kinds={"person"},
    pool=POOL,
    description="What people decided about the drafts. This is the gate: people decide in the app or by command, never here.",
    check_specs=[complete("reviews")],
)
def reviews(context: dg.AssetExecutionContext, workbench: dg.ResourceParam[Workbench]) -> dg.MaterializeResult:
    with told_plainly():
        status = workbench.campaigns.status(context.partition_key)
        shown = ("waiting_review", "approved", "rejected", "released_at")
        return copied(
            copy(workbench, "decision", "revision", "draft", "campaign"),
            decisions=table([plain({n: getattr(status, n) for n in shown})]),
        )


campaign_release = dg.AssetSpec(
    "campaign_release",
    group_name=GROUP,
    deps=[reviews],
    partitions_def=CAMPAIGNS,
    kinds={"person"},
    description="A person said: send. Recorded in the app or by `gtm campaign release`; a sensor notices it and starts sending.",
)
