"""Marts on disk: whole or not at all, documented column by column, readable without a lock."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from gtm_pipelines.warehouse.build import MARTS
from gtm_pipelines.workbench import Workbench
from tests.figures_parts import Outcomes, fill

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("people", [0, 12])
def test_every_column_of_every_mart_is_documented(workbench: Workbench, people: int) -> None:
    if people:
        fill(workbench.record, workbench.clock, Outcomes(sent=people, positive=1))
    workbench.metrics.refresh()
    assert workbench.marts.names() == MARTS
    for name in MARTS:
        _, meanings = workbench.marts.describe(name)
        assert set(workbench.marts.polars(name).columns) == set(meanings), name


def test_an_empty_mart_has_the_types_of_a_full_one(workbench: Workbench) -> None:
    workbench.metrics.refresh()
    empty = {name: workbench.marts.polars(name).schema for name in MARTS}
    fill(workbench.record, workbench.clock, Outcomes(sent=12, positive=1))
    workbench.metrics.refresh()
    assert {name: workbench.marts.polars(name).schema for name in MARTS} == empty
    assert not [c for schema in empty.values() for c in schema.values() if isinstance(c, pl.Decimal)]


def test_readers_see_the_old_mart_or_the_new_one(workbench: Workbench) -> None:
    fill(workbench.record, workbench.clock, Outcomes(sent=12))
    workbench.metrics.refresh()
    stop = threading.Event()

    def read() -> set[int]:
        seen: set[int] = set()
        while not stop.is_set():
            seen.add(workbench.marts.polars("lineage").height)
        return seen

    pool = ThreadPoolExecutor(1)
    reader = pool.submit(read)
    fill(workbench.record, workbench.clock, Outcomes(sent=8), "summer")
    workbench.metrics.refresh()
    for _ in range(5):
        workbench.warehouse.publish("lineage")
    stop.set()
    assert reader.result() <= {12, 20}
    pool.shutdown()
    assert list(workbench.marts.folder.glob(".*")) == []


def test_a_mart_can_be_read_as_pandas_for_notebooks(workbench: Workbench) -> None:
    fill(workbench.record, workbench.clock, Outcomes(sent=12))
    workbench.metrics.refresh()
    assert list(workbench.marts.pandas("campaign_funnel")["sent"]) == [12]


def test_building_without_publishing_leaves_the_files_alone(workbench: Workbench) -> None:
    workbench.warehouse.sync()
    assert workbench.warehouse.build_mart("cost").published_at is None
    assert workbench.marts.names() == ()
