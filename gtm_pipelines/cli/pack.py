"""``gtm pack``: what packs there are and what is in them. Other modules check, try, better and promote them."""

from __future__ import annotations

import click

from gtm_pipelines.cli.output import json_option, show_json, show_table, workbench
from gtm_pipelines.cli.pack_check import diff, lint
from gtm_pipelines.cli.pack_optimise import attempts, optimise
from gtm_pipelines.cli.pack_release import new, promote, releases, rollback
from gtm_pipelines.cli.pack_try import render, simulate


@click.group()
def command() -> None:
    """Read, check, try, better and promote prompt packs."""


@command.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List packs, which version counts, and the trouble of those that cannot be used."""
    with workbench() as opened:
        packs = opened.packs.list()
    if as_json:
        show_json(packs)
        return
    rows = [
        {
            "pack": info.name,
            "version": info.version,
            "counts": "yes, but its folder changed" if info.changed else "yes" if info.current else "",
            "kind": info.kind,
            "title": info.title,
            "variants": ", ".join(info.variants),
            "languages": ", ".join(info.languages),
            "problems": "\n".join(str(problem) for problem in info.problems),
        }
        for info in packs
    ]
    columns = ("pack", "version", "counts", "kind", "title", "variants", "languages", "problems")
    show_table(rows, columns, empty="No pack found. Put one into the prompt_packs folder as NAME/VERSION/pack.md.")


@command.command()
@click.argument("name")
@click.option("--version", help="A version; the one that counts if absent.")
@json_option
def show(name: str, version: str | None, as_json: bool) -> None:
    """Show one pack: variables, templates, footers and instructions. NAME@VERSION names a version too."""
    with workbench() as opened:
        pack = opened.packs.get(name, version)
    if as_json:
        templates = [
            {"variant": t.variant, "language": t.language, "subject": t.subject, "body": t.body} for t in pack.templates.values()
        ]
        named = {"name": pack.name, "version": pack.version, "kind": pack.kind, "content_hash": pack.content_hash}
        parts = {"templates": templates, "parts": pack.parts, "examples": pack.examples, "compiled": pack.compiled}
        show_json({**named, "manifest": pack.manifest, **parts, "notes": pack.notes})
        return
    manifest = pack.manifest
    click.echo(f"{pack.name}/{pack.version}: {manifest.title}\n{manifest.description}\n{manifest.purpose}\n")
    variables = [
        {"variable": key, "source": item.source, "required": "yes" if item.required else "no", "description": item.description}
        for key, item in manifest.variables.items()
    ]
    show_table(variables, ("variable", "source", "required", "description"), empty="It has no variables.")
    for template in pack.templates.values():
        click.echo(f"\n--- {template.variant}, {template.language}\nSubject: {template.subject}\n\n{template.body}")
    for point, item in pack.rubric.items():
        click.echo(f"\n--- {point}: {item.measures}, weight {item.weight:g}\n{item.question}")
    for part, text in pack.parts.items():
        click.echo(f"\n--- parts/{part}.md: {pack.heads[part].purpose}\n\n{text}")
    for example in pack.examples:
        click.echo(f"\n--- examples/{example.name}.{example.language}.md ({example.head.verdict}): {example.head.shows}")
    if pack.compiled:
        click.echo(f"\n--- compiled.json: {', '.join(pack.compiled['programs'])}")


for other in (lint, diff, render, simulate, new, promote, rollback, releases, optimise, attempts):
    command.add_command(other)
