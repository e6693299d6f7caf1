"""Talks with the coach and what it believes forget a person who is erased, and give what names them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_contact

ADDRESS, NAME = "Zina.Perokhvost@firm.test", "Зинаида Перохвостова"


@pytest.fixture
def told(workbench: Workbench) -> Workbench:
    """A person is named in a talk, by name alone and by address alone, and in what is remembered."""
    add_contact(workbench.record, workbench.clock, email=ADDRESS, email_key=ADDRESS.lower(), full_name=NAME)
    workbench.coach.ask(f"Стоит ли писать {NAME}?", by="anna")
    workbench.coach.ask(f"What do we know about {ADDRESS}?", by="anna")
    workbench.memory.set("note", f"{NAME} is our champion at Firm", by="anna")
    workbench.memory.set("goal", "ten meetings", by="anna")
    return workbench


def everything(bench: Workbench) -> str:
    talks = bench.memory.chats()
    said = [message.text for talk in talks for message in bench.memory.messages(talk.id)]
    return json.dumps(
        [*(talk.title for talk in talks), *said, *(one.value for one in bench.memory.beliefs())], ensure_ascii=False
    )


def test_after_an_erasure_nothing_the_coach_keeps_names_the_person(told: Workbench) -> None:
    assert NAME in everything(told)
    assert ADDRESS in everything(told)
    report = told.privacy.erase_person(ADDRESS, by="anna")
    held = everything(told)
    assert NAME not in held
    assert "perokhvost" not in held.lower()
    assert "our champion at Firm" in held
    assert "ten meetings" in held
    assert report.counts["coach_message"] == 2
    assert report.counts["belief"] == 1


def test_an_export_gives_the_words_around_the_name(told: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "person.json"
    told.privacy.export_person(ADDRESS, path)
    given = json.loads(path.read_text("utf-8"))
    assert any(NAME in row["text"] for row in given["coach_message"])
    assert "champion" in given["belief"][0]["value"]
    assert "ten meetings" not in path.read_text("utf-8")
