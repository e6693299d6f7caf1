"""``gtm duplicate``: pairs that may be one company or one person."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from gtm_pipelines.cli.output import json_option, progress_bar, show_json, show_table, workbench
from gtm_pipelines.errors import InputError
from gtm_pipelines.matching.model import KINDS, STATUSES, Pair

_KIND = click.Choice(KINDS)
_BY = click.option("--by", required=True, help="The person who decides.")
_NAMES = {"company": "name", "contact": "full_name"}
_COLUMNS = ("id", "score", "older", "newer", "because")


@click.group("duplicate")
def command() -> None:
    """Find probable duplicates; merge them, keep them apart, take a merge back."""


@command.command("find")
@click.option("--kind", type=_KIND, help="Look among companies or contacts only.")
@click.option("--everything", is_flag=True, help="Weigh every pair anew, not only those of changed rows.")
@json_option
def find(kind: str | None, everything: bool, as_json: bool) -> None:
    """Look for pairs that may be one and put them on the list."""
    reports = []
    with workbench() as bench:
        for each in (kind,) if kind else KINDS:
            with progress_bar(f"Comparing {each}", enabled=not as_json) as progress:
                reports.append(bench.matching.find(each, everything=everything, progress=progress))
        waiting = bench.matching.count(kind)
    if as_json:
        show_json({"searches": [asdict(report) for report in reports], "open": waiting})
        return
    for report in reports:
        click.echo(
            f"{report.kind}: {report.changed:,} of {report.rows:,} rows changed, {report.compared:,} pairs weighed, "
            f"{report.proposed:,} proposed, {report.withdrawn:,} withdrawn in {report.seconds:.1f} s"
        )
    click.echo(f"{waiting:,} wait for a person. Next: gtm duplicate list")


@command.command("list")
@click.option("--kind", type=_KIND, default="company", show_default=True)
@click.option("--status", type=click.Choice(STATUSES), default="open", show_default=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--offset", default=0, show_default=True, type=click.IntRange(0))
@json_option
def list_(kind: str, status: str, limit: int, offset: int, as_json: bool) -> None:
    """List pairs, the likeliest first; with --status merged, the merges and their ids."""
    with workbench() as bench:
        if status == "merged":
            _show_merges(bench.matching.merges(kind, limit=limit, offset=offset), as_json)
            return
        pairs = bench.matching.page(kind, status, limit=limit, offset=offset)
        total = bench.matching.count(kind, status=status)
        elsewhere = {other: bench.matching.count(other, status=status) for other in KINDS if other != kind}
    if as_json:
        show_json({"total": total, "limit": limit, "offset": offset, "pairs": pairs})
        return
    empty = f"No {kind} pairs wait. 'gtm duplicate find' looks for more." if status == "open" else f"No {kind} pair is {status}."
    show_table((_line(pair) for pair in pairs), _COLUMNS, empty=empty)
    if pairs:
        click.echo(
            f"{offset + 1}-{offset + len(pairs)} of {total:,}. Next: gtm duplicate merge ID --by YOU, or apart ID --by YOU"
        )
    for other, count in elsewhere.items():
        if count:
            click.echo(
                f"{count:,} {other} pairs: gtm duplicate list --kind {other}"
                + ("" if status == "open" else f" --status {status}")
            )


def _show_merges(found: list[Any], as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    rows = [{**asdict(one), "kept": one.winner_name, "folded in": one.loser_name, "taken back": one.undone_by} for one in found]
    show_table(rows, ("id", "kept", "folded in", "actor", "created_at", "taken back"), empty="Nothing was merged yet.")


@command.command("show")
@click.argument("pair")
@json_option
def show(pair: str, as_json: bool) -> None:
    """Show both rows of PAIR side by side and what speaks for and against."""
    with workbench() as bench:
        found = bench.matching.get(pair)
    if as_json:
        show_json(found)
        return
    click.echo(f"{found.kind}, {found.score:.0%} likely one, {found.status}")
    fields = [name for name in found.left if found.left[name] != found.right.get(name) and name not in _HIDDEN]
    rows = [{"field": name, "older": found.left[name], "newer": found.right.get(name)} for name in ("id", *fields)]
    show_table(rows, ("field", "older", "newer"), empty="")
    click.echo("\nWhat speaks for (+) and against (-), in powers of two")
    show_table((asdict(reason) for reason in found.reasons), ("field", "left", "right", "verdict", "weight"), empty="Nothing.")


_HIDDEN = frozenset({"id", "workspace_id", "batch_id", "session_key", "created_at", "updated_at", "version", "name_key"})


@command.command("merge")
@click.argument("pair")
@click.argument("other", required=False)
@click.option("--kind", type=_KIND, help="What PAIR and OTHER are, where they are ids of rows.")
@click.option("--winner", help="Id of the row that stays; else the one written to, then the fuller, then the older.")
@click.option("--choose", multiple=True, metavar="FIELD=winner|loser", help="Whose value stands in a field; repeatable.")
@_BY
@json_option
def merge(
    pair: str, other: str | None, kind: str | None, winner: str | None, choose: tuple[str, ...], by: str, as_json: bool
) -> None:
    """Make one of a PAIR, or of the rows PAIR and OTHER of --kind. It can be taken back."""
    with workbench() as bench:
        named = (pair, other) if other else pair
        done = bench.matching.merge(named, kind=kind, winner=winner, choices=_choices(choose), by=by)
    if as_json:
        show_json(done)
        return
    click.echo(f"{done.loser_name} ({done.loser_id}) is now {done.winner_name} ({done.winner_id}).")
    rows = [{"field": name, **told} for name, told in done.chosen.items()]
    show_table(rows, ("field", "value", "of", "why", "other"), empty="The two did not differ.")
    click.echo(f"To take it back: gtm duplicate undo {done.id} --by YOU")


def _choices(words: tuple[str, ...]) -> dict[str, str]:
    choices = {}
    for word in words:
        name, found, side = word.partition("=")
        if not found:
            raise InputError(f"--choose wants FIELD=winner or FIELD=loser, not '{word}'.")
        choices[name.strip()] = side.strip()
    return choices


@command.command("apart")
@click.argument("pair")
@click.argument("other", required=False)
@click.option("--kind", type=_KIND, help="What PAIR and OTHER are, where they are ids of rows.")
@_BY
@json_option
def apart(pair: str, other: str | None, kind: str | None, by: str, as_json: bool) -> None:
    """Keep a PAIR apart for good, or the rows PAIR and OTHER of --kind."""
    with workbench() as bench:
        kept = bench.matching.apart((pair, other) if other else pair, kind=kind, by=by)
    if as_json:
        show_json(kept)
    else:
        line = _line(kept)
        click.echo(f"{line['older']} and {line['newer']} stay two and are not proposed again.")


@command.command("undo")
@click.argument("merge_id")
@_BY
@json_option
def undo(merge_id: str, by: str, as_json: bool) -> None:
    """Take a merge back; what changed since, and protection raised since, stays."""
    with workbench() as bench:
        done = bench.matching.undo(merge_id, by=by)
    if as_json:
        show_json(done)
    else:
        click.echo(f"{done.winner_name} ({done.winner_id}) and {done.loser_name} ({done.loser_id}) are two again.")


def _line(pair: Pair) -> dict[str, Any]:
    named = _NAMES[pair.kind]
    because = ", ".join(f"{reason.field} {reason.verdict}" for reason in pair.reasons[:4])
    older, newer = (row.get(named) or row.get("email") or row.get("id") for row in (pair.left, pair.right))
    return {"id": pair.id, "score": f"{pair.score:.0%}", "older": older, "newer": newer, "because": because}
