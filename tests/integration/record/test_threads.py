"""A message that left is found again, and its answers stand beside it, on both engines."""

from __future__ import annotations

from gtm_pipelines.record import threads
from gtm_pipelines.review.model import DraftView
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import drafted, queue_message


def approved(workbench: Workbench, people: int) -> list[DraftView]:
    """One approved draft for each of some people."""
    drafted(workbench, people)
    workbench.review.approve_recommended("spring", by="anna")
    return workbench.review.page("spring", status="approved")


def test_a_sent_message_is_found_by_a_word_of_its_subject_in_any_case(workbench: Workbench) -> None:
    first, second = approved(workbench, 2)
    sent = queue_message(workbench, first, state="sent", subject="О ваших Ёлках")
    queue_message(workbench, second, state="sent", subject="Something else")
    assert [row.id for row in threads.find_sent(workbench.record, "елках")] == [sent]


def test_what_never_left_is_not_found(workbench: Workbench) -> None:
    queue_message(workbench, approved(workbench, 1)[0], state="queued")
    assert threads.find_sent(workbench.record, "") == []


def test_a_percent_sign_is_searched_for_as_itself(workbench: Workbench) -> None:
    queue_message(workbench, approved(workbench, 1)[0], state="sent", subject="No discount")
    assert threads.find_sent(workbench.record, "%") == []


def test_a_message_carries_the_names_of_its_campaign_and_contact(workbench: Workbench) -> None:
    draft = approved(workbench, 1)[0]
    row = threads.sent_message(workbench.record, queue_message(workbench, draft, state="sent"))
    assert row is not None
    assert (row.campaign_name, row.contact_name) == (workbench.campaigns.list()[0].name, draft.contact_name)


def test_a_message_nobody_answered_has_no_answers(workbench: Workbench) -> None:
    sent = queue_message(workbench, approved(workbench, 1)[0], state="sent")
    assert threads.answers(workbench.record, sent) == []
    assert threads.sent_message(workbench.record, "nothing") is None
