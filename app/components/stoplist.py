"""Who is never written to: a list brought in, every line of it accounted for, and the whole list taken out."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st

from app.components.language import t
from app.components.page import told
from app.components.roles import only
from app.components.upload import file_name
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.delivery.suppression import COLUMNS, SuppressionReport
from gtm_pipelines.intake.export import write_csv


def stop_list() -> None:
    """Draw the section."""
    with st.expander(t("People who are never written to"), icon=":material/block:"):
        st.caption(
            t(
                "A list of addresses or domains, with reasons if you have them. A list can add to who is protected, never "
                "take away."
            )
        )
        file = st.file_uploader(t("List of addresses or domains"), type=["csv", "txt", "tsv"], key="stop_file")
        if file is not None and st.button(
            t("Never write to these"), key="stop_import", icon=":material/block:", **only(Role.EDITOR)
        ):
            with told():
                st.session_state["stop_report"] = _bring(file.name, file.getvalue())
        report = st.session_state.get("stop_report")
        if isinstance(report, SuppressionReport):
            _show(report)
        st.download_button(
            t('Download the whole list'), _whole_list, file_name="never-written-to.csv", mime="text/csv",
            icon=":material/download:", on_click="ignore", key="stop_export",
        )  # fmt: skip


def _bring(name: str, content: bytes) -> SuppressionReport:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file_name(name)
        path.write_bytes(content)
        return bench().suppressions.import_file(path, source=path.name, by=f"person:{person()}")


def _show(report: SuppressionReport) -> None:
    st.markdown(
        t(
            "{rows:,} lines: **{added:,}** added, {existing:,} were there, {rejected:,} rejected.",
            rows=report.rows,
            added=report.added,
            existing=report.existing,
            rejected=report.rejected,
        )
    )
    if report.examples:
        rows = report.examples
        frame = pd.DataFrame(
            {t("Line"): [r.line_number for r in rows], t("Why"): [r.reason for r in rows], t("The line"): [r.raw for r in rows]}
        )
        st.dataframe(frame, hide_index=True, width="stretch")


def _whole_list() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write_csv(path, COLUMNS, bench().suppressions.export())
        return path.read_bytes()
