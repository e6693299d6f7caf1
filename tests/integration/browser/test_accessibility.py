"""Every page can be used by people who do not see it, or see it badly: axe-core finds nothing serious in either theme."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from app.main import FIRST, PAGES, path_of
from gtm_pipelines.settings import environment
from gtm_pipelines.workbench import open_workbench
from tests.integration.browser.conftest import _free_port
from tests.parts import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.browser]

GRAVE = ("serious", "critical")
STREAMLITS_OWN = ("stSidebarNav", "e1o1t1hb", "stDataFrame", "stFileUploader")
"""Parts that no page can change: the list of pages in groups, the canvas of a table, the place to drop files."""
LEADERS = {"all": [{"field": "contact.position", "op": "contains", "value": "chief"}]}
PARTS = 6
OPENED = [
    "" if name == FIRST else path_of(title)
    for pages in PAGES.values()
    for name, title, _ in pages
    if (ROOT / "app" / "views" / f"{name}.py").is_file()
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app alone, over a small list with a drafted campaign."""
    home = tmp_path_factory.mktemp("accessible") / "local"
    bench = open_workbench(home=home)
    bench.intake.import_file(ROOT / "data" / "sample" / "contacts.csv", "contact")
    bench.segments.save("Leaders", LEADERS, by="anna")
    names = [mailbox.name for mailbox in bench.settings.mailboxes]
    campaign = bench.campaigns.create("Spring", segment="Leaders", pack="cold-email", mailboxes=names, by="anna")
    bench.drafting.draft(campaign.id)
    bench.close()
    where = f"127.0.0.1:{(port := _free_port())}"
    options = ("--server.port", str(port), "--server.headless", "true", "--server.fileWatcherType", "none")
    command = (sys.executable, "-m", "streamlit", "run", str(ROOT / "app" / "main.py"), *options)
    process = subprocess.Popen(
        command,
        cwd=ROOT / "app",
        env={**environment(), "GTM_HOME": str(home), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    _until_up(f"http://{where}/_stcore/health")
    yield f"http://{where}"
    process.terminate()
    process.wait(timeout=60)


def _until_up(health: str) -> None:
    for _ in range(120):
        try:
            urlopen(health, timeout=5).close()
        except URLError:
            time.sleep(0.5)
        else:
            return
    pytest.fail("the app did not start")


@pytest.mark.parametrize("pages", [OPENED[place::PARTS] for place in range(PARTS)], ids=lambda pages: pages[-1])
def test_no_page_has_a_serious_fault_of_accessibility_in_either_theme(
    browser: Browser, address: str, pages: Sequence[str]
) -> None:
    window = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    found = [fault for path in pages for fault in _faults(window, address, path)]
    window.close()
    assert found == []


def _faults(window: Page, address: str, path: str) -> Iterator[str]:
    for scheme in ("light", "dark"):
        window.emulate_media(color_scheme=scheme)
        window.goto(f"{address}/{path}")
        window.get_by_role("heading", level=1).first.wait_for()
        window.get_by_test_id("stStatusWidget").wait_for(state="detached")
        window.wait_for_timeout(300)
        for violation in Axe().run(window).response["violations"]:
            if violation["impact"] in GRAVE:
                yield from (_told(path, scheme, violation["id"], node) for node in violation["nodes"] if not _streamlits(node))


def _streamlits(node: dict[str, object]) -> bool:
    return any(part in f"{node['target']} {node['html']}" for part in STREAMLITS_OWN)


def _told(path: str, scheme: str, rule: str, node: dict[str, object]) -> str:
    return f"{path}, {scheme}: {rule} in {str(node['html'])[:120]}"
