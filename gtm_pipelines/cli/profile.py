"""``gtm profile``: how people had the columns of files read."""

from __future__ import annotations

import click

from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench
from gtm_pipelines.intake.model import Kind

_KIND = click.Choice(["company", "contact"])
kind_option = click.option("--kind", type=_KIND, help="What the files hold; needed where both kinds have the name.")


@click.group("profile")
def command() -> None:
    """List, show and delete how columns of files are read; 'gtm contact import --save-profile NAME' makes one."""


@command.command("list")
@click.option("--kind", type=_KIND, help="Only those for files that hold this.")
@json_option
def list_(kind: Kind | None, as_json: bool) -> None:
    """List the profiles."""
    with workbench() as bench:
        found = bench.intake.profiles.all(kind)
    if as_json:
        show_json({"profiles": found})
        return
    rows = [
        {"name": p.name, "kind": p.kind, "columns": len(p.columns), "saved": p.updated_at, "last_used": p.used_at} for p in found
    ]
    empty = "No profile yet. Import a file with --save-profile NAME to remember how its columns are read."
    show_table(rows, ("name", "kind", "columns", "saved", "last_used"), empty=empty)


@command.command("show")
@click.argument("name")
@kind_option
@json_option
def show(name: str, kind: Kind | None, as_json: bool) -> None:
    """Show which column becomes which field."""
    with workbench() as bench:
        found = bench.intake.profiles.get(name, kind)
    if as_json:
        show_json(found)
        return
    click.echo(f"{found.name}, for files of {found.kind} rows, by {found.created_by}:")
    rows = [{"column": column, "field": field} for column, field in found.columns.items()]
    show_table(rows, ("column", "field"), empty="It names no column.")


@command.command("delete")
@click.argument("name")
@kind_option
@by_option("Who deletes it.")
@click.option("--dry-run", is_flag=True, help="Show which profile it is, and stop.")
@json_option
def delete(name: str, kind: Kind | None, by: str, dry_run: bool, as_json: bool) -> None:
    """Forget a profile; what was imported by it stays."""
    with workbench() as bench:
        profiles = bench.intake.profiles
        found = profiles.get(name, kind) if dry_run else profiles.delete(name, kind, by=by)
    if as_json:
        show_json({"profile": found, "deleted": not dry_run})
    else:
        click.echo(f"Profile '{found.name}' for {found.kind} files {'would be' if dry_run else 'is'} deleted.")
