"""The page of experiments says what is known and what to do."""

from __future__ import annotations

from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open


def test_it_shows_every_arm_and_says_what_to_do(answered: Workbench, open_page: Open) -> None:
    app = open_page("experiments")
    found = answered.experiments.get("Spring")
    assert not app.exception
    assert len(app.dataframe[0].value) == len(found.arms) == 2
    shown = " ".join(element.value.replace("\\", "") for element in app.markdown)
    assert found.headline in shown
    app.toggle(key=f"deal:{found.campaign_id}").set_value(True).run()
    assert any("Yes: " in element.value for element in app.markdown)


def test_a_bigger_difference_wants_fewer_people(answered: Workbench, open_page: Open) -> None:
    app = open_page("experiments")
    before = app.markdown[-1].value
    app.number_input(key="plan_lift").set_value(4.0).run()
    people = [int(text.split(" people")[0].strip("*").replace(",", "")) for text in (before, app.markdown[-1].value)]
    assert people[1] < people[0]
