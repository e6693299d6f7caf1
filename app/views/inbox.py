"""Inbox: conversations with people who answered; what they want, what to say, who has it."""

from __future__ import annotations

import streamlit as st

from app.components.page import empty, header, notice, told
from app.components.paging import pager
from app.components.text import escaped, moment, plural, spoken
from app.state import bench, person
from gtm_pipelines.record.conversations import STATES
from gtm_pipelines.replies.inbox import ConversationView, Passage, Said, Suggested, Thread
from gtm_pipelines.replies.model import HUMAN_CLASSES, InboundView

SIZE = 12
OPEN = "open"
_SHOWN = (OPEN, *STATES[2:])
_VARIANTS = ("objection", "pricing", "scheduling", "not_now")


def page() -> None:
    """Draw the page."""
    header("Inbox", "Conversations with people who answered: what they want, what to say, and who has it.")
    with told():
        unsure = bench().replies.page(unsure=True, limit=200)
        of_talks, of_unsure = st.tabs(["Conversations", f"Waiting for your word ({len(unsure)})"])
        with of_talks:
            _conversations()
        with of_unsure:
            _unsure(unsure)


def _conversations() -> None:
    left, right = st.columns(2)
    state = left.selectbox(
        "State", _SHOWN, format_func=lambda s: "All that are open" if s == OPEN else spoken(s), key="inbox_state"
    )
    mine = right.checkbox("Only mine", key="inbox_mine")
    found = bench().inbox.page(state=None if state == OPEN else state, owner=person() if mine else None, limit=500)
    if not found:
        empty("No conversation here. They begin when somebody answers a campaign.", page="views/replies.py", label="Replies")
        return
    of_list, of_thread = st.columns([2, 3])
    with of_list:
        offset = pager(len(found), "inbox_page", size=SIZE)
        chosen = st.radio(
            "Conversation", found[offset : offset + SIZE], format_func=_line, key=f"inbox_pick:{state}:{mine}:{offset}",
            label_visibility="collapsed",
        )  # fmt: skip
    with of_thread:
        if chosen is not None:
            _thread(bench().inbox.thread(chosen.id))


def _line(one: ConversationView) -> str:
    owner = f" · {one.owner}" if one.owner else ""
    return escaped(f"{one.contact_name or one.email} · {spoken(one.last_class)} · {moment(one.last_at)}{owner}")


def _thread(thread: Thread) -> None:
    view = thread.conversation
    st.markdown(f"#### {escaped(view.contact_name or view.email or 'Somebody')}")
    company = f" · {view.company_name}" if view.company_name else ""
    st.caption(escaped(f"{view.campaign_name}{company} · {spoken(view.state)}"))
    for mail in thread.mails:
        _mail(mail)
    _answer(thread)
    _owner(view)
    with st.expander("How it came here"):
        for passage in thread.passages:
            st.caption(escaped(_passage(passage)))


def _passage(passage: Passage) -> str:
    where = spoken(passage.to_state) if passage.from_state != passage.to_state else "–"
    return f"{moment(passage.at)} · {where} · {passage.reason} ({passage.actor})"


def _mail(mail: Said) -> None:
    with st.container(border=True, gap="xsmall"):
        who = "We" if mail.cls is None else f"They: {spoken(mail.cls).lower()}, {mail.confidence or 0:.0%} sure"
        st.markdown(f"**{escaped(who)}**")
        st.caption(moment(mail.at) + (f" · {escaped(mail.reason)}" if mail.reason else ""))
        st.text(mail.subject or "(no subject)")
        st.text(mail.text.strip() or "(no text)")
        if mail.return_at:
            st.caption(f"Not before {mail.return_at:%Y-%m-%d}.")
        if mail.cls is not None:
            _correct(mail.id, mail.cls)


def _correct(mail_id: str, cls: str) -> None:
    with st.popover("Wrong class?"):
        classes = sorted({one.value for one in HUMAN_CLASSES} | {cls})
        chosen = st.selectbox("It is", classes, index=classes.index(cls), format_func=spoken, key=f"inbox_class:{mail_id}:{cls}")
        if st.button("Save the class", disabled=chosen == cls, key=f"inbox_correct:{mail_id}"):
            with told():
                bench().replies.reclassify(mail_id, chosen, person())
                notice(f"Now counted as {spoken(chosen).lower()}, and kept as an example.")
                st.rerun()


def _answer(thread: Thread) -> None:
    view, suggested = thread.conversation, bench().inbox.suggested(thread)
    if suggested is not None:
        _suggested(suggested)
    elif view.owner is None and view.state != "closed":
        left, right = st.columns([2, 1], vertical_alignment="bottom")
        variant = left.selectbox(
            "Answer with", (None, *_VARIANTS), key=f"inbox_variant:{view.id}",
            format_func=lambda one: "What fits their mail" if one is None else spoken(one),
        )  # fmt: skip
        if right.button("Suggest an answer", key=f"inbox_answer:{view.id}", icon=":material/edit:"):
            with told():
                bench().inbox.answer(view.id, variant)
                notice("Suggested. Read it, then approve it under Review.")
                st.rerun()


def _suggested(suggested: Suggested) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**Suggested answer** · {escaped(spoken(suggested.status).lower())}")
        st.text(suggested.subject)
        st.text(suggested.body)
        st.page_link("views/review.py", label="Review and approve it", icon=":material/rate_review:")


def _owner(view: ConversationView) -> None:
    left, middle, right = st.columns([2, 1, 1], vertical_alignment="bottom")
    owner = left.text_input("Who has it", value=view.owner or "", key=f"inbox_owner:{view.id}:{view.owner}")
    if middle.button("Hand over", disabled=owner.strip() == (view.owner or ""), key=f"inbox_assign:{view.id}"):
        with told():
            bench().inbox.assign(view.id, owner.strip() or None, person())
            notice(f"{owner.strip()} has it now." if owner.strip() else "Nobody has it now.")
            st.rerun()
    if right.button("Close", disabled=view.state == "closed", key=f"inbox_close:{view.id}"):
        with told():
            bench().inbox.close(view.id, person())
            notice("Closed. A later answer opens it again.")
            st.rerun()


def _unsure(mails: list[InboundView]) -> None:
    if not mails:
        st.caption("Nothing waits: every answer was understood well enough.")
        return
    st.caption(f"{plural(len(mails), 'answer')} nobody is sure about. Your word counts at once, and is kept as an example.")
    offset = pager(len(mails), "unsure_page", size=SIZE)
    for mail in mails[offset : offset + SIZE]:
        with st.container(border=True, gap="xsmall"):
            st.markdown(
                f"**{escaped(mail.from_name or mail.from_address or 'Somebody')}** · {escaped(mail.campaign_name or '–')}"
            )
            st.text((mail.text or "").strip() or "(no text)")
            st.caption(escaped(f"Perhaps {spoken(mail.cls).lower()}, {mail.confidence:.0%} sure. {mail.class_reason}"))
            _confirm(mail)


def _confirm(mail: InboundView) -> None:
    classes = sorted(one.value for one in HUMAN_CLASSES)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    chosen = left.selectbox("It is", classes, index=classes.index(mail.cls), format_func=spoken, key=f"unsure:{mail.id}")
    if right.button("That is it", key=f"confirm:{mail.id}"):
        with told():
            bench().replies.reclassify(mail.id, chosen, person())
            notice(f"Counted as {spoken(chosen).lower()}.")
            st.rerun()


if __name__ == "__main__":
    page()
