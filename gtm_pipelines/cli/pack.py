"""``gtm pack``."""

from __future__ import annotations

import click

from gtm_pipelines.cli.output import json_option, show_json, show_table, workbench


@click.group()
def command() -> None:
    """List and show prompt packs."""


@command.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List packs, with the trouble of those that cannot be used."""
    with workbench() as opened:
        packs = opened.packs.list()
    if as_json:
        show_json(packs)
        return
    rows = [
        {
            "pack": info.name,
            "version": info.version,
            "title": info.title,
            "variants": ", ".join(info.variants),
            "languages": ", ".join(info.languages),
            "problems": "\n".join(str(problem) for problem in info.problems),
        }
        for info in packs
    ]
    columns = ("pack", "version", "title", "variants", "languages", "problems")
    show_table(rows, columns, empty="No pack found. Put one into the prompt_packs folder as NAME/VERSION/pack.md.")


@command.command()
@click.argument("name")
@click.option("--version", help="An earlier version; the newest if absent.")
@json_option
def show(name: str, version: str | None, as_json: bool) -> None:
    """Show one pack: variables, templates and footers. NAME@VERSION names a version too."""
    with workbench() as opened:
        pack = opened.packs.get(name, version)
    if as_json:
        templates = [
            {"variant": t.variant, "language": t.language, "subject": t.subject, "body": t.body} for t in pack.templates.values()
        ]
        shown = {"name": pack.name, "version": pack.version, "content_hash": pack.content_hash}
        show_json(shown | {"manifest": pack.manifest, "templates": templates, "notes": pack.notes})
        return
    click.echo(f"{pack.name}/{pack.version}: {pack.manifest.title}\n{pack.manifest.description}\n")
    variables = [
        {"variable": key, "source": item.source, "required": "yes" if item.required else "no", "description": item.description}
        for key, item in pack.manifest.variables.items()
    ]
    show_table(variables, ("variable", "source", "required", "description"), empty="It has no variables.")
    for template in pack.templates.values():
        click.echo(f"\n--- {template.variant}, {template.language}\nSubject: {template.subject}\n\n{template.body}")
