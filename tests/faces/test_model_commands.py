"""The commands that list, test and account for language models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gtm_pipelines.cli.main import gtm
from gtm_pipelines.clock import SystemClock
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.launch.doctor import examine
from tests.llm_parts import KEY, ModelServer, model_server
from tests.vendor_server import vendor_server

TOML = """
[[models]]
name = "first"
provider = "compatible"
model = "m"
base_url = "{a}"
key = "env:CANARY_KEY"
[[models]]
name = "second"
provider = "openai"
model = "gpt-4o-mini"
base_url = "{b}"
key = "env:CANARY_KEY"
[llm]
{llm}
"""


@pytest.fixture
def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ModelServer, ModelServer]]:
    with model_server("500") as a, model_server('={"word": "ping"}') as b:
        configure(tmp_path, monkeypatch, TOML.format(a=a.url, b=b.url, llm="retries = 0"))
        monkeypatch.setenv("CANARY_KEY", KEY)
        yield a, b


def configure(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (folder / "gtm.toml").write_text(text, "utf-8")
    monkeypatch.setenv("GTM_CONFIG", str(folder / "gtm.toml"))


def run(*words: str, code: int = 0) -> Any:
    done = CliRunner().invoke(gtm, ["model", *words, "--json"])
    assert done.exit_code == code, (done.output, done.exception)
    return json.loads(done.stdout)


def test_models_are_listed_with_prices_and_without_keys(servers: tuple[ModelServer, ModelServer]) -> None:
    first, second = run("list")
    assert (first["name"], first["input_price"], first["roles"]) == ("first", None, ["default"])
    assert (second["input_price"], second["output_price"]) == (pytest.approx(0.15), pytest.approx(0.6))
    shown = CliRunner().invoke(gtm, ["model", "list"]).output
    assert "unknown" in shown
    assert KEY not in shown + str((first, second))


def test_a_test_says_who_answers_and_the_spend_shows_what_it_cost(servers: tuple[ModelServer, ModelServer]) -> None:
    first, second = run("test", code=1)
    assert (first["answers"], second["answers"]) == (False, True)
    assert "status 500" in first["told"]
    assert run("test", "second")[0]["cost_usd"] == pytest.approx(100 * 0.15e-6 + 10 * 0.6e-6)
    spent = run("spend")
    assert spent["cost_usd"] == pytest.approx(2 * (100 * 0.15e-6 + 10 * 0.6e-6))
    assert {row["name"]: (row["attempts"], row["failed"]) for row in spent["rows"]} == {"first": (1, 1), "second": (2, 0)}
    assert run("spend", "--month", "2020-01")["rows"] == []
    shown = CliRunner().invoke(gtm, ["model", "spend", "--by", "purpose"]).output
    assert "probe" in shown


def test_an_unknown_model_is_an_error_that_names_the_known_ones(servers: tuple[ModelServer, ModelServer]) -> None:
    done = CliRunner().invoke(gtm, ["model", "test", "third"])
    assert isinstance(done.exception, SettingsError)
    assert "first, second" in str(done.exception)


def findings() -> list[tuple[str, str]]:
    return [(f.state, f.told + (f.remedy or "")) for f in examine(SystemClock()) if f.subject == "model"]


def test_the_doctor_says_what_a_model_lacks(
    servers: tuple[ModelServer, ModelServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [state for state, _ in findings()] == ["warn", "ok"]
    monkeypatch.delenv("CANARY_KEY")
    assert all(state == "fail" and "CANARY_KEY" in told for state, told in findings())
    monkeypatch.setenv("CANARY_KEY", KEY)
    urls = {"a": servers[0].url, "b": servers[1].url}
    configure(tmp_path, monkeypatch, TOML.format(**urls, llm="monthly_budget_usd = 5"))
    assert findings()[0][0] == "fail"
    assert "input_price" in findings()[0][1]
    configure(tmp_path, monkeypatch, TOML.format(**urls, llm='roles = {default = ["third"]}'))
    assert "third" in findings()[0][1]
    configure(tmp_path, monkeypatch, TOML.format(**urls, llm="").replace('"compatible"', '"nobody"'))
    assert "openrouter" in findings()[0][1]
    configure(tmp_path, monkeypatch, "")
    assert findings()[0][0] == "ok"


class TestSettingUp:
    """Models that no file of settings names."""

    def piped(self, *words: str, key: str = "", code: int = 0) -> str:
        done = CliRunner().invoke(gtm, ["model", *words], input=f"{key}\n")
        assert done.exit_code == code, (done.output, done.exception)
        return done.output + str(done.exception or "")

    def test_a_model_is_set_up_by_a_key_that_is_piped_and_never_shown(self) -> None:
        with model_server('={"word": "ping"}') as server:
            said = self.piped("add", "mine", "--provider", "compatible", "--model", "m", "--base-url", server.url, key=KEY)
            assert "gtm model test mine" in said
            [listed] = run("list")
            assert (listed["name"], listed["model"]) == ("mine", "m")
            assert KEY not in said + json.dumps(listed)
            [answer] = run("test", "mine")
            assert answer["answers"]
            assert server.headers[-1]["authorization"] == f"Bearer {KEY}"

    def test_models_are_ordered_and_a_name_that_is_none_is_refused(self) -> None:
        for name in ("a", "b"):
            self.piped("add", name, "--provider", "ollama", "--model", "m")
        self.piped("order", "b", "a")
        assert [one["roles"] for one in run("list")] == [["default"], ["default"]]
        assert "out of: a, b" in self.piped("order", "c", code=1)

    def test_a_budget_is_set_shown_and_lifted(self) -> None:
        assert run("budget", "25") == {"budget_usd": 25.0}
        assert run("budget") == {"budget_usd": 25.0}
        assert run("budget", "--none") == {"budget_usd": None}
        assert run("budget") == {"budget_usd": None}

    def test_what_was_set_up_here_is_taken_out_and_what_stands_in_a_file_is_not(
        self, servers: tuple[ModelServer, ModelServer]
    ) -> None:
        self.piped("add", "mine", "--provider", "ollama", "--model", "m")
        self.piped("remove", "mine", "--yes")
        assert [one["name"] for one in run("list")] == ["first", "second"]
        assert "gtm.toml" in self.piped("remove", "first", "--yes", code=1)

    def test_a_provider_that_wants_a_key_says_so(self) -> None:
        assert "needs a key" in self.piped("add", "mine", "--provider", "openai", "--model", "gpt-4o-mini", code=1)

    def test_what_a_server_offers_is_listed(self) -> None:
        with vendor_server() as server:
            server.answers["/v1/models"] = {"data": [{"id": "alpha"}, {"id": "zeta"}]}
            said = self.piped("offered", "compatible", "--base-url", f"{server.url}/v1", key=KEY)
        assert said.split()[-2:] == ["alpha", "zeta"]
