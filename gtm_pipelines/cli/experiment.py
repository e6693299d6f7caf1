"""``gtm experiment``: what arms of campaigns came to, what a new experiment needs, whether a deal was kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.output import json_option, show_json, show_table, workbench
from gtm_pipelines.plain import plain

if TYPE_CHECKING:
    from gtm_pipelines.campaigns.dealt import DealCheck
    from gtm_pipelines.metrics.power import Plan
    from gtm_pipelines.metrics.reading import ArmReading, Experiment

NONE_YET = "No campaign with two arms was sent yet. 'gtm experiment plan' says what one needs."
_COLUMNS = ("arm", "positive", "rate", "interval", "against", "chance_better", "harm", "verdict")


@click.group()
def command() -> None:
    """Read and plan experiments: variants and control arms, on positive replies."""


@command.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List experiments with what is known and what to do."""
    with workbench() as opened:
        found = opened.experiments.list()
    if as_json:
        show_json(found)
        return
    rows = [
        {"campaign": e.campaign, "arms": len(e.arms), "delivered": sum(arm.delivered for arm in e.arms)}
        | {"what_is_known": e.headline, "what_to_do": e.advice}
        for e in found
    ]
    show_table(rows, ("campaign", "arms", "delivered", "what_is_known", "what_to_do"), empty=NONE_YET)


@command.command()
@click.argument("campaign")
@json_option
def show(campaign: str, as_json: bool) -> None:
    """Show every arm of CAMPAIGN beside its reference, with harm, chances and verdicts."""
    with workbench() as opened:
        found = opened.experiments.get(campaign)
    if as_json:
        show_json(found)
        return
    click.secho(f"{found.campaign}  {found.pack}", bold=True)
    click.echo(f"{found.headline} {found.advice}")
    for warning in found.warnings:
        click.echo(f"Mind: {warning}")
    show_table(_rows(found), _COLUMNS, empty="")
    click.echo("Verdicts hold however often you look; at most one in twenty experiments without a difference ever calls one.")
    click.echo(f"Figures as of {found.published_at:%Y-%m-%d %H:%M} UTC. 'gtm metrics refresh' brings them up to date.")


@command.command()
@click.option("--lift", default=2.0, show_default=True, help="How many times as many positive replies shall be found.")
@click.option("--power", default=0.8, show_default=True, help="Chance of finding that.")
@click.option("--rate", type=float, help="Positive replies over delivered in the reference; what is known so far if absent.")
@click.option("--arms", default=2, show_default=True, help="Arms in all, the reference among them.")
@click.option("--control-share", type=float, help="Share of people in the control arm; all arms alike if absent.")
@click.option("--monthly", type=click.IntRange(0), help="Messages a month; those of the last thirty days if absent.")
@json_option
def plan(**asked: Any) -> None:
    """Say how many people an experiment needs, and how many months that takes at the present volume."""
    as_json = asked.pop("as_json")
    with workbench() as opened:
        found = opened.experiments.plan(**asked)
    if as_json:
        show_json(found)
        return
    for line in _planned(found):
        click.echo(line)


@command.command()
@click.argument("campaign")
@json_option
@click.pass_context
def check(ctx: click.Context, campaign: str, as_json: bool) -> None:
    """Throw the coins of CAMPAIGN again and say whether everybody is in the arm they were dealt."""
    with workbench() as opened:
        found = opened.campaigns.check_deal(campaign)
    if as_json:
        show_json(plain(found) | {"holds": found.holds})
    else:
        _show_check(found)
    if not found.holds:
        ctx.exit(1)


def _rows(found: Experiment) -> Iterable[Mapping[str, Any]]:
    for arm in found.arms:
        yield {
            "arm": arm.variant,
            "positive": f"{arm.positive} of {arm.delivered}",
            "rate": "–" if arm.positive_rate is None else f"{arm.positive_rate:.2%}",
            "interval": f"{arm.positive_rate_low:.2%} to {arm.positive_rate_high:.2%}",
            "against": "reference" if arm.is_reference else ratio_text(arm),
            "chance_better": "" if arm.chance_better is None else f"{arm.chance_better:.0%}",
            "harm": f"{arm.harmed} ({arm.unsubscribed} unsubscribed, {arm.complained} complained, {arm.bounced} bounced)",
            "verdict": verdict_text(arm),
        }


def ratio_text(arm: ArmReading) -> str:
    """Say how many times as often as the reference an arm is answered with interest."""
    low = f"{arm.ratio_low:.2f}" if arm.ratio_low else "0"
    return f"{low} to {arm.ratio_high:.2f} times" if arm.ratio_high else f"{low} times or more"


def verdict_text(arm: ArmReading) -> str:
    """Say what is known of an arm in a few words."""
    more = f", about {arm.needed:,} more needed" if arm.needed else ""
    words = arm.verdict.replace("_", " ") + (more if arm.verdict in ("not_enough_data", "undecided") else "")
    return f"{words}; more harm" if arm.harm_verdict == "worse" else words


def _planned(found: Plan) -> Iterable[str]:
    yield f"To find {found.lift:g} times a rate of {found.rate:.1%} with a power of {found.power:.0%}:"
    yield f"  {found.arm:,} people in each compared arm, {found.reference:,} in the reference: {found.total:,} in all, delivered."
    yield f"  Half of such experiments are over by {found.typical:,}; one single look at the end would want {found.fixed:,}."
    if found.monthly == 0:
        yield "  At 0 a month it never ends."
    elif found.months is None:
        yield "  Nothing was sent in the last thirty days; say --monthly to learn how long it takes."
    else:
        yield f"  At {found.monthly:,} a month that takes {found.months:.1f} months."
    yield f"At most {found.error:.0%} of experiments without a difference ever call one, however often you look."


def _show_check(found: DealCheck) -> None:
    rows = [{"stratum": stratum} | dict(counts) for stratum, counts in found.arms.items()]
    columns = ("stratum", *sorted({arm for counts in found.arms.values() for arm in counts}))
    show_table(rows, columns, empty="")
    if found.moved:
        click.echo(f"{len(found.moved)} of {found.people} people are not in the arm that seed {found.seed} deals them:")
        for contact in found.moved[:20]:
            click.echo(f"  {contact}")
    elif found.sealed is False:
        click.echo("Every arm is as dealt, but people were taken out of the campaign since: the seal is not the one kept.")
    else:
        sealed = "and agrees with the seal in the audit" if found.sealed else "; it was made before seals were kept"
        click.echo(f"All {found.people} people are in the arm that seed {found.seed} deals them {sealed}.")
