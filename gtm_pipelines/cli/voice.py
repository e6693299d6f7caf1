"""``gtm voice``: how senders write, learnt from their own mails."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench

_language = click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True, help="Of the mails.")


@click.group()
def command() -> None:
    """Add, show and list samples of how senders write."""


@command.command()
@click.argument("voice")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_language
@by_option("Who adds them.")
@json_option
def add(voice: str, files: tuple[Path, ...], language: str, by: str, as_json: bool) -> None:
    """Add mails to VOICE, one a text FILE; a mailbox writes in the voice of its own name."""
    with workbench() as opened:
        new = opened.voices.add(voice, [path.read_text("utf-8") for path in files], language=language, by=by)
        needed = opened.voices.show(voice, language).needed
    if as_json:
        show_json({"new": new, "needed": needed})
        return
    click.echo(f"{new} new, {len(files) - new} there before.")
    click.echo(f"{needed} more make a style." if needed else f"See it: gtm voice show {voice} --language {language}")


@command.command()
@click.argument("voice")
@_language
@json_option
def show(voice: str, language: str, as_json: bool) -> None:
    """Show what was learnt of VOICE, and from which mails."""
    with workbench() as opened:
        found = opened.voices.show(voice, language)
    if as_json:
        show_json(found)
        return
    click.echo(found.card or f"{found.needed} more mails make a style.")
    rows = ({"id": one.id, "added_by": one.added_by, "begins": one.text[:60]} for one in found.samples)
    show_table(rows, ("id", "added_by", "begins"), empty="")


@command.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List voices with how many mails they were learnt from."""
    with workbench() as opened:
        found = opened.voices.list()
    if as_json:
        show_json(found)
        return
    show_table(
        (asdict(one) for one in found), ("voice", "language", "samples", "latest"), empty="None yet: gtm voice add NAME FILE ..."
    )


@command.command()
@click.argument("sample_id")
@click.confirmation_option(prompt="Remove this sample?")
def remove(sample_id: str) -> None:
    """Remove the sample SAMPLE_ID."""
    with workbench() as opened:
        opened.voices.remove(sample_id)
    click.echo("Removed.")
