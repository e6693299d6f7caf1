"""Import: bring a list, see how it is read, correct that, and see what became of every row."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from app.components.batches import undo_of
from app.components.columns import mapping, remember
from app.components.jobs import ask, batch_of, follow, latest
from app.components.language import mark, t, tn, written
from app.components.page import header, told
from app.components.paging import PAGE, pager
from app.components.roles import only
from app.components.stoplist import stop_list
from app.components.text import escaped, moment, spoken
from app.components.translated import translated
from app.components.upload import keep
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.intake.model import ImportReport, Kind, MappingProposal

_ONE_LINE = 50  # letters of a reason or a row that fit one line beside each other
_ROW_PIXELS = 75  # height of a row in which longer ones are wrapped
KINDS: dict[Kind, str] = {"company": mark("Companies"), "contact": mark("People")}


def page() -> None:
    """Draw the page."""
    header(t("Import"), t("Bring a list of companies or people. Nothing is written before you have seen how it is read."))
    kind: Kind = st.segmented_control(
        t("What is in the file?"),
        list(KINDS),
        format_func=lambda each: t(KINDS[each]),
        default="company",
        required=True,
        key="import_kind",
    )
    file = st.file_uploader(
        t("CSV file or workbook"), type=["csv", "tsv", "txt", "gz", "xlsx", "xls", "xlsb", "ods"], key="import_file"
    )
    if file is not None:
        with told():
            path = keep(file.name, file.getvalue())
            _prepare(path, kind)
    _recent()
    stop_list()


def _prepare(path: Path, kind: Kind) -> None:
    sheet = _sheet(path)
    proposal = bench().intake.propose(path, kind, sheet=sheet)
    st.markdown(_described(proposal, sheet))
    overrides, enough = mapping(path, proposal, sheet)
    profile = remember(proposal) if enough else None
    source, basis = _origin()
    payload: dict[str, Any] = {"path": str(path), "kind": kind}
    extra = {"overrides": overrides, "source": source, "lawful_basis": basis, "sheet": sheet, "save_profile": profile}
    extra["by"] = f"person:{person()}" if profile else None
    payload |= {name: value for name, value in extra.items() if value}
    if st.button(
        t("Import companies") if kind == "company" else t("Import people"),
        type="primary",
        icon=":material/upload:",
        key="import_start",
        **only(Role.EDITOR, disabled=not enough),
    ):
        ask("import_file", payload)
    job = latest("import_file", path=str(path), kind=kind)
    follow(job)
    batch_id = batch_of(job)
    if batch_id:
        _report_of(batch_id, "now")


def _sheet(path: Path) -> str | None:
    """Let the person choose among the sheets of a workbook; ``None`` where there is no choice."""
    names = bench().intake.sheets(path)
    if len(names) < 2:
        return None
    first = t("– the first with a table –")
    chosen = st.selectbox(t("Sheet"), [first, *names], key=f"sheet:{path.name}")
    return None if chosen == first else chosen


def _described(proposal: MappingProposal, sheet: str | None) -> str:
    known = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1251": t("Windows-1251"), "cp1252": t("Windows-1252")}
    separator = {"\t": t("tabs"), ",": t("commas"), ";": t("semicolons"), "|": t("bars")}.get(
        proposal.delimiter, proposal.delimiter
    )
    encoding = known.get(proposal.encoding.lower(), proposal.encoding)
    how = t("read as {encoding}, separated by {separator}", encoding=escaped(encoding), separator=escaped(separator))
    if sheet or proposal.is_workbook:
        how = t("read from sheet {sheet}", sheet=escaped(sheet)) if sheet else t("read from its first sheet with a table")
    return tn(
        "**{file_name}** is {how}, with {number} column.",
        "**{file_name}** is {how}, with {number} columns.",
        len(proposal.columns),
        file_name=escaped(proposal.file_name),
        how=how,
    )


def _origin() -> tuple[str, str]:
    with st.expander(t("Where the list comes from (optional)"), icon=":material/source:"):
        left, right = st.columns(2)
        source = left.text_input(t("Source"), placeholder=t("such as a fair, a directory, a registry"), key="import_source")
        basis = right.text_input(t("Lawful basis"), placeholder=t("such as legitimate interest"), key="import_basis")
    return source.strip(), basis.strip()


def _recent() -> None:
    batches = bench().intake.batches(limit=20)
    if not batches:
        st.caption(t("No list has been imported yet."))
        return
    st.subheader(t("Recent imports"), anchor=False)
    frame = pd.DataFrame(
        {
            t("When"): [moment(b.started_at) for b in batches],
            t("File"): [b.file_name for b in batches],
            t("What"): [t(KINDS[b.kind]) for b in batches],
            t("Rows"): [b.rows for b in batches],
            t("New"): [b.imported for b in batches],
            t("Merged"): [b.merged for b in batches],
            t("Unchanged"): [b.unchanged for b in batches],
            t("Rejected"): [b.rejected for b in batches],
            t("State"): [spoken(b.status) for b in batches],
        }
    )
    picked = st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="single-row",
        key=f"batches:{batches[0].batch_id}",
    )
    if picked.selection.rows:
        _report_of(batches[picked.selection.rows[0]].batch_id, "recent")


def _report_of(batch_id: str, place: str) -> None:
    report = next((b for b in bench().intake.batches(limit=200) if b.batch_id == batch_id), None)
    if report is None:
        st.caption(t("The report of this import is not in the record."))
        return
    with st.container(border=True):
        _report(report, place)


def _report(report: ImportReport, place: str) -> None:
    st.markdown(t("**What became of {file_name}**", file_name=escaped(report.file_name)))
    counts = {
        t("Rows"): report.rows,
        t("New"): report.imported,
        t("Merged"): report.merged,
        t("Unchanged"): report.unchanged,
        t("Rejected"): report.rejected,
    }
    for column, (label, count) in zip(st.columns(5), counts.items(), strict=True):
        column.metric(label, written(count, ","))
    undo_of(report, place)
    if not report.rejected:
        return
    reasons = ", ".join(f"{escaped(spoken(code).lower())} ({written(count, ',')})" for code, count in report.reasons.items())
    st.markdown(t("Rejected: {reasons}", reasons=reasons))
    _rejects(report, place)


def _rejects(report: ImportReport, place: str) -> None:
    key = f"rejects:{place}:{report.batch_id}"
    offset = pager(report.rejected, key)
    rows = bench().intake.rejected_rows(report.batch_id, limit=PAGE, offset=offset)
    frame = pd.DataFrame(
        {
            t("Line"): [r.line_number for r in rows],
            t("Reason"): [translated(r.reason) for r in rows],
            t("The row as it stands"): [r.raw for r in rows],
        }
    )
    wide = {name: st.column_config.TextColumn(width="large") for name in (t("Reason"), t("The row as it stands"))}
    wide[t("Line")] = st.column_config.NumberColumn(width="small")
    high = _ROW_PIXELS if any(len(row.reason) > _ONE_LINE or len(row.raw) > _ONE_LINE for row in rows) else 35
    st.dataframe(
        frame, hide_index=True, width="stretch", height=min(480, 38 + high * len(frame)), row_height=high, column_config=wide
    )
    st.download_button(
        t("Download the rejected rows"),
        lambda: _rejects_file(report.batch_id),
        file_name=f"rejected-{Path(report.file_name).stem}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"download:{place}:{report.batch_id}",
    )


def _rejects_file(batch_id: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rejected.csv"
        bench().intake.write_rejects(batch_id, path)
        return path.read_bytes()


if __name__ == "__main__":
    page()
