"""``gtm company|contact export``: lists as files, with the columns that are wanted."""

from __future__ import annotations

from pathlib import Path

import click

from gtm_pipelines.cli.output import json_option, progress_bar, show_json, workbench
from gtm_pipelines.intake.model import Kind


def export_command(kind: Kind, plural: str) -> click.Command:
    """Build the command that writes one kind of list."""
    text = f"Write {plural} to a CSV, XLSX or Parquet file; cells a spreadsheet would run are made harmless."

    @click.command("export", help=text)
    @click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
    @click.option(
        "--format", "format_", type=click.Choice(["csv", "xlsx", "parquet"]), help="If the name of FILE does not say it."
    )
    @click.option(
        "--columns", metavar="A,B,…", help="Which columns, such as email,attribute.Tier; 'all' for every column and attribute."
    )
    @click.option("--attributes", is_flag=True, help="Each attribute as a column of its own.")
    @click.option("--segment", help="Only the contacts of this segment.", hidden=kind == "company")
    @json_option
    def run(file: Path, format_: str | None, columns: str | None, attributes: bool, segment: str | None, as_json: bool) -> None:
        with workbench() as bench, progress_bar(f"Writing {plural}", enabled=not as_json) as progress:
            own = bench.lists.every_column(kind)
            named = tuple(name for name in own if not name.startswith("company."))
            wanted = named if columns == "all" else [name.strip() for name in (columns or "").split(",") if name.strip()]
            written = bench.lists.export(
                kind,
                file,
                format=format_,
                columns=wanted,
                attributes=attributes or columns == "all",
                segment=segment,
                progress=progress,
            )
        if as_json:
            show_json({"file": str(file), "written": written})
        else:
            click.echo(f"{written:,} {plural} written to {file}.")

    return run
