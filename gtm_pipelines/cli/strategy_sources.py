"""``gtm strategy sources``: the catalogue of data sources, and which of them to use."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from gtm_pipelines.cli.output import json_option, show_json, show_table, workbench


@click.command("sources")
@click.option("--need", multiple=True, metavar="ATTRIBUTE", help="Recommend sources for this, such as technology; repeatable.")
@click.option("--budget", type=click.FloatRange(0), help="With --need: most US dollars a month.")
@click.option("--records", type=click.IntRange(1), default=1_000, show_default=True, help="With --need: records a month.")
@click.option("--country", multiple=True, help="With --need: ISO code of a country; repeatable.")
@json_option
def sources(need: tuple[str, ...], budget: float | None, records: int, country: tuple[str, ...], as_json: bool) -> None:
    """List data sources with what they give and cost, or recommend some for what is needed."""
    with workbench() as bench:
        if not need:
            _catalogue(bench.strategies.sources(), as_json)
            return
        found = bench.strategies.recommend(need, budget_usd=budget, records=records, countries=country)
    if as_json:
        show_json(asdict(found) | {"picks": [{**asdict(each), "source": each.source.name} for each in found.picks]})
        return
    rows = [
        {"source": each.source.title, "covers": ", ".join(each.covers), "because": "; ".join(each.reasons[1:])}
        for each in found.picks
    ]
    show_table(rows, ("source", "covers", "because"), empty="Nothing within the budget gives any of it.")
    click.echo(f"About {found.monthly_usd:,.2f} US dollars a month, as far as prices are known.")
    if found.uncovered:
        click.echo(f"Nobody within the budget gives: {', '.join(found.uncovered)}.")


def _catalogue(found: Any, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    rows = [
        {
            "name": each.name, "gives": ", ".join(each.gives), "cost": each.cost.text,
            "told by": each.cost.source or "nobody we found", "read on": each.cost.read_on, "confidence": each.cost.confidence,
        }
        for each in found
    ]  # fmt: skip
    show_table(rows, ("name", "gives", "cost", "told by", "read on", "confidence"), empty="The catalogue is empty.")
