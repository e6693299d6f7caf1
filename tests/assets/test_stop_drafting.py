"""A stop pressed while drafting begins: told as a stop, and what was begun by then is kept."""

from __future__ import annotations

import dagster as dg
import pytest

from assets.failures import why
from assets.partitions import ensure
from assets.resources import JOB_TAG, DeskResource, WorkbenchResource
from gtm_pipelines.jobs.model import STOPPED, Job, JobStatus
from gtm_pipelines.jobs.service import JobService
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_people, make_campaign

pytestmark = pytest.mark.slow


def test_a_stop_pressed_while_drafting_begins_is_a_stop_and_no_failure(
    definitions: dg.Definitions, workbench: Workbench, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GTM_HOME", str(workbench.settings.home_path))
    start = JobService.start

    def start_and_stop(desk: JobService, job_id: str, run_id: str) -> Job:
        started = start(desk, job_id, run_id)
        return desk.stop(job_id, by="person:anna") if job_id == first.id else started

    monkeypatch.setattr(JobService, "start", start_and_stop)
    add_people(workbench, 3)
    campaign = make_campaign(workbench)
    ensure(instance, [campaign.name])
    first = workbench.jobs.request("draft", {"campaign": campaign.id}, by="anna")
    done = _run_for(definitions, instance, first.id, campaign.name)
    told = workbench.jobs.get(first.id)
    assert (told.status, told.message) == (JobStatus.STOPPED, STOPPED)
    failures = done.filter_events(lambda event: event.event_type == dg.DagsterEventType.STEP_FAILURE)
    assert [why(event) for event in failures] == [STOPPED]
    kept = workbench.campaigns.status(campaign.id).drafts
    again = workbench.jobs.request("draft", {"campaign": campaign.id}, by="anna")
    assert _run_for(definitions, instance, again.id, campaign.name).success
    assert workbench.jobs.get(again.id).status is JobStatus.SUCCEEDED
    assert workbench.jobs.get(again.id).result["drafts"]["drafted"] == workbench.campaigns.status(campaign.id).drafts - kept


def _run_for(definitions: dg.Definitions, instance: dg.DagsterInstance, job_id: str, partition: str) -> dg.ExecuteInProcessResult:
    """Draft with the pipeline's own resources, as a run started by the sensor would."""
    bench = WorkbenchResource()
    return definitions.resolve_job_def("draft_campaign").execute_in_process(
        instance=instance,
        partition_key=partition,
        tags={JOB_TAG: job_id},
        resources={"workbench": bench, "desk": DeskResource(workbench=bench)},
        raise_on_error=False,
    )
