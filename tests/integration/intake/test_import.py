"""A list comes into the record once, whoever sends it how often."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_pipelines.errors import ConflictError, InputError
from gtm_pipelines.intake.model import ImportReport
from gtm_pipelines.intake.service import IntakeService
from gtm_pipelines.record import companies, contacts, suppressions
from gtm_pipelines.record.facts import of_subject
from gtm_pipelines.record.lineage import source_rows
from gtm_pipelines.workbench import Workbench
from tests.integration.intake.parts import everything, outcome, write

ROWS = 35


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def bring(workbench: Workbench, kind, path: Path, *rows: dict[str, str], **options) -> ImportReport:
    return workbench.intake.import_file(write(path, *rows), kind, **options)


def facts_of(workbench: Workbench, subject_id: str) -> set[tuple[str, str]]:
    return {(row.field, row.value) for row in of_subject(workbench.record, subject_id)}


def test_companies_are_one_by_tin_registration_number_or_domain(workbench: Workbench, path: Path) -> None:
    report = bring(
        workbench, "company", path,
        {"name": "Alder Ltd", "tin": "00 77 12", "ogrn": "1", "website": "https://www.alder.example/en", "city": ""},
        {"name": "ALDER", "tin": "007712", "ogrn": "", "website": "", "city": "Leeds"},
        {"name": "Alder", "tin": "", "ogrn": "1", "website": "", "city": ""},
        {"name": "alder limited", "tin": "", "ogrn": "", "website": "ALDER.example", "city": ""},
        {"name": "Birch", "tin": "7712", "ogrn": "", "website": "", "city": ""},
    )  # fmt: skip
    assert outcome(report) == (2, 3, 0, 0)
    alder = companies.get(workbench.record, "alder.example")
    assert (alder.name, alder.tin, alder.registration_number, alder.city) == ("Alder Ltd", "007712", "1", "Leeds")
    assert companies.get(workbench.record, "7712").name == "Birch"


def test_contacts_are_one_by_email_in_any_case_or_by_profile(workbench: Workbench, path: Path) -> None:
    report = bring(
        workbench, "contact", path,
        {"first name": "ANNA", "email": "Anna@Alder.example", "linkedin": "https://linkedin.com/in/Anna-A/", "title": ""},
        {"first name": "", "email": " anna@alder.EXAMPLE ", "linkedin": "", "title": "CTO"},
        {"first name": "Anna", "email": "", "linkedin": "http://www.linkedin.com/in/anna-a?x=1", "title": ""},
    )  # fmt: skip
    assert outcome(report) == (1, 2, 0, 0)
    anna = contacts.get(workbench.record, "anna@alder.example")
    assert (anna.email, anna.first_name, anna.position) == ("Anna@Alder.example", "Anna", "CTO")


def test_doing_it_again_changes_nothing(workbench: Workbench, path: Path) -> None:
    rows = [
        {"company": "Foo", "domain": "foo.example", "country": "", "employees": "50"},
        {"company": "Foo", "domain": "", "country": "", "employees": ""},
        {"company": "Foo", "domain": "foo.example", "country": "UK", "employees": "60"},
        {"company": "Bar", "domain": "", "country": "US", "employees": ""},
        {"company": "Bar", "domain": "", "country": "Kenya", "employees": ""},
        {"company": "Bar", "domain": "", "country": "", "employees": "7"},
    ]
    first = bring(workbench, "company", path, *rows)
    assert outcome(first) == (3, 3, 0, 0)
    before = everything(workbench)
    second = bring(workbench, "company", path, *rows)
    assert outcome(second) == (0, 0, 6, 0)
    assert everything(workbench) == before
    assert second.batch_id != first.batch_id
    assert second.session_key == first.session_key


def test_an_empty_cell_never_empties_a_field(workbench: Workbench, path: Path) -> None:
    bring(workbench, "contact", path, {"email": "a@x.test", "phone": "123", "city": "Leeds"})
    report = bring(workbench, "contact", path, {"email": "a@x.test", "phone": "", "city": ""})
    assert outcome(report) == (0, 0, 1, 0)
    assert contacts.get(workbench.record, "a@x.test").phone == "123"


def test_a_differing_value_stays_beside_the_first_as_a_fact(workbench: Workbench, path: Path) -> None:
    bring(workbench, "company", path, {"name": "Foo", "domain": "foo.example", "industry": "Retail"})
    report = bring(workbench, "company", path, {"name": "Foo", "domain": "foo.example", "industry": "Logistics"})
    foo = companies.get(workbench.record, "foo.example")
    assert outcome(report) == (0, 1, 0, 0)
    assert foo.industry == "Retail"
    assert facts_of(workbench, foo.id) == {("industry", "Logistics")}


def test_a_newer_position_replaces_the_old_one_which_is_kept_as_a_fact(workbench: Workbench, path: Path) -> None:
    bring(workbench, "contact", path, {"email": "a@x.test", "title": "CTO"})
    bring(workbench, "contact", path, {"email": "a@x.test", "title": "CEO"})
    contact = contacts.get(workbench.record, "a@x.test")
    assert (contact.position, contact.version) == ("CEO", 2)
    assert facts_of(workbench, contact.id) == {("position", "CTO"), ("position", "CEO")}
    old_list_again = bring(workbench, "contact", path, {"email": "a@x.test", "title": "CTO"})
    assert outcome(old_list_again) == (0, 0, 1, 0)
    assert contacts.get(workbench.record, "a@x.test").position == "CEO"


def test_a_row_whose_keys_belong_to_two_companies_is_refused(workbench: Workbench, path: Path) -> None:
    report = bring(
        workbench, "company", path,
        {"name": "Alder", "ogrn": "1", "domain": ""},
        {"name": "Birch", "ogrn": "", "domain": "birch.example"},
        {"name": "Both", "ogrn": "1", "domain": "birch.example"},
    )  # fmt: skip
    assert outcome(report) == (2, 0, 0, 1)
    assert report.reasons == {"company.conflict": 1}
    assert "'Alder'" in workbench.intake.rejected_rows(report.batch_id)[0].reason


def test_a_row_whose_keys_belong_to_two_people_is_refused(workbench: Workbench, path: Path) -> None:
    report = bring(
        workbench, "contact", path,
        {"email": "a@x.test", "linkedin": ""},
        {"email": "b@x.test", "linkedin": "linkedin.com/in/b"},
        {"email": "a@x.test", "linkedin": "linkedin.com/in/b"},
    )  # fmt: skip
    assert report.reasons == {"contact.conflict": 1}


def test_two_firms_that_share_a_website_stay_two(workbench: Workbench, path: Path) -> None:
    rows = [{"name": "North", "tin": "1", "site": "group.example"}, {"name": "South", "tin": "2", "site": "group.example"}]
    assert outcome(bring(workbench, "company", path, *rows)) == (2, 0, 0, 0)
    assert companies.get(workbench.record, "group.example").name == "North"
    assert companies.get(workbench.record, "2").website == "group.example"
    assert outcome(bring(workbench, "company", path, *rows)) == (0, 0, 2, 0)


def test_a_free_mail_or_shared_site_never_makes_two_companies_one(workbench: Workbench, path: Path) -> None:
    rows = [{"name": name, "website": f"https://facebook.com/{name}"} for name in ("one", "two")]
    assert outcome(bring(workbench, "company", path, *rows)) == (2, 0, 0, 0)


def test_a_website_that_many_unrelated_companies_name_is_nobodys_key(workbench: Workbench, path: Path) -> None:
    names = ("Alder Freight", "Birch Clinic", "Cedar Mining", "Dune Shipping")
    strangers = [{"name": name, "website": "investors.example"} for name in names]
    branches = [{"name": f"Oak Bank {town}", "website": "oakbank.example"} for town in ("Leeds", "Cork", "York", "Hull", "Bath")]
    report = bring(workbench, "company", path, *strangers, *branches)
    assert (outcome(report), report.shared_domains) == ((5, 4, 0, 0), ("investors.example",))
    assert companies.get(workbench.record, "Birch Clinic").website == "investors.example"
    assert outcome(bring(workbench, "company", path, *strangers, *branches)) == (0, 0, 9, 0)


@pytest.mark.parametrize("companies_first", [True, False])
def test_contacts_are_linked_to_their_company_whichever_comes_first(
    workbench: Workbench, tmp_path: Path, companies_first: bool
) -> None:
    firms = write(
        tmp_path / "firms.csv",
        {"name": "Alder Ltd", "domain": "alder.example"}, {"name": "ООО «Берёза»", "domain": ""},
        {"name": "Twin", "domain": "twin-a.example"}, {"name": "Twin", "domain": "twin-b.example"},
    )  # fmt: skip
    people = write(
        tmp_path / "people.csv",
        {"email": "a@mail.alder.example", "company": ""}, {"email": "b@gmail.com", "company": "Береза"},
        {"email": "c@gmail.com", "company": "Twin"}, {"email": "d@gmail.com", "company": "Nobody"},
    )  # fmt: skip
    steps = [("company", firms), ("contact", people)]
    for kind, path in steps if companies_first else reversed(steps):
        workbench.intake.import_file(path, kind)
    linked = {row.email: row.company_id for row in contacts.page(workbench.record)}
    assert linked["a@mail.alder.example"] == companies.get(workbench.record, "alder.example").id
    assert linked["b@gmail.com"] == companies.get(workbench.record, "ООО «Берёза»").id
    assert (linked["c@gmail.com"], linked["d@gmail.com"]) == (None, None)


def test_do_not_contact_can_be_raised_and_never_lowered(workbench: Workbench, path: Path) -> None:
    bring(workbench, "contact", path, {"email": "a@x.test", "unsubscribed": ""})
    raised = bring(workbench, "contact", path, {"email": "A@x.test", "unsubscribed": "yes"})
    lowered = bring(workbench, "contact", path, {"email": "a@x.test", "unsubscribed": "no"})
    assert (outcome(raised), outcome(lowered)) == ((0, 1, 0, 0), (0, 0, 1, 0))
    assert contacts.get(workbench.record, "a@x.test").do_not_contact
    with workbench.record.read() as connection:
        found = suppressions.find(connection, workbench.record.workspace_id, address="a@x.test", company_id=None)
    assert found == "address: unsubscribed"


def test_a_contact_without_an_address_is_kept_and_known_again(workbench: Workbench, path: Path) -> None:
    rows = [{"name": "Иванов Иван Иванович", "company": "ООО Ромашка", "email": ""}, {"name": "Anna", "company": "", "email": ""}]
    report = bring(workbench, "contact", path, *rows)
    assert (outcome(report), report.reasons) == ((1, 0, 0, 1), {"contact.no_key": 1})
    assert outcome(bring(workbench, "contact", path, *rows)) == (0, 0, 1, 1)
    assert contacts.page(workbench.record)[0].full_name == "Иван Иванов"


def test_every_refused_row_has_its_line_reason_and_text(workbench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(b'name,email\nA,a@x.test\nB,broken\nC\nD,"d@x.test",1\n\n,\nE,e\0@x.test\nF,=1+1\n')
    report = workbench.intake.import_file(path, "contact")
    found = workbench.intake.rejected_rows(report.batch_id)
    assert [(r.line_number, r.reason_code) for r in found] == [
        (3, "email.invalid"), (4, "row.too_short"), (5, "row.too_long"), (7, "row.empty"), (8, "row.nul"), (9, "email.invalid"),
    ]  # fmt: skip
    assert found[0].raw == "B,broken\n"
    assert workbench.intake.write_rejects(report.batch_id, tmp_path / "rejects.csv") == 6
    assert "email.invalid" in (tmp_path / "rejects.csv").read_text("utf-8-sig")


def test_every_row_leads_back_to_its_file_and_names_its_session(workbench: Workbench, path: Path) -> None:
    report = bring(
        workbench,
        "contact",
        path,
        {"email": "a@x.test", "note": "fair"},
        session_key="spring",
        source="fair",
        lawful_basis="consent",
    )
    contact = contacts.get(workbench.record, "a@x.test")
    assert (contact.batch_id, contact.session_key, contact.source) == (report.batch_id, "spring", "fair")
    assert (contact.lawful_basis, contact.attributes) == ("consent", {"note": "fair"})
    (row,) = source_rows(workbench.record, contact.id)
    assert (row.file_name, row.line_number, row.outcome, row.session_key) == ("list.csv", 2, "imported", "spring")
    assert row.raw.strip() == "a@x.test,fair"


def test_an_interrupted_import_keeps_whole_chunks_and_goes_on(workbench: Workbench, path: Path) -> None:
    intake = IntakeService(workbench.record, workbench.clock, chunk_rows=10)
    write(path, *({"email": f"p{n}@x.test"} for n in range(ROWS)))

    def stop(done: int, total: int | None) -> None:
        assert total == ROWS
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        intake.import_file(path, "contact", progress=stop)
    assert contacts.count(workbench.record) == 20
    (half,) = workbench.intake.batches()
    assert (half.rows, half.status) == (20, "running")
    report = intake.import_file(path, "contact")
    assert (report.batch_id, report.status, outcome(report)) == (half.batch_id, "finished", (ROWS, 0, 0, 0))
    assert contacts.count(workbench.record) == ROWS
    assert [b.batch_id for b in workbench.intake.batches()] == [half.batch_id]


def test_two_imports_of_one_file_at_once_are_told_apart(workbench: Workbench, path: Path) -> None:
    intake = IntakeService(workbench.record, workbench.clock, chunk_rows=10)
    write(path, *({"email": f"p{n}@x.test"} for n in range(ROWS)))

    def meanwhile(done: int, _total: int | None) -> None:
        if done == 10:
            intake.import_file(path, "contact")

    with pytest.raises(ConflictError, match="another process"):
        intake.import_file(path, "contact", progress=meanwhile)
    assert contacts.count(workbench.record) == ROWS


def test_a_proposal_shows_columns_and_samples_and_writes_nothing(workbench: Workbench, path: Path) -> None:
    write(path, {"E-mail": "a@x.test", "Shoe size": "41"}, {"E-mail": "b@x.test", "Shoe size": "41"})
    proposal = workbench.intake.propose(path, "contact")
    assert [(c.column, c.field, c.samples) for c in proposal.columns] == [
        ("E-mail", "email", ("a@x.test", "b@x.test")), ("Shoe size", None, ("41",)),
    ]  # fmt: skip
    assert (proposal.encoding, proposal.delimiter, proposal.missing, proposal.unmapped) == ("utf-8", ",", (), ("Shoe size",))
    assert workbench.intake.batches() == []


def test_a_file_without_a_usable_column_is_refused_before_anything_is_written(workbench: Workbench, path: Path) -> None:
    with pytest.raises(InputError, match="--map"):
        bring(workbench, "contact", path, {"mood": "good"})
    assert workbench.intake.batches() == []


def test_searching_a_list_finds_any_case_and_alphabet(workbench: Workbench, path: Path) -> None:
    bring(
        workbench, "company", path, {"name": "ООО «Берёза»", "domain": "bereza.test"}, {"name": "100% Oak", "domain": "oak.test"}
    )
    found = [[row.name for row in companies.page(workbench.record, search=text)] for text in ("БЕРЕЗА", "oak", "%", "_")]
    assert found == [["ООО «Берёза»"], ["100% Oak"], ["100% Oak"], []]
    assert companies.count(workbench.record, search="bereza") == 1


def test_a_total_below_the_list_is_no_company(workbench: Workbench, path: Path) -> None:
    totals = ("Total: 2 records", "Итого: 2", "Total Energies SE")
    report = bring(workbench, "company", path, *({"name": name, "city": ""} for name in ("Alder", *totals)))
    assert (outcome(report), report.reasons) == ((2, 0, 0, 2), {"row.footer": 2})
