"""``gtm connection``: the tools you use, their keys, and whether they answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.connections.model import Connection, Tool

EMPTY = "Nothing is connected yet; nothing has to be. 'gtm connection tools' shows what can be."


@click.group("connection")
def command() -> None:
    """Connect tools: enter a key once, see whether it works and what is left of its plan."""


@command.command("list")
@json_option
def list_connections(as_json: bool) -> None:
    """List what is connected: status, last success, limits."""
    with workbench() as opened:
        rows = [_row(one) for one in opened.connections.list()]
    if as_json:
        show_json(rows)
        return
    shown = [row | {"limits": "; ".join(row["limits"])} for row in rows]
    show_table(shown, ("tool", "category", "status", "last success", "limits", "told"), empty=EMPTY)


@command.command()
@click.option("--category", help="Only tools of this kind.")
@json_option
def tools(category: str | None, as_json: bool) -> None:
    """List every tool there is: what for, which data it gives, how to get a key."""
    with workbench() as opened:
        found = [tool for tool in opened.connections.tools().tools if category in (None, tool.category)]
    if as_json:
        show_json([_tool(tool) for tool in found])
        return
    rows = [{**_tool(tool), "gives": ", ".join(tool.gives)} for tool in found]
    show_table(rows, ("tool", "category", "purpose", "gives", "documentation"), empty=f"No tool is of the kind '{category}'.")


@command.command()
@click.argument("tool")
@by_option("Who connects it.")
@json_option
def add(tool: str, by: str, as_json: bool) -> None:
    """Connect TOOL. Its key is asked for, or read from a pipe; it is never an argument, and never shown again."""
    with workbench() as opened:
        known = opened.connections.tools().tool(tool)
        if sys.stdin.isatty():
            click.echo(f"{known.title}: {known.key.steps}\n{known.key.page}")
            key = str(click.prompt("Key", hide_input=True))
        else:
            key = sys.stdin.readline()
        made = opened.connections.add(tool, key, by=by)
    _tell(made, as_json)


@command.command()
@click.argument("tool")
@json_option
def test(tool: str, as_json: bool) -> None:
    """Try the key of TOOL by a request that costs nothing. Exits with 1 if it does not work."""
    with workbench() as opened:
        found = opened.connections.test(tool)
    _tell(found, as_json)
    if found.status in ("refused", "unreachable"):
        sys.exit(1)


@command.command()
@click.argument("tool")
@json_option
def show(tool: str, as_json: bool) -> None:
    """Show TOOL: what it is for, how to get a key, and how its connection stands."""
    with workbench() as opened:
        known = opened.connections.tools().tool(tool)
        found = next((one for one in opened.connections.list() if one.tool.name == known.name), None)
    rows = _tool(known) | ({} if found is None else _row(found)) | {"connected": found is not None}
    if as_json:
        show_json(rows)
        return
    for label, value in rows.items():
        click.echo(f"{label:<16}{', '.join(value) if isinstance(value, (list, tuple)) else value}")


@command.command()
@click.argument("tool")
@click.option("--yes", is_flag=True, help="Do not ask.")
@by_option("Who disconnects it.")
def remove(tool: str, yes: bool, by: str) -> None:
    """Disconnect TOOL and forget its key."""
    with workbench() as opened:
        if not yes:
            click.confirm(f"Disconnect {tool} and forget its key?", abort=True)
        opened.connections.remove(tool, by=by)
    click.echo(f"{tool} is disconnected and its key forgotten.")


def _tell(found: Connection, as_json: bool) -> None:
    if as_json:
        show_json(_row(found))
        return
    click.echo(f"{found.tool.title}: {found.status}. {found.told}")
    for limit in found.limits:
        click.echo(f"  {limit.told}")
    if found.tool.used_by == "mailbox":
        click.echo(f"  A mailbox uses it where gtm.toml says api.key = '{found.key_ref}'.")


def _row(one: Connection) -> dict[str, Any]:
    return {
        "tool": one.tool.name, "category": one.tool.category, "status": one.status, "told": one.told,
        "last success": one.succeeded_at, "last try": one.checked_at, "limits": [limit.told for limit in one.limits],
        "key kept as": one.key_ref, "connected by": one.created_by, "since": one.created_at,
    }  # fmt: skip


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "tool": tool.name, "title": tool.title, "category": tool.category, "purpose": tool.purpose, "gives": list(tool.gives),
        "how to get a key": tool.key.steps, "key page": str(tool.key.page), "documentation": str(tool.docs),
        "used by": tool.used_by,
    }  # fmt: skip
