"""The page that asks the figures in SQL."""

from __future__ import annotations

from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open


def test_before_anything_was_published_it_says_what_comes_first(bare: Workbench, open_page: Open) -> None:
    app = open_page("sql")
    assert [element.value for element in (*app.error, *app.exception)] == []
    assert any("No figures have been published" in element.value for element in app.markdown)


def test_a_question_is_answered_and_a_change_refused(answered: Workbench, open_page: Open) -> None:
    app = open_page("sql")
    app.button[0].click().run()
    assert [element.value for element in (*app.error, *app.exception)] == []
    assert list(app.dataframe[-1].value["campaign"]) == ["Spring"]
    app.text_area(key="sql_text").set_value("DROP VIEW campaign_funnel")
    app.button[0].click().run()
    assert any("Only one SELECT" in element.value for element in app.error)
