"""Time how long each page of the app takes until it can be used, on a large record and on one a tenth of its size.

    python -m tests.benchmarks.page_timings --contacts 100000

Contacts, two drafts for each of them, a message for each and ten events for each message go straight into a record on SQLite,
the figures are refreshed, and every page is opened as the app opens it (Streamlit's own test harness: the whole script of the
page, without a browser). Prints the seconds of the first visit and the best of two later ones; trust ratios on a busy machine.
``--home DIR`` keeps the records for the next run; ``--page NAME`` times one page only; ``--json`` is for programs.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gtm_pipelines.ids import new_ids
from gtm_pipelines.record import tables
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.benchmarks.fill_record import _companies, _contacts, _insert

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("queued", "claimed", "handing", "sent", "opened", "opened", "opened", "opened", "opened", "opened")
BODY = "Hello,\n\nour tool finds the loads that trucks drive home without. Would a look at your own lanes help?\n\nAnna\n" * 4
DAYS = 60
Rows = Iterator[dict[str, Any]]


def fill(bench: Workbench, contacts: int) -> None:
    """Put the lists, two campaigns, their drafts, messages, events and answers straight into the record."""
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
    waiting = _campaign(bench, model, "Waiting", "drafting", stamps)
    _waiting(bench, waiting, people[: contacts // 2], list(model["variants"]), stamps)
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


def _draft(campaign_id: str, key: str, target: str, person: str, variant: str, status: str) -> dict[str, Any]:
    return {
        "id": key, "campaign_id": campaign_id, "target_id": target, "contact_id": person, "step": 1, "variant": variant,
        "language": "en", "drafter": "baseline", "status": status, "current_revision": 1, "content_hash": "-", "warnings": [],
    }  # fmt: skip


def _revisions(drafts: Sequence[str]) -> Rows:
    for key, draft in zip(new_ids(len(drafts)), drafts, strict=True):
        yield {
            "id": key, "draft_id": draft, "number": 1, "subject": "Empty trucks on the way home", "body": BODY,
            "content_hash": "-", "author": "drafter:baseline",
        }  # fmt: skip


def _waiting(bench: Workbench, campaign_id: str, people: list[str], variants: list[str], stamps: dict[str, Any]) -> None:
    """Two drafts for each person, none of them decided on."""
    ids = list(new_ids(len(people)))
    _insert(bench.record, tables.target, _targets(campaign_id, ids, people, variants), stamps)
    pairs = [(target, person, variant) for target, person in zip(ids, people, strict=True) for variant in variants]
    drafts = list(new_ids(len(pairs)))
    rows = (_draft(campaign_id, key, *pair, "drafted") for key, pair in zip(drafts, pairs, strict=True))
    _insert(bench.record, tables.draft, rows, stamps)
    _insert(bench.record, tables.revision, _revisions(drafts), stamps)


def _sent(
    bench: Workbench, campaign_id: str, people: list[str], chance: random.Random, now: datetime, stamps: dict[str, Any]
) -> None:
    """A mail to each person, with ten events; one in thirty came back and one in twenty was answered."""
    ids, drafts, decisions, messages = (list(new_ids(len(people))) for _ in range(4))
    _insert(bench.record, tables.target, _targets(campaign_id, ids, people, ("direct",)), stamps)
    made = (
        _draft(campaign_id, key, target, person, "direct", "approved")
        for key, target, person in zip(drafts, ids, people, strict=True)
    )
    _insert(bench.record, tables.draft, made, stamps)
    _insert(bench.record, tables.revision, _revisions(drafts), stamps)
    said = ({"id": key, "draft_id": draft} for key, draft in zip(decisions, drafts, strict=True))
    approved = {"revision_number": 1, "kind": "approve", "content_hash": "-", "decided_by": "person:benchmark"}
    _insert(bench.record, tables.decision, said, stamps | approved)
    when = {key: now - timedelta(days=chance.uniform(0, DAYS)) for key in messages}
    outcomes = {key: chance.choices(("bounced_hard", "replied", None), (3, 5, 92))[0] for key in messages}
    rows = list(_messages(campaign_id, messages, list(zip(ids, drafts, decisions, people, strict=True)), when, outcomes))
    _insert(bench.record, tables.message, iter(rows), stamps)
    _insert(bench.record, tables.message_event, _events(rows), {"workspace_id": stamps["workspace_id"]})
    answered = [row for row in rows if row["outcome"] == "replied"]
    talks = dict(zip((row["id"] for row in answered), new_ids(len(answered)), strict=True))
    _insert(bench.record, tables.conversation, _conversations(answered, talks), stamps)
    _insert(bench.record, tables.inbound_message, _answers(answered, talks), stamps)


def _messages(
    campaign_id: str, ids: list[str], made: list[tuple[str, ...]], when: Mapping[str, datetime], outcomes: Mapping[str, Any]
) -> Rows:
    for number, (key, (target, draft, decision, person)) in enumerate(zip(ids, made, strict=True)):
        yield {
            "id": key, "campaign_id": campaign_id, "step": 1, "contact_id": person, "target_id": target, "draft_id": draft,
            "revision_number": 1, "decision_id": decision, "content_hash": "-", "mailbox": "anna",
            "rfc_message_id": f"<{key}@benchmark>", "recipient": f"person{number}@firm.example",
            "subject": "Empty trucks on the way home", "body": BODY, "state": "sent", "due_at": when[key], "attempts": 1,
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


def time_pages(home: Path, only: str | None) -> dict[str, dict[str, Any]]:
    """Open every page in a window of its own, three times, and return the seconds and what went wrong."""
    from streamlit.testing.v1 import AppTest

    logging.getLogger("streamlit").setLevel(logging.ERROR)  # it warns that no browser is there
    os.environ["GTM_HOME"] = str(home)
    sys.path.insert(0, str(ROOT))
    names = sorted(path.stem for path in (ROOT / "app" / "views").glob("[!_]*.py"))
    app = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=300).run()
    found = {}
    for name in [name for name in names if only in (None, name)]:
        app.switch_page(f"views/{name}.py")
        taken = []
        for _ in range(3):
            start = time.perf_counter()
            app.run()
            taken.append(round(time.perf_counter() - start, 2))
        troubles = [element.value for element in (*app.error, *app.exception)]
        found[name] = {"first": taken[0], "again": min(taken[1:]), "troubles": troubles}
    return found


def main() -> None:
    """Fill both records, open every page on each, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--home", type=Path, help="Keep the records here and use them again.")
    parser.add_argument("--page", help="Time this page only.")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        for contacts in (chosen.contacts // 10, chosen.contacts):
            home = (chosen.home or Path(scratch)) / str(contacts)
            if not (home / "record.sqlite").exists():
                bench = open_workbench(home=home)
                fill(bench, contacts)
                bench.close()
            found[contacts] = time_pages(home, chosen.page)
    if chosen.json:
        print(json.dumps(found, indent=2))
        return
    small, large = found.values()
    print(f"{'page':<16}" + "".join(f"{f'{n:,} first':>18}{'again':>8}" for n in found))
    for name in small:
        times = "".join(f"{one[name]['first']:>18.2f}{one[name]['again']:>8.2f}" for one in (small, large))
        print(f"{name:<16}{times}  {'; '.join(large[name]['troubles'])[:100]}")


if __name__ == "__main__":
    main()
