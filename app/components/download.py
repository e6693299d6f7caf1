"""A list as a file to keep: chosen here, made when asked for."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from app.components.language import mark, t
from app.components.page import told
from app.components.text import escaped
from app.state import bench

_TYPES = {
    "csv": ("CSV", "text/csv"),
    "xlsx": (mark("Excel"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "parquet": (mark("Parquet"), "application/vnd.apache.parquet"),
}
MOST = 200_000
"""Most rows made while a person waits; the command line writes more."""


def download(segment: str, count: int) -> None:
    """Offer the contacts of a saved segment in three formats."""
    with st.expander(t("Download"), icon=":material/download:"):
        if count > MOST:
            st.caption(
                t(
                    "More than {MOST:,} people are not made while you wait: narrow the segment, or have an engineer run "
                    '`gtm contact export people.csv --segment "{segment}"`.',
                    MOST=MOST,
                    segment=escaped(segment),
                )
            )
            return
        of_format, of_more, of_button = st.columns([2, 3, 2], vertical_alignment="bottom")
        chosen = of_format.segmented_control(
            t("Format"),
            list(_TYPES),
            default="csv",
            format_func=lambda name: t(_TYPES[name][0]),
            key="download_format",
            required=True,
        )
        more = of_more.checkbox(t("Attributes as columns"), key="download_attributes")
        if chosen is None:
            return
        with told():
            of_button.download_button(
                t("Download"),
                data=lambda: _made(segment, chosen, attributes=more),
                file_name=f"{_safe(segment)}.{chosen}",
                mime=_TYPES[chosen][1],
                icon=":material/download:",
                on_click="ignore",
                width="stretch",
            )
        st.caption(t("Cells that a spreadsheet would run as a formula are made text; an import reads them as they were."))


def _made(segment: str, chosen: str, *, attributes: bool) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"list.{chosen}"
        bench().lists.export("contact", path, attributes=attributes, segment=segment)
        return path.read_bytes()


def _safe(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in " -_" else "_" for sign in name).strip() or "segment"
