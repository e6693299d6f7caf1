"""Campaigns: start one, have it drafted, release it, and see who gets what and who does not."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.choose import choose_campaign, open_campaign
from app.components.overlaps import warn
from app.components.page import empty, header, notice, told
from app.components.sequence import choose_sequence, standing
from app.components.steps import actions
from app.components.targets import left_out, plan_table
from app.components.text import escaped, moment, plural, spoken
from app.components.unknown import unknown_messages
from app.state import bench, person
from gtm_pipelines.campaigns.model import Campaign, CampaignSettings, CampaignStatus
from gtm_pipelines.packs.model import PackInfo


def page() -> None:
    """Draw the page."""
    header("Campaigns", "A campaign freezes the people of a segment, drafts to each of them, and sends what you approved.")
    segments = [segment.name for segment in bench().segments.list()]
    if not segments:
        empty("A campaign starts from a segment, and there is none yet.", page="views/segments.py", label="Build a segment")
        return
    started = len(bench().campaigns.list())
    with st.expander("New campaign", icon=":material/add:", expanded=not started, key=f"new_campaign:{started}"):
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
    name = left.text_input("Name", placeholder="such as “Fintech, spring”", key="new_name")
    segment = right.selectbox("Segment", segments, key="new_segment")
    pack = left.selectbox("Prompt pack", list(packs), format_func=lambda key: f"{packs[key].title} ({key})", key="new_pack")
    known = list(packs[pack].variants) if pack else []
    variants = right.multiselect("Variants to compare", known, default=known, format_func=spoken, key=f"new_variants:{pack}")
    chosen = left.multiselect(
        "Mailboxes, in turn",
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
        f"Takes {plural(found, 'contact')} of “{escaped(segment)}” as they are now, less those without an address "
        f"and those who must not be written to. Nothing is sent until you release it."
    )
    warn(tree)
    ready = bool(name.strip() and pack and variants and chosen)
    if st.button("Start campaign", type="primary", disabled=not ready, key="new_start") and pack:
        with told():
            made = bench().campaigns.create(
                name, segment=segment, pack=pack, variants=variants, mailboxes=chosen, by=person(), settings=settings
            )
            open_campaign(made.id)
            notice(f"Campaign '{made.name}' started.")
            st.rerun()


_WRITERS = {"baseline": "Mail merge from the pack", "model": "A language model, checked by rule"}
_TONES = {"pack": "The pack's own", "formal": "Formal", "neutral": "Neutral", "casual": "Casual"}
_LENGTHS = {"short": "Short", "medium": "Medium", "long": "As long as the pack allows"}


def _writing(place: DeltaGenerator) -> CampaignSettings:
    """Ask who writes, and how."""
    writers = list(_WRITERS) if bench().settings.models else ["baseline"]
    drafter = place.radio("Who writes", writers, format_func=_WRITERS.__getitem__, key="new_drafter")
    if len(writers) == 1:
        place.caption("Add a language model to gtm.toml, and it can write too.")
    if drafter == "baseline":
        return CampaignSettings()
    tone = place.selectbox("Tone", list(_TONES), format_func=_TONES.__getitem__, key="new_tone")
    length = place.selectbox("Length", list(_LENGTHS), index=1, format_func=_LENGTHS.__getitem__, key="new_length")
    budget = place.number_input("Most US dollars for drafting", min_value=0.01, value=None, key="new_budget")
    return CampaignSettings.model_validate({"drafter": drafter, "tone": tone, "length": length, "budget_usd": budget})


def _first_mails() -> dict[str, PackInfo]:
    """Return the packs a campaign can start with, those that count first."""
    fit = [info for info in reversed(bench().packs.list()) if not info.problems and info.kind == "mail" and info.choose == "coin"]
    return {f"{info.name}@{info.version}": info for info in sorted(fit, key=lambda info: not info.current)}


def _detail(campaign: Campaign) -> None:
    status = bench().campaigns.status(campaign.id)
    variants = " and ".join(escaped(spoken(v).lower()) for v in campaign.variants)
    st.caption(
        f"From segment “{escaped(campaign.segment_name)}”, version {campaign.segment_version} · "
        f"{escaped(campaign.pack)} {escaped(campaign.pack_version)}, variants {variants} · "
        f"started by {escaped(campaign.created_by.removeprefix('person:'))} on {moment(campaign.created_at)}"
    )
    _numbers(status)
    plan = bench().delivery.plan(campaign.id)
    actions(campaign, status, plan)
    unknown_messages(campaign)
    standing(campaign)
    st.subheader("Who gets what", anchor=False)
    plan_table(campaign, plan)
    left_out(campaign, status)


def _numbers(status: CampaignStatus) -> None:
    figures = (
        ("People", status.active, f"{status.excluded:,} left out of {status.targets:,}"),
        ("Drafted", status.drafted, f"{status.drafts:,} drafts in all variants"),
        ("Approved", status.approved, f"{status.waiting_review:,} drafts wait for a decision"),
        ("Sent", status.sent, f"{status.queued:,} queued, {status.failed:,} failed, {status.unknown:,} unknown"),
        ("Delivered", status.delivered, f"{status.bounced:,} came back"),
        ("Replied", status.replied, f"{status.positive:,} with interest, {status.auto_replies:,} automatic answers apart"),
    )
    for column, (label, count, more) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(label, f"{count:,}", help=more, border=True)
    if status.excluded:
        st.caption(
            f"{status.targets:,} people were frozen into the campaign: {status.active:,} to be written to, "
            f"{status.excluded:,} left out."
        )


if __name__ == "__main__":
    page()
