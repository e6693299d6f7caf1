"""The workbench as people meet it: all of it under its launcher, or the app alone over work well under way; and a browser."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser

from gtm_pipelines.settings import SandboxSettings, environment, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.browser_parts import Window, chromium, free_port
from tests.parts import ROOT

LOCALES = {"en": "en-US", "ru": "ru-RU"}
SAMPLE = ROOT / "data" / "sample"
SEGMENTS = {"Весна": "директор", "Лето": "основатель"}
"""Whom each campaign is for, by a word of their positions."""

OpenWindow = Callable[..., Window]


@dataclass(frozen=True)
class Served:
    """A running workbench: its address, its record, and that of Dagster's pages where they are served too."""

    app: str
    workbench: Workbench
    dagster: str = ""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Start everything on free ports over an empty data folder, and stop it after."""
    home = tmp_path_factory.mktemp("served") / "local"
    ports = {name: free_port() for name in ("APP", "DAGSTER", "API")}
    own = {"GTM_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "yes"} | {f"GTM_{n}_PORT": str(p) for n, p in ports.items()}
    own["GTM_SANDBOX__BOUNCE_SOFT"] = "0.005"  # the usual share comes near to pausing a campaign
    process = subprocess.Popen(
        [sys.executable, "-m", "gtm_pipelines.cli", "up", "--no-open"],
        env={**environment(), **own},
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said: list[str] = []
    for line in process.stdout or ():
        said.append(line)
        if "Ctrl-C stops everything" in line:
            break
    else:
        pytest.fail("".join(said))
    workbench = open_workbench(home=home)
    yield Served(f"http://127.0.0.1:{ports['APP']}", workbench, f"http://127.0.0.1:{ports['DAGSTER']}")
    workbench.close()
    process.terminate()
    process.communicate(timeout=60)


@pytest.fixture(scope="session")
def under_way(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app alone, over both sample lists, a campaign that was answered and one that waits for review."""
    home = tmp_path_factory.mktemp("under_way") / "local"
    sandbox = SandboxSettings(positive=0.2, negative=0.1, information_request=0.1, unsubscribe=0.1, auto_reply=0.1)
    workbench = open_workbench(load_settings(home=home, sandbox=sandbox))
    _work_ahead(workbench)
    port = free_port()
    process = subprocess.Popen(
        (sys.executable, "-m", "app.server"),
        cwd=ROOT,
        env={**environment(), "GTM_HOME": str(home), "GTM_APP_PORT": str(port), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    try:
        _until_up(f"http://127.0.0.1:{port}/_stcore/health")
        yield Served(f"http://127.0.0.1:{port}", workbench)
    finally:
        workbench.close()
        process.terminate()
        process.wait(timeout=60)


def _work_ahead(bench: Workbench) -> None:
    """Do what others did before somebody opens the app; among Russians alone, so that English words are the app's own."""
    bench.intake.import_file(SAMPLE / "companies.csv", "company")
    bench.intake.import_file(SAMPLE / "contacts.csv", "contact")
    names = [mailbox.name for mailbox in bench.settings.mailboxes]
    for name, word in SEGMENTS.items():
        bench.segments.save(name, {"all": [{"field": "contact.position", "op": "contains", "value": word}]}, by="анна")
        campaign = bench.campaigns.create(name, segment=name, pack="cold-email", mailboxes=names, by="анна")
        bench.drafting.draft(campaign.id)
    bench.review.approve_recommended("Весна", by="анна")
    bench.campaigns.release("Весна", by="анна")
    bench.delivery.queue("Весна")
    bench.delivery.send("Весна")
    bench.replies.collect()
    bench.metrics.refresh()


def _until_up(health: str) -> None:
    for _ in range(240):
        try:
            urlopen(health, timeout=5).close()
        except OSError:
            time.sleep(0.25)
        else:
            return
    pytest.fail("the app did not start")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module; while it is open no other test of the process may run a loop of its own."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def open_window(browser: Browser) -> Iterator[OpenWindow]:
    """Open windows of different people: nothing is shared between them but the app."""
    opened = []

    def window(served: Served, *, language: str = "en", scheme: Literal["light", "dark"] = "light", width: int = 1400) -> Window:
        context = browser.new_context(
            viewport={"width": width, "height": 1000}, color_scheme=scheme, locale=LOCALES[language], reduced_motion="reduce"
        )
        opened.append(context)
        return Window(context.new_page(), served.app)

    yield window
    for context in opened:
        context.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go: a folder named by the environment, or one that is thrown away."""
    folder = Path(os.environ.get("PICTURES") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
