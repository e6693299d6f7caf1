"""Replies: what came back, what it means, and the ones nobody could place."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app.components.choose import follow_link, keep_link
from app.components.jobs import ask, follow, latest
from app.components.language import t, tn
from app.components.page import empty, header, notice, told
from app.components.paging import PAGE
from app.components.roles import only
from app.components.text import escaped, moment, spoken
from app.components.thread import stopped_by, thread
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.record import threads
from gtm_pipelines.replies.model import InboundView, ReplyClass

ALL = "all"
_WIDTHS: dict[str, int] = {"Class": 130, "From": 190, "Beginning": 210, "Subject": 120, "Campaign": 120, "Received": 155}
_CLASSES = [ALL, *(cls.value for cls in ReplyClass)]


def page() -> None:
    """Draw the page."""
    header(t("Replies"), t("Everything that came back, with what it means. Put a class right where the rules misread it."))
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(t("Collect replies"), icon=":material/inbox:", key="collect", **only(Role.EDITOR)):
            ask("collect", {})
    follow(latest("collect"))
    unmatched = bench().replies.unmatched(limit=200)
    of_all, of_queue = st.tabs([t("All replies"), t("Unmatched ({unmatched})", unmatched=len(unmatched))])
    with of_all, told():
        if named := st.query_params.get("id"):
            _one(bench().replies.get(named))
            st.page_link("views/replies.py", label=t("All replies"), icon=":material/arrow_back:")
        else:
            _all()
    with of_queue, told():
        _queue(unmatched)


def _all() -> None:
    campaigns = {ALL: t("All campaigns")} | {c.id: c.name for c in bench().campaigns.list()}
    follow_link("reply_campaign", "campaign", campaigns)
    follow_link("reply_class", "class", _CLASSES)
    left, right = st.columns([1, 1])
    campaign = left.selectbox(t("Campaign"), list(campaigns), format_func=campaigns.__getitem__, key="reply_campaign")
    cls = right.selectbox(
        t("Class"), _CLASSES, format_func=lambda c: t("All classes") if c == ALL else spoken(c), key="reply_class"
    )
    for key, name, chosen in (("reply_campaign", "campaign", campaign), ("reply_class", "class", cls)):
        keep_link(key, name, None if chosen == ALL else chosen)
    filters = {"campaign": None if campaign == ALL else campaign, "cls": None if cls == ALL else cls}
    place = int(st.session_state.get("reply_page", 0)) if st.session_state.get("reply_filters") == filters else 0
    st.session_state["reply_filters"], st.session_state["reply_page"] = filters, place
    mails = bench().replies.page(**filters, limit=PAGE + 1, offset=place * PAGE)
    if not mails:
        _nothing(filtered=any(filters.values()))
        return
    mail = _pick(mails[:PAGE], f"replies:{mails[0].id}:{len(mails)}:{campaign}:{cls}")
    _turn(place, more=len(mails) > PAGE)
    if mail is not None:
        _one(mail)


def _nothing(*, filtered: bool) -> None:
    if filtered:
        st.caption(t("No reply fits. Choose another campaign or class."))
    else:
        empty(
            t("Nothing has come back yet. Replies are collected after a campaign was sent."),
            page="views/campaigns.py",
            label=t("Campaigns"),
        )


def _turn(place: int, *, more: bool) -> None:
    if not place and not more:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(t("Newer"), disabled=not place, icon=":material/chevron_left:", key="newer"):
            st.session_state["reply_page"] = place - 1
            st.rerun()
        if st.button(t("Older"), disabled=not more, icon=":material/chevron_right:", key="older"):
            st.session_state["reply_page"] = place + 1
            st.rerun()


def _pick(mails: Sequence[InboundView], key: str) -> InboundView | None:
    """Show a list and return the mail a person chose in it."""
    frame = pd.DataFrame(
        {
            t("Class"): [spoken(m.cls) for m in mails],
            t("From"): [m.from_name or m.from_address or "" for m in mails],
            t("Beginning"): [" ".join((m.text or "").split())[:120] for m in mails],
            t("Subject"): [m.subject or "" for m in mails],
            t("Campaign"): [m.campaign_name or "–" for m in mails],
            t("Received"): [moment(m.received_at) for m in mails],
        }
    )
    picked = st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        height=min(420, 38 + 35 * len(frame)),
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        column_config={name: st.column_config.TextColumn(width=width) for name, width in _WIDTHS.items()},
    )
    rows = picked.selection.rows
    if not rows:
        st.caption(tn("{number} mail shown. Tick a row to read it.", "{number} mails shown. Tick a row to read it.", len(mails)))
        return None
    return mails[rows[0]]


def _one(mail: InboundView) -> None:
    of_thread, of_class = st.columns([3, 2])
    with of_thread:
        thread(mail)
    with of_class, st.container(border=True):
        _reclassify(mail)
        stopped_by(mail)


def _reclassify(mail: InboundView) -> None:
    st.markdown(t("**{cls}**, {confidence:.0%} sure", cls=escaped(spoken(mail.cls)), confidence=mail.confidence))
    st.caption(escaped(translated(mail.class_reason)))
    classes = [cls.value for cls in ReplyClass]
    chosen = st.selectbox(
        t("Put the class right"), classes, index=classes.index(mail.cls), format_func=spoken, key=f"class:{mail.id}:{mail.cls}"
    )
    if chosen == ReplyClass.UNSUBSCRIBE.value != mail.cls:
        st.caption(t("The sender will never be written to again."))
    right = chosen == mail.cls and mail.handled_at is not None
    if st.button(t("Save the class"), key=f"reclassify:{mail.id}", **only(Role.REVIEWER, disabled=right)):
        bench().replies.reclassify(mail.id, chosen, person())
        notice(t("Now counted as {chosen}.", chosen=spoken(chosen).lower()))
        st.rerun()


def _queue(mails: Sequence[InboundView]) -> None:
    if not mails:
        st.caption(t("Every reply found the message it answers."))
        return
    st.caption(t("These answer no message we know of. Say which message they belong to, and they count."))
    mail = _pick(mails, f"unmatched:{mails[0].id}:{len(mails)}")
    if mail is None:
        return
    of_thread, of_assign = st.columns([3, 2])
    with of_thread:
        thread(mail)
    with of_assign, st.container(border=True):
        _assign(mail)


def _assign(mail: InboundView) -> None:
    search = st.text_input(
        t("Find the message it answers"), value=mail.from_address or "", key=f"find:{mail.id}", help=t("Name, address or subject")
    )
    found = {row.id: row for row in threads.find_sent(bench().record, search)}
    if not found:
        st.caption(t("No sent message fits. Search by a name, an address or a word of the subject."))
        return
    chosen = st.selectbox(
        t("Message"),
        list(found),
        format_func=lambda key: (
            f"{found[key].contact_name or found[key].recipient}: {found[key].subject} ({found[key].campaign_name})"
        ),
        key=f"message:{mail.id}:{search}",
    )
    if st.button(t("It answers this message"), type="primary", key=f"assign:{mail.id}", **only(Role.REVIEWER)):
        bench().replies.assign(mail.id, chosen, person())
        notice(t("Assigned. It counts from now on."))
        st.rerun()


if __name__ == "__main__":
    page()
