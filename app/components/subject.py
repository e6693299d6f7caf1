"""One list of companies or people, and all that is on record of the one that was clicked."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.components.facts import fact_sheet
from app.components.insight import insight_of
from app.components.language import mark, t, tn
from app.components.page import empty, header, told
from app.components.paging import PAGE, pager
from app.components.text import escaped, moment, spoken
from app.state import bench
from gtm_pipelines.enrichment.source import SubjectType
from gtm_pipelines.record import companies, contacts, lineage, tags, threads

_NONE = {"company": mark("There are no companies yet."), "contact": mark("There are no contacts yet.")}
TITLES: dict[SubjectType, str] = {"company": mark("Companies"), "contact": mark("Contacts")}
_SHOWN: dict[SubjectType, dict[str, str]] = {
    "company": {
        "name": mark("Name"),
        "domain": mark("Domain"),
        "industry": mark("Industry"),
        "city": mark("City"),
        "country": mark("Country"),
    },
    "contact": {
        "full_name": mark("Name"),
        "position": mark("Position"),
        "company_name": mark("Company"),
        "email": mark("E-mail"),
        "city": mark("City"),
    },
}
_HINTS: dict[SubjectType, str] = {
    "company": mark("Name, domain or number"),
    "contact": mark("Name, address, company or position"),
}
_HIDDEN = frozenset({"id", "workspace_id", "attributes", "version", "merged_into", "batch_id", "name_key", "email_key"})


def subjects(kind: SubjectType) -> None:
    """Draw the page of one kind of list."""
    header(
        t(TITLES[kind]),
        t("Everybody on record; click a row for all that is known, where each word of it is from, and what was sent."),
    )
    queries: Any = companies if kind == "company" else contacts
    record = bench().record
    if not queries.count(record):
        empty(t(_NONE[kind]), page="views/imports.py", label=t("Import a list"))
        return
    search = st.text_input(
        t("Search"), key=f"{kind}_search", icon=":material/search:", placeholder=t(_HINTS[kind]), label_visibility="collapsed"
    ).strip()
    total = queries.count(record, search=search or None)
    if not total:
        empty(t("Nothing on record has “{search}” in it.", search=escaped(search)))
        return
    offset = pager(total, f"{kind}_page:{search}")
    rows = queries.page(record, search=search or None, limit=PAGE, offset=offset)
    frame = pd.DataFrame([{t(title): getattr(row, name) for name, title in _SHOWN[kind].items()} for row in rows])
    chosen = st.dataframe(
        frame, hide_index=True, width="stretch", height=min(38 * (len(rows) + 1), 420), on_select="rerun",
        selection_mode="single-row", key=f"{kind}_rows:{search}:{offset}",
    )["selection"]["rows"]  # fmt: skip
    if chosen:
        st.query_params["id"] = rows[chosen[0]].id
    wanted = st.query_params.get("id")
    if wanted is None:
        st.caption(tn("{number} row. None is chosen.", "{number} rows. None is chosen.", total))
        return
    with told():
        _one(kind, queries.get(record, wanted))


def _one(kind: SubjectType, row: Any) -> None:
    st.subheader(escaped(_called(kind, row)), anchor=False)
    with bench().record.read() as connection:
        worn = tags.of_subject(connection, bench().record.workspace_id, kind, row.id)
    if worn:
        st.markdown(" ".join(f":blue-badge[{escaped(name)}]" for name in worn))
    names = (t("Facts"), t("Meaning"), t("People") if kind == "company" else t("Mail"), t("As listed"), t("Origin"))
    facts, meaning, beside, listed, origin = st.tabs(names, key=f"about:{kind}", on_change="rerun")
    if facts.open:
        with facts:
            fact_sheet(kind, row.id)
    if meaning.open:
        with meaning:
            insight_of(kind, row.id)
    if beside.open:
        with beside:
            _people(row) if kind == "company" else _mail(row)
    if listed.open:
        with listed:
            _listed(row)
    if origin.open:
        with origin:
            _origin(row)


def _called(kind: SubjectType, row: Any) -> str:
    return str(row.name if kind == "company" else row.full_name or row.email or row.id)


def _people(row: Any) -> None:
    found = contacts.page(bench().record, company_id=row.id, limit=PAGE)
    if not found:
        empty(t("Nobody on record works here."))
        return
    st.caption(tn("{number} person", "{number} people", contacts.count(bench().record, company_id=row.id)))
    for one in found:
        label = " · ".join(filter(None, (one.full_name, one.position, one.email)))
        st.page_link("views/contacts.py", label=escaped(label), query_params={"id": one.id}, icon=":material/person:")


def _mail(row: Any) -> None:
    if row.company_id:
        st.page_link(
            "views/companies.py", label=t("Their company"), query_params={"id": row.company_id}, icon=":material/domain:"
        )
    found = threads.of_contact(bench().record, row.id)
    if not found:
        empty(t("Nothing was ever written to them from here."))
        return
    columns = {
        t("Sent"): "sent_at",
        t("Campaign"): "campaign_name",
        t("Subject"): "subject",
        t("State"): "state",
        t("Came of it"): "outcome",
    }
    frame = pd.DataFrame([{title: getattr(one, name) for title, name in columns.items()} for one in found])
    st.dataframe(frame, hide_index=True, width="stretch", key=f"mail:{row.id}")


def _listed(row: Any) -> None:
    values = {spoken(name): value for name, value in row._mapping.items() if name not in _HIDDEN and value not in (None, "")}
    values |= {spoken(name): value for name, value in (row.attributes or {}).items()}
    frame = pd.DataFrame([(name, str(value)) for name, value in values.items()], columns=[t("Column"), t("Value")])
    st.dataframe(frame, hide_index=True, width="stretch", key=f"listed:{row.id}")


def _origin(row: Any) -> None:
    found = lineage.source_rows(bench().record, row.id)
    if not found:
        empty(t("No row of a file speaks of it: its import was undone, or it was made from another list."))
        return
    for one in found:
        st.markdown(
            t(
                "**{file_name}**, line {line_number:,} · {outcome} · {imported_at}",
                file_name=escaped(one.file_name),
                line_number=one.line_number,
                outcome=spoken(one.outcome).lower(),
                imported_at=moment(one.imported_at),
            )
        )
        if one.raw:
            st.code(one.raw.rstrip("\r\n"), language=None, wrap_lines=True)
