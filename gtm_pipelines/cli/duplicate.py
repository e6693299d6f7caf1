"""``gtm duplicate``: pairs that may be one company or one person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

import click

from gtm_pipelines.cli.output import by_option, json_option, progress_bar, show_json, show_table, workbench
from gtm_pipelines.errors import InputError
from gtm_pipelines.matching.model import KINDS, STATUSES, Pair

_Command = TypeVar("_Command", bound=Callable[..., Any])
_KIND = click.Choice(KINDS)
_BY = by_option("The person who decides.")
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
@click.option("--kind", type=_KIND, help="List companies or contacts only.")
@click.option("--status", type=click.Choice(STATUSES), default="open", show_default=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--offset", default=0, show_default=True, type=click.IntRange(0))
@json_option
def list_(kind: str | None, status: str, limit: int, offset: int, as_json: bool) -> None:
    """List pairs of both kinds, the likeliest first; with --status merged, the merges and their ids."""
    kinds = (kind,) if kind else KINDS
    with workbench() as bench:
        if status == "merged":
            merged = bench.matching.merges(kind, limit=limit, offset=offset)
            paging = {"total": bench.matching.count_merges(kind), "limit": limit, "offset": offset}
            _show_merges(merged, paging, as_json)
            return
        totals = {each: bench.matching.count(each, status=status) for each in kinds}
        found = {each: bench.matching.page(each, status, limit=limit, offset=offset) for each in kinds}
    if as_json:
        pairs = [pair for each in kinds for pair in found[each]]
        show_json({"total": sum(totals.values()), "totals": totals, "limit": limit, "offset": offset, "pairs": pairs})
        return
    for each in kinds:
        _show_pairs(each, found[each], totals[each], offset, status)


def _show_pairs(kind: str, pairs: list[Pair], total: int, offset: int, status: str) -> None:
    empty = f"No {kind} pairs wait. 'gtm duplicate find' looks for more." if status == "open" else f"No {kind} pair is {status}."
    show_table((_line(pair) for pair in pairs), _COLUMNS, empty=empty)
    if pairs:
        click.echo(
            f"{kind}: {offset + 1}-{offset + len(pairs)} of {total:,}. "
            "Next: gtm duplicate merge ID --by YOU, or apart ID --by YOU\n"
        )


def _show_merges(found: list[Any], paging: dict[str, int], as_json: bool) -> None:
    if as_json:
        show_json({**paging, "merges": found})
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


def _many(told: str) -> Callable[[_Command], _Command]:
    """Return the options of a decision about many pairs."""

    def add(function: _Command) -> _Command:
        for option in (
            click.option(
                "--above", type=click.FloatRange(0.5, 1), metavar="SCORE", help=f"{told} every pair of this score or more."
            ),
            click.option("--dry-run", is_flag=True, help="With --above: only say how many and show the least likely."),
            click.option("--yes", is_flag=True, help="With --above: do not ask."),
        ):
            function = option(function)
        return function

    return add


def _decide_many(decision: Any, kind: str | None, above: float, by: str, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    if kind is None:
        raise InputError("Say which pairs: --kind company or --kind contact.")
    with workbench() as bench:
        pairs = bench.matching.likely(kind, above)
        if dry_run or not yes:
            shown = [bench.matching.get(each) for each in pairs[-_LEAST:]]
            if dry_run and as_json:
                show_json({"pairs": len(pairs), "least_likely": shown})
                return
            click.echo(f"{len(pairs):,} {kind} pairs of {above:.0%} or more; the least likely of them:")
            show_table((_line(pair) for pair in shown), _COLUMNS, empty="None.")
            if dry_run or not pairs:
                return
            click.confirm(f"{'Merge' if decision == 'merge' else 'Keep apart'} all {len(pairs):,}?", abort=True)
        with progress_bar("Deciding", enabled=not as_json) as progress:
            report = bench.matching.decide_many(kind, pairs, decision, by=by, progress=progress)
    if as_json:
        show_json(report)
        return
    click.echo(
        f"{report.done:,} {'merged' if decision == 'merge' else 'kept apart'}, {report.already:,} were decided or one already, "
        f"{report.kept_apart:,} left, since a person keeps them apart."
    )
    click.echo(f"To take all of it back: gtm duplicate undo {report.act} --by YOU")


_LEAST = 5


@command.command("merge")
@click.argument("pair", required=False)
@click.argument("other", required=False)
@_many("Merge")
@click.option("--kind", type=_KIND, help="What PAIR and OTHER are, where they are ids of rows.")
@click.option("--winner", help="Id of the row that stays; else the one written to, then the fuller, then the older.")
@click.option("--choose", multiple=True, metavar="FIELD=winner|loser", help="Whose value stands in a field; repeatable.")
@click.option("--anyway", is_flag=True, help="Merge the two even if a person keeps them apart.")
@_BY
@json_option
def merge(
    pair: str | None, other: str | None, above: float | None, dry_run: bool, yes: bool, kind: str | None, winner: str | None,
    choose: tuple[str, ...], anyway: bool, by: str, as_json: bool,
) -> None:  # fmt: skip
    """Make one of a PAIR, of the rows PAIR and OTHER of --kind, or of each pair --above a score. It can be taken back."""
    if above is not None and pair is None:
        if anyway:
            raise InputError("--anyway is for one pair. Many are never merged over a person's word.")
        _decide_many("merge", kind, above, by, dry_run=dry_run, yes=yes, as_json=as_json)
        return
    if pair is None:
        raise InputError("Name a pair, or all of a score: gtm duplicate merge --above 0.99 --kind company --dry-run --by YOU")
    with workbench() as bench:
        named = (pair, other) if other else pair
        done = bench.matching.merge(named, kind=kind, winner=winner, choices=_choices(choose), anyway=anyway, by=by)
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
@click.argument("pair", required=False)
@click.argument("other", required=False)
@_many("Keep apart")
@click.option("--kind", type=_KIND, help="What PAIR and OTHER are, where they are ids of rows.")
@_BY
@json_option
def apart(
    pair: str | None, other: str | None, above: float | None, dry_run: bool, yes: bool, kind: str | None, by: str, as_json: bool
) -> None:
    """Keep a PAIR apart for good, the rows PAIR and OTHER of --kind, or each pair --above a score."""
    if above is not None and pair is None:
        _decide_many("apart", kind, above, by, dry_run=dry_run, yes=yes, as_json=as_json)
        return
    if pair is None:
        raise InputError("Name a pair, or all of a score: gtm duplicate apart --above 0.9 --kind contact --dry-run --by YOU")
    with workbench() as bench:
        kept = bench.matching.apart((pair, other) if other else pair, kind=kind, by=by)
    if as_json:
        show_json(kept)
    else:
        line = _line(kept)
        click.echo(f"{line['older']} and {line['newer']} stay two and are not proposed again.")


@command.command("undo")
@click.argument("merge_id", metavar="ID")
@_BY
@json_option
def undo(merge_id: str, by: str, as_json: bool) -> None:
    """Take back a merge, all of one --above, or that a pair is kept apart; what changed since, and protection, stays."""
    with workbench() as bench:
        if bench.matching.is_pair(merge_id):
            _ask_again(bench.matching.ask_again(merge_id, by=by), as_json)
            return
        if bench.matching.is_many(merge_id):
            with progress_bar("Taking back", enabled=not as_json) as progress:
                report = bench.matching.undo_many(merge_id, by=by, progress=progress)
            show_json(report) if as_json else click.echo(
                f"{report.done:,} taken back; {report.already:,} were before, or a later merge builds on them."
            )
            return
        done = bench.matching.undo(merge_id, by=by)
    if as_json:
        show_json(done)
    else:
        click.echo(f"{done.winner_name} ({done.winner_id}) and {done.loser_name} ({done.loser_id}) are two again.")


def _ask_again(pair: Pair, as_json: bool) -> None:
    if as_json:
        show_json(pair)
        return
    line = _line(pair)
    click.echo(f"{line['older']} and {line['newer']} are asked about again: gtm duplicate show {pair.id}")


def _line(pair: Pair) -> dict[str, Any]:
    named = _NAMES[pair.kind]
    because = ", ".join(f"{reason.field} {reason.verdict}" for reason in pair.reasons[:4])
    older, newer = (row.get(named) or row.get("email") or row.get("id") for row in (pair.left, pair.right))
    return {"id": pair.id, "score": f"{pair.score:.0%}", "older": older, "newer": newer, "because": because}
