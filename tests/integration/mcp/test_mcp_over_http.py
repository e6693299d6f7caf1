"""Over HTTP nobody gets in without the token, or by a name the server does not answer to."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
import uvicorn
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from gtm_pipelines.mcp.access import TOKEN_FILE, http_app, token_of
from gtm_pipelines.mcp.answers import NOTE
from gtm_pipelines.mcp.server import build
from gtm_pipelines.workbench import Workbench
from tests.mcp_parts import CONTRACT, TOOLS, arguments, contract

HELLO = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip
TAKES = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def served(bench: Workbench) -> Iterator[tuple[str, str]]:
    """Address and token of a server that listens."""
    token = token_of(bench.settings.home_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    config = uvicorn.Config(http_app(build(bench), token, ["gtm.example"]), host="127.0.0.1", port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield f"http://127.0.0.1:{port}/mcp", token
    server.should_exit = True
    thread.join(10)


def test_a_client_with_the_token_gets_an_answer_from_each_tool(served: tuple[str, str], places: dict[str, Any]) -> None:
    url, token = served

    async def run() -> tuple[dict[str, Any], dict[str, Any]]:
        bearing = httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"})
        async with bearing as http, Client(streamable_http_client(url, http_client=http)) as client:
            answers = {tool: await client.call_tool(tool, arguments(tool, places)) for tool in TOOLS}
            return await contract(client), answers

    promised, answers = asyncio.run(run())
    assert promised == json.loads(CONTRACT.read_text("utf-8"))
    assert {tool: one.content[0].text for tool, one in answers.items() if one.is_error} == {}
    assert {one.structured_content["note"] for one in answers.values()} == {NOTE}


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
def test_no_other_method_gets_past_the_token(served: tuple[str, str], method: str) -> None:
    assert httpx.request(method, served[0], headers=TAKES).status_code == 401


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", "Basic dXNlcjpwYXNz", "Bearer\u00e9"])
def test_without_the_token_it_answers_401(served: tuple[str, str], header: str | None) -> None:
    given = {} if header is None else {"Authorization": header.encode("latin-1")}
    answer = httpx.post(served[0], json=HELLO, headers={**TAKES, **given})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "show-token" in answer.json()["next"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "gtm.example"}, 200),
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://gtm.example"}, 200),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://127.0.0.1.evil.example"}, 403),
    ],
)
def test_only_its_own_names_are_answered(served: tuple[str, str], headers: dict[str, str], status: int) -> None:
    url, token = served
    answer = httpx.post(url, json=HELLO, headers={**TAKES, "Authorization": f"Bearer {token}", **headers})
    assert answer.status_code == status


def test_the_token_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = token_of(tmp_path / "new")
    assert token_of(tmp_path / "new") == first
    assert len(first) >= 40
    assert stat.S_IMODE((tmp_path / "new" / TOKEN_FILE).stat().st_mode) == 0o600
