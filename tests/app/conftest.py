"""The app under test: every page on an empty workspace and on one with the sample lists in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gtm_pipelines.settings import SandboxSettings, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.parts import ROOT

Open = Callable[[str], AppTest]
SAMPLE = ROOT / "data" / "sample"
LEADERS = {"all": [{"field": "contact.position", "op": "contains", "value": "chief"}]}


@pytest.fixture(autouse=True)
def no_language_yet() -> None:
    """No window of an earlier test has chosen the language."""
    for key in ("lang", "lang_usual"):
        if key in st.session_state:
            del st.session_state[key]


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with both sample lists, a segment, and a drafted campaign; copied for each test."""
    home = tmp_path_factory.mktemp("filled") / "local"
    workbench = open_workbench(load_settings(home=home))
    workbench.intake.import_file(SAMPLE / "companies.csv", "company")
    workbench.intake.import_file(SAMPLE / "contacts.csv", "contact")
    workbench.segments.save("Leaders", LEADERS, by="anna")
    names = [mailbox.name for mailbox in workbench.settings.mailboxes]
    campaign = workbench.campaigns.create("Spring", segment="Leaders", pack="cold-email", mailboxes=names, by="anna")
    workbench.drafting.draft(campaign.id)
    workbench.close()
    return home


@pytest.fixture(scope="session")
def sent_home(filled_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled data folder after its campaign was approved, released, sent, answered and measured."""
    home = tmp_path_factory.mktemp("sent") / "local"
    shutil.copytree(filled_home, home)
    sandbox = SandboxSettings(
        positive=0.2, negative=0.1, information_request=0.1, unsubscribe=0.1, auto_reply=0.1, bounce_hard=0.1
    )
    settings = load_settings(home=home, sandbox=sandbox)
    workbench = open_workbench(settings)
    workbench.review.approve_recommended("Spring", by="anna")
    workbench.campaigns.release("Spring", by="anna")
    workbench.delivery.queue("Spring")
    workbench.delivery.send("Spring")
    workbench.replies.collect()
    workbench.metrics.refresh()
    workbench.close()
    return home


@pytest.fixture
def answered(sent_home: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """The workbench the app opens, with a campaign that was answered."""
    shutil.copytree(sent_home, home)
    monkeypatch.setenv("GTM_HOME", str(home))
    workbench = open_workbench()
    workbench.delivery.adopt(by="anna", nothing_left=True)
    yield workbench
    workbench.close()


@pytest.fixture
def filled(filled_home: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """The workbench the app opens, filled."""
    shutil.copytree(filled_home, home)
    monkeypatch.setenv("GTM_HOME", str(home))
    workbench = open_workbench()
    workbench.delivery.adopt(by="anna", nothing_left=True)
    yield workbench
    workbench.close()


@pytest.fixture
def bare(begun_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """The workbench the app opens, empty."""
    monkeypatch.setenv("GTM_HOME", str(begun_home))
    workbench = open_workbench()
    yield workbench
    workbench.close()


@pytest.fixture
def open_page() -> Open:
    """Open a page of the app by the name of its script, in a window of its own."""

    def opened(name: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=60).run()
        return app if name == "today" else app.switch_page(f"views/{name}.py").run()

    return opened
