"""What comes back: answers, bounces and out-of-office notes, and the conversations they make."""

import dagster as dg

from assets.checks import blocking, no_faults
from assets.failures import RETRY, told_plainly
from assets.metadata import counts, table
from assets.resources import Desk
from assets.warehouse import POOL, complete, copied, copy
from gtm_pipelines.plain import plain
from gtm_pipelines.record import integrity
from gtm_pipelines.workbench import Workbench

GROUP = "replies"


@dg.asset(
    group_name=GROUP,
    deps=["message_events"],
    kinds={"imap"},
    retry_policy=RETRY,
    description="Mail read from the mailboxes, told apart by rules and matched to the message it answers.",
    check_specs=[complete("inbound_messages")],
)
def inbound_messages(workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]) -> dg.MaterializeResult:
    with told_plainly():
        report = workbench.replies.collect(progress=desk.progress)
        desk.tell(collect=report)
        return copied(
            copy(workbench, "inbound_message", "message_event", "message", "contact", "suppression"),
            **{
                "new": report.new,
                "by class": counts(report.by_class, "class"),
                "waiting for a person to match": report.unmatched,
                "unknown messages settled": report.settled,
                "mailboxes not read": table(plain(report.failures), empty="all were read"),
            },
        )


@dg.asset(
    group_name=GROUP,
    deps=[inbound_messages],
    kinds={"duckdb"},
    pool=POOL,
    description="One conversation for each contact of a campaign who answered.",
    check_specs=[
        blocking("conversations", "references_hold", "Does every conversation and answer name what is there?"),
        complete("conversations"),
    ],
)
def conversations(workbench: dg.ResourceParam[Workbench]) -> dg.MaterializeResult:
    with told_plainly():
        faults = integrity.broken_references(workbench.record, "conversation", "inbound_message")
        return copied(copy(workbench, "conversation"), checks=[no_faults("references_hold", faults)])
