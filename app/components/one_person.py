"""One person's mails of a campaign: where they stand, the button that ends them, and the one that takes that back."""

from __future__ import annotations

import streamlit as st

from app.components.language import t
from app.components.page import notice, told
from app.components.roles import only
from app.components.sequence import state_in_words
from app.components.text import escaped, moment
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.campaigns.people import PersonStanding
from gtm_pipelines.errors import NotFoundError


def look_up(campaign: Campaign) -> None:
    """Ask for an address and show where that person stands."""
    with st.expander(t("End the mails to one person"), icon=":material/person_off:"):
        asked = st.text_input(t("Address they are written to at"), key=f"one_person:{campaign.id}").strip()
        if asked:
            with told():
                _show(bench().campaigns.standing_of(campaign.id, asked), campaign.id)


def of_conversation(campaign_id: str, contact_id: str) -> None:
    """Show where somebody who wrote back stands; nothing for whoever had every mail or is not enrolled any more."""
    try:
        found = bench().campaigns.standing_of(campaign_id, contact_id)
    except NotFoundError:
        return
    if found.status != "finished":
        _show(found, campaign_id)


def _show(found: PersonStanding, campaign_id: str) -> None:
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.caption(_said(found))
    key = f"{campaign_id}:{found.contact_id}"
    if found.open and right.button(t("End their mails"), key=f"stop_person:{key}", **only(Role.REVIEWER)):
        with told():
            bench().campaigns.stop_person(campaign_id, found.contact_id, by=person())
            notice(t("Ended: nothing more of this campaign goes to {name}.", name=found.name or found.address))
            st.rerun()
    if found.can_resume and right.button(t("Let them go on"), key=f"resume_person:{key}", **only(Role.REVIEWER)):
        with told():
            bench().campaigns.resume_person(campaign_id, found.contact_id, by=person())
            notice(t("The mails to {name} go on where they stood.", name=found.name or found.address))
            st.rerun()


def _said(found: PersonStanding) -> str:
    state = state_in_words(found.status, found.reason)
    if found.open and found.next_at:
        return escaped(
            t(
                "Mails to {name}: {state}; mail {step} not before {at}.",
                name=found.name or found.address,
                state=state,
                step=found.step,
                at=moment(found.next_at),
            )
        )
    return escaped(t("Mails to {name}: {state}, at mail {step}.", name=found.name or found.address, state=state, step=found.step))
