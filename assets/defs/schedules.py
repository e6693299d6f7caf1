"""What runs by the clock. Nothing here can send what a person has not approved and released."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from assets.partitions import partition_key
from gtm_pipelines.record.due import campaigns_due, campaigns_to_draft, has_sent
from gtm_pipelines.workbench import Workbench

RUNNING = dg.DefaultScheduleStatus.RUNNING
ANSWERS_COME_FOR = timedelta(days=60)
SENDING, DRAFTING = ("send_campaign", "send_messages"), ("draft_campaign",)
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


def _is_running(context: dg.ScheduleEvaluationContext, *jobs: str, **tags: str) -> bool:
    filters = [dg.RunsFilter(job_name=job, statuses=UNFINISHED, tags=tags) for job in jobs]
    return any(context.instance.get_runs_count(wanted) for wanted in filters)


def _requests(
    context: dg.ScheduleEvaluationContext, due: Sequence[Any], jobs: Sequence[str], nothing: str, busy: str
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for a run of every due campaign that none of ``jobs`` is at; say why where there is none."""
    keys = [partition_key(row.name, row.id) for row in due]
    free = [key for key in keys if not _is_running(context, *jobs, **{"dagster/partition": key})]
    known = set(context.instance.get_dynamic_partitions("campaign"))
    yield from (dg.RunRequest(run_key=None, partition_key=key) for key in free if key in known)
    if not free:
        yield dg.SkipReason(busy if keys else nothing)


@dg.schedule(
    cron_schedule="*/5 * * * *",
    job_name="send_messages",
    default_status=RUNNING,
    description="Hands over what is due in campaigns that a person released: held back by caps, later mails, answers.",
)
def due_messages(
    context: dg.ScheduleEvaluationContext, workbench: dg.ResourceParam[Workbench]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    due = campaigns_due(workbench.record, workbench.clock.now())
    yield from _requests(context, due, SENDING, "No message is due.", "The campaigns with due messages are being sent.")


@dg.schedule(
    cron_schedule="*/10 * * * *",
    job_name="draft_campaign",
    default_status=RUNNING,
    description="Writes the later mails of sequences shortly before they are due; each waits for a person's approval.",
)
def later_mails(
    context: dg.ScheduleEvaluationContext, workbench: dg.ResourceParam[Workbench]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    by = workbench.clock.now() + timedelta(days=workbench.settings.drafting.ahead_days)
    due = campaigns_to_draft(workbench.record, by)
    yield from _requests(context, due, DRAFTING, "No later mail is to be written.", "The later mails are being written.")


@dg.schedule(
    cron_schedule="*/10 * * * *",
    job_name="collect_replies",
    default_status=RUNNING,
    description="Reads the mailboxes while answers to what was sent may come.",
)
def reply_collection(
    context: dg.ScheduleEvaluationContext, workbench: dg.ResourceParam[Workbench]
) -> dg.RunRequest | dg.SkipReason:
    if not has_sent(workbench.record, workbench.clock.now() - ANSWERS_COME_FOR):
        return dg.SkipReason(f"Nothing was sent in {ANSWERS_COME_FOR.days} days.")
    if _is_running(context, "collect_replies"):
        return dg.SkipReason("The mailboxes are being read.")
    return dg.RunRequest()


nightly_marts = dg.ScheduleDefinition(
    name="nightly_marts",
    cron_schedule="0 3 * * *",
    job_name="refresh_marts",
    default_status=RUNNING,
    description="Makes every figure anew, once a night.",
)
