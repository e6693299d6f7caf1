"""A wish that the desk refuses is said on the page, also where the page is drawn anew right after asking."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gtm_pipelines.jobs.model import JobStatus
from gtm_pipelines.workbench import open_workbench


def page() -> None:
    import streamlit as st

    from app.components.jobs import ask, follow, latest

    follow(latest("search_index"))
    if st.button("Ask", key="ask"):
        ask("search_index", {})
        st.rerun()


def test_the_page_says_once_that_the_same_work_is_being_stopped(begun_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_HOME", str(begun_home))
    workbench = open_workbench()
    job = workbench.jobs.request("search_index", {}, by="anna")
    workbench.jobs.start(job.id, "run-1")
    workbench.jobs.stop(job.id, by="person:anna")
    app = AppTest.from_function(page, default_timeout=60).run()
    app.button(key="ask").click().run()
    assert not app.exception
    [said] = [one.value for one in app.warning]
    assert "This work is being stopped" in said
    assert not app.run().warning
    workbench.jobs.stopped(job.id)
    app.run().button(key="ask").click().run()
    assert not app.warning
    assert workbench.jobs.recent()[0].status is JobStatus.REQUESTED
    workbench.close()
