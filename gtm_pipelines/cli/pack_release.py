"""``gtm pack new``, ``promote``, ``rollback`` and ``releases``: versions, and which of them counts."""

from __future__ import annotations

import click

from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench
from gtm_pipelines.packs.diff import Step

_why = click.option("--reason", default="", help="Why, for those who read it later.")


@click.command()
@click.argument("name")
@click.option("--step", type=click.Choice(["major", "minor", "patch"]), default="minor", show_default=True,
              help="Which number goes up, where the pack exists.")  # fmt: skip
@click.option("--like", metavar="PACK", help="What a new pack begins as; cold-email if absent.")
def new(name: str, step: Step, like: str | None) -> None:
    """Begin pack NAME, or its next version, as a copy to edit.

    The first version of a new pack counts at once; a next version counts once it is promoted.
    """
    with workbench() as opened:
        made = opened.pack_versions.new(name, step=step, like=like)
        folder, counts = opened.settings.home_path / "prompt_packs" / made.name / made.version, opened.packs.get(made.name)
    named = f"{made.name}@{made.version}"
    click.echo(f"{named} lies in {folder}. Edit it, then: gtm pack lint {named}")
    if counts.version == made.version:
        click.echo(f"It counts at once, as there is no other: new campaigns with --pack {name} take it as it lies there.")
    else:
        click.echo(
            f"New campaigns take {name}@{counts.version} until it is promoted: gtm pack promote {name} {made.version} --by YOU"
        )


@click.command()
@click.argument("name")
@click.argument("version")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--overrule", is_flag=True, help="Though an optimiser's version was not shown to be better; wants a --reason.")
@_why
@by_option("Who decides.")
@json_option
def promote(name: str, version: str, dry_run: bool, overrule: bool, reason: str, by: str, as_json: bool) -> None:
    """Make VERSION of pack NAME the one that new campaigns take, exactly as its files are now."""
    with workbench() as opened:
        if dry_run:
            found = opened.pack_versions.diff(name, None, version)
            broken = [problem for problem in opened.pack_versions.lint(name, version) if problem.severity == "error"]
            click.echo(f"{found.before} → {found.after}: {len(found.changes)} changes, {len(broken)} broken rules.")
            return
        release = opened.promotions.promote(name, version, by=by, reason=reason, overrule=overrule)
    if as_json:
        show_json(release)
        return
    click.echo(f"New campaigns take {name}@{version}. Back to {release.previous_version}: gtm pack rollback {name}")


@click.command()
@click.argument("name")
@click.option("--to", metavar="VERSION", help="An earlier version that counted; the last one before if absent.")
@click.option("--dry-run", is_flag=True, help="Only say which version would count.")
@_why
@by_option("Who decides.")
@json_option
def rollback(name: str, to: str | None, dry_run: bool, reason: str, by: str, as_json: bool) -> None:
    """Go back to the version of pack NAME that counted before, exactly as it was then."""
    with workbench() as opened:
        if dry_run:
            back = to or opened.promotions.back_to(name)
            click.echo(f"New campaigns would take {name}@{back}." if back else f"Nothing was promoted of '{name}'.")
            return
        release = opened.promotions.rollback(name, by=by, reason=reason, to=to)
    if as_json:
        show_json(release)
        return
    click.echo(f"New campaigns take {name}@{release.version} again, in place of {release.previous_version}.")


@click.command()
@click.argument("name", required=False)
@json_option
def releases(name: str | None, as_json: bool) -> None:
    """List who made which version count and why, newest first; of pack NAME or of all."""
    with workbench() as opened:
        found = opened.promotions.releases(name)
        counts = (
            f"{name}@{opened.packs.get(name).version} counts"
            if name and not found
            else "of each pack the highest that is no copy"
        )
    if as_json:
        show_json(found)
        return
    rows = [
        {
            "at": release.created_at, "pack": release.pack, "version": release.version, "action": release.action,
            "instead_of": release.previous_version, "by": release.decided_by.removeprefix("person:"), "reason": release.reason,
        }
        for release in found
    ]  # fmt: skip
    columns = ("at", "pack", "version", "action", "instead_of", "by", "reason")
    show_table(rows, columns, empty=f"Nothing was promoted yet: {counts}. 'gtm pack list' shows the versions and which count.")
