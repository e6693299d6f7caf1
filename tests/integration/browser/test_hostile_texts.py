"""Whatever anybody wrote into any field stays a text on every page, in English and Russian: nothing runs, nobody is asked."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from app.main import FIRST, PAGES, path_of
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.record import contacts
from gtm_pipelines.settings import environment, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.browser_parts import Window, free_port
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
window.showSaveFilePicker = async () => { ran += 1; throw new Error('a file was to be written') }
Object.defineProperty(window, '__times', {get: () => ran})
"""
ALIVE = """() => {
  const found = [], told = node => node.outerHTML.slice(0, 160)
  const all = chosen => [...document.querySelectorAll(chosen)]
  if (window.__times) found.push(`${window.__times} scripts ran or files were written`)
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


_SPEAKS = "before => ![before, undefined].includes(document.querySelector('.st-key-person')?.innerText)"
_ELSEWHERE = "status of 404 (Not Found)"
"""Where an address is typed, Streamlit's front end looks for its server below each part of it first."""
OPENERS = ("bulk_approve", "bulk_reject", "bulk_rewrite", "reject", "pass")
"""Keys of the buttons that ask over the page."""
OTHER = {"en": "ru", "ru": "en"}
MOST_ALIKE = 3
"""Popovers that say the same are made by the same code: so many of them are opened on a page."""


@dataclass
class Watched:
    """A window on the hostile workspace, and everything in it that should never happen."""

    window: Window
    language: str = "en"

    @property
    def page(self) -> Page:
        return self.window.page

    def goes_to(self, path: str) -> None:
        self.page.goto(f"{self.window.address}/{path}")
        self.window.settles()

    def looks(self, where: str) -> None:
        """Note whatever came alive, and a page that fell over instead of showing the texts."""
        self.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        found = self.page.evaluate(ALIVE)
        if self.page.get_by_text("did not foresee").or_(self.page.get_by_text("Случилось непредвиденное")).count():
            found.append("the page fell over")
        if not self.page.url.startswith(self.window.address):
            found.append(f"went to {self.page.url}")
        self.window.faults += [f"{where} in {self.language}: {one}" for one in found]

    def looks_closer(self, where: str) -> None:
        """Choose the first row of a table, and open each tab and popover."""
        if self.page.get_by_test_id("stDataFrame").filter(visible=True).count():
            self.window.ticks_row()
            self.draws_anew()
        self.looks(f"{where}, with a row chosen")
        self._looks_into_popovers(where)
        for tab in self.page.get_by_role("tab").filter(visible=True).all()[1:]:
            tab.click()
            self.draws_anew()
            self.looks(f"{where}, another tab")
            self._looks_into_popovers(where)

    def _looks_into_popovers(self, where: str) -> None:
        found: dict[str, list[Locator]] = {}
        for one in self.page.get_by_test_id("stPopoverButton").filter(visible=True).all():
            found.setdefault(one.inner_text(), []).append(one)
        for opener in (one for alike in found.values() for one in alike[:MOST_ALIKE] if one.is_enabled()):
            opener.click()
            self.page.get_by_test_id("stPopoverBody").wait_for()
            self.looks(f"{where}, a popover")
            self.page.keyboard.press("Escape")
            self.page.get_by_test_id("stPopoverBody").wait_for(state="detached")

    def tries_the_tools_of_a_table(self) -> None:
        """Press what stands above a table: nothing there may write a file, whose cells would be formulas."""
        tools = self.page.get_by_test_id("stDataFrame").first.get_by_test_id("stElementToolbarButton")
        assert tools.count() > 1
        for tool in tools.all():
            if tool.evaluate("tool => getComputedStyle(tool).display !== 'none'"):
                tool.locator("button").evaluate("button => button.click()")
        tools.last.locator("button").evaluate("button => button.click()")  # a table over the whole window goes back to its place
        self.draws_anew()

    def goes_on_to_an_open_draft(self) -> None:
        """Of what was sent already nothing can be asked."""
        while not self.page.locator("[class*=st-key-reject]").filter(visible=True).count():
            self.page.locator(".st-key-review_step-1 button").click()
            self.draws_anew()

    def looks_into_dialogs(self, where: str, openers: Iterable[str]) -> set[str]:
        """Open what asks over the page, by the keys of the buttons; return the keys that opened something."""
        opened = set()
        for key in openers:
            opener = self.page.locator(f"[class*=st-key-{key}] button").filter(visible=True).first
            if opener.count() and opener.is_enabled():
                opener.click()
                self.page.get_by_role("dialog").wait_for()
                self.window.settles()
                self.looks(f"{where}, asking {key}")
                self.page.keyboard.press("Escape")
                self.page.get_by_role("dialog").wait_for(state="detached")
                self.draws_anew()
                opened.add(key)
        return opened

    def draws_anew(self) -> None:
        """Wait for what a click changes: it takes the app a moment to begin, and then until it is done."""
        self.page.wait_for_timeout(250)
        self.window.settles()

    def speaks_the_other_language(self) -> None:
        self.language, before = OTHER[self.language], self.page.locator(".st-key-person").inner_text()
        self.page.locator(".st-key-lang").get_by_text(self.language, exact=True).click()
        self.page.wait_for_function(_SPEAKS, arg=before)
        self.window.settles()


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
    """The app over it, in a browser whose every request, error and refusal is a fault."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    own = {"GTM_HOME": str(hostile.settings.home_path), "GTM_APP_PORT": str(port), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        (sys.executable, "-m", "app.server"), cwd=ROOT, env={**environment(), **own}, stdout=subprocess.DEVNULL
    )
    _until_up(f"{address}/_stcore/health")
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="en-GB", reduced_motion="reduce")
    context.add_init_script(WATCH)
    window = Window(context.new_page(), address)
    context.on("dialog", lambda dialog: (window.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    window.page.on("popup", lambda opened: window.faults.append(f"opened {opened.url}"))
    window.page.on("download", lambda file: window.faults.append(f"wrote {file.suggested_filename}"))
    yield Watched(window)
    context.close()
    process.terminate()
    process.wait(timeout=60)


def test_every_column_of_the_record_is_ours_or_anybodys() -> None:
    """A column that is added is a stranger's, and has to be filled in ``hostile_parts``, unless it is named there as ours."""
    free = free_columns()
    assert len(PAYLOADS) >= 200
    assert len(free) > 150
    assert not {(table, name) for table, names in OURS.items() for name in names.split()} & free
    assert not OUR_JSON & free


def test_no_text_comes_alive_on_any_page(watched: Watched, hostile: Workbench, tmp_path: Path) -> None:
    """Each page in both languages, one of them with everything opened that can be; by turns, as the same code shows both."""
    watched.goes_to("?lang=en")
    for path in OPENED:
        watched.window.opens(path)
        watched.looks(path)
        if path == "review":
            watched.goes_on_to_an_open_draft()
            assert watched.looks_into_dialogs(path, OPENERS) == set(OPENERS)
        if path == "contacts":
            watched.tries_the_tools_of_a_table()
        watched.looks_closer(path)
        watched.speaks_the_other_language()
        watched.looks(path)
    person = contacts.page(hostile.record)[0]
    for path in (f"contacts?id={person.id}", f"companies?id={person.company_id}", f"lineage?id={_a_message(hostile)}"):
        watched.goes_to(path)
        watched.looks(path)
    watched.goes_to("import?lang=en")
    watched.page.locator("input[type=file]").first.set_input_files(_a_list(tmp_path))
    watched.page.get_by_text("is read as").first.wait_for()
    watched.looks("a file before it is imported")
    faults = dict.fromkeys(fault for fault in watched.window.faults if not fault.endswith(_ELSEWHERE))
    assert not faults, "\n".join(faults)


def _a_list(folder: Path) -> Path:
    path = folder / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("Email", EVERY_SYNTAX, *PAYLOADS[:20]))
        writer.writerows((f"p{number}@x.test", EVERY_SYNTAX, *PAYLOADS[20:40]) for number in range(1, 3))
    return path


def _a_message(bench: Workbench) -> str:
    return str(bench.marts.polars("lineage")["message_id"][0])
