"""``gtm demo``: the whole pipeline on the sample lists."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from gtm_pipelines.cli.output import json_option
from gtm_pipelines.cli.screen import bare_errors


@click.command()
@click.option("--headless", is_flag=True, help="Only run the pipeline; do not serve the workbench after it.")
@json_option
@click.option("--open/--no-open", "open_browser", default=True, help="Open the app in the browser when it is ready.")
def command(headless: bool, as_json: bool, open_browser: bool) -> None:
    """Run the whole pipeline on the sample lists, then open the workbench.

    Imports two lists, saves a segment, freezes a campaign, writes drafts in two variants
    and two languages, approves and releases them, sends through the sandbox, collects the
    answers and makes the figures. Nothing leaves this machine. Running it again adds nothing.
    """
    from gtm_pipelines.cli.output import show_json, workbench
    from gtm_pipelines.launch.demo import run_demo

    with workbench() as opened:
        settings = opened.settings
    with _progress(quiet=as_json and not sys.stderr.isatty()) as told:
        totals = run_demo(settings, told)
    show_json(totals) if as_json else _show(totals)
    if not headless:
        from gtm_pipelines.cli.up import serve_settings

        serve_settings(settings, open_browser=open_browser)


_NAMES = {"targets": "targets (with those left out)", "bounced": "bounced (of those sent)"}


def _show(totals: Mapping[str, Any]) -> None:
    named = {_NAMES.get(name, name.replace("_", " ")): value for name, value in totals.items()}
    width = max(len(name) for name in named)
    for name, value in named.items():
        shown = ", ".join(f"{campaign}: {colour}" for campaign, colour in value.items()) if isinstance(value, dict) else value
        click.echo(f"  {name:<{width}}  {shown}")


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Show steps on standard error: as a bar on a terminal, a line each elsewhere, nothing when ``quiet``."""
    if not sys.stderr.isatty():
        yield lambda said: click.echo(f"{said['step']}...", err=True) if "step" in said and not quiet else None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description:<36}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=bare_errors())) as bar:
        tasks: list[Any] = []

        def told(said: Mapping[str, Any]) -> None:
            if "step" in said:
                _finish(bar, tasks)
                tasks.append(bar.add_task(said["step"], total=None))
            elif tasks:
                bar.update(tasks[-1], completed=said["done"], total=said["total"])

        yield told
        _finish(bar, tasks)


def _finish(bar: Any, tasks: list[Any]) -> None:
    if tasks:
        task = bar.tasks[tasks[-1]]
        total = task.total or task.completed or 1
        bar.update(task.id, completed=total, total=total)
        bar.stop_task(task.id)
