"""What starts runs: requests, releases, files and the clock; each once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.defs import schedules, sensors
from assets.requests import RUNS
from assets.resources import JOB_TAG
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.jobs.model import KINDS, JobStatus
from gtm_pipelines.workbench import Workbench

Tick = Callable[..., dg.SensorResult]


@pytest.fixture
def tick(definitions: dg.Definitions, instance: dg.DagsterInstance, workbench: Workbench) -> Tick:
    """Ask a sensor once, as the daemon would."""
    repository = definitions.get_repository_def()

    def ask(sensor: dg.SensorDefinition, cursor: str | None = None) -> Any:
        context = dg.build_sensor_context(
            instance=instance, cursor=cursor, repository_def=repository, resources={"workbench": workbench}
        )
        return sensor(context)

    return ask


def old_file(path: Path, text: str = "Company\nAcme\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def test_a_request_becomes_a_run_with_the_requests_id_as_its_key(tick: Tick, workbench: Workbench) -> None:
    job = workbench.jobs.request("import_file", {"path": "/lists/a.csv", "kind": "company", "session_key": "spring"}, by="anna")
    (run,) = tick(sensors.job_requests).run_requests or ()
    assert (run.run_key, run.job_name, run.tags[JOB_TAG]) == (job.id, "import_lists", job.id)
    assert run.run_config["ops"]["raw_imports"]["config"] == {
        "paths": ["/lists/a.csv"],
        "kind": "company",
        "session_key": "spring",
    }


def test_every_kind_of_work_that_can_be_asked_for_has_a_run_the_sensor_may_start(
    definitions: dg.Definitions, instance: dg.DagsterInstance, workbench: Workbench
) -> None:
    """As the daemon asks it: one run it may not start would stop all others with it."""
    asked = {
        "import_file": {"path": "/lists/a.csv", "kind": "company"},
        "strategy": {"strategy": "s", "by": "anna"},
        "undo_import": {"batch": "b"},
    }
    kinds = [name for name in KINDS if "campaign" not in KINDS[name].required]
    jobs = {workbench.jobs.request(name, asked.get(name, {}), by="anna").id: name for name in kinds}
    context = dg.build_sensor_context(
        instance=instance, repository_def=definitions.get_repository_def(), resources={"workbench": workbench}
    )
    started = sensors.job_requests.evaluate_tick(context).run_requests or ()
    assert {jobs[run.run_key or ""]: run.job_name for run in started} == {name: RUNS[name] for name in kinds}


def test_a_request_that_a_run_works_on_starts_no_other(tick: Tick, workbench: Workbench) -> None:
    job = workbench.jobs.request("refresh", {}, by="anna")
    workbench.jobs.start(job.id, "run-1")
    assert not tick(sensors.job_requests).run_requests


def test_a_request_for_a_campaign_that_is_gone_fails_with_the_reason(tick: Tick, workbench: Workbench) -> None:
    job = workbench.jobs.request("draft", {"campaign": "gone"}, by="anna")
    assert not tick(sensors.job_requests).run_requests
    told = workbench.jobs.get(job.id)
    assert told.status is JobStatus.FAILED
    assert "gone" in (told.message or "")


def test_new_files_start_one_run_companies_first_and_old_ones_none(tick: Tick, workbench: Workbench) -> None:
    inbox = workbench.settings.inbox_path
    contacts = old_file(inbox / "contacts" / "a.csv")
    companies = old_file(inbox / "My_Companies.csv")
    old_file(inbox / "notes.csv")
    first = tick(sensors.inbox_files)
    (run,) = first.run_requests
    assert run.run_config["ops"]["raw_imports"]["config"]["paths"] == [str(companies), str(contacts)]
    assert not tick(sensors.inbox_files, first.cursor).run_requests
    old_file(contacts, "Email\nann@acme.example\n")
    (again,) = tick(sensors.inbox_files, first.cursor).run_requests
    assert again.run_config["ops"]["raw_imports"]["config"]["paths"] == [str(contacts)]


def test_a_file_whose_very_bytes_were_imported_starts_no_run(tick: Tick, workbench: Workbench) -> None:
    text = "Company,Website\nAcme,acme.example\n"
    path = old_file(workbench.settings.inbox_path / "companies.csv", text)
    workbench.intake.import_file(path, "company")
    first = tick(sensors.inbox_files)
    assert not first.run_requests
    old_file(path, text + "Borey,borey.example\n")
    assert tick(sensors.inbox_files, first.cursor).run_requests


def test_a_file_that_is_still_being_copied_waits(tick: Tick, workbench: Workbench) -> None:
    path = old_file(workbench.settings.inbox_path / "companies.csv")
    path.touch()
    waiting = tick(sensors.inbox_files)
    assert not waiting.run_requests
    assert json.loads(waiting.cursor) == {}


def test_without_anything_sent_nothing_is_collected_and_nothing_due(
    tmp_path: Path, workbench: Workbench, clock: VirtualClock
) -> None:
    instance = dg.DagsterInstance.local_temp(str(tmp_path))

    def ask(schedule: dg.ScheduleDefinition) -> Any:
        return schedule(
            dg.build_schedule_context(instance=instance, scheduled_execution_time=clock.now(), resources={"workbench": workbench})
        )

    assert isinstance(ask(schedules.reply_collection), dg.SkipReason)
    assert [type(answer) for answer in ask(schedules.due_messages)] == [dg.SkipReason]
