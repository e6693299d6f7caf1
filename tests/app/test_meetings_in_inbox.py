"""The inbox shows what stands in their calendar, and how it was answered."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from gtm_pipelines.meetings.ics import conversation_key, entry_name
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open
from tests.calendar_parts import google_mail
from tests.campaign_parts import queue_message
from tests.drafting_parts import write_back


def answer(bench: Workbench, answered: str | None, method: str = "REPLY") -> str:
    """Let an invitation leave in the latest conversation and their calendar answer it; return the conversation's id."""
    view, now = bench.inbox.page()[0], bench.clock.now()
    made = bench.inbox.answer(view.id, "scheduling")
    bench.meetings.put(view.id, (now + timedelta(days=5)).date(), time(15), by="anna", zone="Europe/Berlin", place="Hall 5")
    assert bench.review.approve([made.id], by="anna").refused == ()
    draft = bench.review.get(made.id)
    queue_message(bench, draft, state="sent", step=FIRST_ANSWER, handed_at=now, sent_at=now)
    key = conversation_key(bench.record.workspace_id, view.campaign_id, view.contact_id)
    if answered:
        proposed = now.replace(hour=9, minute=30) + timedelta(days=6)
        raw = google_mail(answered, method=method, uid=f"{entry_name(key, FIRST_ANSWER)}@x.test", begins=proposed)
        write_back(bench, draft, "", "positive", raw=raw, class_reason="Calendar says: so", conversation_id=view.id)
    return view.id


@pytest.mark.parametrize(("said", "method", "shown"), [
    (None, "REPLY", "No calendar has answered the invitation yet."),
    ("ACCEPTED", "REPLY", "Accepted by ann"),
    ("TENTATIVE", "REPLY", "Tentatively accepted by ann"),
    ("DECLINED", "REPLY", "Offer another time, or call it off."),
    ("TENTATIVE", "COUNTER", "proposes another time"),
])  # fmt: skip
def test_the_meeting_that_stands_is_shown_with_how_it_was_answered(
    said: str | None, method: str, shown: str, answered: Workbench, open_page: Open
) -> None:
    answer(answered, said, method)
    app = open_page("inbox")
    assert not app.exception
    assert "**In their calendar**" in [element.value for element in app.markdown]
    assert any("15:00 Europe/Berlin · 15 minutes · Hall 5" in element.value for element in app.text)
    assert shown in " ".join(element.value.replace("\\", "") for element in app.caption)


def test_it_is_called_off_by_the_next_mail(answered: Workbench, open_page: Open) -> None:
    conversation = answer(answered, "DECLINED")
    answered.inbox.answer(conversation, "scheduling")
    app = open_page("inbox")
    app.button(key=f"meeting_off:{conversation}").click().run()
    assert not app.exception
    assert "**The meeting is called off by this mail**" in [element.value for element in app.markdown]
