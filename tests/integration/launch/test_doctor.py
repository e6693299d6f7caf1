"""The doctor says what is missing and what to do, and changes nothing."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from gtm_pipelines.cli.doctor import command
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.launch.doctor import examine
from gtm_pipelines.launch.findings import Finding
from gtm_pipelines.workbench import open_workbench
from tests.integration.launch.conftest import free_port


@pytest.fixture(autouse=True)
def quiet_ports(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("GTM_HOME", str(home))
    for name in ("APP", "DAGSTER", "API"):
        monkeypatch.setenv(f"GTM_{name}_PORT", str(free_port()))


def by_subject(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.subject: finding for finding in findings}


def test_on_an_empty_machine_it_warns_and_makes_nothing(clock: VirtualClock, home: Path) -> None:
    found = by_subject(examine(clock))
    assert {name for name, finding in found.items() if finding.state == "fail"} == set()
    assert (found["record"].state, found["app"].state, found["model"].state) == ("warn", "warn", "ok")
    assert not home.exists()


def test_a_record_that_is_there_is_looked_at(clock: VirtualClock) -> None:
    open_workbench(clock=clock).close()
    found = by_subject(examine(clock))
    assert found["record"].told.endswith("is current.")
    assert (found["messages"].state, found["sending"].state) == ("ok", "ok")


def test_settings_that_cannot_be_read_are_one_failure_with_the_reason(
    clock: VirtualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gtm.toml").write_text("app_port = 'many'\n")
    monkeypatch.setenv("GTM_CONFIG", str(tmp_path / "gtm.toml"))
    monkeypatch.delenv("GTM_APP_PORT")
    (finding,) = examine(clock)
    assert finding.state == "fail"
    assert "app_port" in (finding.remedy or "")


def write_mailbox(folder: Path, monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    text = ["[[mailboxes]]", 'name = "anna"', 'address = "anna@shop.example"', 'sender = "smtp"', 'collector = "none"', *lines]
    (folder / "gtm.toml").write_text("\n".join(text))
    monkeypatch.setenv("GTM_CONFIG", str(folder / "gtm.toml"))


def test_a_mailbox_without_postal_address_or_password_fails(
    clock: VirtualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_mailbox(tmp_path, monkeypatch, 'smtp = { username = "anna", password = "env:SHOP_PASSWORD" }')
    monkeypatch.delenv("SHOP_PASSWORD", raising=False)
    told = [finding.told for finding in examine(clock) if finding.subject == "mailbox anna" and finding.state == "fail"]
    assert told == ["It has no postal address; nothing is sent without one.", "Its SMTP password cannot be found."]


def test_servers_are_asked_only_on_request(clock: VirtualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    smtp = f'smtp = {{ host = "127.0.0.1", port = {free_port()}, security = "none" }}'
    write_mailbox(tmp_path, monkeypatch, 'postal_address = "1 Street"', smtp)
    assert by_subject(examine(clock))["mailbox anna"].state == "warn"
    refused = by_subject(examine(clock, connect=True))["mailbox anna"]
    assert refused.state == "fail"
    assert "SMTP does not let it in" in refused.told


def test_a_port_held_by_a_stranger_is_told(clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        monkeypatch.setenv("GTM_APP_PORT", str(stranger.getsockname()[1]))
        stranger.listen()
        assert "which is not the workbench" in by_subject(examine(clock))["app"].told


def test_the_command_prints_json_and_fails_only_on_failures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(command, ["--json"])
    assert done.exit_code == 0
    assert {finding["state"] for finding in json.loads(done.stdout)} == {"ok", "warn"}
    write_mailbox(tmp_path, monkeypatch)
    assert CliRunner().invoke(command, []).exit_code == 1
