"""``gtm enrich insights``: what the facts about companies and people mean for the offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.output import json_option, progress_bar, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.enrichment.insights.model import Claim, Insight
    from gtm_pipelines.enrichment.insights.service import InsightReport

_TITLES = {"summary": "Summary", "pains": "Pains", "triggers": "Triggers", "angles": "Angles"}


@click.command("insights")
@click.option("--kind", type=click.Choice(["company", "contact"]), default="company", show_default=True)
@click.option("--id", "ids", multiple=True, help="Id of one company or contact; repeatable.")
@click.option("--segment", help="Only the people of this segment, or the companies they work at.")
@click.option("--limit", type=click.IntRange(1), help="So many at most.")
@click.option("--strategy", help="Score by this strategy; the one confirmed last if absent.")
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True, help="Language of the claims.")
@click.option("--no-model", is_flag=True, help="Only points by rule; no model is asked.")
@click.option("--anew", is_flag=True, help="Ask again although nothing has changed.")
@click.option("--dry-run", is_flag=True, help="Say of how many a model would be asked; ask and write nothing.")
@click.option("--show", is_flag=True, help="Make nothing; show what there is, with every claim's facts.")
@json_option
def insights(show: bool, dry_run: bool, no_model: bool, as_json: bool, **options: Any) -> None:
    """Score companies or people and say what matters about them, each claim with the facts it rests on.

    What has not changed is not asked about again, so a run that was stopped goes on when it is called again.
    """
    from gtm_pipelines.enrichment.insights.run import About

    with workbench() as opened:
        if show:
            ids, kind, limit = options["ids"], options["kind"], options["limit"] or 20
            found = [one for each in ids if (one := opened.insights.of(kind, each))] if ids else opened.insights.best(kind, limit)
            _show(found, as_json, whole=bool(ids))
            return
        wanted = options | {"type": options["kind"], "ids": options["ids"] or None, "model": not no_model}
        wanted.pop("kind")
        with progress_bar("Insights", enabled=not as_json) as progress:
            report = opened.insights.run(About(**wanted), dry_run=dry_run, progress=progress)
    if as_json:
        show_json(report)
    else:
        _tell(report, dry_run=dry_run)


def _tell(report: InsightReport, *, dry_run: bool) -> None:
    for note in report.notes:
        click.echo(note)
    if dry_run:
        click.echo(f"Would ask a model about {report.asked:,} of {report.subjects:,}; {report.unchanged:,} are as they were.")
        return
    click.echo(
        f"{report.made:,} made, {report.unchanged:,} unchanged, {report.bare:,} with nothing to go by; "
        f"{report.kept:,} claims stand, {sum(report.dropped.values()):,} were dropped, ${report.cost_usd:.4f}."
    )
    for reason, count in sorted(report.dropped.items(), key=lambda one: -one[1]):
        click.echo(f"  dropped {count:,}: {reason}")
    if report.withheld:
        click.echo(f"{report.withheld:,} lines of pages speak to machines and were shown to none.")
    if report.failed:
        click.echo(f"Of {report.failed:,} no model gave a usable answer.")
    if report.stopped:
        click.echo(f"Stopped: {report.stopped} Run it again to go on.")


def _show(found: list[Insight], as_json: bool, *, whole: bool) -> None:
    if as_json:
        show_json(found)
        return
    if not whole:
        rows = [
            {
                "id": one.subject_id,
                "fit": one.fit,
                "confidence": f"{one.confidence:.0%}",
                "summary": one.summary,
                "at": one.created_at,
            }
            for one in found
        ]
        show_table(rows, ("id", "fit", "confidence", "summary", "at"), empty="There are no insights yet: gtm enrich insights")
        return
    for one in found:
        click.echo(
            f"{one.type} {one.subject_id}: fit {'unknown' if one.fit is None else one.fit}, confidence {one.confidence:.0%}"
        )
        for point in one.points:
            asked, known = f"{point.field} {point.op} {', '.join(point.values)}", point.known or "nothing known"
            click.echo(f"  {point.points:g} of {point.of:g}  {asked}: {point.verdict} ({known})")
        for section, title in _TITLES.items():
            for claim in one.claims[section]:
                click.echo(f"  {title}: {_said(claim)}")
        if one.dropped:
            click.echo(f"  {len(one.dropped)} claims were dropped; --json tells why.")


def _said(claim: Claim) -> str:
    where = f", {claim.url}" if claim.url else ""
    return f"{claim.text}  “{claim.quote}” [{', '.join(claim.facts)}{where}]"
