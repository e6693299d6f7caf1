"""A calendar's answer finds the invitation it means by thread or by UID, and has the effects of what it says."""

from __future__ import annotations

import pytest

from gtm_pipelines.meetings.ics import conversation_key, entry_name
from gtm_pipelines.record import tables
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.replies.mailboxes.memory import MemoryMailbox
from gtm_pipelines.replies.service import ReplyService
from tests.calendar_parts import google_mail
from tests.integration.replies.world import OWN, RECEIVED_AT, SentWorld, mail

ANN = "ann@client.test"
COLLEAGUE = "bob@client.test"


@pytest.fixture
def invited(sent: SentWorld, replies: ReplyService, mailbox: MemoryMailbox) -> str:
    """Somebody who has answered and been sent an invitation; the id of the mail that carries it."""
    sent.message(ANN)
    mailbox.deliver(mail("Please send an invite.", in_reply_to=sent.rfc(ANN)), RECEIVED_AT)
    replies.collect()
    return sent.answer(ANN, FIRST_ANSWER)


def uid(sent: SentWorld, message: str, first: int = FIRST_ANSWER) -> str:
    row = sent.row(tables.message, message)
    key = conversation_key(sent.record.workspace_id, row.campaign_id, row.contact_id)
    return f"{entry_name(key, first)}@sender.test"


def collected(replies: ReplyService, mailbox: MemoryMailbox, raw: bytes) -> tuple[str, str | None, str]:
    mailbox.deliver(raw, RECEIVED_AT.replace(hour=15))
    replies.collect()
    latest = replies.page()[0]
    return latest.attribution, latest.message_id, latest.cls


def test_an_accepted_invitation_finds_its_mail_by_uid_and_books_the_meeting(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, invited: str
) -> None:
    found = collected(replies, mailbox, google_mail(uid=uid(sent, invited)))
    assert found == ("calendar", invited, "meeting_booked")
    assert sent.row(tables.message, invited).outcome == "replied"
    [conversation] = sent.rows(tables.conversation)
    assert (conversation.state, conversation.last_class) == ("scheduling", "meeting_booked")
    assert sent.contact_of(invited).last_reply_class == "meeting_booked"
    latest = replies.page()[0]
    assert (latest.handled_at, latest.text, latest.conversation_id) == (None, "", conversation.id)
    assert sent.suppressed() == {}


def test_whoever_was_handed_the_invitation_answers_it_by_uid_alone(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, invited: str
) -> None:
    assert collected(replies, mailbox, google_mail(uid=uid(sent, invited), who=COLLEAGUE))[:2] == ("calendar", invited)


@pytest.mark.parametrize("forged", ["0" * 32, "2sfjkg3asr2hofgcgfsi51ks84", ""])
def test_a_forged_uid_finds_nothing_even_from_the_invited(
    forged: str, replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, invited: str
) -> None:
    found = collected(replies, mailbox, google_mail(uid=f"{forged}@sender.test"))
    assert found[:2] == ("none", None)
    assert sent.row(tables.message, invited).outcome is None


def test_a_uid_of_an_answer_that_has_not_left_finds_nothing(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, invited: str
) -> None:
    queued = sent.answer(ANN, FIRST_ANSWER + 1, state="queued")
    assert collected(replies, mailbox, google_mail(uid=uid(sent, queued, FIRST_ANSWER + 1)))[:2] == ("none", None)


def test_the_thread_comes_before_the_uid(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, invited: str) -> None:
    raw = b"In-Reply-To: " + sent.rfc(ANN).encode() + b"\r\n" + google_mail(uid=uid(sent, invited))
    attribution, message, cls = collected(replies, mailbox, raw)
    assert (attribution, cls) == ("in_reply_to", "meeting_booked")
    assert message != invited


def test_an_answer_to_a_moved_entry_is_of_the_mail_that_moved_it(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, invited: str
) -> None:
    moved = sent.answer(ANN, FIRST_ANSWER + 2)
    for number, expected in (("2", moved), ("1", invited), ("0", invited)):
        raw = google_mail(uid=uid(sent, invited), sequence=int(number))
        assert collected(replies, mailbox, raw.replace(b"answer-1", b"answer-" + number.encode()))[1] == expected


def test_a_declined_time_waits_for_a_person_and_books_nothing(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, invited: str
) -> None:
    assert collected(replies, mailbox, google_mail("DECLINED", uid=uid(sent, invited)))[2] == "other"
    assert "say what it means" in replies.page(unsure=True)[0].class_reason
    assert sent.suppressed() == {}


def test_a_note_that_asks_out_suppresses_whoever_wrote_it_and_whom_we_wrote_to(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, invited: str
) -> None:
    raw = google_mail("DECLINED", uid=uid(sent, invited), who=COLLEAGUE, note="Please remove me from your mailing list")
    assert collected(replies, mailbox, raw)[2] == "unsubscribe"
    assert set(sent.suppressed()) == {ANN, COLLEAGUE}


def test_our_own_copy_of_an_answer_answers_nothing(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, invited: str
) -> None:
    mailbox.deliver(google_mail(uid=uid(sent, invited), who=OWN), RECEIVED_AT)
    assert replies.collect().own_copies == 1
