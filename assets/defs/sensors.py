"""What starts runs without a clock: requests from faces, a person's release, new files in the inbox folder."""

import json
from datetime import datetime

import dagster as dg

from assets.defs.jobs import (
    better_pack,
    collect_replies,
    draft_campaign,
    enrich_lists,
    find_duplicates,
    import_lists,
    index_texts,
    make_insights,
    refresh_marts,
    run_benchmark,
    send_campaign,
    write_strategy,
)
from assets.failures import told_plainly, why_run
from assets.lists import KINDS, already_imported, waiting
from assets.partitions import CAMPAIGNS, partition_key
from assets.requests import run_for
from assets.resources import JOB_TAG
from gtm_pipelines.errors import InputError
from gtm_pipelines.jobs.model import STOPPED
from gtm_pipelines.record.due import campaigns_released
from gtm_pipelines.workbench import Workbench

RUNNING = dg.DefaultSensorStatus.RUNNING
SETTLED_SECONDS = 3
"""A file younger than this may still be being copied."""

JOBS = [
    import_lists,
    find_duplicates,
    enrich_lists,
    make_insights,
    index_texts,
    draft_campaign,
    send_campaign,
    collect_replies,
    refresh_marts,
    write_strategy,
    better_pack,
    run_benchmark,
]


@dg.sensor(
    jobs=JOBS,
    minimum_interval_seconds=1,
    default_status=RUNNING,
    description="Starts the run that somebody asked for in the app, by command or over the API, once for each request.",
)
def job_requests(context: dg.SensorEvaluationContext, workbench: dg.ResourceParam[Workbench]) -> dg.SensorResult:
    runs = []
    for job in workbench.jobs.next_requested():
        try:
            runs.append(run_for(workbench, job))
        except InputError as error:
            workbench.jobs.fail(job.id, str(error))
    keys = [partition_key(campaign.name, campaign.id) for campaign in workbench.campaigns.list()]
    missing = sorted(set(keys) - set(context.instance.get_dynamic_partitions("campaign")))
    return dg.SensorResult(
        run_requests=runs, dynamic_partitions_requests=[CAMPAIGNS.build_add_request(missing)] if missing else None
    )


@dg.sensor(
    job_name="send_campaign",
    minimum_interval_seconds=5,
    default_status=RUNNING,
    description="Notices that a person released a campaign, and starts the sending.",
)
def campaign_releases(context: dg.SensorEvaluationContext, workbench: dg.ResourceParam[Workbench]) -> dg.SensorResult:
    since = datetime.fromisoformat(context.cursor) if context.cursor else None
    rows = campaigns_released(workbench.record, since, workbench.clock.now())
    released = [(partition_key(row.name, row.id), row) for row in rows]
    if not released:
        return dg.SensorResult(skip_reason="No campaign was released since.")
    keys = [key for key, _ in released]
    return dg.SensorResult(
        asset_events=[dg.AssetMaterialization("campaign_release", partition=key) for key in keys],
        run_requests=[
            dg.RunRequest(run_key=f"release:{row.id}:{row.released_at.isoformat()}", partition_key=key)
            for key, row in released
            if row.has_work
        ],
        dynamic_partitions_requests=[CAMPAIGNS.build_add_request(keys)],
        cursor=released[-1][1].released_at.isoformat(),
    )


@dg.sensor(
    job_name="import_lists",
    minimum_interval_seconds=15,
    default_status=RUNNING,
    description="Imports new and changed CSV files of the inbox folder, named *compan* or *contact* or in such a folder.",
)
def inbox_files(context: dg.SensorEvaluationContext, workbench: dg.ResourceParam[Workbench]) -> dg.SensorResult:
    seen = json.loads(context.cursor) if context.cursor else {}
    marks, fresh = {}, []
    for path, kind in waiting(workbench.settings.inbox_path):
        stat = path.stat()
        if workbench.clock.now().timestamp() - stat.st_mtime < SETTLED_SECONDS:
            continue
        marks[str(path)] = f"{stat.st_mtime_ns}:{stat.st_size}"
        if seen.get(str(path)) != marks[str(path)] and not already_imported(workbench.record, path, kind):
            fresh.append((KINDS.index(kind), str(path)))
    if not fresh:
        return dg.SensorResult(skip_reason="No new file in the inbox folder.", cursor=json.dumps(marks, sort_keys=True))
    paths = [path for _, path in sorted(fresh)]
    key = "inbox:" + "|".join(f"{path}@{marks[path]}" for path in paths)
    request = dg.RunRequest(run_key=key, run_config={"ops": {"raw_imports": {"config": {"paths": paths}}}})
    return dg.SensorResult(run_requests=[request], cursor=json.dumps(marks, sort_keys=True))


def _tell_job(instance_run: dg.DagsterRun, workbench: Workbench, message: str) -> None:
    job_id = instance_run.tags.get(JOB_TAG)
    if job_id:
        with told_plainly():
            workbench.jobs.stopped(job_id) if message == STOPPED else workbench.jobs.fail(job_id, message)


@dg.run_failure_sensor(
    minimum_interval_seconds=5,
    default_status=RUNNING,
    description="Tells whoever asked that the run failed, even if it was killed.",
)
def failed_runs(context: dg.RunFailureSensorContext, workbench: dg.ResourceParam[Workbench]) -> None:
    _tell_job(context.dagster_run, workbench, why_run(context.failure_event))


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.CANCELED,
    minimum_interval_seconds=10,
    default_status=RUNNING,
    description="Tells whoever asked that the run was stopped.",
)
def cancelled_runs(context: dg.RunStatusSensorContext, workbench: dg.ResourceParam[Workbench]) -> None:
    _tell_job(context.dagster_run, workbench, STOPPED)
