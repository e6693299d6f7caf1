"""SQL: questions over the published figures, read only."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.components.figures import as_csv
from app.components.language import t, tn
from app.components.page import empty, header, told
from app.components.text import escaped, moment
from app.state import bench

FIRST = "SELECT campaign, targets, sent, delivered, replied, positive\nFROM campaign_funnel\nORDER BY sent DESC"
CHARTED = 2


def page() -> None:
    """Draw the page."""
    header(
        "SQL", t("Ask the published figures yourself, in DuckDB's SQL. Nothing can be changed here, and no other file be read.")
    )
    names = bench().marts.names()
    if not names:
        empty(t("No figures have been published yet."), page="views/overview.py", label=t("Overview"))
        return
    st.caption(t("Figures as of {published_at}.", published_at=moment(bench().metrics.published_at())))
    tables, question = st.columns((1, 2), gap="large")
    with tables:
        _tables(names)
    with question:
        _question()


def _tables(names: tuple[str, ...]) -> None:
    chosen = st.selectbox(t("Table"), names, key="sql_table")
    holds, columns = bench().marts.describe(chosen)
    st.caption(escaped(holds[:1].upper() + holds[1:]))
    frame = pd.DataFrame(columns.items(), columns=[t("Column"), t("What it is")])
    st.dataframe(frame, hide_index=True, width="stretch", height=min(38 * (len(frame) + 1), 460), key=f"sql_columns:{chosen}")


def _question() -> None:
    with st.form("sql_form", border=False):
        sql = st.text_area(t("Question"), FIRST, key="sql_text", height=180)
        asked = st.form_submit_button(t("Ask"), icon=":material/play_arrow:", type="primary")
    if asked:
        st.session_state["sql_asked"] = sql
    if (last := st.session_state.get("sql_asked")) is None:
        return
    with told(), st.spinner(t("Asking")):
        found = bench().questions.ask(last)
        frame = found.rows.to_pandas()
        count = tn("{number} row", "{number} rows", len(frame))
        st.caption(t("{rows}, the first of more", rows=count) if found.more else count)
        rows, chart = st.tabs((t("Rows"), t("Chart")), key="sql_shown")
        rows.dataframe(frame, hide_index=True, width="stretch", key="sql_rows")
        with chart:
            _chart(frame)
        st.download_button(t("Download as CSV"), as_csv(frame), "answer.csv", "text/csv")


def _chart(frame: pd.DataFrame) -> None:
    numbers = list(frame.select_dtypes("number").columns)
    labels = [name for name in frame.columns if name not in numbers]
    if not numbers or not labels or frame.empty:
        st.caption(t("A chart needs a column of words or moments and one of numbers."))
        return
    st.bar_chart(frame, x=labels[0], y=numbers[:CHARTED], stack=False)


if __name__ == "__main__":
    page()
