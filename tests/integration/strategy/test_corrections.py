"""What people correct: kept as facts, each a new version, each to be taken back, all of them examples to learn from."""

from __future__ import annotations

import pytest

from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, PolicyError
from tests.integration.strategy.parts import Room, answer, recorded


def test_a_field_rests_on_the_word_of_the_person_who_corrected_it(written: Room) -> None:
    before = written.service.get("Spring").documents["product_overview"]
    made = written.service.corrections.field("Spring", "product_overview", "features.0.text", "A list of exceptions.", by="anna")
    after = written.service.get("Spring").documents["product_overview"]
    assert (before.number, after.number, after.author) == (1, 2, "person:anna")
    assert after.content.features[0].text == "A list of exceptions."
    words = {each.id: each for each in after.evidence}
    assert [words[one].kind for one in after.content.features[0].evidence] == ["person"]
    assert [change["path"] for change in made.changes] == ["features.0"]
    assert made.confidence_before == before.confidence < after.confidence == made.confidence_after


def test_a_correction_says_what_else_rests_on_it(written: Room) -> None:
    made = written.service.corrections.field("Spring", "target_persona", "pains.1.text", "Free time is forgotten.", by="anna")
    assert "positioning.value_propositions.1 rests on what changed" in made.notes
    assert "positioning" in written.service.get("Spring").stale()


@pytest.mark.parametrize(
    ("kind", "path", "value", "told"),
    [
        ("target_company", "firmographics.3.values", ["900"], "nobody is both"),
        ("target_company", "firmographics.1.values", ["Germany"], "no code of two letters"),
        ("target_company", "firmographics.0.values", ["parcel", "air freight"], "rules it out"),
        ("target_company", "firmographics.0.weight", "always", "cannot be set so"),
        ("target_company", "firmographics.9.weight", "must", "there is no 9"),
        ("target_company", "regions.0.text", "x", "no field"),
        ("target_company", "firmographics.0.evidence", [], "no field that can be set"),
        ("email_strategy", "sequence.1.day", 0, "follows that of day 0"),
        ("email_strategy", "sequence.1.day", 400, "cannot be set so"),
        ("email_strategy", "subject_lines.0.text", "x" * 80, "are read on a phone"),
        ("target_persona", "criteria.1.values", ["boss"], "no seniority"),
    ],
)
def test_a_value_that_does_not_fit_or_contradicts_is_refused(written: Room, kind, path, value, told) -> None:
    with pytest.raises(InputError, match=told):
        written.service.corrections.field("Spring", kind, path, value, by="anna")
    assert written.service.get("Spring").documents[kind].number == 1
    assert written.service.corrections.list("Spring") == ()


def test_claims_are_added_and_taken_out(written: Room) -> None:
    corrections = written.service.corrections
    corrections.field("Spring", "product_overview", "customers.+", "Hull Shipping uses it.", by="anna")
    corrections.field("Spring", "product_overview", "customers.0", None, by="anna")
    content = written.service.get("Spring").documents["product_overview"].content
    assert [claim.text for claim in content.customers] == ["Hull Shipping uses it."]
    corrections.field("Spring", "product_overview", "offer", None, by="anna")
    assert written.service.get("Spring").documents["product_overview"].content.offer is None


def test_a_section_is_written_anew_with_guidance_and_the_rest_stays(written: Room) -> None:
    new = {"text": "We serve Hull and Gdynia.", "basis": "stated", "evidence": ["e1"]}
    written.model.instead[("product_overview", "customers")] = answer(
        {"customers": [new]}, ("guidance", "We also serve Hull and Gdynia")
    )
    made = written.service.corrections.section(
        "Spring", "product_overview", "customers", "We also serve Hull and Gdynia, name them.", by="anna"
    )
    overview = written.service.get("Spring").documents["product_overview"]
    assert [claim.text for claim in overview.content.customers] == ["We serve Hull and Gdynia."]
    assert overview.content.features[0].text.startswith("A list of only those containers")
    known = {each.id for each in overview.evidence}
    assert all(set(claim.evidence) <= known for claim in (*overview.content.customers, *overview.content.features))
    assert made.guidance == "We also serve Hull and Gdynia, name them."
    request = written.engine.requests[-1]
    assert "We also serve Hull and Gdynia" in str(request.system)
    assert "document_as_it_is" in str(request.messages)


def test_a_section_of_which_nothing_stands_leaves_the_old_one(written: Room) -> None:
    wrong = {"text": "Nine million customers.", "basis": "stated", "evidence": ["e1"]}
    written.model.instead[("product_overview", "customers")] = answer({"customers": [wrong]}, ("p1", "nine million customers"))
    with pytest.raises(InputError, match="stays as it was"):
        written.service.corrections.section("Spring", "product_overview", "customers", "More customers.", by="anna")
    assert written.service.get("Spring").documents["product_overview"].number == 1


def test_a_whole_document_is_written_anew_with_the_correction_as_context(written: Room) -> None:
    written.model.instead[("positioning", None)] = recorded("harbourline", "positioning").replace("Plain:", "Dry:")
    made = written.service.corrections.whole("Spring", "positioning", "Drier.", by="anna")
    assert written.service.get("Spring").documents["positioning"].content.voice[0].text.startswith("Dry:")
    assert (made.scope, made.confidence_after) == ("global", made.confidence_before)
    assert [change["path"] for change in made.changes] == ["voice.0"]


def test_a_correction_is_taken_back_by_a_version_equal_to_the_older_one(written: Room) -> None:
    corrections = written.service.corrections
    first = written.service.get("Spring").documents["product_overview"]
    corrections.field("Spring", "product_overview", "features.0.text", "A list of exceptions.", by="anna")
    undone = corrections.undo("Spring", "product_overview", by="anna")
    now = written.service.get("Spring").documents["product_overview"]
    assert now.number == 3
    assert (now.content, now.evidence, now.confidence) == (first.content, first.evidence, first.confidence)
    assert undone.confidence_after == first.confidence
    with pytest.raises(NotFoundError, match="no older version 3"):
        corrections.undo("Spring", "product_overview", by="anna", to=3)


def test_corrections_are_examples_to_learn_from(written: Room) -> None:
    corrections = written.service.corrections
    corrections.field("Spring", "product_overview", "features.0.text", "A list.", by="anna", why="Shorter.")
    written.model.instead[("positioning", None)] = recorded("harbourline", "positioning").replace("Plain:", "Dry:")
    corrections.whole("Spring", "positioning", "Drier.", by="anna")
    corrections.undo("Spring", "positioning", by="ben")
    short, dry = corrections.examples("Spring")
    assert (short.before, short.after) == (
        {"features.0.text": "A list of only those containers that need a decision."}, {"features.0.text": "A list."},
    )  # fmt: skip
    assert (short.guidance, short.undone, dry.guidance, dry.undone) == ("Shorter.", False, "Drier.", True)
    assert short.inputs["website"] == "https://harbourline.test"
    assert {quote["kind"] for quote in short.inputs["quotes"]} == {"page", "person"}
    assert dry.inputs["trace_id"]


def test_only_people_correct(written: Room) -> None:
    with pytest.raises(PolicyError):
        written.service.corrections.field("Spring", "positioning", "voice.0.text", "x", by="system:night")
    with pytest.raises(InputError):
        written.service.corrections.section("Spring", "positioning", "voice", " ", by="anna")
    with pytest.raises(InputError, match="written by rules"):
        written.service.corrections.whole("Spring", "data_sources", "Cheaper.", by="anna")


def test_two_who_correct_at_once_do_not_overwrite_one_another(written: Room) -> None:
    service = written.service
    stale = service.get("Spring")
    service.corrections.field("Spring", "positioning", "voice.0.text", "Plain.", by="anna")
    row = {"number": 2, "content": {}, "confidence": 0.5, "confidences": {}, "evidence": {}, "context": [], "author": "x"}
    with pytest.raises(ConflictError), service.record.write() as connection:
        service.add_version(connection, stale, "positioning", {"kind": "positioning", **row})
