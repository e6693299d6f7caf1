"""Whom a company's website names can be erased from what strategies keep of it."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import tables
from gtm_pipelines.workbench import Workbench
from tests.integration.strategy.parts import Room

NAME, ADDRESS = "Maria Ellison", "maria@northgate.test"
KEPT = ("context_entry", "strategy_document", "strategy_correction", "interaction", "llm_answer")


def naming(bench: Workbench) -> set[str]:
    found: set[str] = set()
    with bench.record.read() as connection:
        for name in KEPT:
            rows: Any = connection.execute(sa.select(tables.metadata.tables[name])).mappings().all()
            told = json.dumps([dict(row) for row in rows], default=str, ensure_ascii=False).lower()
            found |= {name} if "ellison" in told or ADDRESS in told else set()
    return found


def test_an_erased_person_is_gone_from_pages_documents_corrections_and_questions(
    written: Room, workbench: Workbench, tmp_path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text(f"Name,Email,Position\n{NAME},{ADDRESS},Operations Director\n")
    workbench.intake.import_file(people, "contact")
    written.service.corrections.field(
        "Spring", "target_persona", "decision_maker.text", f"Like {NAME}, {ADDRESS}.", by="anna", why=f"Asked {NAME}."
    )
    assert naming(workbench) == {"context_entry", "strategy_document", "strategy_correction", "interaction", "llm_answer"}
    workbench.privacy.erase_person(ADDRESS, by="person:anna")
    assert naming(workbench) == set()
    strategy = written.service.get("Spring")
    assert strategy.documents["target_persona"].number == 2, "the documents stay"
    assert "[erased]" in strategy.documents["target_persona"].content.decision_maker.text.lower()


def test_what_is_kept_of_a_person_is_given_to_them(written: Room, workbench: Workbench, tmp_path) -> None:
    people = tmp_path / "people.csv"
    people.write_text(f"Name,Email,Position\n{NAME},{ADDRESS},Operations Director\n")
    workbench.intake.import_file(people, "contact")
    given = workbench.privacy.export_person(ADDRESS, tmp_path / "given.json", by="person:anna")
    told = json.loads((tmp_path / "given.json").read_text())
    assert given
    assert NAME in json.dumps(told, ensure_ascii=False)
    assert {"context_entry", "strategy_document"} <= set(json.dumps(told).replace('"', " ").split())
