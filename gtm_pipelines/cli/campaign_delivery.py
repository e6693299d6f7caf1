"""``gtm campaign plan|send|pause|resume|unknown|settle``: what leaves, when, and what may have left."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from shlex import quote
from threading import Event
from typing import TYPE_CHECKING

import click

from gtm_pipelines.cli.output import by_option, json_option, progress_bar, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.delivery.model import Plan, SendReport
    from gtm_pipelines.delivery.settling import Verdict


@click.command()
@click.argument("name")
@click.option("--limit", default=50, show_default=True, help="Rows to show; 0 for all.")
@json_option
def plan(name: str, limit: int, as_json: bool) -> None:
    """List who of campaign NAME gets what, when and from which mailbox, and why not for the rest."""
    with workbench() as opened:
        _show_plan(opened.delivery.plan(name), limit, as_json)


@click.command()
@click.argument("name", required=False)
@click.option("--dry-run", is_flag=True, help="Say what would be sent, to whom and when, and send nothing.")
@click.option("--limit", type=click.IntRange(1), help="Most messages to hand over.")
@click.option("--wait", is_flag=True, help="Go on until nothing waits, keeping to windows, caps and gaps.")
@click.option("--overdue", is_flag=True, help="Send messages that are long overdue, too.")
@json_option
def send(name: str | None, dry_run: bool, limit: int | None, wait: bool, overdue: bool, as_json: bool) -> None:
    """Hand over what is due of campaign NAME, or of every released campaign."""
    with workbench() as opened:
        if dry_run:
            if not name:
                raise click.UsageError("Name the campaign to look at: gtm campaign send NAME --dry-run")
            _show_plan(opened.delivery.plan(name), 0 if as_json else 50, as_json)
            return
        with _stopping() as stop, progress_bar("Sending", enabled=not as_json) as progress:
            if name:
                opened.delivery.queue(name)
            report = opened.delivery.send(name, limit=limit, wait=wait, overdue=overdue, progress=progress, stop=stop.is_set)
    if as_json:
        show_json(report)
    else:
        _tell(report)


@click.command()
@click.argument("name")
@by_option("Who pauses it.")
@click.option("--reason", default="", help="Why, for whoever looks at it later.")
def pause(name: str, by: str, reason: str) -> None:
    """Let nothing more of campaign NAME leave, at once; what left stays, what waits keeps its place."""
    with workbench() as opened:
        new = opened.delivery.pause(name, by=by, reason=reason)
    click.echo(f"{name}: paused. Nothing leaves until 'gtm campaign resume'." if new else f"{name} is paused already.")


@click.command()
@click.argument("name")
@by_option("Who lets it go on.")
def resume(name: str, by: str) -> None:
    """Let the paused campaign NAME go on; nothing that left is sent again."""
    with workbench() as opened:
        was = opened.delivery.resume(name, by=by)
    click.echo(f"{name}: goes on." if was else f"{name} is not paused.")


@click.command()
@click.argument("name", required=False)
@json_option
def unknown(name: str | None, as_json: bool) -> None:
    """List messages that may or may not have left. No machine sends them again."""
    with workbench() as opened:
        opened.delivery.recover()
        opened.delivery.reconcile(name)
        rows = [
            {key: row[key] for key in ("id", "recipient", "mailbox", "rfc_message_id", "handed_at", "last_error")}
            for row in opened.delivery.unknown(name)
        ]
    if as_json:
        show_json(rows)
        return
    show_table(rows, ("id", "recipient", "mailbox", "handed_at", "last_error"), empty="Nothing is uncertain.")
    if rows:
        click.echo("Look for each in the mailbox's Sent folder, then: gtm campaign settle ID sent|not_sent|retry --by YOU")


@click.command()
@click.argument("message_id")
@click.argument("verdict", type=click.Choice(["sent", "not_sent", "retry"]))
@click.option("--campaign", help="With 'all' in place of MESSAGE_ID: of which campaign.")
@by_option("The person who decides.")
def settle(message_id: str, verdict: Verdict, campaign: str | None, by: str) -> None:
    """Say what became of an unknown message: it was sent, it was not, or it was not and shall go out again.

    'all' in place of MESSAGE_ID says it of every unknown message of a --campaign.
    """
    if (message_id == "all") != bool(campaign):
        raise click.UsageError("Give one message's id, or 'all' with --campaign NAME.")
    with workbench() as opened:
        if campaign:
            told = f"{opened.delivery.settle_all(campaign, verdict, by):,} messages"
        else:
            opened.delivery.settle(message_id, verdict, by)
            told = f"Message {message_id}"
    click.echo(f"{told}: {verdict}.")


@click.command()
@click.argument("name", required=False)
@json_option
def stuck(name: str | None, as_json: bool) -> None:
    """List messages that failed, were given up or may have left, with what to do about each."""
    with workbench() as opened:
        rows = [asdict(one) for one in opened.delivery.stuck(name)]
    if as_json:
        show_json(rows)
        return
    show_table(rows, ("id", "campaign", "recipient", "mailbox", "state", "reason", "fix"), empty="Nothing stays behind.")
    again = sum(row["can_retry"] for row in rows)
    if again:
        click.echo(f"{again} provably never left: gtm campaign retry NAME [--message ID]")


@click.command()
@click.argument("name")
@click.option("--message", "message_id", help="Only this one; all that provably never left if absent.")
@click.option("--dry-run", is_flag=True, help="Say how many would be queued again, and queue none.")
@by_option("Who has them sent again.")
@json_option
def retry(name: str, message_id: str | None, dry_run: bool, by: str, as_json: bool) -> None:
    """Queue messages of campaign NAME again that failed and provably never left. Every rule is checked anew."""
    with workbench() as opened:
        if dry_run:
            number = sum(one.can_retry and message_id in (None, one.id) for one in opened.delivery.stuck(name))
        else:
            number = opened.delivery.retry(name, by=by, message_id=message_id)
    if as_json:
        show_json({"queued": 0 if dry_run else number, "would_queue": number})
        return
    if dry_run:
        click.echo(f"{number} would be queued again.")
    else:
        click.echo(f"{number} queued again." + (f" 'gtm campaign send {quote(name)}' sends them." if number else ""))


@contextmanager
def _stopping() -> Iterator[Event]:
    """Let the first Ctrl-C finish the message in hand; the second one ends at once."""
    stop = Event()

    def ask(_signal: int, _frame: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)
        click.echo("Stopping after the message in hand. Press Ctrl-C again to end at once.", err=True)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _show_plan(made: Plan, limit: int, as_json: bool) -> None:
    if as_json:
        every = [asdict(row) | {"theirs": row.theirs, "ours": row.ours} for row in made.rows]
        show_json({**asdict(made), "rows": every, "stopped": made.stopped, "waiting": made.waiting})
        return
    shown = made.rows[:limit] if limit else made.rows
    rows = (
        asdict(row)
        | {"mail": row.step, "their time": _by_clock(row.theirs), "our time": _by_clock(row.ours)}
        | {"rule": row.rule or row.waits, "reason": row.reason or row.waits_reason}
        for row in shown
    )
    show_table(
        rows, ("contact", "recipient", "mailbox", "mail", "their time", "our time", "state", "rule", "reason"),
        empty="The campaign has no targets.",
    )  # fmt: skip
    going = sum(row.rule is None for row in made.rows)
    click.echo(f"{going} of {len(made.rows)} are or will be written to{_counted(made.stopped)}.")
    if made.waiting:
        click.echo(f"{sum(made.waiting.values())} of them not at once{_counted(made.waiting)}.")


def _by_clock(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%d %H:%M} {moment.tzname()}" if moment else None


def _tell(report: SendReport) -> None:
    click.echo(
        f"{report.sent} sent, {report.deferred} put off, {report.failed} failed, {report.refused} stopped by a rule, "
        f"{report.unknown} unknown, {report.waiting} waiting{_counted(report.held)}."
    )
    for mailbox, reason in report.stopped_mailboxes.items():
        click.echo(f"Mailbox {mailbox} was left alone: {reason}")
    if report.completed:
        click.echo("Nobody is left to write to: the campaign is completed. Replies are collected as before.")
    if report.next_due_at:
        click.echo(f"Next: {report.next_due_at:%Y-%m-%d %H:%M:%S} UTC. '--wait' goes on by itself.")
    if report.unknown:
        click.echo("See 'gtm campaign unknown': nothing sends those again by itself.")


def _counted(rules: dict[str, int]) -> str:
    return f" ({', '.join(f'{rule} {number}' for rule, number in sorted(rules.items()))})" if rules else ""
