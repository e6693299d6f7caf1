"""One sentence over many drafts: previewed, kept as revisions or dropped; nobody's edit is lost."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_pipelines.drafting.rewrites import RewriteService
from gtm_pipelines.errors import ConflictError, InputError, SettingsError
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_people
from tests.drafting_parts import BODY, asked, drafter, honest, mail, model_campaign, stage_of, writers

SHORT = {"en": "Fifty rows, marked in two days. Shall I?", "ru": "Пятьдесят строк за два дня. Прислать?"}


def answer(request: Any) -> str:
    if stage_of(request) != "refine":
        return honest(request)
    assert "<instruction>\nshorter\n</instruction>" in asked(request)
    language = "ru" if "<language>\nru" in asked(request) else "en"
    return mail(language, body=SHORT[language])


def desk(workbench: Workbench, people: int = 2) -> tuple[RewriteService, list[Any]]:
    add_people(workbench, people)
    model_campaign(workbench, write="dealt")
    service, _, asks = writers(workbench, answer)
    service.draft("spring")
    rewrites = RewriteService(
        workbench.record, workbench.clock, workbench.packs, workbench.settings.mailboxes, drafter(workbench, asks)
    )
    return rewrites, workbench.review.page("spring")


def test_nothing_changes_before_it_is_kept(workbench: Workbench) -> None:
    rewrites, views = desk(workbench)
    made = rewrites.ask("spring", " shorter ", [view.id for view in views], by="anna")
    assert rewrites.write(made.id).items == {"written": 2}
    shown = rewrites.preview(made.id)
    assert {one.status for one in shown} == {"written"}
    assert all(SHORT["en"] in (one.body_after or "") or SHORT["ru"] in (one.body_after or "") for one in shown)
    assert workbench.review.page("spring") == views
    assert rewrites.get(made.id).status == "previewed"


def test_what_is_kept_is_a_new_revision_in_the_same_frame_and_voids_approval(workbench: Workbench) -> None:
    rewrites, views = desk(workbench)
    workbench.review.approve([views[0].id], by="anna")
    made = rewrites.ask("spring", "shorter", [view.id for view in views], by="anna")
    rewrites.write(made.id)
    report = rewrites.keep(made.id, by="boris")
    assert (report.status, report.items) == ("kept", {"kept": 2})
    for before, after in zip(views, workbench.review.page("spring"), strict=True):
        assert (after.revision, after.status, after.approval_holds, after.author) == (2, "drafted", False, "person:boris")
        assert after.body == before.body.replace(BODY[before.language], SHORT[before.language])
        assert [text.number for text in workbench.review.revisions(after.id)] == [1, 2]
    assert workbench.review.approve([views[0].id], by="anna").approved == 1


def test_an_edit_made_meanwhile_stays_and_its_rewriting_is_stale(workbench: Workbench) -> None:
    rewrites, views = desk(workbench)
    made = rewrites.ask("spring", "shorter", [view.id for view in views], by="anna")
    rewrites.write(made.id)
    edited = views[0].body.replace(BODY[views[0].language], "My own words.")
    workbench.review.edit(views[0].id, seen_revision=1, subject="Mine", body=edited, by="boris")
    assert {one.draft_id: one.status for one in rewrites.preview(made.id)} == {views[0].id: "stale", views[1].id: "written"}
    report = rewrites.keep(made.id, by="anna")
    assert report.items == {"stale": 1, "kept": 1}
    assert "person:boris" in report.reasons[views[0].id]
    assert workbench.review.get(views[0].id).subject == "Mine"


def test_some_can_be_kept_and_the_rest_dropped(workbench: Workbench) -> None:
    rewrites, views = desk(workbench)
    made = rewrites.ask("spring", "shorter", [view.id for view in views], by="anna")
    rewrites.write(made.id)
    assert rewrites.keep(made.id, by="anna", draft_ids=[views[0].id]).status == "previewed"
    assert rewrites.drop(made.id, by="anna").items == {"kept": 1, "dropped": 1}
    assert [view.revision for view in workbench.review.page("spring")] == [2, 1]
    with pytest.raises(ConflictError, match="dropped already"):
        rewrites.keep(made.id, by="anna")


def test_a_draft_whose_frame_was_changed_by_hand_is_left_to_its_editor(workbench: Workbench) -> None:
    rewrites, views = desk(workbench, people=1)
    workbench.review.edit(views[0].id, seen_revision=1, subject="Mine", body="Yo!\n\n" + views[0].body, by="boris")
    made = rewrites.ask("spring", "shorter", [views[0].id], by="anna")
    report = rewrites.write(made.id)
    assert report.items == {"failed": 1}
    assert "by hand" in report.reasons[views[0].id]


def test_a_run_that_was_stopped_goes_on_and_pays_for_nothing_twice(workbench: Workbench) -> None:
    rewrites, views = desk(workbench, people=4)
    made = rewrites.ask("spring", "shorter", [view.id for view in views], by="anna")

    def stop(done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rewrites.write(made.id, progress=stop)
    assert rewrites.write(made.id).items == {"written": 4}


def test_an_instruction_needs_words_and_drafts_of_its_campaign(workbench: Workbench) -> None:
    rewrites, views = desk(workbench, people=1)
    with pytest.raises(InputError, match="Say what to change"):
        rewrites.ask("spring", "  ", [views[0].id], by="anna")
    with pytest.raises(InputError, match="not of campaign"):
        rewrites.ask("spring", "shorter", ["nonsense"], by="anna")


def test_without_a_model_an_instruction_is_refused_at_the_start_and_nothing_is_kept(workbench: Workbench) -> None:
    _, views = desk(workbench)
    with pytest.raises(SettingsError, match="No language model is configured"):
        workbench.rewrites.ask("spring", "shorter", [view.id for view in views], by="anna")
    assert workbench.rewrites.list("spring") == []
