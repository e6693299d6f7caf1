"""Who gets which variant is dealt before anything is written, kept, and can be checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.create import check_variants
from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.errors import InputError
from gtm_pipelines.record.tables import company, contact, target
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_company, add_contact, add_people, make_campaign

WITH_CONTROL = CampaignSettings(seed=7, control_share=0.2)


def test_a_fifth_gets_the_control_arm_in_each_language(workbench: Workbench) -> None:
    add_people(workbench, 100)
    made = make_campaign(workbench, settings=WITH_CONTROL)
    assert made.variants[-1] == "baseline"
    arms = Counter((item.language, item.variant) for item in workbench.campaigns.targets("spring", limit=200))
    assert (arms["en", "baseline"], arms["ru", "baseline"]) == (10, 10)


def test_variants_are_dealt_evenly_within_an_industry_too(workbench: Workbench) -> None:
    for industry in ("Mining", "Retail"):
        firm = add_company(workbench.record, workbench.clock, name=industry, industry=industry)
        for number in range(20):
            person = {"email": f"{industry}{number}@acme.example", "full_name": f"John {number}", "language": "en"}
            add_contact(workbench.record, workbench.clock, company_id=firm, **person)
    make_campaign(workbench, settings=CampaignSettings(seed=1, stratify_by=("company.industry",)))
    arms = workbench.campaigns.check_deal("spring").arms
    assert set(arms) == {"en:active:mining", "en:active:retail"}
    assert all(set(counts.values()) == {10} for counts in arms.values())


@pytest.mark.parametrize("chosen", [WITH_CONTROL, CampaignSettings(seed=7)])
def test_the_deal_can_be_thrown_again(workbench: Workbench, chosen: CampaignSettings) -> None:
    add_people(workbench, 30)
    make_campaign(workbench, settings=chosen)
    with workbench.record.write() as connection:
        connection.execute(sa.update(contact).values(language="en"))
        connection.execute(sa.update(company).values(industry="Mining"))
    found = workbench.campaigns.check_deal("spring")
    assert (found.people, found.moved, found.sealed, found.holds) == (30, (), True, True)


def test_somebody_moved_to_another_arm_is_found_out(workbench: Workbench) -> None:
    add_people(workbench, 30)
    make_campaign(workbench, settings=WITH_CONTROL)
    dealt = workbench.campaigns.targets("spring", limit=50)
    one = next(item for item in dealt if item.variant != "baseline")
    with workbench.record.write() as connection:
        connection.execute(sa.update(target).where(target.c.id == one.id).values(variant="baseline"))
    found = workbench.campaigns.check_deal("spring")
    assert (found.moved, found.sealed, found.holds) == ((one.contact_id,), False, False)


def test_one_who_left_later_was_dealt_to_all_the_same(workbench: Workbench) -> None:
    people = add_people(workbench, 30)
    make_campaign(workbench, settings=WITH_CONTROL)
    with workbench.record.write() as connection:
        gone = sa.update(target).where(target.c.contact_id.in_(people[:5]))
        connection.execute(gone.values(status="excluded", status_reason="excluded_by_person"))
    assert workbench.campaigns.check_deal("spring").holds


def test_a_pack_with_a_variant_of_that_name_has_no_control_arm(workbench: Workbench) -> None:
    pack = workbench.packs.get("cold-email")
    assert check_variants(pack, None, 0.2) == (*pack.variants, "baseline")
    taken = replace(pack, manifest=pack.manifest.model_copy(update={"variants": {"baseline": "plain"}}))
    with pytest.raises(InputError, match="control_share"):
        check_variants(taken, None, 0.2)
