"""Why somebody is in, what changed between versions, who is written to already, and what history says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import suppressions
from gtm_pipelines.record.tables import contact, message_event
from gtm_pipelines.segments.findings import GroupVerdict, Verdict
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_company, add_contact, add_people, drafted, make_campaign, queue_message

LEADERS: dict[str, Any] = {
    "all": [
        {"field": "contact.position", "op": "contains", "value": "chief"},
        {
            "any": [
                {"field": "company.country", "op": "eq", "value": "Germany"},
                {"field": "contact.tags", "op": "has", "value": "vip"},
            ]
        },
        {"none": [{"field": "contact.do_not_contact", "op": "eq", "value": True}]},
    ]
}


def where(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"all": [{"field": field, "op": op} | ({} if value is None else {"value": value})]}


class TestWhySomebodyIsInOrOut:
    @pytest.fixture
    def anna(self, workbench: Workbench) -> str:
        firm = add_company(workbench.record, workbench.clock, country="France")
        key = {"email": "anna@x.test", "full_name": "Anna", "position": "Chief of Staff"}
        return add_contact(workbench.record, workbench.clock, company_id=firm, **key)

    def test_every_condition_has_its_verdict_and_the_person_s_value(self, workbench: Workbench, anna: str) -> None:
        told = workbench.segments.explain(LEADERS, "anna@x.test")
        position, either, unless = told.tree.nodes
        assert (told.contact_id, told.name, told.matches) == (anna, "Anna", False)
        assert isinstance(position, Verdict)
        assert (position.sentence, position.holds, position.value) == ('position contains "chief"', True, "Chief of Staff")
        assert isinstance(either, GroupVerdict)
        assert [(node.value, node.holds) for node in either.nodes if isinstance(node, Verdict)] == [
            ("France", False),
            (None, False),
        ]
        assert (either.holds, unless.holds) == (False, True)

    def test_what_decides_is_named(self, workbench: Workbench, anna: str) -> None:
        out = workbench.segments.explain(LEADERS, anna)
        assert [verdict.sentence for verdict in out.because] == ['company country is "Germany"', 'tags has "vip"']
        workbench.tags.tag("contact", "VIP", [anna], by="ben")
        inside = workbench.segments.explain(LEADERS, anna)
        assert inside.matches
        assert 'tags has "vip"' in [verdict.sentence for verdict in inside.because]

    def test_who_is_not_there_is_told(self, workbench: Workbench) -> None:
        with pytest.raises(NotFoundError, match=r"nobody@x\.test"):
            workbench.segments.explain(LEADERS, "nobody@x.test")


def test_two_versions_are_compared_in_words_and_in_people(workbench: Workbench) -> None:
    add_people(workbench, 4)
    workbench.segments.save("s", where("contact.language", "eq", "ru"), by="anna")
    workbench.segments.save("s", where("contact.language", "in", ["en", "de"]), by="anna")
    found = workbench.segments.diff("s", 1)
    assert (found.removed, found.added) == (('language is "ru"',), ('language is one of "en", "de"',))
    assert (found.stay, found.leaving, found.coming) == (0, 2, 2)
    assert [row.full_name for row in found.coming_sample] == ["John 1", "John 3"]  # type: ignore[union-attr]


def test_people_of_open_campaigns_are_counted_once_and_by_campaign(workbench: Workbench) -> None:
    add_people(workbench, 3)
    add_contact(workbench.record, workbench.clock, full_name="No address", company_name="x")
    make_campaign(workbench, "spring")
    make_campaign(workbench, "summer")
    found = workbench.segments.overlaps({"all": []})
    assert (found.people, [(row.name, row.people) for row in found.campaigns]) == (3, [("spring", 3), ("summer", 3)])
    assert workbench.segments.overlaps(where("contact.language", "eq", "ru")).people == 2
    assert workbench.segments.count(where("history.active_campaign", "in", ["Spring", "x"])) == 3
    workbench.campaigns.archive("spring", by="anna")
    workbench.campaigns.archive("summer", by="anna")
    assert workbench.segments.overlaps({"all": []}).campaigns == ()
    assert workbench.segments.count(where("history.active_campaign", "is_empty")) == 4
    assert workbench.segments.count(where("history.campaign", "has", "spring")) == 4


class TestHistory:
    @pytest.fixture
    def sent(self, workbench: Workbench) -> list[str]:
        """Three people; the first was written to 90 days ago, the second yesterday."""
        drafted(workbench, 3)
        workbench.review.approve_recommended("spring", by="anna")
        approved = [draft for draft in workbench.review.page("spring", limit=500) if draft.status == "approved"]
        drafts = sorted(approved, key=lambda draft: draft.contact_id)
        for draft, days in zip(drafts[:2], (90, 1), strict=False):
            queue_message(workbench, draft, state="sent", sent_at=workbench.clock.now() - timedelta(days=days))
        return [draft.contact_id for draft in drafts]

    @pytest.mark.parametrize(
        ("field", "op", "value", "expected"),
        [
            ("history.sent_at", "is_empty", None, {2}),
            ("history.sent_at", "older_than_days", 60, {0, 2}),
            ("history.sent_at", "within_days", 60, {1}),
            ("history.sent_at", "before", "2026-01-01", {0}),
            ("history.sent_campaign", "has", "SPRING", {0, 1}),
            ("history.sent_campaign", "has_not", "spring", {2}),
            ("history.campaign", "is_not_empty", None, {0, 1, 2}),
            ("history.bounced", "eq", True, {0}),
            ("history.bounced", "eq", False, {1, 2}),
            ("history.bounced", "ne", True, {1, 2}),
            ("history.event", "in", ["bounced_hard", "opened"], {0}),
            ("history.unsubscribed", "eq", True, {1}),
            ("history.suppressed", "eq", True, {1, 2}),
            ("history.reply", "is_empty", None, {0, 1, 2}),
        ],
    )
    def test_a_filter_asks_what_happened(
        self, workbench: Workbench, sent: list[str], field: str, op: str, value: Any, expected: set[int]
    ) -> None:
        self.bounce(workbench, sent[0])
        with workbench.record.write() as connection:
            said = {"source": "test", "at": workbench.clock.now()}
            address = connection.execute(sa.select(contact.c.email).where(contact.c.id == sent[1])).scalar_one()
            suppressions.add(connection, "default", "address", address, reason="unsubscribed", **said)
            connection.execute(sa.update(contact).where(contact.c.id == sent[2]).values(email_domain="mail.blocked.example"))
            suppressions.add(connection, "default", "domain", "blocked.example", reason="asked", **said)
        found = {row.id for row in workbench.segments.page(where(field, op, value))}
        assert found == {sent[number] for number in expected}

    def bounce(self, workbench: Workbench, contact_id: str) -> None:
        now = workbench.clock.now()
        with workbench.record.write() as connection:
            held = sa.text("select id, campaign_id from message where contact_id = :contact")
            row = connection.execute(held, {"contact": contact_id}).one()
            values = {"id": new_id(), "workspace_id": "default", "message_id": row.id, "campaign_id": row.campaign_id}
            values |= {
                "contact_id": contact_id,
                "kind": "bounced_hard",
                "source_key": "x",
                "occurred_at": now,
                "recorded_at": now,
            }
            connection.execute(sa.insert(message_event).values(**values))

    def test_what_happened_to_a_merged_person_happened_to_the_one_who_stands_for_both(
        self, workbench: Workbench, sent: list[str]
    ) -> None:
        with workbench.record.write() as connection:
            for loser, winner in ((sent[0], sent[1]), (sent[1], sent[2])):
                connection.execute(sa.update(contact).where(contact.c.id == loser).values(merged_into=winner))
        assert {row.id for row in workbench.segments.page({"all": []})} == {sent[2]}
        assert workbench.segments.count({"all": []}) == 1
        assert workbench.segments.count(where("history.sent_campaign", "has", "spring")) == 1
        assert workbench.segments.count(where("history.sent_at", "is_empty")) == 0


def test_any_page_of_a_cohort_is_found_by_its_ids(workbench: Workbench) -> None:
    people = add_people(workbench, 5)
    everyone = where("contact.position", "eq", "cto")
    ids = workbench.segments.cohort(everyone)
    assert ids == people
    assert workbench.segments.cohort(everyone, limit=4) is None
    assert [row.id for row in workbench.segments.rows(people[2:4])] == people[2:4]
    assert [row.id for row in workbench.segments.page(everyone, after=people[2])] == people[3:]


def test_values_are_suggested_by_how_many_have_them(workbench: Workbench) -> None:
    add_people(workbench, 3, attributes={"Tier": "gold"})
    workbench.tags.tag("contact", "vip", ["p0@acme.example"], by="anna")
    assert workbench.segments.suggest("contact.language") == [("ru", 2), ("en", 1)]
    assert workbench.segments.suggest("company.name") == [("Acme Inc.", 1)]
    assert workbench.segments.suggest("contact.attribute.Tier") == [("gold", 3)]
    assert workbench.segments.suggest("contact.tags") == [("vip", 1)]
    assert workbench.segments.suggest("contact.created_at") == []
    assert "contact.attribute.Tier" in {field.name for field in workbench.segments.fields(own=True)}


def test_who_came_by_a_file_is_found_by_it(workbench: Workbench, tmp_path: Any) -> None:
    for name, address in (("fair.csv", "a@x.test"), ("web.csv", "b@x.test")):
        (tmp_path / name).write_text(f"Email,First name\n{address},Anna\n", encoding="utf-8")
        workbench.intake.import_file(tmp_path / name, "contact", session_key=name.removesuffix(".csv"))
    for field, value in (("contact.import.file", "FAIR.csv"), ("contact.import.batch", "fair")):
        found = workbench.segments.page(where(field, "has", value))
        assert [row.email for row in found] == ["a@x.test"]  # type: ignore[union-attr]
    assert workbench.segments.count(where("contact.import.at", "within_days", 1)) == 2


def test_what_an_undone_import_said_counts_no_more(workbench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    chiefs = where("contact.fact.position", "eq", "CEO")
    for title in ("CTO", "CEO"):
        path.write_text(f"email,title\na@x.test,{title}\n", "utf-8")
        report = workbench.intake.import_file(path, "contact")
    assert workbench.segments.preview(chiefs).count == 1
    workbench.intake.undo(report.batch_id, by="anna")
    assert workbench.segments.preview(chiefs).count == 0


def test_people_written_to_just_now_by_campaigns_that_are_over_are_counted_until_the_pause_is_over(workbench: Workbench) -> None:
    drafts = drafted(workbench, people=2)
    for draft in drafts[:1]:
        workbench.review.approve([draft.id], by="anna")
        queue_message(workbench, draft, state="sent", handed_at=workbench.clock.now(), sent_at=workbench.clock.now())
    assert workbench.segments.overlaps({"all": []}).recent == ()
    workbench.campaigns.archive("spring", by="anna")
    found = workbench.segments.overlaps({"all": []})
    assert (found.people, found.recent_people, found.gap_days) == (0, 1, 2)
    assert [(row.name, row.status, row.people) for row in found.recent] == [("spring", "archived", 1)]
    workbench.clock.advance(days=2, seconds=1)  # type: ignore[attr-defined]
    assert workbench.segments.overlaps({"all": []}).recent_people == 0
