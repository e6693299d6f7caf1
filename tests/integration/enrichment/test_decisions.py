"""Sources contradict each other, people decide, and what a list said is never overwritten behind their back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.research import Order, ResearchService
from gtm_pipelines.enrichment.sources.fake import FakeSource
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, PolicyError
from gtm_pipelines.record import erasures, facts, suppressions
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import audit_event, contact
from tests.research_parts import add_company, add_person, company_row, research_with


@pytest.fixture
def contested(record: Record, clock: VirtualClock) -> tuple[ResearchService, str]:
    one = add_company(record, clock, name="Acme", domain="acme.example")
    sources = [
        FakeSource(clock, {"acme.example": {"city": city}}, name=name, confidence=sure)
        for name, city, sure in (("a", "Riga", 0.65), ("b", "Paris", 0.68))
    ]
    service = research_with(record, clock, *sources)
    service.run(Order(), by="anna")
    return service, one


def actions(record: Record) -> list[tuple[str, str]]:
    with record.read() as connection:
        query = sa.select(audit_event.c.actor, audit_event.c.action).order_by(audit_event.c.id)
        return [(row.actor, row.action) for row in connection.execute(query)]


def test_both_are_kept_and_the_rule_decides_until_a_person_does(record: Record, contested: tuple[ResearchService, str]) -> None:
    service, one = contested
    (found,) = service.conflicts("company")
    assert (found.name, found.field, found.settled.value, found.settled.because) == ("Acme", "city", "Paris", "confidence")
    assert [other.value for other in found.settled.others] == ["Riga"]
    assert company_row(record, one).city == "Riga", "filled by the first who was sure enough, not overwritten by the second"

    service.choose("company", one, "city", "Jelgava", by="anna", why="they told us")
    assert (company_row(record, one).city, service.conflicts("company")) == ("Jelgava", [])
    assert [f.value for f in facts.of_subject(record, one)] == ["Jelgava", "Paris", "Riga"], "nothing is lost"

    assert service.withdraw("company", one, "city", by="ben").value == "Paris"
    assert company_row(record, one).city == "Riga", "the column has back what it held"
    assert len(service.conflicts("company")) == 1
    assert actions(record) == [
        ("system", "company.fill"),
        ("person:anna", "company.choose"),
        ("person:ben", "company.withdraw"),
    ]


def test_a_choice_that_was_corrected_gives_back_what_was_there_before_the_first(
    record: Record, contested: tuple[ResearchService, str]
) -> None:
    service, one = contested
    service.choose("company", one, "city", "Jelgava", by="anna")
    service.choose("company", one, "city", "Ventspils", by="anna")
    service.withdraw("company", one, "city", by="anna")
    assert company_row(record, one).city == "Riga"


def test_only_what_was_chosen_can_be_withdrawn(contested: tuple[ResearchService, str]) -> None:
    service, one = contested
    with pytest.raises(NotFoundError, match="Nobody has chosen"):
        service.withdraw("company", one, "city", by="anna")


def test_a_choice_has_to_fit_and_belongs_to_one(
    record: Record, clock: VirtualClock, contested: tuple[ResearchService, str]
) -> None:
    service, one = contested
    add_company(record, clock, name="Other", domain="other.example")
    with pytest.raises(InputError, match="does not fit"):
        service.choose("company", one, "employee_count", "many", by="anna")
    with pytest.raises(ConflictError, match="Merge the two"):
        service.choose("company", one, "domain", "other.example", by="anna")
    with pytest.raises(NotFoundError):
        service.choose("company", "nobody", "city", "Riga", by="anna")


@pytest.mark.parametrize(("by", "error"), [("system", PolicyError), ("drafter:x", PolicyError), (" ", InputError)])
def test_only_a_person_overrules(contested: tuple[ResearchService, str], by: str, error: type[Exception]) -> None:
    service, one = contested
    with pytest.raises(error):
        service.choose("company", one, "city", "Riga", by=by)


def test_a_new_address_does_not_lift_a_protection(record: Record, clock: VirtualClock) -> None:
    one = add_person(record, clock, email="a@acme.example", email_key="a@acme.example", full_name="Ann")
    with record.write() as connection:
        suppressions.add(
            connection, "default", "address", "a@acme.example", reason="unsubscribed", source="reply", at=clock.now()
        )
    with pytest.raises(PolicyError, match="must not be written to"):
        research_with(record, clock).choose("contact", one, "email", "b@acme.example", by="anna")


def test_an_address_that_is_found_makes_a_person_writable(record: Record, clock: VirtualClock) -> None:
    firm = add_company(record, clock, name="Acme", domain="acme.example")
    one = add_person(record, clock, full_name="Ann Li", company_id=firm)
    finder = _finder(clock, "Ann@Acme.Example")
    research_with(record, clock, finder).run(Order("contact"), by="anna")
    row = _person(record, one)
    assert (row.email, row.email_key, row.email_domain) == ("Ann@Acme.Example", "ann@acme.example", "acme.example")


def test_an_address_that_somebody_else_has_is_kept_as_a_fact_only(record: Record, clock: VirtualClock) -> None:
    firm = add_company(record, clock, name="Acme", domain="acme.example")
    add_person(record, clock, email="info@acme.example", email_key="info@acme.example")
    one = add_person(record, clock, full_name="Ann Li", company_id=firm)
    research_with(record, clock, _finder(clock, "info@acme.example")).run(Order("contact"), by="anna")
    assert _person(record, one).email is None
    assert [f.value for f in facts.of_subject(record, one)] == ["info@acme.example"]


def test_no_source_brings_back_who_was_erased(record: Record, clock: VirtualClock) -> None:
    firm = add_company(record, clock, name="Acme", domain="acme.example")
    with record.write() as connection:
        erasures.add(connection, "default", erasures.keys_of("gone@acme.example", None), counts={}, actor="anna", at=clock.now())
    one = add_person(record, clock, full_name="Ann Li", company_id=firm)
    research_with(record, clock, _finder(clock, "gone@acme.example")).run(Order("contact"), by="anna")
    assert _person(record, one).email is None
    assert facts.of_subject(record, one) == []
    with record.read() as connection:
        everything = connection.execute(sa.text("select answer, error_text from lookup")).all()
    assert "gone@" not in repr(everything)


def _finder(clock: VirtualClock, address: str) -> FakeSource:
    return FakeSource(
        clock, {"acme.example": {"email": address}}, name="finder", by="company_domain", fields=frozenset({"email"}),
        subjects=frozenset({"contact"}),
    )  # fmt: skip


def _person(record: Record, contact_id: str):
    with record.read() as connection:
        return connection.execute(sa.select(contact).where(contact.c.id == contact_id)).one()
