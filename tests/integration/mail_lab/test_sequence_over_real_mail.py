"""A sequence of three mails over a real Postfix and Dovecot; only the waits are lived through on a virtual clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.record.tables import enrolment, message, target
from gtm_pipelines.settings import ImapSettings, MailboxSettings, SmtpSettings, WindowSettings, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.campaign_parts import add_company, add_contact
from tests.integration.mail_lab.lab import IMAPS_PORT, SMTP_PORT, Lab, running_lab
from tests.integration.mail_lab.test_campaign_over_real_mail import collect_until, until

pytestmark = pytest.mark.mail

SILENT, AWAY, TALKER, GONE = "silent@client.test", "away@client.test", "talker@client.test", "gone@good.test"
MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
THREE = CampaignSettings.model_validate({"seed": 1, "sequence": ["follow-ups#first:3", "follow-ups#break-up:5"]})


@pytest.fixture
def lab() -> Iterator[Lab]:
    with running_lab() as running:
        yield running


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime.now(UTC))


@pytest.fixture
def bench(lab: Lab, home: Path, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setenv("LAB_PASSWORD", "secret")
    always = WindowSettings(start=clock_time(0, 0), end=clock_time(0, 0), weekdays=(0, 1, 2, 3, 4, 5, 6))
    secret: dict[str, Any] = {"password": "env:LAB_PASSWORD", "ca_file": lab.ca_file}
    rep = MailboxSettings(
        name="rep", address="rep@sender.test", display_name="Rep", sender="smtp", collector="imap",
        smtp=SmtpSettings(port=SMTP_PORT, security="starttls", username="rep@sender.test", **secret),
        imap=ImapSettings(port=IMAPS_PORT, security="tls", **secret),
        postal_address="Sender Ltd, 1 Test Street", minimum_gap_seconds=0, window=always,
    )  # fmt: skip
    opened = open_workbench(load_settings(home=home, mailboxes=(rep,)), clock=clock)
    yield opened
    opened.close()


def test_absence_answer_and_bounce_each_change_what_follows(lab: Lab, bench: Workbench, clock: VirtualClock) -> None:
    back = clock.now() + timedelta(days=20)
    lab.on_vacation(AWAY, until=f"{back.day} {MONTHS[back.month - 1]}")
    launch(bench)

    assert write_and_send(bench) == 4
    until(lambda: len(lab.inbox(TALKER)) == 1)
    lab.answer(TALKER, "Thanks, but we're not interested.")
    assert collect_until(bench, 2) == {"auto_reply": 1, "negative": 1}
    standing = places(bench)
    assert standing[SILENT] == standing[GONE] == (2, "active", None)
    assert standing[TALKER] == (2, "stopped", "replied")
    assert standing[AWAY] == (2, "paused", "out_of_office")

    lab.close_down()
    clock.at += timedelta(days=7)
    assert write_and_send(bench) == 2
    assert collect_until(bench, 1) == {"bounce_hard": 1}
    assert places(bench)[GONE] == (3, "stopped", "bounced")

    clock.at += timedelta(days=9)
    assert write_and_send(bench) == 1
    assert places(bench)[SILENT] == (3, "finished", None)
    assert bench.campaigns.get("lab").status == "sending"

    lab.back(AWAY)
    clock.at = back + timedelta(days=1)
    assert write_and_send(bench) == 1
    clock.at += timedelta(days=9)
    assert write_and_send(bench) == 1
    assert places(bench)[AWAY] == (3, "finished", None)
    assert bench.campaigns.get("lab").status == "completed"

    for address, count in ((SILENT, 3), (AWAY, 3), (TALKER, 1)):
        until(lambda address=address, count=count: len(lab.inbox(address)) == count)
        in_one_thread(lab, address, count)
    assert lab.accepted() == 1
    with bench.record.read() as connection:
        sent = connection.execute(sa.select(message.c.recipient, message.c.step).where(message.c.state == "sent")).all()
    assert len(sent) == len(set(sent)) == 9


def launch(bench: Workbench) -> None:
    for number, address in enumerate((SILENT, AWAY, TALKER, GONE)):
        firm = add_company(bench.record, bench.clock, name=f"Client {number}")
        names = {"first_name": "Ann", "full_name": f"Ann {number}", "position": "CTO", "language": "en"}
        add_contact(bench.record, bench.clock, company_id=firm, email=address, **names)
    bench.segments.save("everybody", {"all": []}, by="person:rep")
    chosen = {"segment": "everybody", "pack": "cold-email", "variants": ["direct"], "mailboxes": ["rep"], "by": "person:rep"}
    bench.campaigns.create("lab", settings=THREE, **chosen)
    bench.drafting.draft("lab")
    bench.review.approve_recommended("lab", by="person:rep")
    bench.campaigns.release("lab", by="person:rep")


def write_and_send(bench: Workbench) -> int:
    """Write, approve, queue and send what the day allows; return how many left."""
    bench.drafting.draft("lab")
    bench.review.approve_recommended("lab", by="person:rep")
    bench.delivery.queue("lab")
    report = bench.delivery.send("lab")
    assert replace(report, sent=0, completed=0, held={}, waiting=0, next_due_at=None, refused=0) == type(report)()
    return report.sent


def places(bench: Workbench) -> dict[str, tuple[int, str, str | None]]:
    query = sa.select(target.c.recipient, enrolment.c.step, enrolment.c.status, enrolment.c.reason)
    with bench.record.read() as connection:
        rows = connection.execute(query.join(enrolment, enrolment.c.target_id == target.c.id)).all()
    return {recipient: (step, status, reason) for recipient, step, status, reason in rows}


def in_one_thread(lab: Lab, address: str, count: int) -> None:
    """Hold the mails as the recipient's own server keeps them to one thread, in order."""
    mails = sorted(lab.inbox(address), key=lambda mail: len(str(mail["References"] or "")))
    names = [mail["Message-ID"] for mail in mails]
    assert len(names) == len(set(names)) == count
    for number, mail in enumerate(mails[1:], start=1):
        assert mail["In-Reply-To"] == names[number - 1]
        assert str(mail["References"]).split() == names[:number]
        assert mail["Subject"] == f"Re: {mails[0]['Subject']}"
