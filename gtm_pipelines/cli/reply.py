"""``gtm reply``: collect answers, look through them, put them right."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from gtm_pipelines.cli.output import by_option, json_option, progress_bar, show_json, show_table, workbench

_COLUMNS = ("id", "received", "class", "confidence", "from", "subject", "campaign", "attribution")


@click.group()
def command() -> None:
    """Collect answers and bounces, look through them, put them right."""


@command.command()
@click.option("--mailbox", "mailboxes", multiple=True, help="Read only this mailbox; may be given several times.")
@json_option
def collect(mailboxes: tuple[str, ...], as_json: bool) -> None:
    """Read what is new in the mailboxes. Collecting again counts nothing twice."""
    with workbench() as bench:
        with progress_bar("Collecting", enabled=not as_json) as progress:
            report = bench.replies.collect(mailboxes=mailboxes or None, progress=progress)
        if as_json:
            show_json(report)
        else:
            classes = ", ".join(f"{count} {name}" for name, count in sorted(report.by_class.items())) or "nothing new"
            click.echo(f"{report.fetched} read, {report.new} new: {classes}.")
            click.echo(
                f"{report.attributed} belong to a message, {report.unmatched} to none, {report.own_copies} are own copies."
            )
            if report.unmatched:
                click.echo("See the rest with 'gtm reply unmatched'.")
        for failure in report.failures:
            click.echo(f"{failure.mailbox}: {failure.code}: {failure.message}", err=True)
        if report.failures:
            raise click.exceptions.Exit(75)


@command.command("list")
@click.option("--campaign", help="Only answers to this campaign, by name or id.")
@click.option("--class", "cls", help="Only this class, such as positive or bounce_hard.")
@click.option("--attribution", help="Only this attribution, such as in_reply_to, none or own_copy.")
@click.option("--unsure", is_flag=True, help="Only answers whose class waits for a person.")
@click.option("--limit", default=50, show_default=True, help="Most rows.")
@click.option("--offset", default=0, show_default=True, help="Rows to pass over.")
@json_option
def list_replies(
    campaign: str | None, cls: str | None, attribution: str | None, unsure: bool, limit: int, offset: int, as_json: bool
) -> None:
    """List answers, newest first."""
    with workbench() as bench:
        rows = bench.replies.page(campaign=campaign, cls=cls, attribution=attribution, unsure=unsure, limit=limit, offset=offset)
        empty = "Nothing waits." if unsure else "No answers yet. Read the mailboxes with 'gtm reply collect'."
        _show(rows, as_json, empty=empty)


@command.command()
@click.argument("reply")
@click.option("--source", is_flag=True, help="Print the mail's bytes as they came.")
@json_option
def show(reply: str, source: bool, as_json: bool) -> None:
    """Show one answer by its id or the beginning of it."""
    with workbench() as bench:
        if source:
            click.echo(bench.replies.source(reply), nl=False)
            return
        view = bench.replies.get(reply)
    if as_json:
        show_json(view)
        return
    for name, value in asdict(view).items():
        if name != "text" and value not in (None, ""):
            click.echo(f"{'class' if name == 'cls' else name.replace('_', ' '):18} {value}")
    click.echo(f"\n{view.text or ''}")


@command.command()
@click.option("--limit", default=50, show_default=True, help="Most rows.")
@click.option("--offset", default=0, show_default=True, help="Rows to pass over.")
@json_option
def unmatched(limit: int, offset: int, as_json: bool) -> None:
    """List what matched no message, for a person to assign."""
    with workbench() as bench:
        rows = bench.replies.unmatched(limit=limit, offset=offset)
        _show(rows, as_json, empty="Nothing waits: every answer belongs to a message.")


@command.command()
@click.argument("reply")
@click.argument("message")
@by_option("Who says so.")
@json_option
def assign(reply: str, message: str, by: str, as_json: bool) -> None:
    """Say which MESSAGE (its id or Message-ID) a REPLY of the queue answers."""
    with workbench() as bench:
        view = bench.replies.assign(reply, message, by)
    if as_json:
        show_json(view)
    else:
        click.echo(f"{view.id} now answers message {view.message_id} of campaign {view.campaign_name}.")


@command.command()
@click.argument("reply")
@click.argument("cls", metavar="CLASS")
@by_option("Who says so.")
@json_option
def classify(reply: str, cls: str, by: str, as_json: bool) -> None:
    """Put the CLASS of a REPLY right. Its effects follow, and it is kept as an example."""
    with workbench() as bench:
        view = bench.replies.reclassify(reply, cls, by)
    if as_json:
        show_json(view)
    else:
        click.echo(f"{view.id} is {view.cls}.")


@command.command()
@json_option
def examples(as_json: bool) -> None:
    """List the classes that people put right; the local reader of answers goes by them."""
    with workbench() as bench:
        rows = bench.replies.corrections()
    if as_json:
        show_json(rows)
        return
    told = [{"class": one.cls, "was": one.was, "by": one.by, "text": one.text[:80]} for one in rows]
    show_table(told, ("class", "was", "by", "text"), empty="Nobody has put a class right yet.")


def _show(rows: Any, as_json: bool, *, empty: str) -> None:
    if as_json:
        show_json(rows)
        return
    show_table(
        [
            {
                "id": row.id,
                "received": f"{row.received_at:%Y-%m-%d %H:%M}",
                "class": row.cls,
                "confidence": f"{row.confidence:.2f}",
                "from": row.from_address,
                "subject": (row.subject or "")[:50],
                "campaign": row.campaign_name,
                "attribution": row.attribution,
            }
            for row in rows
        ],
        _COLUMNS,
        empty=empty,
    )
