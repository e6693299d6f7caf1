"""The whole workbench under its launcher, and a browser to drive it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from gtm_pipelines.settings import environment
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.parts import ROOT, missing_part

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Served:
    """A running ``gtm up``: its addresses, its data folder, and its record."""

    app: str
    dagster: str
    home: Path
    workbench: Workbench


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Start everything on free ports over an empty data folder, and stop it after."""
    home = tmp_path_factory.mktemp("served") / "local"
    ports = {name: _free_port() for name in ("APP", "DAGSTER", "API")}
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
    yield Served(f"http://127.0.0.1:{ports['APP']}", f"http://127.0.0.1:{ports['DAGSTER']}", home, workbench)
    workbench.close()
    process.terminate()
    process.communicate(timeout=60)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing_part("Chromium", "apt-get install chromium")
    with sync_playwright() as playwright:
        expect.set_options(timeout=60_000)
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window."""
    opened = browser.new_page(viewport={"width": 1400, "height": 1000})
    opened.set_default_timeout(60_000)
    yield opened
    opened.close()
