"""Who asks to be left alone is suppressed by rule or waits for a person; what only sounds so is seldom taken for it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from gtm_pipelines.replies.classify import classify_words, judge
from gtm_pipelines.replies.model import ReplyClass, Verdict
from gtm_pipelines.replies.parse import open_mail, parse_part
from tests.labelled_replies import Labelled, leaving

RECEIVED = datetime(2026, 3, 4, tzinfo=UTC)


def read(one: Labelled, **headers: str) -> Verdict:
    """Read an answer as the inbox does, without a second reader, which changes no verdict on who waits."""
    mail = EmailMessage()
    mail["Subject"] = one.subject
    mail["From"] = "ann@client.test"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(one.text)
    part = open_mail(mail.as_bytes())
    return judge(part, parse_part(part), RECEIVED)[0]


def test_of_answers_no_rule_had_seen_nobody_who_asks_out_gets_more_mail_unread() -> None:
    asking = [read(one) for one in leaving("held_out") if one.cls == "unsubscribe"]

    assert len(asking) == 320
    assert [verdict for verdict in asking if verdict.cls is not ReplyClass.UNSUBSCRIBE and not verdict.waits] == []


def test_of_answers_no_rule_had_seen_nearly_half_of_who_asks_out_is_suppressed_at_once_and_few_others() -> None:
    told = [(one.cls == "unsubscribe", read(one).cls is ReplyClass.UNSUBSCRIBE) for one in leaving("held_out")]

    assert sum(at_once for asks, at_once in told if asks) >= 145
    assert sum(at_once for asks, at_once in told if not asks) <= 18


def test_of_answers_the_rules_were_widened_with_nobody_is_suppressed_who_did_not_ask() -> None:
    told = [(one, read(one).cls is ReplyClass.UNSUBSCRIBE) for one in leaving("known")]

    assert not [one.text for one, at_once in told if at_once and one.cls != "unsubscribe"]


@pytest.mark.parametrize(
    "words",
    [
        "Take me off the call invite please, Ivan will join in my place.",
        "Don't write to me about this, I only do the servers. Write to Kezia in internal comms.",
        "Почтой не присылайте, скиньте каталог сюда.",
    ],
)
def test_a_wish_that_may_mean_something_else_is_marked_for_a_person(words: str) -> None:
    verdict = classify_words("Re: x", words)

    assert verdict.doubt
    assert verdict.waits
    assert verdict.cls is not ReplyClass.UNSUBSCRIBE
    assert verdict.confidence < 0.7
    assert verdict.reason.startswith("May ask to be left alone. Text says")


def test_only_what_a_machine_provably_wrote_needs_no_person() -> None:
    away = Labelled("auto_reply", "en", "I am away until Monday.")

    assert not read(away, Auto_Submitted="auto-replied").waits
    assert not read(Labelled("auto_reply", "en", away.text, subject="Automatic reply: Quick question")).waits
    assert read(away).cls is ReplyClass.AUTO_REPLY
    assert read(away).waits


def test_the_word_that_our_quoted_mail_asks_for_is_a_wish_to_leave() -> None:
    quoted = '> If you don\'t want to hear from me again, just reply "no thanks".\n\n'
    asked = Labelled("unsubscribe", "en", quoted + "no thanks")
    other = Labelled("negative", "en", "> Shall we talk?\n\nno thanks")

    assert read(asked).cls is ReplyClass.UNSUBSCRIBE
    assert read(other).cls is ReplyClass.NEGATIVE
