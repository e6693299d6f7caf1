"""A small world of sent messages for tests of replies, written straight into the record."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record import tables
from gtm_pipelines.record.engine import Record

SENT_AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
RECEIVED_AT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
OWN = "anna@sender.test"


class SentWorld:
    """One campaign whose messages are made on demand."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.campaign_id = self._campaign("spring")

    def message(self, recipient: str, *, state: str = "sent", mailbox: str = "anna", campaign_id: str | None = None) -> str:
        """Insert a message to ``recipient`` and return its id; its Message-ID is ``rfc(recipient)``."""
        campaign = campaign_id or self.campaign_id
        contact = self._contact(recipient)
        common = {"created_at": SENT_AT, "updated_at": SENT_AT}
        target = self._insert(
            tables.target, campaign_id=campaign, contact_id=contact, recipient=recipient, mailbox=mailbox, variant="direct",
            snapshot={}, snapshot_hash="h", status="active", **common,
        )  # fmt: skip
        draft = self._insert(
            tables.draft, campaign_id=campaign, target_id=target, contact_id=contact, step=1, variant="direct", language="en",
            drafter="baseline", status="approved", current_revision=1, content_hash="h", warnings=[], **common,
        )  # fmt: skip
        decision = self._insert(
            tables.decision, draft_id=draft, revision_number=1, kind="approve", content_hash="h", decided_by="person:t",
            created_at=SENT_AT,
        )  # fmt: skip
        return self._insert(
            tables.message, campaign_id=campaign, step=1, contact_id=contact, target_id=target, draft_id=draft, revision_number=1,
            decision_id=decision, content_hash="h", mailbox=mailbox, rfc_message_id=rfc(recipient, campaign), recipient=recipient,
            subject="Quick question", body="Hi", state=state, due_at=SENT_AT, handed_at=SENT_AT,
            sent_at=None if state == "unknown" else SENT_AT, **common,
        )  # fmt: skip

    def answer(self, recipient: str, step: int, *, state: str = "sent") -> str:
        """Insert an answer to somebody whom a message went to, and return its id."""
        [first] = [one for one in self.rows(tables.message) if one.recipient == recipient and one.step == 1]
        common = {"created_at": SENT_AT, "updated_at": SENT_AT}
        draft = self._insert(
            tables.draft, campaign_id=first.campaign_id, target_id=first.target_id, contact_id=first.contact_id, step=step,
            variant="scheduling", language="en", drafter="baseline", status="approved", current_revision=1, content_hash="h",
            warnings=[], **common,
        )  # fmt: skip
        left = {name: value for name, value in first._mapping.items() if name not in ("id", "workspace_id")}
        own = {"step": step, "draft_id": draft, "state": state, "rfc_message_id": f"<{step}.{first.rfc_message_id[1:]}"}
        return self._insert(tables.message, **left | own | {"outcome": None, "outcome_at": None})

    def rfc(self, recipient: str) -> str:
        return rfc(recipient, self.campaign_id)

    def second_campaign(self) -> str:
        return self._campaign("autumn")

    def row(self, table: sa.Table, row_id: str) -> Any:
        with self.record.read() as connection:
            return connection.execute(sa.select(table).where(table.c.id == row_id)).one()

    def rows(self, table: sa.Table) -> list[Any]:
        with self.record.read() as connection:
            return list(connection.execute(sa.select(table).order_by(table.c.id)))

    def events(self, message_id: str) -> list[str]:
        return sorted(e.kind for e in self.rows(tables.message_event) if e.message_id == message_id)

    def suppressed(self) -> dict[str, str]:
        return {s.value_key: s.reason for s in self.rows(tables.suppression)}

    def contact_of(self, message_id: str) -> Any:
        return self.row(tables.contact, self.row(tables.message, message_id).contact_id)

    def _campaign(self, name: str) -> str:
        common = {"created_at": SENT_AT}
        segment = self._insert(tables.segment, name=name, current_version=1, updated_at=SENT_AT, **common)
        version = self._insert(
            tables.segment_version, segment_id=segment, version=1, filter={}, filter_hash="h", created_by="t", **common
        )
        pack = self._insert(tables.pack_version, pack="cold-email", version="1.0.0", content_hash=name, manifest={}, **common)
        return self._insert(
            tables.campaign, name=name, status="sending", segment_version_id=version, pack_version_id=pack, variants=[],
            mailboxes=["anna"], settings={}, seed=1, created_by="t", updated_at=SENT_AT, **common,
        )  # fmt: skip

    def _contact(self, email: str) -> str:
        with self.record.read() as connection:
            found = connection.execute(sa.select(tables.contact.c.id).where(tables.contact.c.email_key == email)).scalar()
        return found or self._insert(
            tables.contact, email=email, email_key=email, attributes={}, created_at=SENT_AT, updated_at=SENT_AT
        )

    def _insert(self, table: sa.Table, **values: Any) -> str:
        row_id = new_id()
        with self.record.write() as connection:
            connection.execute(sa.insert(table).values(id=row_id, workspace_id=self.record.workspace_id, **values))
        return row_id


def rfc(recipient: str, campaign_id: str) -> str:
    return f"<{recipient.replace('@', '-at-')}.{campaign_id}@sender.test>"


def mail(text: str, **headers: str) -> bytes:
    """Return a mail; header names with underscores for dashes, ``from_`` for From."""
    message = EmailMessage()
    given = {"from": "ann@client.test", "to": OWN, "subject": "Re: Quick question", "message_id": f"<{new_id()}@client.test>"}
    for name, value in {**given, **{k.rstrip("_"): v for k, v in headers.items()}}.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def dsn(recipient: str, *, status: str, action: str = "failed", original_id: str | None = None) -> bytes:
    """Return a delivery report as Postfix writes it."""
    original = f"Message-ID: {original_id}\n" if original_id else ""
    return f"""From: MAILER-DAEMON@mx.test (Mail Delivery System)
To: {OWN}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{new_id()}@mx.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<{recipient}>: host mx said: {status.replace(".", "")[:3]} {status} no

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no

--b
Content-Type: message/rfc822

From: {OWN}
To: {recipient}
{original}Subject: Quick question

Hi

--b--
""".encode()
