"""The house's own secrets, and those of a vendor, in whatever breaks: no page, answer, prompt, log or run shows one."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from mcp import Client
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from app.server import _provider
from assets.failures import told_plainly
from gtm_pipelines.api.unsubscribe import create_app
from gtm_pipelines.delivery.tokens import KEY_FILE, Tokens
from gtm_pipelines.log import configure_logging, learn_secret
from gtm_pipelines.mcp.access import TOKEN_FILE, token_of
from gtm_pipelines.mcp.server import build
from gtm_pipelines.settings import ApiSettings, ModelSettings, environment, keep_secret, load_settings
from gtm_pipelines.settings_login import LoginSettings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.delivery_parts import released
from tests.llm_parts import ModelServer, model_server

pytestmark = [pytest.mark.slow]

GIVEN = {
    "OIDC_SECRET": "oidc/client+secret=Kq81", "MODEL_KEY": "model/key+of=ours9Zt", "SMTP_TOKEN": "ya29/oauth+token=Wm3",
    "RESEND_KEY": "resend/key+of=oursB7", "GTM_KEYS_PASSPHRASE": "pass/phrase+of=the-vault",
}  # fmt: skip
KEPT = "kept/in+the=vault5Yp"
BROKE = "what/broke+named=this2Fd"
"""A secret that an unforeseen error carries, such as an address with a key in it."""


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Every secret that the house reads, makes or keeps; the standard library's log is put back as it was."""
    before = logging.getLogRecordFactory(), sys.excepthook, threading.excepthook
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GTM_KEYS", str(tmp_path / "kept" / "keys"))
    keep_secret("default.exa", KEPT)
    learn_secret(BROKE)
    yield GIVEN | {"kept": KEPT, "broke": BROKE}
    logging.setLogRecordFactory(before[0])
    sys.excepthook, threading.excepthook = before[1:]


@pytest.fixture
def bench(secrets: dict[str, str], tmp_path: Path) -> Iterator[Workbench]:
    """A workbench that uses them all."""
    with model_server() as model:
        models = [ModelSettings(name="m", provider="compatible", model="m", base_url=model.url, key="env:MODEL_KEY")]
        first = load_settings(home=tmp_path / "home").mailboxes[0]
        mailbox = first.model_copy(update={"api": ApiSettings(key="env:RESEND_KEY")})
        login = LoginSettings(
            by="oidc", metadata_url="https://id.example/.well-known/openid-configuration", client_id="gtm",
            client_secret="env:OIDC_SECRET", redirect_url="https://gtm.example/oauth2callback",
        )  # fmt: skip
        opened = open_workbench(load_settings(home=tmp_path / "home", models=models, mailboxes=[mailbox], login=login))
        opened.__dict__["asked"] = model
        yield opened
        opened.close()


def _nowhere(text: str, secrets: dict[str, str]) -> None:
    assert [name for name, value in secrets.items() if value in text] == []


def test_what_the_house_makes_is_known_to_its_logs_and_stands_in_no_table(bench: Workbench, secrets: dict[str, str]) -> None:
    home, log = bench.settings.home_path, io.StringIO()
    Tokens(home).make("message")
    auth = _provider(bench.settings)["auth"]
    bench.accounts.add("anna", "owner", password="a long enough one", by="person:local")
    made = secrets | {
        "mcp token": token_of(home), "unsubscribe key": (home / KEY_FILE).read_text().strip(), "signing": auth["cookie_secret"],
        "session": bench.sign_ins.sign_in("anna", "a long enough one", "10.0.0.1"), "provider": auth["client_secret"],
    }  # fmt: skip
    assert made["provider"] == GIVEN["OIDC_SECRET"]
    with contextlib.redirect_stderr(log):
        configure_logging("debug")
        for name in ("mcp token", "unsubscribe key", "signing", "provider", "broke"):
            logging.getLogger("uvicorn.error").error("failed with %s", made[name])
    _nowhere(log.getvalue(), made)
    with bench.record.read() as connection:
        for table in sa.inspect(bench.record.engine).get_table_names():
            _nowhere(str(connection.execute(sa.text(f"select * from {table}")).fetchall()), made)
    own = (TOKEN_FILE, KEY_FILE)
    for path in home.rglob("*"):
        if path.is_file() and path.name not in own:
            _nowhere(path.read_bytes().decode("utf-8", "replace"), made)


def test_no_prompt_carries_one(bench: Workbench, secrets: dict[str, str]) -> None:
    asked: ModelServer = bench.__dict__["asked"]
    released(bench, people=2, mailboxes=["anna"])
    bench.llm.probe("m")
    bench.metrics.refresh()
    bench.coach.ask(f"How are we doing? My key is {BROKE}", by="person:anna")
    assert asked.requests
    _nowhere(str(asked.requests), secrets)


def test_an_unforeseen_error_of_the_service_for_links_is_told_without_it(secrets: dict[str, str]) -> None:
    def broken(_token: str) -> Any:
        raise RuntimeError(f"cannot reach https://x.example/?key={BROKE}")

    answer = TestClient(create_app(broken), raise_server_exceptions=False).post("/unsubscribe/x")
    assert answer.status_code == 500
    _nowhere(answer.text + str(answer.headers), secrets)


def test_an_unforeseen_error_behind_a_tool_is_told_without_it(secrets: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(f"{name} cannot log in with {BROKE}")

    async def run() -> Any:
        async with Client(build(Broken())) as client:  # type: ignore[arg-type]
            return await client.call_tool("list_packs", {})

    result = asyncio.run(run())
    assert result.is_error
    _nowhere(str(result), secrets)
    assert "cannot log in with [redacted]" in caplog.text
    _nowhere(caplog.text, secrets)


def test_a_page_that_breaks_says_so_without_it(secrets: dict[str, str]) -> None:
    log = io.StringIO()

    def page() -> None:
        from app.components.page import kept

        with kept():
            raise RuntimeError("cannot log in with what/broke+named=this2Fd")

    with contextlib.redirect_stderr(log):
        configure_logging()
        shown = AppTest.from_function(page).run(timeout=60)
    assert len(shown.error) == 1
    assert not shown.exception
    _nowhere(shown.error[0].value, secrets)
    assert "[redacted]" in log.getvalue()
    _nowhere(log.getvalue(), secrets)


def test_a_run_that_fails_is_kept_by_dagster_without_it(secrets: dict[str, str]) -> None:
    @dg.asset
    def broken() -> None:
        with told_plainly():
            raise RuntimeError(f"cannot log in with {BROKE}")

    with dg.DagsterInstance.ephemeral() as instance, contextlib.redirect_stderr(io.StringIO()):
        result = dg.materialize([broken], instance=instance, raise_on_error=False)
        events = "".join(str(one) for one in instance.all_logs(result.run_id))
    assert not result.success
    assert "[redacted]" in events
    _nowhere(events, secrets)


@pytest.mark.parametrize("words", [["contact", "list"], ["doctor"]])
def test_a_command_that_cannot_reach_the_record_says_so_without_its_password(tmp_path: Path, words: list[str]) -> None:
    own = {
        "GTM_HOME": str(tmp_path / "home"),
        "GTM_RECORD_URL": f"postgresql+psycopg://me:{KEPT.replace('/', '')}@127.0.0.1:1/db",
    }
    command = [sys.executable, "-m", "gtm_pipelines.cli", *words]
    done = subprocess.run(command, env={**environment(), **os.environ, **own}, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr
    _nowhere(done.stdout + done.stderr, {"password": KEPT.replace("/", "")})
