"""Smartlead: a mail becomes a lead of a Smartlead campaign. The key travels in the address, so no address is ever told.

Written after its documentation (api.smartlead.ai): adding a lead that is there changes its custom
fields, so the lead is looked up first and never added over another mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gtm_pipelines.delivery.model import Outgoing, SendResult, Sought
from gtm_pipelines.delivery.senders.answers import Answer
from gtm_pipelines.delivery.senders.http import Ask, Request, Vendor
from gtm_pipelines.delivery.senders.leads import ELSEWHERE, campaign_for, names_us, variables
from gtm_pipelines.delivery.senders.letters import Parts

_REFUSED = {
    "invalid_email_count": "Smartlead says that the address is none.",
    "bounce_count": "Smartlead knows the address as one that bounces.",
    "block_count": "The address is on Smartlead's block list.",
    "unsubscribed_leads": "The person is unsubscribed at Smartlead.",
    "duplicate_count": "Smartlead has the person in another campaign and takes nobody twice.",
    "lead_import_stopped_count": "Smartlead stopped the import of the person.",
}


class Smartlead(Vendor):
    """What is particular to Smartlead: https://api.smartlead.ai.

    Args:
        campaigns: ids of Smartlead campaigns, for the first mail, the second and so on.
    """

    name = "smartlead"
    base_url = "https://server.smartlead.ai/api/v1"
    repeats_safely = True

    def __init__(self, campaigns: Sequence[str]) -> None:
        self._campaigns = campaigns

    def access(self, key: str) -> tuple[dict[str, str], dict[str, str]]:
        """Return the key as a part of the query: there is no other way."""
        return {}, {"api_key": key}

    def refusal(self, letter: Parts) -> str | None:
        """Refuse a mail for which no campaign is named."""
        return campaign_for(letter, self._campaigns, "Smartlead")[1]

    def before(self, outgoing: Outgoing, letter: Parts, ask: Ask) -> SendResult | None:
        """Look for the lead: it may hold this mail already, or another."""
        campaign = campaign_for(letter, self._campaigns, "Smartlead")[0]
        found = _lead(letter.recipient, ask)
        if found is None:
            told = "smartlead did not say whether it has the person already."
            return SendResult("deferred", told, stops_mailbox=True, retry_seconds=60)
        if str(campaign) not in _campaigns_of(found):
            return None
        if names_us(found.get("custom_fields"), outgoing.message_id):
            return SendResult("sent", "smartlead holds it already.", reference=str(found.get("id") or "") or None)
        return SendResult("failed", ELSEWHERE.format(vendor="Smartlead"))

    def request(self, outgoing: Outgoing, letter: Parts) -> Request:
        """Return ``POST /campaigns/{id}/leads`` with one lead; block and unsubscribe lists stay in force."""
        lead = {"email": letter.recipient, "custom_fields": variables(outgoing, letter)}
        settings = {
            "ignore_global_block_list": False, "ignore_unsubscribe_list": False, "ignore_community_bounce_list": False,
            "ignore_duplicate_leads_in_other_campaign": True,
        }  # fmt: skip
        campaign = campaign_for(letter, self._campaigns, "Smartlead")[0]
        return Request("POST", f"/campaigns/{campaign}/leads", {"lead_list": [lead], "settings": settings})

    def accepted(self, outgoing: Outgoing, answer: Answer) -> SendResult:
        """It answers 200 to everything: the counts say what became of the lead."""
        said = answer.json
        if not isinstance(said, Mapping) or "upload_count" not in said:
            return SendResult("unknown", f"smartlead answered {answer.status} in a way that cannot be read: {answer.words}")
        if said.get("is_lead_limit_exhausted"):
            return SendResult("deferred", "Smartlead's plan takes no more leads. Raise it.", stops_mailbox=True)
        if said.get("already_added_to_campaign"):
            return SendResult("unknown", "smartlead says that the person was in the campaign a moment before.")
        if said["upload_count"]:
            return SendResult("sent", "smartlead took it.")
        reasons = [words for name, words in _REFUSED.items() if said.get(name)]
        return SendResult("failed", " ".join(reasons) or "smartlead took nothing and does not say why.")

    def look_up(self, sought: Sought, ask: Ask) -> bool | None:
        """Look for the lead by its address."""
        found = _lead(sought.recipient, ask)
        if found is None:
            return None
        return bool(_campaigns_of(found) & set(self._campaigns)) and bool(names_us(found.get("custom_fields"), sought.message_id))


def _lead(address: str, ask: Ask) -> Mapping[str, Any] | None:
    """Return the lead of an address, an empty one where there is none, ``None`` where nobody can say."""
    answer = ask(Request("GET", "/leads/", params={"email": address}))
    if answer is not None and answer.status == 404:
        return {}
    said = answer.json if answer is not None and answer.status == 200 else None
    return said if isinstance(said, Mapping) else None


def _campaigns_of(lead: Mapping[str, Any]) -> set[str]:
    listed = lead.get("lead_campaign_data") or []
    return {str(one.get("campaign_id")) for one in listed if isinstance(one, Mapping)}
