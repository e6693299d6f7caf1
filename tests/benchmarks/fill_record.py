"""A record of generated people, their companies and a campaign that wrote to a fifth of them, for benchmarks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from gtm_pipelines.ids import new_ids
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import (
    campaign,
    company,
    contact,
    decision,
    draft,
    message,
    message_event,
    pack_version,
    segment,
    segment_version,
    target,
)
from gtm_pipelines.record.upsert import chunks, insert_many
from gtm_pipelines.workbench import Workbench

FIRST = ("Anna", "Ivan", "Мария", "Tom", "Grace", "Сергей", "Olivia", "Павел", "Clara", "Hugo")
LAST = ("Marsh", "Кузнецов", "Novak", "Orlov", "Bennett", "Соколова", "Keller", "Doyle")
TITLES = (
    "CTO", "Head of Sales", "Генеральный директор", "Accountant", "VP Operations", "Бухгалтер", "Chief Executive Officer",
    "Product Manager", "Технический директор", "Software Engineer", "Office Assistant", "Recruiter", "Sales Development Lead",
)  # fmt: skip
COUNTRIES = ("Germany", "Россия", "United Kingdom", "United States", "France", "Казахстан", "Spain", "Poland")
INDUSTRIES = ("Fintech", "Retail", "Logistics", "Health care", "Software", "Строительство", "Energy", "Education")
TIERS = ("gold", "silver", "bronze", None)
PART = 50_000


def fill(bench: Workbench, rows: int) -> None:
    """Put contacts, companies and messages straight into the record."""
    chance, now, workspace = random.Random(rows), bench.clock.now(), bench.record.workspace_id
    stamps = {"workspace_id": workspace, "created_at": now, "updated_at": now}
    firms = list(new_ids(max(rows // 10, 1)))
    people = list(new_ids(rows))
    _insert(bench.record, company, _companies(firms, chance), stamps)
    _insert(bench.record, contact, _contacts(people, firms, chance, now), stamps)
    _history(bench.record, people[::5], chance, now, stamps)


def _insert(record: Record, table: Any, rows: Iterator[dict[str, Any]], stamps: dict[str, Any]) -> None:
    for part in chunks(rows, PART):
        with record.write() as connection:
            insert_many(connection, table, part, **{name: value for name, value in stamps.items() if name in table.c})


def _companies(ids: list[str], chance: random.Random) -> Iterator[dict[str, Any]]:
    for number, key in enumerate(ids):
        yield {
            "id": key,
            "name": f"Firm {number} Ltd",
            "name_key": f"firm {number}",
            "domain": f"firm{number}.example",
            "country": chance.choice(COUNTRIES),
            "industry": chance.choice(INDUSTRIES),
            "employee_count": chance.choice((5, 20, 80, 300, 2000, 20_000)),
            "attributes": {},
        }


def _contacts(ids: list[str], firms: list[str], chance: random.Random, now: Any) -> Iterator[dict[str, Any]]:
    for number, key in enumerate(ids):
        firm = number % len(firms)
        first, last = chance.choice(FIRST), chance.choice(LAST)
        tier = chance.choice(TIERS)
        written = number % 5 == 0
        yield {
            "id": key,
            "company_id": firms[firm],
            "company_name": f"Firm {firm} Ltd",
            "email": f"person{number}@firm{firm}.example",
            "email_key": f"person{number}@firm{firm}.example",
            "email_domain": f"firm{firm}.example",
            "first_name": first,
            "last_name": last,
            "full_name": f"{first} {last}",
            "position": chance.choice(TITLES),
            "country": chance.choice(COUNTRIES),
            "language": chance.choice(("en", "ru")),
            "phone": f"+49 40 {number:09d}",
            "source": "fair",
            "last_outreach_at": now - timedelta(days=number % 120) if written else None,
            "attributes": {"notes": f"met at booth {number % 700}"} | ({"Tier": tier} if tier else {}),
        }


def _history(record: Record, people: list[str], chance: random.Random, now: Any, stamps: dict[str, Any]) -> None:
    """One campaign that wrote to ``people``; one in twenty of them bounced."""
    ids = dict(zip(("segment", "version", "pack", "campaign"), new_ids(4), strict=True))
    version = {"id": ids["version"], "segment_id": ids["segment"], "version": 1, "filter": {"all": []}}
    made = {"id": ids["campaign"], "name": "Spring", "status": "sending", "segment_version_id": ids["version"], "seed": 1}
    made |= {"pack_version_id": ids["pack"], "variants": ["a"], "mailboxes": ["anna"], "settings": {}}
    for table, row in (
        (segment, {"id": ids["segment"], "name": "everybody", "description": None, "current_version": 1}),
        (segment_version, version | {"filter_hash": "-", "created_by": "benchmark"}),
        (pack_version, {"id": ids["pack"], "pack": "cold-email", "version": "1", "content_hash": "-", "manifest": {}}),
        (campaign, made | {"created_by": "benchmark"}),
    ):
        _insert(record, table, iter([row]), stamps)
    targets = list(new_ids(len(people)))
    shared = {"campaign_id": ids["campaign"], "mailbox": "anna", "variant": "a", "snapshot": {}, "snapshot_hash": "-"}
    rows = ({"id": t, "contact_id": p, "status": "active", **shared} for t, p in zip(targets, people, strict=True))
    _insert(record, target, rows, stamps)
    _messages(record, list(zip(targets, people, strict=True)), ids["campaign"], chance, now, stamps)


def _messages(
    record: Record, pairs: list[tuple[str, str]], campaign_id: str, chance: random.Random, now: Any, stamps: dict[str, Any]
) -> None:
    shared = {"campaign_id": campaign_id, "step": 1, "revision_number": 1, "content_hash": "-", "mailbox": "anna"}
    shared |= {
        "recipient": "-",
        "subject": "-",
        "body": "-",
        "due_at": now,
        **_draft(record, pairs[0], campaign_id, stamps),
        "state": "sent",
    }
    rows = (
        {
            "id": key,
            "contact_id": person,
            "target_id": held,
            "rfc_message_id": f"<{key}@test>",
            "sent_at": now - timedelta(days=chance.randrange(120)),
            "outcome": "bounced_hard" if chance.random() < 0.05 else None,
            **shared,
        }
        for key, (held, person) in zip(new_ids(len(pairs)), pairs, strict=True)
    )
    made = list(rows)
    _insert(record, message, iter(made), stamps)
    _insert(record, message_event, _bounces(made, campaign_id, now), {"workspace_id": stamps["workspace_id"]})


def _draft(record: Record, pair: tuple[str, str], campaign_id: str, stamps: dict[str, Any]) -> dict[str, str]:
    """Make the one draft and approval that every message names."""
    ids = dict(zip(("draft_id", "decision_id"), new_ids(2), strict=True))
    made = {"id": ids["draft_id"], "campaign_id": campaign_id, "target_id": pair[0], "contact_id": pair[1], "step": 1}
    made |= {"variant": "a", "language": "en", "drafter": "benchmark", "status": "approved", "current_revision": 1}
    _insert(record, draft, iter([made | {"content_hash": "-", "warnings": []}]), stamps)
    said = {"id": ids["decision_id"], "draft_id": ids["draft_id"], "revision_number": 1, "kind": "approve", "content_hash": "-"}
    _insert(record, decision, iter([said | {"decided_by": "benchmark"}]), stamps)
    return ids


def _bounces(messages: list[dict[str, Any]], campaign_id: str, now: Any) -> Iterator[dict[str, Any]]:
    for row in messages:
        if row["outcome"]:
            said = {"message_id": row["id"], "contact_id": row["contact_id"], "campaign_id": campaign_id, "kind": row["outcome"]}
            yield {"id": row["id"], **said, "source_key": row["id"], "detail": None, "occurred_at": now, "recorded_at": now}
