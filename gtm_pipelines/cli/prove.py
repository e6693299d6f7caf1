"""``gtm prove``: promises shown by experiment, in a folder of their own."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from gtm_pipelines.cli.output import json_option, progress_bar, show_json


@click.group("prove")
def command() -> None:
    """Prove promises by experiment. Nothing of yours is touched: each has a folder of its own."""


@command.command("send")
@click.option("--kills", default=100, show_default=True, type=click.IntRange(0), help="How often the sender is killed.")
@click.option("--messages", default=3000, show_default=True, type=click.IntRange(1), help="How many mails are sent.")
@click.option("--seed", default=1, show_default=True, help="Seed of the moments at which it is killed.")
@click.option("--record-url", help="Use this empty PostgreSQL database instead of SQLite.")
@click.option(
    "--look-up/--no-look-up",
    default=True,
    show_default=True,
    help="Settle at the end what may have left, by the mail server's own ledger; without it, it is only listed.",
)
@json_option
def send(kills: int, messages: int, seed: int, record_url: str | None, look_up: bool, as_json: bool) -> None:
    """Kill the sender with SIGKILL at random moments; nothing may arrive twice or be lost."""
    from gtm_pipelines.log import configure_logging
    from gtm_pipelines.proof.soak import soak

    configure_logging("error")
    with tempfile.TemporaryDirectory(prefix="gtm-prove-") as folder, progress_bar("Kills", enabled=not as_json) as progress:
        report = soak(
            Path(folder), messages=messages, kills=kills, seed=seed, record_url=record_url, look_up=look_up, progress=progress
        )
    if as_json:
        show_json(asdict(report) | {"holds": report.holds})
    else:
        for name, value in asdict(report).items():
            click.echo(f"{name.replace('_', ' '):<18}{value:>10}")
        click.echo("The promise holds." if report.holds else "The promise is BROKEN.")
    if not report.holds:
        sys.exit(1)
