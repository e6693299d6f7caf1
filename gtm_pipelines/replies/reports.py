"""What vendors report about mail they sent for us: signatures checked, events told apart. No I/O.

Signatures: Resend signs as Svix does (HMAC-SHA256 over id, time and body), SendGrid with ECDSA over time and body;
Instantly and Smartlead sign nothing, so their reports carry a shared secret in a header that is set there.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gtm_pipelines.errors import InputError
from gtm_pipelines.ids import digest

MOST_BYTES = 1_000_000
"""Of one report; SendGrid's batches stay below 768 KB."""
MOST_EVENTS = 5_000
TOLERANCE_SECONDS = 300
"""How old a signature may be; Svix's own recommendation. Every attempt at delivery is signed anew."""
SECRET_HEADER = "x-gtm-secret"  # noqa: S105 - the name of a header


class ForgedReportError(InputError):
    """A report whose signature is not the vendor's. Check the secret of its webhook in the settings."""

    code = "forged_report"


@dataclass(frozen=True)
class Report:
    """One event of a vendor.

    ``kind``: delivered, opened, bounced_hard, bounced_soft, complained, unsubscribed or replied.
    ``key`` names the occurrence; the same key counts once, however often it is reported.
    """

    key: str
    kind: str
    at: datetime
    recipient: str | None
    message_id: str | None = None
    reference: str | None = None
    """The vendor's own id of the mail."""
    reason: str = ""
    subject: str = ""
    text: str = ""


def verify(vendor: str, headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> None:
    """Make sure that a report comes from the vendor.

    Args:
        vendor: who says to report.
        headers: lower-case names.
        body: the bytes as they came.
        secret: the signing secret, public key or shared secret.
        now: the moment, for signatures that name one.

    Raises:
        ForgedReportError: the signature is missing, wrong or too old.
    """
    try:
        sound = _CHECKS[vendor](headers, body, secret, now)
    except (KeyError, ValueError, binascii.Error):
        sound = False
    if not sound:
        raise ForgedReportError(f"This report does not bear {vendor}'s signature. Check the secret of its webhook.")


def read(vendor: str, body: bytes) -> tuple[list[Report], int]:
    """Return the events of a report that mean something here, and how many could not be read.

    Raises:
        InputError: the body is no JSON.
    """
    try:
        said = json.loads(body)
    except ValueError as error:
        raise InputError("The report is no JSON.") from error
    events = said if isinstance(said, list) else [said]
    found, broken = [], max(0, len(events) - MOST_EVENTS)
    for event in events[:MOST_EVENTS]:
        try:
            found += list(_READERS[vendor](event))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            broken += 1
    return found, broken


def _svix(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    name, stamp = headers["svix-id"], headers["svix-timestamp"]
    if abs(now.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    expected = base64.b64encode(hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
    given = [part.partition(",")[2] for part in headers["svix-signature"].split() if part.startswith("v1,")]
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in given)


def _ecdsa(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    stamp = headers["x-twilio-email-event-webhook-timestamp"]
    if abs(now.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        return False
    key = load_der_public_key(base64.b64decode(secret, validate=True))
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    signature = base64.b64decode(headers["x-twilio-email-event-webhook-signature"], validate=True)
    try:
        key.verify(signature, stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _shared(headers: Mapping[str, str], _body: bytes, secret: str, _now: datetime) -> bool:
    return hmac.compare_digest(headers[SECRET_HEADER].encode(), secret.encode())


_CHECKS: Mapping[str, Callable[[Mapping[str, str], bytes, str, datetime], bool]] = {
    "resend": _svix,
    "sendgrid": _ecdsa,
    "instantly": _shared,
    "smartlead": _shared,
}


def _resend(event: Mapping[str, Any]) -> Iterator[Report]:
    kinds = {
        "email.delivered": "delivered",
        "email.opened": "opened",
        "email.complained": "complained",
        "email.bounced": "bounced_hard",
    }
    kind, data = kinds.get(str(event["type"])), event["data"]
    if kind is None:
        return
    bounce = data.get("bounce") or {}
    if kind == "bounced_hard" and str(bounce.get("type", "")).lower() == "transient":
        kind = "bounced_soft"
    tags = data.get("tags") or {}
    pairs = tags if isinstance(tags, Mapping) else {tag["name"]: tag["value"] for tag in tags}
    to = data.get("to")
    yield Report(
        digest("resend", str(data["email_id"]), str(event["type"]), str(event["created_at"])), kind, _moment(event["created_at"]),
        _address(to[0] if isinstance(to, list) and to else to), _text(pairs.get("gtm_message")), _text(data["email_id"]),
        str(bounce.get("message") or "")[:300],
    )  # fmt: skip


def _sendgrid(event: Mapping[str, Any]) -> Iterator[Report]:
    kinds = {
        "delivered": "delivered", "open": "opened", "spamreport": "complained", "bounce": "bounced_hard",
        "unsubscribe": "unsubscribed", "group_unsubscribe": "unsubscribed",
    }  # fmt: skip
    kind = kinds.get(str(event["event"]))
    if kind is None:
        return
    if kind == "bounced_hard" and (event.get("type") == "blocked" or str(event.get("status", "")).startswith("4")):
        kind = "bounced_soft"
    yield Report(
        digest("sendgrid", str(event["sg_event_id"])), kind, datetime.fromtimestamp(int(event["timestamp"]), UTC),
        _address(event.get("email")), _text(event.get("gtm_message")), _text(str(event.get("sg_message_id", "")).split(".")[0]),
        str(event.get("reason") or "")[:300],
    )  # fmt: skip


def _instantly(event: Mapping[str, Any]) -> Iterator[Report]:
    kinds = {
        "email_opened": "opened", "email_bounced": "bounced_hard", "lead_unsubscribed": "unsubscribed",
        "reply_received": "replied",
    }  # fmt: skip
    kind = kinds.get(str(event["event_type"]))
    if kind is None:
        return
    lead, stamp = _address(event.get("lead_email")), str(event["timestamp"])
    name = str(event.get("email_id") or f"{event.get('campaign_id')}:{lead}:{stamp}")
    yield Report(
        digest("instantly", str(event["event_type"]), name, stamp), kind, _moment(stamp), lead,
        reason="Instantly reports it", subject=str(event.get("reply_subject") or ""), text=str(event.get("reply_text") or ""),
    )  # fmt: skip


def _smartlead(event: Mapping[str, Any]) -> Iterator[Report]:
    kinds = {
        "EMAIL_OPEN": "opened", "EMAIL_BOUNCE": "bounced_hard", "LEAD_UNSUBSCRIBED": "unsubscribed", "EMAIL_REPLY": "replied",
    }  # fmt: skip
    kind = kinds.get(str(event["event_type"]))
    if kind is None:
        return
    lead, stamp = _address(event.get("sl_lead_email") or event.get("to_email")), str(event["event_timestamp"])
    reply = event.get("reply_message") or {}
    name = str(reply.get("message_id") or event.get("message_id") or f"{event.get('campaign_id')}:{lead}:{stamp}")
    yield Report(
        digest("smartlead", str(event["event_type"]), name, stamp), kind, _moment(stamp), lead,
        reason="Smartlead reports it", subject=str(event.get("subject") or ""),
        text=str(reply.get("text") or event.get("preview_text") or ""),
    )  # fmt: skip


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Report]]] = {
    "resend": _resend,
    "sendgrid": _sendgrid,
    "instantly": _instantly,
    "smartlead": _smartlead,
}


def _moment(value: object) -> datetime:
    found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _address(value: object) -> str | None:
    text = str(value or "").strip().lower()
    return text if "@" in text else None


def _text(value: object) -> str | None:
    return str(value) if value else None
