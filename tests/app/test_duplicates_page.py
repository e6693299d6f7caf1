"""The duplicates page: what is proposed, decided and taken back there."""

from __future__ import annotations

from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open
from tests.integration.matching.parts import add_company, row


def proposed(workbench: Workbench) -> tuple[str, str]:
    """Put one pair on the list and return the ids of its rows."""
    one = add_company(workbench, "Acme Rockets GmbH", city="Hamburg", domain="acme.example")
    other = add_company(workbench, "ACME ROCKETS", city="Hamburg", phone="+49 40 123456")
    workbench.matching.find("company")
    return one, other


def press(app, label: str):  # type: ignore[no-untyped-def]
    return next(button for button in app.button if button.label == label).click().run()


def test_an_empty_workspace_leads_to_the_import(bare: Workbench, open_page: Open) -> None:
    app = open_page("duplicates")
    assert not app.exception
    assert "no lists yet" in app.markdown[-1].value


def test_a_pair_is_merged_by_the_person_named_and_taken_back(filled: Workbench, open_page: Open) -> None:
    one, other = proposed(filled)
    app = press(open_page("duplicates"), "Merge")
    merged = {row(filled, "company", each)["merged_into"] for each in (one, other)} - {None}
    assert merged <= {one, other}
    assert merged
    assert filled.matching.merges()[0].actor == "person:local"
    app.segmented_control(key="duplicates_shown").set_value("merged").run()
    press(app, "Take back")
    assert {row(filled, "company", each)["merged_into"] for each in (one, other)} == {None}


def test_a_pair_is_kept_apart(filled: Workbench, open_page: Open) -> None:
    proposed(filled)
    press(open_page("duplicates"), "Keep apart")
    assert filled.matching.count("company") == 0
    assert filled.matching.count("company", status="apart") == 1


def test_the_overview_says_how_many_wait(filled: Workbench, open_page: Open) -> None:
    proposed(filled)
    waiting = filled.matching.count()
    texts = [element.value for element in open_page("today").markdown]
    assert any(text.startswith(f"{waiting} pair") for text in texts)


def test_asking_for_a_search_leaves_one_request(filled: Workbench, open_page: Open) -> None:
    press(open_page("duplicates"), "Look for duplicates")
    assert [job.kind for job in filled.jobs.recent(5)] == ["find_duplicates"]
