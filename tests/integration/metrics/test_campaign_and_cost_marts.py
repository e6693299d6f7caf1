"""From messages and calls in the record to one campaign over time, and to what it cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.metrics.intervals import wilson
from gtm_pipelines.record import tables
from gtm_pipelines.workbench import Workbench
from tests.figures_parts import Outcomes, Rows, fill

pytestmark = pytest.mark.slow

OUTCOMES = Outcomes(sent=120, refused=2, bounced_hard=2, positive=6, negative=3, unsubscribe=2, auto_reply=4)


@pytest.fixture
def campaign(workbench: Workbench) -> str:
    return fill(workbench.record, workbench.clock, OUTCOMES)


@pytest.fixture(scope="module")
def measured(standing: Workbench) -> str:
    """A campaign of the workbench that stands, for tests that only read its figures."""
    campaign = fill(standing.record, standing.clock, OUTCOMES)
    standing.metrics.refresh()
    return campaign


def call(rows: Rows, *, days_ago: int, cost: float | None, **more: Any) -> None:
    known = {
        "call_id": "c", "attempt": 1, "trace_id": "t", "run_id": "r", "purpose": "draft.write", "role": "default",
        "provider": "house", "provider_kind": "openai", "model": "small", "prompt_hash": "-", "inputs": {}, "outputs": {},
        "latency_ms": 10, "cached": False, "cost_usd": cost, "created_at": rows.clock.now() - timedelta(days=days_ago),
        "pack_version": None, "campaign_id": None, "contact_id": None, "error_code": None,
    }  # fmt: skip
    rows.add("interaction", **(known | more))


def people(workbench: Workbench, campaign_id: str) -> list[str]:
    with workbench.record.read() as connection:
        query = sa.select(tables.target.c.contact_id).where(tables.target.c.campaign_id == campaign_id).limit(40)
        return list(connection.execute(query).scalars())


def test_the_days_of_a_campaign_add_up_to_its_funnel(standing: Workbench, measured: str) -> None:
    moments = standing.campaign_readings.over_time(measured, "bounce_rate")
    assert (moments[-1].measure.numerator, moments[-1].measure.denominator) == (4, 122)
    replies = standing.campaign_readings.over_time(measured, "reply_rate")
    funnel = standing.metrics.funnel("spring")
    assert (replies[-1].measure.numerator, replies[-1].measure.denominator) == (funnel.replied, funnel.delivered)
    assert [one.day for one in replies] == sorted(one.day for one in replies)
    weeks = standing.campaign_readings.over_time(measured, "reply_rate", "week")
    assert sum(one.measure.denominator for one in weeks) == funnel.delivered
    assert {one.day.weekday() for one in weeks} == {0}


def test_the_mails_of_a_sequence_have_their_own_rates(standing: Workbench, measured: str) -> None:
    (step,) = standing.campaign_readings.steps(measured)
    assert (step.step, step.sent, step.reply.numerator, step.reply.denominator) == (1, 120, 11, 118)
    assert (step.reply.low, step.reply.high) == wilson(11, 118)
    assert step.hours_to_reply is not None


def test_what_came_back_is_counted_by_class(standing: Workbench, measured: str) -> None:
    found = {one.cls: one.mails for one in standing.campaign_readings.answers(measured)}
    assert (found["positive"], found["auto_reply"], found["negative"]) == (6, 4, 3)


def test_a_booked_meeting_is_the_end_of_the_funnel(workbench: Workbench, campaign: str) -> None:
    table = tables.inbound_message
    with workbench.record.write() as connection:
        one = sa.select(table.c.id).where(table.c["class"] == "positive").limit(1).scalar_subquery()
        connection.execute(sa.update(table).where(table.c.id == one).values({"class": "meeting_booked"}))
    workbench.metrics.refresh()
    funnel = workbench.metrics.funnel("spring")
    assert (funnel.positive, funnel.meetings) == (6, 1)


def test_spending_is_split_as_one_asks_and_adds_up(workbench: Workbench, campaign: str) -> None:
    rows = Rows(workbench.record, workbench.clock)
    for contact in people(workbench, campaign):
        call(rows, days_ago=3, cost=0.01, campaign_id=campaign, contact_id=contact, pack_version="cold-email@1.0.0")
    call(rows, days_ago=2, cost=0.5, purpose="strategy.persona", model="large", error_code="timeout")
    call(rows, days_ago=2, cost=None, purpose="insight")
    call(rows, days_ago=1, cost=9.0, cached=True)
    rows.insert()
    workbench.metrics.refresh()
    stages = {one.name: one for one in workbench.spending.totals("stage")}
    assert stages["drafting"].cost_usd == pytest.approx(0.4)
    assert (stages["strategy"].lost_usd, stages["strategy"].failed) == (0.5, 1)
    assert (stages["research"].unpriced, stages["research"].cost_usd) == (1, 0.0)
    for split in ("stage", "model", "pack", "campaign", "source"):
        assert sum(one.cost_usd for one in workbench.spending.totals(split)) == pytest.approx(0.9), split
        assert workbench.spending.over_time(split)["cost_usd"].sum() == pytest.approx(0.9), split
    assert sum(one.cost_usd for one in workbench.spending.totals("stage", campaign_id=campaign)) == pytest.approx(0.4)
    assert [one["cost_usd"] for one in workbench.spending.calls(1)] == [0.5]
    assert workbench.marts.polars("cost")["cost_usd"].sum() == pytest.approx(0.9)


def test_a_draft_by_a_model_has_a_price_and_an_interval(workbench: Workbench, campaign: str) -> None:
    rows = Rows(workbench.record, workbench.clock)
    for number, contact in enumerate(people(workbench, campaign)):
        cost = 0.01 + 0.01 * (number % 2)
        call(rows, days_ago=3, cost=cost, campaign_id=campaign, contact_id=contact, pack_version="cold-email@1.0.0")
    rows.insert()
    with workbench.record.write() as connection:
        connection.execute(sa.update(tables.draft).values(drafter="model"))
    workbench.metrics.refresh()
    (row,) = workbench.marts.polars("draft_cost").to_dicts()
    assert row["cost_per_draft"] == pytest.approx(row["cost_usd"] / row["drafts"])
    assert row["cost_per_draft_low"] < row["cost_per_draft"] < row["cost_per_draft_high"]
    draft, reply, positive = workbench.spending.prices(campaign)
    assert draft.value == pytest.approx(0.6 / row["drafts"])
    assert (reply.cases, positive.cases) == (11, 6)
    assert reply.value == pytest.approx(0.6 / 11)


def test_a_month_is_forecast_from_its_days(workbench: Workbench, campaign: str) -> None:
    rows = Rows(workbench.record, workbench.clock)
    for days_ago in range(1, 21):
        call(rows, days_ago=days_ago, cost=1.0)
    rows.insert()
    workbench.metrics.refresh()
    month = workbench.spending.month()
    today = workbench.clock.now().date()
    assert month.spent == pytest.approx(min(today.day - 1, 20))
    assert month.known == 20
    assert month.forecast is not None
    assert month.forecast.low <= month.forecast.expected <= month.forecast.high


def test_a_workspace_that_spent_nothing_has_a_month_of_nothing(workbench: Workbench) -> None:
    workbench.metrics.refresh()
    month = workbench.spending.month()
    assert (month.spent, month.forecast) == (0.0, None)
    assert workbench.spending.totals("stage") == []
    assert workbench.spending.over_time("stage").height == 0
