"""Notices of mail systems are told from people's mail, and say whom they are about."""

from __future__ import annotations

import time
from email.message import EmailMessage

import pytest

from gtm_pipelines.replies.bounces import find_bounce
from gtm_pipelines.replies.model import BounceKind
from gtm_pipelines.replies.parse import open_mail
from tests.integration.replies.world import dsn
from tests.parts import corpora
from tests.reply_parts import our_bounce, score_bounces


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
    recipients, kinds = score_bounces(corpora("bounces-flufl"), our_bounce)

    assert recipients.share >= 0.97, recipients.wrong
    assert kinds.share >= 0.97, kinds.wrong


@pytest.mark.parametrize(
    ("body", "recipients"),
    [
        ("Your mail to x.y@b.test, did not match an address.\nPerhaps you mean y.x@b.test.\n", ("x.y@b.test",)),
        ("To: list@c.test\nCc: other@c.test\nYour message did not reach:\n  ann@b.test on Monday\n", ("ann@b.test",)),
        ("permanent fatal errors\nreal@b.test\n  (expanded from: alias@b.test)\n", ("real@b.test", "alias@b.test")),
        ("Непонятные слова.\n<ann@b.test>:\nещё слова\n", ("ann@b.test",)),
        ("Could not be delivered to\nda...@b.test\n", ()),
    ],
)
def test_a_notice_in_prose_is_about_the_addresses_it_says_failed(body: str, recipients: tuple[str, ...]) -> None:
    bounce = find_bounce(open_mail(f"From: MAILER-DAEMON@mx.test\nSubject: failure notice\n\n{body}".encode()))

    assert bounce is not None
    assert bounce.recipients == recipients
