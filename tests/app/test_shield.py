"""What the app tells browsers: run and fetch nothing but what it serves, with every answer there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from app.server import FRONT
from app.shield import Shield, policy


def _served(**headers: str) -> TestClient:
    async def page(_request: object) -> PlainTextResponse:
        return PlainTextResponse("a page", headers=headers)

    return TestClient(Starlette(routes=[Route("/", page)], middleware=[Middleware(Shield, policy=policy(FRONT))]))


@pytest.mark.parametrize("path", ["/", "/not-there"])
def test_every_answer_tells_the_browser_to_ask_nobody_else(path: str) -> None:
    told = _served().get(path).headers
    rules = dict(rule.split(" ", 1) for rule in told["content-security-policy"].split("; "))
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "same-origin"
    assert rules["default-src"] == "'self'"
    assert {rules[name] for name in ("frame-ancestors", "object-src", "base-uri", "frame-src")} == {"'none'"}
    sources = {source for listed in rules.values() for source in listed.split()}
    assert {one for one in sources if not one.startswith("'sha256-")} == {"'self'", "'none'", "'unsafe-inline'", "data:", "blob:"}
    assert "'unsafe-inline'" not in rules["script-src"]


def test_an_answer_that_is_stricter_stays_so() -> None:
    told = _served(**{"Content-Security-Policy": "default-src 'none'"}).get("/").headers
    assert told.get_list("content-security-policy") == ["default-src 'none'"]


def test_of_the_scripts_in_a_page_only_the_front_ends_own_may_run(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("<script>\n  own = 1\n</script><script type='module' src='a.js'></script>", "utf-8")
    assert policy(page).endswith("script-src 'self' 'sha256-yNxyDqXwlVaLOYth4sVPepZ1jjGTAgk2nionXh8/U4A='")
