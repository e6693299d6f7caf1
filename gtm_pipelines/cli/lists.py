"""What ``gtm company`` and ``gtm contact`` share: import, list, inspect, export."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import Any, Protocol

import click
import sqlalchemy as sa

from gtm_pipelines.cli.list_files import export_command
from gtm_pipelines.cli.list_tags import tag_commands
from gtm_pipelines.cli.output import json_option, progress_bar, show_json, show_table, workbench
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.intake.model import ImportReport, Kind, MappingProposal
from gtm_pipelines.record.domains import readable
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.text import fold_text


class Queries(Protocol):
    """The part of a record's query module that a list needs."""

    def page(self, record: Record, *, search: str | None = None, limit: int = 50, offset: int = 0) -> Sequence[sa.Row[Any]]:
        """Return one page."""
        ...

    def count(self, record: Record, *, search: str | None = None) -> int:
        """Count all or those that are found."""
        ...

    def get(self, record: Record, id_or_key: str) -> sa.Row[Any]:
        """Return one."""
        ...


def list_group(kind: Kind, plural: str, queries: Queries, columns: Sequence[str]) -> click.Group:
    """Build the command group of one kind of list."""
    group = click.Group(kind, help=f"Import, list, inspect, tag and export {plural}.")
    group.add_command(_import_command(kind, plural))
    group.add_command(_list_command(plural, kind, queries, columns))
    group.add_command(_inspect_command(kind, queries))
    for made in (export_command(kind, plural), *tag_commands(kind, plural)):
        group.add_command(made)
    return group


_IMPORT_OPTIONS = (
    click.option("--map", "overrides", multiple=True, metavar="COLUMN=FIELD", help="Take a column for a field; repeatable."),
    click.option("--sheet", metavar="NAME", help="Sheet of a workbook; the first one with a table if absent."),
    click.option("--profile", metavar="NAME", help="Read the columns as this profile says; 'gtm profile list' shows them."),
    click.option("--save-profile", metavar="NAME", help="Remember how the columns are read, for files with the same ones."),
    click.option("--session-key", help="Name this import in every row it makes."),
    click.option("--source", help="Where the list comes from."),
    click.option("--lawful-basis", help="Why these people may be written to."),
    click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Write the rejected rows to this file."),
    click.option("--dry-run", is_flag=True, help="Show how the columns would be read, and stop."),
    json_option,
)


def _import_command(kind: Kind, plural: str) -> click.Command:
    def run(
        file: Path, overrides: tuple[str, ...], rejects: Path | None, dry_run: bool, as_json: bool, **given: str | None
    ) -> None:
        chosen = parse_overrides(overrides)
        with workbench() as bench:
            if dry_run:
                reading = {name: given[name] for name in ("sheet", "profile")}
                proposal = bench.intake.propose(file, kind, overrides=chosen, **reading)
                _show_proposal(proposal, as_json)
                _require(proposal)
                return
            with progress_bar(f"Importing {plural}", enabled=not as_json) as progress:
                report = bench.intake.import_file(
                    file, kind, overrides=chosen, by=f"person:{bench.settings.acting}", progress=progress, **given
                )
            if rejects:
                bench.intake.write_rejects(report.batch_id, rejects)
            _show_report(report, rejects, as_json)

    for option in reversed(_IMPORT_OPTIONS):
        run = option(run)
    run = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))(run)
    told = f"Import {plural} from a CSV file or a workbook. Doing it twice changes nothing."
    return click.command("import", help=told)(run)


def parse_overrides(pairs: tuple[str, ...]) -> dict[str, str]:
    """Turn ``COLUMN=FIELD`` words into a mapping.

    Raises:
        InputError: a word has no equals sign.
    """
    mapping = {}
    for pair in pairs:
        column, found, field = pair.rpartition("=")
        if not found or not column:
            raise InputError(f"--map wants COLUMN=FIELD, not '{pair}'. For example: --map 'Work e-mail=email'.")
        mapping[column] = field.strip()
    return mapping


def _show_proposal(proposal: MappingProposal, as_json: bool) -> None:
    if as_json:
        show_json(proposal)
        return
    read_as = _of_sheet(proposal) or f"{proposal.encoding}, delimiter {proposal.delimiter!r}"
    click.echo(f"{proposal.file_name}: {read_as}")
    if proposal.profile:
        click.echo(f"Read by profile '{proposal.profile}'.")
    rows = [{"column": c.column, "field": c.field or "(attribute)", "samples": " · ".join(c.samples)} for c in proposal.columns]
    show_table(rows, ("column", "field", "samples"), empty="The file has no columns.")
    _show_left_out(proposal.left_out)


def _of_sheet(read: MappingProposal | ImportReport) -> str | None:
    """Say which sheet of a workbook is read, and where its header is."""
    return None if read.sheet is None else f"sheet '{read.sheet}', header on line {read.header_line}"


def _show_left_out(columns: Sequence[str]) -> None:
    if columns:
        click.echo(f"Left out, as inner columns of an export of ours: {', '.join(columns)}")


def _require(proposal: MappingProposal) -> None:
    """Check that the file could be imported as it would be read.

    Raises:
        InputError: a needed column is missing; the text says what to do.
    """
    if proposal.missing and proposal.columns:
        lacking, field = " and ".join(proposal.missing), proposal.missing[0].split(" or ")[0]
        example = quote(f"{proposal.columns[0].column}={field}")
        raise InputError(
            f"No column was found for {lacking}, so {proposal.file_name} cannot be imported like this. "
            f"Name one, such as --map {example}, or add it to the file."
        )


def _show_report(report: ImportReport, rejects: Path | None, as_json: bool) -> None:
    if as_json:
        show_json(report)
        return
    click.echo(f"{report.rows} rows of {report.file_name} ({_of_sheet(report) or report.encoding}) in {report.seconds:.1f} s:")
    for outcome in ("imported", "merged", "unchanged", "rejected"):
        click.echo(f"  {getattr(report, outcome):>9,} {outcome}")
    for reason, count in sorted(report.reasons.items(), key=lambda item: -item[1]):
        click.echo(f"  {'':>9}   {reason}: {count:,}")
    if report.unmapped:
        click.echo(f"Kept as attributes: {', '.join(report.unmapped)}")
    _show_left_out(report.left_out)
    if report.shared_domains:
        click.echo(f"Websites of many unrelated companies, so nobody's key: {', '.join(report.shared_domains)}")
    if report.rejected and rejects:
        click.echo(f"The rejected rows are in {rejects}. Correct them there, then import that file.")
    elif report.rejected:
        click.echo(f"For the rejected rows, to be corrected and imported: gtm import rejects {report.batch_id} FILE")
    click.echo(f"Next: gtm {report.kind} list")


def _list_command(plural: str, kind: Kind, queries: Queries, columns: Sequence[str]) -> click.Command:
    @click.command("list", help=f"List {plural}, a page at a time.")
    @click.option("--search", help="Only those in which this text occurs.")
    @click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
    @click.option("--offset", default=0, show_default=True, type=click.IntRange(0))
    @json_option
    def run(search: str | None, limit: int, offset: int, as_json: bool) -> None:
        with workbench() as bench:
            total = queries.count(bench.record, search=search)
            rows = [dict(row._mapping) for row in queries.page(bench.record, search=search, limit=limit, offset=offset)]
        if as_json:
            show_json({"total": total, "limit": limit, "offset": offset, plural: rows})
            return
        empty = f"No {plural} match." if search else f"No {plural} yet. Import a list with 'gtm {kind} import FILE.csv'."
        show_table(map(_readable, rows), columns, empty=empty)
        if rows:
            click.echo(f"{offset + 1}-{offset + len(rows)} of {total:,}")

    return run


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "domain": readable(row["domain"])} if row.get("domain") else row


def _found(kind: Kind, queries: Queries, record: Record, key: str) -> sa.Row[Any]:
    """Return the one that a key or a name means; of a name that several have, say which there are.

    Raises:
        NotFoundError: nobody is meant.
        InputError: several have the name, or hold it in theirs.
    """
    column = "name" if kind == "company" else "full_name"
    try:
        found = queries.get(record, key)
    except NotFoundError:
        found = None
    if found is not None and fold_text(getattr(found, column)) != fold_text(key.strip()):
        return found
    alike = queries.page(record, search=key, limit=_CHOICE)
    same = [row for row in alike if fold_text(getattr(row, column)) == fold_text(key.strip())] or alike
    if not same:
        return found if found is not None else queries.get(record, key)
    if len(same) == 1:
        return same[0]
    beside = ("domain", "city") if kind == "company" else ("email", "company_name")
    lines = (f"  {row.id}  {', '.join(filter(None, (getattr(row, n) for n in (column, *beside))))}" for row in same)
    raise InputError("Several are called so. Name one by its id:\n" + "\n".join(lines))


_CHOICE = 20
"""Most companies or people named where a name means several."""


def _inspect_command(kind: Kind, queries: Queries) -> click.Command:
    by = "name, domain, number or id" if kind == "company" else "name, address, LinkedIn address or id"
    told = f"Show one {kind}, by {by}: its fields, its facts and the rows of the files they came from."

    @click.command("inspect", help=told)
    @click.argument("key")
    @json_option
    def run(key: str, as_json: bool) -> None:
        from gtm_pipelines.record.facts import of_subject
        from gtm_pipelines.record.lineage import source_rows

        with workbench() as bench:
            found = _found(kind, queries, bench.record, key)
            tags = bench.tags.of(kind, found.id)
            facts = [dict(row._mapping) for row in of_subject(bench.record, found.id)]
            rows = [dict(row._mapping) for row in source_rows(bench.record, found.id)]
        held = {name: value for name, value in found._mapping.items() if name not in ("workspace_id", "name_key", "attributes")}
        fields = {name: value for name, value in held.items() if value not in (None, "")}
        if as_json:
            show_json({kind: dict(found._mapping), "tags": tags, "facts": facts, "source_rows": rows})
            return
        shown = fields | ({"tags": ", ".join(tags)} if tags else {})
        show_table([{"field": n, "value": v} for n, v in shown.items()], ("field", "value"), empty="")
        if found.attributes:
            click.echo("\nColumns of its files without a field")
            show_table([{"column": n, "value": v} for n, v in found.attributes.items()], ("column", "value"), empty="")
        click.echo("\nFacts")
        show_table(facts, ("field", "value", "source", "evidence", "confidence", "retrieved_at"), empty="None yet.")
        click.echo("\nSource rows")
        show_table(rows, ("file_name", "line_number", "outcome", "imported_at", "raw"), empty="Made by hand.")

    return run
