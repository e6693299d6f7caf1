"""Every number that the services know, and the numbers of an answer that none of them knows; the coach has no part in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gtm_pipelines.workbench import Workbench
from tests.integration.coaching.questions import Truth


def numbers_of(bench: Workbench) -> frozenset[str]:
    """Return every number the services know of, as it would be written in either language."""
    return frozenset(_written(bench))


def _written(bench: Workbench) -> Iterator[str]:
    for number in _numbers(bench):
        text = f"{number:.2f}".rstrip("0").rstrip(".")
        yield from (text, text.replace(".", ","))


def _numbers(bench: Workbench) -> Iterator[float]:
    truth = Truth(bench, russian=False)
    campaigns = bench.metrics.campaigns()
    names = {m.name for one in campaigns for m in one.measures}
    rated = [m for one in campaigns for m in one.measures] + [truth.rate(name) for name in names]
    for one in rated:
        yield from (one.numerator, one.denominator, one.floor, one.needed, (one.rate or 0) * 100, one.low * 100, one.high * 100)
    for one in campaigns:
        yield from (value for value in vars(one.funnel).values() if value is not None)
    for table in ("segment_performance", "pack_performance", "deliverability", "experiments"):
        for row in bench.marts.polars(table).to_dicts():
            for name, value in row.items():
                if isinstance(value, (int, float)):
                    yield value * 100 if "rate" in name else value
            yield max(0, 100 - row["delivered"])
            yield max(0, 50 - row["sent"])
            yield row["bounced"] + row.get("refused", 0)
            yield row["sent"] + row.get("refused", 0)
    for known in bench.metrics.benchmarks:
        yield from (end for end in (known.low, known.value, known.high) if end is not None)
        yield from (
            float(digits) for text in (known.source, known.source_date, known.slice) for digits in re.findall(r"\d+", text)
        )
    plan = bench.experiments.plan(lift=2.0)
    yield from (plan.arm, plan.total, plan.rate * 100, plan.lift)
    lights = vars(bench.settings.lights).values()
    yield from (value * 100 for value in lights if isinstance(value, float))
    for box in bench.mailboxes.list():
        yield from (box.day, box.daily_cap)
    people = sum(one.funnel.targets for one in campaigns)
    yield from (people, 9, 95, 100, 0, 2, 0.38)  # nine firms; 2 % and 0.38 % are thresholds of the file of findings


def strange(text: str, known: frozenset[str], bench: Workbench) -> list[str]:
    """Return the numbers of an answer that no service knows."""
    for name in ("cold-email 1.0.0", " v1", *(one.campaign for one in bench.metrics.campaigns())):
        text = text.replace(name, "")
    for one in bench.metrics.benchmarks:
        text = text.replace(one.source_date, "") if "-" in one.source_date else text
    found = re.findall(r"\d[\d\u202f,.]*\d|\d", text)
    plain = [re.sub(r"(?<=\d)[\u202f,](?=\d{3}(?!\d))", "", number) for number in found]
    return [number for number in plain if number not in known]
