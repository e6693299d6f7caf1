"""Sites are read as they ask to be: their rules first, one page at a time, with a pause, and not again while it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.source import SourceAnswerError, SourceBusyError, SubjectRefusedError
from gtm_pipelines.enrichment.web.model import Visit
from gtm_pipelines.enrichment.web.reader import WebReader
from gtm_pipelines.record import pages
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_research import WebSettings
from tests.parts import ONE_ENGINE
from tests.web_parts import Asked, LocalWeb, Said, html, local_web, to

pytestmark = [pytest.mark.slow, ONE_ENGINE]
LINKS = "<nav><a href='/about'>About us</a><a href='/contact'>Contact</a><a href='/pricing'>Pricing</a></nav>"
WORDS = "<p>We are the makers of fine anvils, and have been for as long as anybody remembers.</p>"
SITE = {"/": LINKS + WORDS, "/about": "<p>About us, at length.", "/contact": "<p>Write to us.", "/pricing": "<p>It costs 5."}


@pytest.fixture(scope="module")
def web() -> Iterator[LocalWeb]:
    with local_web() as served:
        yield served


@pytest.fixture
def readers(record: Record, clock: VirtualClock, web: LocalWeb) -> Iterator[list[WebReader]]:
    """Readers to be closed in the end."""
    opened: list[WebReader] = []
    yield opened
    for one in opened:
        one.close()


@pytest.fixture
def reader(record: Record, clock: VirtualClock, web: LocalWeb, readers: list[WebReader]) -> WebReader:
    web.asked.clear()
    readers.append(made(record, clock, web))
    return readers[-1]


def made(record: Record, clock: VirtualClock, web: LocalWeb, **settings: float) -> WebReader:
    wanted = {"delay_seconds": 0.05, "reading_processes": 1, "answer_seconds": 2, "connect_seconds": 1, **settings}
    return WebReader(record, clock, WebSettings(**wanted), guard=web.guard())  # type: ignore[arg-type]


def visited(reader: WebReader, url: str, **more: object) -> Visit:
    return asyncio.run(reader.visit(url, **more))  # type: ignore[arg-type]


def test_the_home_page_and_the_useful_pages_are_read_and_kept(reader: WebReader, record: Record, web: LocalWeb) -> None:
    found = asyncio.run(reader.read(web.site("anvils.example", SITE)))
    assert [page.kind for page in found] == ["home", "about", "contact", "pricing"]
    with record.read() as connection:
        kept = connection.execute(pages.page.select()).all()
    assert {(row.kind, row.outcome) for row in kept} == {(kind, "read") for kind in ("home", "about", "contact", "pricing")}


def test_what_robots_txt_forbids_is_not_asked_for(reader: WebReader, web: LocalWeb) -> None:
    rules = "User-agent: *\nDisallow: /about\nDisallow: /pricing\nAllow: /pricing/public\n"
    visit = visited(reader, web.site("closed.example", SITE, robots=rules))
    assert {asked.path for asked in web.of("closed.example")} == {"/", "/contact"} | {"/sitemap.xml"} & {
        asked.path for asked in web.of("closed.example")
    }
    assert {a.url.rpartition("/")[2] for a in visit.attempts if a.outcome == "forbidden"} == {"about", "pricing"}


def test_rules_for_our_own_name_win_over_those_for_everybody(reader: WebReader, web: LocalWeb) -> None:
    rules = "User-agent: *\nDisallow:\n\nUser-agent: gtm-workbench\nDisallow: /\n"
    with pytest.raises(SubjectRefusedError, match="forbids"):
        asyncio.run(reader.read(web.site("ours.example", SITE, robots=rules)))
    assert web.of("ours.example") == []


def test_the_rules_of_a_host_that_a_redirect_leads_to_are_asked_first(reader: WebReader, web: LocalWeb) -> None:
    web.site("goal.example", SITE, robots="User-agent: *\nDisallow: /")
    start = web.site("start.example", {"/": to(f"http://goal.example:{web.port}/")})
    assert visited(reader, start).outcome == "forbidden"
    assert web.of("goal.example") == []


@pytest.mark.parametrize(
    ("robots", "outcome"),
    [
        (Said("gone", 404), "read"), (Said("no", 403), "read"), (Said("broken", 500), "busy"), (Said("slow down", 429), "busy"),
        (to("/robots.txt"), "read"), (html("<html>not rules"), "read"), (Said(b"\xff\xfe\x00garbage" * 50), "read"),
        (Said(hang=True), "timeout"),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_had_forbid_as_the_standard_says(
    reader: WebReader, web: LocalWeb, robots: Said, outcome: str
) -> None:
    assert visited(reader, web.site("odd.example", SITE, robots=robots)).outcome == outcome


def test_between_two_requests_to_a_host_there_is_a_pause_also_over_several_visits(
    record: Record, clock: VirtualClock, web: LocalWeb, readers: list[WebReader]
) -> None:
    readers.append(made(record, clock, web, delay_seconds=0.3))
    web.asked.clear()
    urls = [web.site(f"calm{n}.example", SITE) for n in range(4)]

    async def at_once() -> None:
        await asyncio.gather(*(readers[-1].visit(url, again=True) for url in urls for _ in range(2)))

    asyncio.run(at_once())
    for number in range(4):
        moments = [asked.at for asked in web.of(f"calm{number}.example", robots=True)]
        assert len(moments) >= 9
        assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.27, (
            "less than the pause by more than a connection takes"
        )


def test_a_crawl_delay_is_kept(reader: WebReader, web: LocalWeb) -> None:
    visited(reader, web.site("slowly.example", SITE, robots="User-agent: *\nCrawl-delay: 0.6\n"))
    moments = [asked.at for asked in web.of("slowly.example")]
    assert len(moments) >= 3
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.57


def test_hosts_are_read_side_by_side(reader: WebReader, web: LocalWeb) -> None:
    urls = [web.site(f"side{n}.example", lambda _asked: html(WORDS, wait=0.5)) for n in range(10)]

    async def at_once() -> list[Visit]:
        return await asyncio.gather(*(reader.visit(url) for url in urls))

    assert [visit.outcome for visit in asyncio.run(at_once())] == ["read"] * 10
    moments = sorted(asked.at for asked in web.asked)
    assert moments[-1] - moments[0] < 5


def test_a_short_retry_after_is_waited_for(reader: WebReader, web: LocalWeb) -> None:
    answers = [Said("busy", 503, {"Retry-After": "1"})]

    def site(asked: Asked) -> Said | None:
        return None if asked.path != "/" else answers.pop() if answers else html(WORDS)

    assert visited(reader, web.site("soon.example", site)).outcome == "read"
    first, second = [asked.at for asked in web.of("soon.example") if asked.path == "/"]
    assert second - first >= 0.99


def test_a_long_retry_after_puts_the_site_off_until_then(reader: WebReader, web: LocalWeb, clock: VirtualClock) -> None:
    url = web.site("later.example", {"/": Said("busy", 429, {"Retry-After": "3600"})})
    with pytest.raises(SourceBusyError) as busy:
        asyncio.run(reader.read(url))
    assert busy.value.retry_at is not None
    assert (busy.value.retry_at - clock.now()).total_seconds() == 3600
    assert len(web.of("later.example")) == 1
    visited(reader, url)
    assert len(web.of("later.example")) == 1, "asked again before its time"
    clock.advance(seconds=3601)
    visited(reader, url)
    assert len(web.of("later.example")) == 2


def test_a_page_is_not_asked_for_again_while_it_holds(reader: WebReader, web: LocalWeb, clock: VirtualClock) -> None:
    url = web.site("still.example", SITE)
    first = asyncio.run(reader.read(url))
    asked = len(web.asked)
    again = asyncio.run(reader.read(url))
    assert len(web.asked) == asked
    assert [(page.url, page.text, page.data) for page in again] == [(page.url, page.text, page.data) for page in first]
    clock.advance(days=15)
    asyncio.run(reader.read(url))
    assert len(web.asked) > asked


def test_a_page_that_has_not_changed_is_not_sent_again(reader: WebReader, web: LocalWeb, clock: VirtualClock) -> None:
    def site(asked: Asked) -> Said | None:
        if asked.headers.get("if-none-match") == '"v1"':
            return Said("", 304, {"ETag": '"v1"'})
        return Said(WORDS, headers={"Content-Type": "text/html", "ETag": '"v1"'}) if asked.path == "/" else None

    url = web.site("same.example", site)
    [first] = asyncio.run(reader.read(url, max_pages=1))
    clock.advance(days=15)
    [again] = asyncio.run(reader.read(url, max_pages=1))
    assert web.of("same.example")[-1].headers["if-none-match"] == '"v1"'
    assert again.text == first.text
    assert again.fetched_at > first.fetched_at


def test_failures_are_kept_with_their_reason_and_not_repeated_at_once(reader: WebReader, record: Record, web: LocalWeb) -> None:
    url = web.site("gone.example", {})
    with pytest.raises(SourceAnswerError, match="404"):
        asyncio.run(reader.read(url))
    visited(reader, url)
    assert [asked.path for asked in web.of("gone.example")] == ["/"]
    assert pages.outcomes(record) == {"missing": 1}


def test_the_same_page_under_two_addresses_counts_once(reader: WebReader, web: LocalWeb) -> None:
    twins = {"/": LINKS + WORDS, "/about": "<p>The very same.", "/contact": "<p>The very same."}
    visit = visited(reader, web.site("twins.example", twins))
    assert [page.kind for page in visit.pages] == ["home", "about"]
    assert "twin" in {attempt.outcome for attempt in visit.attempts}


def test_a_site_map_helps_where_the_home_page_has_no_links(reader: WebReader, web: LocalWeb) -> None:
    base = f"http://mapped.example:{web.port}"
    index = f"<sitemapindex><sitemap><loc>{base}/pages.xml</loc></sitemap></sitemapindex>"
    places = "".join(
        f"<url><loc>{one}</loc></url>" for one in (f"{base}/about", f"{base}/contact", "http://elsewhere.example/team")
    )
    site = {
        "/": WORDS,
        "/about": "<p>About.",
        "/contact": "<p>Contact.",
        "/map.xml": Said(index),
        "/pages.xml": Said(f"<urlset>{places}</urlset>"),
    }
    web.site("mapped.example", site, robots=f"Sitemap: {base}/map.xml\n")
    assert [page.kind for page in visited(reader, f"{base}/").pages] == ["home", "about", "contact"]


@pytest.mark.parametrize("name", ["fast.example", "FAST.example.", " fast.example "])
def test_a_site_is_found_as_people_write_it(reader: WebReader, web: LocalWeb, name: str) -> None:
    web.site("fast.example", SITE)
    host = f"{name.strip().rstrip('.')}:{web.port}"
    found = asyncio.run(reader.read(host, max_pages=1))
    assert found[0].final_url == f"http://fast.example:{web.port}/"


def test_a_reader_serves_several_event_loops_one_after_another(reader: WebReader, web: LocalWeb) -> None:
    for number in range(3):
        assert visited(reader, web.site(f"loop{number}.example", SITE)).outcome == "read"


def test_a_page_read_for_one_company_is_known_of_another(
    reader: WebReader, record: Record, web: LocalWeb, clock: VirtualClock
) -> None:
    from tests.integration.enrichment.web.companies import company

    one, other = company(record, clock, "One"), company(record, clock, "Other")
    url = web.site("shared.example", SITE)
    visited(reader, url, company_id=one)
    asked = len(web.asked)
    visited(reader, url, company_id=other)
    visited(reader, url, company_id=other)
    assert len(web.asked) == asked
    assert len(pages.of_company(record, one)) == len(pages.of_company(record, other)) == 4


def test_the_sender_is_named_with_an_address_to_complain_to(
    record: Record, clock: VirtualClock, web: LocalWeb, readers: list[WebReader]
) -> None:
    settings = WebSettings(contact="https://example.org/bot", reading_processes=1)
    readers.append(WebReader(record, clock, settings, guard=web.guard()))
    web.asked.clear()
    visited(readers[-1], web.site("named.example", SITE), max_pages=1)
    assert {asked.headers["user-agent"] for asked in web.asked} == {web.asked[0].headers["user-agent"]}
    assert web.asked[0].headers["user-agent"].startswith("gtm-workbench/")
    assert "https://example.org/bot" in web.asked[0].headers["user-agent"]


def test_a_document_that_kills_its_reader_costs_one_page(
    record: Record, clock: VirtualClock, web: LocalWeb, tmp_path: Path
) -> None:
    """The limit of memory or time ends the process, and the next document finds another."""
    from gtm_pipelines.enrichment.web.model import FetchError
    from gtm_pipelines.enrichment.web.parsing import Readers

    hasty = Readers(1, 1_000, seconds=0.01)
    with pytest.raises(FetchError) as gave_up:
        asyncio.run(hasty.read(b"<p>" * 10, "text/html", "http://x.example/"))
    assert gave_up.value.outcome == "unreadable"
    hasty._seconds = 30
    again = asyncio.run(hasty.read(b"<p>Words", "text/html", "http://x.example/"))
    hasty.close()
    assert again is not None
    assert again.text == "Words"
