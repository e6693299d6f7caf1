"""Whoever was merged is one person: to campaigns, to the peace of contacts, to who is never written to."""

from __future__ import annotations

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.senders.memory import MemorySender
from gtm_pipelines.delivery.service import DeliveryService
from gtm_pipelines.record import companies, contacts, facts, messages, suppressions
from gtm_pipelines.record.lineage import source_rows
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released, rows, service
from tests.integration.matching.parts import add_company, add_contact, row


def queued(workbench: Workbench, people: int = 2) -> tuple[DeliveryService, list[str]]:
    """Queue a campaign and return its delivery and the contacts it writes to."""
    released(workbench, people, variants=["direct"])
    delivery = service(workbench, MemorySender())
    delivery.queue("spring")
    return delivery, [message["contact_id"] for message in rows(workbench.record)]


def test_a_queued_message_to_a_merged_contact_never_leaves(workbench: Workbench, clock: VirtualClock) -> None:
    delivery, (one, other) = queued(workbench)
    workbench.matching.merge((one, other), kind="contact", by="anna", winner=one)
    planned = {person.contact_id: person.rule for person in delivery.plan("spring").rows}
    assert planned == {one: None, other: "contact.merged"}
    while (due := delivery.send().next_due_at) is not None:
        clock.at = max(due, clock.at)
    states = {message["contact_id"]: (message["state"], message["last_error"]) for message in rows(workbench.record)}
    assert states[one][0] == "sent"
    assert states[other][0] == "failed"
    assert states[other][1].startswith("contact.merged")


def test_an_approved_draft_of_a_merged_contact_gets_no_message(workbench: Workbench) -> None:
    released(workbench, 2, variants=["direct"])
    one, other = (found.id for found in contacts.page(workbench.record))
    workbench.matching.merge((one, other), kind="contact", by="anna", winner=one)
    report = service(workbench, MemorySender()).queue("spring")
    assert (report.queued, report.stopped) == (1, {"contact.merged": 1})


def test_mail_to_the_merged_row_keeps_the_person_in_peace(workbench: Workbench, clock: VirtualClock) -> None:
    delivery, (one, other) = queued(workbench)
    delivery.send()
    workbench.matching.merge((one, other), kind="contact", by="anna", winner=one)
    with workbench.record.read() as connection:
        found = messages.contact_moments(connection, "default", [one], since=clock.now().replace(year=2025), waiting=True)
    assert len(found[one]) == 2


def test_an_address_suppressed_after_the_merge_stops_the_person_at_every_address(workbench: Workbench) -> None:
    one = add_contact(workbench, "Ann Marsh", "ann@new.example")
    other = add_contact(workbench, "Ann Marsh", "ann@old.example")
    merge = workbench.matching.merge((one, other), kind="contact", by="anna", winner=one)
    workbench.suppressions.add("address", "ann@old.example", reason="unsubscribed", source="test")
    assert workbench.suppressions.is_suppressed("ann@new.example") == "address: unsubscribed"
    workbench.matching.undo(merge.id, by="anna")
    assert workbench.suppressions.is_suppressed("ann@new.example") is None
    assert workbench.suppressions.is_suppressed("ann@old.example") == "address: unsubscribed"


@pytest.mark.parametrize("stopped", [0, 1])
def test_a_suppressed_company_stops_the_people_of_every_row_merged_with_it(workbench: Workbench, stopped: int) -> None:
    both = add_company(workbench, "Acme"), add_company(workbench, "ACME Inc")
    workbench.suppressions.add("company", both[stopped], reason="competitor", source="test")
    workbench.matching.merge(both, kind="company", by="anna", winner=both[0])
    with workbench.record.read() as connection:
        for each in both:
            assert suppressions.find(connection, "default", address=None, company_id=each) == "company: competitor"


def test_protection_raised_while_two_were_one_stays_with_both(workbench: Workbench, clock: VirtualClock) -> None:
    one, other = add_company(workbench, "Acme"), add_company(workbench, "ACME Inc")
    merge = workbench.matching.merge((one, other), kind="company", by="anna", winner=one)
    clock.advance(minutes=1)
    workbench.suppressions.add("company", one, reason="asked", source="test")
    workbench.matching.undo(merge.id, by="anna")
    assert workbench.suppressions.is_suppressed(None, one) == "company: asked"
    assert workbench.suppressions.is_suppressed(None, other) == "company: asked"


def test_merged_rows_are_listed_and_counted_as_one(workbench: Workbench) -> None:
    one, other = add_company(workbench, "Acme", domain="acme.example"), add_company(workbench, "ACME Inc", domain="acme.test")
    workbench.matching.merge((one, other), kind="company", by="anna", winner=one)
    assert [found.id for found in companies.page(workbench.record)] == [one]
    assert companies.count(workbench.record) == 1
    assert companies.get(workbench.record, "acme.test").id == one
    assert companies.get(workbench.record, other).id == one


def test_what_the_other_row_said_is_kept_with_its_source(workbench: Workbench, tmp_path) -> None:
    file = tmp_path / "companies.csv"
    file.write_text("Name,Website,City\nAcme,acme.example,Leeds\nAcme Limited,acme.test,York\n", encoding="utf-8")
    workbench.intake.import_file(file, "company")
    one, other = (found.id for found in sorted(companies.page(workbench.record), key=lambda found: found.id))
    workbench.matching.merge((one, other), kind="company", by="anna", winner=one)
    told = {(fact.field, fact.value): fact.evidence for fact in facts.of_subject(workbench.record, one)}
    assert "companies.csv, line 3" in told["city", "York"]
    assert other in told["city", "York"]
    assert [found.line_number for found in source_rows(workbench.record, one)] == [3, 2]


def test_importing_the_merged_rows_file_again_lands_on_the_row_that_stays(workbench: Workbench, tmp_path) -> None:
    one = add_contact(workbench, "Ann Marsh", "ann@new.example")
    other = add_contact(workbench, "Ann Marsh", "ann@old.example")
    workbench.matching.merge((one, other), kind="contact", by="anna", winner=one)
    file = tmp_path / "people.csv"
    file.write_text("E-mail,Name,City,Do not contact\nann@old.example,Ann Marsh,York,yes\n", encoding="utf-8")
    report = workbench.intake.import_file(file, "contact")
    assert (report.imported, report.merged) == (0, 1)
    winner = row(workbench, "contact", one)
    assert (winner["city"], winner["do_not_contact"], winner["email"]) == ("York", True, "ann@new.example")
    assert contacts.count(workbench.record) == 1
