"""The unsubscribe page: a POST takes effect at once, a look changes nothing, a forged link is refused."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from gtm_pipelines.api.unsubscribe import create_app
from gtm_pipelines.delivery.tokens import Tokens
from gtm_pipelines.errors import TransientError


class Recorder:
    """Stands where the suppression service would, behind the real token check."""

    def __init__(self, home: Path) -> None:
        self.tokens = Tokens(home)
        self.done: list[str] = []

    def __call__(self, token: str) -> str:
        self.done.append(self.tokens.read(token))
        return "anna@firm.example"


async def ask(recorder: Recorder, method: str, token: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=create_app(recorder))
    async with httpx.AsyncClient(transport=transport, base_url="https://page.example") as client:
        return await client.request(
            method, f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"} if method == "POST" else None
        )


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path)


def run(recorder: Recorder, method: str, token: str) -> httpx.Response:
    import asyncio

    return asyncio.run(ask(recorder, method, token))


def test_a_post_unsubscribes_at_once_and_may_be_repeated(recorder: Recorder) -> None:
    token = recorder.tokens.make("message-1")
    assert [run(recorder, "POST", token).status_code for _ in range(2)] == [200, 200]
    assert recorder.done == ["message-1", "message-1"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_look_at_the_page_unsubscribes_nobody(recorder: Recorder, method: str) -> None:
    answer = run(recorder, method, recorder.tokens.make("message-1"))
    assert answer.status_code == 200
    assert recorder.done == []


def test_no_changed_token_is_accepted(recorder: Recorder) -> None:
    token = recorder.tokens.make("message-1")
    forged = [token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :] for n in range(len(token))] + [
        "x",
        token + "a",
        token[:-1],
    ]
    assert {run(recorder, "POST", f).status_code for f in forged if f and f != token} <= {400, 404}
    assert recorder.done == []


def test_a_busy_record_asks_to_try_again(tmp_path: Path) -> None:
    class Busy(Recorder):
        def __call__(self, token: str) -> str:
            raise TransientError("busy")

    assert run(Busy(tmp_path), "POST", "t").status_code == 503
