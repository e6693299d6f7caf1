"""``gtm campaign show|release|hold|archive`` and one person's sequence: where these stand, and a person's word on them."""

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


@click.command("stop-person")
@click.argument("name")
@click.argument("person")
@_by
@click.option("--reason", default="", help="Why, kept in the audit.")
@json_option
def stop_person(name: str, person: str, by: str, reason: str, as_json: bool) -> None:
    """End the sequence of one PERSON (address or contact id) in campaign NAME; all others go on.

    Whoever must never be written to again, in any campaign, is suppressed instead: gtm suppress add.
    """
    with workbench() as opened:
        following = f"To take it back: gtm campaign resume-person {quote(name)} {quote(person)} --by YOU"
        _show_person(opened.campaigns.stop_person(name, person, by=by, reason=reason), following, as_json)


@click.command("resume-person")
@click.argument("name")
@click.argument("person")
@_by
@json_option
def resume_person(name: str, person: str, by: str, as_json: bool) -> None:
    """Let the sequence of one PERSON go on that was ended by hand; what ended for another reason stays ended."""
    with workbench() as opened:
        resumed = opened.campaigns.resume_person(name, person, by=by)
        _show_person(resumed, f"When the next mail leaves: gtm campaign plan {quote(name)}", as_json)


def _show_person(standing: Any, following: str, as_json: bool) -> None:
    if as_json:
        show_json(standing)
        return
    why = f" ({standing.reason})" if standing.reason else ""
    click.echo(f"{standing.name or standing.address} is {standing.status}{why} at mail {standing.step} of '{standing.campaign}'.")
    click.echo(following)


def _show_state(campaign: Any, following: str, as_json: bool) -> None:
    if as_json:
        show_json(campaign)
    else:
        click.echo(f"Campaign '{campaign.name}' is {campaign.status}. {following}")
