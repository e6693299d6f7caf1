"""Vendors' reports: signed, counted once, in any order; forged ones change nothing."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gtm_pipelines.api.unsubscribe import create_app
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.record import tables
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies.reporting import ReportService, Taken
from gtm_pipelines.replies.reports import MOST_BYTES, ForgedReportError
from tests.integration.replies.world import SentWorld

TO = "ann@client.test"
SVIX = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
SHARED = "a-shared-secret"


@pytest.fixture
def reports(record: Record, clock: VirtualClock) -> ReportService:
    secrets = {"resend": lambda: SVIX, "sendgrid": lambda: PUBLIC, "instantly": lambda: SHARED, "smartlead": lambda: SHARED}
    vendors = {"anna": "resend", "bob": "sendgrid", "ida": "instantly", "sam": "smartlead"}
    return ReportService(record, clock, secrets, vendors, track_opens=True)


def svix(clock: VirtualClock, body: bytes, *, secret: str = SVIX, age: int = 0) -> dict[str, str]:
    stamp = str(int(clock.now().timestamp()) - age)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.new(key, f"m1.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
    return {"svix-id": "m1", "svix-timestamp": stamp, "svix-signature": f"v1,{signature}"}


def ecdsa(clock: VirtualClock, body: bytes) -> dict[str, str]:
    stamp = str(int(clock.now().timestamp()))
    signature = base64.b64encode(KEY.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
    prefix = "x-twilio-email-event-webhook"
    return {f"{prefix}-timestamp": stamp, f"{prefix}-signature": signature}


def resend(kind: str, message_id: str, **data: Any) -> bytes:
    values = {"email_id": "r1", "to": [TO], "tags": {"gtm_message": message_id}, **data}
    return json.dumps({"type": kind, "created_at": "2026-03-04T09:30:00.000Z", "data": values}).encode()


def test_a_bounce_counts_once_and_suppresses(reports: ReportService, clock: VirtualClock, sent: SentWorld) -> None:
    message = sent.message(TO)
    body = resend("email.bounced", message, bounce={"type": "Permanent", "message": "no such user"})

    assert reports.take("resend", svix(clock, body), body) == Taken(new=1)
    assert reports.take("resend", svix(clock, body), body) == Taken(known=1)

    assert sent.row(tables.message, message).outcome == "bounced_hard"
    assert sent.events(message) == ["bounced_hard"]
    assert sent.suppressed() == {TO: "bounced"}


def test_a_batch_is_taken_event_by_event(reports: ReportService, clock: VirtualClock, sent: SentWorld) -> None:
    message = sent.message(TO, mailbox="bob")
    ours = {"gtm_message": message, "email": TO, "timestamp": 1772616600}
    events = [
        {**ours, "event": "delivered", "sg_event_id": "e1"},
        {**ours, "event": "open", "sg_event_id": "e2"},
        {**ours, "event": "open", "sg_event_id": "e2"},
        {**ours, "event": "spamreport", "sg_event_id": "e3"},
        {"event": "open"},
        {"event": "delivered", "sg_event_id": "e4", "email": "who@else.test", "timestamp": 1772616600},
        {**ours, "event": "processed", "sg_event_id": "e5"},
    ]
    body = json.dumps(events).encode()

    assert reports.take("sendgrid", ecdsa(clock, body), body) == Taken(new=3, known=1, unknown=1, broken=1)
    assert sent.events(message) == ["complained", "delivered", "opened"]
    assert sent.suppressed() == {TO: "complained"}


@pytest.mark.parametrize(
    ("vendor", "mailbox", "event"),
    [
        (
            "instantly", "ida",
            {"event_type": "reply_received", "timestamp": "2026-03-04T09:30:00Z", "lead_email": TO,
             "reply_text": "Sounds good, let's talk."},
        ),
        (
            "smartlead", "sam",
            {"event_type": "EMAIL_REPLY", "event_timestamp": "2026-03-04T09:30:00Z", "to_email": TO,
             "reply_message": {"message_id": "<r@x>", "text": "Звучит интересно, давайте созвонимся"}},
        ),
    ],
)  # fmt: skip
def test_a_reported_reply_is_read_like_any_mail(
    reports: ReportService, sent: SentWorld, vendor: str, mailbox: str, event: Mapping[str, Any]
) -> None:
    message = sent.message(TO, mailbox=mailbox)
    body = json.dumps(event).encode()

    assert reports.take(vendor, {"x-gtm-secret": SHARED}, body) == Taken(new=1)

    [stored] = sent.rows(tables.inbound_message)
    assert (stored._mapping["class"], stored.message_id, stored.attribution) == ("positive", message, "report")
    assert sent.row(tables.message, message).outcome == "replied"
    assert sent.rows(tables.conversation)[0].state == "scheduling"


def test_forged_old_and_foreign_reports_are_refused(reports: ReportService, clock: VirtualClock, sent: SentWorld) -> None:
    message = sent.message(TO)
    body = resend("email.complained", message)
    other = "whsec_" + base64.b64encode(b"another secret of 24 by.").decode()
    for headers in (
        {},
        svix(clock, body, secret=other),
        svix(clock, body, age=301),
        svix(clock, body + b" "),
        {**svix(clock, body), "svix-signature": "v1,"},
        {**svix(clock, body), "svix-timestamp": "now"},
    ):
        with pytest.raises(ForgedReportError):
            reports.take("resend", headers, body)
    for vendor, headers in (
        ("sendgrid", svix(clock, body)),
        ("sendgrid", {}),
        ("instantly", {"x-gtm-secret": "guess"}),
        ("smartlead", {}),
    ):
        with pytest.raises(ForgedReportError):
            reports.take(vendor, headers, body)
    with pytest.raises(NotFoundError, match="webhooks"):
        reports.take("mailgun", {}, body)
    with pytest.raises(InputError, match="no JSON"):
        reports.take("instantly", {"x-gtm-secret": SHARED}, b"{")
    assert sent.rows(tables.inbound_message) == []
    assert sent.suppressed() == {}


def test_opens_are_kept_only_where_they_are_tracked(record: Record, clock: VirtualClock, sent: SentWorld) -> None:
    message = sent.message(TO)
    untracked = ReportService(record, clock, {"resend": lambda: SVIX}, {"anna": "resend"})
    body = resend("email.opened", message)

    untracked.take("resend", svix(clock, body), body)

    assert sent.events(message) == []


def test_the_route_answers_with_what_became_of_a_report(
    reports: ReportService, clock: VirtualClock, sent: SentWorld, record: Record
) -> None:
    message = sent.message(TO)
    body = resend("email.delivered", message)

    async def ask(path: str, content: bytes, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(app=create_app(lambda token: token, reports))
        async with httpx.AsyncClient(transport=transport, base_url="https://api.example") as client:
            return await client.post(path, content=content, headers=headers)

    told = asyncio.run(ask("/webhooks/resend", body, svix(clock, body)))
    assert (told.status_code, told.json()["new"]) == (200, 1)
    assert asyncio.run(ask("/webhooks/resend", body, {})).status_code == 401
    assert asyncio.run(ask("/webhooks/mailgun", body, {})).status_code == 404
    assert asyncio.run(ask("/webhooks/resend", b"x" * (MOST_BYTES + 1), {})).status_code == 413
    with record.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(tables.message_event)).scalar_one() == 1
