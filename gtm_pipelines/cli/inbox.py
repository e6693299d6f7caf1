"""``gtm inbox``: conversations with people who answered."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.inbox_meeting import stands, told
from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.replies.inbox import Suggested
    from gtm_pipelines.replies.meetings import Proposal
    from gtm_pipelines.replies.occasions import Occasion

_COLUMNS = ("id", "latest", "state", "waits", "class", "with", "company", "campaign", "owner")


@click.group()
def command() -> None:
    """Work through conversations: read, answer, hand over, close."""


@command.command("list")
@click.option("--state", help="Only conversations in this state, such as qualifying or closed; closed ones are left out else.")
@click.option("--owner", help="Only those this person has.")
@click.option("--waiting", is_flag=True, help="Only those in which nobody has dealt with what they wrote.")
@click.option("--limit", default=50, show_default=True, help="Most rows.")
@click.option("--offset", default=0, show_default=True, help="Rows to pass over.")
@json_option
def list_conversations(state: str | None, owner: str | None, waiting: bool, limit: int, offset: int, as_json: bool) -> None:
    """List conversations, latest answer first.

    No campaign writes to somebody who waits: until their answer is approved, the conversation is closed, or its class is
    confirmed by 'gtm reply classify'.
    """
    with workbench() as bench:
        rows = bench.inbox.page(state=state, owner=owner, waiting=waiting, limit=limit, offset=offset)
    if as_json:
        show_json(rows)
        return
    show_table([_row(one) for one in rows], _COLUMNS, empty="No open conversation. 'gtm reply collect' reads the mailboxes.")


@command.command()
@click.argument("conversation")
@json_option
def show(conversation: str, as_json: bool) -> None:
    """Show a conversation: every mail, its class and why, and what was suggested."""
    with workbench() as bench:
        thread = bench.inbox.thread(conversation)
        suggested, fitting, proposal = bench.inbox.suggested(thread), bench.inbox.fitting(thread), bench.meetings.of(thread)
        entry = bench.meetings.entry(thread)
    if as_json:
        show_json({"thread": thread, "suggested": suggested, "meeting": proposal, "calendar": entry})
        return
    view = thread.conversation
    owner = f", {view.owner} has it" if view.owner else ""
    click.echo(f"{view.contact_name or view.email} · {view.campaign_name} · {view.state}{owner}")
    for mail in thread.mails:
        who = "us" if mail.cls is None else f"them, {mail.cls} {mail.confidence:.2f}: {mail.reason}"
        click.echo(f"\n{mail.at:%Y-%m-%d %H:%M} {who}\n{mail.subject}\n{mail.text}")
        if mail.return_at:
            click.echo(f"(until {mail.return_at:%Y-%m-%d})")
    if entry:
        click.echo(f"\n{stands(entry)}")
    if suggested:
        click.echo(f"\nSuggested ({suggested.status}), draft {suggested.id}. {_origin(suggested, fitting)}")
        click.echo(f"{suggested.subject}\n{suggested.body}")
    for line in told(proposal) if proposal else ():
        click.echo(line)


@command.command()
@click.argument("conversation")
@click.option(
    "--variant",
    help="Which prepared answer, such as pricing, example, privacy, solution, day, scheduling or not_now; by rule if absent.",
)
@click.option("--again", is_flag=True, help="Write another where the last one has left, such as to move a meeting.")
@json_option
def answer(conversation: str, variant: str | None, again: bool, as_json: bool) -> None:
    """Suggest an answer to the latest mail. It is a draft; review and release it like any other.

    Where the campaign's mails are written by a model, the model answers what they wrote. Otherwise a prepared text is chosen by
    rule, from what their mail says; where none fits, the command says so and writes nothing.
    """
    with workbench() as bench:
        suggested = bench.inbox.answer(conversation, variant, again=again)
        fitting = bench.inbox.fitting(bench.inbox.thread(conversation))
    if as_json:
        show_json(suggested)
    else:
        click.echo(f"Draft {suggested.id} ({suggested.status}). {_origin(suggested, fitting)}")
        click.echo(f"{suggested.subject}\n\n{suggested.body}")


@command.command()
@click.argument("conversation")
@click.argument("owner", required=False)
@by_option("Who says so.")
@json_option
def assign(conversation: str, owner: str | None, by: str, as_json: bool) -> None:
    """Hand a conversation over to OWNER; without one, back to nobody."""
    with workbench() as bench:
        _told(bench.inbox.assign(conversation, owner, by), as_json)


@command.command()
@click.argument("conversation")
@by_option("Who says so.")
@click.option("--reason", default="Closed by a person", show_default=True, help="Why.")
@json_option
def close(conversation: str, by: str, reason: str, as_json: bool) -> None:
    """Close a conversation; a later answer opens it again."""
    with workbench() as bench:
        _told(bench.inbox.close(conversation, by, reason), as_json)


@command.command()
@click.argument("conversation")
@click.argument("begins", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]))
@click.option("--zone", help="Time zone of BEGINS, such as Europe/Berlin; the recipient's if known, else the mailbox's.")
@click.option("--minutes", type=click.IntRange(1, 480), help="How long; as the text says, else [replies] meeting_minutes.")
@click.option("--place", help="A link or an address; the booking page if absent, '' for none.")
@by_option("Who says so.")
@json_option
def invite(
    conversation: str, begins: datetime, zone: str | None, minutes: int | None, place: str | None, by: str, as_json: bool
) -> None:
    """Propose a meeting at BEGINS, such as 2026-03-10T15:00, in the suggested answer, in place of the one it proposes.

    The answer says so in a line of its own, and carries an invitation made of that line when it leaves. An answer that was
    approved is to be approved again.
    """
    with workbench() as bench:
        day, at = begins.date(), begins.time()
        _show_meeting(bench.meetings.put(conversation, day, at, by=by, zone=zone, minutes=minutes, place=place), as_json)


@command.command()
@click.argument("conversation")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the .ics file here, as it would leave now.")
@json_option
def meeting(conversation: str, out: Path | None, as_json: bool) -> None:
    """Show the meeting that the suggested answer proposes: when by both clocks, how long, where."""
    with workbench() as bench:
        thread = bench.inbox.thread(conversation)
        _show_meeting(bench.meetings.of(thread), as_json)
        if out:
            out.write_bytes(bench.meetings.file(thread))
            click.echo(f"Wrote {out}.", err=as_json)


@command.command()
@click.argument("conversation")
@click.option("--tell", is_flag=True, help="Call off a meeting that stands in their calendar already, by this answer.")
@by_option("Who says so.")
@json_option
def uninvite(conversation: str, tell: bool, by: str, as_json: bool) -> None:
    """Take the meeting out of the suggested answer; with --tell, have the answer cancel the one that was sent before."""
    with workbench() as bench:
        act = bench.meetings.call_off if tell else bench.meetings.remove
        _show_meeting(act(conversation, by=by), as_json)


def _show_meeting(proposal: Proposal | None, as_json: bool) -> None:
    if as_json:
        show_json(proposal)
    elif proposal is None:
        click.echo("The suggested answer proposes no meeting.")
    else:
        for line in told(proposal):
            click.echo(line)


def _origin(suggested: Suggested, fitting: Occasion | None) -> str:
    """Say where the words of a suggested answer come from."""
    if suggested.drafter != "baseline":
        return f"Written by {suggested.model or 'a language model'}."
    variant = "day" if suggested.variant == "invitation" else suggested.variant  # the same rule, and the hour is certain too
    by_rule = fitting is not None and fitting.variant == variant
    chosen = f"chosen by rule: {fitting.why}" if by_rule and fitting else "chosen by a person"
    return f"A prepared text, '{suggested.variant}', {chosen}. Nobody wrote it for this mail."


def _told(view: Any, as_json: bool) -> None:
    if as_json:
        show_json(view)
    else:
        click.echo(f"{view.contact_name or view.email}: {view.state}, {view.owner or 'nobody'} has it.")


def _row(one: Any) -> dict[str, Any]:
    return {
        "id": one.id[:12], "latest": f"{one.last_at:%Y-%m-%d %H:%M}", "state": one.state,
        "waits": "yes" if one.waiting else "", "class": one.last_class,
        "with": one.contact_name or one.email, "company": one.company_name, "campaign": one.campaign_name, "owner": one.owner,
    }  # fmt: skip
