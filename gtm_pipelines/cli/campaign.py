"""``gtm campaign``: create, draft, review, release and follow. Plan and send are delivery's."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import asdict
from shlex import quote
from typing import Any

import click

from gtm_pipelines.cli.output import by_option, json_option, progress_bar, show_json, show_table, workbench
from gtm_pipelines.cli.segment import read_json_text, written_lately
from gtm_pipelines.errors import InputError

_STATE = ("show", "release", "hold", "archive", "stop-person", "resume-person")
_DELIVERY = ("plan", "send", "pause", "resume", "unknown", "settle", "stuck", "retry")
_by = click.option("--by", required=True, help="The person who decides.")


class CampaignGroup(click.Group):
    """A group whose commands of delivery and of its state are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of a campaign's life."""
        before = ["create", "list", "show", "status", "draft", "drafts", "approve", "reject", "release"]
        return [*before, *_DELIVERY, "hold", "archive", "stop-person", "resume-person"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command."""
        if cmd_name not in (*_DELIVERY, *_STATE):
            return super().get_command(ctx, cmd_name)
        room = "campaign_delivery" if cmd_name in _DELIVERY else "campaign_state"
        found: click.Command = getattr(importlib.import_module(f"gtm_pipelines.cli.{room}"), cmd_name.replace("-", "_"))
        return found


@click.group(cls=CampaignGroup)
def command() -> None:
    """Create, draft, approve, plan, send and follow campaigns."""


@command.command()
@click.argument("name")
@click.option("--segment", required=True, help="Name of the segment whose contacts are frozen into it.")
@click.option("--pack", required=True, help="Prompt pack: NAME, or NAME@VERSION.")
@click.option("--variant", "variants", multiple=True, help="A variant to compare; repeat it. All of the pack's if absent.")
@click.option("--mailbox", "mailboxes", multiple=True, required=True, help="A sender identity; repeat it to rotate.")
@click.option(
    "--sequence",
    "sequence",
    multiple=True,
    metavar="PACK[@VERSION][#VARIANT]:DAYS",
    help="A later mail: its pack, and working days of the recipient after the mail before; repeat it, in order.",
)
@click.option("--stop-company", is_flag=True, default=None, help="An answer of one person stops the mails to their company.")
@click.option("--settings", metavar="FILE_OR_JSON", help="Settings such as seed, limit, default_language, variables.")
@click.option("--drafter", type=click.Choice(["baseline", "model"]), help="Who writes: mail merge, or a language model.")
@click.option("--tone", type=click.Choice(["pack", "formal", "neutral", "casual"]), help="Tone a model writes in.")
@click.option("--length", type=click.Choice(["short", "medium", "long"]), help="How much of the pack's length a model may use.")
@click.option("--voice", help="Voice a model writes in; the mailbox's own if absent. See 'gtm voice'.")
@click.option("--budget", type=click.FloatRange(0, min_open=True), help="Most US dollars for drafting it.")
@by_option("Who creates it.")
@json_option
def create(
    name: str,
    segment: str,
    pack: str,
    variants: tuple[str, ...],
    mailboxes: tuple[str, ...],
    settings: str | None,
    by: str,
    as_json: bool,
    budget: float | None,
    sequence: tuple[str, ...],
    stop_company: bool | None,
    **choices: str | None,
) -> None:
    """Create campaign NAME and freeze its targets and the mails of its sequence."""
    said = {**choices, "budget_usd": budget, "sequence": sequence or None, "stop_company": stop_company}
    chosen = {name: value for name, value in said.items() if value is not None}
    with workbench() as opened, progress_bar("Freezing targets", enabled=not as_json) as progress:
        overlaps = opened.segments.overlaps(opened.segments.get(segment).filter)
        made = opened.campaigns.create(
            name,
            segment=segment,
            pack=pack,
            variants=variants or None,
            mailboxes=mailboxes,
            by=by,
            settings=_settings(settings, chosen),
            progress=progress,
        )
        status = opened.campaigns.status(made.id)
    if as_json:
        show_json({"campaign": made, "status": status, "overlaps": overlaps})
    else:
        for other in overlaps.campaigns:
            click.echo(f"Warning: {other.people} people of this segment are in campaign '{other.name}' ({other.status}) too.")
        for line in written_lately(overlaps):
            click.echo(f"Warning: {line}")
        click.echo(
            f"Campaign '{made.name}': {status.active} targets, {status.excluded} left out{_reasons(status.excluded_reasons)}."
        )
        click.echo(f"Next: gtm campaign draft {quote(made.name)}")


@command.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List campaigns, newest first."""
    with workbench() as opened:
        campaigns = opened.campaigns.list()
    if as_json:
        show_json(campaigns)
        return
    rows = [asdict(item) | {"pack": f"{item.pack}@{item.pack_version}", "status": item.standing} for item in campaigns]
    columns = ("name", "status", "segment_name", "segment_version", "pack", "created_at", "released_at")
    show_table(rows, columns, empty="No campaign yet. Make one: gtm campaign create NAME --segment ... --pack ... --mailbox ...")


_FIGURES = {
    "targets": "targets (everybody frozen into it)",
    "active": "of them to be written to",
    "excluded": "of them left out",
    "failed": "failed (never left, some refused by the server at once)",
    "bounced": "bounced (of those sent)",
}
"""Figures whose names alone would be mistaken for one another."""


@command.command()
@click.argument("name")
@json_option
def status(name: str, as_json: bool) -> None:
    """Show how far campaign NAME is: every count from targets to replies."""
    with workbench() as opened:
        found = opened.campaigns.status(name)
    if as_json:
        show_json(found)
        return
    rows = []
    for key, value in asdict(found).items():
        if key != "campaign_id" and value not in ({}, None):
            rows.append(
                {
                    "figure": _FIGURES.get(key, key.replace("_", " ")),
                    "value": _reasons(value)[2:-1] if isinstance(value, dict) else value,
                }
            )
    show_table(rows, ("figure", "value"), empty="")


@command.command()
@click.argument("name")
@click.option("--judge", type=click.Choice(["rules", "model"]), help="Score what was written too: by counting, or by a model.")
@json_option
def draft(name: str, judge: str | None, as_json: bool) -> None:
    """Write every draft of campaign NAME that is missing, later mails shortly before they are due; run it again to go on.

    Context, plan, draft, check, refine and, with --judge, the scores: 'gtm draft show ID' tells what each of them put out.
    """
    with workbench() as opened:
        with progress_bar("Drafting", enabled=not as_json) as progress:
            report = opened.drafting.draft(name, progress=progress)
        scored = _judged(opened, name, judge, as_json) if judge and not report.stopped else None
    if as_json:
        show_json(asdict(report) | ({"judged": scored} if judge else {}))
        return
    click.echo(f"{report.drafted} drafted, {report.existing} there before, {report.failed} failed{_reasons(report.reasons)}.")
    if report.later:
        click.echo(f"{report.later} later mails of the sequence are near enough to be written; they are among these.")
    if report.calls:
        click.echo(f"{report.calls} calls to models, {report.cached} of them free, US dollars {report.cost_usd:,.4f}.")
    for failure in report.failures[:5]:
        click.echo(f"  {failure.contact_id} {failure.variant}: {failure.reason}")
    if scored is not None:
        click.echo(f"{scored.judged} judged by {scored.judge}, {scored.already} before, {len(scored.failed)} without a score.")
    for why in (report.stopped, scored.stopped if scored else None):
        if why:
            click.echo(f"Stopped: {why}")
    if report.failed:
        click.echo(f"All of them: gtm draft failures {quote(name)}. Try again: gtm campaign draft {quote(name)}")
    click.echo(f"Next: gtm campaign drafts {quote(name)}, then gtm campaign approve {quote(name)} --recommended --by YOU")


def _judged(opened: Any, name: str, judge: str, as_json: bool) -> Any:
    with progress_bar("Judging", enabled=not as_json) as progress:
        return opened.judging.run(name, judge=judge, progress=progress)


@command.command()
@click.argument("name")
@click.option("--status", "state", type=click.Choice(["drafted", "approved", "rejected"]), help="Only drafts in this state.")
@click.option("--variant", help="Only this variant.")
@click.option("--search", help="Text in name, address, company, subject or body.")
@click.option("--limit", default=20, show_default=True, help="Drafts to show.")
@click.option("--offset", default=0, show_default=True, help="Drafts to pass over.")
@json_option
def drafts(name: str, state: str | None, variant: str | None, search: str | None, limit: int, offset: int, as_json: bool) -> None:
    """List drafts of campaign NAME."""
    with workbench() as opened:
        page = opened.review.page(name, status=state, variant=variant, search=search, limit=limit, offset=offset)
        count = opened.review.count(name, status=state, variant=variant, search=search)
    if as_json:
        show_json({"count": count, "drafts": page})
        return
    columns = ("id", "step", "variant", "status", "contact_name", "company_name", "subject")
    show_table((asdict(item) for item in page), columns, empty=f"No such draft. Write them: gtm campaign draft {quote(name)}")
    click.echo(f"{len(page)} of {count}")


@command.command()
@click.argument("name")
@click.option("--draft", "draft_ids", multiple=True, metavar="ID", help="A draft to approve; repeat it.")
@click.option("--recommended", is_flag=True, help="For everybody undecided, the variant the campaign's coin chose.")
@_by
@json_option
def approve(name: str, draft_ids: tuple[str, ...], recommended: bool, by: str, as_json: bool) -> None:
    """Approve drafts of campaign NAME exactly as they are."""
    if bool(draft_ids) == recommended:
        raise click.UsageError("Give either --draft ID or --recommended.")
    with workbench() as opened, progress_bar("Approving", enabled=recommended and not as_json) as progress:
        if recommended:
            report = opened.review.approve_recommended(name, by=by, progress=progress)
        else:
            _check_drafts(opened, name, draft_ids)
            report = opened.review.approve(draft_ids, by=by)
    if as_json:
        show_json(report)
        return
    click.echo(f"{report.approved} approved, {report.already} were already, {len(report.refused)} refused.")
    _show_refused(report.refused)


@command.command()
@click.argument("name")
@click.option("--draft", "draft_ids", multiple=True, required=True, metavar="ID", help="A draft to reject; repeat it.")
@click.option("--reason", required=True, help="Why, so that the next draft can be better.")
@_by
@json_option
def reject(name: str, draft_ids: tuple[str, ...], reason: str, by: str, as_json: bool) -> None:
    """Reject drafts of campaign NAME."""
    with workbench() as opened:
        _check_drafts(opened, name, draft_ids)
        report = opened.review.reject(draft_ids, by=by, reason=reason)
    if as_json:
        show_json(report)
        return
    click.echo(f"{report.rejected} rejected, {report.already} were already, {len(report.refused)} refused.")
    _show_refused(report.refused)


def _settings(text: str | None, chosen: Mapping[str, Any]) -> Any:
    from gtm_pipelines.campaigns.choices import settings_of

    if text is None and not chosen:
        return None
    return settings_of(read_json_text(text, "settings") if text is not None else None, chosen)


def _check_drafts(opened: Any, name: str, draft_ids: tuple[str, ...]) -> None:
    campaign = opened.campaigns.get(name)
    for draft_id in draft_ids:
        if opened.review.get(draft_id).campaign_id != campaign.id:
            raise InputError(f"Draft {draft_id} is not of campaign '{name}'. List its drafts: gtm campaign drafts {quote(name)}")


def _show_refused(refused: Any) -> None:
    for refusal in refused[:10]:
        click.echo(f"  {refusal.draft_id}: {refusal.reason} [{refusal.rule}]")


def _reasons(reasons: Any) -> str:
    return f" ({', '.join(f'{reason} {number}' for reason, number in sorted(reasons.items()))})" if reasons else ""
