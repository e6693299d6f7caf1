"""What one draft, reply or yes costs says how sure it is."""

from __future__ import annotations

import polars as pl
import pytest

from gtm_pipelines.metrics.intervals import wilson
from gtm_pipelines.metrics.spending import per_answer, per_draft

COLUMNS = ("people", "drafts", "cost_usd", "cost_per_draft", "cost_per_draft_low", "cost_per_draft_high")


def test_a_reply_costs_between_what_its_rates_ends_say() -> None:
    found = per_answer("reply", 50.0, 10, 200, 100)
    low, high = wilson(10, 200)
    assert (found.value, found.low, found.high) == pytest.approx((5.0, 50 / (200 * high), 50 / (200 * low)))
    assert found.enough


def test_without_a_yes_only_the_least_it_costs_is_known() -> None:
    found = per_answer("positive_reply", 50.0, 0, 200, 100)
    assert (found.value, found.high, found.enough) == (None, None, False)
    assert found.low == pytest.approx(50 / (200 * wilson(0, 200)[1]))


def test_with_nobody_written_to_nothing_is_known() -> None:
    assert per_answer("reply", 50.0, 0, 0, 100).low is None


def test_drafts_of_two_campaigns_are_one_price_surer_than_each() -> None:
    rows = [(40, 40, 4.0, 0.1, 0.08, 0.12), (40, 40, 4.0, 0.1, 0.08, 0.12)]
    found = per_draft(pl.DataFrame(rows, schema=COLUMNS, orient="row"))
    assert (found.cases, found.value, found.enough) == (80, pytest.approx(0.1), True)
    assert found.high - found.value == pytest.approx(0.02 / 2**0.5)


def test_a_single_draft_has_a_price_and_no_interval() -> None:
    found = per_draft(pl.DataFrame([(1, 1, 0.1, 0.1, None, None)], schema=COLUMNS, orient="row"))
    assert (found.value, found.low, found.enough) == (pytest.approx(0.1), None, False)


def test_without_drafts_there_is_no_price() -> None:
    assert per_draft(pl.DataFrame(schema=COLUMNS)).value is None
