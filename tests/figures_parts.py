"""Builds a record with a campaign whose every figure is known, straight in its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.ids import new_id, new_ids
from gtm_pipelines.record import tables
from gtm_pipelines.record.engine import Record

VARIANTS = ("direct", "casual")
DOMAINS = ("gmail.com", "yandex.ru", "acme.example", "outlook.com")


@dataclass(frozen=True)
class Outcomes:
    """How many of a campaign's messages end how; the rest of ``sent`` is silence."""

    sent: int = 100
    refused: int = 0
    failed: int = 0
    unknown: int = 0
    bounced_hard: int = 0
    bounced_soft: int = 0
    positive: int = 0
    negative: int = 0
    information_request: int = 0
    other: int = 0
    unsubscribe: int = 0
    auto_reply: int = 0
    complaint: int = 0
    opened: int = 0

    @property
    def people(self) -> int:
        return self.sent + self.refused + self.failed + self.unknown

    def fates(self) -> Iterator[str]:
        """Name what comes of each message in turn; opens are laid over the last ones that were sent."""
        names = ("bounced_hard", "bounced_soft", "positive", "negative", "information_request", "other")
        names += ("unsubscribe", "auto_reply", "complaint")
        for name in names:
            yield from [name] * getattr(self, name)
        yield from ["silence"] * (self.sent - sum(getattr(self, name) for name in names))
        for name in ("refused", "failed", "unknown"):
            yield from [name] * getattr(self, name)


@dataclass
class Rows:
    """Rows gathered by table, inserted in the order of the schema."""

    record: Record
    clock: Clock
    by_table: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> str:
        row = {"id": new_id(), "workspace_id": self.record.workspace_id} | values
        columns = tables.metadata.tables[table].c
        for name in ("created_at", "updated_at"):
            if name in columns:
                row.setdefault(name, self.clock.now())
        self.by_table.setdefault(table, []).append(row)
        return str(row["id"])

    def insert(self) -> None:
        with self.record.write() as connection:
            for table in tables.metadata.sorted_tables:
                if self.by_table.get(table.name):
                    connection.execute(sa.insert(table), self.by_table[table.name])
        self.by_table.clear()


def fill(record: Record, clock: Clock, outcomes: Outcomes, name: str = "spring") -> str:
    """Add a campaign called ``name`` that ended as ``outcomes`` says; return its id."""
    rows = Rows(record, clock)
    campaign = _campaign(rows, name)
    batch = _batch(rows, "contact", f"{name}.csv", outcomes.people)
    firms = _firms(rows, name)
    for number, fate in enumerate(outcomes.fates()):
        opened = outcomes.sent - outcomes.opened <= number < outcomes.sent
        _person(rows, campaign, batch, firms[number % len(firms)], name, number, fate, opened=opened)
    rows.insert()
    return campaign["campaign_id"]


def _batch(rows: Rows, kind: str, file_name: str, count: int) -> str:
    return rows.add(
        "import_batch", kind=kind, session_key=f"list:{file_name}", file_name=file_name, file_sha256=new_id(), mapping={},
        status="finished", rows=count, imported=count, reasons={}, started_at=rows.clock.now(), finished_at=rows.clock.now(),
    )  # fmt: skip


def _firms(rows: Rows, name: str) -> list[str]:
    batch = _batch(rows, "company", f"{name}-firms.csv", 3)
    firms = []
    for number in range(3):
        firm = rows.add("company", batch_id=batch, name=f"Firm {number} of {name}", attributes={"rank": number})
        rows.add("import_row", batch_id=batch, line_number=number + 2, outcome="imported", raw="…", entity_id=firm)
        firms.append(firm)
    return firms


def _campaign(rows: Rows, name: str) -> dict[str, str]:
    segment = rows.add("segment", name=f"everybody of {name}", current_version=1)
    version = rows.add(
        "segment_version", segment_id=segment, version=1, filter={"all": []}, filter_hash=new_id(), created_by="anna"
    )
    pack = rows.add("pack_version", pack="cold-email", version="1.0.0", content_hash=new_id(), manifest={})
    campaign = rows.add(
        "campaign", name=name, status="sending", segment_version_id=version, pack_version_id=pack, variants=list(VARIANTS),
        mailboxes=["anna", "ben"], settings={}, seed=7, created_by="anna", released_at=rows.clock.now(), version=1,
    )  # fmt: skip
    return {"campaign_id": campaign, "pack_version_id": pack}


def _person(
    rows: Rows, campaign: Mapping[str, str], batch: str, firm: str, name: str, number: int, fate: str, *, opened: bool
) -> None:
    address = f"p{number}@{DOMAINS[number % 4]}" if name == "spring" else f"{name}{number}@{DOMAINS[number % 4]}"
    language = ("en", "ru")[number % 2]
    contact = rows.add(
        "contact", batch_id=batch, company_id=firm, email=address, email_key=address, full_name=f"Имя {number}",
        language=language, attributes={}, do_not_contact=False,
    )  # fmt: skip
    rows.add("import_row", batch_id=batch, line_number=number + 2, outcome="imported", raw="…", entity_id=contact)
    campaign_id, variant = campaign["campaign_id"], VARIANTS[number // 2 % 2]
    target = rows.add(
        "target", campaign_id=campaign_id, contact_id=contact, company_id=firm, recipient=address,
        mailbox=("anna", "ben")[number % 2], variant=variant, snapshot={"contact": {}}, snapshot_hash=new_id(), status="active",
    )  # fmt: skip
    for arm in VARIANTS:
        draft, decision, content = _draft(rows, campaign, target, contact, arm, language, approve=arm == variant, number=number)
        if arm == variant:
            keys = {"campaign_id": campaign_id, "contact_id": contact, "target_id": target, "draft_id": draft}
            _message(rows, keys | {"decision_id": decision}, content, address, number, fate, opened=opened)


def _draft(
    rows: Rows, campaign: Mapping[str, str], target: str, contact: str, arm: str, language: str, *, approve: bool, number: int
) -> tuple[str, str, str]:
    content, edited = new_id(), approve and number % 5 == 0
    draft = rows.add(
        "draft", campaign_id=campaign["campaign_id"], target_id=target, contact_id=contact, step=1, variant=arm,
        language=language, drafter="baseline", status="approved" if approve else "drafted", warnings=[], version=1,
        current_revision=2 if edited else 1, content_hash=content,
    )  # fmt: skip
    pack = campaign["pack_version_id"]
    first = {"draft_id": draft, "number": 1, "subject": "Hello", "body": "Первый текст", "author": "drafter:baseline"}
    rows.add("revision", **first, content_hash=new_id() if edited else content, reason=None, pack_version_id=pack)
    if edited:
        second = {"draft_id": draft, "number": 2, "subject": "Hello", "body": "Второй текст", "author": "person:anna"}
        rows.add("revision", **second, content_hash=content, reason="warmer", pack_version_id=pack)
    if not approve:
        return draft, "", content
    decision = rows.add(
        "decision", draft_id=draft, revision_number=2 if edited else 1, kind="approve", content_hash=content, decided_by="anna"
    )
    return draft, decision, content


def _message(rows: Rows, keys: Mapping[str, str], content: str, address: str, number: int, fate: str, *, opened: bool) -> None:
    state = {"refused": "failed", "failed": "failed", "unknown": "unknown"}.get(fate, "sent")
    now = rows.clock.now()
    human = fate in ("positive", "negative", "information_request", "other", "unsubscribe")
    outcome = {"refused": "bounced_hard", "bounced_hard": fate, "bounced_soft": fate}.get(fate, "replied" if human else None)
    message = rows.add(
        "message", **keys, step=1, revision_number=2 if number % 5 == 0 else 1, content_hash=content,
        mailbox=("anna", "ben")[number % 2], rfc_message_id=f"<{new_id()}@workbench.example>", recipient=address, subject="Hello",
        body="…", state=state, due_at=now, sent_at=now if state == "sent" else None, outcome=outcome, handed_at=now,
    )  # fmt: skip
    event = {"message_id": message, "campaign_id": keys["campaign_id"], "contact_id": keys["contact_id"]}
    event |= {"occurred_at": now, "recorded_at": now}
    rows.add("message_event", **event, kind=state, source_key=f"{state}:{message}", detail=None)
    if opened:
        rows.add("message_event", **event, kind="opened", source_key=f"opened:{message}", detail=None)
    if fate in ("silence", "refused", "failed", "unknown"):
        return
    kind = fate.replace("bounced", "bounce")
    inbound(rows, kind, number, message_id=message, campaign_id=keys["campaign_id"], contact_id=keys["contact_id"])


def inbound(rows: Rows, kind: str, uid: int, **attributed: str) -> str:
    """Add what came back to a message, or, without one, a mail that matches nothing."""
    return rows.add(
        "inbound_message", mailbox="anna", folder="INBOX", uidvalidity=1, uid=uid, content_key=new_id(), reference_ids=[],
        from_address="somebody@acme.example", subject="Re: Hello", text="…", language="en",
        received_at=rows.clock.now() + timedelta(hours=1), confidence=1.0, class_reason="rule",
        attribution="in_reply_to" if attributed else "none", raw=b"raw mail", **{"class": kind}, **attributed,
    )  # fmt: skip


def add_events(record: Record, clock: Clock, message: Mapping[str, str], count: int, kind: str = "deferred") -> None:
    """Add ``count`` events to one message, fast."""
    now = clock.now()
    event = {"workspace_id": record.workspace_id, "kind": kind, "occurred_at": now, "recorded_at": now, "detail": None} | message
    with record.write() as connection:
        fresh = list(new_ids(count))
        for start in range(0, count, 20_000):
            rows = [event | {"id": i, "source_key": i} for i in fresh[start : start + 20_000]]
            connection.execute(sa.insert(tables.message_event), rows)


def a_message(record: Record) -> dict[str, str]:
    """Return the keys of any message, as an event wants them."""
    table = tables.message
    with record.read() as connection:
        query = sa.select(table.c.id.label("message_id"), table.c.campaign_id, table.c.contact_id).limit(1)
        return dict(connection.execute(query).mappings().one())
