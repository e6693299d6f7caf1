"""Read 1,000 companies' websites beside Scrapy: the same web, the same pauses, the same number of sites at once.

    python -m tests.benchmarks.read_websites --sites 1000 --runs 3

The web is ``local_sites``: of a hundred sites 62 are ordinary, 8 slow, 4 huge, 7 redirecting, 6 broken, 4 missing, 4 hostile
and 5 closed to robots. Ours is the source of facts as shipped: pages read by trafilatura, hidden text cut out, every attempt
written to the record and committed, facts made. Scrapy runs twice: taking a title, the text and the addresses of each page
with its own selectors (``scrapy``), and with our reading of each document (``scrapy, same reading``). Contestants take turns;
a lost company is one that ends without an outcome.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import json
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from gtm_pipelines.enrichment.source import Subject
from gtm_pipelines.enrichment.sources.website import Website
from gtm_pipelines.enrichment.web.guard import Guard
from gtm_pipelines.enrichment.web.reader import WebReader
from gtm_pipelines.errors import GtmError
from gtm_pipelines.log import configure_logging
from gtm_pipelines.record.tables import page
from gtm_pipelines.settings import WebSettings, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.benchmarks.local_sites import host
from tests.integration.enrichment.web.companies import company

MOST_PAGES = 6


async def _loopback(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@contextmanager
def web(count: int) -> Iterator[int]:
    """Serve the sites from a process of their own and give the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.benchmarks.local_sites", str(port), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        try:
            if server.stdout is None or not server.stdout.readline():
                raise RuntimeError("the web did not start")
            yield port
        finally:
            server.kill()


def ours(port: int, count: int, delay: float, concurrency: int) -> dict[str, object]:
    """Enrich every company from its site, in this process and its readers."""
    with tempfile.TemporaryDirectory() as home:
        bench = open_workbench(load_settings(home=home))
        settings = WebSettings(delay_seconds=delay, concurrency=concurrency, answer_seconds=10, max_pages=MOST_PAGES)
        guard = Guard(_loopback, also=(ipaddress.ip_network("127.0.0.0/8"),), ports=frozenset({80, 443, port}))
        reader = WebReader(bench.record, bench.clock, settings, forms=bench.web.forms, guard=guard)
        ids = [company(bench.record, bench.clock, f"Company {n}") for n in range(count)]
        began, used = time.perf_counter(), time.process_time()
        ends = asyncio.run(_enrich(Website(reader, bench.clock), ids, port))
        seconds = time.perf_counter() - began
        reader.close()
        told = _told(bench, ends, seconds) | {"cpu_seconds": round(time.process_time() - used, 1)}
        bench.close()
    return told


async def _enrich(source: Website, ids: list[str], port: int) -> dict[str, tuple[str, int]]:
    async def one(number: int, company_id: str) -> tuple[str, tuple[str, int]]:
        subject = Subject("company", company_id, {"website": f"http://{host(number)}:{port}/"})
        try:
            facts = await source.enrich(subject)
        except GtmError as error:
            return company_id, (type(error).__name__, 0)
        return company_id, ("read", len(facts))

    return dict(await asyncio.gather(*(one(number, company_id) for number, company_id in enumerate(ids))))


def _told(bench: Workbench, ends: dict[str, tuple[str, int]], seconds: float) -> dict[str, object]:
    with bench.record.read() as connection:
        rows = connection.execute(page.select()).all()
    kept = {row.company_id for row in rows}
    lost = [key for key in ends if key not in kept]
    readers = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": seconds,
        "pages": sum(row.outcome == "read" for row in rows),
        "ended": len(ends) - len(lost),
        "facts": sum(facts for _, facts in ends.values()),
        "cpu_seconds_of_readers": round(readers.ru_utime + readers.ru_stime, 1),
        "outcomes": dict(Counter(row.outcome for row in rows).most_common()),
    }


def run(who: str, arguments: argparse.Namespace, port: int) -> dict[str, object]:
    """Let one contestant read the web, in a process of its own."""
    told = [str(port), str(arguments.sites), str(arguments.delay), str(arguments.concurrency)]
    if who == "ours":
        command = [sys.executable, "-m", "tests.benchmarks.read_websites", "--one", *told]
    else:
        command = [sys.executable, "-m", "tests.benchmarks.scrapy_sites", *told, "same" if "same" in who else "plain"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{who} failed:\n{done.stderr[-3000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Run every contestant in turn, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sites", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--delay", type=float, default=0.5, help="seconds between two requests to one host")
    parser.add_argument("--concurrency", type=int, default=64, help="sites at once (ours), requests at once (Scrapy)")
    parser.add_argument("--who", nargs="+", default=["ours", "scrapy", "scrapy, same reading"])
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    configure_logging("error")
    if arguments.one:
        port, count, delay, concurrency = arguments.one
        print(json.dumps(ours(int(port), int(count), float(delay), int(concurrency))))
        return
    results: dict[str, list[dict[str, object]]] = {who: [] for who in arguments.who}
    with web(arguments.sites) as port:
        for _ in range(arguments.runs):
            for who in arguments.who:
                results[who].append(run(who, arguments, port))
                print(f"{who}: {json.dumps(results[who][-1])}", file=sys.stderr, flush=True)
    show(results, arguments)


def show(results: dict[str, list[dict[str, object]]], arguments: argparse.Namespace) -> None:
    """Print medians as a table."""
    print(f"{arguments.sites} sites, {arguments.delay} s between requests to a host, {arguments.concurrency} at once")
    print(f"{'':24}{'seconds':>9}{'sites/s':>9}{'pages':>8}{'pages/s':>9}{'lost':>6}")
    for who, runs in results.items():
        seconds = statistics.median(float(str(one["seconds"])) for one in runs)
        pages = statistics.median(int(str(one["pages"])) for one in runs)
        lost = max(arguments.sites - int(str(one["ended"])) for one in runs)
        print(f"{who:24}{seconds:9.1f}{arguments.sites / seconds:9.1f}{pages:8.0f}{pages / seconds:9.1f}{lost:6}")


if __name__ == "__main__":
    main()
