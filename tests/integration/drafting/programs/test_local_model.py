"""A real small model on this machine writes a campaign, end to end, every call on record and free."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.record.tables import draft_stage, interaction
from gtm_pipelines.settings import DraftingSettings, LlmSettings, ModelSettings, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.campaign_parts import add_company, add_contact, make_campaign
from tests.local_model import local_model

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
DRAFTS = int(os.environ.get("LOCAL_DRAFTS", "1"))
"""A minute each on a slow core; ``LOCAL_DRAFTS=20`` asks for a whole campaign."""
UNFIT = {"link.foreign", "text.footer", "text.markup", "text.placeholder"}
"""What so small a model may put into a text of the right form, and the rules then keep out: quality is not asked of it."""
TRADES = ("Logistics", "Retail", "Software", "Dentistry", "Printing")


def short_pack(bench: Workbench) -> None:
    """Put a pack beside the others that has a frame and leaves the instructions to the house, which are short."""
    folder = bench.settings.home_path / "prompt_packs" / "brief" / "1.0.0"
    folder.mkdir(parents=True)
    for path, text in bench.packs.get("cold-email", "1.1.0").files.items():
        if "/" not in path:
            text = text.replace("pack: cold-email", "pack: brief").replace("version: 1.1.0", "version: 1.0.0")
            (folder / path).write_text(text.replace("based_on: 1.0.0\n", ""), "utf-8")


def test_a_campaign_is_written_in_form_by_a_model_of_100_mb(tmp_path: Path) -> None:
    with local_model() as url:
        model = ModelSettings(
            name="smol", provider="compatible", model="smol", base_url=url, input_price=0, output_price=0,
            schema_mode="grammar", max_tokens=600, timeout_seconds=600,
        )  # fmt: skip
        llm, drafting = LlmSettings(first_byte_seconds=600), DraftingSettings(concurrency=2, refinements=0)
        bench = open_workbench(load_settings(home=tmp_path, models=[model], llm=llm, drafting=drafting))
        short_pack(bench)
        for number in range(DRAFTS):
            firm = add_company(bench.record, bench.clock, name=f"Firm {number}", industry=TRADES[number % 5])
            person = {"first_name": "Ann", "full_name": f"Ann Smith {number}", "position": "Head of Sales"}
            add_contact(bench.record, bench.clock, company_id=firm, email=f"a{number}@firm.example", language="en", **person)
        chosen = CampaignSettings(seed=1, drafter="model", write="dealt", length="short")
        make_campaign(bench, pack="brief", settings=chosen)
        report = bench.drafting.draft("spring")
        with bench.record.read() as connection:
            calls = connection.execute(sa.select(interaction)).all()
            stages = connection.execute(sa.select(draft_stage)).all()
        bench.close()
    assert report.drafted + report.failed == DRAFTS, report
    assert set(report.reasons) <= UNFIT, report
    written = [row for row in stages if row.stage == "write"]
    assert len(written) == report.drafted
    assert all(row.output["subject"].strip() and row.output["body"].strip() for row in written)
    answered = [row for row in calls if row.error_code in (None, "truncated")]
    assert answered, "every draft was asked for, whatever the rules made of the answer"
    assert {row.error_code for row in calls} <= {None, "truncated", "transport"}, "it runs on now and then, and is asked again"
    assert len(calls) - len(answered) <= max(1, DRAFTS // 10), "a connection that its server closed"
    assert all(row.input_tokens and row.output_tokens for row in answered if not row.cached)
    assert {row.cost_usd for row in answered} == {0.0}
    assert report.cost_usd == 0
