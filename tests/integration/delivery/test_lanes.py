"""Mailboxes hand over at the same time, each one message after another, and share one limit, one stop and one report."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from gtm_pipelines.delivery.lane import deal
from gtm_pipelines.delivery.model import Outgoing, SendResult
from gtm_pipelines.delivery.senders.memory import ACCEPTED, MemorySender
from gtm_pipelines.settings import MailboxSettings
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released, rows, service, states, with_mailboxes


@pytest.fixture
def bench(workbench: Workbench) -> Iterator[Workbench]:
    """Two mailboxes of real servers: those of the sandbox share a lane."""
    with with_mailboxes(workbench, sender="smtp") as opened:
        yield opened


class Crossing:
    """Senders of two mailboxes that let nothing pass until both are at it."""

    def __init__(self, decide: Callable[[Outgoing], SendResult] = lambda _mail: ACCEPTED) -> None:
        self.both = threading.Barrier(2)
        self.senders: dict[str, MemorySender] = {}
        self._decide = decide

    def __call__(self, mailbox: MailboxSettings) -> MemorySender:
        met = []

        def decide(mail: Outgoing) -> SendResult:
            if not met:
                met.append(mail)
                self.both.wait(30)
            return self._decide(mail)

        return self.senders.setdefault(mailbox.name, MemorySender(decide))

    @property
    def accepted(self) -> list[Outgoing]:
        return [mail for sender in self.senders.values() for mail in sender.accepted]


def test_two_mailboxes_hand_over_at_the_same_time_and_every_message_once(bench: Workbench) -> None:
    released(bench, 8, variants=["direct"])
    senders = Crossing()
    delivery = service(bench, senders, parallel_mailboxes=2)
    delivery.queue("spring")
    told: list[int] = []
    report = delivery.send(progress=lambda done, _total: told.append(done))
    assert (report.sent, report.waiting, told) == (8, 0, list(range(1, 9)))
    assert Counter(mail.mailbox for mail in senders.accepted) == Counter(anna=4, ben=4)
    assert len({mail.rfc_message_id for mail in senders.accepted}) == 8
    assert set(states(bench.record)) == {"sent"}


def test_the_limit_holds_over_all_mailboxes_and_nothing_stays_claimed(bench: Workbench) -> None:
    released(bench, 8, variants=["direct"])
    senders = Crossing()
    delivery = service(bench, senders, parallel_mailboxes=2)
    delivery.queue("spring")
    assert delivery.send(limit=3).sent == 3
    assert Counter(states(bench.record)) == Counter(sent=3, queued=5)


def test_after_a_stop_nothing_stays_claimed(bench: Workbench) -> None:
    released(bench, 6, variants=["direct"])
    sender = MemorySender()
    delivery = service(bench, sender)
    delivery.queue("spring")
    report = delivery.send(stop=lambda: len(sender.accepted) >= 2)
    assert (report.sent, report.waiting) == (2, 4)
    assert Counter(states(bench.record)) == Counter(sent=2, queued=4)
    assert {row["claimed_by"] for row in rows(bench.record) if row["state"] == "queued"} == {None}


def test_trouble_of_one_mailbox_leaves_the_other_going(bench: Workbench) -> None:
    released(bench, 8, variants=["direct"])
    refused = SendResult("deferred", "535 bad password", stops_mailbox=True)
    senders = Crossing(lambda mail: refused if mail.mailbox == "anna" else ACCEPTED)
    delivery = service(bench, senders, parallel_mailboxes=2)
    delivery.queue("spring")
    report = delivery.send()
    assert (report.sent, report.waiting, report.stopped_mailboxes) == (4, 4, {"anna": "535 bad password"})


def test_an_error_in_one_mailbox_ends_the_run_and_loses_nothing(bench: Workbench) -> None:
    released(bench, 8, variants=["direct"])

    def decide(mail: Outgoing) -> SendResult:
        if mail.mailbox == "anna":
            raise RuntimeError("a sender of somebody else's that breaks")
        return ACCEPTED

    senders = Crossing(decide)
    delivery = service(bench, senders, parallel_mailboxes=2)
    delivery.queue("spring")
    with pytest.raises(RuntimeError):
        delivery.send()
    sent = Counter(states(bench.record))["sent"]
    assert sent == len(senders.accepted) >= 1
    again = MemorySender()
    assert service(bench, again).send().sent == 8 - sent
    assert not {mail.message_id for mail in again.accepted} & {mail.message_id for mail in senders.accepted}


def box(name: str, sender: str = "smtp") -> MailboxSettings:
    return MailboxSettings(name=name, address=f"{name}@a.example", postal_address="1", sender=sender)


def test_mailboxes_with_most_to_send_get_a_lane_each() -> None:
    boxes = {name: box(name) for name in "abcde"}
    dealt = [list(lane) for lane in deal(boxes, {"c": 9, "a": 5, "e": 7}, 2)]
    assert dealt == [["c", "a", "d"], ["e", "b"]]
    assert [list(lane) for lane in deal(boxes, {"c": 9}, 4)] == [["c", "a", "b", "d", "e"]]
    assert len(deal(boxes, {}, 4)) == 1


def test_the_mailboxes_of_the_sandbox_share_a_lane() -> None:
    boxes = {"a": box("a", "sandbox"), "b": box("b", "sandbox"), "c": box("c")}
    assert [list(lane) for lane in deal(boxes, {"a": 3, "b": 3, "c": 1}, 4)] == [["a", "b"], ["c"]]
