"""How commands open the workbench and show answers: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
import sqlalchemy as sa

from gtm_pipelines.cli.screen import UNSEEN, bare_errors
from gtm_pipelines.log import configure_logging
from gtm_pipelines.plain import plain
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def by_option(told: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option ``--by``: who does it, by default whoever the settings say acts from here.

    Args:
        told: what the help says of it.
    """
    return click.option("--by", default=_acting, show_default="you, by your login name", help=told)


def _acting() -> str:
    return f"person:{load_settings().acting}"


Progress = Callable[[int, int | None], None]
"""Told ``(done, total)`` as work goes on; ``total`` is ``None`` while unknown."""


@contextmanager
def workbench() -> Iterator[Workbench]:
    """Open the workbench for the length of a command, with logging set up."""
    opened = open_workbench()
    if opened.upgraded:
        click.echo(opened.upgraded.told, err=True)
    configure_logging(
        opened.settings.log_level if opened.settings.log_level != "info" else "warning", json=opened.settings.log_json
    )
    kept = _Kept(opened.record.engine)
    try:
        yield opened
    except (click.Abort, KeyboardInterrupt) as stop:
        raise Stopped(kept.something) from stop
    finally:
        opened.close()


class Stopped(click.Abort):
    """A person stopped a command.

    Attributes:
        kept: whether it had written something by then.
    """

    def __init__(self, kept: bool) -> None:
        super().__init__()
        self.kept = kept


class _Kept:
    """Whether anything was written to a record from now on."""

    def __init__(self, engine: sa.Engine) -> None:
        self.something = False
        sa.event.listen(engine, "commit", self._note)

    def _note(self, connection: sa.Connection) -> None:
        self.something = self.something or bool(connection.get_execution_options().get("gtm_immediate"))


def show_json(value: Any) -> None:
    """Print ``value`` as one JSON document; what would steer a terminal is written as JSON's own escapes."""
    written = json.dumps(plain(value), ensure_ascii=False, indent=2)
    click.echo(UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", written))


def show_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, empty: str) -> None:
    """Print rows as a table for people; ``empty`` says what to do when there are none.

    Where no terminal reads it, such as in a pipe or a file, nothing is folded: a row is one line.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows = list(rows)
    if not rows:
        click.echo(empty)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(Text(column.replace("_", " ")), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(row.get(c))) for c in columns))
    Console(width=None if sys.stdout.isatty() else _UNFOLDED).print(table)


_UNFOLDED = 100_000
"""A width, in characters, that folds nothing."""


def short(text: str, most: int) -> str:
    """Return a text in one line of ``most`` characters at most; what is cut ends between words, with a sign that says so."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    return (cut.rpartition(" ")[0].rstrip(" ,;:–—-") or cut if line[most - 1] != " " else cut) + "…"


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value).rstrip("\r\n").replace("\x1b", "\u241b")


@contextmanager
def progress_bar(label: str, *, enabled: bool = True) -> Iterator[Progress]:
    """Show a bar with rate on standard error while the block runs, if that is a terminal."""
    if not (enabled and sys.stderr.isatty()):
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    with Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(file=bare_errors()),
    ) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
