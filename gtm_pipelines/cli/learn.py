"""``gtm learn``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from gtm_pipelines.cli.output import json_option, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.drafting.learning.model import Decided


@click.group()
def command() -> None:
    """Turn decisions, edits and replies into examples."""


@command.command()
@click.option("--kind", type=click.Choice(["draft", "judge", "reply"]), help="Only examples of this kind.")
@click.option("--pack", help="Only examples of this pack.")
@click.option("--split", type=click.Choice(["train", "validation", "held_out"]), help="Only examples on this side.")
@click.option("--counts", is_flag=True, help="Count them by kind, pack, language and side.")
@click.option("--whole", is_flag=True, help="Look at every fact again, not only at those since the last change.")
@json_option
def examples(kind: str | None, pack: str | None, split: str | None, counts: bool, whole: bool, as_json: bool) -> None:
    """Bring the examples up to what people decided and what was answered, then list them.

    All examples of a company stand on one side, so that what is learned from some is tried on others.
    """
    with workbench() as opened:
        report = opened.examples.rebuild(whole=whole)
        if counts:
            found = opened.examples.counts()
            chosen = [
                one for one in found if kind in (None, one.kind) and pack in (None, one.pack) and split in (None, one.split)
            ]
            decided = {one.pack: opened.examples.decided(one.pack) for one in chosen if one.kind == "draft"}
        else:
            listed = list(opened.examples.each(kind=kind, pack=pack, split=split))
    if as_json:
        show_json({"report": report, "counts": chosen} if counts else listed)
        return
    click.echo(
        f"{report.looked_at} looked at: {report.added} new, {report.changed} changed, {report.removed} gone, "
        f"{report.moved} moved to another side.\n"
    )
    empty = "No example yet. Approve, edit or reject drafts, and look again."
    if counts:
        columns = ("kind", "pack", "language", "split", "examples", "companies")
        show_table([vars(one) for one in chosen], columns, empty=empty)
        _how(decided)
        return
    rows = [
        {
            "kind": one.kind,
            "side": one.split,
            "pack": f"{one.pack}@{one.pack_version}",
            "variant": one.variant or "",
            "language": one.language,
            "decision": one.labels.get("decision", one.labels.get("person", "")),
            "change": ", ".join((one.labels.get("edit") or {}).get("kinds", ())),
            "worth": one.labels.get("worth", ""),
        }
        for one in listed
    ]
    show_table(rows, tuple(rows[0]) if rows else (), empty=empty)


def _how(decided: Mapping[str, Decided]) -> None:
    """Say how the drafts of each pack were decided."""
    for name, how in sorted(decided.items()):
        click.echo(f"{name}: {how.single} drafts decided one by one, {how.edited} edited, {how.bulk} decided many at a stroke.")
