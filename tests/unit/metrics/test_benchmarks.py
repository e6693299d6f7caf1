"""Benchmarks as shipped, as chosen for a campaign and as a user overrides them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_pipelines.errors import InputError
from gtm_pipelines.metrics.benchmarks import fitting, load, of_measure
from tests.parts import ROOT

SHIPPED = ROOT / "data" / "reference" / "benchmarks.csv"
HEAD = "metric,slice,low,value,high,unit,denominator,sample,source,source_date,confidence\n"


def test_every_shipped_benchmark_says_where_it_comes_from() -> None:
    known = load([SHIPPED])
    assert len(known) > 30
    assert all(b.source and b.confidence and (b.value is not None or b.low is not None) for b in known)


@pytest.mark.parametrize(
    ("targets", "slices"),
    [
        (5, ["all", "top_25pct"]),
        (6, ["list_size:6-50", "all", "top_25pct"]),
        (200, ["list_size:51-200", "all", "top_25pct"]),
        (201, ["list_size:201-500", "all", "top_25pct"]),
        (5_000, ["list_size:1000+", "all", "top_25pct"]),
    ],
)
def test_the_reply_rate_is_set_beside_lists_of_its_own_size(targets: int, slices: list[str]) -> None:
    assert [b.slice for b in of_measure(fitting(load([SHIPPED]), targets), "reply_rate")] == slices


def test_a_users_own_figure_replaces_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "benchmarks.csv"
    own.write_text(HEAD + "reply_rate,all,,4.5,,percent,contacted,,our own,2026,high\n", "utf-8")
    everybody = [b for b in load([SHIPPED, own]) if (b.metric, b.slice) == ("reply_rate", "all")]
    assert [(b.value, b.source) for b in everybody] == [(4.5, "our own")]


@pytest.mark.parametrize(
    "text", [HEAD + "reply_rate,all,,much,,percent,,,,,\n", "metric,value\nreply_rate,3\n", HEAD + "reply_rate\n"]
)
def test_a_file_that_is_no_benchmarks_says_what_it_must_look_like(tmp_path: Path, text: str) -> None:
    own = tmp_path / "benchmarks.csv"
    own.write_text(text, "utf-8")
    with pytest.raises(InputError, match="Its columns must be metric, slice"):
        load([own])


def test_a_missing_file_is_passed_over(tmp_path: Path) -> None:
    assert load([tmp_path / "none.csv"]) == ()
