"""A campaign over a real Postfix and Dovecot: every message's fate ends up right in the ledger."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import company, contact, conversation, inbound_message, message, message_event, suppression
from gtm_pipelines.settings import ImapSettings, MailboxSettings, SmtpSettings, WindowSettings, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.integration.mail_lab.lab import IMAPS_PORT, SMTP_PORT, Lab, running_lab

pytestmark = pytest.mark.mail

GOOD = [f"person{n}@good.test" for n in range(20)]
BAD = [f"nobody{n}@bad.test" for n in range(10)]
SOFT = [f"full{n}@soft.test" for n in range(8)]
AWAY = [f"away{n}@client.test" for n in range(3)]
SILENT = [f"silent{n}@client.test" for n in range(3)]
ANSWERS = {
    "keen@client.test": ("positive", "Sounds good, let's talk on Tuesday."),
    "ivan@client.test": ("positive", "Давайте созвонимся в четверг."),
    "curious@client.test": ("information_request", "How much does it cost?"),
    "settled@client.test": ("negative", "Thanks, but we're not interested."),
    "tired@client.test": ("unsubscribe", "Пожалуйста, больше не пишите мне."),
    "short@client.test": ("other", "Hm."),
}
EVERYBODY = [*GOOD, *BAD, *SOFT, *AWAY, *SILENT, *ANSWERS]


@pytest.fixture
def lab() -> Iterator[Lab]:
    with running_lab() as running:
        yield running


@pytest.fixture
def bench(lab: Lab, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setenv("LAB_PASSWORD", "secret")
    everyday = WindowSettings(start=clock_time(0, 0), end=clock_time(23, 59, 59), weekdays=(0, 1, 2, 3, 4, 5, 6))
    rep = MailboxSettings(
        name="rep",
        address="rep@sender.test",
        display_name="Rep",
        sender="smtp",
        collector="imap",
        smtp=SmtpSettings(
            port=SMTP_PORT, security="starttls", username="rep@sender.test", password="env:LAB_PASSWORD", ca_file=lab.ca_file
        ),
        imap=ImapSettings(port=IMAPS_PORT, security="tls", password="env:LAB_PASSWORD", ca_file=lab.ca_file),
        postal_address="Sender Ltd, 1 Test Street",
        public_url="https://unsubscribe.sender.test",
        hourly_cap=1000,
        daily_cap=1000,
        minimum_gap_seconds=0,
        window=everyday,
    )
    opened = open_workbench(load_settings(home=home, mailboxes=(rep,)), clock=SystemClock())
    yield opened
    opened.close()


def test_every_fate_ends_up_right_in_the_ledger(lab: Lab, bench: Workbench) -> None:
    for address in AWAY:
        lab.on_vacation(address)
    add_contacts(bench)
    launch(bench)

    report = bench.delivery.send("lab")
    assert (report.sent, report.failed, report.unknown) == (50, 0, 0)
    until(lambda: all(len(lab.inbox(address)) == 1 for address in ANSWERS))
    for address, (_, words) in ANSWERS.items():
        lab.answer(address, words)
    collected = collect_until(bench, len(BAD) + len(SOFT) + len(AWAY) + len(ANSWERS))

    assert collected == Counter(
        bounce_hard=len(BAD), bounce_soft=len(SOFT), auto_reply=len(AWAY), **Counter(cls for cls, _ in ANSWERS.values())
    )
    assert fates(bench) == (
        dict.fromkeys([*GOOD, *AWAY, *SILENT], ("sent", None))
        | dict.fromkeys(BAD, ("sent", "bounced_hard"))
        | dict.fromkeys(SOFT, ("sent", "bounced_soft"))
        | dict.fromkeys(ANSWERS, ("sent", "replied"))
    )
    assert lab.accepted() == len(GOOD)
    assert events(bench, "auto_replied") == set(AWAY)
    assert events(bench, "replied") == set(ANSWERS)
    assert events(bench, "unsubscribed") == {"tired@client.test"}
    with bench.record.read() as connection:
        assert set(connection.scalars(sa.select(suppression.c.value_key))) == {*BAD, "tired@client.test"}
        unread = sa.select(inbound_message.c.from_address).where(inbound_message.c.handled_at.is_(None))
        assert set(connection.scalars(unread)) == {*ANSWERS} - {"tired@client.test"}
        assert connection.scalar(sa.select(sa.func.count()).select_from(conversation)) == len(ANSWERS)
        by = Counter(connection.scalars(sa.select(inbound_message.c.attribution)))
    assert by == {"embedded": len(BAD) + len(SOFT), "in_reply_to": len(AWAY) + len(ANSWERS)}
    assert bench.replies.unmatched() == []

    assert (bench.replies.collect().new, bench.delivery.send("lab").sent) == (0, 0)


def add_contacts(bench: Workbench) -> None:
    at = datetime.now(UTC)
    shared = {"workspace_id": bench.record.workspace_id, "attributes": {}, "created_at": at, "updated_at": at}
    firm = {"id": new_id(), "name": "Client", **shared}
    people = [
        {
            "id": new_id(), "company_id": firm["id"], "company_name": "Client", "email": address, "email_key": address,
            "email_domain": address.partition("@")[2], "first_name": "Ann", "last_name": "Lee", "full_name": "Ann Lee",
            "position": "CTO", "language": "ru" if address == "ivan@client.test" else "en", **shared,
        }
        for address in EVERYBODY
    ]  # fmt: skip
    with bench.record.write() as connection:
        connection.execute(sa.insert(company), [firm])
        connection.execute(sa.insert(contact), people)


def launch(bench: Workbench) -> None:
    bench.segments.save("everybody", {"all": [{"field": "contact.position", "op": "eq", "value": "CTO"}]}, by="person:rep")
    bench.campaigns.create("lab", segment="everybody", pack="cold-email", mailboxes=["rep"], by="person:rep")
    assert bench.drafting.draft("lab").failed == 0
    bench.review.approve_recommended("lab", by="person:rep")
    bench.campaigns.release("lab", by="person:rep")
    assert bench.delivery.queue("lab").queued == 50


def collect_until(bench: Workbench, wanted: int) -> Counter[str]:
    """Collect again and again, as the schedule does, until ``wanted`` mails have come or a minute has passed."""
    found: Counter[str] = Counter()

    def enough() -> bool:
        found.update(bench.replies.collect().by_class)
        return found.total() >= wanted

    until(enough)
    return found


def until(condition: object, seconds: float = 90) -> None:
    end = datetime.now(UTC) + timedelta(seconds=seconds)
    assert callable(condition)
    while not condition() and datetime.now(UTC) < end:
        time.sleep(1)


def fates(bench: Workbench) -> dict[str, tuple[str, str | None]]:
    with bench.record.read() as connection:
        rows = connection.execute(sa.select(message.c.recipient, message.c.state, message.c.outcome))
        return {recipient: (state, outcome) for recipient, state, outcome in rows}


def events(bench: Workbench, kind: str) -> set[str]:
    query = sa.select(message.c.recipient).join(message_event, message_event.c.message_id == message.c.id)
    with bench.record.read() as connection:
        return set(connection.scalars(query.where(message_event.c.kind == kind)))
