"""``gtm campaign show|release|hold|archive``: where a campaign and its people stand, and a person's word on it."""

from __future__ import annotations

from dataclasses import asdict
from shlex import quote
from typing import Any

import click

from gtm_pipelines.cli.output import json_option, show_json, show_table, workbench

_by = click.option("--by", required=True, help="The person who decides.")


@click.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show campaign NAME, the mails of its sequence, and where people stand in it."""
    with workbench() as opened:
        held = opened.campaigns.get(name)
        steps, standing = opened.campaigns.steps(held.id), opened.campaigns.standing(held.id)
    if as_json:
        show_json({"campaign": held, "steps": steps, "standing": standing})
        return
    click.echo(f"Campaign '{held.name}' is {held.status}; made by {held.created_by} from segment '{held.segment_name}'.")
    mails = [(1, held.pack, held.pack_version, held.variants, "leaves first")]
    mails += [(s.step, s.pack, s.pack_version, s.variants, f"{s.wait_days} working days after the mail before") for s in steps]
    names = ("mail", "pack", "variants", "when")
    rows = [dict(zip(names, (n, f"{p}@{v}", ", ".join(arms), when), strict=True)) for n, p, v, arms, when in mails]
    show_table(rows, names, empty="It has no mails.")
    columns = ("step", "status", "reason", "people")
    show_table((asdict(row) for row in standing), columns, empty="Nobody is enrolled.")


@click.command()
@click.argument("name")
@_by
@click.option("--accept-bounces", metavar="REASON", help="Release it though too many mails would come back, and why.")
@json_option
def release(name: str, by: str, accept_bounces: str | None, as_json: bool) -> None:
    """Say send: what is approved in campaign NAME may leave from now on."""
    with workbench() as opened:
        released = opened.campaigns.release(name, by=by, accept_bounces=accept_bounces)
        _show_state(released, f"Next: gtm campaign plan {quote(name)}", as_json)


@click.command()
@click.argument("name")
@_by
@json_option
def hold(name: str, by: str, as_json: bool) -> None:
    """Say stop: nothing more of campaign NAME leaves until it is released again."""
    with workbench() as opened:
        _show_state(opened.campaigns.hold(name, by=by), f"To go on: gtm campaign release {quote(name)} --by YOU", as_json)


@click.command()
@click.argument("name")
@_by
@json_option
def archive(name: str, by: str, as_json: bool) -> None:
    """Put campaign NAME away for good."""
    with workbench() as opened:
        _show_state(opened.campaigns.archive(name, by=by), "Its drafts, messages and replies stay in the record.", as_json)


def _show_state(campaign: Any, following: str, as_json: bool) -> None:
    if as_json:
        show_json(campaign)
    else:
        click.echo(f"Campaign '{campaign.name}' is {campaign.status}. {following}")
