"""Results by segment and by pack: each rate with its interval and cases, and no ranking where there is none."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open


def said(app: AppTest) -> str:
    return "\n".join(element.value.replace("\\", "") for kind in (app.markdown, app.caption) for element in kind)


def test_a_single_segment_is_not_compared_and_says_what_is_missing(answered: Workbench, open_page: Open) -> None:
    app = open_page("segment_results")
    (one,) = answered.segment_readings.versions()
    assert not app.exception
    assert "Too early to compare segments" in said(app)
    assert f"{one.reply.numerator} of {one.reply.denominator})" in app.dataframe[0].value["Reply rate"][0]
    assert "Nobody was written to as part of two segments" in said(app)
    app.segmented_control(key="segment_rate").set_value("bounce").run()
    assert not app.exception


def test_a_pack_shows_decisions_judgements_and_answers(answered: Workbench, open_page: Open) -> None:
    app = open_page("pack_results")
    (version,) = answered.pack_readings.versions("cold-email")
    assert not app.exception
    shown = app.dataframe[0].value
    assert (shown["Version"][0], shown["Drafts"][0], shown["Sent"][0]) == (version.version, version.drafts, version.sent)
    app.segmented_control(key="pack_part").set_value("variant").run()
    app.segmented_control(key="pack_rate").set_value("approval").run()
    assert not app.exception
    assert set(app.dataframe[0].value["Variant"]) == {"Direct", "Casual"}


@pytest.mark.parametrize("page", ["segment_results", "pack_results"])
def test_before_any_figures_it_says_what_they_are_made_from(bare: Workbench, open_page: Open, page: str) -> None:
    app = open_page(page)
    assert not app.exception
    assert "There are no figures yet" in said(app)


def test_without_mails_it_leads_to_a_campaign(bare: Workbench, open_page: Open) -> None:
    bare.metrics.refresh()
    assert "No segment was written to yet" in said(open_page("segment_results"))
    assert "Nothing was drafted yet" in said(open_page("pack_results"))
