"""A campaign whose mails come back or are reported pauses itself; what stays behind is seen, mended and sent again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.delivery.guard import Guard, reason
from gtm_pipelines.delivery.model import SendResult
from gtm_pipelines.delivery.senders.memory import MemorySender
from gtm_pipelines.errors import ConflictError, NotFoundError
from gtm_pipelines.record.message_events import add_event
from gtm_pipelines.record.rates import Rates, rates
from gtm_pipelines.record.tables import campaign, message
from gtm_pipelines.settings import LightSettings
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released, rows, service, states

LIGHTS = LightSettings()
NOBODY = SendResult("failed", "The server refused the recipient: 550 5.1.1 no such user", bounced=True)


@pytest.mark.parametrize(
    ("counts", "paused"),
    [
        (Rates(49, 49, 0, 0), False),  # below the floor of 50
        (Rates(50, 2, 48, 0), False),
        (Rates(60, 3, 57, 0), True),  # exactly 5 %
        (Rates(61, 3, 58, 0), False),
        (Rates(1000, 50, 950, 0), True),
        (Rates(1000, 49, 951, 0), False),
        (Rates(99, 0, 99, 5), False),  # below the floor of 100
        (Rates(100, 0, 100, 1), True),
        (Rates(1000, 0, 1000, 1), True),  # exactly 0.1 %
        (Rates(1001, 0, 1001, 1), False),
        (Rates(0, 0, 0, 0), False),
    ],
)
def test_the_limits_hold_to_the_message(counts: Rates, paused: bool) -> None:
    assert (reason(counts, LIGHTS) is not None) is paused


def test_the_reason_can_be_read_and_names_the_next_step() -> None:
    assert reason(Rates(60, 3, 57, 0), LIGHTS) == (
        "3 of 60 mails came back, 5 %; the limit is 5 %. Verify the addresses that are left, then resume."
    )
    assert "reported as spam" in str(reason(Rates(100, 0, 100, 1), LIGHTS))


def floors(**values: float) -> LightSettings:
    return LIGHTS.model_copy(update=values)


def guarded(bench: Workbench, sender: MemorySender, lights: LightSettings) -> object:
    delivery = service(bench, sender)
    delivery._guard = Guard(bench.record, bench.clock, lights)
    return delivery


def held(bench: Workbench) -> tuple[bool, str | None]:
    with bench.record.read() as connection:
        row = connection.execute(sa.select(campaign.c.paused_at, campaign.c.pause_reason)).one()
    return row.paused_at is not None, row.pause_reason


def test_bounces_at_the_door_stop_the_campaign_in_the_middle_of_a_run(workbench: Workbench) -> None:
    released(workbench, 8)
    answers = iter([None, None, NOBODY, NOBODY, *[None] * 9])
    sender = MemorySender(lambda _mail: next(answers) or SendResult("sent", "250"))
    delivery = guarded(workbench, sender, floors(sent_floor=4, bounce_red=0.5))
    delivery.queue("spring")  # type: ignore[attr-defined]
    report = delivery.send()  # type: ignore[attr-defined]
    assert (report.sent, report.failed, report.held) == (2, 2, {"campaign.paused": 4})
    assert held(workbench) == (True, "2 of 4 mails came back, 50 %; the limit is 50 %. "
                                     "Verify the addresses that are left, then resume.")  # fmt: skip

    delivery.resume("spring", by="anna")  # type: ignore[attr-defined]
    assert delivery.send().sent == 4, "a person let it go on: what came back before is not held against it again"  # type: ignore[attr-defined]


def test_a_report_as_spam_that_comes_later_pauses_the_next_run(workbench: Workbench) -> None:
    released(workbench, 5)
    delivery = guarded(workbench, MemorySender(), floors(complaint_floor=3))
    delivery.queue("spring")  # type: ignore[attr-defined]
    delivery.send(limit=3)  # type: ignore[attr-defined]
    [one, *_] = [row for row in rows(workbench.record) if row["state"] == "sent"]
    with workbench.record.write() as connection:
        for key in ("arf:1", "arf:2"):  # the same mail reported twice is one complaint
            add_event(
                connection, workbench.record.workspace_id, message_id=one["id"], campaign_id=one["campaign_id"],
                contact_id=one["contact_id"], kind="complained", source_key=key, occurred_at=workbench.clock.now(),
                recorded_at=workbench.clock.now(),
            )  # fmt: skip
        counted = rates(connection, workbench.record.workspace_id, one["campaign_id"], None)
    assert counted == Rates(3, 0, 3, 1)
    assert delivery.send().sent == 0  # type: ignore[attr-defined]
    assert "reported as spam" in str(held(workbench)[1])


def test_what_stays_behind_is_listed_with_what_to_do(workbench: Workbench) -> None:
    released(workbench, 4)
    told = {
        0: NOBODY,
        1: SendResult("failed", "The server refused the message: 554 5.6.0 too long"),
        2: SendResult("unknown", "no answer"),
        3: SendResult("deferred", "450 come back later"),
    }
    order: dict[str, SendResult] = {}
    sender = MemorySender(lambda mail: order.setdefault(mail.message_id, told[len(order)]))
    delivery = service(workbench, sender, attempts=1)
    delivery.queue("spring")
    delivery.send()
    stuck = {one.reason.rpartition(": ")[2][:3]: one for one in delivery.stuck("spring")}
    assert {key: (one.state, one.can_retry) for key, one in stuck.items()} == {
        "550": ("failed", False), "554": ("failed", True), "no ": ("unknown", False), "450": ("failed", True),
    }  # fmt: skip
    assert "does not exist" in stuck["550"].fix
    assert "given up" in stuck["450"].fix
    assert "Sent folder" in stuck["no "].fix

    with pytest.raises(ConflictError, match="Sent folder"):
        delivery.retry("spring", by="anna", message_id=stuck["no "].id)
    with pytest.raises(ConflictError, match="does not exist"):
        delivery.retry("spring", by="anna", message_id=stuck["550"].id)
    with pytest.raises(NotFoundError):
        delivery.retry("spring", by="anna", message_id="nothing")
    assert delivery.retry("spring", by="anna") == 2
    assert delivery.retry("spring", by="anna") == 0
    sender._decide = lambda _mail: SendResult("sent", "250")
    assert delivery.send().sent == 2
    assert sorted(states(workbench.record)) == ["failed", "sent", "sent", "unknown"]
    with workbench.record.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(message)) == 4, "nobody got a second message"
