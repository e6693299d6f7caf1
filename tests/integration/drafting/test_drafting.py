from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.drafting.service import AT_ONCE, BATCH
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.record import suppressions
from gtm_pipelines.record.tables import draft, draft_failure, revision
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_contact, add_people, drafted, make_campaign


def count(workbench: Workbench, table: sa.Table) -> int:
    with workbench.record.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_both_variants_are_written_for_everybody_in_their_language(workbench: Workbench) -> None:
    drafts = drafted(workbench, 4)
    assert len(drafts) == 8
    assert {(item.variant, item.language) for item in drafts} == {(v, c) for v in ("direct", "casual") for c in ("en", "ru")}
    greetings = {item.body.splitlines()[0] for item in drafts}
    assert greetings == {"Hi John,", "Здравствуйте, Мария!"}
    assert all("Workbench Ltd, 1 Sample Street" in item.body for item in drafts)
    assert all(item.author == "drafter:baseline" and item.drafter == "baseline" for item in drafts)
    assert sum(item.recommended for item in drafts) == 4


def test_drafting_again_changes_nothing(workbench: Workbench) -> None:
    before = drafted(workbench, 3)
    report = workbench.drafting.draft("spring")
    assert (report.targets, report.drafted, report.existing, report.failed) == (3, 0, 6, 0)
    assert workbench.review.page("spring") == before
    assert count(workbench, revision) == 6


def test_missing_data_is_a_recorded_failure_and_tried_again(workbench: Workbench) -> None:
    add_people(workbench, 1)
    lone = add_contact(workbench.record, workbench.clock, first_name="Lone", email="lone@x.example")
    evil = add_contact(
        workbench.record, workbench.clock, first_name="E", email="evil@x.example", company_name="=?utf-8?q?hi=0d=0aBcc:_e@x.y?="
    )
    make_campaign(workbench)
    report = workbench.drafting.draft("spring")
    assert (report.targets, report.drafted, report.failed) == (3, 2, 4)
    assert report.reasons == {"value.missing": 2, "value.encoded_word": 2}
    assert {failure.contact_id for failure in report.failures} == {lone, evil}
    assert all("company" in failure.reason for failure in report.failures)
    assert workbench.drafting.draft("spring").failed == 4
    assert count(workbench, draft_failure) == 4
    assert workbench.campaigns.status("spring").failure_reasons == {"value.missing": 2, "value.encoded_word": 2}


def test_a_missing_first_name_gets_a_plain_greeting_and_a_warning(workbench: Workbench) -> None:
    add_people(workbench, 1, first_name="{{first_name}}", email="a@acme.example")
    add_people(workbench, 2, first_name=None)
    make_campaign(workbench)
    report = workbench.drafting.draft("spring")
    drafts = workbench.review.page("spring")
    assert report.reasons == {"value.placeholder": 2}
    assert {item.body.splitlines()[0] for item in drafts} == {"Здравствуйте!", "Hello,"}
    assert all(item.warnings[0]["rule"] == "phrase.fallback" for item in drafts)


def test_a_person_suppressed_meanwhile_is_left_out(workbench: Workbench) -> None:
    add_people(workbench, 2)
    make_campaign(workbench)
    with workbench.record.write() as connection:
        details = {"reason": "asked", "source": "person", "at": workbench.clock.now()}
        suppressions.add(connection, workbench.record.workspace_id, "address", "p0@acme.example", **details)
    report = workbench.drafting.draft("spring")
    assert (report.drafted, report.excluded) == (2, 1)
    assert workbench.campaigns.status("spring").excluded_reasons == {"suppressed": 1}


def test_drafting_again_after_somebody_left_rewrites_no_history(workbench: Workbench) -> None:
    drafted(workbench, 2)
    with workbench.record.write() as connection:
        details = {"reason": "unsubscribed", "source": "reply", "at": workbench.clock.now()}
        suppressions.add(connection, workbench.record.workspace_id, "address", "p0@acme.example", **details)
    workbench.drafting.draft("spring")
    status = workbench.campaigns.status("spring")
    assert (status.active, status.excluded_reasons) == (2, {})


def test_a_campaign_is_drafted_from_the_pack_as_it_was(workbench: Workbench) -> None:
    add_people(workbench, 1)
    folder = workbench.settings.home_path / "prompt_packs" / "cold-email" / "1.0.0"
    files = workbench.packs.get("cold-email", "1.0.0").files
    folder.mkdir(parents=True)
    for path, text in files.items():
        (folder / path).write_text(text.replace("Здравствуйте", "Добрый день"), "utf-8")
    make_campaign(workbench, pack="cold-email@1.0.0")
    for path in folder.iterdir():
        path.write_text(path.read_text("utf-8").replace("Добрый день", "Эй"), "utf-8")
    workbench.drafting.draft("spring")
    assert {item.body.splitlines()[0] for item in workbench.review.page("spring")} == {"Добрый день, Мария!"}


def test_a_campaign_brings_its_own_texts(workbench: Workbench) -> None:
    add_people(workbench, 2)
    offer = {"en": "See https://ours.example for the plan.", "ru": "План — на https://ours.example."}
    make_campaign(workbench, settings=CampaignSettings(variables={"offer": offer}))
    workbench.drafting.draft("spring")
    for item in workbench.review.page("spring"):
        assert offer[item.language] in item.body


def test_it_shows_progress_and_goes_on_where_it_was_stopped(workbench: Workbench) -> None:
    add_people(workbench, BATCH + 10)
    make_campaign(workbench)

    told: list[tuple[int, int | None]] = []

    def stop(done: int, total: int | None) -> None:
        told.append((done, total))
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workbench.drafting.draft("spring", progress=stop)
    assert told == [(0, 2 * BATCH + 20), (2 * AT_ONCE, 2 * BATCH + 20), (4 * AT_ONCE, 2 * BATCH + 20)]
    assert count(workbench, draft) == 4 * AT_ONCE
    told.append((0, None))
    report = workbench.drafting.draft("spring", progress=lambda *now: told.append(now))
    assert (report.drafted, report.existing) == (2 * BATCH + 20 - 4 * AT_ONCE, 4 * AT_ONCE)
    assert (told[4], told[-1]) == ((0, report.drafted), (report.drafted, report.drafted))


def test_two_runs_at_once_write_each_draft_once(workbench: Workbench) -> None:
    add_people(workbench, 30)
    make_campaign(workbench)
    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(lambda _: workbench.drafting.draft("spring"), range(3)))
    assert sum(report.drafted for report in reports) == count(workbench, draft) == count(workbench, revision) == 60
    assert all(report.drafted + report.existing == 60 for report in reports)


def test_a_mailbox_that_is_gone_is_named(workbench: Workbench) -> None:
    from gtm_pipelines.drafting.baseline import BaselineDrafter
    from gtm_pipelines.drafting.service import DraftingService

    add_people(workbench, 1)
    make_campaign(workbench)
    boxes = [box for box in workbench.settings.mailboxes if box.name != "ben"]
    service = DraftingService(workbench.record, workbench.clock, workbench.packs, boxes, BaselineDrafter(workbench.packs))
    with pytest.raises(SettingsError, match="ben"):
        service.draft("spring")
