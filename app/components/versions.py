"""The versions of a segment, and what changed between two of them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.components.language import t, tn
from app.components.text import escaped, moment
from app.state import bench
from gtm_pipelines.segments.findings import ContactRow, SegmentDiff
from gtm_pipelines.segments.model import SegmentVersion


def versions(chosen: SegmentVersion) -> None:
    """Let a person choose two versions, and show what changed between them."""
    held = {version.version: version for version in bench().segments.versions(chosen.segment_id)}
    if len(held) < 2:
        return
    numbers = sorted(held)
    with st.expander(t("What changed: {held} versions", held=len(held)), icon=":material/difference:"):
        left, right = st.columns(2)
        before = left.selectbox(
            t("From"), numbers, len(numbers) - 2, key=f"diff_from:{chosen.id}", format_func=lambda n: _told(held[n])
        )
        after = right.selectbox(
            t("To"), numbers, len(numbers) - 1, key=f"diff_to:{chosen.id}", format_func=lambda n: _told(held[n])
        )
        if before != after:
            _show(bench().segments.diff(chosen.segment_id, before, after))


def _told(version: SegmentVersion) -> str:
    return t(
        "{version}, by {created_by}, {created_at}",
        version=version.version,
        created_by=version.created_by,
        created_at=moment(version.created_at),
    )


def _show(found: SegmentDiff) -> None:
    lines = [f"- :red[:material/remove:] {escaped(line)}" for line in found.removed]
    lines += [f"- :green[:material/add:] {escaped(line)}" for line in found.added]
    st.markdown("\n".join(lines) if lines else t("The same conditions, joined otherwise."))
    for column, (label, count) in zip(
        st.columns(3), ((t("Stay"), found.stay), (t("Come in"), found.coming), (t("Go out"), found.leaving)), strict=True
    ):
        column.metric(label, f"{count:,}", border=True)
    for title, count, rows in (
        (t("come in"), found.coming, found.coming_sample),
        (t("go out"), found.leaving, found.leaving_sample),
    ):
        if rows:
            st.caption(tn("{number} person {title}, such as", "{number} people {title}, such as", count, title=title))
            st.dataframe(_frame(rows), hide_index=True, width="stretch")


def _frame(rows: tuple[Any, ...]) -> pd.DataFrame:
    people: list[ContactRow] = list(rows)
    return pd.DataFrame(
        {
            t("Name"): [row.full_name for row in people],
            t("Position"): [row.position for row in people],
            t("Company"): [row.company_name for row in people],
            t("Email"): [row.email for row in people],
        }
    ).fillna("")
