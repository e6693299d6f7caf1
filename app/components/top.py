"""The most frequent values of a field, looked up once in a few minutes."""

from __future__ import annotations

import streamlit as st

from app.state import bench

_SECONDS = 300
_VALUES = 50


def suggest(field: str) -> list[tuple[str, int]]:
    """Return the values a field has most often, each with how many have it."""
    settings = bench().settings
    return _top(f"{settings.database_url} {settings.workspace}", field)


@st.cache_data(ttl=_SECONDS, show_spinner=False, max_entries=200)
def _top(record: str, field: str) -> list[tuple[str, int]]:  # noqa: ARG001 - whose values they are
    return bench().segments.suggest(field, limit=_VALUES)
