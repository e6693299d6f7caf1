"""Whoever is erased is gone from what drafts were written from, from rewritings and from samples of a voice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.drafting.rewrites import RewriteService
from gtm_pipelines.record.tables import draft_stage, metadata, rewrite, rewrite_item, voice_sample
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_company, add_contact
from tests.drafting_parts import BODY, asked, drafter, honest, mail, model_campaign, stage_of, writers

NAME, ADDRESS = "Zinaida Kanareyka", "zinaida@canary.example"


def answer(request: Any) -> str:
    if stage_of(request) == "plan":
        return honest(request)
    name = f"{NAME}, here it is. " if "Kanareyka" in asked(request) else ""
    return mail(body=name + BODY["en"])


def written(workbench: Workbench) -> None:
    for name, address in ((NAME, ADDRESS), ("John Other", "john@other.example")):
        firm = add_company(workbench.record, workbench.clock, name=f"Firm of {name.split()[0]}")
        add_contact(
            workbench.record, workbench.clock, company_id=firm, email=address, full_name=name, first_name=name.split()[0],
            last_name=name.split()[1], language="en",
        )  # fmt: skip
    model_campaign(workbench, write="dealt")
    service, _, asks = writers(workbench, answer)
    service.draft("spring")
    rewrites = RewriteService(
        workbench.record, workbench.clock, workbench.packs, workbench.settings.mailboxes, drafter(workbench, asks)
    )
    made = rewrites.ask("spring", f"mention {NAME}", [view.id for view in workbench.review.page("spring")], by="anna")
    assert rewrites.write(made.id).items == {"written": 2}
    workbench.voices.add("anna", [f"Hi {NAME}, shall we talk on Monday?"], language="en", by="anna")


def texts(workbench: Workbench) -> str:
    with workbench.record.read() as connection:
        rows = {table.name: connection.execute(sa.select(table)).all() for table in metadata.sorted_tables}
    return "\n".join(f"{name} {row}" for name, found in rows.items() for row in found)


def count(workbench: Workbench, table: sa.Table) -> int:
    with workbench.record.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_nothing_of_an_erased_person_is_left_and_the_others_stay(workbench: Workbench) -> None:
    written(workbench)
    before = count(workbench, draft_stage)
    assert "Kanareyka" in texts(workbench)
    workbench.privacy.erase_person(ADDRESS, by="person:anna")
    left = texts(workbench)
    assert "Kanareyka" not in left
    assert ADDRESS not in left
    assert count(workbench, draft_stage) == before // 2
    # The instruction named her, so what it made of the other draft does too: it goes, the instruction stays without the name.
    assert [count(workbench, table) for table in (rewrite_item, rewrite, voice_sample)] == [0, 1, 1]


def test_a_person_is_given_what_drafts_to_them_were_written_from(workbench: Workbench, tmp_path: Path) -> None:
    written(workbench)
    workbench.privacy.export_person(ADDRESS, tmp_path / "given.json", by="person:anna")
    given = json.loads((tmp_path / "given.json").read_text("utf-8"))
    told = json.dumps(given, ensure_ascii=False)
    assert {"draft_stage", "rewrite_item"} <= set(given.get("rows", given))
    assert "john@other.example" not in told
