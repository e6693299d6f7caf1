"""``gtm reply`` as a person types it, over the sandbox's mailbox."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gtm_pipelines.cli.reply import command
from gtm_pipelines.errors import InputError
from gtm_pipelines.record.engine import open_record
from gtm_pipelines.record.migrate import upgrade
from tests.integration.replies.world import SentWorld, mail


@pytest.fixture
def sandbox(home: Path, monkeypatch: pytest.MonkeyPatch) -> SentWorld:
    monkeypatch.setenv("GTM_HOME", str(home))
    record = open_record(f"sqlite:///{home / 'record.sqlite'}", "default")
    upgrade(record)
    sent = SentWorld(record)
    message = sent.message("ann@client.test")
    inbox = home / "sandbox" / "inbox" / "anna@workbench.example" / "new"
    inbox.mkdir(parents=True)
    answer = mail("Давайте созвонимся", in_reply_to=sent.rfc("ann@client.test"))
    (inbox / "000000000001.a").write_bytes(answer)
    (inbox / "000000000002.b").write_bytes(mail("How much is it?", subject="A question"))
    assert message
    return sent


def run(*words: str) -> Result:
    return CliRunner().invoke(command, words)


def test_collect_list_show_and_assign(sandbox: SentWorld) -> None:
    report = json.loads(run("collect", "--json").stdout)
    assert (report["new"], report["attributed"], report["unmatched"]) == (2, 1, 1)
    assert report["by_class"] == {"positive": 1, "information_request": 1}
    assert json.loads(run("collect", "--json").stdout)["new"] == 0

    [listed] = json.loads(run("list", "--campaign", "spring", "--json").stdout)
    assert listed["cls"] == "positive"
    assert "Давайте созвонимся" in run("show", listed["id"]).stdout
    assert run("show", "--source", listed["id"]).stdout.startswith("from: ann@client.test")

    [waiting] = json.loads(run("unmatched", "--json").stdout)
    assigned = run("assign", waiting["id"], listed["message_id"], "--by", "olga")
    assert "now answers message" in assigned.stdout
    assert "Nothing waits" in run("unmatched").stdout


def test_an_empty_list_says_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_HOME", str(home))

    assert "gtm reply collect" in run("list").stdout
    failed = run("collect", "--mailbox", "nobody")
    assert isinstance(failed.exception, InputError)
    assert "No mailbox called 'nobody'" in str(failed.exception)
