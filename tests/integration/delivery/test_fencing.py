"""A data folder that was copied, moved or restored sends nothing until a person says so."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery import fencing
from gtm_pipelines.delivery.adopting import Adoption
from gtm_pipelines.delivery.senders.memory import MemorySender
from gtm_pipelines.errors import PolicyError
from gtm_pipelines.record import installation
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.delivery_parts import change, released, service


def refused(bench: Workbench) -> bool:
    sender = MemorySender()
    for act in (lambda: service(bench, sender).send(), lambda: service(bench, sender).queue("spring")):
        with pytest.raises(PolicyError, match="gtm adopt") as refusal:
            act()
        assert refusal.value.rule == "installation.not_adopted"
    return sender.accepted == []


def queued_and_restored(bench: Workbench) -> None:
    released(bench, 1)
    bench.delivery.queue("spring")
    with bench.record.write() as connection:
        installation.disown(connection, bench.record.workspace_id, at=bench.clock.now())


def archive(home: Path, other: Path) -> None:
    subprocess.run(["cp", "-a", str(home), str(other)], check=True)


DAY = 86_400
THREE = CampaignSettings.model_validate({"seed": 7, "sequence": ["follow-ups#first:3", "follow-ups#break-up:5"]})


def go_on(bench: Workbench, sender: MemorySender) -> int:
    """Write, approve, queue and send what has its turn; return how many mails left."""
    bench.drafting.draft("spring")
    bench.review.approve_recommended("spring", by="person:anna")
    bench.delivery.queue("spring")
    return service(bench, sender).send(overdue=True).sent


COPIES: dict[str, Callable[[Path, Path], object]] = {
    "copied with every date kept": archive,
    "copied": lambda home, other: shutil.copytree(home, other),
    "moved": lambda home, other: shutil.move(home, other),
}


@pytest.mark.parametrize("way", COPIES)
def test_a_folder_elsewhere_does_not_send_until_it_is_adopted(tmp_path: Path, clock: VirtualClock, way: str) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    bench = open_workbench(load_settings(home=home), clock=clock)
    released(bench, 2)
    bench.delivery.queue("spring")
    bench.close()
    COPIES[way](home, other)
    copy = open_workbench(load_settings(home=other), clock=clock)
    assert refused(copy)
    assert copy.delivery.adopt(by="anna", nothing_left=True) == Adoption(new=True)
    assert service(copy, MemorySender()).send().sent == 2
    assert copy.delivery.adopt(by="anna") == Adoption(new=False)
    copy.close()


def test_a_folder_restored_to_its_own_place_does_not_send_either(tmp_path: Path, clock: VirtualClock) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    bench = open_workbench(load_settings(home=home), clock=clock)
    released(bench, 2)
    bench.delivery.queue("spring")
    bench.close()
    archive(home, backup)
    bench = open_workbench(load_settings(home=home), clock=clock)
    assert service(bench, MemorySender()).send().sent == 2
    bench.close()
    shutil.rmtree(home)
    archive(backup, home)
    restored = open_workbench(load_settings(home=home), clock=clock)
    assert refused(restored)
    restored.close()


def test_what_left_after_the_copy_was_taken_is_not_sent_again_by_the_copy(tmp_path: Path, clock: VirtualClock) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    bench = open_workbench(load_settings(home=home), clock=clock)
    released(bench, 3)
    bench.delivery.queue("spring")
    archive(home, other)
    sender = MemorySender()
    assert service(bench, sender).send(limit=2).sent == 2
    bench.close()
    copy = open_workbench(load_settings(home=other), clock=clock)
    assert copy.delivery.adopt(by="anna") == Adoption(new=True, unknown=3, paused=("spring",))
    assert service(copy, sender).send().sent == 0
    taken = {one.rfc_message_id for one in sender.accepted}
    assert copy.delivery.reconcile(look_up=lambda _, name: name in taken or None) == 2
    [left] = copy.delivery.unknown()
    assert "the one it is a copy of may have sent it" in left["last_error"]
    assert copy.delivery.settle_all("spring", "retry", "anna") == 1
    assert service(copy, sender).send().sent == 0, "the campaign rests until a person resumes it"
    copy.delivery.resume("spring", by="anna")
    assert service(copy, sender).send().sent == 1
    assert len({one.recipient for one in sender.accepted}) == len(sender.accepted) == 3
    copy.close()


def test_a_later_mail_that_the_original_sent_is_not_sent_again_by_the_copy(tmp_path: Path, clock: VirtualClock) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    bench = open_workbench(load_settings(home=home), clock=clock)
    released(bench, 2, settings=THREE, variants=["direct"])
    sender = MemorySender()
    assert go_on(bench, sender) == 2
    archive(home, other)
    clock.sleep(7 * DAY)
    assert go_on(bench, sender) == 2, "the second mails"
    bench.close()
    copy = open_workbench(load_settings(home=other), clock=clock)
    copy.delivery.adopt(by="anna")
    copy.delivery.resume("spring", by="anna")
    assert go_on(copy, sender) == 0
    taken = {one.rfc_message_id for one in sender.accepted}
    assert copy.delivery.reconcile(look_up=lambda _, name: name in taken or None) == 2
    clock.sleep(14 * DAY)
    assert go_on(copy, sender) == 2, "the third mails, whose turn came after the copy took over"
    assert len({one.rfc_message_id for one in sender.accepted}) == len(sender.accepted) == 6
    copy.close()


def test_an_approved_mail_that_had_no_message_yet_may_have_left_too(tmp_path: Path, clock: VirtualClock) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    bench = open_workbench(load_settings(home=home), clock=clock)
    released(bench, 2)
    with bench.record.write() as connection:
        fencing.require(connection, bench.record.workspace_id, home, at=clock.now())
    archive(home, other)
    sender = MemorySender()
    clock.sleep(60)
    assert go_on(bench, sender) == 2
    bench.close()
    copy = open_workbench(load_settings(home=other), clock=clock)
    copy.delivery.adopt(by="anna")
    copy.delivery.resume("spring", by="anna")
    assert go_on(copy, sender) == 0
    assert len(copy.delivery.unknown()) == 2
    copy.close()


def test_what_a_person_said_did_not_leave_can_still_be_sent(workbench: Workbench) -> None:
    queued_and_restored(workbench)
    workbench.delivery.adopt(by="anna")
    assert workbench.campaigns.list()[0].standing == "paused"
    workbench.delivery.resume("spring", by="anna")
    assert workbench.delivery.settle_all("spring", "not_sent", "anna") == 1
    [stays] = workbench.delivery.stuck("spring")
    assert (stays.state, stays.can_retry) == ("reconciled", True)
    assert workbench.delivery.retry("spring", by="anna") == 1
    workbench.campaigns.release("spring", by="anna")
    assert service(workbench, MemorySender()).send().sent == 1


def test_what_a_worker_of_the_original_had_in_hand_is_not_taken_for_dropped_by_the_copy(workbench: Workbench) -> None:
    queued_and_restored(workbench)
    change(workbench.record, state="claimed", claimed_by="original:1:ab", claimed_at=workbench.clock.now())
    assert workbench.delivery.adopt(by="anna").unknown == 1
    workbench.delivery.resume("spring", by="anna")
    assert service(workbench, MemorySender()).send().sent == 0


def test_what_is_due_later_waits_for_its_moment_in_the_copy(workbench: Workbench) -> None:
    queued_and_restored(workbench)
    change(workbench.record, due_at=workbench.clock.now() + timedelta(days=1))
    assert workbench.delivery.adopt(by="anna") == Adoption(new=True, paused=("spring",))


def test_the_original_stops_when_a_copy_was_adopted(workbench: Workbench, tmp_path: Path) -> None:
    released(workbench, 2)
    workbench.delivery.queue("spring")
    second = workbench.settings.model_copy(update={"home": tmp_path / "second"})
    second.__dict__.pop("home_path", None)
    other = Workbench(settings=second, record=workbench.record, clock=workbench.clock)
    assert refused(other)
    change(workbench.record, state="handing", claimed_by="original:1:ab")
    assert other.delivery.recover() == 0, "a copy cannot tell whether the original's workers live"
    change(workbench.record, state="queued", claimed_by=None)
    other.delivery.adopt(by="anna", nothing_left=True)
    assert refused(workbench)
    assert service(other, MemorySender()).send().sent == 2


def test_the_first_use_asks_nothing_and_stays_adopted(workbench: Workbench) -> None:
    released(workbench, 1)
    workbench.delivery.queue("spring")
    with workbench.record.read() as connection:
        assert fencing.allows(connection, workbench.record.workspace_id, workbench.settings.home_path)
    assert service(workbench, MemorySender()).send().sent == 1


def test_a_record_barred_by_a_restore_does_not_send(workbench: Workbench) -> None:
    queued_and_restored(workbench)
    assert refused(workbench)
