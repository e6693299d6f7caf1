"""``gtm account``: who may sign in to the app, and what they may do."""

from __future__ import annotations

import sys

import click

from gtm_pipelines.acting import Role
from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench

ROLES = [role.word for role in reversed(Role)]
EMPTY = (
    "Nobody needs to sign in: the app is open to whoever sits at this machine. Let people in: gtm account add NAME --role owner"
)


@click.group("account")
def command() -> None:
    """Let people in, and say what each may do: owner, editor, reviewer or viewer."""


@command.command("list")
@json_option
def list_accounts(as_json: bool) -> None:
    """List who may sign in, with role and when they were last here."""
    with workbench() as opened:
        found = opened.accounts.list()
    rows = [
        {
            "name": one.name, "role": one.role.word, "by": "password" if one.has_password else "identity provider",
            "last seen": one.seen_at, "signed in": one.signed_in, "since": one.created_at,
        }
        for one in found
    ]  # fmt: skip
    if as_json:
        show_json(rows)
        return
    show_table(rows, ("name", "role", "by", "last seen", "signed in"), empty=EMPTY)


@command.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may do.")
@click.option("--no-password", is_flag=True, help="Only an identity provider vouches for them; NAME is their address there.")
@by_option("Who lets them in.")
@json_option
def add(name: str, role: str, no_password: bool, by: str, as_json: bool) -> None:
    """Let NAME in. The password is asked for twice, or read from a pipe; it is never an argument."""
    with workbench() as opened:
        password = None if no_password else _password(f"Password for {name}")
        made = opened.accounts.add(name, role, password=password, by=by)
    if as_json:
        show_json({"name": made.name, "role": made.role.word})
        return
    click.echo(f"{made.name} may sign in as {made.role.word}.")


@command.command()
@click.argument("name")
@click.argument("to", type=click.Choice(ROLES), metavar="ROLE")
@by_option("Who changes it.")
def role(name: str, to: str, by: str) -> None:
    """Give NAME the role ROLE; it holds from their next click."""
    with workbench() as opened:
        made = opened.accounts.set_role(name, to, by=by)
    click.echo(f"{made.name} is {made.role.word} now.")


@command.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@by_option("Who takes them out.")
def remove(name: str, yes: bool, by: str) -> None:
    """Take NAME out and end their sign-ins. What they did keeps their name."""
    with workbench() as opened:
        if not yes:
            click.confirm(f"Take {name} out?", abort=True)
        opened.accounts.remove(name, by=by)
    click.echo(f"{name} can no longer sign in.")


@command.command()
@click.argument("name")
@by_option("Who sets it.")
def password(name: str, by: str) -> None:
    """Set a new password for NAME, and end every sign-in of theirs."""
    with workbench() as opened:
        opened.accounts.set_password(name, _password(f"New password for {name}"), by=by)
    click.echo(f"{name} has a new password and is signed out everywhere.")


def _password(asked: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(asked, hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
