"""What was verified and concluded about a person goes with them; what names them in conclusions about others too."""

from __future__ import annotations

import json

import sqlalchemy as sa

from gtm_pipelines.enrichment.insights.run import About
from gtm_pipelines.record.tables import fact, insight, interaction, llm_answer
from gtm_pipelines.workbench import Workbench
from tests.insight_parts import Desk, answer, claim, desk

NAME, ADDRESS = "Maria Ellison", "maria@northgate.example"
PAGE = "Maria Ellison leads operations at Northgate.\nNorthgate ships chilled goods to Canada."
SAID = answer(
    summary=[claim("Maria Ellison leads operations.", "p1", quote="Maria Ellison leads operations at Northgate")],
    angles=[claim("Northgate ships chilled goods.", "p1", quote="ships chilled goods to Canada")],
)


def told_of_her(workbench: Workbench) -> dict[str, int]:
    """Return table → rows about her or naming her."""
    found: dict[str, int] = {}
    with workbench.record.read() as connection:
        for table in (fact, insight, interaction, llm_answer):
            rows = connection.execute(sa.select(table)).mappings().all()
            said = [json.dumps(dict(row), default=str, ensure_ascii=False).lower() for row in rows]
            found[table.name] = sum("ellison" in one or ADDRESS in one for one in said)
    return {name: count for name, count in found.items() if count}


def filled(workbench: Workbench) -> Desk:
    bench = desk(
        workbench.record, workbench.clock, lambda request: SAID if "Maria" in str(request.messages[0].text) else answer()
    )
    firm = bench.company("Northgate", {"industry": "Logistics"}, PAGE)
    other = bench.company("Southgate", {"industry": "Logistics"}, "Southgate ships chilled goods to Canada.")
    person = bench.person(firm, full_name=NAME, email=ADDRESS, email_key=ADDRESS, position="Operations Director")
    verified = {"source": "hunter_verifier", "evidence": f"Hunter: {ADDRESS} is valid"}
    bench.fact("contact", person, "email_verification", "valid", **verified)
    bench.fact("contact", person, "seniority", "head")
    for kind in ("company", "contact"):
        bench.service.run(About(type=kind))  # type: ignore[arg-type]
    assert bench.service.of("company", firm) is not None
    assert bench.service.of("contact", person) is not None
    bench.groups = {"ids": [firm, other, person]}
    return bench


def test_an_erased_person_is_gone_from_verdicts_insights_quotes_and_questions(workbench: Workbench) -> None:
    bench = filled(workbench)
    firm, other, person = bench.groups["ids"]
    assert told_of_her(workbench).keys() >= {"fact", "insight", "interaction"}
    workbench.privacy.erase_person(ADDRESS, by="person:anna")
    assert told_of_her(workbench) == {}
    assert bench.service.of("contact", person) is None
    assert bench.service.of("company", firm) is None, "it is made anew, without her"
    assert bench.service.of("company", other) is not None
    bench.close()


def test_a_person_is_given_what_was_concluded_about_them(workbench: Workbench, tmp_path) -> None:
    bench = filled(workbench)
    workbench.privacy.export_person(ADDRESS, tmp_path / "given.json", by="person:anna")
    given = json.loads((tmp_path / "given.json").read_text())
    assert given["insight"]
    assert any(one["field"] == "email_verification" for one in given["fact"])
    bench.close()
