"""Figures others have published, to set beside one's own. Each carries source, date and confidence."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gtm_pipelines.errors import InputError
from gtm_pipelines.metrics.model import Benchmark

FILE_NAME = "benchmarks.csv"
_LIST_SIZES = (
    (6, 50, "list_size:6-50"),
    (51, 200, "list_size:51-200"),
    (201, 500, "list_size:201-500"),
    (501, 1000, "list_size:501-1000"),
    (1001, None, "list_size:1000+"),
)
_FITTING = {
    "reply_rate": ("all", "top_25pct"),
    "positive_reply_rate": ("average", "good"),
    "open_rate": ("average",),
    "bounce_rate": ("target_max", "review"),
    "spam_complaint_rate": ("target_max", "never_reach"),
    "unsubscribe_rate": ("average",),
}
_NAMES = {"complaint_rate": "spam_complaint_rate"}


@dataclass(frozen=True)
class Band:
    """A benchmark as shares from 0 to 1; ``low`` and ``high`` are the same where it is one figure."""

    benchmark: Benchmark
    low: float
    high: float


def load(paths: Iterable[Path]) -> tuple[Benchmark, ...]:
    """Read benchmark files; a later file's row replaces an earlier one of the same metric, slice and denominator.

    Args:
        paths: CSV files; those that do not exist are passed over.

    Raises:
        InputError: a file lacks a column or a figure is no number.
    """
    found: dict[tuple[str, str, str], Benchmark] = {}
    for path in paths:
        if path.is_file():
            found.update({(b.metric, b.slice, b.denominator): b for b in _read(path)})
    return tuple(found.values())


def fitting(benchmarks: Iterable[Benchmark], targets: int) -> tuple[Benchmark, ...]:
    """Return the benchmarks that fit a campaign of ``targets`` people, those of its list size first."""
    wanted = {(metric, name) for metric, names in _FITTING.items() for name in names}
    size = next((name for low, high, name in _LIST_SIZES if targets >= low and (high is None or targets <= high)), None)
    chosen = [b for b in benchmarks if (b.metric, b.slice) in wanted or (b.metric == "reply_rate" and b.slice == size)]
    return tuple(sorted(chosen, key=lambda b: (b.metric, b.slice != size)))


def of_measure(benchmarks: Iterable[Benchmark], name: str) -> tuple[Benchmark, ...]:
    """Return the benchmarks of one measure."""
    return tuple(b for b in benchmarks if b.metric == _NAMES.get(name, name))


def bands(benchmarks: Iterable[Benchmark], name: str) -> tuple[Band, ...]:
    """Return where the rates of others lie, for a chart of one measure: low to high of each, or twice its one value."""
    found = []
    for one in of_measure(benchmarks, name):
        ends = [end / 100 for end in (one.low, one.value, one.high) if end is not None]
        if ends and one.unit == "percent":
            found.append(Band(one, min(ends), max(ends)))
    return tuple(found)


def _read(path: Path) -> list[Benchmark]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    try:
        return [_benchmark(row) for row in rows]
    except (KeyError, ValueError, AttributeError) as error:
        columns = ", ".join(Benchmark.__dataclass_fields__)
        raise InputError(f"{path} cannot be read as benchmarks: {error!r}. Its columns must be {columns}.") from error


def _benchmark(row: dict[str, str]) -> Benchmark:
    low, value, high = (float(row[name]) if row[name] else None for name in ("low", "value", "high"))
    texts = {name: row[name].strip() for name in Benchmark.__dataclass_fields__ if name not in ("low", "value", "high")}
    return Benchmark(low=low, value=value, high=high, **texts)
