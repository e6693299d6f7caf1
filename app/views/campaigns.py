"""Campaigns: start one, have it drafted, release it, and see who gets what and who does not."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.adopting import may_not_send
from app.components.choose import choose_campaign, open_campaign
from app.components.language import joined, mark, t, tn, written
from app.components.one_person import look_up
from app.components.overlaps import warn
from app.components.page import empty, header, notice, told
from app.components.roles import only
from app.components.sequence import choose_sequence, standing
from app.components.steps import actions
from app.components.targets import left_out, plan_table, planned
from app.components.text import escaped, moment, spoken
from app.components.unknown import unknown_messages
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.campaigns.model import Campaign, CampaignSettings, CampaignStatus
from gtm_pipelines.packs.model import PackInfo


def page() -> None:
    """Draw the page."""
    header(t("Campaigns"), t("A campaign freezes the people of a segment, drafts to each of them, and sends what you approved."))
    segments = [segment.name for segment in bench().segments.list()]
    if not segments:
        empty(t("A campaign starts from a segment, and there is none yet."), page="views/segments.py", label=t("Build a segment"))
        return
    started = len(bench().campaigns.list())
    with st.expander(
        t("New campaign"), icon=":material/add:", expanded=not started, key=f"new_campaign:{started}", on_change="rerun"
    ) as new:
        if new.open:  # counts whom the segment finds, and who of them is written to already: not for a form nobody opened
            _new(segments)
    campaign = choose_campaign()
    if campaign is None:
        return
    with told():
        _detail(campaign)


def _new(segments: list[str]) -> None:
    packs = _first_mails()
    mailboxes = {mailbox.name: mailbox for mailbox in bench().settings.mailboxes}
    left, right = st.columns(2)
    name = left.text_input(t("Name"), placeholder=t("such as “Fintech, spring”"), key="new_name")
    segment = right.selectbox(t("Segment"), segments, key="new_segment")
    pack = left.selectbox(t("Prompt pack"), list(packs), format_func=lambda key: f"{packs[key].title} ({key})", key="new_pack")
    known = list(packs[pack].variants) if pack else []
    variants = right.multiselect(t("Variants to compare"), known, default=known, format_func=spoken, key=f"new_variants:{pack}")
    chosen = left.multiselect(
        t("Mailboxes, in turn"),
        list(mailboxes),
        default=list(mailboxes),
        format_func=lambda key: f"{mailboxes[key].display_name} <{mailboxes[key].address}>",
        key="new_mailboxes",
    )
    sequence, stop_company = choose_sequence(left)
    settings = _writing(right).model_copy(update={"sequence": sequence, "stop_company": stop_company})
    tree = bench().segments.get(segment).filter
    found = bench().segments.count(tree)
    right.caption(
        tn(
            "Takes {number} contact of “{segment}” as they are now, less those without an address and those who must "
            "not be written to. Nothing is sent until you release it.",
            "Takes {number} contacts of “{segment}” as they are now, less those without an address and those who must "
            "not be written to. Nothing is sent until you release it.",
            found,
            segment=escaped(segment),
        )
    )
    warn(tree)
    ready = bool(name.strip() and pack and variants and chosen)
    if st.button(t("Start campaign"), type="primary", key="new_start", **only(Role.EDITOR, disabled=not ready)) and pack:
        with told():
            made = bench().campaigns.create(
                name, segment=segment, pack=pack, variants=variants, mailboxes=chosen, by=person(), settings=settings
            )
            open_campaign(made.id)
            notice(t("Campaign '{name}' started.", name=made.name))
            st.rerun()


_WRITERS = {"baseline": mark("Mail merge from the pack"), "model": mark("A language model, checked by rule")}
_TONES = {"pack": mark("The pack's own"), "formal": mark("Formal"), "neutral": mark("Neutral"), "casual": mark("Casual")}
_LENGTHS = {"short": mark("Short"), "medium": mark("Medium"), "long": mark("As long as the pack allows")}


def _writing(place: DeltaGenerator) -> CampaignSettings:
    """Ask who writes, and how."""
    writers = list(_WRITERS) if bench().settings.models else ["baseline"]
    drafter = place.radio(t("Who writes"), writers, format_func=lambda each: t(_WRITERS[each]), key="new_drafter")
    if len(writers) == 1:
        offer = t("Set up a language model, and it can write too")
        place.page_link("views/ai_models.py", label=offer, icon=":material/smart_toy:")
    if drafter == "baseline":
        return CampaignSettings()
    tone = place.selectbox(t("Tone"), list(_TONES), format_func=lambda each: t(_TONES[each]), key="new_tone")
    length = place.selectbox(t("Length"), list(_LENGTHS), index=1, format_func=lambda each: t(_LENGTHS[each]), key="new_length")
    budget = place.number_input(t("Most US dollars for drafting"), min_value=0.01, value=None, key="new_budget")
    return CampaignSettings.model_validate({"drafter": drafter, "tone": tone, "length": length, "budget_usd": budget})


def _first_mails() -> dict[str, PackInfo]:
    """Return the packs a campaign can start with, those that count first."""
    fit = [info for info in reversed(bench().packs.list()) if not info.problems and info.kind == "mail" and info.choose == "coin"]
    return {f"{info.name}@{info.version}": info for info in sorted(fit, key=lambda info: not info.current)}


def _detail(campaign: Campaign) -> None:
    status = bench().campaigns.status(campaign.id)
    variants = joined(escaped(spoken(v).lower()) for v in campaign.variants)
    st.caption(
        t(
            "From segment “{segment_name}”, version {segment_version} · {pack} {pack_version}, variants {variants} · "
            "started by {created_by} on {created_at}",
            segment_name=escaped(campaign.segment_name),
            segment_version=campaign.segment_version,
            pack=escaped(campaign.pack),
            pack_version=escaped(campaign.pack_version),
            variants=variants,
            created_by=escaped(campaign.created_by.removeprefix("person:")),
            created_at=moment(campaign.created_at),
        )
    )
    _numbers(status)
    may_not_send()
    plan = planned(campaign, status)
    actions(campaign, status, plan)
    unknown_messages(campaign)
    standing(campaign)
    look_up(campaign)
    st.subheader(t("Who gets what"), anchor=False)
    plan_table(campaign, plan)
    left_out(campaign, status)


def _numbers(status: CampaignStatus) -> None:
    figures = (
        (t("People"), status.active, t("{excluded:,} left out of {targets:,}", excluded=status.excluded, targets=status.targets)),
        (t("Drafted"), status.drafted, t("{drafts:,} drafts in all variants", drafts=status.drafts)),
        (
            t("Approved"),
            status.approved,
            t("{waiting_review:,} drafts wait for a decision", waiting_review=status.waiting_review),
        ),
        (
            t("Sent"),
            status.sent,
            t(
                "{queued:,} queued, {failed:,} failed, {unknown:,} unknown",
                queued=status.queued,
                failed=status.failed,
                unknown=status.unknown,
            ),
        ),
        (t("Delivered"), status.delivered, t("{bounced:,} came back", bounced=status.bounced)),
        (
            t("Replied"),
            status.replied,
            t(
                "{positive:,} with interest, {auto_replies:,} automatic answers apart",
                positive=status.positive,
                auto_replies=status.auto_replies,
            ),
        ),
    )
    for column, (label, count, more) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(label, written(count, ","), help=more, border=True)
    _frozen(status)


def _frozen(status: CampaignStatus) -> None:
    if status.excluded:
        st.caption(
            t(
                "{targets:,} people were frozen into the campaign: {active:,} to be written to, {excluded:,} left out.",
                targets=status.targets,
                active=status.active,
                excluded=status.excluded,
            )
        )


if __name__ == "__main__":
    page()
