from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.errors import ConflictError, InputError, PolicyError
from gtm_pipelines.record import drafts, suppressions
from gtm_pipelines.record.tables import audit_event, contact, decision
from gtm_pipelines.review.model import StaleRevision
from gtm_pipelines.review.service import ReviewService
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_contact, drafted, queue_message


def approved(workbench: Workbench) -> list[Any]:
    campaign = workbench.campaigns.get("spring")
    with workbench.record.read() as connection:
        return drafts.approved(connection, workbench.record.workspace_id, campaign.id)


def actions(workbench: Workbench) -> list[str]:
    with workbench.record.read() as connection:
        return list(connection.execute(sa.select(audit_event.c.action).order_by(audit_event.c.id)).scalars())


class TestApproval:
    def test_it_names_the_exact_content_and_is_audited(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        report = workbench.review.approve([draft.id], by="anna")
        assert (report.approved, report.already, report.refused) == (1, 0, ())
        (row,) = approved(workbench)
        assert (row["draft_id"], row["subject"], row["body"]) == (draft.id, draft.subject, draft.body)
        assert row["content_hash"] == draft.content_hash
        assert workbench.review.get(draft.id).approval_holds
        assert actions(workbench).count("draft.approve") == 1

    def test_saying_it_twice_changes_nothing(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        workbench.review.approve([draft.id], by="anna")
        report = workbench.review.approve([draft.id, draft.id], by="ben")
        assert (report.approved, report.already) == (0, 1)

    def test_another_variant_voids_the_first(self, workbench: Workbench) -> None:
        first, second = drafted(workbench, 1)
        workbench.review.approve([first.id], by="anna")
        report = workbench.review.approve([second.id], by="anna")
        assert (report.approved, report.voided) == (1, 1)
        assert [row["draft_id"] for row in approved(workbench)] == [second.id]
        assert workbench.review.get(first.id).status == "drafted"

    def test_whose_other_variant_is_approved_no_longer_waits(self, workbench: Workbench) -> None:
        both = drafted(workbench, 1)
        assert workbench.review.count_recommended("spring") == 1
        workbench.review.approve([draft.id for draft in both if not draft.recommended], by="anna")
        assert workbench.review.count_recommended("spring") == 0
        assert workbench.review.approve_recommended("spring", by="anna").approved == 0

    def test_two_variants_chosen_together_leave_the_recommended_one(self, workbench: Workbench) -> None:
        both = drafted(workbench, 1)
        report = workbench.review.approve([draft.id for draft in both], by="anna")
        assert [refusal.rule for refusal in report.refused] == ["approval.two_variants"]
        assert [workbench.review.get(row["draft_id"]).recommended for row in approved(workbench)] == [True]

    def test_a_text_not_looked_at_is_not_approved(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        workbench.review.edit(draft.id, seen_revision=1, subject="New", body=draft.body, by="ben")
        report = workbench.review.approve([draft.id], by="anna", seen={draft.id: draft.content_hash})
        assert [refusal.rule for refusal in report.refused] == ["approval.stale"]
        assert approved(workbench) == []

    def test_only_a_person_approves(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        for machine in ("drafter:baseline", "system:nightly", "agent:planner"):
            with pytest.raises(PolicyError, match="not a person"):
                workbench.review.approve([draft.id], by=machine)
        with pytest.raises(InputError):
            workbench.review.approve([draft.id], by=" ")

    def test_a_suppressed_contact_is_refused_and_left_out(self, workbench: Workbench) -> None:
        first, second, *_ = drafted(workbench)
        workbench.review.approve([first.id], by="anna")
        with workbench.record.write() as connection:
            subject = {"reason": "asked", "source": "person", "at": workbench.clock.now()}
            suppressions.add(connection, workbench.record.workspace_id, "address", str(first.recipient).upper(), **subject)
        report = workbench.review.approve([first.id, second.id], by="anna")
        assert {refusal.rule for refusal in report.refused} <= {"target.suppressed", "approval.two_variants"}
        assert (report.approved, approved(workbench)) == (0, [])
        assert workbench.campaigns.status("spring").excluded_reasons == {"suppressed": 1}

    def test_a_contact_marked_since_not_to_be_contacted_is_refused(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        with workbench.record.write() as connection:
            connection.execute(sa.update(contact).where(contact.c.id == draft.contact_id).values(do_not_contact=True))
        assert [r.rule for r in workbench.review.approve([draft.id], by="anna").refused] == ["target.do_not_contact"]

    def test_an_unknown_draft_is_refused_by_name(self, workbench: Workbench) -> None:
        drafted(workbench)
        assert [r.rule for r in workbench.review.approve(["nothing"], by="anna").refused] == ["draft.unknown"]

    def test_a_mail_without_the_postal_address_is_refused(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        bare = workbench.review.edit(draft.id, seen_revision=1, subject="Hello", body="No footer at all", by="anna")
        assert [warning["rule"] for warning in bare.warnings] == ["footer.postal_address"]
        assert [r.rule for r in workbench.review.approve([draft.id], by="anna").refused] == ["footer.postal_address"]

    def test_it_ends_when_the_mailbox_becomes_another(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        workbench.review.approve([draft.id], by="anna")
        renamed = [box.model_copy(update={"display_name": "Somebody Else"}) for box in workbench.settings.mailboxes]
        later = ReviewService(workbench.record, workbench.clock, renamed)
        assert not later.get(draft.id).approval_holds
        assert later.approve([draft.id], by="anna").approved == 1
        assert later.get(draft.id).approval_holds
        assert not workbench.review.get(draft.id).approval_holds

    def test_the_recommended_variant_of_everybody_undecided(self, workbench: Workbench) -> None:
        everything = drafted(workbench, 6)
        other = next(draft for draft in everything if not draft.recommended)
        workbench.review.approve([other.id], by="anna")
        rejected = next(draft for draft in everything if draft.recommended and draft.target_id != other.target_id)
        workbench.review.reject([rejected.id], by="anna", reason="too pushy")
        seen: list[tuple[int, int | None]] = []
        report = workbench.review.approve_recommended("spring", by="anna", progress=lambda *step: seen.append(step))
        assert (report.approved, report.refused) == (4, ())
        assert seen[-1][0] == 4
        assert len(approved(workbench)) == 5
        assert workbench.review.approve_recommended("spring", by="anna").approved == 0


class TestEdit:
    def test_an_edit_voids_the_approval(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        workbench.review.approve([draft.id], by="anna")
        edited = workbench.review.edit(draft.id, seen_revision=1, subject="Better", body=draft.body, by="anna")
        assert (edited.status, edited.revision, edited.subject, edited.author) == ("drafted", 2, "Better", "person:anna")
        assert edited.content_hash != draft.content_hash
        assert approved(workbench) == []
        assert actions(workbench)[-2:] == ["draft.void", "draft.edit"]

    def test_every_text_is_kept(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        workbench.review.edit(draft.id, seen_revision=1, subject="Two", body=draft.body, by="anna")
        workbench.review.edit(draft.id, seen_revision=2, subject="Three", body=draft.body, by="ben")
        texts = [(revision.number, revision.subject, revision.author) for revision in workbench.review.revisions(draft.id)]
        assert texts == [(1, draft.subject, "drafter:baseline"), (2, "Two", "person:anna"), (3, "Three", "person:ben")]

    def test_the_same_text_changes_nothing(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        workbench.review.approve([draft.id], by="anna")
        same = workbench.review.edit(draft.id, seen_revision=1, subject=draft.subject, body=draft.body, by="anna")
        assert (same.revision, same.approval_holds) == (1, True)

    def test_a_stale_edit_is_refused_with_both_texts(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        workbench.review.edit(draft.id, seen_revision=1, subject="Ben's", body=draft.body, by="ben")
        with pytest.raises(StaleRevision) as refused:
            workbench.review.edit(draft.id, seen_revision=1, subject="Anna's", body=draft.body, by="anna")
        assert (refused.value.theirs.subject, refused.value.yours.subject) == ("Ben's", "Anna's")
        assert workbench.review.get(draft.id).subject == "Ben's"

    @pytest.mark.parametrize(
        ("subject", "body"),
        [
            ("", "text"),
            ("Hi\nBcc: evil@example.com", "text"),
            ("=?utf-8?q?hi=0d=0aBcc:_evil@x.y?=", "text"),
            ("Hi \u2028 there", "text"),
            ("Hi", "Hi {{ first_name }}"),
            ("Hi", "nul \x00"),
            ("Hi", "   "),
            ("x" * 300, "text"),
        ],
    )
    def test_a_text_that_can_be_no_mail_is_refused(self, workbench: Workbench, subject: str, body: str) -> None:
        draft = drafted(workbench, 1)[0]
        with pytest.raises(InputError):
            workbench.review.edit(draft.id, seen_revision=1, subject=subject, body=body, by="anna")
        assert workbench.review.get(draft.id).revision == 1


class TestOnceAMessageIsQueued:
    def test_nothing_about_the_mail_can_change(self, workbench: Workbench) -> None:
        first, second = drafted(workbench, 1)
        workbench.review.approve([first.id], by="anna")
        queue_message(workbench, workbench.review.get(first.id))
        with pytest.raises(ConflictError, match="already queued"):
            workbench.review.edit(first.id, seen_revision=1, subject="Late", body=first.body, by="anna")
        with pytest.raises(ConflictError, match="already queued"):
            workbench.review.undo(first.id, by="anna")
        assert [r.rule for r in workbench.review.approve([second.id], by="anna").refused] == ["approval.queued"]
        assert [r.rule for r in workbench.review.reject([first.id], by="anna", reason="no").refused] == ["approval.queued"]
        assert [r.rule for r in workbench.review.exclude([first.id], by="anna", reason="no").refused] == ["approval.queued"]
        assert [row["draft_id"] for row in approved(workbench)] == [first.id]
        assert workbench.review.get(first.id).message_state == "queued"


class TestOtherDecisions:
    def test_a_rejection_keeps_its_reason_and_takes_the_approval_away(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        workbench.review.approve([draft.id], by="anna")
        report = workbench.review.reject([draft.id], by="ben", reason="too long")
        shown = workbench.review.get(draft.id)
        assert (report.rejected, shown.status, shown.decision_reason, shown.decided_by) == (
            1,
            "rejected",
            "too long",
            "person:ben",
        )
        assert approved(workbench) == []
        assert workbench.review.reject([draft.id], by="ben", reason="too long").already == 1

    def test_what_was_decided_can_be_taken_back(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        workbench.review.approve([draft.id], by="anna")
        assert workbench.review.undo(draft.id, by="anna").status == "drafted"
        assert approved(workbench) == []
        with pytest.raises(ConflictError, match="Nothing is decided"):
            workbench.review.undo(draft.id, by="anna")

    def test_an_excluded_contact_is_never_approved_again(self, workbench: Workbench) -> None:
        first, second = drafted(workbench, 1)
        workbench.review.approve([first.id], by="anna")
        assert workbench.review.exclude([first.id], by="anna", reason="a friend").rejected == 1
        assert approved(workbench) == []
        assert [r.rule for r in workbench.review.approve([second.id], by="anna").refused] == ["target.excluded"]
        assert workbench.campaigns.status("spring").excluded_reasons == {"excluded_by_person": 1}


class TestPages:
    def test_they_follow_each_other_with_both_variants_of_a_contact_together(self, workbench: Workbench) -> None:
        everything = drafted(workbench, 5)
        pages = [workbench.review.page("spring", limit=4, offset=offset) for offset in (0, 4, 8)]
        assert [draft.id for page in pages for draft in page] == [draft.id for draft in everything]
        assert all(everything[n].target_id == everything[n + 1].target_id for n in range(0, 10, 2))

    def test_filters_count_what_they_show(self, workbench: Workbench) -> None:
        add_contact(
            workbench.record, workbench.clock, full_name="Пётр", email="petr@other.example", company_name="Other", language="ru"
        )
        everything = drafted(workbench, 3)
        workbench.review.approve([everything[0].id], by="anna")
        for choice in ({"status": "approved"}, {"variant": "casual"}, {"search": "ПЕТР"}, {"search": "100%"}):
            page = workbench.review.page("spring", **choice)  # type: ignore[arg-type]
            assert workbench.review.count("spring", **choice) == len(page)  # type: ignore[arg-type]
        assert {draft.contact_name for draft in workbench.review.page("spring", search="ПЕТР")} == {"Пётр"}
        assert workbench.review.count("spring", search="100%") == 0


class TestTwoAtOnce:
    def test_of_two_edits_one_is_saved_and_the_other_is_told(self, workbench: Workbench) -> None:
        draft = drafted(workbench, 1)[0]

        def save(name: str) -> str | None:
            try:
                workbench.review.edit(draft.id, seen_revision=1, subject=name, body=draft.body, by=name)
            except StaleRevision:
                return None
            return name

        with ThreadPoolExecutor(6) as pool:
            saved = [name for name in pool.map(save, [f"p{n}" for n in range(6)]) if name]
        assert len(saved) == 1
        assert workbench.review.get(draft.id).subject == saved[0]

    def test_patient_editors_lose_no_edit(self, workbench: Workbench) -> None:
        draft = drafted(workbench, 1)[0]

        def add_line(number: int) -> None:
            seen = workbench.review.get(draft.id)
            while True:
                try:
                    body = f"line {number}\n{seen.body}"
                    workbench.review.edit(draft.id, seen_revision=seen.revision, subject="S", body=body, by="anna")
                except StaleRevision as stale:
                    seen = stale.theirs
                else:
                    return

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(add_line, range(8)))
        final = workbench.review.get(draft.id)
        assert final.revision == 9
        assert all(f"line {number}\n" in final.body for number in range(8))

    def test_of_two_variants_approved_at_once_one_stands(self, workbench: Workbench) -> None:
        everything = drafted(workbench, 4)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda draft: workbench.review.approve([draft.id], by="anna"), everything * 2))
        standing = approved(workbench)
        assert len(standing) == len({row["target_id"] for row in standing}) == 4

    def test_an_edit_and_an_approval_at_once_never_approve_unread_text(self, workbench: Workbench) -> None:
        draft = drafted(workbench, 1)[0]
        with ThreadPoolExecutor(2) as pool:
            approving = pool.submit(workbench.review.approve, [draft.id], by="anna", seen={draft.id: draft.content_hash})
            editing = pool.submit(workbench.review.edit, draft.id, seen_revision=1, subject="New", body=draft.body, by="ben")
            approving.result()
            editing.result()
        assert approved(workbench) == []
        assert workbench.review.get(draft.id).subject == "New"


def test_decisions_are_facts_that_add_up_to_the_state(workbench: Workbench) -> None:
    draft = drafted(workbench, 1)[0]
    workbench.review.approve([draft.id], by="anna")
    workbench.review.undo(draft.id, by="anna")
    workbench.review.reject([draft.id], by="anna", reason="no")
    with workbench.record.read() as connection:
        kinds = list(connection.execute(sa.select(decision.c.kind).order_by(decision.c.id)).scalars())
    assert kinds == ["approve", "void", "reject"]
