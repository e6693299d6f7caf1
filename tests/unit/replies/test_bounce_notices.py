"""Notices of mail systems are told from people's mail, and say whom they are about."""

from __future__ import annotations

import csv
import time
from email.message import EmailMessage

import pytest

from gtm_pipelines.replies.bounces import find_bounce
from gtm_pipelines.replies.model import BounceKind
from gtm_pipelines.replies.parse import open_mail
from tests.integration.replies.world import dsn
from tests.parts import corpora

CLASSES = {BounceKind.HARD: "bounce_hard", BounceKind.SOFT: "bounce_soft", BounceKind.DELAYED: "bounce_soft"}
"""The gold standard calls a delay soft; we keep it apart, as it is no bounce yet."""


@pytest.mark.parametrize(
    ("status", "action", "kind"),
    [
        ("5.1.1", "failed", BounceKind.HARD),
        ("5.7.1", "failed", BounceKind.HARD),
        ("4.2.2", "failed", BounceKind.SOFT),
        ("4.4.7", "failed", BounceKind.SOFT),
        ("4.4.1", "delayed", BounceKind.DELAYED),
    ],
)
def test_a_report_says_how_it_ended(status: str, action: str, kind: BounceKind) -> None:
    bounce = find_bounce(open_mail(dsn("ann@bad.test", status=status, action=action, original_id="<o@sender.test>")))

    assert bounce is not None
    assert (bounce.kind, bounce.recipients, bounce.status) == (kind, ("ann@bad.test",), status)
    assert bounce.message_ids == ("<o@sender.test>",)


def test_a_report_of_success_is_no_bounce() -> None:
    assert (
        find_bounce(open_mail(dsn("ann@good.test", status="2.0.0", action="delivered").replace(b"could not\nbe", b"was"))) is None
    )


RU = (
    "From: Mail Delivery System <mailer-daemon@mail.test>\n"
    "Subject: =?utf-8?b?0J/QuNGB0YzQvNC+INC90LUg0LTQvtGB0YLQsNCy0LvQtdC90L4=?=\n"
    "Content-Type: text/plain; charset=utf-8\n\nВаше письмо не может быть доставлено: пользователь не найден\n\n"
    "<ivan@bad.test>\n\n"
    "Копия исходного письма:\nMessage-ID: <o@sender.test>\n"
)


def test_a_russian_notice_in_prose_is_read() -> None:
    bounce = find_bounce(open_mail(RU.encode()))

    assert bounce is not None
    assert (bounce.kind, bounce.recipients, bounce.message_ids) == (BounceKind.HARD, ("ivan@bad.test",), ("<o@sender.test>",))


def test_a_full_mailbox_is_soft_whatever_the_words() -> None:
    full = RU.replace("пользователь не найден", "почтовый ящик переполнен")

    bounce = find_bounce(open_mail(full.encode()))

    assert bounce is not None
    assert bounce.kind is BounceKind.SOFT


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Re: Delivery failure in your product?", "We could not deliver on time; ann@x.test asked about it."),
        ("Re: hello", "Your message did not reach Maria, write to maria@client.test"),
        ("Question", "The mailbox maria@client.test is full, use bob@client.test"),
    ],
)
def test_a_person_who_writes_about_failures_is_no_mail_system(subject: str, body: str) -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "Ann <ann@client.test>", subject
    message.set_content(body)

    assert find_bounce(open_mail(message.as_bytes())) is None


@pytest.mark.parametrize("unit", ["a@", "<a@b.test>: ", "could not ", "@", "x@y.test\n", "\n", "Message-ID: <", "550 ", "user "])
def test_a_hostile_notice_is_read_in_linear_time(unit: str) -> None:
    raw = "From: MAILER-DAEMON@mx.test\nSubject: Undelivered mail\n\nundeliverable\n" + unit * (500_000 // len(unit))
    report = dsn("x@y.test", status="5.1.1").replace(b"x@y.test", (unit.strip() or "x").encode() * 20_000)
    started = time.process_time()
    for data in (raw.encode(), report):
        find_bounce(open_mail(data))
    assert time.process_time() - started < 5


def test_real_bounces_are_understood_as_their_gold_standard_says() -> None:
    folder = corpora("bounces-flufl")
    rows = [r for r in csv.DictReader((folder / "gold.tsv").open(), delimiter="\t") if r["expected"] != "unlabelled"]
    recipients = classes = 0
    for row in rows:
        bounce = find_bounce(open_mail((folder / "data" / row["file"]).read_bytes()))
        found = set(bounce.recipients) if bounce else set()
        recipients += found == set(row["recipients"].lower().split())
        named = CLASSES[bounce.kind] if bounce else "none"
        classes += not found if row["expected"] == "no_recipient_expected" else named == row["expected"]
    assert recipients / len(rows) >= 0.92
    assert classes / len(rows) >= 0.87
