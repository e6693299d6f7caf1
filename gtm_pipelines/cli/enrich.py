"""``gtm enrich``: facts from sources: what would be asked, the asking, what it cost, and who is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.enrich_insights import insights
from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench
from gtm_pipelines.cli.screen import bare_errors
from gtm_pipelines.errors import SettingsError

if TYPE_CHECKING:
    from gtm_pipelines.enrichment.decide import Conflict
    from gtm_pipelines.enrichment.forecast import Forecast
    from gtm_pipelines.enrichment.research import Order
    from gtm_pipelines.enrichment.runs import RunProgress, RunReport

KINDS = click.Choice(["company", "contact"])
GROUPS = {"source": "source", "run": "run_id", "status": "status", "error": "error_code", "month": "month"}
NO_SOURCE = (
    "No source is switched on. Add [enrichment.sources.NAME] with enabled = true to gtm.toml; 'gtm enrich sources' lists them."
)
_KIND = click.option("--kind", type=KINDS, default="company", show_default=True)
_BY = by_option("The person who decides.")


def _ordered(command: Any) -> Any:
    """Add the options that say about whom and for what."""
    options = (
        _KIND,
        click.option("--field", "fields", multiple=True, help="A field to look for; repeatable. All of the plan if absent."),
        click.option("--id", "ids", multiple=True, help="Id of one company or contact; repeatable."),
        click.option("--segment", help="Only the people of this segment, or the companies they work at."),
        click.option("--limit", type=click.IntRange(1), help="So many at most, of whom something is missing."),
        click.option("--ceiling", type=click.FloatRange(0), help="Most US dollars for this run."),
        click.option("--anew", is_flag=True, help="Ask also for what is known and was answered lately."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group("enrich")
def command() -> None:
    """Look for facts about companies and people, and settle whom to believe."""


command.add_command(insights)


@command.command("sources")
@json_option
def sources(as_json: bool) -> None:
    """List the sources, whether they are switched on and have their key, and what a look-up costs."""
    with workbench() as bench:
        rows: list[dict[str, Any]] = [
            {
                "source": one.source.name, "on": one.enabled, "key": one.key, "section": one.section, "from": one.origin,
                "subjects": sorted(one.source.subjects), "fields": sorted(one.source.fields), "per_ask": one.source.price.per_ask,
                "per_hit": one.source.price.per_hit, "rank": one.rank,
            }
            for one in bench.research.sources()
        ]  # fmt: skip
    if as_json:
        show_json(rows)
        return
    shown = [
        row
        | {
            "on": "yes" if row["on"] else "no",
            "price": _price(row["per_ask"], row["per_hit"]),
            "fields": ", ".join(row["fields"]),
        }
        for row in rows
    ]
    show_table(shown, ("source", "on", "key", "price", "fields", "section", "from"), empty="There are no sources.")


@command.command("plan")
@_ordered
@json_option
def plan(as_json: bool, **options: Any) -> None:
    """Say what a run would ask of whom, what it can cost, and why not for the rest. Nobody is asked."""
    with workbench() as bench:
        order = _order(options)
        fields = bench.research.plan(order.subject_type, order.fields).plain()
        told = bench.research.forecast(order)
    if as_json:
        show_json({"plan": fields, **asdict(told), "within_ceilings": told.within})
        return
    rows = [
        {"field": name, "asked in this order": ", ".join(one["sources"]), "enough at": one["good_enough"]}
        for name, one in fields.items()
    ]
    show_table(rows, ("field", "asked in this order", "enough at"), empty=NO_SOURCE)
    if rows:
        _show_forecast(told)


@command.command("run")
@_ordered
@click.option("--resume", metavar="RUN", help="Go on with a run that was stopped, about the same ones; --ceiling may be raised.")
@click.option("--ask-unknown", is_flag=True, help="Ask again what nobody knows the outcome of. It may be paid twice.")
@by_option("Who asks for it.")
@json_option
def run(resume: str | None, ask_unknown: bool, by: str, as_json: bool, **options: Any) -> None:
    """Ask the sources for what is missing, cheap before dear, within the ceilings.

    Ctrl-C waits for what is under way; --resume goes on.
    """
    with workbench() as bench, _progress(enabled=not as_json) as progress:
        if resume:
            ceiling = options["ceiling"]
            report = bench.research.resume(resume, ceiling_usd=ceiling, ask_unknown=ask_unknown, progress=progress)
        else:
            order = _order(options, ask_unknown=ask_unknown)
            if not bench.research.plan(order.subject_type, order.fields).plain():
                raise SettingsError(NO_SOURCE)
            report = bench.research.run(order, by=by, progress=progress)
    if as_json:
        show_json(report)
        return
    _show_report(report)


@command.command("runs")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1_000))
@json_option
def runs(limit: int, as_json: bool) -> None:
    """List runs, newest first, with what they gained and cost."""
    with workbench() as bench:
        rows = [dict(row._mapping) for row in bench.research.runs(limit=limit)]
    if as_json:
        show_json(rows)
        return
    shown = [row | {"kind": row["subject_type"], "cost": _dollars(row["cost_usd"]), "by": row["actor"]} for row in rows]
    columns = ("id", "kind", "status", "done", "subjects", "facts", "cost", "by", "started_at", "reason")
    show_table(shown, columns, empty="Nothing was looked for yet. Begin with: gtm enrich plan")


@command.command("cost")
@click.option("--by", "group", type=click.Choice(list(GROUPS)), default="source", show_default=True, help="What to group by.")
@click.option("--run", "run_id", help="Only the look-ups of one run.")
@json_option
def cost(group: str, run_id: str | None, as_json: bool) -> None:
    """Show what look-ups cost and what was spent without gain."""
    with workbench() as bench:
        settings = bench.settings.enrichment
        if group == "month":
            rows = [dict(row._mapping) | {"name": row.scope.partition(":")[2]} for row in bench.research.months()]
        else:
            rows = [dict(row._mapping) for row in bench.research.cost(GROUPS[group], run_id=run_id)]
    if as_json:
        show_json({"by": group, "rows": rows, "month_ceiling_usd": settings.month_ceiling_usd})
        return
    shown = [row | {group: row["name"] or "–", "cost": _dollars(row["cost_usd"])} for row in rows]
    if group == "month":
        show_table(shown, (group, "lookups", "fruitless", "cost"), empty="Nobody was asked yet.")
        return
    shown = [row | {"without gain": _dollars(row["lost_usd"])} for row in shown]
    columns = (group, "lookups", "found", "empty", "failed", "unknown", "facts", "cost", "without gain")
    show_table(shown, columns, empty="Nobody was asked yet.")


@command.command("conflicts")
@_KIND
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1_000))
@json_option
def conflicts(kind: Any, limit: int, as_json: bool) -> None:
    """List fields about which sure sources disagree, with what counts for now and why."""
    with workbench() as bench:
        found = bench.research.conflicts(kind, limit=limit)
    if as_json:
        show_json(found)
        return
    show_table(map(_conflict, found), ("id", "name", "field", "counts", "because", "others"), empty="No sources disagree.")
    if found:
        click.echo("To decide: gtm enrich choose ID FIELD VALUE --by YOU")


@command.command("choose")
@click.argument("subject_id")
@click.argument("field")
@click.argument("value", required=False)
@_KIND
@click.option("--why", help="What the choice rests on; kept with it.")
@click.option("--withdraw", is_flag=True, help="Take an earlier choice back and let the rule decide.")
@_BY
@json_option
def choose(
    subject_id: str, field: str, value: str | None, kind: Any, why: str | None, withdraw: bool, by: str, as_json: bool
) -> None:
    """Let VALUE count in FIELD of SUBJECT_ID, whatever the sources say; or --withdraw that."""
    if (value is None) != withdraw:
        raise click.UsageError("Give a VALUE, or --withdraw.")
    with workbench() as bench:
        if value is None:
            settled = bench.research.withdraw(kind, subject_id, field, by=by)
        else:
            settled = bench.research.choose(kind, subject_id, field, value, by=by, why=why)
    if as_json:
        show_json(settled)
    else:
        click.echo(f"{field}: {settled.value} ({settled.because})" if settled else f"{field}: nothing is known")


def _order(options: dict[str, Any], *, ask_unknown: bool = False) -> Order:
    from gtm_pipelines.enrichment.research import Order

    return Order(
        options["kind"], tuple(options["fields"]), tuple(options["ids"]) or None, options["segment"], options["limit"],
        options["ceiling"], options["anew"], ask_unknown,
    )  # fmt: skip


def _show_forecast(told: Forecast) -> None:
    click.echo("")
    rows = [asdict(one) | {"at most": _dollars(one.most_usd)} for one in told.sources]
    show_table(rows, ("source", "first", "later", "answered", "unknown", "too_little", "at most"), empty="Nobody would be asked.")
    missing = ", ".join(f"{name} of {count:,}" for name, count in told.fields.items())
    click.echo(f"\nOf {told.subjects:,} about {told.asking:,} something would be asked. Missing: {missing or 'nothing'}.")
    for why, count in told.why_not.items():
        click.echo(f"  {count:,} not: {why}")
    ceiling = "" if told.ceiling_usd is None else f", and the ceilings leave {_dollars(told.ceiling_usd)}"
    click.echo(f"It can cost {_dollars(told.most_usd)} at most{ceiling}.")


def _show_report(report: RunReport) -> None:
    asked = ", ".join(f"{count:,} {status}" for status, count in sorted(report.lookups.items())) or "none"
    click.echo(f"{report.status}: {report.done:,} of {report.subjects:,} looked at, {report.complete:,} complete now")
    click.echo(f"look-ups: {asked}; {report.facts:,} facts for {_dollars(report.cost_usd)}")
    for why, count in sorted(report.skipped.items()):
        click.echo(f"  {count:,} not asked: {why}")
    for name, why in report.out.items():
        click.echo(f"  {name} is out: {why}")
    if report.status == "ceiling":
        click.echo(f"A ceiling was reached. Raise it, then: gtm enrich run --resume {report.run_id}")


@contextmanager
def _progress(*, enabled: bool) -> Iterator[Callable[[RunProgress], None] | None]:
    """Show a bar with cost so far and the estimated end on standard error, if that is a terminal."""
    import sys

    if not (enabled and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    told = TextColumn("{task.fields[facts]:,} facts  {task.fields[cost]}  {task.fields[left]}")
    with Progress(TextColumn("Asking"), BarColumn(), MofNCompleteColumn(), told, console=Console(file=bare_errors())) as bar:
        task = bar.add_task("", total=None, facts=0, cost=_dollars(0), left="")

        def show(now: RunProgress) -> None:
            left = "" if now.seconds_left is None else f"{_span(now.seconds_left)} left"
            bar.update(task, completed=now.done, total=now.total, facts=now.facts, cost=_dollars(now.cost_usd), left=left)

        yield show


def _conflict(one: Conflict) -> dict[str, Any]:
    said = one.settled.fact
    others = "; ".join(f"{other.value} ({other.source}, {other.confidence:.0%})" for other in one.settled.others)
    return {
        "id": one.subject_id, "name": one.name, "field": one.field,
        "counts": f"{said.value} ({said.source}, {said.confidence:.0%})",
        "because": one.settled.because, "others": others,
    }  # fmt: skip


def _price(per_ask: float, per_hit: float) -> str:
    if not per_ask and not per_hit:
        return "free"
    parts = [f"{_dollars(per_ask)} to ask"] * bool(per_ask) + [f"{_dollars(per_hit)} for a find"] * bool(per_hit)
    return ", ".join(parts)


def _dollars(cost: float) -> str:
    return f"${cost:.4f}"


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
