"""How many mails of a list would come back, by verdict, and whether that stands against a release."""

from __future__ import annotations

import streamlit as st

from app.components.text import plural
from app.state import bench
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.enrichment.verification.bounces import Projection
from gtm_pipelines.enrichment.verification.service import Whom

_WORDS = {
    "valid": "Confirmed by a verifier", "server": "Domain takes mail", "unchecked": "Nobody has looked",
    "catch_all": "Server takes any address", "unknown": "A verifier could not tell", "disposable": "Thrown away soon",
    "invalid": "Takes no mail",
}  # fmt: skip
_SIGNS = {"open": ":material/mark_email_read:", "warn": ":material/warning:", "blocked": ":material/block:"}


def before_release(campaign: Campaign) -> tuple[bool, str | None]:
    """Show what is expected of a campaign that is not released; return whether it may be, and the reason if a person says so."""
    projection = bench().verification.project(Whom(campaign=campaign.id))
    if not projection.recipients:
        return True, None
    st.caption(f"{_SIGNS[projection.gate]} {told(projection)}")
    with st.popover("Addresses", icon=":material/fact_check:"):
        table(projection)
    if projection.gate != "blocked":
        return True, None
    reason = st.text_input(
        "Release all the same, because", key=f"accept_bounces:{campaign.id}", placeholder="such as: they answered last year",
        help="Kept in the audit trail with your name.",
    )  # fmt: skip
    return bool(reason.strip()), reason.strip() or None


def told(projection: Projection) -> str:
    """Say in a sentence what is expected."""
    expected = (
        f"About {projection.rate:.1%} of {plural(projection.recipients, 'mail')} will come back "
        f"({projection.low:.1%} to {projection.high:.1%})"
    )
    return {
        "open": f"{expected}, below the limit of {projection.limit:.0%}.",
        "warn": f"{expected}; it may come to the limit of {projection.limit:.0%}. Verified addresses make the figure surer.",
        "blocked": f"{expected}: too many, the limit is {projection.limit:.0%}. Verify the addresses, or leave dead ones out.",
    }[projection.gate]


def table(projection: Projection) -> None:
    """Show each verdict with its share, its rate, and where the rate is from."""
    rows = [
        {
            "Verdict": _WORDS[share.verdict],
            "Addresses": share.count,
            "Share": share.count / projection.recipients,
            "Expected to bounce": f"{share.rate:.1%}",
            "Of your own mail": f"{share.bounced:,} of {share.sent:,}",
            "Taken from": share.source,
        }
        for share in projection.shares
    ]
    shown = {"Share": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)}
    st.dataframe(rows, hide_index=True, column_config=shown)
    st.caption(f"{plural(projection.role, 'role mailbox', 'role mailboxes')}, {projection.free_mail:,} at free providers.")
