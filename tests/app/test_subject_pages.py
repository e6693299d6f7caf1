"""The pages of companies and contacts: everybody page by page, and all that is known of one, with its source."""

from __future__ import annotations

import pytest

from gtm_pipelines.record import companies, contacts, threads
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open


@pytest.mark.parametrize("name", ["companies", "contacts"])
def test_an_empty_workspace_leads_to_the_import(bare: Workbench, open_page: Open, name: str) -> None:
    app = open_page(name)
    assert [element.value for element in (*app.error, *app.exception)] == []
    assert any("There are no" in element.value for element in app.markdown)


def test_a_list_shows_one_page_and_how_many_there_are(filled: Workbench, open_page: Open) -> None:
    app = open_page("companies")
    total = companies.count(filled.record)
    assert len(app.dataframe[0].value) == 50
    assert any(f"of {total:,}" in element.value for element in app.caption)


def test_a_search_narrows_the_list(filled: Workbench, open_page: Open) -> None:
    wanted = companies.page(filled.record, limit=1)[0].name
    app = open_page("companies")
    app.text_input(key="company_search").set_value(wanted).run()
    assert wanted in list(app.dataframe[0].value["Name"])
    app.text_input(key="company_search").set_value("nobody is called so").run()
    assert any("Nothing on record has" in element.value for element in app.markdown)


def test_a_company_shows_its_facts_with_their_source(filled: Workbench, open_page: Open) -> None:
    filled.enrichment.company_facts()
    row = companies.page(filled.record, limit=1)[0]
    app = open_page("companies")
    app.query_params["id"] = row.id
    app.run()
    assert [element.value for element in (*app.error, *app.exception)] == []
    shown = app.dataframe[1].value
    assert set(shown["Source"]) == {"import"}
    assert {"Field", "Value", "Sure", "Age", "Evidence"} <= set(shown.columns)


def test_a_person_leads_back_to_the_line_of_the_file_and_on_to_what_was_sent(answered: Workbench, open_page: Open) -> None:
    sent = threads.find_sent(answered.record, "")[0]
    row = contacts.get(answered.record, sent.recipient)
    for tab, said in (("Origin", "contacts\\.csv"), ("Mail", None)):
        app = open_page("contacts")
        app.query_params["id"] = row.id
        app.session_state["about:contact"] = tab
        app.run()
        assert [element.value for element in (*app.error, *app.exception)] == []
        if said:
            assert any(said in element.value for element in app.markdown)
        else:
            assert list(app.dataframe[-1].value["Campaign"]) == ["Spring"]


def test_an_unknown_id_is_told_with_the_way_on(filled: Workbench, open_page: Open) -> None:
    app = open_page("contacts")
    app.query_params["id"] = "0" * 32
    app.run()
    assert "No contact has the id" in app.error[0].value
