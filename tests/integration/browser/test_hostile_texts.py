"""Whatever anybody wrote into any field stays a text on every page, in English and Russian: nothing runs, nobody is asked."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from app.main import FIRST, PAGES, path_of
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.record import contacts
from gtm_pipelines.settings import environment, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.browser_parts import free_port
from tests.hostile_parts import MADE_OF_OTHERS, OUR_JSON, OURS, filled, free_columns, plant
from tests.hostile_texts import EVERY_SYNTAX, PAYLOADS
from tests.integration.browser.conftest import _until_up
from tests.parts import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(1200)]

OPENED = [
    "" if name == FIRST else path_of(title)
    for pages in PAGES.values()
    for name, title, _ in pages
    if (ROOT / "app" / "views" / f"{name}.py").is_file()
]
WATCH = """
let ran = 0
Object.defineProperty(window, '__ran', {value: () => { ran += 1 }})
Object.defineProperty(window, '__times', {get: () => ran})
"""
ALIVE = """() => {
  const found = [], told = node => node.outerHTML.slice(0, 160)
  const all = chosen => [...document.querySelectorAll(chosen)]
  if (window.__times) found.push(`${window.__times} scripts ran`)
  for (const node of all('body [href], body [*|href], [formaction], form[action]')) {
    const to = ['href', 'xlink:href', 'formaction', 'action'].map(name => node.getAttribute(name)).find(Boolean) || ''
    const scheme = /^\\s*([a-z][a-z0-9+.-]*):/i.exec(to)
    if ((scheme && !/^(https?|mailto)$/i.test(scheme[1])) || /^(https?:)?\\/\\/[^/?#]*evil/.test(to)) found.push(told(node))
  }
  const never = 'iframe, object, embed, base, meta[http-equiv=refresh], .katex, .mermaid, marquee, math'
  for (const node of all(never)) found.push(told(node))
  for (const node of all('img, video, audio, source, track, image')) {
    if (/evil|^x$/.test(`${node.getAttribute('src') || ''}${node.getAttribute('srcset') || ''}`)) found.push(told(node))
  }
  const forms = 'b, strong, em, del, u, small, code, h1, h2, h3, h4, h5, h6, blockquote, li, td, th, [class*=Badge], [style*=col]'
  for (const node of all(forms)) {
    const own = [...node.childNodes].filter(one => one.nodeType === 3).map(one => one.data).join('').trim()
    if (/^MARKED[ \\w]*$/.test(own)) found.push(told(node))
  }
  for (const node of all('*')) for (const one of node.getAttributeNames()) if (/^on/.test(one)) found.push(told(node))
  return found
}"""


@dataclass
class Watched:
    """A browser over the hostile workspace, and everything in it that should never happen."""

    address: str
    page: Page
    faults: list[str] = field(default_factory=list)

    def goes_to(self, path: str) -> None:
        self.page.goto(f"{self.address}/{path}")
        self.settles()

    def settles(self) -> None:
        self.page.get_by_role("heading", level=1).first.wait_for()
        self.page.get_by_test_id("stStatusWidget").wait_for(state="detached")

    def looks(self, where: str) -> None:
        """Note whatever came alive, and a page that fell over instead of showing the texts."""
        self.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        self.faults += [f"{where}: {one}" for one in self.page.evaluate(ALIVE)]
        if self.page.get_by_text("did not foresee").or_(self.page.get_by_text("Случилось непредвиденное")).count():
            self.faults.append(f"{where}: the page fell over")
        if not self.page.url.startswith(self.address):
            self.faults.append(f"{where}: went to {self.page.url}")

    def looks_closer(self, where: str) -> None:
        """Choose the first row of each table, and open each tab."""
        for table in self.page.get_by_test_id("stDataFrame").filter(visible=True).all()[:1]:
            box = table.bounding_box()
            if box:
                self.page.mouse.click(box["x"] + 18, box["y"] + 52)
                self.settles()
        self.looks(f"{where}, with a row chosen")
        for tab in self.page.get_by_role("tab").filter(visible=True).all()[1:5]:
            tab.click()
            self.settles()
            self.looks(f"{where}, another tab")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A workbench in which every text means harm."""
    home = tmp_path_factory.mktemp("hostile") / "local"
    bench = open_workbench(load_settings(home=home), clock=VirtualClock(datetime(2026, 3, 4, 10, tzinfo=UTC)))
    filled(bench, home.parent / "lists")
    planted = plant(bench.record)
    assert free_columns() - planted == {(name, column) for name in MADE_OF_OTHERS for column in ("text", "title", "url")}
    bench.search.index(embed=False)
    bench.metrics.refresh()
    yield bench
    bench.close()


@pytest.fixture
def watched(hostile: Workbench, browser: Browser) -> Iterator[Watched]:
    """The app over it, in a browser that asks nobody but the app."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    own = {"GTM_HOME": str(hostile.settings.home_path), "GTM_APP_PORT": str(port), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        (sys.executable, "-m", "app.server"), cwd=ROOT, env={**environment(), **own}, stdout=subprocess.DEVNULL
    )
    _until_up(f"{address}/_stcore/health")
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="en-GB")
    yield _watching(context, address)
    context.close()
    process.terminate()
    process.wait(timeout=60)


def _watching(context: BrowserContext, address: str) -> Watched:
    context.add_init_script(WATCH)
    watched = Watched(address, context.new_page())
    watched.page.set_default_timeout(60_000)

    def ask(route: Route) -> None:
        url = route.request.url
        if url.startswith((f"{address}/", "data:", "blob:")):
            route.continue_()
        else:
            watched.faults.append(f"asked {url} on {watched.page.url}")
            route.abort()

    context.route("**/*", ask)
    context.on("dialog", lambda dialog: (watched.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    watched.page.on("popup", lambda opened: watched.faults.append(f"opened {opened.url}"))
    watched.page.on("websocket", lambda one: None if "127.0.0.1" in one.url else watched.faults.append(f"socket {one.url}"))
    return watched


def test_every_column_of_the_record_is_ours_or_anybodys() -> None:
    """A column that is added is a stranger's, and has to be filled in ``hostile_parts``, unless it is named there as ours."""
    free = free_columns()
    assert len(PAYLOADS) >= 200
    assert len(free) > 150
    assert not {(table, name) for table, names in OURS.items() for name in names.split()} & free
    assert not OUR_JSON & free


def test_no_text_comes_alive_on_any_page(watched: Watched, hostile: Workbench, tmp_path: Path) -> None:
    """Each page in one of the two languages, by turns: what stands in a record is shown by the same code in both."""
    for place, path in enumerate(OPENED):
        language = ("en", "ru")[place % 2]
        watched.goes_to(f"{path}?lang={language}")
        watched.looks(f"{path} in {language}")
        watched.looks_closer(path)
    person = contacts.page(hostile.record)[0]
    for path in (f"contacts?id={person.id}", f"companies?id={person.company_id}", f"lineage?id={_a_message(hostile)}"):
        watched.goes_to(path)
        watched.looks(path)
    watched.goes_to("import")
    watched.page.locator("input[type=file]").first.set_input_files(_a_list(tmp_path))
    watched.page.get_by_text("is read as").first.wait_for()
    watched.looks("a file before it is imported")
    assert watched.faults == [], "\n".join(dict.fromkeys(watched.faults))


def _a_list(folder: Path) -> Path:
    path = folder / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("Email", EVERY_SYNTAX, *PAYLOADS[:20]))
        writer.writerows((f"p{number}@x.test", EVERY_SYNTAX, *PAYLOADS[20:40]) for number in range(1, 3))
    return path


def _a_message(bench: Workbench) -> str:
    return str(bench.marts.polars("lineage")["message_id"][0])
