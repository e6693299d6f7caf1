"""The segment page: what is built is what is counted and what is saved."""

from __future__ import annotations

from gtm_pipelines.workbench import Workbench
from tests.app.conftest import LEADERS, Open


def words(app: object) -> list[str]:
    return [element.value for element in app.subheader]  # type: ignore[attr-defined]


def test_an_empty_filter_finds_everybody(filled: Workbench, open_page: Open) -> None:
    count = filled.segments.preview({"all": []}).count
    assert f"{count} contacts" in words(open_page("segments"))


def test_a_saved_segment_opens_in_the_builder_and_counts_the_same(filled: Workbench, open_page: Open) -> None:
    app = open_page("segments")
    app.selectbox(key="segment_name").set_value("Leaders").run()
    assert "chief" in [field.value for field in app.text_input]
    assert f"{filled.segments.preview(LEADERS).count} contacts" in words(app)


def test_an_exception_narrows_the_preview_and_is_saved_as_a_new_version(filled: Workbench, open_page: Open) -> None:
    app = open_page("segments")
    app.selectbox(key="segment_name").set_value("Leaders").run()
    app.button(key="add:none").click().run()
    value = [field for field in app.text_input if (field.key or "").startswith("value:")][-1]
    value.set_value("financial").run()
    wanted = {"all": [*LEADERS["all"], {"none": [{"field": "contact.position", "op": "contains", "value": "financial"}]}]}
    narrowed = filled.segments.preview(wanted).count
    assert 0 < narrowed < filled.segments.preview(LEADERS).count
    assert f"{narrowed} contacts" in words(app)
    next(button for button in app.button if button.label == "Save segment").click().run()
    saved = filled.segments.get("Leaders")
    assert (saved.version, saved.created_by, filled.segments.preview(saved.filter).count) == (2, "local", narrowed)


def test_a_segment_of_groups_in_groups_opens_in_the_builder_and_is_changed_there(filled: Workbench, open_page: Open) -> None:
    chief, english = LEADERS["all"][0], {"field": "contact.language", "op": "eq", "value": "en"}
    cities = [{"field": "contact.city", "op": "eq", "value": name} for name in ("Leeds", "Perth")]
    nested = {"all": [{"any": [chief, {"all": [english, {"any": cities}]}]}]}
    filled.segments.save("Nested", nested, by="anna")
    app = open_page("segments")
    app.selectbox(key="segment_name").set_value("Nested").run()
    assert f"{filled.segments.preview(nested).count} contacts" in words(app)
    next(
        button for button in app.button if (button.key or "").startswith("remove:") and button.help == "Remove the group"
    ).click().run()
    left = {"all": [{"any": [chief]}]}
    assert f"{filled.segments.preview(left).count} contacts" in words(app)
    app.button(key="group:any").click().run()
    [field for field in app.text_input if (field.key or "").startswith("value:")][-1].set_value("owner").run()
    wanted = {"all": [{"any": [chief, {"any": [{"field": "contact.position", "op": "contains", "value": "owner"}]}]}]}
    next(button for button in app.button if button.label == "Save segment").click().run()
    assert filled.segments.get("Nested").filter.to_json() == filled.segments.save("Wanted", wanted, by="anna").filter.to_json()


def test_a_row_without_a_value_is_not_counted_and_cannot_be_saved(filled: Workbench, open_page: Open) -> None:
    app = open_page("segments")
    app.button(key="add:all").click().run()
    assert f"{filled.segments.preview({'all': []}).count} contacts" in words(app)
    assert next(button for button in app.button if button.label == "Save segment").disabled


def test_why_somebody_is_in_or_not_is_shown(filled: Workbench, open_page: Open) -> None:
    app = open_page("segments")
    app.selectbox(key="segment_name").set_value("Leaders").run()
    leader = next(row for row in filled.segments.page(LEADERS) if row.email)  # type: ignore[union-attr]
    app.text_input(key="why_person").set_value(leader.email).run()  # type: ignore[union-attr]
    said = [text.value for text in app.markdown]
    assert any("is in" in text for text in said)
    assert any("position contains" in text and "here" in text for text in said)


def test_a_name_finds_the_people_it_may_mean(filled: Workbench, open_page: Open) -> None:
    app = open_page("segments")
    app.text_input(key="why_person").set_value("nobody of this name").run()
    assert any("No contact" in text.value for text in app.caption)


def test_people_of_a_campaign_under_way_are_told(filled: Workbench, open_page: Open) -> None:
    app = open_page("segments")
    people = filled.segments.overlaps({"all": []}).people
    assert people
    assert any(f"{people} of them" in said.value and "Spring" in said.value for said in app.warning)
    campaigns = open_page("campaigns")
    campaigns.session_state["new_campaign:1"] = True
    assert any("Spring" in said.value for said in campaigns.run().warning)


def test_what_changed_between_versions_is_shown(filled: Workbench, open_page: Open) -> None:
    filled.segments.save("Leaders", {"all": [{"field": "contact.tags", "op": "has", "value": "vip"}]}, by="ben")
    app = open_page("segments")
    app.selectbox(key="segment_name").set_value("Leaders").run()
    said = "\n".join(text.value for text in app.markdown)
    assert 'tags has "vip"' in said
    left = filled.segments.count(LEADERS)
    assert [(metric.label, metric.value) for metric in app.metric][-1] == ("Go out", f"{left:,}")


def test_a_segment_is_tagged_whole_and_that_is_taken_back(filled: Workbench, open_page: Open) -> None:
    first = filled.segments.page(LEADERS, limit=1)[0]
    filled.tags.tag("contact", "vip", [first.id], by="anna")
    app = open_page("segments")
    app.selectbox(key="segment_name").set_value("Leaders").run()
    app.selectbox(key="tag_name:Leaders").set_value("vip").run()
    app.button(key="tag_on").click().run()
    assert filled.tags.counts("contact") == [("vip", filled.segments.count(LEADERS))]
    app.button(key="tag_undo").click().run()
    assert filled.tags.counts("contact") == [("vip", 1)]


def test_values_are_offered_from_the_data_and_days_by_a_picker(filled: Workbench, open_page: Open) -> None:
    app = open_page("segments")
    app.button(key="add:all").click().run()
    key = next(box.key for box in app.selectbox if (box.key or "").startswith("field:"))
    app.selectbox(key=key).set_value("company.country").run()
    op = next(box.key for box in app.selectbox if (box.key or "").startswith("op:"))
    app.selectbox(key=op).set_value("eq").run()
    value = next(box for box in app.selectbox if (box.key or "").startswith("value:"))
    top, count = filled.segments.suggest("company.country")[0]
    assert f"{top} ({count:,})" in value.options
    app.selectbox(key=key).set_value("contact.created_at").run()
    assert [picker for picker in app.date_input if (picker.key or "").startswith("value:")]


def test_a_field_is_offered_under_the_name_it_has_in_sentences(filled: Workbench, open_page: Open) -> None:
    country = {"field": "company.country", "op": "eq", "value": "UK"}
    saved = filled.segments.save("Britons", {"all": [country, {**country, "field": "company.fact.country"}]}, by="ben")
    app = open_page("segments")
    app.selectbox(key="segment_name").set_value("Britons").run()
    offered = {option for box in app.selectbox for option in box.options}
    for name in ("company country", "company fact 'country'"):
        assert name in saved.sentence
        assert any(option.endswith(f"· {name}") for option in offered)
