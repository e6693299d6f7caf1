"""Campaigns that may still write to the same people: a warning before a person starts another."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import streamlit as st

from app.components.language import t, tn
from app.components.text import escaped, spoken
from app.state import bench
from gtm_pipelines.segments.findings import Overlaps

_SHOWN = 5
_FRESH = timedelta(minutes=1)


def warn(tree: Any) -> None:
    """Say how many of those whom a filter matches are in open campaigns, and in which; silent where none is."""
    found = _found(tree)
    _written_lately(found)
    if not found.campaigns:
        return
    shown = found.campaigns[:_SHOWN]
    named = [f"“{escaped(row.name)}” ({escaped(spoken(row.status).lower())})" for row in shown]
    if len(found.campaigns) > 1:
        named = [f"{name}: {row.people:,}" for row, name in zip(shown, named, strict=True)]
    more = len(found.campaigns) - len(shown)
    also = " " + tn("and {number} other campaign", "and {number} other campaigns", more) if more else ""
    who = tn("{number} of them", "{number} of them", found.people)
    st.warning(
        t("{who} may already be written to by {named}{also}.", who=who, named=", ".join(named), also=also),
        icon=":material/group:",
    )


def _found(tree: Any) -> Overlaps:
    """Look once for a filter and the campaigns as they stand, for a minute: it looks at everybody in every one of them."""
    campaigns = [(one.id, one.status) for one in bench().campaigns.list()]
    asked, now = json.dumps([tree, campaigns], sort_keys=True, default=str), bench().clock.now()
    held = st.session_state.get("overlaps")
    if held is None or held[0] != asked or now - held[1] > _FRESH:
        held = st.session_state["overlaps"] = (asked, now, bench().segments.overlaps(tree))
    return held[2]


def _written_lately(found: Overlaps) -> None:
    """Say whom campaigns that are over wrote to so lately that they are left in peace for now."""
    if not found.recent:
        return
    named = ", ".join(f"“{escaped(row.name)}” ({escaped(spoken(row.status).lower())})" for row in found.recent[:_SHOWN])
    who = tn("{number} of them was", "{number} of them were", found.recent_people)
    days = tn("{number} day", "{number} days", found.gap_days)
    st.info(
        t(
            "{who} written to within the last {days} by {named}. They wait until {days2} have passed.",
            who=who,
            days=days,
            named=named,
            days2=days,
        ),
        icon=":material/schedule:",
    )
