"""What comes back is stored once, belongs to the right message and has its effects."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.tokens import Tokens
from gtm_pipelines.errors import ConflictError, GtmError, InputError, NotFoundError, TransientError
from gtm_pipelines.record import tables
from gtm_pipelines.record.engine import Record, open_record
from gtm_pipelines.replies.mailboxes.memory import MemoryMailbox
from gtm_pipelines.replies.model import Collector, Cursor
from gtm_pipelines.replies.service import ReplyService
from tests.integration.replies.world import OWN, RECEIVED_AT, SentWorld, dsn, mail
from tests.parts import corpora

REFUSALS = {
    "sqlite": (
        "CREATE TRIGGER refusing BEFORE INSERT ON inbound_message WHEN NEW.subject = 'refused' "
        "BEGIN SELECT RAISE(ABORT, 'refused'); END",
        "DROP TRIGGER refusing",
    ),
    "postgresql": (
        "ALTER TABLE inbound_message ADD CONSTRAINT refusing CHECK (subject <> 'refused')",
        "ALTER TABLE inbound_message DROP CONSTRAINT refusing",
    ),
}
"""What makes an engine refuse one mail, and what takes that back."""


def test_a_human_reply_is_counted_on_its_message(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    message = sent.message("ann@client.test")
    mailbox.deliver(mail("Sounds good, let's talk on Friday.\n", in_reply_to=sent.rfc("ann@client.test")), RECEIVED_AT)

    report = replies.collect()

    assert (report.new, report.attributed, report.unmatched, dict(report.by_class)) == (1, 1, 0, {"positive": 1})
    row = sent.row(tables.message, message)
    assert (row.outcome, row.outcome_at, row.state) == ("replied", RECEIVED_AT, "sent")
    assert sent.events(message) == ["replied"]
    contact = sent.contact_of(message)
    assert (contact.campaign_status, contact.last_reply_class) == ("replied", "positive")
    [conversation] = sent.rows(tables.conversation)
    assert (conversation.state, conversation.last_class) == ("scheduling", "positive")
    [view] = replies.page(campaign="spring", cls="positive")
    assert (view.message_id, view.campaign_name, view.conversation_id) == (message, "spring", conversation.id)


def test_collecting_twice_counts_once(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    message = sent.message("ann@client.test")
    mailbox.deliver(mail("Please remove me", in_reply_to=sent.rfc("ann@client.test")), RECEIVED_AT)

    first, second = replies.collect(), replies.collect()

    assert (first.new, second.fetched, second.new) == (1, 0, 0)
    assert sent.events(message) == ["replied", "unsubscribed"]


def test_a_change_of_uidvalidity_reads_all_again_and_doubles_nothing(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld
) -> None:
    message = sent.message("ann@client.test")
    for _ in range(5):
        mailbox.deliver(mail("Yes please", in_reply_to=sent.rfc("ann@client.test")), RECEIVED_AT)
    replies.collect()
    mailbox.uidvalidity = 77
    mailbox.deliver(mail("One more: yes", in_reply_to=sent.rfc("ann@client.test")), RECEIVED_AT)

    again = replies.collect()

    assert (again.fetched, again.new) == (6, 1)
    assert len(sent.rows(tables.inbound_message)) == 6
    assert len(sent.events(message)) == 6
    assert replies.collect().fetched == 0


def test_the_same_mail_in_two_folders_is_stored_once(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    sent.message("ann@client.test")
    raw = mail("Tell me more", in_reply_to=sent.rfc("ann@client.test"))
    mailbox.deliver(raw, RECEIVED_AT)
    mailbox.deliver(b"X-Label: all\r\n" + raw.replace(b"\n", b"\r\n"), RECEIVED_AT, folder="All Mail")

    assert (replies.collect().new, len(sent.rows(tables.inbound_message))) == (1, 1)


def test_two_collections_at_once_count_once(record: Record, clock: VirtualClock, sent: SentWorld, database_url: str) -> None:
    sent.message("ann@client.test")
    mailbox = MemoryMailbox()
    for number in range(30):
        mailbox.deliver(mail(f"Please remove me, {number}", in_reply_to=sent.rfc("ann@client.test")), RECEIVED_AT)
    records = [open_record(database_url, "default") for _ in range(2)]
    gate = threading.Barrier(2)
    new: list[int] = []

    def collect(own: Record) -> None:
        service = ReplyService(own, clock, {"anna": Collector("anna", OWN, lambda: mailbox)})
        gate.wait()
        new.append(service.collect().new)

    threads = [threading.Thread(target=collect, args=(r,)) for r in records]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for opened in records:
        opened.close()

    assert sum(new) == 30
    assert len(sent.rows(tables.inbound_message)) == 30
    assert len(sent.rows(tables.message_event)) == 60


def test_a_death_between_reading_and_commit_loses_nothing(
    replies: ReplyService, record: Record, clock: VirtualClock, mailbox: MemoryMailbox, sent: SentWorld
) -> None:
    sent.message("ann@client.test")
    for number in range(4):
        mailbox.deliver(mail(f"Yes, {number}", in_reply_to=sent.rfc("ann@client.test")), RECEIVED_AT)

    class DyingMailbox(MemoryMailbox):
        def fetch(self, cursor: Cursor):  # type: ignore[no-untyped-def]
            for number, raw in enumerate(mailbox.fetch(cursor)):
                if number == 2:
                    raise KeyboardInterrupt
                yield raw

    dying = ReplyService(record, clock, {"anna": Collector("anna", OWN, DyingMailbox)})
    with pytest.raises(KeyboardInterrupt):
        dying.collect()
    assert len(sent.rows(tables.inbound_message)) == 2

    assert replies.collect().new == 2
    assert len(sent.rows(tables.inbound_message)) == 4


def test_a_mail_the_record_refuses_keeps_back_none_before_it_and_loses_none_after_it(
    replies: ReplyService, record: Record, mailbox: MemoryMailbox, sent: SentWorld
) -> None:
    for subject in ("one", "two", "refused", "four"):
        mailbox.deliver(mail("Hm.", subject=subject), RECEIVED_AT)
    refuse, allow = REFUSALS[record.engine.dialect.name]
    with record.write() as connection:
        connection.exec_driver_sql(refuse)
    with pytest.raises(sa.exc.DBAPIError):
        replies.collect()
    assert sorted(row.subject for row in sent.rows(tables.inbound_message)) == ["one", "two"]
    with record.write() as connection:
        connection.exec_driver_sql(allow)

    assert replies.collect().new == 2
    assert sorted(row.subject for row in sent.rows(tables.inbound_message)) == ["four", "one", "refused", "two"]


def test_a_hard_bounce_closes_the_address(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    message = sent.message("gone@bad.test")
    mailbox.deliver(dsn("gone@bad.test", status="5.1.1", original_id=sent.rfc("gone@bad.test")), RECEIVED_AT)

    report = replies.collect()

    assert report.by_class == {"bounce_hard": 1}
    assert replies.page()[0].attribution == "embedded"
    assert sent.row(tables.message, message).outcome == "bounced_hard"
    assert sent.events(message) == ["bounced_hard"]
    assert sent.suppressed() == {"gone@bad.test": "bounced"}
    assert sent.contact_of(message).campaign_status == "bounced"
    assert sent.rows(tables.conversation) == []


def test_a_report_with_a_4xx_status_is_a_soft_bounce_and_suppresses_nobody(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld
) -> None:
    message = sent.message("full@soft.test")
    mailbox.deliver(dsn("full@soft.test", status="4.2.2", original_id=sent.rfc("full@soft.test")), RECEIVED_AT)

    replies.collect()

    assert sent.row(tables.message, message).outcome == "bounced_soft"
    assert sent.suppressed() == {}


def test_a_delay_is_no_bounce(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    message = sent.message("slow@soft.test")
    late = dsn("slow@soft.test", status="4.4.1", action="delayed", original_id=sent.rfc("slow@soft.test"))
    mailbox.deliver(late, RECEIVED_AT)

    report = replies.collect()

    assert report.by_class == {"auto_reply": 1}
    assert (sent.row(tables.message, message).outcome, sent.events(message)) == (None, [])


def test_a_bounce_without_the_original_finds_its_message_by_a_unique_recipient(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld
) -> None:
    message = sent.message("gone@bad.test")
    sent.message("twice@bad.test")
    sent.message("twice@bad.test", campaign_id=sent.second_campaign())
    mailbox.deliver(dsn("gone@bad.test", status="5.1.1"), RECEIVED_AT)
    mailbox.deliver(dsn("twice@bad.test", status="5.1.1"), RECEIVED_AT)

    replies.collect()

    assert [v.message_id for v in replies.page(attribution="recipient")] == [message]
    assert [v.bounced_recipient for v in replies.unmatched()] == ["twice@bad.test"]


def test_a_sender_alone_attributes_nothing(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    message = sent.message("ann@client.test")
    mailbox.deliver(mail("Sounds good", from_="ann@client.test"), RECEIVED_AT)

    assert replies.collect().unmatched == 1
    assert sent.row(tables.message, message).outcome is None


def test_references_count_where_in_reply_to_is_strange(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    message = sent.message("ann@client.test")
    references = f"<older@x.test> {sent.rfc('ann@client.test')} <newer@x.test>"
    mailbox.deliver(mail("Sure", in_reply_to="<unheard@of.test>", references=references), RECEIVED_AT)

    replies.collect()

    assert [(v.message_id, v.attribution) for v in replies.page()] == [(message, "references")]


def test_own_copies_are_kept_apart(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    message = sent.message("ann@client.test")
    mailbox.deliver(mail("Hi", from_=OWN, to="ann@client.test", message_id=sent.rfc("ann@client.test")), RECEIVED_AT)

    report = replies.collect()

    assert (report.own_copies, report.unmatched, dict(report.by_class)) == (1, 0, {})
    assert (sent.events(message), replies.page()) == ([], [])


def test_an_unsubscribe_that_matches_no_message_still_counts(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld
) -> None:
    sent.message("ann@client.test")
    mailbox.deliver(mail("", subject="unsubscribe", from_="ann@client.test"), RECEIVED_AT)

    replies.collect()

    assert sent.suppressed() == {"ann@client.test": "unsubscribed"}
    assert [v.cls for v in replies.unmatched()] == ["unsubscribe"]


def test_the_token_of_our_unsubscribe_address_names_the_message(
    record: Record, clock: VirtualClock, mailbox: MemoryMailbox, sent: SentWorld, home: Path
) -> None:
    message = sent.message("ann@client.test")
    tokens = Tokens(home)
    readers = {tokens.make(message): message}
    service = ReplyService(record, clock, {"anna": Collector("anna", OWN, lambda: mailbox)}, read_token=readers.get)
    mailbox.deliver(mail("", subject=f"unsubscribe {tokens.make(message)}", from_="private@home.test"), RECEIVED_AT)
    mailbox.deliver(mail("", subject="unsubscribe forged-token-value", from_="other@home.test"), RECEIVED_AT)

    service.collect()

    assert [v.attribution for v in service.page(campaign="spring")] == ["unsubscribe_link"]
    assert sent.events(message) == ["replied", "unsubscribed"]
    assert set(sent.suppressed()) == {"ann@client.test", "private@home.test", "other@home.test"}
    assert len(service.unmatched()) == 1


def test_a_persons_answer_outweighs_a_bounce_whatever_comes_first(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld
) -> None:
    message = sent.message("ann@client.test")
    mailbox.deliver(mail("Yes", in_reply_to=sent.rfc("ann@client.test")), RECEIVED_AT)
    mailbox.deliver(dsn("ann@client.test", status="4.2.2", original_id=sent.rfc("ann@client.test")), RECEIVED_AT)

    replies.collect()

    assert sent.row(tables.message, message).outcome == "replied"


def test_an_out_of_office_answer_is_no_reply(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    message = sent.message("ooo@client.test")
    away = mail("Я в отпуске до 12 марта.", in_reply_to=sent.rfc("ooo@client.test"), auto_submitted="auto-replied (vacation)")
    mailbox.deliver(away, RECEIVED_AT)

    replies.collect()

    assert sent.row(tables.message, message).outcome is None
    assert sent.events(message) == ["auto_replied"]
    assert "back on 2026-03-12" in replies.page()[0].class_reason


@pytest.mark.parametrize("proof", ["bounce", "reply", "own copy", "sent folder"])
def test_an_unknown_message_is_settled_by_what_proves_it_left(
    proof: str, replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld
) -> None:
    message = sent.message("ann@client.test", state="unknown")
    other = sent.message("bob@client.test", state="unknown")
    rfc_id = sent.rfc("ann@client.test")
    if proof == "bounce":
        mailbox.deliver(dsn("ann@client.test", status="5.1.1", original_id=rfc_id), RECEIVED_AT)
    elif proof == "reply":
        mailbox.deliver(mail("Sure", in_reply_to=rfc_id), RECEIVED_AT)
    elif proof == "own copy":
        mailbox.deliver(mail("Hi", from_=OWN, message_id=rfc_id), RECEIVED_AT)
    else:
        mailbox.deliver(mail("Hi", from_=OWN, message_id=rfc_id), RECEIVED_AT, folder="Sent")

    replies.collect()

    row = sent.row(tables.message, message)
    assert (row.state, row.sent_at) == ("reconciled", row.handed_at)
    assert "reconciled" in sent.events(message)
    assert sent.contact_of(message).last_outreach_at == row.handed_at
    assert sent.row(tables.message, other).state == "unknown"


def test_a_person_assigns_what_matched_nothing(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    message = sent.message("ann@client.test")
    mailbox.deliver(mail("Sounds good", from_="assistant@client.test"), RECEIVED_AT)
    replies.collect()
    [waiting] = replies.unmatched()

    view = replies.assign(waiting.id, message, "person:olga")

    assert (view.attribution, view.message_id, view.campaign_name) == ("person", message, "spring")
    assert sent.row(tables.message, message).outcome == "replied"
    assert replies.unmatched() == []
    assert [(a.action, a.actor) for a in sent.rows(tables.audit_event)] == [("reply.assign", "person:olga")]
    with pytest.raises(ConflictError, match="no longer in the queue"):
        replies.assign(waiting.id, message, "person:olga")


def test_a_person_puts_a_class_right(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld) -> None:
    message = sent.message("ann@client.test")
    mailbox.deliver(mail("Hmm.", in_reply_to=sent.rfc("ann@client.test")), RECEIVED_AT)
    replies.collect()
    [view] = replies.page()
    assert view.cls == "other"

    changed = replies.reclassify(view.id, "unsubscribe", "person:olga")

    assert (changed.cls, changed.confidence) == ("unsubscribe", 1.0)
    assert sent.suppressed() == {"ann@client.test": "unsubscribed"}
    assert replies.reclassify(view.id, "auto_reply", "person:olga").cls == "auto_reply"
    assert sent.row(tables.message, message).outcome is None
    replies.reclassify(view.id, "bounce_soft", "person:olga")
    assert sent.row(tables.message, message).outcome == "bounced_soft"
    replies.reclassify(view.id, "other", "person:olga")
    assert sent.row(tables.message, message).outcome == "replied"
    with pytest.raises(InputError, match="Choose one of"):
        replies.reclassify(view.id, "nice", "person:olga")
    with pytest.raises(NotFoundError):
        replies.get("nothing")


def test_a_mailbox_that_fails_is_named_and_does_not_stop_the_others(
    record: Record, clock: VirtualClock, mailbox: MemoryMailbox, sent: SentWorld
) -> None:
    class DeafMailbox(MemoryMailbox):
        def fetch(self, cursor: Cursor):  # type: ignore[no-untyped-def]
            raise TransientError("The IMAP server did not answer.")

    deaf = Collector("ben", "ben@sender.test", DeafMailbox)
    service = ReplyService(record, clock, {"ben": deaf, "anna": Collector("anna", OWN, lambda: mailbox)})
    mailbox.deliver(mail("Yes"), RECEIVED_AT)

    report = service.collect()

    assert (report.new, [(f.mailbox, f.code) for f in report.failures]) == (1, [("ben", "transient")])
    with pytest.raises(GtmError, match="did not answer"):
        service.collect(mailboxes=["ben"])
    with pytest.raises(InputError, match="No mailbox called 'carl'"):
        service.collect(mailboxes=["carl"])


def test_every_odd_mail_is_stored(replies: ReplyService, mailbox: MemoryMailbox, record: Record) -> None:
    mails = {f.read_bytes() for f in sorted(corpora("mime-torture").rglob("*")) if f.is_file()}
    mails |= {b"", b"\x00" * 100, b"\xff\xfe: \x00\n\n\x00", b"Subject: =?utf-8?b?////?=\n\n\xed\xa0\x80"}
    for raw in sorted(mails):
        mailbox.deliver(raw, RECEIVED_AT)

    report = replies.collect()

    kept = replies.page(limit=1000) + replies.page(attribution="own_copy", limit=1000)
    assert report.fetched == len(mails) > 100
    assert len(kept) == report.new
    assert {replies.source(v.id).replace(b"\r\n", b"\n") for v in kept} == {m.replace(b"\r\n", b"\n") for m in mails}
