"""Who asks to be left alone is suppressed by rule or held for a person; what only sounds so is seldom taken for it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from gtm_pipelines.delivery import policy
from gtm_pipelines.record import suppressions
from gtm_pipelines.replies.classify import classify_words, judge
from gtm_pipelines.replies.doubt import FILE_NAME, Doubter, read_again
from gtm_pipelines.replies.model import HUMAN_CLASSES, ReplyClass, Verdict
from gtm_pipelines.replies.parse import open_mail, parse_part
from gtm_pipelines.settings import bundle_root
from tests.labelled_replies import Labelled, leaving

RECEIVED = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def doubter() -> Doubter:
    return Doubter(bundle_root() / "data" / "reference" / FILE_NAME)


def read(one: Labelled, doubter: Doubter) -> Verdict:
    """Read an answer as the inbox does, without a second reader."""
    mail = EmailMessage()
    mail["Subject"] = one.subject
    mail["From"] = "ann@client.test"
    mail.set_content(one.text)
    part = open_mail(mail.as_bytes())
    parsed = parse_part(part)
    verdict, _bounce = judge(part, parsed, RECEIVED)
    return read_again(verdict, parsed.reply.text, None, doubter, 0.7) if verdict.cls in HUMAN_CLASSES else verdict


def test_of_answers_no_rule_had_seen_nine_in_ten_who_ask_out_get_no_more_mail(doubter: Doubter) -> None:
    told = [(one.cls == "unsubscribe", read(one, doubter)) for one in leaving("held_out")]
    at_once = [asks for asks, verdict in told if verdict.cls is ReplyClass.UNSUBSCRIBE]
    held = [asks for asks, verdict in told if verdict.doubt]

    assert sum(asks for asks, _ in told) == 160
    assert at_once.count(True) + held.count(True) >= 149
    assert at_once.count(True) >= 57
    assert at_once.count(False) <= 8
    assert held.count(False) <= 76


def test_of_answers_the_rules_were_widened_with_nobody_who_asks_out_gets_more_mail(doubter: Doubter) -> None:
    told = [(one, read(one, doubter)) for one in leaving("known")]

    assert not [one.text for one, v in told if one.cls == "unsubscribe" and not (v.doubt or v.cls is ReplyClass.UNSUBSCRIBE)]
    assert not [one.text for one, v in told if one.cls != "unsubscribe" and v.cls is ReplyClass.UNSUBSCRIBE]


@pytest.mark.parametrize(
    "words",
    [
        "Take me off the call invite please, Ivan will join in my place.",
        "Don't write to me about this, I only do the servers. Write to Kezia in internal comms.",
        "Почтой не присылайте, скиньте каталог сюда.",
    ],
)
def test_a_wish_that_may_mean_something_else_waits_for_a_person(words: str) -> None:
    verdict = classify_words("Re: x", words)

    assert verdict.doubt
    assert verdict.cls is not ReplyClass.UNSUBSCRIBE
    assert verdict.confidence < 0.7
    assert verdict.reason.startswith("May ask to be left alone. Text says")


def test_a_misspelt_wish_is_doubted_by_its_likeness(doubter: Doubter) -> None:
    plain = Verdict(ReplyClass.OTHER, 0.5, "No rule matched the words")

    assert doubter.doubt(plain, "pls unsubcribr mee frm teh mailling").doubt
    assert not doubter.doubt(Verdict(ReplyClass.POSITIVE, 0.8, "yes"), "Tuesday at three works for us, see you there.").doubt


def test_who_surely_wants_to_go_on_is_not_held_for_likeness(doubter: Doubter) -> None:
    words = "Да, нам это интересно. Предложите, пожалуйста, время для звонка."

    assert not doubter.doubt(classify_words("Re: x", words), words).doubt


def test_a_machine_is_never_doubted(doubter: Doubter) -> None:
    machine = Verdict(ReplyClass.AUTO_REPLY, 0.95, "Subject says: Out of office")

    assert doubter.doubt(machine, "Please do not send mail to this address any more.") is machine


def test_the_word_that_our_quoted_mail_asks_for_is_a_wish_to_leave(doubter: Doubter) -> None:
    quoted = '> If you don\'t want to hear from me again, just reply "no thanks".\n\n'
    asked = Labelled("unsubscribe", "en", quoted + "no thanks")
    other = Labelled("negative", "en", "> Shall we talk?\n\nno thanks")

    assert read(asked, doubter).cls is ReplyClass.UNSUBSCRIBE
    assert read(other, doubter).cls is ReplyClass.NEGATIVE


def test_who_is_held_is_put_off_and_not_given_up() -> None:
    held, gone = policy.suppressed(f"address: {suppressions.HELD}"), policy.suppressed("address: unsubscribed")

    assert held is not None
    assert held.rule == policy.HELD
    assert gone is not None
    assert gone.rule == "suppressed.address"
