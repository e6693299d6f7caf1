"""Resend (resend.com): one request a mail, made once under its Idempotency-Key, which it keeps for 24 hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import formataddr
from typing import Any

from gtm_pipelines.delivery.model import Outgoing, SendResult, Sought
from gtm_pipelines.delivery.senders.answers import Answer
from gtm_pipelines.delivery.senders.http import Ask, Request, Vendor
from gtm_pipelines.delivery.senders.letters import Parts, file_of
from gtm_pipelines.meetings.ics import FILE_NAME

_PAGES = 10
_SPAN = timedelta(minutes=10)


class Resend(Vendor):
    """What is particular to Resend: https://resend.com/docs/api-reference."""

    name = "resend"
    base_url = "https://api.resend.com"
    repeats_safely = True

    def request(self, outgoing: Outgoing, letter: Parts) -> Request:
        """Return ``POST /emails`` under the message's own key.

        It makes the parts of a mail itself; an invitation goes as a file whose type says that it is one.
        """
        body: dict[str, Any] = {
            "from": formataddr((letter.name, letter.sender), "utf-8") if letter.name else letter.sender,
            "to": [letter.recipient],
            "subject": letter.subject,
            "text": letter.text,
            "headers": letter.headers,
            "tags": [{"name": "gtm_message", "value": outgoing.message_id}],
        }
        if letter.invitation:
            kind = f"text/calendar; charset=utf-8; method={letter.invitation.method}"
            body["attachments"] = [{"filename": FILE_NAME, "content": file_of(letter.invitation), "content_type": kind}]
        return Request("POST", "/emails", body, headers={"Idempotency-Key": outgoing.message_id})

    def accepted(self, outgoing: Outgoing, answer: Answer) -> SendResult:
        """It answers with its own id of the mail; success without one cannot be read."""
        said = answer.json
        if isinstance(said, Mapping) and isinstance(said.get("id"), str):
            return SendResult("sent", f"resend holds it as {said['id']}", reference=said["id"])
        return SendResult("unknown", f"resend answered {answer.status} in a way that cannot be read: {answer.words}")

    def look_up(self, sought: Sought, ask: Ask) -> bool | None:
        """Go through the list of sent mail, newest first, until before the hand-over.

        A mail is known by its Message-ID; where Resend has put its own, by recipient and subject at that time.
        """
        after = ""
        for _ in range(_PAGES):
            answer = ask(Request("GET", "/emails", params={"limit": "100"} | ({"after": after} if after else {})))
            said = answer.json if answer is not None and answer.status == 200 else None
            if not isinstance(said, Mapping) or not isinstance(said.get("data"), list):
                return None
            mails = [one for one in said["data"] if isinstance(one, Mapping)]
            if any(_is(one, sought) for one in mails):
                return True
            if not said.get("has_more") or not mails or _older(mails[-1], sought):
                return False
            after = str(mails[-1].get("id"))
        return None


def _is(one: Mapping[str, Any], sought: Sought) -> bool:
    if one.get("message_id") == sought.rfc_message_id:
        return True
    moment = _moment(one)
    to = [str(address).casefold() for address in one.get("to") or []]
    near = moment is not None and sought.handed_at is not None and abs(moment - sought.handed_at) <= _SPAN
    return near and sought.recipient.casefold() in to and one.get("subject") == sought.subject


def _older(one: Mapping[str, Any], sought: Sought) -> bool:
    moment = _moment(one)
    return moment is not None and sought.handed_at is not None and moment < sought.handed_at - _SPAN


def _moment(one: Mapping[str, Any]) -> datetime | None:
    """Read its moments, such as ``2023-04-03 22:13:42.674981+00``."""
    said = str(one.get("created_at") or "")
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
