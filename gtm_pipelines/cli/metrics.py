"""``gtm metrics``: funnels, rates with intervals and lights, from the published marts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.output import json_option, progress_bar, show_json, show_table, workbench
from gtm_pipelines.plain import plain

if TYPE_CHECKING:
    from gtm_pipelines.metrics.model import Benchmark, CampaignMetrics, Measure

NO_CAMPAIGN = "No campaign yet. Create one with 'gtm campaign create', then run 'gtm metrics refresh'."
_UP_TO_DATE = "Figures as of {:%Y-%m-%d %H:%M} UTC. 'gtm metrics refresh' brings them up to date."


@click.group()
def command() -> None:
    """Show funnels, rates with intervals, and lights."""


@command.command()
@click.argument("campaign", required=False)
@json_option
def show(campaign: str | None, as_json: bool) -> None:
    """Show the funnel, the rates with their 95 % intervals, the light and what others report.

    CAMPAIGN is a name or an id; without it every campaign is shown.
    """
    with workbench() as opened:
        found = [opened.metrics.campaign(campaign)] if campaign else opened.metrics.campaigns()
    if as_json:
        shown = [_as_json(metrics) for metrics in found]
        show_json(shown[0] if campaign else shown)
        return
    if not found:
        click.echo(NO_CAMPAIGN)
        return
    for metrics in found:
        _show_campaign(metrics)
    click.echo(_UP_TO_DATE.format(found[0].published_at))


@command.command()
@json_option
def lights(as_json: bool) -> None:
    """List every campaign's light, why it shows it and what to do next."""
    with workbench() as opened:
        found = opened.metrics.campaigns()
    if as_json:
        show_json([{"campaign": m.campaign, "campaign_id": m.campaign_id} | plain(m.light) for m in found])
        return
    rows = [
        {
            "campaign": m.campaign,
            "light": m.light.colour,
            "meaning": m.light.headline,
            "what_to_do": m.light.advice,
            "because": "; ".join(m.light.reasons),
        }
        for m in found
    ]
    show_table(rows, ("campaign", "light", "meaning", "what_to_do", "because"), empty=NO_CAMPAIGN)


@command.command()
@click.option("--rebuild", is_flag=True, help="Delete the warehouse first and copy everything, as after a restore.")
@json_option
def refresh(rebuild: bool, as_json: bool) -> None:
    """Copy what is new in the record into the warehouse and publish every mart."""
    with workbench() as opened, progress_bar("Refreshing figures") as progress:
        report = opened.metrics.refresh(rebuild=rebuild, progress=progress)
    if as_json:
        show_json(report)
        return
    rows = [{"mart": mart.name, "rows": mart.rows, "seconds": f"{mart.seconds:.2f}"} for mart in report.marts]
    show_table(rows, ("mart", "rows", "seconds"), empty="")
    click.echo(f"{sum(report.copied.values())} rows read from the record, {len(rows)} marts published, {report.seconds:.1f} s.")


def _as_json(metrics: CampaignMetrics) -> dict[str, Any]:
    """Add what is computed from the stored figures: whether a rate is judged, and how much is missing."""
    document: dict[str, Any] = plain(metrics)
    document["measures"] = [plain(m) | {"enough": m.enough, "needed": m.needed} for m in metrics.measures]
    document["light"].pop("measures")
    return document


def _show_campaign(metrics: CampaignMetrics) -> None:
    from gtm_pipelines.metrics.benchmarks import of_measure

    light = metrics.light
    click.secho(f"{metrics.campaign} ({metrics.status})", bold=True, nl=False)
    click.echo(f"  {metrics.segment}, {metrics.pack}")
    click.echo(f"{light.colour}: {light.headline} {light.advice}")
    for reason in light.reasons:
        click.echo(f"  {reason}")
    click.echo("  " + " > ".join(f"{name} {count}" for name, count in metrics.funnel.steps()))
    for line in metrics.funnel.explained():
        click.echo(f"  {line}")
    show_table(_rates(metrics), ("rate", "value", "interval", "of", "judged"), empty="")
    click.echo("Elsewhere:")
    for rate in metrics.measures:
        for known in of_measure(metrics.benchmarks, rate.name):
            click.echo(f"  {_named(rate)} {_benchmark(known)}")
    click.echo("")


def _rates(metrics: CampaignMetrics) -> Iterable[Mapping[str, Any]]:
    for rate in metrics.measures:
        yield {
            "rate": _named(rate),
            "value": "–" if rate.rate is None else f"{rate.rate:.2%}",
            "interval": f"{rate.low:.2%} to {rate.high:.2%}" if rate.denominator else "–",
            "of": f"{rate.numerator} of {rate.denominator}",
            "judged": _judged(rate),
        }


def _named(rate: Measure) -> str:
    return rate.name.replace("_", " ")


def _judged(rate: Measure) -> str:
    return "yes" if rate.enough else f"not enough data, {rate.needed} more needed"


def _benchmark(known: Benchmark) -> str:
    figure = f"{known.value:g} %" if known.value is not None else f"{known.low:g} to {known.high:g} %"
    dated = f" {known.source_date}" if known.source_date else ""
    return f"{figure} {known.slice.replace('_', ' ')} ({known.source}{dated}, confidence {known.confidence.replace('_', ' ')})"
