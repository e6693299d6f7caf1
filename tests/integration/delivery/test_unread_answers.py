"""Somebody has written: what is automatic waits until a person has dealt with it, and then goes on by itself."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.senders.memory import MemorySender
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import inbound_message
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released, rows, service


def test_a_queued_mail_waits_for_a_persons_word_and_leaves_within_the_hour(workbench: Workbench, clock: VirtualClock) -> None:
    sender = MemorySender()
    released(workbench, 2, variants=["direct"])
    delivery = service(workbench, sender)
    delivery.queue("spring")
    writer = str(rows(workbench.record)[0]["recipient"])
    unread = _write(workbench, writer)

    sent = delivery.send()
    (planned,) = (row for row in delivery.plan("spring").rows if row.recipient == writer)

    assert (sent.sent, [mail.recipient for mail in sender.accepted].count(writer)) == (1, 0)
    assert planned.rule == "contact.held"
    assert str(planned.reason).endswith("or say under Replies what it is.")

    workbench.replies.reclassify(unread, "other", by="person:anna")
    clock.sleep(3600)
    assert delivery.send().sent == 1
    assert [mail.recipient for mail in sender.accepted].count(writer) == 1


def _write(bench: Workbench, address: str) -> str:
    key, now = new_id(), bench.clock.now()
    with bench.record.write() as connection:
        connection.execute(
            sa.insert(inbound_message).values(
                id=key, workspace_id=bench.record.workspace_id, mailbox="anna", folder="INBOX", uidvalidity=1, uid=1,
                content_key="k", reference_ids=[], from_address=address, text="Who are you?", received_at=now, confidence=0.75,
                class_reason="asks", attribution="none", raw=b"", created_at=now, updated_at=now,
                **{"class": "information_request"},
            )
        )  # fmt: skip
    return key
