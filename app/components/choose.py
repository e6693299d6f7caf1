"""The campaign a page is about: one choice, shared by every page of the session."""

from __future__ import annotations

from collections.abc import Container

import streamlit as st

from app.components.language import t
from app.components.page import empty
from app.components.text import spoken
from app.state import bench
from gtm_pipelines.campaigns.model import Campaign

ALL = "all"
_KEY = "campaign_id"


def open_campaign(campaign_id: str) -> None:
    """Make a campaign the one that pages show, from the next run on."""
    st.session_state["campaign_to_open"] = campaign_id


def choose_campaign() -> Campaign | None:
    """Let a person choose among the campaigns, newest first; the address names the choice, so that it can be passed on."""
    campaigns = {campaign.id: campaign for campaign in bench().campaigns.list()}
    if not campaigns:
        return None
    follow_link(_KEY, "campaign", campaigns)
    wanted = st.session_state.pop("campaign_to_open", None)
    if wanted in campaigns:
        st.session_state[_KEY] = wanted
    if st.session_state.get(_KEY) not in campaigns:
        st.session_state[_KEY] = next(iter(campaigns))
    chosen = st.selectbox(
        t("Campaign"),
        list(campaigns),
        format_func=lambda key: f"{campaigns[key].name} – {spoken(campaigns[key].standing).lower()}",
        key=_KEY,
        persist_state="session",
    )
    keep_link(_KEY, "campaign", chosen)
    return campaigns[chosen]


def campaign_or_all(key: str) -> str | None:
    """Let a person narrow a page to one campaign, as the address may name it; ``None`` for all of them."""
    names = {ALL: t("All campaigns")} | {campaign.id: campaign.name for campaign in bench().campaigns.list()}
    follow_link(key, "campaign", names)
    chosen = st.selectbox(t("Campaign"), list(names), format_func=names.__getitem__, key=key, label_visibility="collapsed")
    keep_link(key, "campaign", None if chosen == ALL else chosen)
    return None if chosen == ALL else chosen


def follow_link(key: str, parameter: str, known: Container[str]) -> None:
    """Set the widget ``key`` to what the address names, where that is not what the widget itself wrote there."""
    named = st.query_params.get(parameter)
    if named != st.session_state.get(f"linked:{key}") and named in known:
        st.session_state[key] = named


def keep_link(key: str, parameter: str, chosen: str | None) -> None:
    """Let the address name what is chosen, so that it can be passed on."""
    st.session_state[f"linked:{key}"] = chosen
    if chosen is not None:
        st.query_params[parameter] = chosen
    elif parameter in st.query_params:
        del st.query_params[parameter]


def no_campaign() -> None:
    """Lead to where campaigns begin."""
    empty(t("There is no campaign yet."), page="views/campaigns.py", label=t("Start a campaign"))
