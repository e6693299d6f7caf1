"""The page that leads from a mail back to the row of a file, and from the row onward."""

from __future__ import annotations

from gtm_pipelines.record import contacts, lineage, threads
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open


def test_before_anything_was_sent_it_says_what_comes_first(bare: Workbench, open_page: Open) -> None:
    app = open_page("lineage")
    assert [element.value for element in (*app.error, *app.exception)] == []
    assert any("Nothing was sent yet" in element.value for element in app.markdown)


def test_a_mail_leads_back_to_the_line_of_the_file(answered: Workbench, open_page: Open) -> None:
    sent = threads.find_sent(answered.record, "")[0]
    app = open_page("lineage")
    app.query_params["id"] = sent.id
    app.run()
    assert [element.value for element in (*app.error, *app.exception)] == []
    shown = [element.value for element in app.markdown]
    assert any("contacts\\.csv, line" in text for text in shown)
    assert any("**Message**" in text for text in shown)
    assert any(sent.recipient.lower() in element.value.lower() for element in app.code)


def test_a_mail_is_found_by_whom_it_went_to(answered: Workbench, open_page: Open) -> None:
    sent = threads.find_sent(answered.record, "")[0]
    app = open_page("lineage")
    app.text_input(key="lineage_search").set_value(sent.recipient).run()
    assert len(app.selectbox(key=f"lineage_mail:{sent.recipient}").options) >= 1
    app.text_input(key="lineage_search").set_value("nobody@nowhere.test").run()
    assert any("No mail that was sent has" in element.value for element in app.markdown)


def test_a_row_of_a_file_leads_onward(answered: Workbench, open_page: Open) -> None:
    sent = threads.find_sent(answered.record, "")[0]
    row = lineage.source_rows(answered.record, contacts.get(answered.record, sent.recipient).id)[-1]
    for line, there in ((row.line_number, True), (999_999, False)):
        app = open_page("lineage")
        for key, value in (("lineage_way", "From a row of a file"), ("lineage_file", row.batch_id), ("lineage_line", line)):
            app.session_state[key] = value
        app.run()
        assert [element.value for element in app.exception] == []
        assert any("row of line 999999" in element.value for element in app.error) != there
        assert bool(app.expander) == there
