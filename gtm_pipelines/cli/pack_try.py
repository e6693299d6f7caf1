"""``gtm pack render`` and ``gtm pack simulate``: mails that nobody gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.output import json_option, progress_bar, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.packs.model import Side, Simulated

_writer = click.option("--writer", type=click.Choice(["baseline", "model"]), default="baseline", show_default=True,
                       help="baseline merges the templates; model asks language models, and every call counts.")  # fmt: skip


@click.command()
@click.argument("name")
@click.option("--variant", help="The first of the pack's if absent.")
@click.option("--contact", metavar="ID_OR_EMAIL", help="Whom to write to; somebody made up if absent.")
@click.option("--language", default="en", show_default=True, help="Of the made-up person.")
@_writer
@json_option
def render(name: str, variant: str | None, contact: str | None, language: str, writer: str, as_json: bool) -> None:
    """Write one mail of pack NAME, or NAME@VERSION, and show it. Nothing is kept or sent."""
    with workbench() as opened:
        found = opened.pack_versions.render(name, variant, contact=contact, language=language, writer=writer)
    if as_json:
        show_json(found)
        return
    click.echo(f"To {found.sample.name}, variant {found.variant}")
    _mail(found.after)


@click.command()
@click.argument("name")
@click.option("--segment", help="Whose people it is tried on; those that come along if absent.")
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="Most people of the segment.")
@click.option("--variant", "variants", multiple=True, help="Only this one; repeat it.")
@click.option("--full", is_flag=True, help="Show every mail, both versions.")
@_writer
@json_option
def simulate(
    name: str, segment: str | None, limit: int, variants: tuple[str, ...], full: bool, writer: str, as_json: bool
) -> None:
    """Try pack NAME, or NAME@VERSION, on people beside the version that counts. Nothing is kept or sent."""
    with workbench() as opened, progress_bar("Writing", enabled=not as_json) as told:
        found = opened.pack_versions.simulate(name, writer=writer, segment=segment, limit=limit, variants=variants, progress=told)
    if as_json:
        show_json(found)
        return
    if full:
        for pair in found.pairs:
            for version, mail in ((found.before and found.before.version, pair.before), (found.after.version, pair.after)):
                if mail is not None:
                    click.echo(f"\n=== {version}, {pair.variant}, to {pair.sample.name}")
                    _mail(mail)
    sides = [each for each in (found.before, found.after) if each is not None]
    columns = ("version", "written", "refused", "warnings", "words", "subject_characters")
    show_table([_row(each) for each in sides], columns, empty="Nothing was written.")


def _mail(mail: Simulated) -> None:
    if mail.refusal is not None:
        click.echo(f"Refused: {mail.refusal[1]} [{mail.refusal[0]}]")
        return
    click.echo(f"Subject: {mail.subject}\n\n{mail.body}")
    if mail.warnings:
        click.echo(f"Warnings: {', '.join(mail.warnings)}")


def _row(side: Side) -> dict[str, Any]:
    counted = {"version": side.version, "written": side.written}
    spread = {name: "{}, {}, {}".format(*getattr(side, name)) for name in ("words", "subject_characters")}
    return counted | {"refused": _counts(side.refusals), "warnings": _counts(side.warnings)} | spread


def _counts(counts: Any) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"
