"""What was asked about a person, and what was answered, is given to them and forgotten with them."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa

from gtm_pipelines.enrichment.research import Order
from gtm_pipelines.enrichment.source import Price
from gtm_pipelines.enrichment.sources.fake import FakeSource
from gtm_pipelines.record.tables import lookup, metadata
from gtm_pipelines.workbench import Workbench
from tests.research_parts import add_company, add_person, research_with

CANARY = "zinaida.perokhvostova"


def researched(workbench: Workbench) -> str:
    """A person whose address was bought, and a company of which a source says their address too."""
    record, clock = workbench.record, workbench.clock
    firm = add_company(record, clock, name="Firm", domain="firm.example")
    person = add_person(record, clock, full_name="Zinaida Perokhvostova", company_id=firm)
    answer = {"email": f"{CANARY}@firm.example", "position": "Director"}
    finder = FakeSource(
        clock, {"firm.example": answer}, name="finder", by="company_domain", fields=frozenset(answer),
        subjects=frozenset({"contact"}), price=Price(per_hit=0.05),
    )  # fmt: skip
    site = FakeSource(clock, {"firm.example": {"city": f"write to {CANARY}@firm.example"}}, name="site")
    service = research_with(record, clock, finder, site)
    service.run(Order("contact"), by="anna")
    service.run(Order("company"), by="anna")
    service.choose("contact", person, "position", "Head of sales", by="anna", why=f"says {CANARY}")
    return person


def everything(workbench: Workbench) -> str:
    with workbench.record.read() as connection:
        return repr([connection.execute(sa.select(table)).all() for table in metadata.sorted_tables])


def test_nothing_that_was_found_out_about_them_is_left_but_what_it_cost(workbench: Workbench) -> None:
    person = researched(workbench)
    assert everything(workbench).count(CANARY) > 5
    workbench.privacy.erase_person(person, by="anna")
    left = everything(workbench)
    assert CANARY not in left
    assert "Head of sales" not in left
    with workbench.record.read() as connection:
        rows = connection.execute(sa.select(lookup).where(lookup.c.subject_id == person)).all()
    assert [(row.cost_usd, row.answer, row.request_key[:7]) for row in rows] == [(0.05, {}, "erased:")]


def test_they_are_given_what_was_asked_and_answered(workbench: Workbench, tmp_path: Path) -> None:
    person = researched(workbench)
    file = tmp_path / "person.json"
    workbench.privacy.export_person(person, file)
    given = json.loads(file.read_text("utf-8"))
    (asked,) = given["lookup"]
    assert (asked["source"], asked["answer"]["facts"][0]["value"]) == ("finder", f"{CANARY}@firm.example")
    assert {one["source"] for one in given["fact"]} == {"finder", "person"}
