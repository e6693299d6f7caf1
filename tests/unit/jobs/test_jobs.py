"""Requests to the pipeline: asked once, run once, followed, and never lost when a run dies."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from gtm_pipelines.acting import Actor, ForbiddenError, Role, act_as
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.jobs.model import STOPPED, JobStatus
from gtm_pipelines.jobs.service import JobService
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import audit_event


@pytest.fixture
def desk(record: Record, clock: VirtualClock) -> JobService:
    return JobService(record, clock)


def test_asking_twice_while_the_first_is_open_gives_the_same_job(desk: JobService) -> None:
    first = desk.request("draft", {"campaign": "spring"}, by="anna")
    assert desk.request("draft", {"campaign": "spring"}, by="ben").id == first.id
    assert desk.request("draft", {"campaign": "autumn"}, by="ben").id != first.id
    assert desk.request("send", {"campaign": "spring"}, by="ben").id != first.id


def test_a_finished_job_can_be_asked_for_again(desk: JobService) -> None:
    first = desk.request("collect", {}, by="anna")
    desk.finish(first.id, {"new": 3})
    assert desk.get(first.id).result == {"new": 3}
    assert desk.request("collect", {}, by="anna").id != first.id


def test_eight_people_asking_at_once_make_one_job(record: Record, clock: VirtualClock) -> None:
    made: list[str] = []

    def ask() -> None:
        made.append(JobService(record, clock).request("send", {"campaign": "c"}, by="x", key="one").id)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1


@pytest.mark.parametrize(
    ("kind", "payload", "told"),
    [
        ("dance", {}, "No job is called 'dance'"),
        ("draft", {}, "missing campaign"),
        ("collect", {"campaign": "x"}, "unknown campaign"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(desk: JobService, kind: str, payload: dict[str, str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        desk.request(kind, payload, by="anna")
    assert desk.recent() == []


def test_requests_are_taken_oldest_first_and_only_until_a_run_starts_on_them(desk: JobService) -> None:
    first = desk.request("draft", {"campaign": "a"}, by="x")
    second = desk.request("draft", {"campaign": "b"}, by="x")
    assert [job.id for job in desk.next_requested(["draft"])] == [first.id, second.id]
    assert desk.next_requested(["send"]) == []
    desk.start(first.id, "run-1")
    assert [job.id for job in desk.next_requested()] == [second.id]


def test_a_job_is_started_by_one_run_only(desk: JobService) -> None:
    job = desk.request("refresh", {}, by="x")
    desk.start(job.id, "run-1")
    assert desk.start(job.id, "run-1").status is JobStatus.RUNNING
    with pytest.raises(ConflictError):
        desk.start(job.id, "run-2")


def test_progress_is_written_twice_a_second_at_most_and_always_at_the_end(desk: JobService, clock: VirtualClock) -> None:
    job = desk.request("enrich", {}, by="x")
    desk.start(job.id, "run-1")
    desk.progress(job.id, 1, 10)
    desk.progress(job.id, 2, 10)
    assert desk.get(job.id).done == 1
    clock.advance(seconds=0.6)
    desk.progress(job.id, 3, 10)
    assert desk.get(job.id).fraction == pytest.approx(0.3)
    desk.progress(job.id, 10, 10)
    assert desk.get(job.id).done == 10


def test_a_failed_job_says_why_without_the_key_and_stays_failed(desk: JobService) -> None:
    job = desk.request("send", {"campaign": "c"}, by="x")
    desk.start(job.id, "run-1")
    desk.fail(job.id, "refused: key sk-abcdefgh12345678 is wrong")
    desk.finish(job.id, {})
    failed = desk.get(job.id)
    assert failed.status is JobStatus.FAILED
    assert failed.message == "refused: key [redacted] is wrong"


def test_what_nobody_began_yet_is_stopped_at_once(desk: JobService) -> None:
    job = desk.request("search_index", {}, by="anna")
    assert desk.stop(job.id, by="person:ben").status is JobStatus.STOPPED
    assert desk.next_requested() == []
    with pytest.raises(ConflictError, match="stopped"):
        desk.start(job.id, "run-1")
    assert desk.request("search_index", {}, by="anna").id != job.id


def test_a_run_hears_within_half_a_second_that_it_is_to_stop(desk: JobService, clock: VirtualClock, record: Record) -> None:
    job = desk.request("search_index", {}, by="anna")
    desk.start(job.id, "run-1")
    desk.progress(job.id, 3, 10)
    assert not desk.stop_asked(job.id)
    assert JobService(record, clock).stop(job.id, by="person:ben").status is JobStatus.STOPPING
    clock.advance(seconds=0.6)
    assert desk.stop_asked(job.id)
    desk.progress(job.id, 4, 10)
    desk.stopped(job.id)
    told = desk.get(job.id)
    assert (told.status, told.done, told.message) == (JobStatus.STOPPED, 4, STOPPED)


def test_what_is_asked_for_while_the_same_is_being_stopped_is_refused_and_not_lost(desk: JobService) -> None:
    job = desk.request("draft", {"campaign": "spring"}, by="anna")
    desk.start(job.id, "run-1")
    desk.stop(job.id, by="person:ben")
    with pytest.raises(ConflictError, match=r"being stopped\. Ask again once it has ended\."):
        desk.request("draft", {"campaign": "spring"}, by="anna")
    other = desk.request("draft", {"campaign": "autumn"}, by="anna")
    desk.stopped(job.id)
    again = desk.request("draft", {"campaign": "spring"}, by="anna")
    assert [one.id for one in desk.next_requested()] == [other.id, again.id]


def test_what_was_done_before_the_stop_reached_it_is_done(desk: JobService) -> None:
    job = desk.request("search_index", {}, by="anna")
    desk.start(job.id, "run-1")
    desk.stop(job.id, by="person:ben")
    assert desk.stop(job.id, by="person:cy").status is JobStatus.STOPPING
    desk.finish(job.id, {"pieces": 3})
    assert desk.get(job.id).status is JobStatus.SUCCEEDED
    with pytest.raises(ConflictError, match="over before"):
        desk.stop(job.id, by="person:ben")


def test_sending_is_held_by_its_campaign_and_not_by_a_run_of_it(desk: JobService) -> None:
    job = desk.request("send", {"campaign": "c"}, by="anna")
    with pytest.raises(ConflictError, match="pausing its campaign"):
        desk.stop(job.id, by="person:ben")
    assert desk.get(job.id).status is JobStatus.REQUESTED


def test_stopping_takes_an_editor_and_is_on_record(desk: JobService, record: Record) -> None:
    job = desk.request("enrich", {}, by="anna")
    with act_as(Actor("rita", Role.REVIEWER)), pytest.raises(ForbiddenError):
        desk.stop(job.id, by="person:rita")
    with act_as(Actor("eddie", Role.EDITOR)):
        desk.stop(job.id, by="person:anna")
        desk.stop(job.id, by="person:anna")
    with record.read() as connection:
        rows = connection.execute(sa.select(audit_event)).all()
    assert [(row.actor, row.action, row.subject_id) for row in rows] == [("person:eddie", "job.stop", job.id)]


def test_a_job_that_does_not_exist_is_not_found(desk: JobService) -> None:
    with pytest.raises(NotFoundError):
        desk.get("0" * 32)
