"""From an approved draft to the provider's yes: once, under every rule, on both engines."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.model import content_hash, mailbox_policy
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.model import Outgoing, SendResult
from gtm_pipelines.delivery.senders.memory import ACCEPTED, MemorySender
from gtm_pipelines.errors import ConflictError, NotFoundError, PolicyError
from gtm_pipelines.record.tables import audit_event, contact, decision, draft, message, target
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import make_campaign
from tests.delivery_parts import approved, change, events, released, rows, service, states, with_mailboxes


def test_an_approved_draft_is_sent_once_however_often_it_is_asked_for(workbench: Workbench) -> None:
    released(workbench, 5)
    sender = MemorySender()
    delivery = service(workbench, sender)
    assert delivery.queue("spring").queued == 5
    assert (delivery.queue("spring").queued, delivery.queue("spring").existing) == (0, 5)
    first, second = delivery.send("spring"), delivery.send()
    assert (first.sent, first.waiting, second.sent) == (5, 0, 0)
    assert len({mail.rfc_message_id for mail in sender.accepted}) == len(sender.accepted) == 5
    assert set(states(workbench.record)) == {"sent"}
    assert (events(workbench.record, "queued"), events(workbench.record, "sent")) == (5, 5)
    with workbench.record.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(contact.c.last_outreach_at == workbench.clock.now())) == 5


def test_the_bytes_that_leave_are_those_that_were_approved(workbench: Workbench) -> None:
    released(workbench, 1)
    sender = MemorySender()
    service(workbench, sender).queue("spring")
    service(workbench, sender).send()
    [mail], [row] = sender.accepted, rows(workbench.record)
    parsed = message_from_bytes(mail.content, policy=policy.default)
    assert parsed["Subject"] == row["subject"]
    assert parsed.get_content().replace("\r\n", "\n").rstrip() == row["body"].rstrip()
    assert parsed["Message-ID"] == row["rfc_message_id"]


def test_nothing_is_queued_or_sent_before_a_person_releases_it(workbench: Workbench) -> None:
    approved(workbench, 2)
    for act in (workbench.delivery.queue, workbench.delivery.send):
        with pytest.raises(PolicyError) as refusal:
            act("spring")
        assert refusal.value.rule == "campaign.not_released"
    assert rows(workbench.record) == []


def test_a_held_campaign_sends_nothing_more(workbench: Workbench) -> None:
    released(workbench, 2)
    sender = MemorySender()
    service(workbench, sender).queue("spring")
    workbench.campaigns.advance("spring", "ready", by="person:anna")
    report = service(workbench, sender).send()
    assert (report.sent, report.held) == (0, {"campaign.not_released": 2})
    assert sender.accepted == []


@pytest.mark.parametrize(
    ("kind", "value"), [("address", "P0@FIRM0.example"), ("domain", "firm0.example"), ("domain", "example"), ("company", "")]
)
def test_a_suppression_after_queueing_stops_the_message(workbench: Workbench, kind: str, value: str) -> None:
    released(workbench, 1)
    sender = MemorySender()
    service(workbench, sender).queue("spring")
    with workbench.record.read() as connection:
        company = connection.scalar(sa.select(target.c.company_id))
    workbench.suppressions.add(kind, value or str(company), reason="asked", source="test")
    assert service(workbench, sender).send().refused == 1
    assert sender.accepted == []
    assert rows(workbench.record)[0]["last_error"].startswith(f"suppressed.{kind}:")
    assert service(workbench, sender).queue("spring").queued == 0


def test_a_suppressed_person_never_gets_a_message(workbench: Workbench) -> None:
    released(workbench, 2)
    workbench.suppressions.add("address", "p0@firm0.example", reason="asked", source="test")
    report = workbench.delivery.queue("spring")
    assert (report.queued, report.stopped) == (1, {"suppressed.address": 1})


@pytest.mark.parametrize("tampering", ["subject", "body", "recipient", "draft", "mailbox"])
def test_what_is_not_what_was_approved_stays_here(workbench: Workbench, tampering: str) -> None:
    released(workbench, 1)
    sender = MemorySender()
    service(workbench, sender).queue("spring")
    if tampering == "draft":
        with workbench.record.write() as connection:
            connection.execute(sa.update(draft).values(content_hash="0" * 64))
    elif tampering != "mailbox":
        change(workbench.record, **{tampering: rows(workbench.record)[0][tampering] + "x"})
    changed = {"display_name": "Somebody else"} if tampering == "mailbox" else {}
    with with_mailboxes(workbench, **changed) as bench:
        report = service(bench, sender).send()
    assert (report.refused, sender.accepted) == (1, [])
    assert rows(workbench.record)[0]["last_error"].startswith("approval.void")


def test_a_text_without_the_postal_address_stays_here(workbench: Workbench) -> None:
    released(workbench, 1)
    with with_mailboxes(workbench, postal_address="Elsewhere 7") as bench:
        assert bench.delivery.queue("spring").stopped == {"postal_address.missing": 1}
        assert bench.delivery.plan("spring").stopped == {"postal_address.missing": 1}


def test_a_message_that_was_voided_leaves_after_a_new_approval_under_its_old_name(workbench: Workbench) -> None:
    released(workbench, 1)
    sender = MemorySender()
    delivery = service(workbench, sender)
    delivery.queue("spring")
    name = rows(workbench.record)[0]["rfc_message_id"]
    with with_mailboxes(workbench, display_name="Somebody else") as bench:
        assert service(bench, sender).send().refused == 1
    assert delivery.queue("spring").refreshed == 1
    assert delivery.send().sent == 1
    assert [mail.rfc_message_id for mail in sender.accepted] == [name]


def test_trouble_on_the_way_is_tried_again_later_and_at_last_given_up(workbench: Workbench, clock: VirtualClock) -> None:
    released(workbench, 1)
    delivery = service(workbench, MemorySender(lambda _m: SendResult("deferred", "451 busy")), attempts=3, backoff_seconds=100)
    delivery.queue("spring")
    waits = []
    for _ in range(2):
        report = delivery.send()
        assert (report.deferred, delivery.send().deferred) == (1, 0)
        assert report.next_due_at
        waits.append((report.next_due_at - clock.now()).total_seconds())
        clock.at = report.next_due_at
    assert waits == [100, 200]
    assert delivery.send().failed == 1
    assert rows(workbench.record)[0]["last_error"] == "451 busy"


def test_a_refused_recipient_is_a_bounce_and_is_suppressed(workbench: Workbench) -> None:
    released(workbench, 1)
    delivery = service(workbench, MemorySender(lambda _m: SendResult("failed", "550 5.1.1 no such user", bounced=True)))
    delivery.queue("spring")
    assert delivery.send().failed == 1
    [row] = rows(workbench.record)
    assert (row["outcome"], row["handed_at"]) == ("bounced_hard", None)
    assert events(workbench.record, "bounced_hard") == 1
    assert workbench.suppressions.is_suppressed(row["recipient"]) == "address: bounced"


def test_trouble_of_a_mailbox_leaves_its_list_alone(workbench: Workbench) -> None:
    released(workbench, 4, variants=["direct"])
    tried: list[str] = []

    def decide(mail: Outgoing) -> SendResult:
        tried.append(mail.mailbox)
        return SendResult("deferred", "535 bad password", stops_mailbox=True) if mail.mailbox == "anna" else ACCEPTED

    delivery = service(workbench, MemorySender(decide))
    delivery.queue("spring")
    report = delivery.send()
    assert (tried.count("anna"), report.sent, report.waiting) == (1, 2, 2)
    assert report.stopped_mailboxes == {"anna": "535 bad password"}
    assert {row["attempts"] for row in rows(workbench.record) if row["mailbox"] == "anna"} == {0}


def test_what_may_have_left_is_never_sent_again_by_itself(workbench: Workbench, clock: VirtualClock) -> None:
    released(workbench, 1)
    sender = MemorySender(lambda _m: SendResult("unknown", "no answer"))
    delivery = service(workbench, sender)
    delivery.queue("spring")
    assert delivery.send().unknown == 1
    clock.advance(days=30)
    assert delivery.queue("spring").queued == delivery.send(overdue=True).sent == delivery.recover() == 0
    assert [row["id"] for row in delivery.unknown("spring")] == [row["id"] for row in rows(workbench.record)]


@pytest.mark.parametrize(
    ("verdict", "state", "left"), [("sent", "reconciled", True), ("not_sent", "reconciled", False), ("retry", "queued", False)]
)
def test_a_person_settles_what_is_unknown_and_is_named(workbench: Workbench, verdict: str, state: str, left: bool) -> None:
    released(workbench, 1)
    answers = iter([SendResult("unknown", "no answer"), ACCEPTED])
    sender = MemorySender(lambda _m: next(answers))
    delivery = service(workbench, sender)
    delivery.queue("spring")
    delivery.send()
    [row] = rows(workbench.record)
    with pytest.raises(PolicyError):
        delivery.settle(row["id"], verdict, "agent:planner")  # type: ignore[arg-type]
    delivery.settle(row["id"], verdict, "anna")  # type: ignore[arg-type]
    [row] = rows(workbench.record)
    assert (row["state"], row["sent_at"] is not None) == (state, left)
    assert delivery.send().sent == (1 if verdict == "retry" else 0)
    with workbench.record.read() as connection:
        assert connection.scalar(sa.select(audit_event.c.actor).where(audit_event.c.action == "message.settled")) == "person:anna"
    with pytest.raises(ConflictError):
        delivery.settle(row["id"], "sent", "anna")
    with pytest.raises(NotFoundError):
        delivery.settle("nobody", "sent", "anna")


def test_a_provider_that_remembers_settles_what_is_unknown(workbench: Workbench) -> None:
    released(workbench, 2)
    delivery = service(workbench, MemorySender(lambda _m: SendResult("unknown", "no answer")))
    delivery.queue("spring")
    delivery.send()
    known = rows(workbench.record)[0]["rfc_message_id"]
    assert delivery.reconcile(look_up=lambda _mailbox, name: name == known or None) == 1
    assert sorted(states(workbench.record)) == ["reconciled", "unknown"]
    assert events(workbench.record, "reconciled") == 1


def test_long_overdue_mail_asks_first(workbench: Workbench, clock: VirtualClock) -> None:
    released(workbench, 2)
    sender = MemorySender()
    delivery = service(workbench, sender)
    delivery.queue("spring")
    clock.advance(hours=13)
    assert delivery.send().held == {"overdue.confirm": 2}
    assert delivery.plan("spring").stopped == {"overdue.confirm": 2}
    assert delivery.send(overdue=True).sent == 2


def test_a_second_release_says_that_overdue_mail_shall_still_leave(workbench: Workbench, clock: VirtualClock) -> None:
    released(workbench, 2)
    delivery = service(workbench, MemorySender())
    delivery.queue("spring")
    clock.advance(hours=13)
    workbench.campaigns.advance("spring", "ready", by="person:anna")
    workbench.campaigns.release("spring", by="person:anna")
    delivery.queue("spring")
    assert delivery.send().sent == 2


def test_a_contact_is_left_in_peace_between_campaigns(workbench: Workbench, clock: VirtualClock) -> None:
    released(workbench, 2)
    make_campaign(workbench, "summer")
    workbench.drafting.draft("summer")
    workbench.review.approve_recommended("summer", by="person:anna")
    workbench.campaigns.release("summer", by="person:anna")
    sender = MemorySender()
    delivery = service(workbench, sender)
    delivery.queue("spring")
    assert delivery.send().sent == 2
    delivery.queue("summer")
    assert {row.due_at - clock.now() for row in delivery.plan("summer").rows if row.due_at} == {timedelta(days=2)}
    change_due = rows(workbench.record)[-1]["id"]
    with workbench.record.write() as connection:
        connection.execute(sa.update(message).where(message.c.id == change_due).values(due_at=clock.now()))
    assert delivery.send().sent == 0, "the last check looks at the contact again"
    clock.advance(days=2)
    assert delivery.send().sent == 2


def test_a_mailbox_that_is_gone_from_the_settings_is_named(workbench: Workbench) -> None:
    released(workbench, 4, variants=["direct"])
    workbench.delivery.queue("spring")
    settings = workbench.settings.model_copy(update={"mailboxes": workbench.settings.mailboxes[:1]})
    bench = Workbench(settings=settings, record=workbench.record, clock=workbench.clock)
    assert service(bench, MemorySender()).send().held == {"mailbox.unknown": 2}
    assert bench.delivery.plan("spring").stopped == {"mailbox.unknown": 2}


def test_sending_can_be_stopped_and_goes_on_where_it_stopped(workbench: Workbench) -> None:
    released(workbench, 6)
    sender = MemorySender()
    delivery = service(workbench, sender)
    delivery.queue("spring")
    told: list[tuple[int, int | None]] = []
    report = delivery.send(stop=lambda: len(sender.accepted) >= 2, progress=lambda done, total: told.append((done, total)))
    assert (report.sent, report.waiting, told) == (2, 4, [(1, 6), (2, 6)])
    assert delivery.send(limit=1).sent == 1
    assert delivery.send().sent == 3
    assert sender.closed >= 3


def test_waiting_goes_on_until_nothing_is_left_and_keeps_the_gap(workbench: Workbench, clock: VirtualClock) -> None:
    released(workbench, 4, variants=["direct"])
    with with_mailboxes(workbench, minimum_gap_seconds=90.0) as bench:
        delivery = service(bench, MemorySender())
        delivery.queue("spring")
        assert delivery.send(wait=True).waiting == 0
    for name in ("anna", "ben"):
        left = [row["handed_at"] for row in rows(workbench.record) if row["mailbox"] == name]
        assert left[1] - left[0] >= timedelta(seconds=90)


def test_an_unusable_address_fails_with_words_for_people(workbench: Workbench) -> None:
    released(workbench, 1)
    sender = MemorySender()
    delivery = service(workbench, sender)
    delivery.queue("spring")
    [row] = rows(workbench.record)
    subject = "hi =?utf-8?q?=0d=0aBcc:_evil@x.example?="
    new = content_hash(subject, row["body"], row["recipient"], mailbox_policy(workbench.settings.mailbox(row["mailbox"])))
    change(workbench.record, subject=subject, content_hash=new)
    with workbench.record.write() as connection:
        connection.execute(sa.update(draft).values(content_hash=new))
        connection.execute(sa.update(decision).values(content_hash=new))
    assert delivery.send().failed == 1
    assert sender.accepted == []
    assert "encoded word" in rows(workbench.record)[0]["last_error"]
