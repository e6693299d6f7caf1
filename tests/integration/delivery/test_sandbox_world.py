"""The sandbox behaves like a mail world: it takes mail over SMTP and answers it by mail."""

from __future__ import annotations

import smtplib
from collections import Counter
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from gtm_pipelines.delivery.sandbox.people import Conduct, person_at
from gtm_pipelines.delivery.sandbox.server import SandboxServer
from gtm_pipelines.delivery.sandbox.world import World
from gtm_pipelines.replies.classify import judge
from gtm_pipelines.replies.mailboxes.sandbox import SandboxMailbox
from gtm_pipelines.replies.model import ReplyClass
from gtm_pipelines.replies.parse import open_mail, parse_mail
from gtm_pipelines.settings import SandboxSettings

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
EXPECTED = {
    Conduct.POSITIVE: {ReplyClass.POSITIVE},
    Conduct.NEGATIVE: {ReplyClass.NEGATIVE, ReplyClass.OBJECTION},
    Conduct.INFORMATION_REQUEST: {ReplyClass.INFORMATION_REQUEST},
    Conduct.UNSUBSCRIBE: {ReplyClass.UNSUBSCRIBE},
    Conduct.AUTO_REPLY: {ReplyClass.AUTO_REPLY},
    Conduct.BOUNCE_HARD: {ReplyClass.BOUNCE_HARD},
    Conduct.BOUNCE_SOFT: {ReplyClass.BOUNCE_SOFT},
}


def mail_to(address: str, number: int, text: str = "Good morning,\nmay I ask how you plan your routes?") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Anna <anna@workbench.example>"
    message["To"] = address
    message["Subject"] = "Routes"
    message["Message-ID"] = f"<{number}@workbench.example>"
    message["List-Unsubscribe"] = "<mailto:anna@workbench.example?subject=unsubscribe%20token>"
    message.set_content(text)
    return message


def everybody(conduct: Conduct) -> SandboxSettings:
    shares = {c.value: 0.0 for c in Conduct if c is not Conduct.SILENCE}
    return SandboxSettings(**shares | {conduct.value: 1.0}, seed=7)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("conduct", EXPECTED)
def test_every_conduct_comes_back_as_mail_that_the_collector_understands(tmp_path: Path, conduct: Conduct, language: str) -> None:
    world = World(tmp_path, everybody(conduct), lambda: NOW)
    text = (
        "Добрый день!\nПодскажите, как вы планируете маршруты?" if language == "ru" else "Good morning,\nhow do you plan routes?"
    )
    for number in range(12):
        world.accept(f"p{number}@firm.example", mail_to(f"p{number}@firm.example", number, text).as_bytes())
    answers = list(SandboxMailbox(tmp_path / "inbox" / "anna@workbench.example").fetch({}))
    classes = {judge(open_mail(mail.raw), parse_mail(mail.raw), mail.received_at)[0].cls for mail in answers}
    assert len(answers) == 12
    assert classes == EXPECTED[conduct]


def test_the_shares_of_the_settings_are_what_happens() -> None:
    world = SandboxSettings()
    seen = Counter(person_at(f"person{n}@firm.example", world).conduct for n in range(20_000))
    for conduct in EXPECTED:
        assert seen[conduct] / 20_000 == pytest.approx(getattr(world, conduct.value), abs=0.006)


def test_the_server_counts_what_it_took_and_refuses_who_does_not_exist(tmp_path: Path) -> None:
    world = World(tmp_path, everybody(Conduct.BOUNCE_HARD), lambda: NOW)
    server = SandboxServer(world)
    port = server.start()
    refused = taken = 0
    try:
        with smtplib.SMTP("127.0.0.1", port) as client:
            for number in range(20):
                try:
                    client.send_message(mail_to(f"p{number}@firm.example", number))
                    taken += 1
                except smtplib.SMTPRecipientsRefused:
                    refused += 1
            repeated = next(n for n in range(20) if not world.person(f"p{n}@firm.example").refused_at_the_door)
            client.send_message(mail_to(f"p{repeated}@firm.example", repeated))
    finally:
        server.stop()
    counted = world.count()
    assert refused > 0
    assert taken > 0
    assert (counted.accepted, counted.duplicates) == (taken + 1, 1)
    assert world.has(f"<{repeated}@workbench.example>")
    assert not world.has("<never@workbench.example>")
