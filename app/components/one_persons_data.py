"""One person's data: looked up, given to them as a file, or erased on request."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st

from app.components.language import t, tn
from app.components.page import told
from app.components.roles import only
from app.components.text import escaped
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.privacy.model import ErasureReport


def of_one_person() -> None:
    """Draw what is known of whoever is named, and offer to give it to them or to erase it."""
    st.caption(t("Everything about one person: give it to them, or erase it everywhere."))
    key = st.text_input(t("E-mail address, or a contact's id"), key="privacy_key", placeholder="name@company.com").strip()
    report = st.session_state.get("erasure")
    if isinstance(report, ErasureReport):
        _erased(report)
    if key:
        with told():
            _found(key)


def _found(key: str) -> None:
    known = bench().privacy.find(key)
    would = bench().privacy.erase_person(key, by=f"person:{person()}", dry_run=True)
    counts = {**would.counts, **would.files}
    if not counts:
        st.info(t("Nothing in the workbench is about this person."))
    else:
        people = tn("{number} contact", "{number} contacts", len(known.contact_ids))
        st.markdown(f"**{people}**: {escaped(', '.join(known.names) or t('without a name'))}")
        frame = pd.DataFrame({t("Where"): [name.replace("_", " ") for name in counts], t("Rows or files"): list(counts.values())})
        st.dataframe(frame, hide_index=True, width="content")
    if would.counts:
        st.download_button(
            t("Download everything about them"),
            lambda: _file(key),
            file_name="person.zip",
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
            key="privacy_export",
            **only(Role.OWNER),
        )
    _offer(key)


def _offer(key: str) -> None:
    with st.container(border=True):
        st.markdown(
            t("**Erase this person.** Counts of what happened stay; a salted hash keeps them from being written to again.")
        )
        typed = st.text_input(t("Type the address or id once more; this cannot be undone"), key="privacy_sure")
        sure = typed.strip().lower() == key.lower()
        if st.button(
            t("Erase everywhere"),
            type="primary",
            icon=":material/delete_forever:",
            key="privacy_erase",
            **only(Role.OWNER, disabled=not sure),
        ):
            with st.spinner(t("Erasing: the record, the warehouse, logs and mails …")):
                st.session_state["erasure"] = bench().privacy.erase_person(key, by=f"person:{person()}")
            st.rerun()


def _erased(report: ErasureReport) -> None:
    total = sum(report.counts.values()) + sum(report.files.values())
    st.success(
        tn(
            "Erased: {number} row or file. Warehouse: {warehouse}.",
            "Erased: {number} rows and files. Warehouse: {warehouse}.",
            total,
            warehouse=escaped(report.warehouse),
        )
    )
    if not report.compacted:
        st.warning(t("Another program kept the record open, so its file may still hold freed pages. Erase again without it."))
    for place in report.remaining:
        st.warning(
            t("Still in {path}: {advice}", path=escaped(place.path), advice=escaped(translated(place.advice))),
            icon=":material/folder:",
        )


def _file(key: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "person.zip"
        bench().privacy.export_person(key, path, by=f"person:{person()}")
        return path.read_bytes()
