"""A window of a real browser: how a person gets about the app in it, and what goes wrong meanwhile."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.parts import missing_part

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000
"""Milliseconds that anything may take on a busy machine."""
_OPEN = """path => [...document.querySelectorAll('[data-testid="stSidebarNav"] a')]
    .find(link => new URL(link.href).pathname === '/' + path).click()"""
_DRAWN = """before => {
    const title = document.querySelector('[data-testid="stMain"] h1');
    return title && title.innerText !== before
        && document.querySelector('[data-testid="stApp"]').dataset.testScriptState === 'notRunning'
        && !document.querySelector('[data-testid="stSkeleton"]');
}"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing_part("Chromium", "apt-get install chromium")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@dataclass
class Window:
    """One person's window on the app.

    Attributes:
        faults: what a person would not see, and nobody wants: errors of scripts, and requests to any other machine.
    """

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self._look_at(request.url))

    def _look_at(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.address).netloc:
            self.faults.append(f"asks {url}")

    @property
    def main(self) -> Locator:
        """What the page itself shows, beside the menu."""
        return self.page.get_by_test_id("stMain")

    def enters(self) -> None:
        """Open the app."""
        self.page.goto(self.address)
        self.page.wait_for_function(_DRAWN, arg=None)

    def opens(self, path: str) -> None:
        """Choose a page from the menu, by its address, which is the same in every language."""
        if urlsplit(self.page.url).path != f"/{path}":
            before = self.main.locator("h1").inner_text()
            self.page.evaluate(_OPEN, path)
            self.page.wait_for_function(_DRAWN, arg=before)

    def presses(self, name: str) -> None:
        """Press the first button that says so."""
        self.main.get_by_role("button", name=name, exact=True).first.click()

    def settles(self) -> None:
        """Wait until the page is drawn."""
        self.page.wait_for_function(_DRAWN, arg=None)

    def ticks_row(self, number: int = 0) -> None:
        """Tick a row of the first table, which is painted and has no elements of its own."""
        box = self.main.get_by_test_id("stDataFrame").first.bounding_box()
        assert box
        self.page.mouse.click(box["x"] + 18, box["y"] + 52 + 35 * number)

    def picture(self, place: Path) -> None:
        """Keep what the page looks like, all of it."""
        self.settles()
        size = self.page.viewport_size or {"width": 1400, "height": 1000}
        height = self.main.evaluate("main => main.scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": min(int(height) + 20, 3000)})
        self.page.screenshot(path=place)
        self.page.set_viewport_size(size)
