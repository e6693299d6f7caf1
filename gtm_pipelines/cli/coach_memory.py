"""``gtm coach memory``: what the coach believes about you, to see, change and forget."""

from __future__ import annotations

import click

from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench

_SUBJECTS = ("stage", "goal", "offer", "audience", "tool", "language", "note")


@click.group("memory")
def command() -> None:
    """See, set and forget what the coach believes about you."""


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List what the coach believes, where it has each from, and since when."""
    with workbench() as bench:
        found = bench.memory.beliefs()
    if as_json:
        show_json({"beliefs": found})
        return
    rows = [{"id": one.id, "about": one.subject, "what": one.value, "from": one.source, "since": one.updated_at} for one in found]
    empty = "Nothing yet. Tell it with 'gtm coach memory set goal \"ten meetings a month\"'."
    show_table(rows, ("id", "about", "what", "from", "since"), empty=empty)


@command.command("set")
@click.argument("subject", type=click.Choice(_SUBJECTS))
@click.argument("value")
@by_option("Who says so.")
@json_option
def set_(subject: str, value: str, by: str, as_json: bool) -> None:
    """Have the coach remember VALUE; of stage, offer, audience and language the new one replaces the old."""
    with workbench() as bench:
        made = bench.memory.set(subject, value, by=by)
    if as_json:
        show_json(made)
    else:
        click.echo(f"Remembered: {made.subject}: {made.value}")


@command.command("forget")
@click.argument("subject_or_id")
@by_option("Who says so.")
@click.option("--dry-run", is_flag=True, help="Show what would be forgotten, and stop.")
@json_option
def forget(subject_or_id: str, by: str, dry_run: bool, as_json: bool) -> None:
    """Forget one thing by its id, or everything of a subject."""
    with workbench() as bench:
        held = [one for one in bench.memory.beliefs() if subject_or_id in (one.id, one.subject)]
        count = len(held) if dry_run else bench.memory.forget(subject_or_id, by=by)
    if as_json:
        show_json({"forgotten": count, "dry_run": dry_run})
    else:
        click.echo(f"{count} {'would be' if dry_run else 'are'} forgotten.")


@command.command("forget-chat")
@click.argument("chat_id")
@by_option("Who says so.")
@click.confirmation_option(prompt="Delete this talk for good?")
def forget_chat(chat_id: str, by: str) -> None:
    """Delete a talk with all that was said in it."""
    with workbench() as bench:
        bench.memory.forget_chat(chat_id, by=by)
    click.echo("Deleted.")
