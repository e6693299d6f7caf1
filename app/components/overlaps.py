"""Campaigns that may still write to the same people: a warning before a person starts another."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.components.text import escaped, plural
from app.state import bench
from gtm_pipelines.segments.findings import Overlaps

_SHOWN = 5


def warn(tree: Any) -> None:
    """Say how many of those whom a filter matches are in open campaigns, and in which; silent where none is."""
    found = bench().segments.overlaps(tree)
    _written_lately(found)
    if not found.campaigns:
        return
    shown = found.campaigns[:_SHOWN]
    named = [f"“{escaped(row.name)}” ({row.status})" for row in shown]
    if len(found.campaigns) > 1:
        named = [f"{name}: {row.people:,}" for row, name in zip(shown, named, strict=True)]
    more = len(found.campaigns) - len(shown)
    also = f" and {plural(more, 'other campaign')}" if more else ""
    who = plural(found.people, "of them", "of them")
    st.warning(f"{who} may already be written to by {', '.join(named)}{also}.", icon=":material/group:")


def _written_lately(found: Overlaps) -> None:
    """Say whom campaigns that are over wrote to so lately that they are left in peace for now."""
    if not found.recent:
        return
    named = ", ".join(f"“{escaped(row.name)}” ({row.status})" for row in found.recent[:_SHOWN])
    who = plural(found.recent_people, "of them was", "of them were")
    days = plural(found.gap_days, "day", "days")
    st.info(
        f"{who} written to within the last {days} by {named}. They wait until {days} have passed.", icon=":material/schedule:"
    )
