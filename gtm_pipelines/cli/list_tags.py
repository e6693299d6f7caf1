"""``gtm company|contact tag``, ``untag`` and ``tags``."""

from __future__ import annotations

import click

from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench
from gtm_pipelines.intake.model import Kind


def tag_commands(kind: Kind, plural: str) -> tuple[click.Command, ...]:
    """Build the commands that put tags on one kind of list, take them off, count them and undo."""
    return (
        _change_command(kind, "tag", f"Put tag NAME on {plural}, by id or key, or on a whole segment."),
        _change_command(kind, "untag", f"Take tag NAME off {plural}, by id or key, or off a whole segment."),
        _undo_command(),
        _count_command(kind, plural),
    )


def _change_command(kind: Kind, verb: str, text: str) -> click.Command:
    @click.command(verb, help=text)
    @click.argument("name")
    @click.argument("keys", nargs=-1)
    @click.option("--segment", help="Everybody this segment matches now.", hidden=kind == "company")
    @by_option("Who does it.")
    @json_option
    def run(name: str, keys: tuple[str, ...], segment: str | None, by: str, as_json: bool) -> None:
        with workbench() as bench:
            act = bench.tags.tag if verb == "tag" else bench.tags.untag
            report = act(kind, name, keys, segment=segment, by=by)
        if as_json:
            show_json(report)
            return
        done, before = ("tagged", "tagged before") if verb == "tag" else ("untagged", "not tagged")
        click.echo(f"{report.changed:,} {done} '{report.name}', {report.unchanged:,} {before}.")
        if report.changed:
            click.echo(f"Undo: gtm {kind} tag-undo {report.act}")

    return run


def _undo_command() -> click.Command:
    @click.command("tag-undo", help="Take back one act of tagging, named by what it printed.")
    @click.argument("act")
    @by_option("Who does it.")
    @json_option
    def run(act: str, by: str, as_json: bool) -> None:
        with workbench() as bench:
            report = bench.tags.undo(act, by=by)
        if as_json:
            show_json(report)
        else:
            click.echo(f"'{report.name}': {report.changed:,} put back as they were, {report.unchanged:,} had changed since.")

    return run


def _count_command(kind: Kind, plural: str) -> click.Command:
    @click.command("tags", help=f"List the tags of {plural}, with how many bear each.")
    @json_option
    def run(as_json: bool) -> None:
        with workbench() as bench:
            rows = [{"tag": name, plural: count} for name, count in bench.tags.counts(kind)]
        if as_json:
            show_json(rows)
        else:
            show_table(rows, ("tag", plural), empty=f"No tag yet. Put one on: gtm {kind} tag NAME KEY")

    return run
