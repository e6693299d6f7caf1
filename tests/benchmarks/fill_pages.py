"""A record of any size for timing pages: lists, campaigns in every state, drafts, messages, events and answers."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gtm_pipelines.campaigns.model import content_hash, mailbox_policy
from gtm_pipelines.ids import new_ids
from gtm_pipelines.record import tables
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.benchmarks.fill_record import _companies, _contacts, _insert

KINDS = ("queued", "claimed", "handing", "sent", "opened", "opened", "opened", "opened", "opened", "opened")
SUBJECT = "Empty trucks on the way home"
BODY = (
    "Hello,\n\nour tool finds the loads that trucks drive home without. Would a look at your own lanes help?\n\nAnna\n" * 4
    + "\nWorkbench Ltd, 1 Sample Street, Sampletown\n"
)
DAYS = 60
Rows = Iterator[dict[str, Any]]


def fill(bench: Workbench, contacts: int) -> None:
    """Put the lists, four campaigns, their drafts, messages, events and answers straight into the record.

    Past: a mail to everybody, with ten events. Waiting: two drafts for half of them, undecided. Ready: an approved draft for a
    quarter, not released. Leaving: a quarter's approved drafts, queued.
    """
    chance, now, workspace = random.Random(contacts), bench.clock.now(), bench.record.workspace_id
    stamps = {"workspace_id": workspace, "created_at": now, "updated_at": now}
    firms, people = list(new_ids(max(contacts // 10, 1))), list(new_ids(contacts))
    _insert(bench.record, tables.company, _companies(firms, chance), stamps)
    _insert(bench.record, tables.contact, _contacts(people, firms, chance, now), stamps)
    bench.segments.save("Few", {"all": [{"field": "contact.email", "op": "starts_with", "value": "person1@"}]}, by="benchmark")
    mailboxes = [mailbox.name for mailbox in bench.settings.mailboxes]
    bench.campaigns.create("Model", segment="Few", pack="cold-email", mailboxes=mailboxes, by="benchmark")
    model = _row_of(bench, "Model")
    past = _campaign(bench, model, "Past", "sending", stamps)
    _sent(bench, past, people, chance, now, stamps)
    half, quarter = people[: contacts // 2], contacts // 4
    _ready(bench, _campaign(bench, model, "Ready", "ready", stamps), people[-quarter:], stamps)
    _leaving(bench, _campaign(bench, model, "Leaving", "sending", stamps), people[-2 * quarter : -quarter], stamps)
    _waiting(bench, _campaign(bench, model, "Waiting", "drafting", stamps), half, list(model["variants"]), stamps)
    bench.metrics.refresh()


def _row_of(bench: Workbench, name: str) -> Mapping[str, Any]:
    with bench.record.read() as connection:
        query = tables.campaign.select().where(tables.campaign.c.name == name)
        return dict(connection.execute(query).mappings().one())


def _campaign(bench: Workbench, model: Mapping[str, Any], name: str, status: str, stamps: Mapping[str, Any]) -> str:
    (key,) = new_ids(1)
    released = stamps["created_at"] if status == "sending" else None
    _insert(
        bench.record,
        tables.campaign,
        iter([{**model, "id": key, "name": name, "status": status, "released_at": released}]),
        dict(stamps),
    )
    return key


def _targets(campaign_id: str, ids: Sequence[str], people: Sequence[str], variants: Sequence[str]) -> Rows:
    for number, (key, person) in enumerate(zip(ids, people, strict=True)):
        snapshot = {"contact": {"full_name": f"Person {number}", "email": f"person{number}@firm.example", "position": "CTO"}}
        yield {
            "id": key, "campaign_id": campaign_id, "contact_id": person, "recipient": f"person{number}@firm.example",
            "mailbox": "anna", "variant": variants[number % len(variants)], "snapshot": snapshot, "snapshot_hash": "-",
            "status": "active",
        }  # fmt: skip


def _enrolments(campaign_id: str, ids: Sequence[str], people: Sequence[str], status: str) -> Rows:
    for key, target, person in zip(new_ids(len(ids)), ids, people, strict=True):
        yield {
            "id": key, "campaign_id": campaign_id, "target_id": target, "contact_id": person, "status": status, "step": 1,
        }  # fmt: skip


def _draft(campaign_id: str, key: str, target: str, person: str, variant: str, status: str) -> dict[str, Any]:
    return {
        "id": key, "campaign_id": campaign_id, "target_id": target, "contact_id": person, "step": 1, "variant": variant,
        "language": "en", "drafter": "baseline", "status": status, "current_revision": 1, "content_hash": "-", "warnings": [],
    }  # fmt: skip


def _revisions(drafts: Sequence[str]) -> Rows:
    for key, draft in zip(new_ids(len(drafts)), drafts, strict=True):
        yield {
            "id": key, "draft_id": draft, "number": 1, "subject": SUBJECT, "body": BODY,
            "content_hash": "-", "author": "drafter:baseline",
        }  # fmt: skip


def _enrol(
    bench: Workbench, campaign_id: str, people: list[str], variants: Sequence[str], status: str, stamps: dict[str, Any]
) -> list[str]:
    ids = list(new_ids(len(people)))
    _insert(bench.record, tables.target, _targets(campaign_id, ids, people, variants), stamps)
    _insert(bench.record, tables.enrolment, _enrolments(campaign_id, ids, people, status), stamps)
    return ids


def _ready(
    bench: Workbench, campaign_id: str, people: list[str], stamps: dict[str, Any], *, standing: str = "active"
) -> tuple[list[str], list[str], list[str], list[str]]:
    """Write an approved draft to each person; return the ids of targets, drafts and decisions, and what was approved."""
    ids = _enrol(bench, campaign_id, people, ("direct",), standing, stamps)
    drafts, decisions = list(new_ids(len(people))), list(new_ids(len(people)))
    promised = mailbox_policy(next(one for one in bench.settings.mailboxes if one.name == "anna"))
    hashes = [content_hash(SUBJECT, BODY, f"person{number}@firm.example", promised) for number in range(len(people))]
    made = (
        _draft(campaign_id, key, target, person, "direct", "approved") | {"content_hash": content}
        for key, target, person, content in zip(drafts, ids, people, hashes, strict=True)
    )
    _insert(bench.record, tables.draft, made, stamps)
    _insert(bench.record, tables.revision, _revisions(drafts), stamps)
    shared = {"revision_number": 1, "kind": "approve", "decided_by": "person:benchmark"}
    said = (
        {"id": key, "draft_id": draft, "content_hash": content}
        for key, draft, content in zip(decisions, drafts, hashes, strict=True)
    )
    _insert(bench.record, tables.decision, said, stamps | shared)
    return ids, drafts, decisions, hashes


def _leaving(bench: Workbench, campaign_id: str, people: list[str], stamps: dict[str, Any]) -> None:
    """Approve and queue a mail to each person, a minute apart."""
    made = list(zip(*_ready(bench, campaign_id, people, stamps), strict=True))
    rows = [
        (target, draft, decision, person, content)
        for (target, draft, decision, content), person in zip(made, people, strict=True)
    ]
    keys = list(new_ids(len(people)))
    when = {key: stamps["created_at"] + timedelta(minutes=number) for number, key in enumerate(keys)}
    queued = {"state": "queued", "attempts": 0, "handed_at": None, "sent_at": None}
    _insert(
        bench.record,
        tables.message,
        (row | queued for row in _messages(campaign_id, keys, rows, when, dict.fromkeys(keys))),
        stamps,
    )


def _waiting(bench: Workbench, campaign_id: str, people: list[str], variants: list[str], stamps: dict[str, Any]) -> None:
    """Two drafts for each person, none of them decided on."""
    ids = _enrol(bench, campaign_id, people, variants, "active", stamps)
    pairs = [(target, person, variant) for target, person in zip(ids, people, strict=True) for variant in variants]
    drafts = list(new_ids(len(pairs)))
    rows = (_draft(campaign_id, key, *pair, "drafted") for key, pair in zip(drafts, pairs, strict=True))
    _insert(bench.record, tables.draft, rows, stamps)
    _insert(bench.record, tables.revision, _revisions(drafts), stamps)


def _sent(
    bench: Workbench, campaign_id: str, people: list[str], chance: random.Random, now: datetime, stamps: dict[str, Any]
) -> None:
    """A mail to each person, with ten events; one in thirty came back and one in twenty was answered."""
    ids, drafts, decisions, hashes = _ready(bench, campaign_id, people, stamps, standing="finished")
    messages = list(new_ids(len(people)))
    when = {key: now - timedelta(days=chance.uniform(0, DAYS)) for key in messages}
    outcomes = {key: chance.choices(("bounced_hard", "replied", None), (3, 5, 92))[0] for key in messages}
    made = list(zip(ids, drafts, decisions, people, hashes, strict=True))
    rows = list(_messages(campaign_id, messages, made, when, outcomes))
    _insert(bench.record, tables.message, iter(rows), stamps)
    _insert(bench.record, tables.message_event, _events(rows), {"workspace_id": stamps["workspace_id"]})
    answered = [row for row in rows if row["outcome"] == "replied"]
    talks = dict(zip((row["id"] for row in answered), new_ids(len(answered)), strict=True))
    _insert(bench.record, tables.conversation, _conversations(answered, talks), stamps)
    _insert(bench.record, tables.inbound_message, _answers(answered, talks), stamps)


def _messages(
    campaign_id: str, ids: list[str], made: list[tuple[str, ...]], when: Mapping[str, datetime], outcomes: Mapping[str, Any]
) -> Rows:
    for number, (key, (target, draft, decision, person, content)) in enumerate(zip(ids, made, strict=True)):
        yield {
            "id": key, "campaign_id": campaign_id, "step": 1, "contact_id": person, "target_id": target, "draft_id": draft,
            "revision_number": 1, "decision_id": decision, "content_hash": content, "mailbox": "anna",
            "rfc_message_id": f"<{key}@benchmark>", "recipient": f"person{number}@firm.example",
            "subject": SUBJECT, "body": BODY, "state": "sent", "due_at": when[key], "attempts": 1,
            "handed_at": when[key], "sent_at": when[key], "outcome": outcomes[key],
        }  # fmt: skip


def _events(messages: list[dict[str, Any]]) -> Rows:
    ids = iter(new_ids(len(messages) * len(KINDS)))
    for row in messages:
        unseen = row["outcome"] == "bounced_hard"
        kinds = ["deferred" if unseen and kind == "opened" else kind for kind in KINDS[:-1]]
        for number, kind in enumerate((*kinds, row["outcome"] or KINDS[-1])):
            yield {
                "id": next(ids), "message_id": row["id"], "campaign_id": row["campaign_id"], "contact_id": row["contact_id"],
                "kind": kind, "source_key": f"{row['id']}:{number}", "detail": None, "occurred_at": row["sent_at"],
                "recorded_at": row["sent_at"],
            }  # fmt: skip


def _conversations(messages: list[dict[str, Any]], talks: Mapping[str, str]) -> Rows:
    for row in messages:
        yield {
            "id": talks[row["id"]], "contact_id": row["contact_id"], "campaign_id": row["campaign_id"], "state": "qualifying",
            "last_class": "positive", "owner": None, "last_at": row["sent_at"] + timedelta(hours=3),
        }  # fmt: skip


def _answers(messages: list[dict[str, Any]], talks: Mapping[str, str]) -> Rows:
    for number, (row, key) in enumerate(zip(messages, new_ids(len(messages)), strict=True)):
        yield {
            "id": key, "mailbox": "anna", "folder": "INBOX", "uidvalidity": 1, "uid": number + 1, "content_key": key,
            "rfc_message_id": f"<{key}@there>", "in_reply_to": row["rfc_message_id"], "reference_ids": [],
            "from_address": row["recipient"], "from_name": "Person", "subject": "Re: Empty trucks", "text": "Yes, let us talk.",
            "received_at": row["sent_at"] + timedelta(hours=3), "class": "positive", "confidence": 0.9, "class_reason": "yes",
            "attribution": "in_reply_to", "message_id": row["id"], "campaign_id": row["campaign_id"],
            "contact_id": row["contact_id"], "conversation_id": talks[row["id"]], "raw": b"-" * 2000,
        }  # fmt: skip


REFERS = ("company_id", "contact_id", "target_id", "draft_id", "decision_id", "message_id", "conversation_id")
NAMED = ("rfc_message_id", "in_reply_to", "source_key", "content_key", "email_domain", "domain")
COPIED = (
    "company", "contact", "target", "enrolment", "draft", "revision", "decision", "message", "message_event", "conversation",
    "inbound_message",
)  # fmt: skip


def multiply(small: Path, large: Path, times: int) -> None:
    """Make a record ``times`` as large of a filled one, table by table inside SQLite, each copy under ids of its own.

    Args:
        small: home of the filled record.
        large: home to make; its figures are refreshed.
        times: from 2 to 10: the first digit of an id tells the copies apart.
    """
    large.mkdir(parents=True, exist_ok=True)
    shutil.copy(small / "record.sqlite", large / "record.sqlite")
    with closing(sqlite3.connect(large / "record.sqlite")) as connection:
        connection.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-800000"
        )
        for table in COPIED:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            for copy in range(1, times):
                chosen = ", ".join(_copied(name, copy) for name in columns)
                own = "id GLOB '0*'"
                connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} WHERE {own}")
            connection.commit()
        connection.execute("PRAGMA journal_mode=WAL")
    bench = open_workbench(home=large)
    bench.metrics.refresh()
    bench.close()


def _copied(name: str, copy: int) -> str:
    if name == "id" or name in REFERS:
        return f"'{copy}' || substr({name}, 2)"
    if name in NAMED:
        return f"'x{copy}' || {name}"
    if name in ("email", "email_key"):
        return f"replace({name}, '@', '@x{copy}')"
    return f"{name} + {copy * 10_000_000}" if name == "uid" else f'"{name}"'
