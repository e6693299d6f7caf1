"""SendGrid (Twilio): it has no idempotency key, so a server error after the whole request leaves the message unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gtm_pipelines.delivery.model import Outgoing, SendResult, Sought
from gtm_pipelines.delivery.senders.answers import Answer
from gtm_pipelines.delivery.senders.http import Ask, Request, Vendor
from gtm_pipelines.delivery.senders.letters import Parts, file_of
from gtm_pipelines.meetings.ics import FILE_NAME

_ARGUMENT = "gtm_message"


class SendGrid(Vendor):
    """What is particular to SendGrid: https://www.twilio.com/docs/sendgrid/api-reference."""

    name = "sendgrid"
    base_url = "https://api.sendgrid.com"
    repeats_safely = False

    def request(self, outgoing: Outgoing, letter: Parts) -> Request:
        """Return ``POST /v3/mail/send`` with our id as a unique argument, and with nothing rewritten for tracking.

        An invitation goes as another form of the text and as a file; the type of a file may have no parameters there.
        """
        sender = {"email": letter.sender} | ({"name": letter.name} if letter.name else {})
        body: dict[str, Any] = {
            "personalizations": [{"to": [{"email": letter.recipient}], "custom_args": {_ARGUMENT: outgoing.message_id}}],
            "from": sender,
            "subject": letter.subject,
            "content": [{"type": "text/plain", "value": letter.text}],
            "headers": letter.headers,
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": False},
                "subscription_tracking": {"enable": False},
            },
        }
        if letter.invitation:
            kind = f"text/calendar; method={letter.invitation.method}"
            body["content"].append({"type": kind, "value": letter.invitation.content.decode("utf-8")})
            file = {"content": file_of(letter.invitation), "type": "application/ics", "filename": FILE_NAME}
            body["attachments"] = [file | {"disposition": "attachment"}]
        return Request("POST", "/v3/mail/send", body)

    def accepted(self, outgoing: Outgoing, answer: Answer) -> SendResult:
        """It answers 202 and names the mail in ``X-Message-Id``; the body is empty."""
        if answer.status != 202:
            return SendResult("unknown", f"sendgrid answered {answer.status}, which is neither a yes nor a no: {answer.words}")
        reference = answer.headers.get("x-message-id")
        return SendResult("sent", f"sendgrid accepted it as {reference or 'a mail without a name'}", reference=reference)

    def look_up(self, sought: Sought, ask: Ask) -> bool | None:
        """Ask the Email Activity Feed, which must have been bought; without it nobody can say."""
        query = f"(unique_args['{_ARGUMENT}']=\"{sought.message_id}\")"
        answer = ask(Request("GET", "/v3/messages", params={"limit": "10", "query": query}))
        said = answer.json if answer is not None and answer.status == 200 else None
        if not isinstance(said, Mapping) or not isinstance(said.get("messages"), list):
            return None
        return bool(said["messages"])
