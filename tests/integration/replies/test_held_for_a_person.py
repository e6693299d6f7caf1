"""Whoever may ask to be left alone is written to no more until a person has said what the answer is."""

from __future__ import annotations

from gtm_pipelines.record import suppressions
from gtm_pipelines.replies.mailboxes.memory import MemoryMailbox
from gtm_pipelines.replies.service import ReplyService
from tests.integration.replies.world import RECEIVED_AT, SentWorld, mail

DOUBTFUL = "Take me off the call invite please, Ivan will join in my place."


def test_a_doubtful_answer_holds_the_person_and_waits_in_the_queue(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld
) -> None:
    sent.message("ann@client.test")
    mailbox.deliver(mail(DOUBTFUL, in_reply_to=sent.rfc("ann@client.test"), from_="ann@home.test"), RECEIVED_AT)

    replies.collect()

    [waiting] = replies.page(unsure=True)
    assert waiting.class_reason.startswith("May ask to be left alone")
    assert sent.suppressed() == {"ann@client.test": suppressions.HELD, "ann@home.test": suppressions.HELD}


def test_a_persons_word_lets_go_or_suppresses_for_good(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    for address in ("ann@client.test", "ben@client.test"):
        sent.message(address)
        mailbox.deliver(mail(DOUBTFUL, in_reply_to=sent.rfc(address), from_=address), RECEIVED_AT)
    replies.collect()
    by_address = {one.from_address: one.id for one in replies.page(unsure=True)}

    replies.reclassify(by_address["ann@client.test"], "meeting_booked", by="person:t")
    replies.reclassify(by_address["ben@client.test"], "unsubscribe", by="person:t")

    assert sent.suppressed() == {"ben@client.test": "unsubscribed"}
    assert replies.page(unsure=True) == []


def test_of_two_doubtful_answers_both_must_be_settled(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    sent.message("ann@client.test")
    for words in (DOUBTFUL, f"Again: {DOUBTFUL}"):
        mailbox.deliver(mail(words, in_reply_to=sent.rfc("ann@client.test"), from_="ann@client.test"), RECEIVED_AT)
    replies.collect()
    first, second = (one.id for one in reversed(replies.page(unsure=True)))

    replies.reclassify(first, "meeting_booked", by="person:t")
    assert sent.suppressed() == {"ann@client.test": suppressions.HELD}

    replies.reclassify(second, "meeting_booked", by="person:t")
    assert sent.suppressed() == {}


def test_a_plain_wish_after_a_doubtful_one_is_for_good(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    sent.message("ann@client.test")
    for words in (DOUBTFUL, "Unsubscribe me, please."):
        mailbox.deliver(mail(words, in_reply_to=sent.rfc("ann@client.test"), from_="ann@client.test"), RECEIVED_AT)
    replies.collect()
    [waiting] = replies.page(unsure=True)

    replies.reclassify(waiting.id, "meeting_booked", by="person:t")

    assert sent.suppressed() == {"ann@client.test": "unsubscribed"}
