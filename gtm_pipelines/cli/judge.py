"""``gtm judge``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.output import by_option, json_option, progress_bar, short, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.drafting.checks.model import DraftGrounding
    from gtm_pipelines.drafting.judging.agreement import Estimate

SHOWN = 100
"""Characters of a claim and of what it rests on in a line; ``--json`` has them whole."""


@click.group()
def command() -> None:
    """Check drafts by rule, score them, and see how far scores agree with people."""


@command.command()
@click.argument("campaign")
@click.option("--judge", type=click.Choice(["rules", "model"]), default="rules", show_default=True, help="Who scores.")
@click.option("--limit", type=click.IntRange(min=1), help="So many drafts at most.")
@json_option
def run(campaign: str, judge: str, limit: int | None, as_json: bool) -> None:
    """Score the drafts of CAMPAIGN that this judge has not scored yet.

    'rules' counts what rules found and costs nothing; 'model' asks the models of the role 'judge', a draft a call.
    A run that was stopped goes on where it was.
    """
    with workbench() as opened, progress_bar("Judging", enabled=not as_json) as progress:
        report = opened.judging.run(campaign, judge=judge, limit=limit, progress=progress)  # type: ignore[arg-type]
    if as_json:
        show_json(report)
        return
    click.echo(f"{report.judge}: {report.judged} judged, {report.already} before, {len(report.failed)} without a usable answer.")
    for failure in report.failed:
        click.echo(f"  {failure.draft_id}: {failure.reason}")
    if report.stopped:
        click.echo(f"Stopped: {report.stopped}")


@command.command()
@click.argument("draft")
@json_option
def show(draft: str, as_json: bool) -> None:
    """Show what rules found in DRAFT, what its words rest on, and how it was judged."""
    with workbench() as opened:
        grounding = opened.groundings.of_draft(draft)
        judged = opened.judging.of_drafts([draft]).get(draft, [])
    if as_json:
        show_json({"grounding": grounding, "judgements": judged})
        return
    _show_grounding(grounding)
    for one in judged:
        click.echo(f"\n{one.judge}: quality {one.quality:.2f}, risk {one.risk:.2f}")
        for name, reason in one.reasons.items():
            click.echo(f"  {name}: {reason}")


def _show_grounding(grounding: DraftGrounding) -> None:
    click.echo(f"Revision {grounding.revision}: {grounding.verdict} ({grounding.checker})")
    for one in grounding.findings:
        passed = f" [let pass by {one.passed_by}: {one.passed_because}]" if one.passed_by else ""
        click.echo(f"  {one.finding.severity:5}  {one.key}  {one.finding.text}. {one.finding.hint}{passed}")
    for claim in grounding.claims:
        known = "; ".join(f"{short(each.evidence.text, SHOWN)} ({each.evidence.source})" for each in claim.backing)
        click.echo(f"  '{short(claim.text, SHOWN)}' rests on {known or 'nothing that is known now'}")


@command.command("pass")
@click.argument("draft")
@click.argument("key")
@click.option("--reason", required=True, help="Why the finding may pass; kept beside it.")
@by_option("Who lets it pass.")
def let_pass(draft: str, key: str, reason: str, by: str) -> None:
    """Let one finding of DRAFT pass, by its KEY as 'gtm judge show' lists it.

    Open merge fields and what the law asks for are never let pass.
    """
    with workbench() as opened:
        _show_grounding(opened.groundings.overrule(draft, key, by=by, reason=reason))


@command.command()
@click.argument("campaign")
@json_option
def alike(campaign: str, as_json: bool) -> None:
    """List drafts of CAMPAIGN that a model wrote nearly word for word like another."""
    with workbench() as opened:
        groups = opened.groundings.alike(campaign)
    if as_json:
        show_json(groups)
        return
    rows = [{"drafts": len(one.draft_ids), "likeness": f"{one.likeness:.2f}", "first": one.draft_ids[0]} for one in groups]
    show_table(rows, ("drafts", "likeness", "first"), empty="No two drafts of a model are nearly the same.")


@command.command()
@click.option("--judge", help="Only this judge, by name.")
@json_option
def report(judge: str | None, as_json: bool) -> None:
    """Hold judges against what people decided and what readers answered, by pack and language."""
    with workbench() as opened:
        found = opened.calibration.report(judge=judge)
    if as_json:
        show_json(found)
        return
    rows: list[dict[str, Any]] = [
        {
            "judge": one.judge, "pack": one.pack, "language": one.language, "judged": one.judged, "decided": one.decided,
            "agreement": _told(one.agreement), "kappa": _told(one.kappa), "quality": _told(one.quality),
            "risk": _told(one.risk), "says": one.told, "answers": one.answers.told,
        }
        for one in found
    ]  # fmt: skip
    columns = ("judge", "pack", "language", "judged", "decided", "agreement", "kappa", "quality", "risk", "says", "answers")
    show_table(rows, columns, empty="Nothing was judged yet. 'gtm judge run CAMPAIGN' scores its drafts.")


def _told(one: Estimate | None) -> str:
    return f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})" if one is not None else "-"
