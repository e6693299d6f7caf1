"""Over HTTP nobody gets in without the token, or by a name the server does not answer to."""

from __future__ import annotations

import asyncio
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import httpx2
import pytest
import uvicorn
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from gtm_pipelines.mcp.access import TOKEN_FILE, http_app, token_of
from gtm_pipelines.mcp.server import build
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import open_workbench

HELLO = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip
TAKES = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address and token of a server that listens."""
    home = tmp_path_factory.mktemp("mcp")
    bench = open_workbench(load_settings(home=home))
    token = token_of(home)
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
    bench.close()


def test_a_client_with_the_token_reads(served: tuple[str, str]) -> None:
    url, token = served

    async def run() -> list[str]:
        bearing = httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"})
        async with bearing as http, Client(streamable_http_client(url, http_client=http)) as client:
            await client.call_tool("list_packs", {})
            return [tool.name for tool in (await client.list_tools()).tools]

    assert "get_lights" in asyncio.run(run())


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
