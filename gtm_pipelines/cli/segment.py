"""``gtm segment``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from gtm_pipelines.cli.output import json_option, show_json, show_table, workbench
from gtm_pipelines.errors import InputError

_FILTER = 'A JSON filter, or a file that holds one, such as \'{"all": [{"field": ..., "op": ..., "value": ...}]}\'.'
_CONTACT_COLUMNS = ("full_name", "email", "position", "company_name", "country", "language")
_COMPANY_COLUMNS = ("name", "domain", "country", "industry", "employee_count")


@click.group()
def command() -> None:
    """Build, preview and list segments: saved filters over contacts and companies."""


@command.command()
@click.argument("name")
@click.option("--filter", "filter_", required=True, metavar="FILE_OR_JSON", help=_FILTER)
@click.option("--description", help="What the segment is for.")
@click.option("--by", default="cli", show_default=True, help="Who saves it.")
@json_option
def create(name: str, filter_: str, description: str | None, by: str, as_json: bool) -> None:
    """Save a filter as segment NAME; a changed filter becomes a new version."""
    with workbench() as opened:
        saved = opened.segments.save(name, read_filter(filter_), by=by, description=description)
        count = opened.segments.preview(saved.filter, limit=0).count
    if as_json:
        show_json(_shown(saved) | {"count": count})
    else:
        click.echo(f"{saved.name}, version {saved.version}: {count} contacts. {saved.sentence}")


@command.command()
@click.argument("name", required=False)
@click.option("--filter", "filter_", metavar="FILE_OR_JSON", help=_FILTER)
@click.option("--entity", type=click.Choice(["contact", "company"]), default="contact", show_default=True, help="What to list.")
@click.option("--limit", default=20, show_default=True, help="Rows to show.")
@click.option("--offset", default=0, show_default=True, help="Rows to pass over.")
@json_option
def preview(name: str | None, filter_: str | None, entity: str, limit: int, offset: int, as_json: bool) -> None:
    """Count and list what segment NAME or --filter matches now."""
    if (name is None) == (filter_ is None):
        raise click.UsageError("Give either the NAME of a segment or --filter.")
    with workbench() as opened:
        tree = opened.segments.get(name).filter if name else read_filter(filter_ or "")
        found = opened.segments.preview(tree, entity=entity, limit=limit, offset=offset)  # type: ignore[arg-type]
    if as_json:
        show_json(found)
        return
    click.echo(f"{found.count} match. {found.sentence}")
    columns = _CONTACT_COLUMNS if entity == "contact" else _COMPANY_COLUMNS
    show_table((asdict(row) for row in found.rows), columns, empty="Nothing on this page. Widen the filter or lower --offset.")


@command.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List segments with their versions."""
    with workbench() as opened:
        rows = [_shown(item) | {"count": opened.segments.preview(item.filter, limit=0).count} for item in opened.segments.list()]
    if as_json:
        show_json(rows)
    else:
        show_table(
            rows, ("name", "version", "count", "sentence"), empty="No segment yet. Make one: gtm segment create NAME --filter ..."
        )


@command.command()
@click.argument("name")
@click.option("--version", type=int, help="An earlier version; the current one if absent.")
@json_option
def show(name: str, version: int | None, as_json: bool) -> None:
    """Show one segment: its filter, in words and as JSON, and its versions."""
    with workbench() as opened:
        item = opened.segments.get(name, version=version)
        history = [_shown(version) for version in opened.segments.versions(name)]
    if as_json:
        show_json(_shown(item) | {"versions": history})
        return
    click.echo(f"{item.name}, version {item.version}\n{item.sentence}")
    show_json(item.filter.to_json())
    show_table(history, ("version", "created_by", "created_at", "sentence"), empty="")


@command.command()
@json_option
def fields(as_json: bool) -> None:
    """List the fields a filter may name, with their operators."""
    with workbench() as opened:
        rows = [asdict(field) | {"operators": ", ".join(field.operators)} for field in opened.segments.fields()]
    if as_json:
        show_json(rows)
    else:
        show_table(rows, ("name", "type", "operators"), empty="")


@command.command()
@click.argument("name")
@click.option("--by", required=True, help="Who deletes it.")
def delete(name: str, by: str) -> None:
    """Delete a segment that no campaign was made from."""
    with workbench() as opened:
        opened.segments.delete(name, by=by)
    click.echo(f"Segment '{name}' is deleted.")


def read_filter(text: str) -> str:
    """Return the JSON of a filter given as itself or as the path of a file.

    Raises:
        InputError: it is neither JSON nor a file that can be read.
    """
    return read_json_text(text, "filter")


def read_json_text(text: str, what: str) -> str:
    """Return JSON given as itself or as the path of a file; ``what`` names it in errors."""
    if text.lstrip().startswith(("{", "[")):
        return text
    try:
        return Path(text).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The {what} '{text}' is neither JSON nor a readable file: {error}.") from error


def _shown(item: Any) -> dict[str, Any]:
    shown = {name: getattr(item, name) for name in ("name", "version", "sentence", "description", "created_by", "created_at")}
    return {"id": item.segment_id, "version_id": item.id} | shown | {"filter": item.filter.to_json()}
