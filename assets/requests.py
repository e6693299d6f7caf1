"""How a job that a face asked for becomes a Dagster run, with the job's id as its key."""

from __future__ import annotations

from typing import Any

import dagster as dg

from assets.partitions import partition_key
from assets.resources import JOB_TAG
from gtm_pipelines.jobs.model import Job
from gtm_pipelines.workbench import Workbench

RUNS = {
    "import_file": "import_lists",
    "find_duplicates": "find_duplicates",
    "enrich": "enrich_lists",
    "insights": "make_insights",
    "search_index": "index_texts",
    "draft": "draft_campaign",
    "send": "send_campaign",
    "collect": "collect_replies",
    "refresh": "refresh_marts",
    "undo_import": "import_lists",
    "strategy": "write_strategy",
    "optimise": "better_pack",
    "benchmark": "run_benchmark",
}
"""Dagster job by kind of request."""
_WHOLE = {"strategy": "strategy_documents", "insights": "insights"}
"""The asset whose configuration is the payload, by kind of request."""
_NAMED = {"optimise": "compiled_packs", "benchmark": "benchmarks"}
"""The asset whose configuration is the payload and who asks, by kind of request."""


def run_for(workbench: Workbench, job: Job) -> dg.RunRequest:
    """Return the run that does what ``job`` asks.

    Raises:
        NotFoundError: the campaign it names is gone.
    """
    partition = None
    if "campaign" in job.payload:
        campaign = workbench.campaigns.get(job.payload["campaign"])
        partition = partition_key(campaign.name, campaign.id)
    return dg.RunRequest(
        run_key=job.id,
        job_name=RUNS[job.kind],
        partition_key=partition,
        tags={JOB_TAG: job.id, "gtm/asked_by": job.requested_by},
        run_config=_config(job),
    )


def _config(job: Job) -> dict[str, Any] | None:
    if job.kind == "import_file":
        return import_config(job.payload)
    if job.kind == "undo_import":
        return {"ops": {"raw_imports": {"config": {"undo": job.payload["batch"], "by": job.requested_by}}}}
    if job.kind == "enrich" and job.payload:
        asked = {"by": job.requested_by, **job.payload}
        return {"ops": {name: {"config": asked} for name in ("company_pages", "company_facts", "contact_facts")}}
    if job.kind in _NAMED:
        return {"ops": {_NAMED[job.kind]: {"config": {"by": job.requested_by, **job.payload}}}}
    if job.kind in _WHOLE:
        return {"ops": {_WHOLE[job.kind]: {"config": dict(job.payload)}}}
    return None


def import_config(payload: dict[str, Any] | Any) -> dict[str, Any]:
    """Return the run configuration of an import."""
    settings = {name: value for name, value in payload.items() if name != "path" and value}
    return {"ops": {"raw_imports": {"config": {"paths": [payload["path"]], **settings}}}}
