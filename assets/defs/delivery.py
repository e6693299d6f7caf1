"""Mail leaves: approved texts become messages, and due messages are handed over at most once."""

import dagster as dg

from assets.checks import blocking, no_faults
from assets.failures import RETRY, told_plainly
from assets.metadata import counts
from assets.partitions import CAMPAIGNS
from assets.resources import Desk
from assets.warehouse import POOL, complete, copied, copy
from gtm_pipelines.plain import plain
from gtm_pipelines.record import integrity
from gtm_pipelines.workbench import Workbench

GROUP = "delivery"


@dg.asset(
    group_name=GROUP,
    deps=["reviews", "campaign_release", "suppressions"],
    partitions_def=CAMPAIGNS,
    kinds={"sql"},
    pool=POOL,
    description="One message for each approved draft of a released campaign, with the moment it is due. Nothing leaves here.",
    check_specs=[
        blocking("messages", "approved", "Did a person approve the exact text of every message?"),
        blocking("messages", "no_duplicates", "Has anybody more than one message in a step?"),
        blocking("messages", "references_hold", "Does every message name a draft, decision, target and contact that are there?"),
        complete("messages"),
    ],
)
def messages(
    context: dg.AssetExecutionContext, workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]
) -> dg.MaterializeResult:
    with told_plainly():
        campaign = workbench.campaigns.get(context.partition_key)
        report = workbench.delivery.queue(campaign.id)
        desk.tell(queue=report)
        return copied(
            copy(workbench, "message"),
            checks=[
                no_faults("approved", integrity.unapproved_messages(workbench.record, campaign.id)),
                no_faults("no_duplicates", integrity.doubled_messages(workbench.record, campaign.id)),
                no_faults("references_hold", integrity.broken_references(workbench.record, "message")),
            ],
            queued=report.queued,
            stopped=counts(report.stopped, "rule"),
        )


@dg.asset(
    group_name=GROUP,
    deps=[messages],
    partitions_def=CAMPAIGNS,
    kinds={"smtp"},
    retry_policy=RETRY,
    description="Due messages handed over, and what happened to each. A message that may have left is never sent again.",
    check_specs=[
        blocking("message_events", "sent_once", "Was any message handed over twice?"),
        complete("message_events"),
    ],
)
def message_events(
    context: dg.AssetExecutionContext, workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]
) -> dg.MaterializeResult:
    with told_plainly():
        campaign = workbench.campaigns.get(context.partition_key)
        report = workbench.delivery.send(campaign.id, progress=desk.progress)
        desk.tell(send=report)
        outcomes = {name: getattr(report, name) for name in ("sent", "deferred", "failed", "unknown", "waiting", "refused")}
        return copied(
            copy(workbench, "message_event", "message"),
            checks=[no_faults("sent_once", integrity.sent_twice(workbench.record, campaign.id))],
            **outcomes,
            **{"held back": counts(report.held, "rule"), "next due": str(plain(report.next_due_at) or "nothing waits")},
        )
