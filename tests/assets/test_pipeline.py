"""The pipeline over small lists, and the faults that stop it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa

from assets.defs.sensors import campaign_releases
from assets.failures import why
from assets.partitions import ensure
from assets.resources import JOB_TAG, DeskResource, WorkbenchResource
from gtm_pipelines.jobs.model import STOPPED, Job, JobStatus
from gtm_pipelines.jobs.service import JobService
from gtm_pipelines.record import integrity
from gtm_pipelines.record.tables import metadata
from gtm_pipelines.workbench import Workbench
from tests.assets.conftest import RunJob

pytestmark = pytest.mark.slow

COMPANIES = """Company,Website,Country,City,Industry,Employees
Acme Haulage Ltd,acme-haulage.example,United Kingdom,Leeds,Logistics,120
Borey Soft LLC,borey-soft.example,Germany,Berlin,Software,40
,nameless.example,France,Paris,Retail,9
"""
CONTACTS = """First name,Last name,Email,Job title,Company,Company website
Ann,Lee,ann@acme-haulage.example,Chief Executive Officer,Acme Haulage Ltd,acme-haulage.example
Ben,Ray,ben@borey-soft.example,CTO,Borey Soft LLC,borey-soft.example
Cid,Fox,not an address,Head of Sales,Borey Soft LLC,borey-soft.example
Dee,Oak,dee@borey-soft.example,Founder,Borey Soft LLC,borey-soft.example
"""
PARTITION = "Small campaign"


@pytest.fixture
def lists(workbench: Workbench) -> list[str]:
    """Two small lists in the inbox folder."""
    inbox = workbench.settings.inbox_path
    inbox.mkdir(parents=True)
    texts = {"companies.csv": COMPANIES, "contacts.csv": CONTACTS}
    for name, text in texts.items():
        (inbox / name).write_text(text, "utf-8")
    return [str(inbox / name) for name in texts]


@pytest.fixture
def campaign(run_job: RunJob, workbench: Workbench, instance: dg.DagsterInstance, lists: list[str]) -> str:
    """A campaign over the small lists, its partition known."""
    assert run_job("import_lists").success
    segment = workbench.segments.save("Everybody", {"all": []}, by="anna")
    mailboxes = [mailbox.name for mailbox in workbench.settings.mailboxes]
    workbench.campaigns.create(PARTITION, segment=segment.name, pack="cold-email", mailboxes=mailboxes, by="anna")
    ensure(instance, [PARTITION])
    return PARTITION


@pytest.fixture
def released(campaign: str, run_job: RunJob, workbench: Workbench) -> str:
    """The campaign drafted by the pipeline, approved and released by a person."""
    assert run_job("draft_campaign", partition=campaign).success
    workbench.review.approve_recommended(campaign, by="anna")
    workbench.campaigns.advance(campaign, "ready", by="anna")
    workbench.campaigns.release(campaign, by="anna")
    return campaign


def steps(done: dg.ExecuteInProcessResult) -> set[str]:
    return {event.step_key or "" for event in done.all_events if event.event_type == dg.DagsterEventType.STEP_SUCCESS}


def failure(done: dg.ExecuteInProcessResult) -> str:
    return " ".join(why(event) for event in done.all_events if event.event_type == dg.DagsterEventType.STEP_FAILURE)


def metadata_of(done: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    (event,) = done.asset_materializations_for_node(asset)
    return {name: value.value for name, value in event.metadata.items()}


def test_the_inbox_is_imported_companies_first_and_rejects_are_told(
    run_job: RunJob, workbench: Workbench, lists: list[str]
) -> None:
    done = run_job("import_lists")
    assert done.success
    told = metadata_of(done, "raw_imports")
    assert told["files"].index("companies.csv") < told["files"].index("contacts.csv")
    assert told["rejected"] == sum(batch.rejected for batch in workbench.intake.batches(limit=10)) > 0
    assert integrity.row_counts(workbench.record, "contact")["contact"] == metadata_of(done, "contacts")["dagster/row_count"]


def test_a_second_import_of_the_same_files_changes_nothing(run_job: RunJob, lists: list[str]) -> None:
    assert run_job("import_lists").success
    again = metadata_of(run_job("import_lists"), "raw_imports")
    assert again["imported"] == 0


def test_an_import_is_taken_back_by_the_pipeline(run_job: RunJob, workbench: Workbench, lists: list[str]) -> None:
    assert run_job("import_lists").success
    contacts = next(batch for batch in workbench.intake.batches() if batch.kind == "contact")
    config = {"ops": {"raw_imports": {"config": {"undo": contacts.batch_id, "by": "anna"}}}}
    done = run_job("import_lists", config=config)
    assert done.success
    assert metadata_of(done, "contacts")["dagster/row_count"] == 0
    assert workbench.intake.report(contacts.batch_id).undone_by == "anna"


def test_an_undone_file_in_the_inbox_comes_back_only_when_a_person_names_it(
    run_job: RunJob, workbench: Workbench, lists: list[str]
) -> None:
    assert run_job("import_lists").success
    contacts = next(batch for batch in workbench.intake.batches() if batch.kind == "contact")
    workbench.intake.undo(contacts.batch_id, by="person:anna")
    assert metadata_of(run_job("import_lists"), "raw_imports")["imported"] == 0
    named = [path for path in lists if "contacts" in path]
    config = {"ops": {"raw_imports": {"config": {"paths": named}}}}
    assert metadata_of(run_job("import_lists", config=config), "raw_imports")["imported"] == contacts.imported


def test_nothing_is_sent_before_a_person_approves_and_releases(campaign: str, run_job: RunJob, workbench: Workbench) -> None:
    assert run_job("draft_campaign", partition=campaign).success
    held = run_job("send_campaign", partition=campaign)
    assert not held.success
    assert "release" in failure(held)
    assert workbench.campaigns.status(campaign).sent == 0


def test_an_approved_and_released_campaign_is_sent_once(released: str, run_job: RunJob, workbench: Workbench) -> None:
    first = run_job("send_campaign", partition=released)
    assert first.success
    sent = workbench.campaigns.status(released).sent
    assert sent > 0
    assert metadata_of(first, "message_events")["sent"] == sent
    again = run_job("send_campaign", partition=released)
    assert again.success
    assert metadata_of(again, "message_events")["sent"] == 0
    assert workbench.campaigns.status(released).sent == sent


def test_a_release_starts_the_sending_once(
    released: str, run_job: RunJob, workbench: Workbench, instance: dg.DagsterInstance, definitions: dg.Definitions
) -> None:
    def tick(cursor: str | None) -> Any:
        repository = definitions.get_repository_def()
        return campaign_releases(
            dg.build_sensor_context(
                instance=instance, cursor=cursor, repository_def=repository, resources={"workbench": workbench}
            )
        )

    first = tick(None)
    (run,) = first.run_requests
    (event,) = first.asset_events
    assert (run.partition_key, event.asset_key.to_user_string(), event.partition) == (released, "campaign_release", released)
    assert not tick(first.cursor).run_requests
    assert run_job("send_campaign", partition=released).success
    assert not tick(None).run_requests


def test_replies_are_collected_and_the_campaign_gets_its_light(released: str, run_job: RunJob, workbench: Workbench) -> None:
    assert run_job("send_campaign", partition=released).success
    done = run_job("collect_replies")
    assert done.success
    assert released in metadata_of(done, "traffic_lights")["lights"]
    assert "data:image/svg+xml;base64," in metadata_of(done, "campaign_funnel")[f"funnel: {released}"]


def plant(workbench: Workbench, *statements: str) -> None:
    with workbench.record.write() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def test_a_doubled_company_stops_everything_after_it(run_job: RunJob, workbench: Workbench, lists: list[str]) -> None:
    assert run_job("import_lists").success
    columns = ", ".join(f'"{c.name}"' for c in metadata.tables["company"].columns if c.name != "id")
    plant(
        workbench,
        "DROP INDEX uq_company_domain",
        f"INSERT INTO company (id, {columns}) SELECT '{'f' * 32}', {columns} FROM company WHERE domain IS NOT NULL LIMIT 1",
    )
    done = run_job("import_lists")
    assert not done.success
    assert "companies" not in steps(done)
    assert not steps(done) & {"contacts", "company_facts", "segment_members"}


def test_a_message_that_says_something_else_than_was_approved_is_not_sent(
    released: str, run_job: RunJob, workbench: Workbench
) -> None:
    workbench.delivery.queue(released)
    plant(workbench, "UPDATE message SET body = 'Buy now' WHERE id = (SELECT min(id) FROM message)")
    done = run_job("send_campaign", partition=released)
    assert not done.success
    assert not steps(done) & {"message_events", "record_copy"}
    assert workbench.campaigns.status(released).sent == 0


def test_an_import_that_does_not_add_up_stops_the_flow(run_job: RunJob, workbench: Workbench, lists: list[str]) -> None:
    assert run_job("import_lists").success
    plant(workbench, "UPDATE import_batch SET imported = imported + 1")
    done = run_job("import_lists")
    assert not done.success
    assert not steps(done) & {"companies", "contacts"}


def test_a_job_follows_its_run_to_the_end(
    definitions: dg.Definitions,
    workbench: Workbench,
    instance: dg.DagsterInstance,
    lists: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GTM_HOME", str(workbench.settings.home_path))
    job = workbench.jobs.request("import_file", {"path": lists[0], "kind": "company"}, by="anna")
    done = _run_for(definitions, instance, job.id, {"paths": lists[:1], "kind": "company"})
    told = workbench.jobs.get(job.id)
    assert (told.status, told.run_id) == (JobStatus.SUCCEEDED, done.run_id)
    assert told.result["imports"][0]["rows"] == 3


def test_a_job_whose_run_fails_says_why(
    definitions: dg.Definitions,
    workbench: Workbench,
    instance: dg.DagsterInstance,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GTM_HOME", str(workbench.settings.home_path))
    mystery = tmp_path / "mystery.csv"
    mystery.write_text("a,b\n1,2\n")
    job = workbench.jobs.request("import_file", {"path": str(mystery), "kind": "company"}, by="anna")
    assert not _run_for(definitions, instance, job.id, {"paths": [str(mystery)]}).success
    told = workbench.jobs.get(job.id)
    assert told.status is JobStatus.FAILED
    assert "Say what mystery.csv holds" in (told.message or "")


def test_a_run_that_is_to_stop_does_so_between_two_pieces_of_work_and_goes_on_when_asked_again(
    definitions: dg.Definitions,
    workbench: Workbench,
    instance: dg.DagsterInstance,
    lists: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GTM_HOME", str(workbench.settings.home_path))
    start = JobService.start

    def start_and_stop(desk: JobService, job_id: str, run_id: str) -> Job:
        started = start(desk, job_id, run_id)
        return desk.stop(job_id, by="person:anna") if job_id == first.id else started

    monkeypatch.setattr(JobService, "start", start_and_stop)
    first = workbench.jobs.request("import_file", {"path": lists[0], "kind": "company"}, by="anna")
    done = _run_for(definitions, instance, first.id, {"paths": lists[:1], "kind": "company"})
    told = workbench.jobs.get(first.id)
    assert (told.status, told.message) == (JobStatus.STOPPED, STOPPED)
    assert (steps(done), failure(done)) == (set(), STOPPED)
    with workbench.record.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(metadata.tables["company"])).scalar_one() == 3
    again = workbench.jobs.request("import_file", {"path": lists[0], "kind": "company"}, by="anna")
    assert _run_for(definitions, instance, again.id, {"paths": lists[:1], "kind": "company"}).success
    assert workbench.jobs.get(again.id).status is JobStatus.SUCCEEDED


def _run_for(
    definitions: dg.Definitions, instance: dg.DagsterInstance, job_id: str, config: dict[str, Any]
) -> dg.ExecuteInProcessResult:
    """Run an import with the pipeline's own resources, as a run started by the sensor would."""
    bench = WorkbenchResource()
    return definitions.resolve_job_def("import_lists").execute_in_process(
        run_config={"ops": {"raw_imports": {"config": config}}},
        instance=instance,
        tags={JOB_TAG: job_id},
        resources={"workbench": bench, "desk": DeskResource(workbench=bench)},
        raise_on_error=False,
    )
