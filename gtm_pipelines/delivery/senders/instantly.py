"""Instantly (API v2): a mail becomes a lead of an Instantly campaign, which takes an address once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gtm_pipelines.delivery.model import Outgoing, SendResult, Sought
from gtm_pipelines.delivery.senders.answers import Answer
from gtm_pipelines.delivery.senders.http import Ask, Request, Vendor
from gtm_pipelines.delivery.senders.leads import ELSEWHERE, campaign_for, names_us, variables
from gtm_pipelines.delivery.senders.letters import Parts


class Instantly(Vendor):
    """What is particular to Instantly: https://developer.instantly.ai.

    Args:
        campaigns: ids of Instantly campaigns, for the first mail, the second and so on.
    """

    name = "instantly"
    base_url = "https://api.instantly.ai"
    repeats_safely = True

    def __init__(self, campaigns: Sequence[str]) -> None:
        self._campaigns = campaigns

    def refusal(self, letter: Parts) -> str | None:
        """Refuse a mail for which no campaign is named."""
        return campaign_for(letter, self._campaigns, "Instantly")[1]

    def request(self, outgoing: Outgoing, letter: Parts) -> Request:
        """Return ``POST /api/v2/leads``."""
        body = {
            "campaign": campaign_for(letter, self._campaigns, "Instantly")[0],
            "email": letter.recipient,
            "skip_if_in_campaign": True,
            "custom_variables": variables(outgoing, letter),
        }
        return Request("POST", "/api/v2/leads", body)

    def accepted(self, outgoing: Outgoing, answer: Answer) -> SendResult:
        """It answers with the lead; one that was there before bears the name of another mail."""
        said = answer.json
        if not isinstance(said, Mapping) or not isinstance(said.get("id"), str):
            return SendResult("unknown", f"instantly answered {answer.status} in a way that cannot be read: {answer.words}")
        if names_us(said.get("payload"), outgoing.message_id) is False:
            return SendResult("failed", ELSEWHERE.format(vendor="Instantly"))
        return SendResult("sent", f"instantly holds it as lead {said['id']}", reference=said["id"])

    def look_up(self, sought: Sought, ask: Ask) -> bool | None:
        """Look for the lead in the campaigns."""
        known: list[bool] = []
        for campaign in self._campaigns:
            body = {"campaign": campaign, "contacts": [sought.recipient], "limit": 100}
            answer = ask(Request("POST", "/api/v2/leads/list", body))
            said = answer.json if answer is not None and answer.status == 200 else None
            if not isinstance(said, Mapping) or not isinstance(said.get("items"), list):
                return None
            leads = [one for one in said["items"] if isinstance(one, Mapping)]
            known.append(any(names_us(one.get("payload"), sought.message_id) for one in leads))
        return any(known)
