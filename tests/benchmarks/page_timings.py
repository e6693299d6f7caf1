"""Time how long each page of the app takes until it can be used, on a large record and on one ten times its size.

    python -m tests.benchmarks.page_timings --contacts 100000

``fill_pages`` says what is in the records; the large one is filled, the other copied from it inside SQLite. Every page is opened
as the app opens it (Streamlit's own test harness: the whole script of the page, without a browser). Prints the seconds of the
first visit and the best of two later ones, by the clock and of the processor alone (what to trust on a busy machine), and the
most memory held. ``--browser`` opens them in Chromium instead: from the click in the menu until the page is drawn, with the
server's own share of the processor. ``--home DIR`` keeps the records for the next run; ``--once`` leaves the tenfold out;
``--page NAME`` times one page only; ``--campaign NAME`` opens that campaign instead of the newest; ``--json`` is for programs.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from gtm_pipelines.workbench import open_workbench
from tests.benchmarks.fill_pages import fill, multiply

ROOT = Path(__file__).resolve().parents[2]
TIMES = 10


def time_pages(home: Path, only: str | None, campaign: str | None) -> dict[str, dict[str, Any]]:
    """Open every page in a window of its own, three times, and return the seconds and what went wrong."""
    from streamlit.testing.v1 import AppTest

    logging.disable(logging.ERROR)  # Streamlit warns at every call that no browser is there
    os.environ["GTM_HOME"] = str(home)
    sys.path.insert(0, str(ROOT))
    names = sorted(path.stem for path in (ROOT / "app" / "views").glob("[!_]*.py"))
    app = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=900).run()
    found = {}
    for name in [name for name in names if only in (None, name)]:
        app.switch_page(f"views/{name}.py")
        taken, worked = [], []
        for _ in range(3):
            if campaign:
                app.session_state["campaign_to_open"] = campaign
            start, busy = time.perf_counter(), time.process_time()
            app.run()
            taken.append(round(time.perf_counter() - start, 2))
            worked.append(round(time.process_time() - busy, 2))
        troubles = [element.value for element in (*app.error, *app.exception)]
        found[name] = {
            "first": taken[0],
            "again": min(taken[1:]),
            "cpu": worked[0],
            "cpu again": min(worked[1:]),
            "troubles": troubles,
        }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found["(megabytes)"] = {"first": peak, "again": 0, "cpu": 0, "cpu again": 0, "troubles": []}
    return found


def main() -> None:
    """Fill the records, open every page on each, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--home", type=Path, help="Keep the records here and use them again.")
    parser.add_argument("--once", action="store_true", help="Leave the tenfold record out.")
    parser.add_argument("--page", help="Time this page only.")
    parser.add_argument("--campaign", help="Open this campaign: Past, Waiting, Ready or Leaving.")
    parser.add_argument("--browser", action="store_true", help="Open the pages in Chromium, by the menu.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only-home", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.browser and chosen.campaign:
        parser.error("In the browser the newest campaign is open: leave --campaign out.")
    if chosen.only_home:
        print(json.dumps(_timed(chosen.only_home, chosen)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        found = {home.name: _timed_apart(home, chosen) for home in _homes(chosen.home or Path(scratch), chosen)}
    if chosen.json:
        print(json.dumps(found, indent=2))
    else:
        _show(found)


def _homes(under: Path, chosen: argparse.Namespace) -> list[Path]:
    small = under / str(chosen.contacts)
    if not (small / "record.sqlite").exists():
        bench = open_workbench(home=small)
        fill(bench, chosen.contacts)
        bench.close()
    large = under / str(chosen.contacts * TIMES)
    if chosen.once:
        return [small]
    if not (large / "record.sqlite").exists():
        multiply(small, large, TIMES)
    return [small, large]


def _timed(home: Path, chosen: argparse.Namespace) -> dict[str, dict[str, Any]]:
    if not chosen.browser:
        return time_pages(home, chosen.page, _id_of(home, chosen.campaign))
    from tests.benchmarks.page_browser import time_in_browser

    return time_in_browser(home, chosen.page)


def _timed_apart(home: Path, chosen: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Time in a process of its own: what one record left in caches and memory does not count for the other."""
    more = [part for name in ("page", "campaign") if (given := getattr(chosen, name)) for part in (f"--{name}", given)]
    more += ["--browser"] if chosen.browser else []
    command = [sys.executable, "-m", "tests.benchmarks.page_timings", "--only-home", str(home), *more]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _id_of(home: Path, campaign: str | None) -> str | None:
    if campaign is None:
        return None
    bench = open_workbench(home=home)
    found = bench.campaigns.get(campaign).id
    bench.close()
    return found


def _show(found: dict[str, dict[str, Any]]) -> None:
    columns = ("first", "again", "cpu", "cpu again")
    print(f"{'page':<16}" + "".join(f"{f'{int(n):,} first':>18}" + "".join(f"{one:>10}" for one in columns[1:]) for n in found))
    for name in next(iter(found.values())):
        times = "".join(f"{one[name][of]:>{18 if of == 'first' else 10}.2f}" for one in found.values() for of in columns)
        troubles = [trouble for one in found.values() for trouble in one[name]["troubles"]]
        print(f"{name:<16}{times}  {'; '.join(troubles)[:100]}")


if __name__ == "__main__":
    main()
