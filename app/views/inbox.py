"""Inbox: conversations with people who answered; what they want, what to say, who has it."""

from __future__ import annotations

import streamlit as st

from app.components.choose import campaign_or_all
from app.components.language import mark, t, tn
from app.components.meeting import of_answer, of_calendar
from app.components.one_person import of_conversation
from app.components.page import empty, header, notice, told
from app.components.paging import pager
from app.components.pausing import paused
from app.components.roles import only
from app.components.text import escaped, moment, spoken
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.record.conversations import STATES
from gtm_pipelines.record.threads import LEFT
from gtm_pipelines.replies.inbox import ConversationView, Passage, Said, Suggested, Thread
from gtm_pipelines.replies.model import HUMAN_CLASSES, InboundView
from gtm_pipelines.replies.occasions import Occasion

SIZE = 12
OPEN, WAITING = "open", "waiting"
_SHOWN = (OPEN, WAITING, *STATES[2:])
_VARIANTS = ("pricing", "example", "privacy", "solution", "objection", "scheduling", "day", "not_now", "referral")
# What the rule that chooses a prepared answer says it saw.
_WHY = (
    mark("they ask for the price"), mark("they ask for an example"), mark("they ask about their data"),
    mark("they have a solution already"), mark("they name somebody else"), mark("they want it later"), mark("they decline"),
    mark("they say they are the wrong one"), mark("they ask for more than one thing"), mark("they name a day"),
    mark("they want to talk"), mark("they doubt something"), mark("they ask for something that nothing was prepared for"),
    mark("they wrote no words"),
)  # fmt: skip


def page() -> None:
    """Draw the page."""
    header(t("Inbox"), t("Conversations with people who answered: what they want, what to say, and who has it."))
    with told():
        unsure = bench().replies.page(unsure=True, limit=200)
        of_talks, of_unsure = st.tabs([t("Conversations"), t("Waiting for your word ({unsure})", unsure=len(unsure))])
        with of_talks:
            _conversations()
        with of_unsure:
            _unsure(unsure)


def _conversations() -> None:
    above, left, right = st.columns(3, vertical_alignment="bottom")
    with above:
        campaign_id = campaign_or_all("inbox_campaign")
    named = {OPEN: t("All that are open"), WAITING: t("Nobody has dealt with them yet")}
    state = left.selectbox(t("State"), _SHOWN, format_func=lambda s: named.get(s) or spoken(s), key="inbox_state")
    mine = right.checkbox(t("Only mine"), key="inbox_mine")
    found = bench().inbox.page(
        campaign_id=campaign_id,
        state=None if state in named else state,
        owner=person() if mine else None,
        waiting=state == WAITING,
        limit=500,
    )
    if not found:
        empty(
            t("No conversation here. They begin when somebody answers a campaign."), page="views/replies.py", label=t("Replies")
        )
        return
    of_list, of_thread = st.columns([2, 3])
    with of_list:
        offset = pager(len(found), "inbox_page", size=SIZE)
        chosen = st.radio(
            t('Conversation'), found[offset : offset + SIZE], format_func=_line,
            key=f"inbox_pick:{campaign_id}:{state}:{mine}:{offset}", label_visibility="collapsed",
        )  # fmt: skip
        if state == WAITING:
            _read([one for one in found[offset : offset + SIZE] if one.state == "closed"])
    with of_thread:
        if chosen is not None:
            _thread(bench().inbox.thread(chosen.id))


def _read(declined: list[ConversationView]) -> None:
    """Offer to deal with those at once whose conversation is over, which is what most of the waiting ones are."""
    if not declined:
        return
    label = tn("I have read the {number} that is over", "I have read the {number} that are over", len(declined))
    if st.button(label, key="inbox_read", icon=":material/done_all:", **only(Role.REVIEWER)):
        with told():
            for one in declined:
                bench().inbox.close(one.id, person(), "Read by a person")
            notice(t("Dealt with. Other campaigns may write to them again."))
            st.rerun()


def _line(one: ConversationView) -> str:
    owner = f" · {one.owner}" if one.owner else ""
    return ("● " if one.waiting else "") + escaped(
        f"{one.contact_name or one.email} · {spoken(one.last_class)} · {moment(one.last_at)}{owner}"
    )


def _thread(thread: Thread) -> None:
    view = thread.conversation
    st.markdown(f"#### {escaped(view.contact_name or view.email or t('Somebody'))}")
    company = f" · {view.company_name}" if view.company_name else ""
    st.caption(escaped(f"{view.campaign_name}{company} · {spoken(view.state)}"))
    campaign = bench().campaigns.get(view.campaign_id)
    paused(campaign.name, campaign.paused_at, campaign.pause_reason)
    for mail in thread.mails:
        _mail(mail)
    if view.waiting:
        st.info(t("Nobody has dealt with this yet. Until you answer or close it, no campaign writes to them."))
    of_calendar(thread)
    _answer(thread)
    of_conversation(view.campaign_id, view.contact_id)
    _owner(view)
    with st.expander(t("How it came here")):
        for passage in thread.passages:
            st.caption(escaped(_passage(passage)))


def _passage(passage: Passage) -> str:
    where = spoken(passage.to_state) if passage.from_state != passage.to_state else "–"
    return f"{moment(passage.at)} · {where} · {translated(passage.reason)} ({passage.actor})"


def _mail(mail: Said) -> None:
    with st.container(border=True, gap="xsmall"):
        who = (
            t("We")
            if mail.cls is None
            else t("They: {cls}, {confidence:.0%} sure", cls=spoken(mail.cls).lower(), confidence=mail.confidence or 0)
        )
        st.markdown(f"**{escaped(who)}**")
        st.caption(moment(mail.at) + (f" · {escaped(translated(mail.reason))}" if mail.reason else ""))
        st.text(mail.subject or t("(no subject)"))
        st.text(mail.text.strip() or t("(no text)"))
        if mail.return_at:
            st.caption(t("Not before {return_at}.", return_at=f"{mail.return_at:%Y-%m-%d}"))
        if mail.cls is not None:
            _correct(mail.id, mail.cls)


def _classes(held: str) -> list[str]:
    """Return what a person may say that an answer is: what people mean, and what it is held for now."""
    return sorted({one.value for one in HUMAN_CLASSES} | {held})


def _correct(mail_id: str, cls: str) -> None:
    with st.popover(t("Wrong class?")):
        classes = _classes(cls)
        chosen = st.selectbox(
            t("It is"), classes, index=classes.index(cls), format_func=spoken, key=f"inbox_class:{mail_id}:{cls}"
        )
        if st.button(t("Save the class"), key=f"inbox_correct:{mail_id}", **only(Role.REVIEWER, disabled=chosen == cls)):
            with told():
                bench().replies.reclassify(mail_id, chosen, person())
                notice(t("Now counted as {chosen}, and kept as an example.", chosen=spoken(chosen).lower()))
                st.rerun()


def _answer(thread: Thread) -> None:
    view, suggested = thread.conversation, bench().inbox.suggested(thread)
    if suggested is not None:
        _suggested(suggested, bench().inbox.fitting(thread))
        of_answer(thread)
    left = suggested is not None and bench().review.get(suggested.id).message_state in LEFT
    if (suggested is None or left) and view.owner is None and view.state != "closed":
        _ask(thread, again=left)


def _ask(thread: Thread, *, again: bool) -> None:
    """Offer to have an answer written; another one where the last has left and they have not written since."""
    key = thread.conversation.id
    if not again:
        _fitting(thread)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    variant = left.selectbox(
        t('Answer with'), (None, *_VARIANTS), key=f"inbox_variant:{key}",
        format_func=lambda one: t('What fits their mail') if one is None else spoken(one),
    )  # fmt: skip
    label = t("Write once more") if again else t("Suggest an answer")
    if right.button(label, key=f"inbox_answer:{key}", icon=":material/edit:", **only(Role.REVIEWER)):
        with told():
            bench().inbox.answer(key, variant, again=again)
            notice(t("Suggested. Read it, then approve it under Review."))
            st.rerun()


def _fitting(thread: Thread) -> None:
    """Say beforehand what a prepared answer would be, or that none fits; where a model writes, it reads the mail itself."""
    fitting = bench().inbox.fitting(thread)
    if fitting is None or bench().campaigns.get(thread.conversation.campaign_id).settings.drafter == "model":
        return
    if fitting.variant is None:
        st.info(
            t("No prepared answer fits: {why}. Write it yourself, or choose one and change it under Review.", why=t(fitting.why))
        )
    else:
        st.caption(t("By rule: {why}.", why=t(fitting.why)))


def _origin(suggested: Suggested, fitting: Occasion | None) -> str:
    """Say where the words of a suggested answer come from."""
    if suggested.drafter != "baseline":
        return t("Written by {model}.", model=escaped(suggested.model or t("a language model")))
    name = escaped(spoken(suggested.variant.replace("-", "_")))
    by_rule = fitting.variant if fitting else None
    if fitting is not None and suggested.variant in (by_rule, "invitation" if by_rule == "day" else None):
        return t("A prepared text ({name}), chosen by rule: {why}. Nobody wrote it for this mail.", name=name, why=t(fitting.why))
    return t("A prepared text ({name}), chosen by a person. Nobody wrote it for this mail.", name=name)


def _suggested(suggested: Suggested, fitting: Occasion | None) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(t("**Suggested answer** · {status}", status=escaped(spoken(suggested.status).lower())))
        st.caption(_origin(suggested, fitting))
        st.text(suggested.subject)
        st.text(suggested.body)
        st.page_link("views/review.py", label=t("Review and approve it"), icon=":material/rate_review:")


def _owner(view: ConversationView) -> None:
    left, middle, right = st.columns([2, 1, 1], vertical_alignment="bottom")
    owner = left.text_input(t("Who has it"), value=view.owner or "", key=f"inbox_owner:{view.id}:{view.owner}")
    if middle.button(
        t("Hand over"), key=f"inbox_assign:{view.id}", **only(Role.REVIEWER, disabled=owner.strip() == (view.owner or ""))
    ):
        with told():
            bench().inbox.assign(view.id, owner.strip() or None, person())
            notice(t("{owner} has it now.", owner=owner.strip()) if owner.strip() else t("Nobody has it now."))
            st.rerun()
    if right.button(
        t("Close"), key=f"inbox_close:{view.id}", **only(Role.REVIEWER, disabled=view.state == "closed" and not view.waiting)
    ):
        with told():
            bench().inbox.close(view.id, person())
            notice(t("Closed. A later answer opens it again."))
            st.rerun()


def _unsure(mails: list[InboundView]) -> None:
    if not mails:
        st.caption(t("Nothing waits: every answer was understood well enough."))
        return
    st.caption(
        tn(
            "{number} answer nobody is sure about. Your word counts at once, and is kept as an example.",
            "{number} answers nobody is sure about. Your word counts at once, and is kept as an example.",
            len(mails),
        )
    )
    offset = pager(len(mails), "unsure_page", size=SIZE)
    for mail in mails[offset : offset + SIZE]:
        with st.container(border=True, gap="xsmall"):
            st.markdown(
                f"**{escaped(mail.from_name or mail.from_address or t('Somebody'))}** · {escaped(mail.campaign_name or '–')}"
            )
            st.text((mail.text or "").strip() or t("(no text)"))
            st.caption(
                escaped(
                    t(
                        "Perhaps {cls}, {confidence:.0%} sure. {class_reason}",
                        cls=spoken(mail.cls).lower(),
                        confidence=mail.confidence,
                        class_reason=translated(mail.class_reason),
                    )
                )
            )
            _confirm(mail)


def _confirm(mail: InboundView) -> None:
    classes = _classes(mail.cls)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    chosen = left.selectbox(t("It is"), classes, index=classes.index(mail.cls), format_func=spoken, key=f"unsure:{mail.id}")
    if right.button(t("That is it"), key=f"confirm:{mail.id}", **only(Role.REVIEWER)):
        with told():
            bench().replies.reclassify(mail.id, chosen, person())
            notice(t("Counted as {chosen}.", chosen=spoken(chosen).lower()))
            st.rerun()


if __name__ == "__main__":
    page()
