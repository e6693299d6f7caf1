"""The review page: exact words are approved, and nobody's text is lost."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from gtm_pipelines.review.model import DraftView
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open


@pytest.fixture
def draft(filled: Workbench) -> DraftView:
    return filled.review.page("Spring", limit=1)[0]


@pytest.fixture
def reading(open_page: Open, draft: DraftView) -> AppTest:
    """The page with one draft open, as after ticking its row."""
    app = open_page("review")
    app.session_state["review_draft"] = (draft.campaign_id, draft.id)
    return app.run()


def write(app: AppTest, draft: DraftView, subject: str) -> AppTest:
    return app.text_input(key=f"subject:{draft.id}:{draft.revision}").set_value(subject).run()


def test_both_variants_of_a_mail_stand_side_by_side(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    shown = {area.value for area in reading.text_area}
    assert {view.body for view in filled.review.variants(draft.id)} == shown
    assert len(shown) == 2


def test_approving_approves_exactly_what_was_shown(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    reading.button(key=f"approve:{draft.id}").click().run()
    approved = filled.review.get(draft.id)
    assert approved.approval_holds
    assert approved.content_hash == draft.content_hash
    assert approved.decided_by == "person:local"


def test_a_decision_carries_the_name_of_the_person(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    reading.text_input(key="person").set_value("Olga").run()
    reading.button(key=f"approve:{draft.id}").click().run()
    assert filled.review.get(draft.id).decided_by == "person:Olga"


def test_an_edit_is_saved_as_a_new_revision(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    write(reading, draft, "A better subject").button(key=f"save:{draft.id}").click().run()
    saved = filled.review.get(draft.id)
    assert (saved.subject, saved.revision) == ("A better subject", draft.revision + 1)


def test_unsaved_words_cannot_be_approved(reading: AppTest, draft: DraftView) -> None:
    assert write(reading, draft, "Half written").button(key=f"approve:{draft.id}").disabled


def test_a_draft_changed_meanwhile_cannot_be_approved_unseen(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    filled.review.edit(draft.id, seen_revision=draft.revision, subject="Theirs", body=draft.body, by="boris")
    assert reading.run().button(key=f"approve:{draft.id}").disabled


def test_a_stale_edit_is_refused_with_both_texts_shown(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    write(reading, draft, "Mine")
    filled.review.edit(draft.id, seen_revision=draft.revision, subject="Theirs", body=draft.body, by="boris")
    reading.button(key=f"save:{draft.id}").click().run()
    assert filled.review.get(draft.id).subject == "Theirs"
    assert reading.text_input(key=f"subject:{draft.id}:{draft.revision}").value == "Mine"
    assert "Theirs" in [text.value for text in reading.text]
    assert any("boris" in warning.value for warning in reading.warning)


def test_a_person_can_save_over_the_other_text_after_seeing_it(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    write(reading, draft, "Mine")
    filled.review.edit(draft.id, seen_revision=draft.revision, subject="Theirs", body=draft.body, by="boris")
    reading.button(key=f"save:{draft.id}").click().run()
    reading.button(key=f"mine:{draft.id}").click().run()
    assert [revision.subject for revision in filled.review.revisions(draft.id)] == [draft.subject, "Theirs", "Mine"]


def test_a_person_can_take_the_other_text(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    write(reading, draft, "Mine")
    theirs = filled.review.edit(draft.id, seen_revision=draft.revision, subject="Theirs", body=draft.body, by="boris")
    reading.button(key=f"save:{draft.id}").click().run()
    reading.button(key=f"theirs:{draft.id}").click().run()
    assert reading.text_input(key=f"subject:{draft.id}:{theirs.revision}").value == "Theirs"


def test_a_decision_can_be_taken_back(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    reading.button(key=f"approve:{draft.id}").click().run()
    reading.button(key=f"undo:{draft.id}").click().run()
    assert filled.review.get(draft.id).status == "drafted"


def test_a_rejection_needs_a_reason_and_keeps_it(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    assert reading.button(key=f"reject:{draft.id}").disabled
    reading.text_input(key=f"reason:{draft.id}:{draft.revision}").set_value("Too long").run()
    reading.button(key=f"reject:{draft.id}").click().run()
    assert filled.review.get(draft.id).decision_reason == "Too long"


def test_all_recommended_drafts_are_approved_at_once(reading: AppTest, filled: Workbench) -> None:
    reading.button(key="approve_all").click().run()
    status = filled.campaigns.status("Spring")
    assert status.approved == status.active > 0


def test_the_list_stays_as_first_read_until_asked_anew(open_page: Open, filled: Workbench, draft: DraftView) -> None:
    app = open_page("review")
    before = app.dataframe[0].value.to_dict()
    filled.review.edit(draft.id, seen_revision=draft.revision, subject="Theirs", body=draft.body, by="boris")
    assert app.run().dataframe[0].value.to_dict() == before
    app.button(key="review_refresh").click().run()
    assert "Theirs" in app.dataframe[0].value["Subject"].tolist()


def test_drafts_are_found_by_a_word_of_the_company(open_page: Open, filled: Workbench, draft: DraftView) -> None:
    app = open_page("review")
    app.text_input(key="review_search").set_value(draft.company_name or "").run()
    assert set(app.dataframe[0].value["Company"]) == {draft.company_name}
