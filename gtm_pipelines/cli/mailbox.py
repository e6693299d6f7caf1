"""``gtm mailbox``: sender identities, how they are, and what to do about it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.delivery.domains import Check


@click.group()
def command() -> None:
    """List, test, check, pause and resume mailboxes."""


@command.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List mailboxes with what they sent, what they may send, and why one is paused."""
    with workbench() as opened:
        found = opened.mailboxes.list()
    if as_json:
        show_json([asdict(one) | {"worst": one.worst} for one in found])
        return
    rows = (
        asdict(one)
        | {"today": f"{one.day} of {one.daily_cap}", "last hour": f"{one.hour} of {one.hourly_cap}", "checks": one.worst}
        | {"reason": one.reason or one.waits}
        for one in found
    )
    show_table(
        rows, ("name", "address", "sender", "status", "today", "last hour", "checks", "reason"),
        empty="There are no mailboxes. Add [[mailboxes]] to gtm.toml.",
    )  # fmt: skip


@command.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show mailbox NAME: health, caps, and what the last checks found."""
    with workbench() as opened:
        found = opened.mailboxes.show(name)
    if as_json:
        show_json(asdict(found) | {"worst": found.worst})
        return
    for label, value in asdict(found).items():
        if label != "checks" and value is not None:
            click.echo(f"{label.replace('_', ' '):<12}{value}")
    rows = ({"check": key, **value} for key, value in found.checks.items())
    show_table(rows, ("check", "state", "told", "fix"), empty=f"Nothing was checked yet: gtm mailbox check {name}")


@command.command()
@click.argument("name")
@click.option("--send", "by_mail", is_flag=True, help="Also send a marked mail to its own address and look at it as it arrives.")
@json_option
def test(name: str, by_mail: bool, as_json: bool) -> None:
    """Connect to the servers of mailbox NAME and log in; send nothing unless asked to."""
    with workbench() as opened:
        found = opened.mailboxes.test(name)
        if by_mail and not any(one.state == "fail" for one in found):
            found = [*found, *opened.mailboxes.send_test(name)]
    _tell(found, as_json)


@command.command()
@click.argument("name")
@json_option
def check(name: str, as_json: bool) -> None:
    """Look at the domain of mailbox NAME: MX, SPF, DKIM, DMARC, one-click unsubscribing."""
    with workbench() as opened:
        found = opened.mailboxes.check(name)
    _tell(found, as_json)


@command.command()
@click.argument("name")
@by_option("Who pauses it.")
@click.option("--reason", default="", help="Why, for whoever looks at it later.")
@json_option
def pause(name: str, by: str, reason: str, as_json: bool) -> None:
    """Let nothing more leave from mailbox NAME, at once; its messages keep their places."""
    with workbench() as opened:
        new = opened.mailboxes.pause(name, by=by, reason=reason)
    if as_json:
        show_json({"mailbox": name, "status": "paused", "new": new})
        return
    click.echo(f"{name}: paused. Nothing leaves until 'gtm mailbox resume {name}'." if new else f"{name} is paused already.")


@command.command()
@click.argument("name")
@by_option("Who lets it go on.")
@json_option
def resume(name: str, by: str, as_json: bool) -> None:
    """Let the paused mailbox NAME hand over again."""
    with workbench() as opened:
        was = opened.mailboxes.resume(name, by=by)
    if as_json:
        show_json({"mailbox": name, "status": "working", "new": was})
        return
    click.echo(f"{name}: goes on." if was else f"{name} is not paused.")


def _tell(found: list[Check], as_json: bool) -> None:
    """Show what was found; fail where something is wrong, for scripts."""
    if as_json:
        show_json([asdict(one) for one in found])
    else:
        show_table((asdict(one) for one in found), ("name", "state", "told", "fix"), empty="There was nothing to look at.")
    if any(one.state == "fail" for one in found):
        sys.exit(1)
