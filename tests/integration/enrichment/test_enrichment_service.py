"""Facts come with their source and are written once."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.service import EnrichmentService
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import facts
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import contact


def add_contact(record: Record, clock: VirtualClock, **values: object) -> str:
    row = {"id": new_id(), "workspace_id": "default", "attributes": {}, "created_at": clock.now(), "updated_at": clock.now()}
    with record.write() as connection:
        connection.execute(sa.insert(contact).values(**row | values))
    return str(row["id"])


def test_every_address_gets_a_verdict_once(record: Record, clock: VirtualClock) -> None:
    person = add_contact(record, clock, email="anna@firm.example", email_key="anna@firm.example")
    add_contact(record, clock, email="broken@", email_key="broken@")
    add_contact(record, clock, linkedin_url="https://linkedin.example/in/x")
    service = EnrichmentService(record, clock)
    first, second = service.verify_emails(), service.verify_emails()
    assert (first.examined, first.added, first.values) == (3, 2, {"valid": 1, "invalid": 1})
    assert second.added == 0
    assert [(f.field, f.value, f.source) for f in facts.of_subject(record, person)] == [
        ("email_verification", "valid", "offline_check")
    ]


def test_a_changed_title_makes_a_new_fact_and_keeps_the_old_one(record: Record, clock: VirtualClock) -> None:
    person = add_contact(record, clock, position="Head of Sales", function="sales", seniority="head", language="en")
    service = EnrichmentService(record, clock)
    service.contact_facts()
    with record.write() as connection:
        promoted = {"position": "CTO", "function": "engineering", "seniority": "c_level"}
        connection.execute(sa.update(contact).where(contact.c.id == person).values(**promoted))
    assert service.contact_facts().added == 2
    levels = [f.value for f in facts.of_subject(record, person) if f.field == "seniority"]
    assert levels == ["c_level", "head"]
