"""``gtm segment``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from gtm_pipelines.cli.output import by_option, json_option, show_json, show_table, workbench
from gtm_pipelines.errors import InputError
from gtm_pipelines.segments.findings import GroupVerdict, Overlaps, SegmentDiff, Verdict

_FILTER = 'A JSON filter, or a file that holds one, such as \'{"all": [{"field": ..., "op": ..., "value": ...}]}\'.'
_CONTACT_COLUMNS = ("full_name", "email", "position", "company_name", "country", "language")
_KINDS = {"all": "all of these", "any": "at least one of these", "none": "none of these"}
_COMPANY_COLUMNS = ("name", "domain", "country", "industry", "employee_count")


@click.group()
def command() -> None:
    """Build, preview and list segments: saved filters over contacts and companies."""


@command.command()
@click.argument("name")
@click.option("--filter", "filter_", required=True, metavar="FILE_OR_JSON", help=_FILTER)
@click.option("--description", help="What the segment is for.")
@by_option("Who saves it.")
@json_option
def create(name: str, filter_: str, description: str | None, by: str, as_json: bool) -> None:
    """Save a filter as segment NAME; a changed filter becomes a new version."""
    with workbench() as opened:
        saved = opened.segments.save(name, read_filter(filter_), by=by, description=description)
        count = opened.segments.count(saved.filter)
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
        overlapping = opened.segments.overlaps(tree) if entity == "contact" else None
    if as_json:
        show_json(asdict(found) | {"overlaps": overlapping})
        return
    click.echo(f"{found.count} match. {found.sentence}")
    for row in overlapping.campaigns if overlapping else ():
        click.echo(f"  {row.people} of them are in campaign '{row.name}' ({row.status}).")
    for line in written_lately(overlapping) if overlapping else ():
        click.echo(f"  {line}")
    columns = _CONTACT_COLUMNS if entity == "contact" else _COMPANY_COLUMNS
    show_table((asdict(row) for row in found.rows), columns, empty="Nothing on this page. Widen the filter or lower --offset.")


@command.command()
@click.argument("name")
@click.argument("contact")
@json_option
def explain(name: str, contact: str, as_json: bool) -> None:
    """Say why CONTACT (email, id, LinkedIn address) is in segment NAME or not."""
    with workbench() as opened:
        told = opened.segments.explain(opened.segments.get(name).filter, contact)
    if as_json:
        show_json(told)
        return
    click.echo(f"{told.name} is {'in' if told.matches else 'not in'} '{name}':")
    for line in explained(told.tree):
        click.echo(line)


@command.command()
@click.argument("name")
@click.argument("before", type=int)
@click.argument("after", type=int, required=False)
@json_option
def diff(name: str, before: int, after: int | None, as_json: bool) -> None:
    """Say what changed between versions BEFORE and AFTER (the current one if absent) of segment NAME."""
    with workbench() as opened:
        found = opened.segments.diff(name, before, after)
    if as_json:
        show_json(_shown_diff(found))
        return
    click.echo(f"{name}, version {found.before.version} to {found.after.version}")
    for sign, lines in (("-", found.removed), ("+", found.added)):
        for line in lines:
            click.echo(f"  {sign} {line}")
    click.echo(f"{found.stay:,} stay, {found.coming:,} come in, {found.leaving:,} go out.")
    for title, rows in (("Coming in", found.coming_sample), ("Going out", found.leaving_sample)):
        if rows:
            click.echo(f"\n{title}, for example")
            show_table((asdict(row) for row in rows), _CONTACT_COLUMNS, empty="")


@command.command()
@click.argument("name")
@json_option
def overlaps(name: str, as_json: bool) -> None:
    """Say how many of segment NAME are in campaigns that may still write to them, or were just written to."""
    with workbench() as opened:
        found = opened.segments.overlaps(opened.segments.get(name).filter)
    if as_json:
        show_json(found)
        return
    show_table((asdict(row) for row in found.campaigns), ("name", "status", "people"), empty="None is in an open campaign.")
    if found.campaigns:
        click.echo(f"{found.people:,} people in all.")
    for line in written_lately(found):
        click.echo(line)


@command.command()
@click.argument("field")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1_000))
@json_option
def values(field: str, limit: int, as_json: bool) -> None:
    """List the most frequent values of FIELD, such as contact.country, with their counts."""
    with workbench() as opened:
        rows = [{"value": value, "count": count} for value, count in opened.segments.suggest(field, limit=limit)]
    if as_json:
        show_json(rows)
    else:
        show_table(rows, ("value", "count"), empty=f"Nothing is known of {field}.")


@command.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List segments with their versions."""
    with workbench() as opened:
        rows = [_shown(item) | {"count": opened.segments.count(item.filter)} for item in opened.segments.list()]
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
        found = opened.segments.fields(own=True)
        rows = [asdict(field) | {"label": field.label, "operators": ", ".join(field.operators)} for field in found]
    if as_json:
        show_json(rows)
    else:
        show_table(rows, ("name", "type", "operators"), empty="")


@command.command()
@click.argument("name")
@by_option("Who deletes it.")
def delete(name: str, by: str) -> None:
    """Delete a segment that no campaign was made from."""
    with workbench() as opened:
        opened.segments.delete(name, by=by)
    click.echo(f"Segment '{name}' is deleted.")


def written_lately(found: Overlaps) -> Iterator[str]:
    """Yield whom campaigns that are over wrote to within the pause between two mails to one person, in words."""
    for row in found.recent:
        yield (
            f"{row.people} people of this segment were written to by campaign '{row.name}' ({row.status}) within "
            f"{found.gap_days} days; they wait until that pause is over."
        )


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


def explained(node: GroupVerdict | Verdict, depth: int = 0) -> Iterator[str]:
    """Yield the lines of an explanation: each condition with its verdict and what the person has there."""
    sign, indent = "✓" if node.holds else "✗", "  " * (depth + 1)
    if isinstance(node, Verdict):
        yield f"{indent}{sign} {node.sentence} (here {node.held})"
        return
    yield f"{indent}{sign} {_KINDS[node.kind]}"
    for part in node.nodes:
        yield from explained(part, depth + 1)


def _shown_diff(found: SegmentDiff) -> dict[str, Any]:
    return {
        name: getattr(found, name)
        for name in ("removed", "added", "stay", "leaving", "coming", "leaving_sample", "coming_sample")
    } | {"before": _shown(found.before), "after": _shown(found.after)}
