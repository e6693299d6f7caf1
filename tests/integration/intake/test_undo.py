"""An import can be taken back: what stands afterwards is what the other imports say."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.errors import ConflictError
from gtm_pipelines.intake.model import ImportReport
from gtm_pipelines.intake.service import IntakeService
from gtm_pipelines.intake.undo import Undo
from gtm_pipelines.record import companies, contacts, suppressions
from gtm_pipelines.record.facts import of_subject
from gtm_pipelines.record.lineage import source_rows
from gtm_pipelines.record.tables import contact as contact_table
from gtm_pipelines.record.tables import import_row
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import make_campaign
from tests.integration.intake.parts import outcome, write


@pytest.fixture
def bring(workbench: Workbench, tmp_path: Path):
    def bring(kind, *rows: dict[str, str], name: str = "list.csv", **options) -> ImportReport:
        return workbench.intake.import_file(write(tmp_path / name, *rows), kind, **options)

    return bring


def undo(workbench: Workbench, report: ImportReport, **options):
    return workbench.intake.undo(report.batch_id, by="person:anna", **options)


def shown(workbench: Workbench) -> list[tuple]:
    """All of companies and contacts but their ids, versions and moments."""
    return [
        [
            {k: v for k, v in row._mapping.items() if k not in ("id", "version", "updated_at", "created_at", "company_id")}
            for row in rows
        ]
        for rows in (companies.page(workbench.record), contacts.page(workbench.record))
    ]


def test_who_is_known_from_it_alone_is_removed_and_the_rows_stay(workbench: Workbench, bring) -> None:
    report = bring(
        "contact", {"email": "a@x.test", "title": "CTO"}, {"email": "b@x.test", "title": ""}, {"email": "broken", "title": ""}
    )
    undone = undo(workbench, report)
    assert (undone.removed, undone.restored, undone.unchanged, undone.kept) == (2, 0, 0, 0)
    assert contacts.count(workbench.record) == 0
    with workbench.record.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(import_row)) == 3
    (batch,) = workbench.intake.batches()
    assert (batch.status, batch.rows) == ("undone", 3)


def test_a_dry_run_counts_the_same_and_changes_nothing(workbench: Workbench, bring) -> None:
    bring("contact", {"email": "a@x.test", "title": "CTO"})
    report = bring("contact", {"email": "a@x.test", "title": "CEO"}, {"email": "b@x.test", "title": "CFO"}, name="second.csv")
    before = shown(workbench)
    tried = undo(workbench, report, dry_run=True)
    assert shown(workbench) == before
    done = undo(workbench, report)
    assert (tried.removed, tried.restored) == (done.removed, done.restored) == (1, 1)


def test_a_value_it_gave_goes_and_the_one_before_comes_back(workbench: Workbench, bring) -> None:
    bring("contact", {"email": "a@x.test", "title": "CTO", "city": "", "shoe": ""})
    before = shown(workbench)
    second = bring("contact", {"email": "a@x.test", "title": "CEO", "city": "Leeds", "shoe": "41"}, name="second.csv")
    anna = contacts.get(workbench.record, "a@x.test")
    assert (anna.position, anna.city, anna.attributes) == ("CEO", "Leeds", {"shoe": "41"})
    undo(workbench, second)
    assert shown(workbench) == before
    assert of_subject(workbench.record, anna.id) == []


def test_taking_back_the_first_of_two_leaves_what_the_second_says(workbench: Workbench, bring) -> None:
    first = bring("company", {"name": "Alder Ltd", "tin": "1", "industry": "Retail", "city": "Leeds"})
    second = bring("company", {"name": "ALDER", "tin": "1", "industry": "Logistics", "city": ""}, name="second.csv")
    undo(workbench, first)
    alder = companies.get(workbench.record, "1")
    assert (alder.name, alder.industry, alder.city) == ("ALDER", "Logistics", None)
    assert (alder.batch_id, alder.session_key) == (second.batch_id, second.session_key)
    undo(workbench, second)
    assert companies.count(workbench.record) == 0


def test_what_a_person_or_research_set_stays(workbench: Workbench, bring) -> None:
    bring("contact", {"email": "a@x.test", "title": "CTO", "city": ""})
    second = bring("contact", {"email": "a@x.test", "title": "CEO", "city": "Leeds"}, name="second.csv")
    with workbench.record.write() as connection:
        connection.execute(sa.update(contact_table).values(position="Founder", last_reply_class="positive"))
    undo(workbench, second)
    anna = contacts.get(workbench.record, "a@x.test")
    assert (anna.position, anna.city, anna.last_reply_class) == ("Founder", None, "positive")


def test_who_has_a_past_is_kept_and_named(workbench: Workbench, bring) -> None:
    report = bring("contact", {"email": "a@x.test", "name": "Anna A"})
    make_campaign(workbench)
    undone = undo(workbench, report)
    assert (undone.removed, undone.kept, undone.kept_because, undone.examples) == (
        0,
        1,
        {"campaign": 1},
        {"campaign": ("Anna A",)},
    )
    assert contacts.get(workbench.record, "a@x.test").full_name == "Anna A"


def test_who_was_kept_for_a_merge_goes_when_the_merge_is_undone(workbench: Workbench, bring) -> None:
    report = bring("contact", {"email": "a@x.test", "name": "Anna A"}, {"email": "b@x.test", "name": "Anna A"})
    ids = [contacts.get(workbench.record, email).id for email in ("a@x.test", "b@x.test")]
    merge = workbench.matching.merge((ids[0], ids[1]), kind="contact", by="person:anna")
    assert undo(workbench, report).kept_because == {"merge": 2}
    workbench.matching.undo(merge.id, by="person:anna")
    assert (undo(workbench, report).removed, contacts.count(workbench.record)) == (2, 0)


def test_protection_that_it_raised_stays(workbench: Workbench, bring) -> None:
    people = bring(
        "contact",
        {"email": "a@x.test", "linkedin": "", "dnc": "yes"},
        {"email": "", "linkedin": "linkedin.com/in/b", "dnc": "yes"},
    )
    firms = bring("company", {"name": "Alder", "domain": "alder.test", "dnc": "yes"}, name="firms.csv")
    assert undo(workbench, people).kept_because == {"protection": 2}
    assert undo(workbench, firms).kept_because == {"protection": 1}
    again = bring(
        "contact", {"email": "b@y.test", "linkedin": "linkedin.com/in/b", "company website": "alder.test"}, name="later.csv"
    )
    assert outcome(again) == (0, 1, 0, 0)
    boris = contacts.get(workbench.record, "b@y.test")
    assert boris.do_not_contact
    with workbench.record.read() as connection:
        found = [
            suppressions.find(connection, "default", address=a, company_id=c)
            for a, c in (("a@x.test", None), (None, boris.company_id))
        ]
    assert found == ["address: do_not_contact", "company: do_not_contact"]


def test_a_row_that_stops_somebody_stops_the_address_it_gives_and_the_one_known(workbench: Workbench, bring) -> None:
    bring("contact", {"email": "a@x.test", "linkedin": "linkedin.com/in/a"})
    bring("contact", {"email": "b@y.test", "linkedin": "linkedin.com/in/a", "unsubscribed": "yes"}, name="second.csv")
    with workbench.record.read() as connection:
        found = [suppressions.find(connection, "default", address=a, company_id=None) for a in ("a@x.test", "b@y.test")]
    assert found == ["address: unsubscribed"] * 2


def test_importing_the_file_again_works_like_new(workbench: Workbench, bring) -> None:
    rows = [
        {"email": "a@x.test", "title": "CTO", "shoe": "41"},
        {"email": "A@x.test", "title": "CEO", "shoe": ""},
        {"email": "b@x.test", "title": "", "shoe": ""},
    ]
    first = bring("contact", *rows)
    before = shown(workbench)
    undo(workbench, first)
    second = bring("contact", *rows)
    assert outcome(second) == outcome(first) == (2, 1, 0, 0)
    for now, then in zip(shown(workbench)[1], before[1], strict=True):
        assert now | {"batch_id": None} == then | {"batch_id": None}
    anna = contacts.get(workbench.record, "a@x.test")
    assert {(f.field, f.value) for f in of_subject(workbench.record, anna.id)} == {("position", "CTO"), ("position", "CEO")}
    assert [row.raw for row in source_rows(workbench.record, anna.id)] == [
        "A@x.test,CEO,\n".replace("\n", "\r\n"),
        "a@x.test,CTO,41\r\n",
    ]


def test_a_value_replaced_by_another_import_keeps_its_source(workbench: Workbench, bring) -> None:
    bring("contact", {"email": "a@x.test", "title": "CTO"})
    second = bring("contact", {"email": "a@x.test", "title": "CEO"}, name="second.csv")
    third = bring("contact", {"email": "a@x.test", "title": "CFO"}, name="third.csv")
    undo(workbench, second)
    anna = contacts.get(workbench.record, "a@x.test")
    assert anna.position == "CFO"
    known = {(f.value, f.batch_id) for f in of_subject(workbench.record, anna.id)}
    assert ("CTO", third.batch_id) in known
    assert outcome(bring("contact", {"email": "a@x.test", "title": "CTO"})) == (0, 0, 1, 0)


def test_the_same_file_imported_twice_stands_until_both_are_taken_back(workbench: Workbench, bring) -> None:
    rows = [{"email": "a@x.test"}, {"email": "b@x.test"}]
    first, second = bring("contact", *rows), bring("contact", *rows)
    one = undo(workbench, first)
    assert (one.removed, one.unchanged, contacts.count(workbench.record)) == (0, 2, 2)
    assert undo(workbench, second).removed == 2
    assert contacts.count(workbench.record) == 0


def test_contacts_of_a_removed_company_stay_and_find_another(workbench: Workbench, bring) -> None:
    firms = bring("company", {"name": "Alder", "domain": "alder.test"})
    bring("contact", {"email": "a@alder.test", "company": "Alder"}, name="people.csv")
    undo(workbench, firms)
    assert (companies.count(workbench.record), contacts.get(workbench.record, "a@alder.test").company_id) == (0, None)
    bring("company", {"name": "Alder", "domain": "alder.test"})
    assert contacts.get(workbench.record, "a@alder.test").company_id == companies.get(workbench.record, "alder.test").id


def test_an_interrupted_undo_counts_at_once_and_goes_on(workbench: Workbench, bring) -> None:
    report = bring("contact", *({"email": f"p{n}@x.test"} for n in range(25)))

    def stop(done: int, total: int | None) -> None:
        assert total == 25
        if done == 20:
            raise KeyboardInterrupt

    slow = Undo(workbench.record, workbench.clock, chunk=10)
    with pytest.raises(KeyboardInterrupt):
        slow.run(report.batch_id, by="person:anna", progress=stop)
    assert (workbench.intake.batches()[0].status, contacts.count(workbench.record)) == ("undoing", 5)
    assert slow.run(report.batch_id, by="person:anna").removed == 5
    assert contacts.count(workbench.record) == 0
    again = undo(workbench, report)
    assert (again.removed, again.kept) == (0, 0)


def test_an_import_that_is_being_undone_stops(workbench: Workbench, bring, tmp_path: Path) -> None:
    intake = IntakeService(workbench.record, workbench.clock, chunk_rows=10)
    path = write(tmp_path / "list.csv", *({"email": f"p{n}@x.test"} for n in range(25)))

    def meanwhile(done: int, _total: int | None) -> None:
        if done == 10:
            intake.undo(intake.batches()[0].batch_id, by="person:anna")

    with pytest.raises(ConflictError, match="undone"):
        intake.import_file(path, "contact", progress=meanwhile)
    assert contacts.count(workbench.record) == 0
