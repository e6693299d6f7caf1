"""Metadata people can read: counts, small tables, and a funnel as a picture."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import dagster as dg

ROW = 26
LABEL, BAR, VALUE = 120, 360, 70


def table(rows: Sequence[Mapping[str, Any]], *, empty: str = "nothing") -> dg.MetadataValue:
    """Rows as a markdown table; their first keys are its columns."""
    if not rows:
        return dg.MetadataValue.md(f"*{empty}*")
    columns = list(rows[0])
    lines = [" | ".join(columns), " | ".join("---" for _ in columns)]
    lines += [" | ".join(_cell(row.get(column)) for column in columns) for row in rows]
    return dg.MetadataValue.md("\n".join(f"| {line} |" for line in lines))


def counts(values: Mapping[str, int], what: str) -> dg.MetadataValue:
    """Counts by name, largest first."""
    ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
    return table([{what: name, "count": count} for name, count in ordered], empty=f"no {what}")


def funnel(steps: Sequence[tuple[str, int]]) -> dg.MetadataValue:
    """Named counts as bars; an SVG picture that needs nothing from outside."""
    widest = max((count for _, count in steps), default=0) or 1
    bars = [
        f'<text x="{LABEL - 8}" y="{top + 17}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{LABEL}" y="{top + 3}" width="{max(1.0, BAR * count / widest):.1f}" height="{ROW - 8}" rx="3" fill="#3b6fb6"/>'
        f'<text x="{LABEL + BAR * count / widest + 8:.1f}" y="{top + 17}">{count}</text>'
        for top, (name, count) in ((ROW * index, step) for index, step in enumerate(steps))
    ]
    width, height = LABEL + BAR + VALUE, ROW * len(steps)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="13" fill="#333">{"".join(bars)}</svg>'
    )
    picture = base64.b64encode(svg.encode()).decode()
    spoken = ", ".join(f"{name} {count}" for name, count in steps)
    return dg.MetadataValue.md(f"![{spoken}](data:image/svg+xml;base64,{picture})")


def _cell(value: Any) -> str:
    text = "" if value is None else f"{value:,.4g}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")
