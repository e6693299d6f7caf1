"""The review page: exact words are approved, and nobody's text is lost."""

from __future__ import annotations

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from gtm_pipelines.review.model import DraftView
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open
from tests.drafting_parts import write_back


@pytest.fixture
def draft(filled: Workbench) -> DraftView:
    return filled.review.page("Spring", limit=1)[0]


@pytest.fixture
def reading(open_page: Open, draft: DraftView) -> AppTest:
    """The page with one draft open, as after ticking its row."""
    app = open_page("review")
    app.session_state["review_draft"] = (draft.campaign_id, draft.id)
    return app.run()


def texts(app: AppTest) -> str:
    """Return all text that is shown marked, without its marks."""
    shown = "\n".join(element.proto.body for element in app.get("html"))
    return unescape(re.sub(r"<[^>]+>", "", shown))


def write(app: AppTest, draft: DraftView, subject: str) -> AppTest:
    app.button(key=f"edit:{draft.id}").click().run()
    return app.text_input(key=f"subject:{draft.id}:{draft.revision}").set_value(subject).run()


def test_both_variants_of_a_mail_stand_side_by_side(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    shown, bodies = texts(reading), {view.body for view in filled.review.variants(draft.id)}
    assert len(bodies) == 2
    assert all(body in shown for body in bodies)


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
    app = write(reading, draft, "Half written")
    assert f"approve:{draft.id}" not in {button.key for button in app.button}


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
    filled.review.edit(draft.id, seen_revision=draft.revision, subject="Theirs", body=draft.body, by="boris")
    reading.button(key=f"save:{draft.id}").click().run()
    reading.button(key=f"theirs:{draft.id}").click().run()
    assert "Theirs" in texts(reading)


def test_a_decision_can_be_taken_back(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    reading.button(key=f"approve:{draft.id}").click().run()
    reading.button(key=f"undo:{draft.id}").click().run()
    assert filled.review.get(draft.id).status == "drafted"


def test_a_rejection_needs_a_reason_and_keeps_it(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    reading.button(key=f"reject:{draft.id}").click().run()
    assert reading.button(key=f"rejected:{draft.id}").disabled
    reading.text_input(key=f"reason:{draft.id}:{draft.revision}").set_value("Too long").run()
    reading.button(key=f"rejected:{draft.id}").click().run()
    assert filled.review.get(draft.id).decision_reason == "Too long"


def test_all_recommended_drafts_are_approved_at_once(reading: AppTest, filled: Workbench) -> None:
    reading.button(key="approve_recommended").click().run()
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


def test_the_last_decision_is_taken_back_with_one_key_and_no_other(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    other = next(view for view in filled.review.page("Spring", limit=20) if view.target_id != draft.target_id)
    filled.review.approve([other.id], by="boris")
    reading.button(key="approve_recommended").click().run()
    reading.button(key="approve_all").click().run()
    reading.button(key="undo_last").click().run()
    status = filled.campaigns.status("Spring")
    assert status.approved == 1
    assert filled.review.get(other.id).decided_by == "person:boris"


def test_all_that_a_filter_shows_is_rejected_with_one_reason(open_page: Open, filled: Workbench, draft: DraftView) -> None:
    app = open_page("review")
    app.text_input(key="review_search").set_value(draft.company_name or "").run()
    meant = filled.review.count("Spring", search=draft.company_name)
    app.button(key="bulk_reject").click().run()
    app.text_input(key="bulk_reason").set_value("Wrong industry").run()
    assert app.button(key="bulk_reject_do").label == f"Reject {meant}"
    app.button(key="bulk_reject_do").click().run()
    assert filled.review.count("Spring", status="rejected") == meant


def test_of_a_filter_only_the_variant_of_the_coin_is_approved(open_page: Open, filled: Workbench) -> None:
    app = open_page("review")
    app.button(key="bulk_approve").click().run()
    app.button(key="bulk_approve_do").click().run()
    approved = filled.review.page("Spring", status="approved", limit=500)
    assert len(approved) == filled.campaigns.status("Spring").active
    assert all(view.recommended for view in approved)


def test_what_rules_found_is_marked_and_told(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    filled.review.edit(
        draft.id, seen_revision=draft.revision, subject=draft.subject, body="Hi there, we saved 93% at Contoso.\n", by="anna"
    )
    app = reading.run()
    app.button(key=f"refresh:{draft.id}").click().run()
    found = filled.groundings.of_draft(draft.id)
    marked = "".join(element.proto.body for element in app.get("html"))
    assert found.blocking
    assert "cursor:help" in marked
    assert all(
        unescape(one.finding.text) in unescape(marked).replace("\\", "")
        for one in found.findings
        if one.finding.start is not None
    )
    assert app.button(key=f"approve:{draft.id}").disabled


def test_the_next_person_is_read_with_one_key(reading: AppTest, filled: Workbench, draft: DraftView) -> None:
    reading.button(key="review_step:1").click().run()
    _, there = reading.session_state["review_draft"]
    assert filled.review.get(there).target_id != draft.target_id
    assert filled.review.get(there).recommended
    reading.button(key="review_step:-1").click().run()
    assert filled.review.get(reading.session_state["review_draft"][1]).target_id == draft.target_id


def test_the_list_is_narrowed_to_what_rules_block(open_page: Open, filled: Workbench) -> None:
    app = open_page("review")
    app.selectbox(key="review_checks").set_value("block").run()
    assert not app.exception
    assert filled.review.count("Spring", verdict="block") == (len(app.dataframe[0].value) if app.dataframe else 0)


def test_the_list_says_which_mail_of_a_sequence_a_draft_is(open_page: Open, filled: Workbench, draft: DraftView) -> None:
    assert "Mail" not in open_page("review").dataframe[0].value.columns
    filled.answers.draft_answer(write_back(filled, draft, "What does it cost?"), "pricing")
    shown = open_page("review").dataframe[0].value
    assert set(shown["Mail"]) >= {"1", "answer"}


def test_without_a_model_the_question_about_rewriting_says_so_before_anything_is_typed(
    filled: Workbench, open_page: Open
) -> None:
    app = open_page("review")
    app.button(key="bulk_rewrite").click().run()
    assert "needs a language model" in " ".join(element.value for element in app.info)
    assert "rewrite_told" not in [element.key for element in app.text_input]


def test_the_recommended_variant_stands_first_and_has_the_keys_whichever_row_was_opened(
    filled: Workbench, open_page: Open
) -> None:
    views = filled.review.page("Spring", limit=500)
    other = next(one for one in views if not one.recommended and any(two.recommended for two in filled.review.variants(one.id)))
    recommended = next(one for one in filled.review.variants(other.id) if one.recommended)
    app = open_page("review")
    app.session_state["review_draft"] = (other.campaign_id, other.id)
    app.run()
    approve = [button for button in app.button if (button.key or "").startswith("approve:")]
    assert [button.key for button in approve] == [f"approve:{recommended.id}", f"approve:{other.id}"]
    assert approve[0].proto.shortcut
    assert not approve[1].proto.shortcut


def test_what_is_true_of_every_address_is_said_once_above_the_list(filled: Workbench, open_page: Open) -> None:
    rules = filled.groundings.rules_of([one.id for one in filled.review.page("Spring", limit=50)])
    assert all("recipient.unverified" in found for found in rules.values())
    app = open_page("review")
    assert sum("Nobody has verified the addresses" in element.value for element in app.caption) == 1
    shown = set(app.dataframe[0].value["Checks"])
    assert "✓ but the address" in shown
