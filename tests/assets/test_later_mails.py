"""The clock writes and queues the later mails of a sequence, once each, and only when their time has come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from assets.defs import schedules
from assets.partitions import CAMPAIGNS, partition_key
from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.senders.memory import MemorySender
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released, service


def test_a_later_mail_is_written_then_queued(tmp_path: Path, workbench: Workbench, clock: VirtualClock) -> None:
    clock.at = datetime(2026, 3, 5, 10, tzinfo=UTC)
    released(workbench, 1, variants=["direct"], settings=CampaignSettings.model_validate({"sequence": ["follow-ups#first:5"]}))
    delivery = service(workbench, MemorySender())
    delivery.queue("spring")
    delivery.send()
    key = partition_key("spring", workbench.campaigns.get("spring").id)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.add_dynamic_partitions(str(CAMPAIGNS.name), [key])

        def asked(schedule: dg.ScheduleDefinition) -> list[str | None]:
            context = dg.build_schedule_context(
                instance=instance, scheduled_execution_time=clock.now(), resources={"workbench": workbench}
            )
            return [one.partition_key for one in schedule(context) if isinstance(one, dg.RunRequest)]

        assert asked(schedules.later_mails) == []
        clock.at += timedelta(days=5)
        assert asked(schedules.later_mails) == [key]
        workbench.drafting.draft("spring")
        assert asked(schedules.later_mails) == asked(schedules.due_messages) == []
        workbench.review.approve_recommended("spring", by="person:anna")
        assert asked(schedules.due_messages) == [key]
        delivery.queue("spring")
        assert asked(schedules.due_messages) == []
        clock.at += timedelta(days=2)
        assert asked(schedules.due_messages) == [key]
