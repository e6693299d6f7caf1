"""A person is erased everywhere, what happened stays countable, and no list brings them back."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.record import contacts, integrity, suppressions, tables
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_contact, make_campaign
from tests.integration.intake.parts import outcome, write
from tests.integration.privacy.scene import (
    ADDRESS,
    NAME,
    PEOPLE,
    everywhere,
    found_in,
    found_in_marts,
    found_in_record,
    funnel,
    lists,
    person_row,
)


@pytest.fixture
def bench(workbench: Workbench, tmp_path: Path) -> Workbench:
    return everywhere(workbench, tmp_path / "lists")


def suppressed(bench: Workbench, address: str = ADDRESS) -> str | None:
    with bench.record.read() as connection:
        return suppressions.find(connection, bench.record.workspace_id, address=address, company_id=None)


@pytest.mark.slow
def test_nothing_in_the_data_folder_or_the_record_names_them_afterwards(bench: Workbench) -> None:
    home = bench.settings.home_path
    before = found_in(home)
    assert {"logs/app.log", "dagster/events.db", "inbox/contacts.csv", "sandbox/accepted.sqlite"} <= before
    assert {"contact", "import_row", "target", "revision", "message", "inbound_message", "job", "company"} <= found_in_record(
        bench
    )
    counted = funnel(bench)
    assert found_in_marts(bench)
    report = bench.privacy.erase_person(ADDRESS, by="person:anna")
    assert (found_in_record(bench), found_in_marts(bench)) == (set(), set())
    left = {"inbox/contacts.csv", "backups/before.sqlite"} if bench.record.is_sqlite else {"inbox/contacts.csv"}
    assert found_in(home) == left
    assert {Path(place.path).relative_to(home).as_posix() for place in report.remaining} == left
    assert {place.what for place in report.remaining} <= {"inbox", "backup"}
    assert (report.contacts, report.warehouse, report.compacted) == (1, "rebuilt", True)
    assert (report.counts["message"], report.counts["draft"], report.counts["interaction"]) == (1, 2, 1)
    with bench.record.read() as connection:
        assert connection.scalar(sa.select(tables.interaction.c.cost_usd)) == 0.5, "what was spent stays accounted for"
    assert funnel(bench) == counted
    assert counted["replied"] == counted["sent"] == 3


@pytest.mark.slow
def test_others_keep_everything(bench: Workbench) -> None:
    olga = contacts.get(bench.record, "olga@firm.test")
    bench.privacy.erase_person(ADDRESS, by="person:anna")
    assert contacts.get(bench.record, "olga@firm.test") == olga
    with bench.record.read() as connection:
        bodies = connection.execute(sa.select(tables.message.c.body)).scalars().all()
        raws = (
            connection.execute(sa.select(tables.import_row.c.raw).where(tables.import_row.c.outcome != "rejected"))
            .scalars()
            .all()
        )
    assert sorted(body == "[erased]" for body in bodies) == [False, False, True]
    assert sum(raw is None for raw in raws) == 2
    assert (bench.settings.home_path / "logs" / "app.log").read_text("utf-8").endswith("\nnothing else\n")
    assert integrity.unapproved_messages(bench.record) == []
    assert integrity.unbalanced_imports(bench.record) == []
    assert integrity.broken_references(bench.record, *(t.name for t in tables.metadata.sorted_tables)) == []


@pytest.mark.slow
def test_asked_for_again_it_finds_nothing_more(bench: Workbench) -> None:
    first = bench.privacy.erase_person(ADDRESS, by="person:anna", dry_run=True)
    assert found_in_record(bench)
    done = bench.privacy.erase_person(ADDRESS, by="person:anna")
    assert (first.counts, first.files) == (done.counts, done.files)
    again = bench.privacy.erase_person(ADDRESS, by="person:anna")
    assert (again.contacts, again.counts, again.files) == (0, {}, {})


def test_a_later_list_does_not_bring_them_back(workbench: Workbench, tmp_path: Path) -> None:
    lists(workbench, tmp_path / "lists")
    report = workbench.privacy.erase_person(ADDRESS, by="person:anna")
    assert report.suppressed == 1
    again = workbench.intake.import_file(tmp_path / "lists" / "people.csv", "contact")
    assert (outcome(again), again.reasons) == ((0, 0, 2, 3), {"person.erased": 2, "email.invalid": 1})
    short = workbench.intake.import_file(tmp_path / "lists" / "short.csv", "contact")
    assert short.reasons == {"person.erased": 1}
    profile = {"email": "new@firm.test", "linkedin": "https://www.linkedin.com/in/Zina-P/"}
    assert workbench.intake.import_file(write(tmp_path / "more.csv", profile), "contact").reasons == {"person.erased": 1}
    assert suppressed(workbench) == "address: person.erased"
    assert contacts.count(workbench.record, search="zina") == 0
    with workbench.record.read() as connection:
        raws = connection.execute(sa.select(tables.import_row.c.raw).where(tables.import_row.c.reason_code == "person.erased"))
        assert set(raws.scalars()) == {""}


def test_who_was_only_imported_is_gone_and_who_was_written_to_is_an_empty_row(workbench: Workbench, tmp_path: Path) -> None:
    lists(workbench, tmp_path / "lists")
    make_campaign(workbench)
    workbench.intake.import_file(write(tmp_path / "late.csv", {"email": "late@firm.test", "name": "Late Comer"}), "contact")
    stub_id, late_id = person_row(workbench).id, contacts.get(workbench.record, "late@firm.test").id
    workbench.privacy.erase_person(stub_id, by="person:anna")
    workbench.privacy.erase_person("LATE@firm.test", by="person:anna")
    stub = contacts.get(workbench.record, stub_id)
    assert (stub.email, stub.full_name, stub.attributes, stub.do_not_contact) == (None, None, {}, True)
    with pytest.raises(NotFoundError):
        contacts.get(workbench.record, late_id)
    with workbench.record.read() as connection:
        query = sa.select(tables.target.c.status_reason).where(tables.target.c.contact_id == stub_id)
        assert connection.scalar(query) == "person.erased"


def test_an_approved_mail_that_waits_is_never_sent(workbench: Workbench, tmp_path: Path) -> None:
    lists(workbench, tmp_path / "lists")
    make_campaign(workbench)
    workbench.drafting.draft("spring")
    workbench.review.approve_recommended("spring", by="person:anna")
    workbench.campaigns.release("spring", by="person:anna")
    workbench.delivery.queue("spring")
    workbench.privacy.erase_person(ADDRESS, by="person:anna")
    report = workbench.delivery.send("spring")
    assert report.sent == 2
    assert workbench.drafting.draft("spring").drafted == 0
    with workbench.record.read() as connection:
        states = dict(connection.execute(sa.select(tables.message.c.recipient, tables.message.c.state)).all())
    assert states["erased@firm.test"] == "failed"


def test_merged_rows_and_one_without_an_address_are_erased_too(workbench: Workbench) -> None:
    root = add_contact(workbench.record, workbench.clock, email="a@x.test", full_name="Anna Rarename")
    folded = add_contact(workbench.record, workbench.clock, email="b@x.test", full_name="A. Rarename", merged_into=root)
    alone = add_contact(workbench.record, workbench.clock, full_name="Only Aname", company_name="Oak")
    assert workbench.privacy.erase_person("b@x.test", by="person:anna").contacts == 2
    assert workbench.privacy.erase_person(alone, by="person:anna").contacts == 1
    assert contacts.count(workbench.record) == 0
    assert [suppressed(workbench, address) for address in ("a@x.test", "b@x.test")] == ["address: person.erased"] * 2
    with pytest.raises(NotFoundError):
        workbench.privacy.erase_person(folded, by="person:anna")


def test_one_known_by_name_and_company_alone_does_not_come_back(workbench: Workbench, tmp_path: Path) -> None:
    path = write(tmp_path / "names.csv", {"name": "Only Aname", "company": "Oak"}, {"name": "Other Aname", "company": "Oak"})
    workbench.intake.import_file(path, "contact")
    (only,) = contacts.page(workbench.record, search="Only Aname")
    workbench.privacy.erase_person(only.id, by="person:anna")
    assert workbench.intake.import_file(path, "contact").reasons == {"person.erased": 1}


def test_the_audit_says_that_it_was_done_and_not_to_whom(workbench: Workbench, tmp_path: Path) -> None:
    lists(workbench, tmp_path / "lists")
    workbench.privacy.erase_person(ADDRESS, by="person:anna")
    with workbench.record.read() as connection:
        event = connection.execute(sa.select(tables.audit_event).where(tables.audit_event.c.action == "person.erased")).one()
        erasures = connection.execute(sa.select(tables.erasure)).all()
    assert (event.actor, event.subject_id) == ("person:anna", None)
    assert event.detail["counts"]["contact"] == 1
    assert len(erasures) == 2, "one for the address, one for the profile"
    assert all(row.value_hash.startswith("hmac-sha256:") for row in erasures)


@pytest.mark.slow
def test_a_person_gets_everything_about_them_and_nothing_about_others(bench: Workbench, tmp_path: Path) -> None:
    written = bench.privacy.export_person(ADDRESS, tmp_path / "her.zip")
    with zipfile.ZipFile(tmp_path / "her.zip") as archive:
        told = json.loads(archive.read("person.json"))
        (mail,) = [name for name in archive.namelist() if name.startswith("mails/")]
        assert ADDRESS.lower().encode() in archive.read(mail).lower()
    assert {name: len(rows) for name, rows in told.items() if isinstance(rows, list) and name in written.counts} == written.counts
    tables_told = {"contact", "company", "import_row", "import_batch", "target", "draft", "revision", "decision", "message"}
    assert tables_told | {"message_event", "inbound_message", "conversation", "audit_event", "tag", "mention"} <= set(told)
    assert (told["contact"][0]["full_name"], {r["file_name"] for r in told["import_row"]}) == (NAME, {"people.csv", "short.csv"})
    assert {r["line_number"] for r in told["import_row"] if r["file_name"] == "people.csv"} == {2, 3, 6}
    assert "olga@" not in json.dumps(told, ensure_ascii=False)
    plain = bench.privacy.export_person(person_row(bench).id, tmp_path / "her.json")
    assert plain.counts["contact"] == 1
    assert PEOPLE[0]["title"] in (tmp_path / "her.json").read_text("utf-8")


def test_what_the_search_for_duplicates_keeps_is_removed_with_a_person(workbench: Workbench) -> None:
    contact_id = add_contact(workbench.record, workbench.clock, email="zina@canary.example", full_name="Zinaida Canaryova")
    workbench.matching.find("contact")
    folder = workbench.settings.home_path / "matching"
    assert list(folder.glob("*.duckdb"))
    workbench.privacy.erase_person(contact_id, by="person:anna")
    assert not list(folder.glob("*.duckdb*"))
