"""Suppressions: who is never written to, why, and since when; added by anybody, lifted by a named person only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from app.components.figures import Way, ways
from app.components.language import mark, t
from app.components.page import empty, header, notice, told
from app.components.paging import pager
from app.components.roles import only
from app.components.stoplist import stop_list
from app.components.text import escaped, moment, spoken
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.record.domains import readable
from gtm_pipelines.record.origins import Origin
from gtm_pipelines.record.suppressions import HASH_MARK, Entry

SIZE = 50
_SOURCES = {
    "one_click": mark("the unsubscribe link"), "merge": mark("a merge of two rows"), "reply": mark("their mail, erased since"),
    "message": mark("our mail, erased since"),
}  # fmt: skip
_TOKEN = re.compile(r"(?<=unsubscribe) \S{20,}", re.I)  # what our own link writes behind the word, of use to machines alone
KINDS = {"all": None, "address": "address", "domain": "domain", "company": "company"}


def page() -> None:
    """Draw the page."""
    header(t("Suppressions"), t("Who is never written to. Asking out takes effect at once; only a named person can lift it."))
    with told():
        if source := st.query_params.get("source"):
            _one_cause(source)
            return
        _add()
        stop_list()
        kind = KINDS[st.segmented_control(t("Kind"), list(KINDS), default="all", format_func=spoken, key="stop_kind") or "all"]
        count = bench().suppressions.count(kind=kind)
        if not count:
            empty(t("Nobody is suppressed yet. Whoever asks out, bounces or complains comes here by itself."))
            return
        _list(kind, count)


def _add() -> None:
    with st.form("stop_add", clear_on_submit=True, border=True):
        left, middle, right = st.columns([3, 3, 1], vertical_alignment="bottom")
        value = left.text_input(t("Address or domain"), key="stop_value")
        reason = middle.text_input(t("Why"), value=t("asked by phone"), key="stop_reason")
        if right.form_submit_button(t("Never write"), **only(Role.REVIEWER)):
            with told():
                kind = "address" if "@" in value else "domain"
                new = bench().suppressions.add(
                    kind, value.strip(), reason=reason.strip() or "manual", source=f"person:{person()}"
                )
                notice(t("Added; nothing is sent there from now on.") if new else t("It was there already."))
                st.rerun()


def _list(kind: str | None, count: int) -> None:
    offset = pager(count, f"stop_page:{kind}", size=SIZE)
    rows = bench().suppressions.list(kind=kind, limit=SIZE, offset=offset)
    mails = bench().suppressions.origins(row.source for row in rows)
    st.dataframe(_frame(rows, mails), hide_index=True, width="stretch")
    if mails:
        _mails(rows, mails)
    liftable = {readable(row.value): row for row in rows if not row.value.startswith(HASH_MARK)}
    with st.expander(t("Lift one")):
        st.caption(t("Only where the person asked for it. Who lifted it and why is kept."))
        chosen = st.selectbox(t("Who"), list(liftable), index=None, key="stop_lift")
        reason = st.text_input(t("Why it may be lifted"), key="stop_lift_reason")
        if (
            st.button(t("Lift it"), key="stop_lift_button", **only(Role.OWNER, disabled=not (chosen and reason.strip())))
            and chosen
        ):
            with told():
                row = liftable[chosen]
                bench().suppressions.remove(row.kind, row.value, by=f"person:{person()}", reason=reason.strip())
                notice(t("{chosen} may be written to again.", chosen=chosen))
                st.rerun()


def _source(source: str, mail: Origin | None) -> str:
    if mail is not None:
        named = _TOKEN.sub("", mail.subject) or t("(no subject)")
        ours = mail.kind == "message"
        return t("our mail “{named}”", named=named) if ours else t("their mail “{named}”", named=named)
    kind, _, name = source.partition(":")
    if kind == "person":
        return name
    return t(_SOURCES[kind]) if kind in _SOURCES else source


def _mails(rows: Sequence[Entry], mails: Mapping[str, Origin]) -> None:
    """Lead to the mail behind an entry."""
    with st.expander(t("The mail behind one"), icon=":material/mail:"):
        labels = {
            row.source: f"{_who(row)} · {moment(mails[row.source].at)} · {_source('', mails[row.source])}"
            for row in rows
            if row.source in mails
        }
        chosen = st.selectbox(t("Who"), list(labels), index=None, format_func=labels.__getitem__, key="stop_mail")
        if chosen:
            _ways(mails[chosen])


def _ways(mail: Origin) -> None:
    found = [Way(t("Where it came from"), "lineage", ":material/account_tree:", {"id": mail.id})]
    if mail.kind == "reply":
        found.insert(0, Way(t("Read their mail"), "replies", ":material/mail:", {"id": mail.id}))
    ways(found)


def _one_cause(source: str) -> None:
    """Show what one mail has caused, and lead to the mail and back to the whole list."""
    rows, mail = bench().suppressions.caused(source), bench().suppressions.origins([source]).get(source)
    st.markdown(t("Suppressed because of {mail}:", mail=escaped(_source(source, mail))))
    st.dataframe(_frame(rows, {source: mail} if mail else {}), hide_index=True, width="stretch")
    if mail:
        _ways(mail)
    st.page_link("views/suppressions.py", label=t("The whole list"), icon=":material/arrow_back:")


def _who(row: Entry) -> str:
    return t("(erased person)") if row.value.startswith(HASH_MARK) else readable(row.value)


def _frame(rows: Sequence[Entry], mails: Mapping[str, Origin]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("Who"): [_who(row) for row in rows],
            t("Kind"): [spoken(row.kind) for row in rows],
            t("Why"): [spoken(row.reason) for row in rows],
            t("From"): [_source(row.source, mails.get(row.source)) for row in rows],
            t("Since"): [moment(row.created_at) for row in rows],
        }
    )


if __name__ == "__main__":
    page()
