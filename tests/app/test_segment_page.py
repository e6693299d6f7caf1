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
    value = next(field for field in app.text_input if (field.key or "").startswith("value:none"))
    value.set_value("financial").run()
    wanted = {"all": [*LEADERS["all"], {"none": [{"field": "contact.position", "op": "contains", "value": "financial"}]}]}
    narrowed = filled.segments.preview(wanted).count
    assert 0 < narrowed < filled.segments.preview(LEADERS).count
    assert f"{narrowed} contacts" in words(app)
    next(button for button in app.button if button.label == "Save segment").click().run()
    saved = filled.segments.get("Leaders")
    assert (saved.version, saved.created_by, filled.segments.preview(saved.filter).count) == (2, "local", narrowed)


def test_a_row_without_a_value_is_not_counted_and_cannot_be_saved(filled: Workbench, open_page: Open) -> None:
    app = open_page("segments")
    app.button(key="add:all").click().run()
    assert f"{filled.segments.preview({'all': []}).count} contacts" in words(app)
    assert next(button for button in app.button if button.label == "Save segment").disabled
