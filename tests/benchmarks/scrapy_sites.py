"""Scrapy as its manual sets it up for broad crawls, over the sites of ``local_sites``: the pages that we would choose.

``python -m tests.benchmarks.scrapy_sites PORT COUNT DELAY CONCURRENCY READING``: prints one JSON line. With ``READING``
``plain``, a title, the text of the body and the addresses in it; with ``same``, our own reading of each document.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.resolver import CachingThreadedResolver
from twisted.internet import defer

from gtm_pipelines.enrichment.web.kinds import choose
from tests.benchmarks.local_sites import host

MOST_PAGES = 6
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


class Loopback(CachingThreadedResolver):
    """Every name is this machine."""

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:  # noqa: N802 - Twisted's name
        return defer.succeed("127.0.0.1")


class Companies(scrapy.Spider):
    """One site a company: its home page, then the pages worth reading."""

    name = "companies"

    def __init__(self, port: int, count: int, reading: str) -> None:
        super().__init__()
        self.port, self.count, self.reading = port, count, reading
        self.ends: dict[int, str] = {}
        self.pages = 0

    async def start(self) -> Any:
        for number in range(self.count):
            yield scrapy.Request(
                f"http://{host(number)}:{self.port}/", self.home, errback=self.failed, cb_kwargs={"number": number}
            )

    def home(self, response: Any, number: int) -> Iterator[Any]:
        if response.status != 200 or not hasattr(response, "xpath"):
            self.ends[number] = f"status {response.status}"
            return
        self.ends[number] = "read"
        self.taken(response)
        links = [(response.urljoin(a.attrib["href"]), a.xpath("string()").get() or "") for a in response.css("a[href]")]
        own = [(url, words) for url, words in links if f"{host(number)}:" in url]
        for _kind, url in choose(own, MOST_PAGES - 1):
            yield scrapy.Request(url, self.taken, errback=self.lost)

    def taken(self, response: Any) -> None:
        self.pages += 1
        if self.reading == "same":
            from gtm_pipelines.enrichment.web.reading import read_html

            read_html(response.body, response.headers.get("Content-Type", b"").decode(), response.url, 60_000)
        elif hasattr(response, "xpath"):
            text = " ".join(response.xpath("//body//text()[not(parent::script or parent::style)]").getall())
            self.found = (response.xpath("//title/text()").get(), text, _EMAIL.findall(text))

    def failed(self, failure: Any) -> None:
        self.ends[failure.request.cb_kwargs["number"]] = failure.type.__name__

    def lost(self, failure: Any) -> None:
        """A further page that could not be had; the company has its outcome already."""


def main() -> None:
    """Crawl, and tell how long it took."""
    port, count, delay, concurrency, reading = (
        int(sys.argv[1]),
        int(sys.argv[2]),
        float(sys.argv[3]),
        int(sys.argv[4]),
        sys.argv[5],
    )
    settings = {
        "ROBOTSTXT_OBEY": True, "DOWNLOAD_DELAY": delay, "RANDOMIZE_DOWNLOAD_DELAY": False, "CONCURRENT_REQUESTS": concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_TIMEOUT": 10, "DOWNLOAD_MAXSIZE": 3_000_000, "RETRY_ENABLED": False,
        "COOKIES_ENABLED": False, "LOG_LEVEL": "CRITICAL", "REACTOR_THREADPOOL_MAXSIZE": 20, "TELNETCONSOLE_ENABLED": False,
        "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.DownloaderAwarePriorityQueue", "REDIRECT_MAX_TIMES": 5,
        "DNS_RESOLVER": "tests.benchmarks.scrapy_sites.Loopback", "USER_AGENT": "gtm-workbench/0.1",
    }  # fmt: skip
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(Companies)
    began, used = time.perf_counter(), time.process_time()
    process.crawl(crawler, port=port, count=count, reading=reading)
    process.start()
    seconds = time.perf_counter() - began
    spider = crawler.spider
    ends = Counter(spider.ends.values())  # type: ignore[union-attr]
    told = {
        "seconds": seconds,
        "cpu_seconds": round(time.process_time() - used, 1),
        "pages": spider.pages,
        "ended": len(spider.ends),
        "outcomes": dict(ends.most_common()),
    }  # type: ignore[union-attr]
    print(json.dumps(told))


if __name__ == "__main__":
    main()
