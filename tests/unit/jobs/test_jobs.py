"""Requests to the pipeline: asked once, run once, followed, and never lost when a run dies."""

from __future__ import annotations

import threading

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.jobs.model import JobStatus
from gtm_pipelines.jobs.service import JobService
from gtm_pipelines.record.engine import Record


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


def test_a_job_that_does_not_exist_is_not_found(desk: JobService) -> None:
    with pytest.raises(NotFoundError):
        desk.get("0" * 32)
