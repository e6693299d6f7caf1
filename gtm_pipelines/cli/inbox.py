"""``gtm inbox``: conversations with people who answered."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.replies.inbox import Suggested
    from gtm_pipelines.replies.occasions import Occasion

_COLUMNS = ("id", "latest", "state", "class", "with", "company", "campaign", "owner")


@click.group()
def command() -> None:
    """Work through conversations: read, answer, hand over, close."""


@command.command("list")
@click.option("--state", help="Only conversations in this state, such as qualifying or closed; closed ones are left out else.")
@click.option("--owner", help="Only those this person has.")
@click.option("--limit", default=50, show_default=True, help="Most rows.")
@click.option("--offset", default=0, show_default=True, help="Rows to pass over.")
@json_option
def list_conversations(state: str | None, owner: str | None, limit: int, offset: int, as_json: bool) -> None:
    """List conversations, latest answer first."""
    with workbench() as bench:
        rows = bench.inbox.page(state=state, owner=owner, limit=limit, offset=offset)
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
        suggested, fitting = bench.inbox.suggested(thread), bench.inbox.fitting(thread)
    if as_json:
        show_json({"thread": thread, "suggested": suggested})
        return
    view = thread.conversation
    owner = f", {view.owner} has it" if view.owner else ""
    click.echo(f"{view.contact_name or view.email} · {view.campaign_name} · {view.state}{owner}")
    for mail in thread.mails:
        who = "us" if mail.cls is None else f"them, {mail.cls} {mail.confidence:.2f}: {mail.reason}"
        click.echo(f"\n{mail.at:%Y-%m-%d %H:%M} {who}\n{mail.subject}\n{mail.text}")
        if mail.return_at:
            click.echo(f"(until {mail.return_at:%Y-%m-%d})")
    if suggested:
        click.echo(f"\nSuggested ({suggested.status}), draft {suggested.id}. {_origin(suggested, fitting)}")
        click.echo(f"{suggested.subject}\n{suggested.body}")


@command.command()
@click.argument("conversation")
@click.option(
    "--variant",
    help="Which prepared answer, such as pricing, example, privacy, solution, day, scheduling or not_now; by rule if absent.",
)
@json_option
def answer(conversation: str, variant: str | None, as_json: bool) -> None:
    """Suggest an answer to the latest mail. It is a draft; review and release it like any other.

    Where the campaign's mails are written by a model, the model answers what they wrote. Otherwise a prepared text is chosen by
    rule, from what their mail says; where none fits, the command says so and writes nothing.
    """
    with workbench() as bench:
        suggested = bench.inbox.answer(conversation, variant)
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
@click.argument("begins", type=click.DateTime(["%Y-%m-%dT%H:%M%z", "%Y-%m-%d %H:%M%z"]))
@click.option("--title", help="What the meeting is called.")
@click.option("--place", help="A link or an address; the booking page if absent.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The .ics file to write.")
def invite(conversation: str, begins: datetime, title: str | None, place: str | None, out: Path) -> None:
    """Write an invitation to a meeting at BEGINS, such as 2026-03-10T15:00+0300, to attach to an answer."""
    with workbench() as bench:
        out.write_bytes(bench.inbox.invite(conversation, begins, title=title, place=place))
    click.echo(f"Wrote {out}.")


def _origin(suggested: Suggested, fitting: Occasion | None) -> str:
    """Say where the words of a suggested answer come from."""
    if suggested.drafter != "baseline":
        return f"Written by {suggested.model or 'a language model'}."
    by_rule = fitting is not None and fitting.variant == suggested.variant
    chosen = f"chosen by rule: {fitting.why}" if by_rule and fitting else "chosen by a person"
    return f"A prepared text, '{suggested.variant}', {chosen}. Nobody wrote it for this mail."


def _told(view: Any, as_json: bool) -> None:
    if as_json:
        show_json(view)
    else:
        click.echo(f"{view.contact_name or view.email}: {view.state}, {view.owner or 'nobody'} has it.")


def _row(one: Any) -> dict[str, Any]:
    return {
        "id": one.id[:12], "latest": f"{one.last_at:%Y-%m-%d %H:%M}", "state": one.state, "class": one.last_class,
        "with": one.contact_name or one.email, "company": one.company_name, "campaign": one.campaign_name, "owner": one.owner,
    }  # fmt: skip
