"""Time the app's pages as a person has them: a server of its own, Chromium, and a click in the menu."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from app.main import FIRST, PAGES, path_of
from gtm_pipelines.settings import environment
from tests.browser_parts import Window, chromium, free_port
from tests.parts import ROOT

ASIDE = "mailboxes"
"""Where one leaves for, if a single page is timed."""
VISITS = 3
_TICKS = os.sysconf("SC_CLK_TCK")


def time_in_browser(home: Path, only: str | None) -> dict[str, dict[str, Any]]:
    """Go through the pages three times by the menu; return seconds from the click until the page is drawn and its script has run.

    ``cpu`` is the server's; ``troubles`` are what the browser complained of.
    """
    paths = {name: "" if name == FIRST else path_of(title) for pages in PAGES.values() for name, title, _ in pages}
    names = [name for name in sorted(paths) if only in (None, name)]
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    with _server(home) as (address, process), chromium() as browser:
        window = Window(browser.new_page(viewport={"width": 1400, "height": 1000}), address)
        window.enters()
        window.opens(paths[ASIDE])
        for _ in range(VISITS):
            for name in (name for name in names if name != ASIDE):
                seen[name].append(_timed(window, paths[name], process.pid))
            seen.get(ASIDE, []).append(_timed(window, paths[ASIDE], process.pid))
        peak = _status(process.pid, "VmHWM") // 1024
    found = {name: _told(visits) for name, visits in seen.items()}
    found["(megabytes)"] = {"first": peak, "again": 0, "cpu": 0, "cpu again": 0, "troubles": window.faults}
    return found


def _timed(window: Window, path: str, server: int) -> tuple[float, float]:
    start, busy = time.perf_counter(), _busy(server)
    window.opens(path)
    return time.perf_counter() - start, _busy(server) - busy


def _told(visits: list[tuple[float, float]]) -> dict[str, Any]:
    (first, cpu), later = visits[0], visits[1:]
    again, cpu_again = min(wall for wall, _ in later), min(cpu for _, cpu in later)
    numbers = {"first": first, "again": again, "cpu": cpu, "cpu again": cpu_again}
    return {**{name: round(number, 2) for name, number in numbers.items()}, "troubles": []}


@contextmanager
def _server(home: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    own = {"GTM_HOME": str(home), "GTM_APP_PORT": str(port), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        (sys.executable, "-m", "app.server"), cwd=ROOT, env={**environment(), **own}, stdout=sys.stderr
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        while process.poll() is None:
            with suppress(OSError), urlopen(f"{address}/_stcore/health", timeout=5):
                break
            time.sleep(0.1)
        yield address, process
    finally:
        process.terminate()
        process.wait(timeout=60)


def _busy(process: int) -> float:
    """Return the processor's seconds of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _status(process: int, name: str) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
