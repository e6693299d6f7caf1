"""Exports of the tools people use are read without anybody mapping a column."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.intake.model import Kind
from gtm_pipelines.record.tables import company, contact
from gtm_pipelines.workbench import Workbench
from tests.integration.intake.parts import outcome
from tests.integration.intake.vendors.make import COMPANIES, CONTACTS, ROWS, RUSSIAN, text_of

FOLDER = Path(__file__).parent / "vendors"
FOOTER = {"salesforce_report": 5}
PERSON = ("email", "company_name", "company_domain", "phone")
NAMES = ({"first_name", "last_name"}, {"full_name"})
LACKING = {
    "linkedin_connections": {"company_domain", "phone"},
    "companies_house": {"domain", "phone"},
}
"""What a vendor's export does not have."""


@pytest.mark.parametrize("name", [*CONTACTS, *COMPANIES])
def test_the_sample_files_are_what_their_generator_writes(name: str) -> None:
    table = CONTACTS if name in CONTACTS else COMPANIES
    encoding = "cp1251" if name in RUSSIAN else "utf-8"
    assert (FOLDER / f"{name}.csv").read_text(encoding=encoding) == text_of(name, table[name])


@pytest.mark.parametrize("name", list(CONTACTS))
def test_people_are_read_without_a_hand(workbench: Workbench, name: str) -> None:
    proposal = workbench.intake.propose(FOLDER / f"{name}.csv", "contact")
    found = set(proposal.mapping.values())
    assert set(PERSON) - found == LACKING.get(name, set())
    assert any(names <= found for names in NAMES)
    report = workbench.intake.import_file(FOLDER / f"{name}.csv", "contact")
    assert outcome(report) == (ROWS, 0, 0, FOOTER.get(name, 0))
    with workbench.record.read() as connection:
        people = connection.execute(sa.select(contact).order_by(contact.c.id)).all()
    assert all(p.first_name and p.last_name and p.company_name for p in people)
    if "phone" in found:
        assert all(p.phone_e164 for p in people)
    if "company_domain" in found:
        assert all(p.attributes["company_domain"] for p in people)


@pytest.mark.parametrize("name", list(COMPANIES))
def test_companies_are_read_without_a_hand(workbench: Workbench, name: str) -> None:
    proposal = workbench.intake.propose(FOLDER / f"{name}.csv", "company")
    found = set(proposal.mapping.values())
    assert "name" in found
    lacking = {"phone"} - found | ({"domain"} if not found & {"domain", "website"} else set())
    assert lacking == LACKING.get(name, set())
    assert outcome(workbench.intake.import_file(FOLDER / f"{name}.csv", "company")) == (ROWS, 0, 0, 0)
    with workbench.record.read() as connection:
        firms = connection.execute(sa.select(company).order_by(company.c.id)).all()
    assert all(f.domain or f.registration_number for f in firms)
    assert all(f.phone_e164 for f in firms if f.phone and f.country_code)


def test_a_registry_gives_numbers_codes_and_the_short_name(workbench: Workbench) -> None:
    workbench.intake.import_file(FOLDER / "egrul_registry.csv", "company")
    with workbench.record.read() as connection:
        firm = connection.execute(sa.select(company).where(company.c.name == "ООО «РОМАШКА 7»")).one()
    assert (firm.tin, firm.registration_number, firm.legal_form) == ("0000000071", "1027700000007", "ООО")
    assert firm.industry_code == "software"
    assert firm.attributes["полное_наименование"].startswith("ОБЩЕСТВО")


@pytest.mark.parametrize(
    ("name", "kind"), [("hubspot_contacts", "contact"), ("salesforce_report", "contact"), ("gohighlevel_contacts", "contact")]
)
def test_whoever_opted_out_there_is_not_written_to_here(workbench: Workbench, name: str, kind: Kind) -> None:
    workbench.intake.import_file(FOLDER / f"{name}.csv", kind)
    with workbench.record.read() as connection:
        silent = connection.execute(sa.select(contact.c.email).where(contact.c.do_not_contact)).scalars().all()
    assert [email.partition("@")[0] for email in silent] == ["person9"]


def test_what_a_people_file_says_of_companies_is_kept(workbench: Workbench) -> None:
    workbench.intake.import_file(FOLDER / "apollo_new.csv", "contact")
    with workbench.record.read() as connection:
        someone = connection.execute(sa.select(contact).limit(1)).one()
    kept = {
        "company_linkedin_url",
        "employees",
        "industry",
        "annual_revenue",
        "company_country",
        "technologies",
        "company_domain",
    }
    assert kept <= set(someone.attributes)
