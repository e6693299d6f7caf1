"""An AI tool puts its text beside a draft; only a person makes it the draft's."""

from __future__ import annotations

import pytest

from gtm_pipelines.errors import ConflictError, InputError
from gtm_pipelines.review.model import StaleRevision
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import drafted, queue_message

BETTER = "Hello,\n\nmay I show you how?\n\nAcme Ltd, 1 Main Street\n"


def proposed(workbench: Workbench, draft: object, **changes: object) -> str:
    values = {"seen_revision": draft.revision, "subject": "Shorter", "body": BETTER, "why": "it is shorter", "by": "agent:claude"}
    return workbench.review.propose(draft.id, **(values | changes))


def test_a_proposal_changes_nothing_and_voids_no_approval(workbench: Workbench) -> None:
    draft = drafted(workbench, 1)[0]
    workbench.review.approve([draft.id], by="anna")
    proposed(workbench, draft)
    held = workbench.review.get(draft.id)
    assert (held.subject, held.body, held.revision) == (draft.subject, draft.body, draft.revision)
    assert held.approval_holds


def test_a_person_keeps_it_and_approves_it_anew(workbench: Workbench) -> None:
    draft = drafted(workbench, 1)[0]
    workbench.review.approve([draft.id], by="anna")
    made = proposed(workbench, draft)
    (seen,) = workbench.rewrites.preview(made)
    assert (seen.body, seen.body_after, seen.status) == (draft.body, BETTER, "written")
    workbench.rewrites.keep(made, by="anna")
    held = workbench.review.get(draft.id)
    assert (held.body, held.author, held.approval_holds) == (BETTER, "person:anna", False)


def test_no_agent_keeps_its_own_proposal(workbench: Workbench) -> None:
    made = proposed(workbench, drafted(workbench, 1)[0])
    with pytest.raises(Exception, match="Only a person"):
        workbench.rewrites.keep(made, by="agent:claude")


def test_a_proposal_for_an_older_text_is_refused_with_both(workbench: Workbench) -> None:
    draft = drafted(workbench, 1)[0]
    workbench.review.edit(draft.id, seen_revision=1, subject="Anna's", body=draft.body, by="anna")
    with pytest.raises(StaleRevision, match="person:anna"):
        proposed(workbench, draft)


@pytest.mark.parametrize("changes", [{"why": " "}, {"subject": "two\nlines"}, {"body": "{{ name }}"}, {"why": "x" * 601}])
def test_what_can_be_no_mail_or_says_no_reason_is_refused(workbench: Workbench, changes: dict[str, str]) -> None:
    with pytest.raises(InputError):
        proposed(workbench, drafted(workbench, 1)[0], **changes)


def test_once_a_message_is_queued_it_is_too_late(workbench: Workbench) -> None:
    draft = drafted(workbench, 1)[0]
    workbench.review.approve([draft.id], by="anna")
    queue_message(workbench, draft, state="queued")
    with pytest.raises(ConflictError, match="already queued"):
        proposed(workbench, draft)
