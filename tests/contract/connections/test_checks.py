"""A key is tried by one request that the vendor knows, and no answer of any vendor brings it back."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import yaml
from pydantic import HttpUrl

from gtm_pipelines.connections.catalogue import FILE_NAME, load
from gtm_pipelines.connections.model import Tool
from gtm_pipelines.connections.trying import try_key
from gtm_pipelines.settings import bundle_root
from tests.parts import SHARED, missing_part
from tests.vendor_server import Asked, Said, VendorServer, vendor_server

TOOLS = {tool.name: tool for tool in load(bundle_root() / "data" / "reference" / FILE_NAME, Path("nowhere")).tools}
TRIED = [name for name, tool in TOOLS.items() if tool.check]
KEY = "canary/key+0123456789=abcdef"
GOOD = {
    "apollo": {"healthy": True, "is_logged_in": True},
    "hunter": {"data": {"requests": {"searches": {"used": 12, "available": 50}, "verifications": {"used": 3, "available": 100}}}},
    "firecrawl": {"success": True, "data": {"remainingCredits": 480, "planCredits": 500}},
    "leadmagic": {"credits": 77},
    "lemlist": {"credits": 9},
}


@pytest.fixture
def vendor() -> Iterator[VendorServer]:
    with vendor_server() as server:
        yield server


def at(vendor: VendorServer, name: str) -> Tool:
    """A tool whose vendor is played on this machine."""
    tool = TOOLS[name]
    assert tool.check is not None
    path = urlsplit(str(tool.check.url)).path
    return tool.model_copy(update={"check": tool.check.model_copy(update={"url": HttpUrl(f"{vendor.url}{path}")})})


def knows(asked: Asked, tool: Tool) -> bool:
    """Whether the key came the way the tool's vendor wants it, and no other."""
    assert tool.check is not None
    said = asked.headers.get("authorization", "")
    if tool.check.bearer:
        return said == f"Bearer {KEY}" and asked.params == {}
    if tool.check.basic is not None:
        return said == "Basic " + base64.b64encode(f"{tool.check.basic}:{KEY}".encode()).decode()
    if tool.check.query:
        return asked.params == {tool.check.query: KEY}
    return asked.headers.get(str(tool.check.header).lower()) == KEY and asked.params == {}


@pytest.mark.parametrize("name", TRIED)
def test_each_of_a_vendors_answers_is_told_as_what_it_is(vendor: VendorServer, name: str) -> None:
    tool = at(vendor, name)
    assert tool.check is not None
    vendor.respond = lambda asked: GOOD.get(name, {"id": 1}) if knows(asked, tool) else Said(401, b"{}")
    assert try_key(tool, KEY).told == f"{tool.title} knows the key."
    assert [asked.method for asked in vendor.asked] == ["GET"]
    assert try_key(tool, f"{KEY}-mistyped").status == "refused"
    busy = ("unreachable", "asks to wait")
    told = {
        "401": ("refused", "refused the key (401)"),
        "402": ("refused", "its plan does not reach"),
        "403": ("unchecked", tool.check.scope) if tool.check.scope else ("refused", "refused the key (403)"),
        "404": ("unreachable", "answered unexpectedly (404)"),
        "429:7": busy,
        "500": ("unreachable", "a fault of its own (500)"),
        "503": ("unreachable", "a fault of its own (503)"),
        "hang": ("unreachable", "did not answer within 0.2 seconds"),
    } | {str(status): busy for status in tool.check.busy}
    for act, (status, words) in told.items():
        vendor.does(act)
        tried = try_key(tool, KEY, seconds=0.2 if act == "hang" else 10)
        assert (tried.status, words in tried.told) == (status, True), (act, tried.told)
        assert KEY not in tried.told


def test_a_vendor_that_is_not_to_be_reached_is_told_so(vendor: VendorServer) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        tool = at(replace(vendor, url=f"http://127.0.0.1:{nobody.getsockname()[1]}"), "folk")
        tried = try_key(tool, KEY)
    assert (tried.status, tried.told.split(". ")[0]) == ("unreachable", "Folk cannot be reached from this machine")


def test_nothing_of_a_long_answer_is_read_where_its_status_says_all(vendor: VendorServer) -> None:
    vendor.respond = lambda _asked: [{"id": number, "name": "x" * 100} for number in range(20_000)]
    assert try_key(at(vendor, "smartlead"), KEY).status == "working"


def test_a_page_in_the_place_of_an_answer_is_neither_believed_nor_shown(vendor: VendorServer) -> None:
    vendor.respond = lambda _asked: Said(200, b"<html><body>Sign in to the hotel's network</body></html>")
    tried = try_key(at(vendor, "folk"), KEY)
    assert (tried.status, "hotel" in tried.told) == ("unreachable", False)


def test_what_is_left_of_a_plan_is_told(vendor: VendorServer) -> None:
    told = {}
    for name in ("hunter", "firecrawl", "leadmagic"):
        vendor.respond = lambda _asked, name=name: GOOD[name]
        told[name] = [limit.told for limit in try_key(at(vendor, name), KEY).limits]
    assert told == {
        "hunter": ["searches: 12 used of 50", "verifications: 3 used of 100"],
        "firecrawl": ["credits: 480 left of 500"],
        "leadmagic": ["credits: 77 left"],
    }


@pytest.mark.parametrize("name", TRIED)
@pytest.mark.parametrize("status", [401, 500])
def test_a_vendor_that_repeats_the_key_does_not_bring_it_back(vendor: VendorServer, name: str, status: int) -> None:
    basic = base64.b64encode(f":{KEY}".encode()).decode()
    echoes = " ".join([KEY, quote(KEY, safe=""), KEY.replace("/", "\\/"), f"Basic {basic}", f"Bearer {KEY}"])
    for echo in (echoes, "x" * 190 + KEY + KEY * 50):
        vendor.respond = lambda _asked, echo=echo: Said(status, json.dumps({"error": f"bad key {echo}"}).encode())
        tried = try_key(at(vendor, name), KEY)
        assert tried.status == ("refused" if status == 401 else "unreachable")
        assert not any(part in tried.told for part in (KEY[:8], basic[:12], quote(KEY[:8], safe=""))), tried.told


@pytest.mark.parametrize("act", ["cut", "malformed", "list", "huge", "bomb", "empty", "redirect"])
def test_a_vendor_out_of_its_mind_says_nothing_about_the_key(vendor: VendorServer, act: str) -> None:
    vendor.does(act)
    tried = try_key(at(vendor, "hunter"), KEY)
    assert tried.status == ("working" if act == "list" else "unreachable"), tried.told
    assert len(vendor.asked) == 1, "no redirect is followed: the key would go with it"


def test_a_vendor_that_answers_200_to_any_key_is_read(vendor: VendorServer) -> None:
    vendor.respond = lambda _asked: {"healthy": True, "is_logged_in": False}
    assert try_key(at(vendor, "apollo"), KEY).status == "refused"


def test_a_key_that_may_only_send_works(vendor: VendorServer) -> None:
    refusal = b'{"statusCode":401,"name":"restricted_api_key","message":"This API key is restricted to only send emails"}'
    vendor.respond = lambda _asked: Said(401, refusal)
    assert try_key(at(vendor, "resend"), KEY).status == "working"


def test_a_tool_without_a_harmless_request_is_not_asked() -> None:
    assert try_key(TOOLS["exa"], KEY).status == "unchecked"


@pytest.mark.parametrize(("name", "spec"), [("instantly", "instantly/api_v2.json"), ("resend", "resend/resend.yaml")])
def test_the_request_stands_in_the_vendors_own_description(name: str, spec: str) -> None:
    path = SHARED / "openapi" / spec
    if not path.exists():
        missing_part(f"The description {path.name}", "It is not part of the project; tests that need it run in CI.")
    described = json.loads(path.read_bytes()) if path.suffix == ".json" else yaml.safe_load(path.read_text("utf-8"))
    tool = TOOLS[name]
    assert tool.check is not None
    assert "get" in described["paths"][urlsplit(str(tool.check.url)).path]
