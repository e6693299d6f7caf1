"""``gtm benchmark``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from gtm_pipelines.cli.output import by_option, json_option, progress_bar, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.workbench import Workbench

COLUMNS = ("pack", "model", "cases", "failed", "quality", "95 %", "grounded", "cost", "latency_ms")


@click.group()
def command() -> None:
    """Score packs and models on held-out cases: quality, groundedness, cost, latency."""


@command.command()
@click.argument("packs", nargs=-1)
@click.option("--model", "models", multiple=True, help="A configured model; all of them if absent. May be given again.")
@click.option("--name", default="", help="What to call the run.")
@click.option("--language", help="Only cases in this language.")
@click.option("--cases", type=click.IntRange(1, 1000), default=30, show_default=True, help="Most cases.")
@click.option("--budget-usd", type=click.FloatRange(min=0), help="Most US dollars of the whole run.")
@click.option("--resume", metavar="ID", help="Go on with a run that was stopped; what is scored stays scored.")
@by_option("Who asks for it.")
@json_option
def run(
    packs: tuple[str, ...], models: tuple[str, ...], name: str, language: str | None, cases: int, budget_usd: float | None,
    resume: str | None, by: str, as_json: bool,
) -> None:  # fmt: skip
    """Score PACKS, each as NAME or NAME@VERSION, with every model over the same held-out cases."""
    if bool(packs) == bool(resume):
        raise click.UsageError("Name packs, or a run with --resume.")
    with workbench() as opened, progress_bar("cases") as progress:
        opened.examples.rebuild()
        if resume:
            run_id = opened.benchmarks.resume(resume, progress=progress)
        else:
            wanted = {"name": name, "language": language, "cases": cases, "budget_usd": budget_usd}
            run_id = opened.benchmarks.run(packs, models, by=by, progress=progress, **wanted)  # type: ignore[arg-type]
        _show(opened, run_id, as_json)


@command.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List the runs, newest first."""
    with workbench() as opened:
        found = opened.benchmarks.runs()
    if as_json:
        show_json(found)
        return
    rows = [
        {"id": one["id"], "name": one["name"], "status": one["status"], "packs": ", ".join(one["settings"]["packs"]),
         "models": ", ".join(one["settings"]["models"]), "cases": len(one["settings"]["cases"]), "at": one["created_at"]}
        for one in found
    ]  # fmt: skip
    show_table(rows, tuple(rows[0]) if rows else (), empty="No benchmark yet: 'gtm benchmark run PACK'.")


@command.command()
@click.argument("run_id")
@json_option
def show(run_id: str, as_json: bool) -> None:
    """Show a run's result, best first."""
    with workbench() as opened:
        _show(opened, run_id, as_json)


def _show(opened: Workbench, run_id: str, as_json: bool) -> None:
    found, table = opened.benchmarks.get(run_id), opened.benchmarks.table(run_id)
    if as_json:
        show_json({"run": found, "table": [asdict(one) for one in table], "scores": opened.benchmarks.scores(run_id)})
        return
    click.echo(f"{found['id']}: {found['name']}, {found['status']}, {len(found['settings']['cases'])} cases.")
    rows = [
        {
            "pack": one.pack, "model": one.model, "cases": one.cases, "failed": one.failed, "quality": _figure(one.quality),
            "95 %": f"{_figure(one.low)} to {_figure(one.high)}", "grounded": _figure(one.groundedness),
            "cost": "" if one.cost_usd is None else f"${one.cost_usd:.5f}", "latency_ms": one.latency_ms,
        }
        for one in table
    ]  # fmt: skip
    show_table(rows, COLUMNS, empty="Nothing is scored yet.")


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
