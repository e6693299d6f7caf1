"""An answer moves its conversation on, and stops or rests the sequence it answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from gtm_pipelines.record import enrolments, tables
from gtm_pipelines.record.conversations import events
from gtm_pipelines.replies.mailboxes.memory import MemoryMailbox
from gtm_pipelines.replies.service import ReplyService
from tests.integration.replies.world import RECEIVED_AT, SENT_AT, SentWorld, dsn, mail

TO = "ann@client.test"


@pytest.fixture
def enrolled(sent: SentWorld) -> str:
    """Return a message whose recipient has further mails of the sequence to come."""
    message = sent.message(TO)
    with sent.record.write() as connection:
        targets = connection.execute(sa.select(tables.target)).mappings().all()
        rows = [dict(row) | {"company_id": None} for row in targets]
        enrolments.enrol(connection, sent.record.workspace_id, rows, SENT_AT)
    return message


def standing(sent: SentWorld) -> tuple[str, str | None, datetime | None]:
    [row] = sent.rows(tables.enrolment)
    return row.status, row.reason, row.paused_until


@pytest.mark.parametrize(
    ("words", "state", "reason"),
    [
        ("Sounds good, let's talk on Friday.", "scheduling", "replied"),
        ("How much does it cost?", "qualifying", "replied"),
        ("This is too expensive for us.", "objection_handling", "replied"),
        ("Напишите мне в сентябре.", "nurture", "replied"),
        ("Спасибо, нам это не интересно", "closed", "replied"),
        ("Please remove me from your list.", "closed", "unsubscribed"),
        ("I've just booked a slot on your calendar for Tuesday.", "scheduling", "meeting"),
        ("Please contact my colleague Ann Lee.", "qualifying", "replied"),
    ],
)
def test_an_answer_leads_on_and_ends_the_sequence(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, enrolled: str, words: str, state: str, reason: str
) -> None:
    mailbox.deliver(mail(words, in_reply_to=sent.rfc(TO)), RECEIVED_AT)
    replies.collect()

    [conversation] = sent.rows(tables.conversation)
    assert conversation.state == state
    assert [(e.from_state, e.to_state) for e in events(sent.record, conversation.id)] == [
        ("initial_outreach", "awaiting_response"),
        ("awaiting_response", state),
    ]
    assert standing(sent)[:2] == ("stopped", reason)


def test_an_absence_rests_the_sequence_until_the_return(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, enrolled: str
) -> None:
    far = "I am out of the office until 20 March 2031."  # five years ahead is no absence that anybody plans
    mailbox.deliver(mail(far, in_reply_to=sent.rfc(TO), auto_submitted="auto-replied"), RECEIVED_AT)
    replies.collect()
    assert standing(sent)[:2] == ("active", None)

    near = RECEIVED_AT + timedelta(days=20)
    words = f"I am out of the office until {near:%d %B %Y}."
    mailbox.deliver(mail(words, in_reply_to=sent.rfc(TO), auto_submitted="auto-replied"), RECEIVED_AT)
    replies.collect()

    assert standing(sent) == ("paused", "out_of_office", datetime(near.year, near.month, near.day, tzinfo=UTC))
    assert sent.rows(tables.inbound_message)[-1].return_at is not None
    assert not sent.rows(tables.conversation)


def test_whoever_left_the_company_gets_no_further_mail(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, enrolled: str
) -> None:
    words = "Ann no longer works at Client. Please write to info@client.test"
    mailbox.deliver(mail(words, in_reply_to=sent.rfc(TO), auto_submitted="auto-replied"), RECEIVED_AT)
    replies.collect()

    assert standing(sent)[0] == "stopped"


@pytest.mark.parametrize(("status", "action", "stands"), [("5.1.1", "failed", "stopped"), ("4.4.1", "delayed", "active")])
def test_a_bounce_ends_the_sequence_and_a_delay_does_not(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, enrolled: str, status: str, action: str, stands: str
) -> None:
    mailbox.deliver(dsn(TO, status=status, action=action, original_id=sent.rfc(TO)), RECEIVED_AT)
    replies.collect()

    assert standing(sent)[0] == stands


def test_a_later_answer_leads_further_and_an_earlier_one_changes_nothing(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, enrolled: str
) -> None:
    for words, day in (("How much does it cost?", 1), ("Sounds good, let's talk on Friday.", 3), ("It is too expensive.", 2)):
        mailbox.deliver(mail(words, in_reply_to=sent.rfc(TO)), RECEIVED_AT + timedelta(days=day))
    replies.collect()

    [conversation] = sent.rows(tables.conversation)
    assert conversation.state == "scheduling"
    assert [e.to_state for e in events(sent.record, conversation.id)] == ["awaiting_response", "qualifying", "scheduling"]


def test_what_they_tell_of_themselves_is_kept_as_facts_with_their_words(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, enrolled: str
) -> None:
    words = "Interesting. Our budget is around $20,000. We will decide in September. It's not my call."
    mailbox.deliver(mail(words, in_reply_to=sent.rfc(TO)), RECEIVED_AT)
    replies.collect()
    [stored] = replies.page()
    replies.reclassify(stored.id, "information_request", "person:olga")

    told = {row.field: (row.value, row.evidence) for row in sent.rows(tables.fact)}
    assert told == {
        "budget": ("$20,000", "Our budget is around $20,000."),
        "timeline": ("2026-09-01", "We will decide in September."),
        "decision_maker": ("no", "It's not my call."),
    }
    assert len(sent.rows(tables.fact)) == 3
