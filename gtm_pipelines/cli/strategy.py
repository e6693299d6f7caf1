"""``gtm strategy``: whom to write to and why, document by document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gtm_pipelines.cli.output import by_option, json_option, progress_bar, show_json, show_table, workbench
from gtm_pipelines.cli.strategy_shown import document_json, show_document, show_documents, show_plan, strategy_json, text_of
from gtm_pipelines.cli.strategy_sources import sources
from gtm_pipelines.errors import InputError
from gtm_pipelines.strategy.model import KINDS, Correction, Kind

_KIND = click.Choice(KINDS)
_BY = by_option("The person who does it.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("strategy")
def command() -> None:
    """Write, correct and confirm whom to write to and why; find data sources."""


@command.command("new")
@click.argument("name")
@click.argument("website")
@click.option("--language", type=click.Choice(("en", "ru")), default="en", show_default=True, help="Language of the documents.")
@_BY
@json_option
def new(name: str, website: str, language: str, by: str, as_json: bool) -> None:
    """Begin the strategy NAME for the offer of WEBSITE. Nothing is read or asked yet."""
    with workbench() as bench:
        made = bench.strategies.new(name, website, language=language, by=by)
    if as_json:
        show_json(strategy_json(made))
    else:
        click.echo(f"'{made.name}' begins with {made.website}. Next: gtm strategy run '{made.name}' --by YOU")


@command.command("run")
@click.argument("name")
@click.option("--only", multiple=True, type=_KIND, help="Write this document, with those it requires and lacks; repeatable.")
@click.option("--again", is_flag=True, help="Write even what is there and up to date, as a new version.")
@click.option("--refresh", is_flag=True, help="Read the website anew.")
@click.option("--page", multiple=True, type=_FILE, help="A text file to use beside or in place of the website; repeatable.")
@click.option("--guidance", help="What the documents should regard; they may rest on it.")
@click.option("--budget", type=click.FloatRange(0), help="Most US dollars a month for data sources.")
@click.option("--records", type=click.IntRange(1), default=1_000, show_default=True, help="Companies a month for their cost.")
@click.option("--dry-run", is_flag=True, help="Say what would be read, asked and paid, and do none of it.")
@by_option("Who asks for it.")
@json_option
def run(name: str, only: tuple[Kind, ...], page: tuple[Path, ...], dry_run: bool, by: str, as_json: bool, **more: Any) -> None:
    """Write the documents of NAME that are missing or outdated; stopped and run again, it goes on where it was."""
    from gtm_pipelines.strategy.given import page_of
    from gtm_pipelines.strategy.service import Wishes

    with workbench() as bench:
        given = tuple(page_of(path, bench.clock.now()) for path in page)
        more["budget_usd"] = more.pop("budget")
        wishes = Wishes(only=only, given=given, **more)
        if dry_run:
            show_plan(bench.strategies.plan(name, wishes), as_json)
            return
        with progress_bar("Writing documents", enabled=not as_json) as progress:
            made = bench.strategies.run(name, wishes, by=by, progress=progress)
    if as_json:
        show_json(strategy_json(made))
        return
    show_documents(made)
    click.echo(f"Look: gtm strategy show '{made.name}' DOCUMENT. When it is right: gtm strategy confirm '{made.name}' --by YOU")


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List strategies, the one changed last first."""
    with workbench() as bench:
        found = bench.strategies.list()
    if as_json:
        show_json([strategy_json(each, contents=False) for each in found])
        return
    rows = [
        {
            "name": each.name, "status": each.status, "website": each.website, "language": each.language,
            "documents": f"{len(each.documents)} of {len(KINDS)}",
            "outdated": ", ".join(each.stale()), "confirmed_by": each.confirmed_by,
        }
        for each in found
    ]  # fmt: skip
    columns = ("name", "status", "website", "language", "documents", "outdated", "confirmed_by")
    show_table(rows, columns, empty="No strategy yet. Begin one: gtm strategy new NAME WEBSITE --by YOU")


@command.command("show")
@click.argument("name")
@click.argument("document", required=False, type=_KIND)
@click.option("--version", type=click.IntRange(1), help="An earlier version of the document.")
@click.option("--evidence", is_flag=True, help="Show the words that each claim rests on, and what was taken out.")
@json_option
def show(name: str, document: Kind | None, version: int | None, evidence: bool, as_json: bool) -> None:
    """Show the strategy NAME, or one DOCUMENT of it with its versions and corrections."""
    with workbench() as bench:
        found = bench.strategies.get(name)
        history = bench.strategies.history(name, document) if document else ()
        corrections = [each for each in bench.strategies.corrections.list(name) if each.kind == document]
    if not document:
        show_json(strategy_json(found)) if as_json else show_documents(found)
        return
    chosen = next((each for each in history if version in (None, each.number)), None)
    if chosen is None:
        told = f"version {version} of the {document.replace('_', ' ')}" if version else document.replace("_", " ")
        raise InputError(f"'{name}' has no {told}. It has {len(history)} versions; 'gtm strategy run' writes it.")
    if as_json:
        versions = [{"number": each.number, "author": each.author, "created_at": each.created_at} for each in history]
        show_json({**document_json(chosen), "versions": versions, "corrections": corrections})
        return
    show_document(chosen, evidence=evidence)
    for each in corrections:
        click.echo(f"  corrected {each.created_at:%Y-%m-%d %H:%M} by {each.actor}: {each.scope} {each.path or ''}")


@command.command("correct")
@click.argument("name")
@click.argument("document", type=_KIND)
@click.option(
    "--set", "sets", metavar="FIELD=VALUE", help="Set one field, such as features.0.text=..., or firmographics.0.values=DE,AT."
)
@click.option("--remove", metavar="CLAIM", help="Take a claim out, such as customers.1.")
@click.option("--section", help="Have this section written anew, with --guidance.")
@click.option("--guidance", help="What to do better; alone, the whole document is written anew.")
@click.option("--undo", is_flag=True, help="Make a version equal to the one before, or to --to.")
@click.option("--to", type=click.IntRange(1), help="With --undo: the older version.")
@_BY
@json_option
def correct(name: str, document: Kind, by: str, as_json: bool, **how: Any) -> None:
    """Correct a DOCUMENT of NAME: one field, a section, or the whole of it; or take a correction back."""
    with workbench() as bench:
        made = _correct(bench.strategies.corrections, name, document, by, **how)
    if as_json:
        show_json(made)
        return
    before, after = made.confidence_before or 0, made.confidence_after or 0
    click.echo(f"{len(made.changes)} claims changed; confidence {before:.0%} → {after:.0%}.")
    rows = [{"claim": each["path"], "before": text_of(each["before"]), "after": text_of(each["after"])} for each in made.changes]
    show_table(rows, ("claim", "before", "after"), empty="Nothing is said otherwise.")
    for note in made.notes:
        click.echo(f"  note: {note}")


def _correct(
    corrections: Any, name: str, kind: Kind, by: str, *, sets: str | None, remove: str | None, section: str | None,
    guidance: str | None, undo: bool, to: int | None,
) -> Correction:  # fmt: skip
    if sum(map(bool, (sets, remove, section, undo))) > 1 or not any((sets, remove, section, undo, guidance)):
        raise InputError(
            "Say one of: --set FIELD=VALUE, --remove CLAIM, --section NAME --guidance TEXT, --guidance TEXT, --undo."
        )
    from gtm_pipelines.strategy.patch import read_value

    made: Correction
    if undo:
        made = corrections.undo(name, kind, by=by, to=to)
    elif section:
        made = corrections.section(name, kind, section, guidance or "", by=by)
    elif remove:
        made = corrections.field(name, kind, remove, None, by=by, why=guidance)
    elif sets:
        path, sign, value = sets.partition("=")
        if not sign:
            raise InputError(f"--set wants FIELD=VALUE, not '{sets}'.")
        made = corrections.field(name, kind, path.strip(), read_value(path.strip(), value), by=by, why=guidance)
    else:
        made = corrections.whole(name, kind, guidance or "", by=by)
    return made


@command.command("confirm")
@click.argument("name")
@_BY
@json_option
def confirm(name: str, by: str, as_json: bool) -> None:
    """Confirm NAME as it stands: its profile scores companies and people from now on."""
    with workbench() as bench:
        made = bench.strategies.confirm(name, by=by)
    if as_json:
        show_json(strategy_json(made, contents=False))
    else:
        click.echo(f"'{made.name}' is confirmed by {made.confirmed_by}. Next: gtm strategy propose-segment '{made.name}'")


@command.command("propose-segment")
@click.argument("name")
@click.option("--save", metavar="SEGMENT", help="Save the filter as a segment of this name.")
@by_option("With --save: the person who saves it.")
@json_option
def propose_segment(name: str, save: str | None, by: str, as_json: bool) -> None:
    """Turn what NAME says about whom to look for into a filter, and say whom it finds."""
    from gtm_pipelines.segments.propose import propose

    with workbench() as bench:
        criteria = bench.strategies.criteria(name)
        made = propose(criteria, workspace_id=bench.record.workspace_id, now=bench.clock.now())
        count = bench.segments.count(made.filter)
        saved = bench.segments.save(save, made.filter, by=by) if save else None
    if as_json:
        show_json({
            "filter": made.filter.to_json(), "sentence": made.sentence, "count": count, "left_out": made.left_out,
            "saved": saved.name if saved else None,
        })  # fmt: skip
        return
    click.echo(f"{count:,} people match. {made.sentence}")
    for told, why in made.left_out:
        click.echo(f"  not in it: {told}; {why}")
    click.echo(f"Saved as '{saved.name}', version {saved.version}." if saved else "To save it: --save SEGMENT --by YOU")


command.add_command(sources)
