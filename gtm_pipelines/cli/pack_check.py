"""``gtm pack lint`` and ``gtm pack diff``."""

from __future__ import annotations

import sys

import click

from gtm_pipelines.cli.output import json_option, show_json, workbench

BROKEN = 65
"""Exit code where a rule is broken: the input has to be mended."""


@click.command()
@click.argument("names", nargs=-1)
@json_option
def lint(names: tuple[str, ...], as_json: bool) -> None:
    """Check packs against every rule: NAME, NAME@VERSION, or all versions if none is named.

    Ends with 65 if a pack breaks a rule; advice alone ends with 0.
    """
    with workbench() as opened:
        wanted = names or tuple(f"{info.name}@{info.version}" for info in opened.packs.list())
        found = {name: opened.pack_versions.lint(name) for name in wanted}
    problems = [(name, problem) for name, each in found.items() for problem in each]
    broken = any(problem.severity == "error" for _, problem in problems)
    if as_json:
        keys = ("rule", "severity", "where", "text", "hint")
        show_json([{"pack": name} | {key: getattr(problem, key) for key in keys} for name, problem in problems])
    else:
        for name in wanted:
            click.echo(f"{name}: {len(found[name]) or 'nothing'} to mend")
            for problem in found[name]:
                click.echo(f"  {problem.severity}: {problem}\n    {problem.hint}")
    if broken:
        sys.exit(BROKEN)


@click.command()
@click.argument("name")
@click.argument("versions", nargs=-1, metavar="[FROM [TO]]")
@click.option("--from", "before", metavar="VERSION", help="The same as FROM.")
@click.option("--to", "after", metavar="VERSION", help="The same as TO.")
@json_option
def diff(name: str, versions: tuple[str, ...], before: str | None, after: str | None, as_json: bool) -> None:
    """Show what changed between two versions of pack NAME.

    FROM is the version that counts if absent, TO the highest; where these are one and the same, it is held against the
    version before it.
    """
    if len(versions) > 2 or (versions and (before or after)):
        raise click.UsageError(f"Name two versions at most, once: gtm pack diff {name} FROM TO.")
    before, after = (*versions, None, None)[:2] if versions else (before, after)
    with workbench() as opened:
        found = opened.pack_versions.diff(name, before, after)
    if as_json:
        show_json(found)
        return
    if found.before == found.after:
        click.echo(f"{found.after} is held against itself. 'gtm pack list' shows which versions there are.")
        return
    if found.step is None:
        click.echo(f"{found.before} and {found.after} say the same.")
        return
    click.echo(f"{found.before} → {found.after}: calls for a {found.step} step")
    for change in found.changes:
        click.echo(f"\n{change.sort} {change.what}{f' {change.name}' if change.name else ''}")
        for line in change.lines:
            if not line.startswith("  "):
                click.echo(f"  {line}")
