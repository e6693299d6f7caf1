"""The strategy page: begun, read, corrected, confirmed, and turned into a segment there."""

from __future__ import annotations

import pytest

from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open
from tests.integration.strategy.parts import room


@pytest.fixture
def spring(filled: Workbench) -> Workbench:
    """A workspace whose strategy 'Spring' is written."""
    made = room(filled.record, filled.clock)
    made.service.new("Spring", "https://harbourline.test", by="anna")
    made.service.run("Spring", by="anna")
    made.llm.close()
    return filled


def press(app, label: str, place: int = 0):  # type: ignore[no-untyped-def]
    return [button for button in app.button if button.label == label][place].click().run()


def test_an_empty_workspace_begins_with_the_address_of_a_website(bare: Workbench, open_page: Open) -> None:
    app = open_page("strategy")
    assert "no strategy yet" in app.markdown[-1].value
    fields = {each.label: each for each in app.text_input}
    fields["Name"].set_value("Spring")
    fields["Your website"].set_value("harbourline.test")
    app = press(app, "Begin")
    assert not app.exception
    assert [each.website for each in bare.strategies.list()] == ["https://harbourline.test"]
    assert any("Nothing is written yet" in each.value for each in app.markdown)


def test_writing_is_asked_of_the_pipeline_once(bare: Workbench, open_page: Open) -> None:
    made = bare.strategies.new("Spring", "harbourline.test", by="anna")
    press(open_page("strategy"), "Write")
    assert [(job.kind, job.payload) for job in bare.jobs.recent(5)] == [("strategy", {"strategy": made.id, "by": "local"})]


def test_all_documents_stand_side_by_side_with_their_evidence(spring: Workbench, open_page: Open) -> None:
    app = open_page("strategy")
    assert not app.exception
    titles = [each.value for each in app.subheader]
    assert titles[:6] == [
        "Product overview",
        "Target company",
        "Target persona",
        "Positioning",
        "E-mail strategy",
        "Data sources",
    ]
    assert any("14 quotes" in each.label or "quotes, 2 claims taken out" in each.label for each in app.expander)
    assert any("press" in each.value and "evil" in each.value for each in app.markdown if "block" in each.value)


def test_a_claim_is_corrected_where_it_stands_and_taken_back(spring: Workbench, open_page: Open) -> None:
    app = open_page("strategy")
    document = spring.strategies.get("Spring").documents["product_overview"]
    app.text_area(key=f"value:{document.id}:offer:text").set_value("Arrival times for forwarders.").run()
    app = press(app, "Save")
    assert not app.exception
    now = spring.strategies.get("Spring").documents["product_overview"]
    assert (now.content.offer.text, now.author) == ("Arrival times for forwarders.", "person:local")
    press(app, "Go back to the version before")
    assert spring.strategies.get("Spring").documents["product_overview"].content.offer.text == document.content.offer.text


def test_a_section_is_asked_for_anew_with_guidance(spring: Workbench, open_page: Open) -> None:
    app = open_page("strategy")
    document = spring.strategies.get("Spring").documents["positioning"]
    app.selectbox(key=f"section:{document.id}").set_value("voice")
    app.text_area(key=f"guidance:{document.id}").set_value("Drier.").run()
    app.button(key=f"anew:{document.id}").click().run()
    payload = spring.jobs.recent(1)[0].payload
    assert (payload["correct"], payload["section"], payload["guidance"]) == ("positioning", "voice", "Drier.")


def test_a_strategy_is_confirmed_and_its_filter_saved_as_a_segment(spring: Workbench, open_page: Open) -> None:
    app = press(open_page("strategy"), "Confirm")
    assert spring.strategies.get("Spring").confirmed_by == "person:local"
    app = press(app, "Save as a segment")
    assert not app.exception
    assert "Spring" in [each.name for each in spring.segments.list()]


def test_a_correction_that_contradicts_is_told_in_words(spring: Workbench, open_page: Open) -> None:
    app = open_page("strategy")
    document = spring.strategies.get("Spring").documents["target_company"]
    app.selectbox(key=f"claim:{document.id}").set_value("firmographics.1").run()
    app.selectbox(key=f"part:{document.id}:firmographics.1").set_value("values").run()
    app.text_area(key=f"value:{document.id}:firmographics.1:values").set_value("Germany").run()
    app = app.button(key=f"save:{document.id}").click().run()
    assert any("two letters" in each.value for each in app.error)
