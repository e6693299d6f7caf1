"""Vendors that take mail, played faithfully enough to be sent to: what each keeps, refuses and finds again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery.model import Checkpoint, no_checkpoint
from gtm_pipelines.delivery.senders.http import HttpSender, Vendor
from gtm_pipelines.delivery.senders.instantly import Instantly
from gtm_pipelines.delivery.senders.resend import Resend
from gtm_pipelines.delivery.senders.sendgrid import SendGrid
from gtm_pipelines.delivery.senders.smartlead import Smartlead
from gtm_pipelines.settings import ApiSettings
from tests.vendor_server import KEY, Asked, Said, VendorServer, vendor_server

VENDORS = ("resend", "sendgrid", "instantly", "smartlead")
CAMPAIGNS = ("41", "42")


@dataclass
class Mailing:
    """A vendor's memory: message id → what it was handed, in order, and how often it was asked for each."""

    server: VendorServer
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    posted: list[str] = field(default_factory=list)

    @property
    def mails(self) -> int:
        return len(self.kept)


def resend(held: Mailing) -> Callable[[Asked], Any]:
    def respond(asked: Asked) -> Any:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return Said(401, b'{"name": "missing_api_key", "message": "Missing API Key"}')
        if asked.method == "GET":
            mails = [{"id": f"r-{k}", "to": v["to"], "subject": v["subject"], "message_id": v["headers"]["Message-ID"]}
                     for k, v in held.kept.items()]  # fmt: skip
            return {"object": "list", "has_more": False, "data": mails[::-1]}
        key = asked.headers["idempotency-key"]
        held.posted.append(key)
        held.kept.setdefault(key, asked.body)
        return {"id": f"r-{key}"}

    return respond


def sendgrid(held: Mailing) -> Callable[[Asked], Any]:
    def respond(asked: Asked) -> Any:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return Said(401, b'{"errors": [{"message": "authorization required"}]}')
        if asked.method == "GET":
            found = [key for key in held.kept if f'"{key}"' in asked.params["query"]]
            return {"messages": [{"msg_id": f"sg-{key}", "status": "delivered"} for key in found]}
        key = asked.body["personalizations"][0]["custom_args"]["gtm_message"]
        held.posted.append(key)
        held.kept[key if key not in held.kept else f"{key}+"] = asked.body
        return Said(202, b"", {"X-Message-Id": f"sg-{key}"})

    return respond


def instantly(held: Mailing) -> Callable[[Asked], Any]:
    def respond(asked: Asked) -> Any:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return Said(401, b'{"message": "Invalid API key"}')
        leads = {(one["campaign"], one["email"]): one for one in held.kept.values()}
        if asked.path == "/api/v2/leads/list":
            return {"items": [one for one in leads.values() if one["email"] in asked.body["contacts"]]}
        assert asked.body["skip_if_in_campaign"] is True
        key = asked.body["custom_variables"]["gtm_message"]
        held.posted.append(key)
        there = leads.get((asked.body["campaign"], asked.body["email"]))
        if there is None:
            there = {"id": f"i-{key}", **asked.body, "payload": asked.body["custom_variables"]}
            held.kept[key] = there
        return there

    return respond


def smartlead(held: Mailing) -> Callable[[Asked], Any]:
    """Adding a lead that is in the campaign changes its custom fields, and is counted as already added."""

    def respond(asked: Asked) -> Any:
        if asked.params.get("api_key") != KEY:
            return Said(401, b'{"message": "API key is invalid"}')
        if asked.method == "GET":
            found = [one for one in held.kept.values() if one["email"] == asked.params["email"]]
            if not found:
                return {}
            return found[-1] | {"id": 7, "lead_campaign_data": [{"campaign_id": int(one["campaign"])} for one in found]}
        campaign = asked.path.split("/")[2]
        [lead] = asked.body["lead_list"]
        key = lead["custom_fields"]["gtm_message"]
        held.posted.append(key)
        counts = {"ok": True, "upload_count": 1, "total_leads": 1, "already_added_to_campaign": 0, "duplicate_count": 0,
                  "invalid_email_count": 0, "unsubscribed_leads": [], "is_lead_limit_exhausted": False}  # fmt: skip
        for one in held.kept.values():
            if (one["campaign"], one["email"]) == (campaign, lead["email"]):
                one["custom_fields"] = lead["custom_fields"]
                return counts | {"upload_count": 0, "already_added_to_campaign": 1}
        held.kept[key] = {"campaign": campaign, **lead}
        return counts

    return respond


RESPONDS = {"resend": resend, "sendgrid": sendgrid, "instantly": instantly, "smartlead": smartlead}


def vendor_of(name: str) -> Vendor:
    kinds: dict[str, Callable[[], Vendor]] = {
        "resend": Resend, "sendgrid": SendGrid,
        "instantly": lambda: Instantly(CAMPAIGNS), "smartlead": lambda: Smartlead(CAMPAIGNS),
    }  # fmt: skip
    return kinds[name]()


@contextmanager
def vendor(name: str) -> Iterator[Mailing]:
    """Play a vendor on loopback while the block runs."""
    with vendor_server() as server:
        held = Mailing(server)
        server.respond = RESPONDS[name](held)
        yield held


def sender_to(
    name: str, url: str, clock: Clock, *, key: str = KEY, timeout: float = 30, checkpoint: Checkpoint = no_checkpoint
) -> HttpSender:
    settings = ApiSettings(base_url=url, campaigns=CAMPAIGNS, timeout_seconds=timeout)
    return HttpSender(vendor_of(name), settings, key=key, clock=clock, checkpoint=checkpoint)


def told(body: Any) -> bytes:
    return json.dumps(body).encode()
