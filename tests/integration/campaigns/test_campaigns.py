from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.campaigns.service import CampaignService
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, PolicyError
from gtm_pipelines.record import suppressions
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import audit_event, campaign, contact, pack_version, target
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_company, add_contact, add_people, drafted, make_campaign, queue_message


def suppress(workbench: Workbench, kind: str, value: str) -> None:
    with workbench.record.write() as connection:
        details = {"reason": "asked", "source": "person", "at": workbench.clock.now()}
        suppressions.add(connection, workbench.record.workspace_id, kind, value, **details)


class TestTheSnapshot:
    def test_it_stays_as_it_was_when_the_list_changes(self, workbench: Workbench) -> None:
        (person,) = add_people(workbench, 1)
        make_campaign(workbench)
        with workbench.record.write() as connection:
            connection.execute(sa.update(contact).where(contact.c.id == person).values(position="CEO", email="new@acme.example"))
        add_people(workbench, 1, email="late@acme.example")
        (held,) = workbench.campaigns.targets("spring")
        assert held.snapshot["contact"]["position"] == "CTO"
        assert held.snapshot["company"]["name"] == "Acme Inc."
        assert (held.recipient, held.language) == ("p0@acme.example", "ru")

    def test_everybody_left_out_is_there_with_the_reason(self, workbench: Workbench) -> None:
        record, clock = workbench.record, workbench.clock
        firm = add_company(record, clock, name="Blocked")
        add_people(workbench, 2)
        add_contact(record, clock, full_name="No mail")
        add_contact(record, clock, full_name="Bad", email="not an address")
        add_contact(record, clock, full_name="Never", email="never@x.example", do_not_contact=True)
        add_contact(record, clock, full_name="Address", email="Gone@x.example")
        add_contact(record, clock, full_name="Domain", email="a@sub.blocked.example")
        add_contact(record, clock, full_name="Company", email="a@fine.example", company_id=firm)
        for kind, value in (("address", "gone@X.example"), ("domain", "blocked.example"), ("company", firm)):
            suppress(workbench, kind, value)
        make_campaign(workbench)
        status = workbench.campaigns.status("spring")
        assert (status.targets, status.active, status.excluded) == (8, 2, 6)
        assert status.excluded_reasons == {"no_email": 1, "bad_address": 1, "do_not_contact": 1, "suppressed": 3}

    def test_a_suppressed_company_stops_a_contact_without_an_address_too(self, workbench: Workbench) -> None:
        firm = add_company(workbench.record, workbench.clock)
        add_contact(workbench.record, workbench.clock, company_id=firm)
        suppress(workbench, "company", firm)
        make_campaign(workbench)
        assert workbench.campaigns.status("spring").excluded_reasons == {"suppressed": 1}

    def test_its_coins_are_recorded_and_can_be_thrown_again(self, workbench: Workbench) -> None:
        add_people(workbench, 40)
        make_campaign(workbench, "one", settings=CampaignSettings(seed=3))
        make_campaign(workbench, "two", settings=CampaignSettings(seed=3))
        make_campaign(workbench, "three", settings=CampaignSettings(seed=4))
        hands = [
            [(item.contact_id, item.variant, item.mailbox) for item in workbench.campaigns.targets(name, limit=100)]
            for name in ("one", "two", "three")
        ]
        assert hands[0] == hands[1] != hands[2]
        counts = Counter((item.language, item.variant) for item in workbench.campaigns.targets("one", limit=100))
        assert set(counts.values()) == {10}

    def test_a_contact_keeps_the_mailbox_that_wrote_before(self, workbench: Workbench) -> None:
        drafts = drafted(workbench, 6)
        workbench.review.approve_recommended("spring", by="anna")
        for draft in workbench.review.page("spring", status="approved"):
            queue_message(workbench, draft, state="sent", sent_at=workbench.clock.now())
        make_campaign(workbench, "summer", settings=CampaignSettings(seed=99))
        before = {draft.contact_id: draft.mailbox for draft in drafts}
        assert {item.contact_id: item.mailbox for item in workbench.campaigns.targets("summer")} == before

    def test_a_limit_takes_the_first_to_arrive(self, workbench: Workbench) -> None:
        people = add_people(workbench, 5)
        make_campaign(workbench, settings=CampaignSettings(limit=2))
        assert {item.contact_id for item in workbench.campaigns.targets("spring")} == set(people[:2])

    def test_nobody_who_cannot_be_written_to_uses_up_a_place_of_the_limit(self, workbench: Workbench) -> None:
        add_contact(workbench.record, workbench.clock, full_name="No mail")
        add_people(workbench, 1, email="gone@acme.example")
        first = add_people(workbench, 3)
        suppress(workbench, "address", "gone@acme.example")
        make_campaign(workbench, settings=CampaignSettings(limit=2))
        assert {item.contact_id for item in workbench.campaigns.targets("spring", status="active")} == set(first[:2])
        assert workbench.campaigns.status("spring").excluded_reasons == {"no_email": 1, "suppressed": 1}

    def test_a_failure_leaves_nothing_behind(self, workbench: Workbench) -> None:
        add_people(workbench, 5)

        def fail(_done: int, _total: int | None) -> None:
            raise RuntimeError("power cut")

        with pytest.raises(RuntimeError):
            make_campaign(workbench, progress=fail)
        with workbench.record.read() as connection:
            for table in (campaign, target, pack_version):
                assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0

    def test_two_campaigns_keep_one_copy_of_the_pack(self, workbench: Workbench) -> None:
        add_people(workbench, 1)
        first, second = make_campaign(workbench, "one"), make_campaign(workbench, "two")
        assert first.pack_version_id == second.pack_version_id

    def test_history_finds_who_was_in_a_campaign(self, workbench: Workbench) -> None:
        add_people(workbench, 2)
        make_campaign(workbench, "Весна")
        add_people(workbench, 1, email="new@acme.example")
        inside = {"all": [{"field": "campaign.name", "op": "eq", "value": "весна"}]}
        assert workbench.segments.preview(inside).count == 2
        assert workbench.segments.preview({"none": inside["all"]}).count == 1

    def test_a_segment_in_use_cannot_be_deleted(self, workbench: Workbench) -> None:
        add_people(workbench, 1)
        make_campaign(workbench)
        with pytest.raises(ConflictError, match="spring"):
            workbench.segments.delete("everybody", by="anna")


@pytest.mark.parametrize(
    ("choices", "error"),
    [
        ({"pack": "nothing"}, NotFoundError),
        ({"pack": "cold-email@9.0.0"}, NotFoundError),
        ({"pack": "judge"}, InputError),
        ({"pack": "replies"}, InputError),
        ({"pack": "follow-ups"}, InputError),
        ({"segment": "nobody knows"}, NotFoundError),
        ({"mailboxes": []}, InputError),
        ({"mailboxes": ["anna", "anna"]}, InputError),
        ({"mailboxes": ["stranger"]}, InputError),
        ({"variants": ["direct", "loud"]}, InputError),
        ({"by": " "}, InputError),
        ({"settings": CampaignSettings(default_language="de")}, InputError),
        ({"settings": CampaignSettings(variables={"surprise": {"en": "x", "ru": "x"}})}, InputError),
        ({"settings": CampaignSettings(variables={"offer": {"en": "only English"}})}, InputError),
    ],
)
def test_a_choice_that_does_not_fit_is_refused(workbench: Workbench, choices: dict[str, Any], error: type[Exception]) -> None:
    add_people(workbench, 1)
    with pytest.raises(error):
        make_campaign(workbench, **choices)
    assert workbench.campaigns.list() == []


def test_a_segment_of_nobody_makes_no_campaign(workbench: Workbench) -> None:
    with pytest.raises(InputError, match="matches nobody"):
        make_campaign(workbench)


def test_a_name_is_used_once_even_by_two_at_once(workbench: Workbench) -> None:
    add_people(workbench, 2)
    workbench.segments.save("everybody", {"all": []}, by="anna")

    def create(_number: int) -> int:
        try:
            workbench.campaigns.create("spring", segment="everybody", pack="cold-email", mailboxes=["anna"], by="anna")
        except ConflictError:
            return 0
        return 1

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(create, range(3))) == 1
    assert len(workbench.campaigns.list()) == 1


class TestRelease:
    def test_a_person_sends_what_is_approved(self, workbench: Workbench) -> None:
        drafted(workbench)
        with pytest.raises(PolicyError, match="No draft"):
            workbench.campaigns.release("spring", by="anna")
        workbench.review.approve_recommended("spring", by="anna")
        released = workbench.campaigns.release("spring", by="anna")
        assert (released.status, released.released_at) == ("sending", workbench.clock.now())
        assert workbench.campaigns.release("spring", by="ben") == released
        with workbench.record.read() as connection:
            acts = sa.select(audit_event.c.actor, audit_event.c.action).where(audit_event.c.action.like("campaign.%"))
            assert list(connection.execute(acts.order_by(audit_event.c.id)))[-2:] == [
                ("person:anna", "campaign.advance"),
                ("person:anna", "campaign.release"),
            ]

    def test_no_machine_sends(self, workbench: Workbench) -> None:
        drafted(workbench)
        workbench.review.approve_recommended("spring", by="anna")
        with pytest.raises(PolicyError):
            workbench.campaigns.release("spring", by="agent:planner")
        workbench.campaigns.advance("spring", "ready")
        with pytest.raises(PolicyError, match="Only a person"):
            workbench.campaigns.advance("spring", "sending")
        assert workbench.campaigns.get("spring").released_at is None

    def test_holding_takes_the_release_back(self, workbench: Workbench) -> None:
        drafted(workbench)
        workbench.review.approve_recommended("spring", by="anna")
        workbench.campaigns.release("spring", by="anna")
        held = workbench.campaigns.hold("spring", by="anna")
        assert (held.status, held.released_at) == ("ready", None)

    def test_a_finished_campaign_can_be_put_away(self, workbench: Workbench) -> None:
        drafted(workbench)
        workbench.review.approve_recommended("spring", by="anna")
        workbench.campaigns.release("spring", by="anna")
        with pytest.raises(PolicyError, match="sending cannot become archived"):
            workbench.campaigns.archive("spring", by="anna")
        workbench.campaigns.advance("spring", "completed")
        assert workbench.campaigns.archive("spring", by="anna").status == "archived"
        with pytest.raises(PolicyError):
            workbench.campaigns.release("spring", by="anna")
        with pytest.raises(PolicyError, match="archived"):
            workbench.drafting.draft("spring")

    def test_what_was_approved_before_is_not_approved_in_an_archived_campaign(self, workbench: Workbench) -> None:
        draft = drafted(workbench)[0]
        workbench.campaigns.archive("spring", by="anna")
        assert [refusal.rule for refusal in workbench.review.approve([draft.id], by="anna").refused] == ["campaign.over"]


def test_a_campaign_of_another_workspace_is_not_found(workbench: Workbench) -> None:
    add_people(workbench, 1)
    make_campaign(workbench)
    other = Record(workbench.record.engine, "other")
    mailboxes = workbench.settings.mailboxes
    elsewhere = CampaignService(other, workbench.clock, workbench.segments, workbench.packs, mailboxes, workbench.verification)
    with pytest.raises(NotFoundError):
        elsewhere.get("spring")


def test_the_status_counts_the_whole_funnel(workbench: Workbench) -> None:
    drafted(workbench, 6)
    workbench.review.approve_recommended("spring", by="anna")
    page = workbench.review.page("spring", status="approved")
    workbench.review.reject([page[5].id], by="anna", reason="no")
    fates = [("sent", "replied"), ("sent", "bounced_hard"), ("reconciled", None), ("unknown", None), ("queued", None)]
    for draft, (state, outcome) in zip(page, fates, strict=False):
        sent_at = workbench.clock.now() if state in ("sent", "reconciled") else None
        queue_message(workbench, draft, state=state, outcome=outcome, sent_at=sent_at)
    status = workbench.campaigns.status("spring")
    assert (status.drafts, status.drafted, status.approved, status.rejected, status.waiting_review) == (12, 6, 5, 1, 0)
    assert status.messages == {"sent": 2, "reconciled": 1, "unknown": 1, "queued": 1}
    assert (status.sent, status.bounced, status.delivered, status.replied) == (3, 1, 2, 1)
    assert (status.queued, status.unknown, status.failed) == (1, 1, 0)
    assert status.languages == {"en": 6, "ru": 6}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("offer", "word " * 1_500, r"'offer' \(en\) .*7,499 characters; a mail takes at most 1,000"),
        ("offer", "a b " * 71, r"142 words; .*at most 110 \(limits\.body_words\)"),
        ("topic", "t" * 71, r"71 characters .*at most 70 \(limits\.subject_characters\)"),
        ("offer", "{{ price }}", r"'offer' \(en\) .*placeholder"),
        ("offer", " - ", r"says nothing"),
    ],
)
def test_a_text_that_no_mail_can_take_is_refused_at_once_and_not_in_every_draft(
    workbench: Workbench, name: str, text: str, says: str
) -> None:
    add_people(workbench, 1)
    with pytest.raises(InputError, match=says):
        make_campaign(workbench, settings=CampaignSettings(variables={name: {"en": text, "ru": "Коротко."}}))
    assert workbench.campaigns.list() == []


def test_a_model_may_be_given_more_to_write_from_than_a_mail_holds(workbench: Workbench) -> None:
    add_people(workbench, 1)
    variables = {"offer": {"en": "a b " * 71, "ru": "Коротко."}}
    assert make_campaign(workbench, settings=CampaignSettings(variables=variables, drafter="model")).settings.drafter == "model"
