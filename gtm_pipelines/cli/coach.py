"""``gtm coach``: findings, and a coach that answers with the record's own figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gtm_pipelines.cli.output import json_option, show_json, workbench

if TYPE_CHECKING:
    from gtm_pipelines.coaching.model import Finding, Language

_MARKS = {"stop": "STOP", "act": "DO", "watch": "WATCH", "info": "NOTE", "good": "GOOD"}
language_option = click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True, help="Language.")


@click.group()
def command() -> None:
    """Say what the figures mean and what to do; works without any model."""


@command.command()
@click.argument("campaign", required=False)
@language_option
@json_option
def findings(campaign: str | None, language: Language, as_json: bool) -> None:
    """List what rules see in the figures, most pressing first, with evidence, benchmark and advice.

    CAMPAIGN is a name or an id; without it everything is looked at. The rules stand in findings.yaml, and a file of that
    name in the data folder adds to them or replaces them.
    """
    with workbench() as bench:
        found = bench.findings.list(campaign)
        names = bench.findings.book.names
    if as_json:
        show_json({"findings": found})
        return
    if not found:
        click.echo("Nothing to say yet. Send a campaign, collect the replies, then run 'gtm metrics refresh'.")
    from gtm_pipelines.coaching.words import made_of

    for one in found:
        _show(one, language)
        for figure in one.evidence:
            click.echo(f"      {made_of(figure, names, language)}")


def _show(one: Finding, language: Language) -> None:
    click.secho(f"{_MARKS[one.severity] if one.seen else 'WAIT':5} {one.title.said(language)}", bold=True)
    click.echo(f"      {one.advice.said(language)}")
    if one.benchmark:
        click.echo(f"      {'У других' if language == 'ru' else 'Elsewhere'}: {one.benchmark.text.said(language)}")
    if one.seen:
        source = "" if one.effect_source == "unknown" else f" ({one.effect_source})"
        click.echo(f"      {'Чего ждать' if language == 'ru' else 'Effect'}: {one.effect.said(language)}{source}")
