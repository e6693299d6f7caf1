"""What was recorded since a moment, as going back to a copy of then would forget it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from gtm_pipelines.record.since import left_since, made_since
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_people, drafted, queue_message


def test_what_was_made_since_is_counted_and_what_was_there_is_not(workbench: Workbench) -> None:
    add_people(workbench, 3)
    time.sleep(0.01)
    moment = datetime.now(UTC)
    add_people(workbench, 1, email="later@acme.example")
    with workbench.record.read() as connection:
        assert made_since(connection, workbench.record.workspace_id, moment)["people"] == 1
        assert made_since(connection, "another", moment) == {}
        assert made_since(connection, workbench.record.workspace_id, moment - timedelta(days=1))["people"] == 4


def test_mails_that_left_since_are_counted_by_campaign(workbench: Workbench) -> None:
    views = [*{view.contact_id: view for view in drafted(workbench, people=3)}.values()]
    workbench.review.approve([view.id for view in views], by="anna")
    now = workbench.clock.now()
    for view, state, handed in ((views[0], "sent", now), (views[1], "unknown", now), (views[2], "sent", now - timedelta(days=2))):
        queue_message(workbench, view, state=state, handed_at=handed)
    with workbench.record.read() as connection:
        assert left_since(connection, workbench.record.workspace_id, now - timedelta(days=1)) == {"spring": 2}
