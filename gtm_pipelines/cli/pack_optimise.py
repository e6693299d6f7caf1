"""``gtm pack optimise`` and ``gtm pack attempts``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.output import by_option, json_option, progress_bar, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.drafting.learning.attempt import Attempt


@click.command()
@click.argument("pack", required=False)
@click.option("--optimiser", type=click.Choice(["bootstrap", "mipro", "gepa"]), default="gepa", show_default=True,
              help="bootstrap puts good drafts before the question; mipro and gepa write instructions too.")  # fmt: skip
@click.option("--language", default="en", show_default=True, help="Of the mails to learn from; one at a time.")
@click.option("--budget-usd", type=click.FloatRange(min=0), help="Most US dollars for all of it.")
@click.option("--budget-calls", type=click.IntRange(min=1), help="Most calls to models for all of it.")
@click.option("--candidates", type=click.IntRange(2, 50), default=4, show_default=True, help="MIPROv2: instructions to try.")
@click.option("--trials", type=click.IntRange(1, 500), default=8, show_default=True, help="MIPROv2: combinations to try.")
@click.option("--drafts", type=click.IntRange(10, 10_000), default=120, show_default=True, help="GEPA: drafts to score.")
@click.option("--demos", type=click.IntRange(0, 16), default=3, show_default=True, help="Most examples before a question.")
@click.option("--cases", type=click.IntRange(4, 1000), default=60, show_default=True, help="Most cases on each side.")
@click.option("--seed", type=int, default=7, show_default=True, help="Of all chance in it.")
@click.option("--no-judge", is_flag=True, help="Score without a judge, by people's texts and the rules alone.")
@click.option("--resume", metavar="ID", help="Go on with an attempt that was stopped or killed; paid answers are not paid again.")
@click.option("--stop", metavar="ID", help="Let a running attempt stop; it can be taken up again.")
@click.option("--dry-run", is_flag=True, help="Only say what would be learned from, and on what it would be tried.")
@by_option("Who asks for it.")
@json_option
def optimise(
    pack: str | None, optimiser: str, language: str, budget_usd: float | None, budget_calls: int | None, candidates: int,
    trials: int, drafts: int, demos: int, cases: int, seed: int, no_judge: bool, resume: str | None, stop: str | None,
    dry_run: bool, by: str, as_json: bool,
) -> None:  # fmt: skip
    """Better PACK by what people made of its drafts, and prove it on companies it never saw.

    What comes of it is a new version with a report. It counts only once a person promotes it:
    'gtm pack promote'. A version that is not shown to be better is not offered for that.
    """
    from gtm_pipelines.drafting.learning.attempt import Effort, Wish

    if sum(map(bool, (pack, resume, stop))) != 1:
        raise click.UsageError("Name a pack, or an attempt with --resume or --stop.")
    with workbench() as opened:
        opened.examples.rebuild()
        service = opened.optimisations
        if stop:
            attempt = service.stop(stop, by=by)
        elif resume:
            with progress_bar("drafts scored") as told:
                attempt = service.run(resume, budget_usd=budget_usd, budget_calls=budget_calls, progress=told)
        else:
            effort = Effort(candidates=candidates, trials=trials, metric_calls=drafts, demos=demos, seed=seed)
            wish = Wish(str(pack), optimiser, language, budget_usd, budget_calls, effort, cases, not no_judge)  # type: ignore[arg-type]
            if dry_run:
                _plan(service.plan(wish), as_json)
                return
            with progress_bar("drafts scored") as told:
                attempt = service.optimise(wish, by=by, progress=told)
    show_json(attempt) if as_json else _tell(attempt)


@click.command()
@click.argument("attempt_id", required=False)
@click.option("--pack", help="Only attempts on this pack.")
@json_option
def attempts(attempt_id: str | None, pack: str | None, as_json: bool) -> None:
    """List attempts to better packs, or show the report of one."""
    with workbench() as opened:
        if attempt_id:
            one = opened.optimisations.get(attempt_id)
            show_json(one) if as_json else _tell(one)
            return
        found = opened.optimisations.attempts(pack)
    if as_json:
        show_json(found)
        return
    rows = [
        {
            "id": one.id, "pack": f"{one.pack}@{one.base_version}", "optimiser": one.optimiser, "status": one.status,
            "verdict": one.report.get("verdict", ""), "result": one.result_version or "", "cost": f"${one.cost_usd:.4f}",
            "calls": one.calls,
        }
        for one in found
    ]  # fmt: skip
    show_table(rows, tuple(rows[0]) if rows else (), empty="Nobody tried to better a pack yet: 'gtm pack optimise'.")


def _plan(plan: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show_json(plan)
        return
    click.echo(f"Would better {plan['pack']} with {plan['optimiser']}: {_sides(plan['cases'])}.")


def _sides(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {side.replace('_', '-')}" for side, number in counts.items())


def _tell(attempt: Attempt) -> None:
    report = attempt.report
    spent = f"${attempt.cost_usd:.4f} in {attempt.calls} calls"
    click.echo(f"{attempt.id}: {attempt.optimiser} on {attempt.pack}@{attempt.base_version}: {attempt.status}, {spent}.")
    if attempt.status != "finished":
        click.echo(report.get("stopped") or report.get("failed") or f"It is at '{attempt.state.get('phase')}'.")
        if attempt.status == "stopped":
            click.echo(f"Go on with: gtm pack optimise --resume {attempt.id}")
        return
    held = report["held_out"]
    click.echo(f"Validation: {report['validation']['old']:.3f} before, {report['validation']['new']:.3f} after.")
    if report.get("said"):
        click.echo(report["said"])
        return
    click.echo(
        f"Held out: {held['old']:.3f} before, {held['new']:.3f} after; difference {held['difference']:+.3f} "
        f"(95 % from {held['low']:+.3f} to {held['high']:+.3f}), {held['cases']} cases of {held['companies']} companies, "
        f"{held['better']} better, {held['worse']} worse."
    )
    _tell_cases(report)
    click.echo(f"Verdict: {report['verdict'].replace('_', ' ')}. Rule: {report['rule']}.")
    made = f"{attempt.pack} {attempt.result_version}"
    if report["offered"]:
        click.echo(f"Read the new version with 'gtm pack diff {attempt.pack}', then: gtm pack promote {made}")
    else:
        click.echo(f"{made} was kept and is not offered for promotion.")


def _tell_cases(report: Mapping[str, Any]) -> None:
    """Show what was changed, and the cases that got better and worse most."""
    for name, change in report.get("changes", {}).items():
        before, after = len(change["instruction_before"]), len(change["instruction_after"])
        same = change["instruction_before"] == change["instruction_after"]
        said = "the same instruction" if same else f"another instruction ({before:,} characters before, {after:,} after)"
        demos = f", {change['demos']} examples" if change["demos"] else ""
        click.echo(f"Changed in '{name}': {said}{demos}.")
    rows = [
        {"held out": word, "example": one["example_id"], "before": f"{one['old']:.2f}", "after": f"{one['new']:.2f}"}
        for word in ("better", "worse")
        for one in report.get("cases", {}).get(word, ())
    ]
    if rows:
        show_table(rows, tuple(rows[0]), empty="")
