"""A pause holds from its commit on: nothing leaves, nothing is lost, and going on sends nothing twice."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.delivery.model import Outgoing, SendResult
from gtm_pipelines.delivery.pausing import Pausing
from gtm_pipelines.delivery.senders.memory import ACCEPTED, MemorySender
from gtm_pipelines.errors import PolicyError
from gtm_pipelines.record import mailboxes
from gtm_pipelines.record.tables import audit_event
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import approved, released, rows, service, states

LOGIN = SendResult("deferred", "535 5.7.8 bad password", stops_mailbox=True, authentication=True)
DOWN = SendResult("deferred", "cannot be reached", stops_mailbox=True)


def state(bench: Workbench, mailbox: str) -> tuple[str, str | None, int]:
    with bench.record.read() as connection:
        held = mailboxes.find(connection, bench.record.workspace_id, mailbox)
    assert held is not None
    return held["status"], held["code"], held["failures"]


def acts(bench: Workbench, action: str) -> int:
    with bench.record.read() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).where(audit_event.c.action == action)) or 0)


def test_a_paused_campaign_sends_nothing_and_goes_on_where_it_stopped(workbench: Workbench) -> None:
    released(workbench, 3)
    sender = MemorySender()
    delivery = service(workbench, sender)
    delivery.queue("spring")
    delivery.send(limit=1)
    assert delivery.pause("spring", by="anna", reason="the offer changed")
    assert not delivery.pause("spring", by="ben"), "pausing twice changes nothing"
    report = delivery.send()
    assert (report.sent, report.held) == (0, {"campaign.paused": 2})
    plan = delivery.plan("spring")
    assert plan.stopped == {"campaign.paused": 2}
    assert {row.reason for row in plan.rows if row.rule} == {"The campaign is paused: the offer changed"}
    assert delivery.resume("spring", by="anna")
    assert not delivery.resume("spring", by="anna")
    assert delivery.send().sent == 2
    assert len({mail.rfc_message_id for mail in sender.accepted}) == len(sender.accepted) == 3
    assert (acts(workbench, "campaign.pause"), acts(workbench, "campaign.resume")) == (1, 1)


def test_a_pause_between_claim_and_hand_over_keeps_the_message_back(workbench: Workbench) -> None:
    """Its worker has the message in hand already; the last commit before it leaves sees the pause."""
    released(workbench, 2)
    sender = MemorySender()
    delivery = service(workbench, sender)

    def pause(_mail: Outgoing) -> SendResult:
        delivery.pause("spring", by="anna")
        return ACCEPTED

    sender._decide = pause
    delivery.queue("spring")
    report = delivery.send()
    assert (report.sent, sender.accepted) == (0, [])
    assert states(workbench.record) == ["queued", "queued"]
    sender._decide = lambda _mail: ACCEPTED
    delivery.resume("spring", by="anna")
    assert delivery.send().sent == 2
    assert len(sender.accepted) == 2


def test_only_a_person_pauses_and_only_what_is_sending(workbench: Workbench) -> None:
    approved(workbench, 1)
    delivery = service(workbench, MemorySender())
    with pytest.raises(PolicyError, match="only one that is sending"):
        delivery.pause("spring", by="anna")
    with pytest.raises(PolicyError, match="not a person"):
        delivery.pause("spring", by="agent:planner")


def test_a_refused_login_pauses_the_mailbox_and_burns_nothing_of_the_list(workbench: Workbench) -> None:
    released(workbench, 4)
    by_mailbox = {"anna": MemorySender(lambda _mail: LOGIN), "ben": MemorySender()}
    delivery = service(workbench, lambda mailbox: by_mailbox[mailbox.name])
    delivery.queue("spring")
    delivery.send()
    assert state(workbench, "anna")[:2] == ("paused", "authentication")
    held_back = [row for row in rows(workbench.record) if row["mailbox"] == "anna"]
    assert held_back
    assert {row["state"] for row in held_back} <= {"queued", "deferred"}
    assert {row["attempts"] for row in held_back} == {0}, "the trouble is not the message's, so it costs none of its tries"
    assert {row["state"] for row in rows(workbench.record) if row["mailbox"] == "ben"} <= {"sent"}

    by_mailbox["anna"] = MemorySender()
    workbench.clock.sleep(3600)
    again = service(workbench, lambda mailbox: by_mailbox[mailbox.name])
    assert again.send().held == {"mailbox.paused": len(held_back)}
    assert Pausing(workbench.record, workbench.clock).resume_mailbox("anna", by="anna")
    assert again.send().sent == len(held_back)


@pytest.mark.parametrize(("limit", "paused"), [(3, True), (4, False), (0, False)])
def test_failures_in_a_row_pause_the_mailbox_at_the_limit_and_not_before(workbench: Workbench, limit: int, paused: bool) -> None:
    released(workbench, 1)
    sender = MemorySender(lambda _mail: DOWN)
    delivery = service(workbench, sender, pause_after_failures=limit)
    delivery.queue("spring")
    mailbox = rows(workbench.record)[0]["mailbox"]
    for _ in range(3):
        delivery.send(overdue=True)
        workbench.clock.sleep(24 * 3600)
    assert state(workbench, mailbox)[0] == ("paused" if paused else "working")
    assert state(workbench, mailbox)[2] == 3


def test_a_success_breaks_the_row_and_other_peoples_trouble_does_not_count(workbench: Workbench) -> None:
    released(workbench, 4)
    nobody = SendResult("failed", "550 5.1.1 no such user", bounced=True)
    greylisted = SendResult("deferred", "450 4.7.1 come back later")
    answers = iter((DOWN, nobody, greylisted, ACCEPTED))
    delivery = service(workbench, MemorySender(lambda _mail: next(answers)), pause_after_failures=2)
    delivery.queue("spring")
    for _ in range(4):
        delivery.send(limit=1, overdue=True)
        workbench.clock.sleep(3600)
    with workbench.record.read() as connection:
        held = mailboxes.all_of(connection, workbench.record.workspace_id)
    assert {row["status"] for row in held.values()} == {"working"}
    assert sum(row["failures"] for row in held.values()) <= 1
