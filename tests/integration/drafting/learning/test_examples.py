from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.drafting.learning.examples import ExampleService
from gtm_pipelines.drafting.learning.model import Decided, Example
from gtm_pipelines.drafting.learning.splits import company_key, side
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import company, contact, inbound_message, training_example
from gtm_pipelines.review.model import DraftView
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_company, add_contact, drafted, make_campaign, queue_message


def of(workbench: Workbench, **choice: str) -> dict[str, Example]:
    return {one.source_key: one for one in workbench.examples.each(**choice)}


def answer(workbench: Workbench, message_id: str | None, cls: str, text: str = "Sounds good", **values: Any) -> str:
    now, inbound_id = workbench.clock.now(), new_id()
    row = {"id": inbound_id, "workspace_id": workbench.record.workspace_id, "mailbox": "anna", "folder": "INBOX"}
    row |= {"uidvalidity": 1, "uid": 1, "content_key": inbound_id, "reference_ids": [], "received_at": now, "class": cls}
    row |= {"confidence": 0.9, "class_reason": "said so", "attribution": "in_reply_to", "message_id": message_id, "raw": b"x"}
    row |= {"created_at": now, "updated_at": now, "text": text, "subject": "Re: it", "language": "en"}
    with workbench.record.write() as connection:
        connection.execute(sa.insert(inbound_message).values(**row | values))
    return inbound_id


def edited(workbench: Workbench, draft: DraftView, old: str, new: str) -> None:
    workbench.review.edit(
        draft.id, seen_revision=draft.revision, subject=draft.subject, body=draft.body.replace(old, new), by="anna"
    )
    workbench.review.approve([draft.id], by="anna")


def some_companies(workbench: Workbench, count: int) -> list[str]:
    firms = [add_company(workbench.record, workbench.clock, name=f"Firm {number}") for number in range(count)]
    for number, firm in enumerate(firms):
        for person in range(2):
            values = {"company_id": firm, "email": f"p{person}@firm{number}.example", "first_name": "Ada", "language": "en"}
            add_contact(workbench.record, workbench.clock, full_name=f"Ada {number}{person}", position="CTO", **values)
    make_campaign(workbench)
    workbench.drafting.draft("spring")
    return firms


class TestWhatPeopleDecided:
    def test_what_was_decided_at_a_stroke_is_counted_apart_from_single_words_and_edits(self, workbench: Workbench) -> None:
        first, second, third, fourth = drafted(workbench, 2)
        workbench.review.reject([first.id, second.id], by="anna", reason="not these")
        workbench.clock.sleep(60)
        edited(workbench, third, third.body.splitlines()[0], "Hello there,")
        workbench.clock.sleep(60)
        workbench.review.reject([fourth.id], by="anna", reason="too pushy")
        workbench.examples.rebuild()
        assert workbench.examples.decided("cold-email") == Decided(single=1, edited=1, bulk=2)
        workbench.clock.sleep(60)
        workbench.review.approve([first.id], by="ben")
        assert workbench.examples.decided("cold-email") == Decided(single=2, edited=1, bulk=1)
        assert workbench.examples.decided("follow-ups") == Decided(single=0, edited=0, bulk=0)

    def test_an_approval_an_edit_and_a_rejection_become_examples(self, workbench: Workbench) -> None:
        first, second, third, fourth = drafted(workbench, 2)
        workbench.review.approve([first.id], by="anna")
        edited(workbench, third, third.body.splitlines()[0], "Hello there,")
        workbench.review.reject([fourth.id], by="anna", reason="too pushy")
        report = workbench.examples.rebuild()
        found = of(workbench, kind="draft")
        assert set(found) == {first.id, third.id, fourth.id}
        assert report.added == 6  # each is a draft's case and a judge's
        assert found[first.id].labels["worth"] == 0.8
        assert found[first.id].labels["edit"] is None
        assert found[third.id].labels["edit"]["kinds"] == ["greeting"]
        assert found[third.id].labels["edit"]["before"]["body"] == third.body
        assert found[third.id].output["body"].startswith("Hello there,")
        assert found[third.id].labels["worth"] == 0.6
        assert (found[fourth.id].labels["decision"], found[fourth.id].labels["reason"]) == ("reject", "too pushy")
        assert second.id not in found

    def test_a_judges_case_shows_the_first_text_and_what_a_person_said(self, workbench: Workbench) -> None:
        draft = drafted(workbench, 1)[0]
        edited(workbench, draft, draft.body.splitlines()[0], "Hello there,")
        workbench.examples.rebuild()
        case = of(workbench, kind="judge")[draft.id]
        assert case.inputs["body"] == draft.body
        assert case.output == {"decision": "approve", "edited": True, "worth": 0.6}

    def test_what_is_taken_back_teaches_nothing(self, workbench: Workbench) -> None:
        draft = drafted(workbench, 1)[0]
        workbench.review.approve([draft.id], by="anna")
        workbench.examples.rebuild()
        workbench.review.undo(draft.id, by="anna")
        report = workbench.examples.rebuild()
        assert (report.removed, of(workbench)) == (2, {})

    def test_a_positive_answer_counts_only_where_it_was_attributed(self, workbench: Workbench) -> None:
        first, _, third, _ = drafted(workbench, 2)
        workbench.review.approve([first.id, third.id], by="anna")
        message = queue_message(workbench, first, state="sent")
        queue_message(workbench, third, state="sent")
        answer(workbench, message, "positive")
        answer(workbench, None, "positive", attribution="none")
        answer(workbench, message, "unsubscribe", attribution="own_copy")
        workbench.examples.rebuild()
        found = of(workbench, kind="draft")
        assert found[first.id].labels["outcome"]["positive"]
        assert not found[first.id].labels["outcome"]["harm"]
        assert not found[third.id].labels["outcome"]["positive"]

    def test_answers_that_are_played_beside_real_mailboxes_are_not_counted(self, workbench: Workbench) -> None:
        draft = drafted(workbench, 1)[0]
        workbench.review.approve([draft.id], by="anna")
        answer(workbench, queue_message(workbench, draft, state="sent", mailbox="played"), "positive")
        ExampleService(workbench.record, workbench.clock, ("played",)).rebuild()
        labels = of(workbench, kind="draft")[draft.id].labels
        assert labels["outcome"]["positive"]
        assert not labels["outcome"]["real"]
        assert labels["worth"] == 0.8

    def test_a_reply_that_a_person_put_in_another_class_is_an_example(self, workbench: Workbench) -> None:
        draft = drafted(workbench, 1)[0]
        workbench.review.approve([draft.id], by="anna")
        message = queue_message(workbench, draft, state="sent")
        mail = answer(workbench, message, "other", "Not before May, then gladly", contact_id=draft.contact_id)
        answer(workbench, message, "negative", "No", contact_id=draft.contact_id)
        workbench.replies.reclassify(mail, "positive", "anna")
        workbench.replies.reclassify(mail, "information_request", "ben")
        workbench.examples.rebuild()
        (case,) = of(workbench, kind="reply").values()
        assert case.inputs["text"] == "Not before May, then gladly"
        assert case.output == {"class": "information_request"}
        assert case.labels["rules"] == "other"


class TestRebuilding:
    def test_again_changes_nothing(self, workbench: Workbench) -> None:
        drafts = drafted(workbench, 3)
        workbench.review.approve([draft.id for draft in drafts], by="anna")
        workbench.examples.rebuild()
        before = of(workbench)
        for whole in (False, True):
            report = workbench.examples.rebuild(whole=whole)
            assert (report.added, report.changed, report.removed, report.moved) == (0, 0, 0, 0)
        assert of(workbench) == before

    def test_only_what_is_news_is_looked_at(self, workbench: Workbench) -> None:
        first, _, third, _ = drafted(workbench, 2)
        workbench.review.approve([first.id], by="anna")
        workbench.clock.advance(hours=1)
        workbench.examples.rebuild()
        workbench.clock.advance(hours=1)
        workbench.review.approve([third.id], by="anna")
        report = workbench.examples.rebuild()
        assert (report.looked_at, report.added) == (1, 2)

    def test_a_reply_that_comes_later_changes_the_example(self, workbench: Workbench) -> None:
        draft = drafted(workbench, 1)[0]
        workbench.review.approve([draft.id], by="anna")
        message = queue_message(workbench, draft, state="sent")
        workbench.examples.rebuild()
        workbench.clock.advance(days=1)
        answer(workbench, message, "positive")
        assert workbench.examples.rebuild().changed == 2
        assert of(workbench, kind="draft")[draft.id].labels["worth"] == 1.0

    def test_from_nothing_it_comes_out_the_same(self, workbench: Workbench) -> None:
        drafts = drafted(workbench, 3)
        workbench.review.approve([draft.id for draft in drafts], by="anna")
        workbench.examples.rebuild()
        before = of(workbench)
        with workbench.record.write() as connection:
            connection.execute(sa.delete(training_example))
        workbench.examples.rebuild()
        assert of(workbench) == before


class TestSides:
    def test_a_company_is_on_one_side_only(self, workbench: Workbench) -> None:
        some_companies(workbench, 12)
        workbench.review.approve_recommended("spring", by="anna")
        workbench.examples.rebuild()
        seen = defaultdict(set)
        for one in workbench.examples.each():
            seen[one.company_id].add(one.split)
        assert len(seen) == 12
        assert all(len(found) == 1 for found in seen.values())

    def test_companies_that_turn_out_to_be_one_come_together_and_stay_so(self, workbench: Workbench) -> None:
        firms = some_companies(workbench, 16)
        workbench.review.approve_recommended("spring", by="anna")
        workbench.examples.rebuild()
        held = next(firm for firm in firms if side(company_key(firm)) == "held_out")
        train = next(firm for firm in firms if side(company_key(firm)) == "train")
        self._merge(workbench, winner=held, loser=train)
        assert workbench.examples.rebuild().moved > 0
        both = [one for one in workbench.examples.each() if one.company_id in (held, train)]
        assert {(one.split, one.split_key) for one in both} == {("train", company_key(held))}
        self._merge(workbench, winner=None, loser=train)
        workbench.examples.rebuild(whole=True)
        assert {one.split for one in workbench.examples.each() if one.company_id in (held, train)} == {"train"}

    def test_somebody_without_a_company_goes_with_the_company_of_their_domain(self, workbench: Workbench) -> None:
        lone = add_contact(
            workbench.record, workbench.clock, first_name="Eve", full_name="Eve", email="eve@lone.example", company_name="Lone"
        )
        make_campaign(workbench)
        workbench.drafting.draft("spring")
        workbench.review.approve_recommended("spring", by="anna")
        workbench.examples.rebuild()
        assert {one.split_key for one in workbench.examples.each()} == {"domain:lone.example"}
        firm = add_company(workbench.record, workbench.clock, name="Lone", domain="lone.example")
        workbench.examples.rebuild()
        assert {(one.contact_id, one.split_key) for one in workbench.examples.each()} == {(lone, company_key(firm))}

    @staticmethod
    def _merge(workbench: Workbench, *, winner: str | None, loser: str) -> None:
        with workbench.record.write() as connection:
            connection.execute(sa.update(company).where(company.c.id == loser).values(merged_into=winner))


def test_whoever_is_erased_is_gone_from_the_examples_and_does_not_come_back(workbench: Workbench) -> None:
    first, _, third, _ = drafted(workbench, 2)
    workbench.review.approve([first.id, third.id], by="anna")
    message = queue_message(workbench, first, state="sent")
    mail = answer(workbench, message, "other", "zebra canary", contact_id=first.contact_id, from_address=first.recipient)
    workbench.replies.reclassify(mail, "positive", "anna")
    workbench.examples.rebuild()
    with workbench.record.read() as connection:
        address = connection.execute(sa.select(contact.c.email).where(contact.c.id == first.contact_id)).scalar_one()
    shown = workbench.privacy.export_person(address, workbench.settings.home_path / "her.json")
    assert shown.counts["training_example"] == 3
    workbench.privacy.erase_person(address, by="anna")
    assert {one.contact_id for one in workbench.examples.each()} == {third.contact_id}
    workbench.examples.rebuild(whole=True)
    assert {one.contact_id for one in workbench.examples.each()} == {third.contact_id}
    assert "zebra canary" not in str(list(workbench.examples.each()))


def test_nothing_of_another_workspace_is_seen(workbench: Workbench) -> None:
    draft = drafted(workbench, 1)[0]
    workbench.review.approve([draft.id], by="anna")
    workbench.examples.rebuild()
    theirs = ExampleService(replace(workbench.record, workspace_id="theirs"), workbench.clock)
    assert theirs.counts() == []
    assert list(theirs.each()) == []
    assert theirs.rebuild(whole=True).looked_at == 0
