"""No address, no redirect, no answer leads the fetcher where it has no business; a listener on loopback hears nothing."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import pytest

from gtm_pipelines.enrichment.web.fetch import Fetcher
from gtm_pipelines.enrichment.web.guard import Guard, is_public
from gtm_pipelines.enrichment.web.model import FetchError, Limits
from gtm_pipelines.enrichment.web.robots import Robots
from tests.integration.enrichment.web.hostile import ALL, Hostile
from tests.web_parts import LocalWeb, local_web, to

LIMITS = Limits(connect_seconds=2, answer_seconds=2)
SERVER = "127.0.0.9"
"""Where the hostile server counts as public; the canary listens on every other address of this machine."""


@dataclass
class Canary:
    """A listener that nobody may reach."""

    port: int
    reached: list[str]


@contextmanager
def canary() -> Iterator[Canary]:
    """Listen on all of loopback, IPv4 and IPv6, and note who comes."""
    listener = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    listener.settimeout(0.1)
    found, stop = Canary(listener.getsockname()[1], []), threading.Event()

    def listen() -> None:
        while not stop.is_set():
            try:
                connection, who = listener.accept()
            except TimeoutError:
                continue
            found.reached.append(str(who))
            connection.close()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()
        listener.close()


@pytest.fixture(scope="module")
def web() -> Iterator[LocalWeb]:
    with local_web(SERVER) as served:
        yield served


@pytest.fixture
def listener() -> Iterator[Canary]:
    with canary() as found:
        yield found


class Names:
    """Resolves names as a case says, one list a look-up; every other name leads to the hostile server."""

    def __init__(self, records: Sequence[Sequence[str]]) -> None:
        self.records, self.looked_up = list(records), 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.looked_up += 1
        if host == "canary.example":
            return ["127.0.0.1"]
        if not self.records:
            return [SERVER]
        return self.records.pop(0) if len(self.records) > 1 else self.records[0]


def guard(names: Names, *ports: int) -> Guard:
    return Guard(names, also=(ipaddress.ip_network(SERVER),), ports=frozenset({80, 443, *ports}))


@lru_cache(maxsize=1)
def trusted() -> ssl.SSLContext:
    """Return the system's certificates, read once: they take longer to read than a case takes."""
    return ssl.create_default_context()


def fetched(guarded: Guard, url: str) -> str:
    """Return how an attempt ends."""

    async def run() -> str:
        async with Fetcher(guarded, LIMITS, "test", trust=trusted()).session() as session:
            try:
                return f"status {(await session.fetch(url)).status}"
            except FetchError as error:
                return error.outcome

    return asyncio.run(run())


def test_there_are_more_than_sixty_hostile_cases() -> None:
    assert len(ALL) >= 60
    assert len({case.name for case in ALL}) == len(ALL)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name[:60])
def test_nothing_reaches_what_is_not_public(case: Hostile, web: LocalWeb, listener: Canary) -> None:
    url = case.url.replace("{canary}", str(listener.port)).replace("{port}", str(web.port))
    if case.answers:
        web.site("host.example", case.answers(web.port, listener.port))
    began = time.monotonic()
    outcome = fetched(guard(Names(case.records), web.port), url)
    assert outcome in ((case.outcome,) if isinstance(case.outcome, str) else case.outcome)
    assert time.monotonic() - began < case.seconds
    assert listener.reached == []


@pytest.mark.parametrize("case", [case for case in ALL if "{canary}" in case.url], ids=lambda case: case.name[:60])
def test_the_address_is_refused_even_where_its_port_would_be_allowed(case: Hostile, listener: Canary) -> None:
    url = case.url.replace("{canary}", str(listener.port))
    outcome = fetched(Guard(ports=frozenset({80, 443, listener.port})), url)
    assert outcome in ("refused_url", "refused_address")
    assert listener.reached == []


def test_a_name_that_answers_differently_the_second_time_gains_nothing(web: LocalWeb, listener: Canary) -> None:
    web.site("host.example", {"/": "<p>the real one"})
    names = Names([[SERVER], ["127.0.0.1"]])
    guarded = guard(names, web.port)
    assert fetched(guarded, f"http://host.example:{web.port}/") == "status 200"
    assert names.looked_up == 1
    assert fetched(guarded, f"http://host.example:{web.port}/") == "refused_address"
    assert listener.reached == []


def test_the_canary_would_have_noticed(listener: Canary) -> None:
    names = Names([["127.0.0.1"]])
    open_guard = Guard(names, also=(ipaddress.ip_network("127.0.0.0/8"),), ports=frozenset({listener.port}))
    fetched(open_guard, f"http://host.example:{listener.port}/")
    time.sleep(0.3)
    assert len(listener.reached) == 1


def test_a_backslash_in_a_redirect_stays_a_sign_of_the_path(web: LocalWeb, listener: Canary) -> None:
    web.site("host.example", {"/": to(f"\\\\127.0.0.1:{listener.port}\\x")})
    assert fetched(guard(Names([]), web.port), f"http://host.example:{web.port}/") == "status 404"
    assert web.asked[-1].host == "host.example"
    assert listener.reached == []


def test_a_redirect_to_another_host_is_resolved_and_looked_at_anew(web: LocalWeb) -> None:
    web.site("first.example", {"/": to(f"http://second.example:{web.port}/")})
    web.site("second.example", {"/": "<p>here"})
    names = Names([])
    assert fetched(guard(names, web.port), f"http://first.example:{web.port}/") == "status 200"
    assert names.looked_up == 2


def test_a_bomb_takes_no_more_memory_than_the_cap(web: LocalWeb) -> None:
    case = next(case for case in ALL if case.name.startswith("gzip bomb"))
    assert case.answers is not None
    web.site("host.example", case.answers(web.port, 0))
    tracemalloc.start()
    try:
        assert fetched(guard(Names([]), web.port), f"http://host.example:{web.port}/") == "bomb"
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


def test_a_page_without_end_is_cut_and_its_connection_left(web: LocalWeb) -> None:
    web.site("host.example", {"/": "<p>" + "x" * 9_000_000})

    async def run() -> tuple[bool, int]:
        async with Fetcher(guard(Names([]), web.port), LIMITS, "test").session() as session:
            answer = await session.fetch(f"http://host.example:{web.port}/")
            return answer.cut, len(answer.body)

    assert asyncio.run(run()) == (True, LIMITS.body_bytes)


def test_no_proxy_of_the_environment_is_used(web: LocalWeb, listener: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{listener.port}")
    web.site("host.example", {"/": "<p>direct"})
    assert fetched(guard(Names([]), web.port), f"http://host.example:{web.port}/") == "status 200"
    assert listener.reached == []


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001::65", "5.255.255.70"]
)
def test_addresses_of_the_open_network_are_allowed(address: str) -> None:
    assert is_public(address)


def test_the_guard_of_the_workbench_can_be_loosened_by_no_setting() -> None:
    from gtm_pipelines.settings_research import WebSettings

    assert not {"allow", "ports", "guard", "also", "resolve", "private"} & set(WebSettings.model_fields)
    assert Guard().ports == {80, 443}
    assert not Guard().also


def test_rules_that_could_not_be_had_forbid_everything() -> None:
    from gtm_pipelines.enrichment.web.address import parse

    assert not Robots(closed="500").allows(parse("http://example.org/"))
