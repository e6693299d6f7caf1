"""The cost page: what was spent on what, where the month is heading, and what one reply costs."""

from __future__ import annotations

from datetime import timedelta

from streamlit.testing.v1 import AppTest

from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open
from tests.figures_parts import Rows


def said(app: AppTest) -> str:
    return "\n".join(element.value.replace("\\", "") for kind in (app.markdown, app.caption) for element in kind)


def spend(workbench: Workbench) -> None:
    """Twelve days of calls of ten cents, three of them for the campaign."""
    rows = Rows(workbench.record, workbench.clock)
    campaign = workbench.campaigns.list()[0].id
    for day in range(12):
        rows.add(
            "interaction", call_id="c", attempt=1, trace_id="t", run_id="r", purpose="draft" if day < 3 else "coach.answer",
            role="default", provider="house", provider_kind="openai", model="small", prompt_hash="-", inputs={}, outputs={},
            latency_ms=10, cached=False, cost_usd=0.1, created_at=workbench.clock.now() - timedelta(days=day),
            campaign_id=campaign if day < 3 else None, pack_version="cold-email@1.1.0" if day < 3 else None, contact_id=None,
        )  # fmt: skip
    rows.insert()
    workbench.metrics.refresh()


def test_where_nothing_was_spent_it_says_why_and_leads_on(answered: Workbench, open_page: Open) -> None:
    app = open_page("cost")
    assert not app.exception
    assert "No money was spent yet" in said(app)


def test_before_any_figures_it_says_what_they_are_made_from(filled: Workbench, open_page: Open) -> None:
    app = open_page("cost")
    assert not app.exception
    assert "There are no figures yet" in said(app)


def test_it_shows_the_month_its_forecast_and_the_price_of_a_reply(answered: Workbench, open_page: Open) -> None:
    spend(answered)
    app = open_page("cost")
    shown = {one.label: one.value for one in app.metric}
    replied = answered.metrics.funnel("Spring").replied
    assert not app.exception
    assert shown["Budget a month"] == "No cap"
    assert shown["Cost of a reply"] == f"${1.2 / replied:,.3f}" if 1.2 / replied >= 0.1 else f"${1.2 / replied:,.4f}"
    assert "eight times in ten" in said(app)


def test_spending_is_split_by_what_one_asks(answered: Workbench, open_page: Open) -> None:
    spend(answered)
    app = open_page("cost")
    assert set(app.dataframe[0].value["Stage"]) == {"Drafting", "Coach"}
    app.segmented_control(key="cost_split").set_value("campaign").run()
    assert not app.exception
    assert dict(zip(app.dataframe[0].value["Campaign"], app.dataframe[0].value["Calls and facts"], strict=True)) == {
        "Spring": 3, "for no campaign": 9,
    }  # fmt: skip


def test_every_call_and_every_sum_names_the_pack_version_that_asked(answered: Workbench, open_page: Open) -> None:
    spend(answered)
    app = open_page("cost")
    assert list(app.dataframe[-1].value["Pack version"]).count("cold-email@1.1.0") == 3
    app.segmented_control(key="cost_split").set_value("pack").run()
    assert not app.exception
    assert dict(zip(app.dataframe[0].value["Pack version"], app.dataframe[0].value["Calls and facts"], strict=True)) == {
        "cold-email@1.1.0": 3, "without a pack": 9,
    }  # fmt: skip
