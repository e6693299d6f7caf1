"""Whoever has written gets nothing automatic until a person has dealt with what they wrote."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.record import handling
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.handling import Writer
from gtm_pipelines.record.tables import contact, conversation, inbound_message
from gtm_pipelines.replies.mailboxes.memory import MemoryMailbox
from gtm_pipelines.replies.service import ReplyService
from tests.integration.replies.world import RECEIVED_AT, SentWorld, mail

ANN = "ann@client.test"


def wrote(world: SentWorld, mailbox: MemoryMailbox, text: str, *, from_: str = ANN, days: int = 0, **headers: str) -> None:
    mailbox.deliver(mail(text, in_reply_to=world.rfc(ANN), from_=from_, **headers), RECEIVED_AT + timedelta(days=days))


def waits(record: Record, *people: Writer) -> list[bool]:
    with record.read() as connection:
        return handling.waiting(connection, record.workspace_id, people)


@pytest.mark.parametrize(
    "text",
    ["Sounds good, tell me more.", "Not for us, thanks.", "Do I look like I need this?", "Hm.", "I am away until Monday."],
)
def test_nothing_that_a_person_may_have_written_goes_by(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, text: str
) -> None:
    ann = sent.contact_of(sent.message(ANN)).id
    wrote(sent, mailbox, text, from_="ann@home.test")
    replies.collect()

    people = Writer(ann, ANN), Writer("somebody else", "ann@home.test"), Writer("another", "ben@client.test")
    assert waits(sent.record, *people) == [True, True, False]


@pytest.mark.parametrize("header", [{"auto_submitted": "auto-replied"}, {"subject": "Automatic reply: Quick question"}])
def test_what_a_machine_provably_wrote_holds_nobody(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, header: dict[str, str]
) -> None:
    ann = sent.contact_of(sent.message(ANN)).id
    wrote(sent, mailbox, "I am away until Monday.", **header)
    replies.collect()

    assert [one.cls for one in replies.page()] == ["auto_reply"]
    assert waits(sent.record, Writer(ann, ANN)) == [False]


def test_what_only_sounds_like_a_machine_waits_for_a_persons_word(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld
) -> None:
    ann = sent.contact_of(sent.message(ANN)).id
    wrote(sent, mailbox, "I am away until Monday. Next time ask before you write to people.")
    replies.collect()
    [waiting] = replies.page(unsure=True)

    replies.reclassify(waiting.id, "unsubscribe", by="person:t")

    assert sent.suppressed() == {ANN: "unsubscribed"}
    assert waits(sent.record, Writer(ann, ANN)) == [False]


def test_a_plain_wish_is_suppressed_and_needs_no_person(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    ann = sent.contact_of(sent.message(ANN)).id
    wrote(sent, mailbox, "Unsubscribe me, please.")
    replies.collect()

    assert sent.suppressed() == {ANN: "unsubscribed"}
    assert waits(sent.record, Writer(ann, ANN)) == [False]


def test_of_two_answers_both_must_be_dealt_with(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    ann = Writer(sent.contact_of(sent.message(ANN)).id, ANN)
    wrote(sent, mailbox, "How much is it?")
    wrote(sent, mailbox, "And how long does it take?", days=1)
    replies.collect()
    second, first = (one.id for one in replies.page())

    replies.reclassify(first, "information_request", by="person:t")
    assert waits(sent.record, ann) == [True]

    replies.reclassify(second, "information_request", by="person:t")
    assert waits(sent.record, ann) == [False]


def test_whoever_is_the_same_person_waits_too(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    ann, twin = (sent.contact_of(sent.message(address)).id for address in (ANN, "a.lee@client.test"))
    wrote(sent, mailbox, "How much is it?")
    replies.collect()
    with sent.record.write() as connection:
        connection.execute(sa.update(contact).where(contact.c.id == ann).values(merged_into=twin))

    assert waits(sent.record, Writer(twin, "a.lee@client.test")) == [True]


def test_closing_the_conversation_deals_with_all_of_it(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, clock: VirtualClock
) -> None:
    ann = Writer(sent.contact_of(sent.message(ANN)).id, ANN)
    wrote(sent, mailbox, "Not for us, thanks.")
    replies.collect()
    with sent.record.write() as connection:
        [talk] = connection.execute(sa.select(conversation.c.id)).scalars()
        handling.close(connection, sent.record.workspace_id, talk, at=clock.now())

    assert waits(sent.record, ann) == [False]


def test_an_approved_answer_deals_with_what_came_before_and_not_with_what_came_after(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, clock: VirtualClock
) -> None:
    sent.message(ANN)
    for day, text in enumerate(("How much is it?", "And how long does it take?", "Wait, one more question?")):
        wrote(sent, mailbox, text, days=day)
    replies.collect()
    third, second, first = (one.id for one in replies.page())
    with sent.record.write() as connection:
        handling.answer(connection, sent.record.workspace_id, [second], at=clock.now())
        open_ = inbound_message.c.handled_at.is_(None)
        left = list(connection.execute(sa.select(inbound_message.c.id).where(open_)).scalars())

    assert left == [third]
    assert first != third
