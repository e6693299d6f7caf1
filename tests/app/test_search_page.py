"""The search page: what is asked, what is found, and what it is narrowed to."""

from __future__ import annotations

import pytest

from gtm_pipelines.jobs.model import JobStatus
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open


@pytest.fixture(autouse=True)
def by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The local model would take a minute for the sample lists."""
    monkeypatch.setenv("GTM_SEARCH__EMBEDDER", "none")


def test_work_under_way_is_stopped_by_a_button_and_told_of(filled: Workbench, open_page: Open) -> None:
    job = filled.jobs.request("search_index", {}, by="anna")
    filled.jobs.start(job.id, "run-1")
    filled.jobs.progress(job.id, 30, 100)
    app = open_page("search")
    app.button(key=f"stop_job:{job.id}").click().run()
    assert filled.jobs.get(job.id).status is JobStatus.STOPPING
    assert f"stop_job:{job.id}" not in [one.key for one in app.button]
    filled.jobs.stopped(job.id)
    [said] = [one.value for one in open_page("search").info if "was stopped" in one.value]
    assert "30 of 100 were done" in said


def test_a_question_is_answered_with_its_source(filled: Workbench, open_page: Open) -> None:
    filled.search.index(embed=False)
    app = open_page("search")
    assert not app.exception
    app.text_input(key="search_question").set_value("electric vans").run()
    assert not app.exception
    texts = [element.value for element in app.markdown]
    assert any("electric vans" in text and "blue-background" in text for text in texts)
    assert any("evidence" in element.value for element in app.caption)
    assert "gtm" in app.info[0].value, "it says that it searched by words only"


def test_it_can_be_narrowed(filled: Workbench, open_page: Open) -> None:
    filled.search.index(embed=False)
    app = open_page("search")
    app.text_input(key="search_question").set_value("1С").run()
    app.selectbox(key="search_language").set_value("en").run()
    assert not app.exception
    assert any("Nothing found" in element.value for element in app.markdown)


def test_one_press_makes_everything_findable(filled: Workbench, open_page: Open) -> None:
    app = open_page("search")
    app.button(key="search_index").click().run()
    (job,) = filled.jobs.next_requested()
    assert job.kind == "search_index"
    assert not app.exception
    filled.jobs.start(job.id, "run")
    report = filled.search.index(embed=False)
    filled.jobs.finish(job.id, {"index": {"pieces": report.pieces, "embedded": 0}})
    app.run()
    assert any(f"{report.pieces:,} pieces can be searched" in element.value for element in app.caption)


def test_an_empty_workspace_says_so(bare: Workbench, open_page: Open) -> None:
    app = open_page("search")
    assert not app.exception
    assert any("Nothing is ready" in element.value for element in app.markdown)
