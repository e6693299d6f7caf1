"""An answer to what somebody wrote leaves at once, in their thread, whatever the sequence says; a suppression still wins."""

from __future__ import annotations

from email import message_from_bytes

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import content_hash, mailbox_policy
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.senders.memory import MemorySender
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.due import campaigns_due
from gtm_pipelines.record.tables import decision, draft, inbound_message, revision
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released, rows, service

THEIRS = "<question@client.example>"


def answered(workbench: Workbench, clock: VirtualClock) -> tuple[MemorySender, str]:
    """Send the one mail of a campaign, let its reader ask something, and approve an answer; the campaign is completed."""
    sender = MemorySender()
    released(workbench, 1, variants=["direct"])
    delivery = service(workbench, sender)
    delivery.queue("spring")
    assert delivery.send().completed == 1
    clock.sleep(3600)
    approve_answer(workbench)
    return sender, str(rows(workbench.record)[0]["rfc_message_id"])


def approve_answer(workbench: Workbench) -> None:
    first, now = rows(workbench.record)[0], workbench.clock.now()
    mailbox = next(box for box in workbench.settings.mailboxes if box.name == first["mailbox"])
    subject, body = f"Re: {first['subject']}", f"About twenty an hour.\n\n{mailbox.postal_address}"
    named = content_hash(subject, body, first["recipient"], mailbox_policy(mailbox))
    shared = {"id": new_id(), "workspace_id": workbench.record.workspace_id, "created_at": now}
    asked, key = new_id(), new_id()
    with workbench.record.write() as connection:
        connection.execute(
            sa.insert(inbound_message).values(
                **shared | {"id": asked}, mailbox=mailbox.name, folder="INBOX", uidvalidity=1, uid=1, content_key="k",
                rfc_message_id=THEIRS, reference_ids=[first["rfc_message_id"]], received_at=now, confidence=1.0,
                class_reason="asks", attribution="in_reply_to", raw=b"", updated_at=now, **{"class": "information_request"},
            )
        )  # fmt: skip
        connection.execute(
            sa.insert(draft).values(
                **shared | {"id": key}, campaign_id=first["campaign_id"], target_id=first["target_id"], step=1001,
                contact_id=first["contact_id"], variant="answer", language="en", drafter="baseline", status="approved",
                inbound_message_id=asked, current_revision=1, content_hash=named, warnings=[], updated_at=now,
            )
        )  # fmt: skip
        said = {"draft_id": key, "number": 1, "subject": subject, "body": body, "content_hash": named, "author": "person:anna"}
        connection.execute(sa.insert(revision).values(**shared | {"id": new_id()} | said))
        agreed = {"draft_id": key, "revision_number": 1, "kind": "approve", "content_hash": named, "decided_by": "person:anna"}
        connection.execute(sa.insert(decision).values(**shared | {"id": new_id()} | agreed))


def test_it_leaves_an_hour_later_from_a_completed_campaign_in_the_thread(workbench: Workbench, clock: VirtualClock) -> None:
    sender, first = answered(workbench, clock)
    delivery = service(workbench, sender)
    assert [row.name for row in campaigns_due(workbench.record, clock.now())] == ["spring"]
    (planned,) = (row for row in delivery.plan("spring").rows if row.step == 1001)
    assert (planned.state, planned.rule, planned.waits) == ("planned", None, None)
    assert delivery.queue("spring").queued == 1
    assert delivery.send().sent == 1
    mail = message_from_bytes(sender.accepted[1].content)
    assert mail["In-Reply-To"] == THEIRS
    assert str(mail["References"]).split() == [first, THEIRS]
    assert workbench.campaigns.get("spring").status == "completed"
    assert not campaigns_due(workbench.record, clock.now())


def test_whoever_asked_to_be_left_alone_gets_no_answer(workbench: Workbench, clock: VirtualClock) -> None:
    sender, _ = answered(workbench, clock)
    delivery = service(workbench, sender)
    delivery.queue("spring")
    workbench.suppressions.add("address", rows(workbench.record)[0]["recipient"], reason="asked", source="test")
    assert delivery.send().refused == 1
    assert len(sender.accepted) == 1
