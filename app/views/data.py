"""Data: where it lies, copies of it, and what is known of one person, to give or to erase."""

from __future__ import annotations

import streamlit as st

from app.components.adopting import adopting
from app.components.going_back import going_back
from app.components.language import t
from app.components.one_persons_data import of_one_person
from app.components.page import header, notice, told
from app.components.roles import may, only
from app.components.text import escaped, moment
from app.state import bench
from gtm_pipelines.acting import Role


def page() -> None:
    """Draw the page."""
    header(t("Data"), t("Everything lies on this machine: where, copies of it, and what is known of one person."))
    with told():
        adopting()
    of_all, of_one = st.tabs([t("Where it lies"), t("One person")])
    with of_all:
        _folder()
        _copies()
    with of_one:
        of_one_person()


def _folder() -> None:
    record = bench().record
    st.code(str(bench().settings.home_path), language=None)
    if not record.is_sqlite:
        st.caption(t("The record itself lies in PostgreSQL: {url}", url=escaped(record.engine.url.render_as_string())))
    held = bench().keeping.contents()
    rows = [{t("File or folder"): one.name, t("Size, MB"): one.size_bytes / 1e6} for one in held]
    st.dataframe(
        rows, hide_index=True, width="content", column_config={t("Size, MB"): st.column_config.NumberColumn(format="%.1f")}
    )


def _copies() -> None:
    st.markdown(t("#### Copies of the record"))
    copies = bench().keeping.copies()
    if copies:
        rows = [{t("File"): one.path.name, t("Made"): moment(one.made_at), t("Size, MB"): one.size_bytes / 1e6} for one in copies]
        size = st.column_config.NumberColumn(format="%.1f")
        st.dataframe(rows, hide_index=True, width="content", column_config={t("Size, MB"): size})
    else:
        st.caption(t("No copy was made yet. One takes seconds, and work goes on meanwhile."))
    if st.button(t("Make a copy now"), icon=":material/save:", key="data_copy", **only(Role.OWNER)):
        with told(), st.spinner(t("Copying the record …")):
            made = bench().keeping.copy()
            notice(t("Copied to {path}. Keep it on another disk too.", path=made.path.name))
            st.rerun()
    if copies and may(Role.OWNER):
        with told():
            going_back(copies)


if __name__ == "__main__":
    page()
