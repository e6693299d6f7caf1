"""A row about somebody who was merged is about the one who stands for them."""

from __future__ import annotations

from pathlib import Path

from gtm_pipelines.record import companies, contacts
from gtm_pipelines.record.lineage import source_rows
from gtm_pipelines.workbench import Workbench
from tests.integration.intake.parts import outcome, write


def test_a_merged_companys_row_lands_on_the_one_that_stands_for_it(workbench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    north = {"name": "Alder North", "tin": "7712345678", "site": "alder.example", "city": ""}
    south = {"name": "Alder South", "tin": "7787654321", "site": "south.example", "city": ""}
    workbench.intake.import_file(write(path, north, south), "company")
    kept, folded = companies.get(workbench.record, "alder.example").id, companies.get(workbench.record, "south.example").id
    workbench.matching.merge((kept, folded), kind="company", winner=kept, by="anna")
    for again in (south | {"city": "Leeds"}, {"name": "Alder South", "tin": "", "site": "south.example", "city": "York"}):
        report = workbench.intake.import_file(write(path, again), "company")
        assert outcome(report) == (0, 1, 0, 0)
    company = companies.get(workbench.record, "7787654321")
    assert (company.id, company.tin, company.city) == (kept, "7712345678", "Leeds")
    assert companies.count(workbench.record) == 1
    assert len(source_rows(workbench.record, kept)) == 4


def test_a_merged_contacts_second_address_lands_on_the_first(workbench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    first = {"email": "anna@alder.example", "linkedin": "", "phone": "", "name": "Anna Marsh", "company": "Alder"}
    second = first | {"email": "a.marsh@alder.example", "linkedin": "linkedin.com/in/anna"}
    workbench.intake.import_file(write(path, first, second), "contact")
    kept, folded = (contacts.get(workbench.record, row["email"]).id for row in (first, second))
    workbench.matching.merge((kept, folded), kind="contact", winner=kept, by="anna")
    report = workbench.intake.import_file(write(path, second | {"phone": "+44 20 7946 0000"}), "contact")
    assert outcome(report) == (0, 1, 0, 0)
    anna = contacts.get(workbench.record, "a.marsh@alder.example")
    assert (anna.id, anna.email, anna.phone) == (kept, "anna@alder.example", "+44 20 7946 0000")
    assert contacts.count(workbench.record) == 1


def test_people_of_a_merged_company_work_at_the_one_that_stands_for_it(workbench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    firms = ({"name": "Alder", "site": "alder.example"}, {"name": "Alder Ltd", "site": "alder-group.example"})
    workbench.intake.import_file(write(path, *firms), "company")
    kept, folded = (companies.get(workbench.record, row["site"]).id for row in firms)
    workbench.matching.merge((kept, folded), kind="company", winner=kept, by="anna")
    people = ({"email": "a@alder-group.example", "company": ""}, {"email": "b@mail.example", "company": "Alder"})
    workbench.intake.import_file(write(path, *people), "contact")
    assert {contacts.get(workbench.record, row["email"]).company_id for row in people} == {kept}
