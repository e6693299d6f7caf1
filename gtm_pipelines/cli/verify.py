"""``gtm verify``: whether addresses take mail, and how many mails of a list would come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.output import by_option, json_option, progress_bar, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.enrichment.verification.bounces import Projection
    from gtm_pipelines.enrichment.verification.service import VerificationReport, Whom
    from gtm_pipelines.workbench import Workbench

_BAR = 24
_GATES = {
    "open": "Release: nothing stands against it.",
    "warn": "Release: possible, but it may come to the limit. Verify the addresses for a surer figure.",
    "blocked": "Release: stopped by the rule bounces.projected, unless a person accepts it and says why.",
}


@click.command("verify")
@click.option("--segment", help="Only the contacts of this segment.")
@click.option("--campaign", help="Only those of this campaign whom nothing was sent to yet.")
@click.option("--vendors", is_flag=True, help="Ask paid verifiers too, within the ceilings of [enrichment].")
@click.option("--anew", is_flag=True, help="Ask name servers about domains too that are known.")
@click.option("--dry-run", is_flag=True, help="Say who would be asked and what it can cost; ask and write nothing.")
@by_option("Who asks.")
@json_option
def command(segment: str | None, campaign: str | None, vendors: bool, anew: bool, dry_run: bool, by: str, as_json: bool) -> None:
    """Verify addresses, and say how many mails would come back.

    Syntax, role, free-mail and disposable addresses are told without asking anybody. With dns = true in
    [verification] name servers say whether domains take mail. No mail server is ever spoken to.
    """
    from gtm_pipelines.enrichment.verification.service import Whom

    whom = Whom(segment, campaign)
    with workbench() as opened:
        with progress_bar("Verifying", enabled=not as_json) as progress:
            if not dry_run:
                opened.enrichment.verify_emails()
            report = opened.verification.check(whom, anew=anew, dry_run=dry_run, progress=progress)
        asked = _vendors(opened, whom, by, dry_run=dry_run) if vendors else None
        projection = opened.verification.project(whom)
        dns = opened.settings.verification.dns
    if as_json:
        shown = {"dry_run": dry_run, "dns": dns, "check": report, "vendors": asked, "projection": projection}
        show_json({**shown, "gate": projection.gate})
        return
    _tell(report, dns=dns, dry_run=dry_run)
    if asked is not None:
        click.echo(f"Vendors: {_said(asked)}")
    _show(projection)


def _vendors(opened: Workbench, whom: Whom, by: str, *, dry_run: bool) -> Any:
    """Ask verifiers under the ledger and the ceilings of research, or say what that would cost."""
    from gtm_pipelines.enrichment.research import Order

    order = Order("contact", ("email_verification",), ids=opened.verification.contacts(whom))
    return opened.research.forecast(order) if dry_run else opened.research.run(order, by=by)


def _said(asked: Any) -> str:
    figures = {
        name: getattr(asked, name) for name in ("done", "facts", "cost_usd", "subjects", "most_usd") if hasattr(asked, name)
    }
    return ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in figures.items() if isinstance(value, (int, float)))


def _tell(report: VerificationReport, *, dns: bool, dry_run: bool) -> None:
    if not dns:
        click.echo("Name servers were not asked: set dns = true in [verification] to know whether domains take mail.")
    elif dry_run:
        click.echo(f"Would ask name servers about {report.domains:,} domains; {report.fresh:,} addresses are known.")
    else:
        unanswered = f"; no answer for {report.unanswered:,}, run it again" if report.unanswered else ""
        click.echo(f"Asked name servers about {report.domains:,} domains; {report.fresh:,} addresses were known{unanswered}.")


def _show(projection: Projection) -> None:
    if not projection.recipients:
        click.echo("There is no address to project bounces for.")
        return
    rows = [
        {
            "verdict": share.verdict,
            "addresses": f"{share.count:,}",
            "": "█" * round(_BAR * share.count / projection.recipients),
            "bounce rate": f"{share.rate:.1%}",
            "own mail": f"{share.bounced:,} of {share.sent:,}",
            "prior": share.source,
        }
        for share in projection.shares
    ]
    show_table(rows, ("verdict", "addresses", "", "bounce rate", "own mail", "prior"), empty="")
    click.echo(f"{projection.role:,} role mailboxes and {projection.free_mail:,} at free providers are among them.")
    click.echo(f"{projection.told}.\n{_GATES[projection.gate]}")
