"""How many mails of a list would come back, by verdict, and whether that stands against a release."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from app.components.language import mark, t, tn
from app.components.translated import translated
from app.state import bench
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.enrichment.verification.bounces import Projection
from gtm_pipelines.enrichment.verification.service import Whom

_FRESH = timedelta(minutes=1)
_MANY = 2_000
_WORDS = {
    "valid": mark("Confirmed by a verifier"),
    "server": mark("Domain takes mail"),
    "unchecked": mark("Nobody has looked"),
    "catch_all": mark("Server takes any address"),
    "unknown": mark("A verifier could not tell"),
    "disposable": mark("Thrown away soon"),
    "invalid": mark("Takes no mail"),
}
_SIGNS = {"open": ":material/mark_email_read:", "warn": ":material/warning:", "blocked": ":material/block:"}


def before_release(campaign: Campaign) -> tuple[bool, str | None]:
    """Show what is expected of a campaign that is not released; return whether it may be, and the reason if a person says so."""
    projection = _projected(campaign.id)
    if not projection.recipients:
        return True, None
    st.caption(f"{_SIGNS[projection.gate]} {told(projection)}")
    with st.popover(t("Addresses"), icon=":material/fact_check:"):
        table(projection)
    if projection.gate != "blocked":
        return True, None
    reason = st.text_input(
        t("Release all the same, because"),
        key=f"accept_bounces:{campaign.id}",
        placeholder=t("such as: they answered last year"),
        help=t("Kept in the audit trail with your name."),
    )
    return bool(reason.strip()), reason.strip() or None


def _projected(campaign_id: str) -> Projection:
    """Look at every address, which takes seconds for many thousands: then it is kept for a minute. A release looks again."""
    now = bench().clock.now()
    held = st.session_state.get("projection")
    if held is not None and held[0] == campaign_id and now - held[1] < _FRESH:
        return held[2]
    found = bench().verification.project(Whom(campaign=campaign_id))
    st.session_state["projection"] = (campaign_id, now, found) if found.recipients > _MANY else None
    return found


def told(projection: Projection) -> str:
    """Say in a sentence what is expected."""
    expected = tn(
        "About {rate:.1%} of {number} mail will come back ({low:.1%} to {high:.1%})",
        "About {rate:.1%} of {number} mails will come back ({low:.1%} to {high:.1%})",
        projection.recipients,
        rate=projection.rate,
        low=projection.low,
        high=projection.high,
    )
    return {
        "open": t("{expected}, below the limit of {limit:.0%}.", expected=expected, limit=projection.limit),
        "warn": t(
            "{expected}; it may come to the limit of {limit:.0%}. Verified addresses make the figure surer.",
            expected=expected,
            limit=projection.limit,
        ),
        "blocked": t(
            "{expected}: too many, the limit is {limit:.0%}. Verify the addresses, or leave dead ones out.",
            expected=expected,
            limit=projection.limit,
        ),
    }[projection.gate]


def table(projection: Projection) -> None:
    """Show each verdict with its share, its rate, and where the rate is from."""
    rows = [
        {
            t("Verdict"): t(_WORDS[share.verdict]),
            t("Addresses"): share.count,
            t("Share"): share.count / projection.recipients,
            t("Expected to bounce"): f"{share.rate:.1%}",
            t("Of your own mail"): t("{bounced:,} of {sent:,}", bounced=share.bounced, sent=share.sent),
            t("Taken from"): translated(share.source),
        }
        for share in projection.shares
    ]
    shown = {t("Share"): st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)}
    st.dataframe(rows, hide_index=True, column_config=shown)
    st.caption(
        tn(
            "{number} role mailbox, {free_mail:,} at free providers.",
            "{number} role mailboxes, {free_mail:,} at free providers.",
            projection.role,
            free_mail=projection.free_mail,
        )
    )
