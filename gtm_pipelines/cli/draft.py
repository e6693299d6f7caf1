"""``gtm draft``: how a draft came to be, what could not be drafted, and instructions over many drafts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from shlex import quote
from typing import Any

import click

from gtm_pipelines.cli.output import json_option, progress_bar, show_json, show_table, workbench
from gtm_pipelines.plain import plain

_by = click.option("--by", required=True, help="The person who decides.")


@click.group()
def command() -> None:
    """Show how drafts came to be, and rewrite chosen ones by an instruction."""


@command.command()
@click.argument("draft_id")
@click.option("--revision", type=click.IntRange(1), help="Only the stages of this revision.")
@json_option
def show(draft_id: str, revision: int | None, as_json: bool) -> None:
    """Show draft DRAFT_ID with the output of every stage it passed, how it was judged, and the calls it took."""
    with workbench() as opened:
        view, story = opened.review.get(draft_id), opened.drafting.story(draft_id, revision)
        judged = opened.judging.of_drafts([draft_id]).get(draft_id, [])
    if as_json:
        show_json({"draft": view, "stages": story.stages, "judgements": judged, "calls": story.calls})
        return
    click.echo(f"{view.variant}, {view.language}, {view.status}, revision {view.revision} by {view.author}\n")
    click.echo(f"Subject: {view.subject}\n\n{view.body}")
    for stage in story.stages:
        click.echo(f"--- {stage['revision_number']}.{stage['position']} {stage['stage']}")
        click.echo(_told(stage["output"]))
    for one in judged:
        click.echo(f"--- {view.revision} judge {one.judge}: quality {one.quality:.2f}, risk {one.risk:.2f}")
        click.echo(_told(one.reasons))
    columns = ("purpose", "model", "input_tokens", "output_tokens", "cost_usd", "latency_ms", "cached", "error_code")
    show_table(story.calls, columns, empty="No call to a model is known of it.")


def _told(output: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in plain(output).items() if value not in ("", [], None)}
    return "\n".join(
        f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}" for name, value in shown.items()
    )


@command.command()
@click.argument("campaign")
@json_option
def failures(campaign: str, as_json: bool) -> None:
    """List what could not be drafted of CAMPAIGN and why; drafting again tries it again."""
    with workbench() as opened:
        found = opened.drafting.failures(campaign)
    if as_json:
        show_json(found)
        return
    show_table(
        (asdict(one) for one in found),
        ("contact_id", "step", "variant", "reason_code", "reason"),
        empty="Everything was drafted.",
    )
    if found:
        click.echo(f"Try again: gtm campaign draft {quote(campaign)}")


@command.command()
@click.argument("campaign")
@click.argument("instruction")
@click.option("--draft", "draft_ids", multiple=True, metavar="ID", help="A draft to rewrite; repeat it.")
@click.option("--status", type=click.Choice(["drafted", "approved", "rejected"]), help="All drafts in this state.")
@click.option("--variant", help="Of them only this variant.")
@click.option("--search", help="Of them only those with this text.")
@_by
@json_option
def rewrite(
    campaign: str,
    instruction: str,
    draft_ids: tuple[str, ...],
    status: str | None,
    variant: str | None,
    search: str | None,
    by: str,
    as_json: bool,
) -> None:
    """Rewrite chosen drafts of CAMPAIGN by INSTRUCTION, such as "shorter"; nothing changes before it is kept."""
    if bool(draft_ids) == bool(status or variant or search):
        raise click.UsageError("Give either --draft ID, or --status, --variant or --search to choose by.")
    with workbench() as opened, progress_bar("Rewriting", enabled=not as_json) as progress:
        chosen = list(draft_ids) or _chosen(opened, campaign, status, variant, search)
        made = opened.rewrites.ask(campaign, instruction, chosen, by=by)
        report = opened.rewrites.write(made.id, progress=progress)
    _show(report, as_json, f"Next: gtm draft preview {made.id}, then gtm draft keep {made.id} --by YOU")


@command.command(name="continue")
@click.argument("rewrite_id")
@json_option
def continue_(rewrite_id: str, as_json: bool) -> None:
    """Go on with instruction REWRITE_ID where it was stopped."""
    with workbench() as opened, progress_bar("Rewriting", enabled=not as_json) as progress:
        report = opened.rewrites.write(rewrite_id, progress=progress)
    _show(report, as_json, f"Next: gtm draft preview {rewrite_id}")


@command.command()
@click.argument("campaign")
@json_option
def rewrites(campaign: str, as_json: bool) -> None:
    """List the instructions given over drafts of CAMPAIGN."""
    with workbench() as opened:
        found = opened.rewrites.list(campaign)
    if as_json:
        show_json(found)
        return
    columns = ("id", "instruction", "status", "requested_by", "created_at")
    show_table((asdict(one) for one in found), columns, empty='None yet: gtm draft rewrite CAMPAIGN "shorter" --status drafted')


@command.command()
@click.argument("rewrite_id")
@json_option
def preview(rewrite_id: str, as_json: bool) -> None:
    """Show each draft before and after instruction REWRITE_ID."""
    with workbench() as opened:
        found = opened.rewrites.preview(rewrite_id)
    if as_json:
        show_json(found)
        return
    for one in found:
        click.echo(f"=== {one.draft_id} {one.contact_name or ''} ({one.status}{f': {one.reason}' if one.reason else ''})")
        if one.body_after is not None:
            click.echo(f"--- before\n{one.subject}\n\n{one.body}\n--- after\n{one.subject_after}\n\n{one.body_after}")


@command.command()
@click.argument("rewrite_id")
@click.option("--draft", "draft_ids", multiple=True, metavar="ID", help="Only this draft; repeat it. All if absent.")
@_by
@json_option
def keep(rewrite_id: str, draft_ids: tuple[str, ...], by: str, as_json: bool) -> None:
    """Make what REWRITE_ID wrote the new revision of each draft; approvals of them are voided."""
    with workbench() as opened:
        report = opened.rewrites.keep(rewrite_id, by=by, draft_ids=draft_ids or None)
    _show(report, as_json, "Rewritten drafts wait for approval.")


@command.command()
@click.argument("rewrite_id")
@_by
@json_option
def drop(rewrite_id: str, by: str, as_json: bool) -> None:
    """Forget what REWRITE_ID wrote; the drafts stay as they are."""
    with workbench() as opened:
        report = opened.rewrites.drop(rewrite_id, by=by)
    _show(report, as_json, "The drafts are as they were.")


def _chosen(opened: Any, campaign: str, status: str | None, variant: str | None, search: str | None) -> list[str]:
    found: list[str] = []
    while page := opened.review.page(campaign, status=status, variant=variant, search=search, limit=500, offset=len(found)):
        found += [one.id for one in page]
    return found


def _show(report: Any, as_json: bool, following: str) -> None:
    if as_json:
        show_json(report)
        return
    click.echo(", ".join(f"{number} {status}" for status, number in sorted(report.items.items())) or "nothing")
    for draft_id, reason in list(report.reasons.items())[:10]:
        click.echo(f"  {draft_id}: {reason}")
    click.echo(f"Stopped: {report.stopped} Go on: gtm draft continue {report.rewrite_id}" if report.stopped else following)
