"""Lineage: the way of one mail from the rows of files to what came back, and onward from a row."""

from __future__ import annotations

import streamlit as st

from app.components.choose import campaign_or_all
from app.components.language import t, tn
from app.components.page import empty, header, told
from app.components.text import escaped, moment, spoken
from app.components.translated import translated
from app.state import bench
from gtm_pipelines.record import imports, threads
from gtm_pipelines.record.trail import Station, Trail, onward, trail

ICONS = {
    "row": "table_rows", "company": "domain", "contact": "person", "fact": "fact_check", "segment": "filter_alt",
    "campaign": "campaign", "pack": "edit_note", "draft": "draft", "checks": "rule", "judge": "gavel", "decision": "how_to_reg",
    "message": "send", "event": "bolt", "reply": "forum",
}  # fmt: skip
LINKS = {"company": "companies", "contact": "contacts"}
MOST = 50


def page() -> None:
    """Draw the page."""
    header(t("Lineage"), t("Where a mail came from and what came of it: every station, from the row of a file to the answer."))
    from_mail, from_row = st.tabs((t("From a mail or reply"), t("From a row of a file")), key="lineage_way", on_change="rerun")
    if from_mail.open:
        with from_mail:
            _from_mail()
    if from_row.open:
        with from_row:
            _from_row()


def _from_mail() -> None:
    of_campaign, of_search = st.columns([1, 2])
    with of_campaign:
        campaign = campaign_or_all("lineage_campaign")
    search = of_search.text_input(
        t("Find"),
        key="lineage_search",
        icon=":material/search:",
        placeholder=t("Recipient, name or subject of a mail that was sent"),
        label_visibility="collapsed",
    ).strip()
    found = threads.find_sent(bench().record, search, limit=MOST, campaign_id=campaign)
    key = st.query_params.get("id")
    if found:
        labels = {row.id: f"{moment(row.sent_at)} · {row.contact_name or row.recipient} · {row.subject}" for row in found}
        chosen = st.selectbox(
            t("Mail"),
            list(labels),
            index=list(labels).index(key) if key in labels else None,
            format_func=labels.__getitem__,
            placeholder=tn(
                "Choose one of {number} mail, the latest first", "Choose one of {number} mails, the latest first", len(labels)
            ),
            key=f"lineage_mail:{search}" + (f":{campaign}" if campaign else ""),
        )
        key = chosen or key
    if key:
        with told():
            _draw(trail(bench().record, key))
    elif campaign and not found and not search:
        empty(t("Nothing of this campaign was sent yet."), page="views/campaigns.py", label=t("Campaigns"))
    elif search:
        empty(t("No mail that was sent has “{search}” in it.", search=escaped(search)))
    elif not found:
        empty(t("Nothing was sent yet. What is sent can be followed from here."), page="views/campaigns.py", label=t("Campaigns"))


def _from_row() -> None:
    batches = imports.batches(bench().record, limit=MOST)
    if not batches:
        empty(t("No file was imported yet."), page="views/imports.py", label=t("Import a list"))
        return
    labels = {
        row.id: f"{row.file_name} · {moment(row.started_at)} · {tn('{number} row', '{number} rows', row.rows)}" for row in batches
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        batch = st.selectbox(t("File"), list(labels), format_func=labels.__getitem__, key="lineage_file")
        line = st.number_input(
            t("Line"), min_value=1, value=None, step=1, key="lineage_line", width=140, help=t("1 is the first of the file.")
        )
    if not line:
        return
    with told():
        ways = onward(bench().record, batch, int(line))
        if not ways:
            empty(t("No mail was drafted for whom that row speaks of."))
        for number, way in enumerate(ways):
            with st.expander(_called(way), expanded=number == 0):
                _draw(way)


def _called(way: Trail) -> str:
    names = {one.kind: one.title for one in way.stations}
    return escaped(
        " · ".join(filter(None, (names.get("contact"), names.get("campaign"), names.get("draft"), names.get("message"))))
    )


def _draw(way: Trail) -> None:
    with st.container(gap="xsmall"):
        for station in way.stations:
            _station(station)


def _station(station: Station) -> None:
    when = f" · :gray[{moment(station.at)}]" if station.at else ""
    title = spoken(station.title) if station.kind in ("event", "reply", "message", "checks") else station.title
    st.markdown(f":material/{ICONS[station.kind]}: **{spoken(station.kind)}** · {escaped(title)}{when}")
    if station.kind in ("row", "reply") and station.detail:
        st.code(station.detail, language=None, wrap_lines=True)
    elif station.detail:
        st.caption(escaped(translated(station.detail)))
    if station.kind in LINKS:
        st.page_link(f"views/{LINKS[station.kind]}.py", label=t("All that is known"), query_params={"id": station.id})


if __name__ == "__main__":
    page()
