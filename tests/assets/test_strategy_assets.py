"""A strategy asked for in the app is written by the pipeline, and a correction with guidance too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assets.requests import run_for
from gtm_pipelines.workbench import Workbench
from tests.assets.conftest import RunJob
from tests.integration.strategy.parts import Room, recorded, room

pytestmark = pytest.mark.slow


@pytest.fixture
def spring(workbench: Workbench) -> Iterator[Room]:
    """The strategy 'Spring', with nothing written yet, over recorded answers."""
    made = room(workbench.record, workbench.clock)
    workbench.__dict__["strategies"] = made.service
    made.service.new("Spring", "https://harbourline.test", by="anna")
    yield made
    made.llm.close()


def ask(workbench: Workbench, run_job: RunJob, **payload: object) -> bool:
    job = workbench.jobs.request("strategy", {"strategy": "Spring", "by": "anna", **payload}, by="anna")
    run = run_for(workbench, job)
    assert run.job_name == "write_strategy"
    return run_job("write_strategy", config=run.run_config).success


def test_a_request_writes_all_documents(workbench: Workbench, run_job: RunJob, spring: Room) -> None:
    assert ask(workbench, run_job)
    assert len(spring.service.get("Spring").documents) == 6


def test_a_request_with_guidance_writes_one_document_anew(workbench: Workbench, run_job: RunJob, spring: Room) -> None:
    assert ask(workbench, run_job, only=["positioning"])
    spring.model.instead[("positioning", None)] = recorded("harbourline", "positioning").replace("Plain:", "Dry:")
    assert ask(workbench, run_job, correct="positioning", guidance="Drier.")
    assert spring.service.get("Spring").documents["positioning"].number == 2
    assert [each.guidance for each in spring.service.corrections.list("Spring")] == ["Drier."]


def test_a_run_that_was_asked_for_by_nobody_writes_nothing(workbench: Workbench, run_job: RunJob, spring: Room) -> None:
    assert run_job("write_strategy").success
    assert spring.engine.requests == []


def test_thin_context_fails_at_once_with_what_to_do(workbench: Workbench, run_job: RunJob, spring: Room) -> None:
    spring.web.kinds = ("about",)
    assert not ask(workbench, run_job)
    assert spring.service.get("Spring").documents == {}
