"""Faults that must not be: each is planted with the keys taken off, and found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record import integrity
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import metadata

NOW = datetime(2026, 3, 4, tzinfo=UTC)
FILLERS: dict[str, Any] = {"attributes": {}, "mapping": {}, "reasons": {}, "status": "finished", "confidence": 1.0}


def row(table: str, **values: Any) -> dict[str, Any]:
    """A row with whatever a table insists on."""
    filled: dict[str, Any] = {"id": new_id(), "workspace_id": "default"}
    for column in metadata.tables[table].columns:
        if column.name in values or column.nullable or column.name in filled or column.server_default is not None:
            continue
        if isinstance(column.type, sa.Text):
            filled[column.name] = FILLERS.get(column.name, "x")
        elif column.name.endswith("_at"):
            filled[column.name] = NOW
        else:
            filled[column.name] = FILLERS.get(column.name, 1)
    return {**filled, **values}


def plant(connection: sa.Connection, table: str, **values: Any) -> str:
    planted = row(table, **values)
    connection.execute(metadata.tables[table].insert().values(**planted))
    return str(planted["id"])


@pytest.fixture
def unguarded(record: Record) -> Record:
    """The record with the keys off that keep these faults out."""
    with record.engine.connect() as connection:
        for table in ("company", "contact", "message"):
            for index in metadata.tables[table].indexes:
                if index.unique:
                    connection.execute(sa.text(f"DROP INDEX {index.name}"))
        connection.commit()
    return record


@pytest.mark.parametrize(("field", "value"), [("tin", "7707083893"), ("domain", "acme.example")])
def test_two_companies_of_one_key_are_found_whatever_the_case(unguarded: Record, field: str, value: str) -> None:
    with unguarded.write() as connection:
        plant(connection, "company", name="one", **{field: value})
        plant(connection, "company", name="other", **{field: value.upper()})
        plant(connection, "company", name="third")
    (fault,) = integrity.duplicate_companies(unguarded)
    assert (fault.subject, fault.rows, fault.examples) == ("company", 1, value.lower())


def test_two_contacts_of_one_email_are_found(unguarded: Record) -> None:
    with unguarded.write() as connection:
        plant(connection, "contact", email_key="ann@acme.example")
        plant(connection, "contact", email_key="Ann@acme.example")
    assert [fault.fault for fault in integrity.duplicate_contacts(unguarded)] == ["email used by more than one"]


def test_a_reference_into_another_workspace_is_broken(record: Record) -> None:
    with record.write() as connection:
        mine = plant(connection, "company", name="mine")
        plant(connection, "contact", company_id=mine)
    assert integrity.broken_references(record, "contact") == []
    if record.is_sqlite:
        with record.write() as connection:
            theirs = plant(connection, "company", name="theirs", workspace_id="other")
            plant(connection, "contact", company_id=theirs)
        assert [fault.fault for fault in integrity.broken_references(record, "contact")] == ["company_id points at no company"]


def test_an_import_whose_outcomes_do_not_add_up_is_found(record: Record) -> None:
    with record.write() as connection:
        plant(connection, "import_batch", file_name="good.csv", rows=3, imported=1, merged=1, unchanged=1)
        plant(connection, "import_batch", file_name="bad.csv", rows=3, imported=1)
        plant(connection, "import_batch", file_name="still.csv", rows=3, status="running")
    assert [fault.examples for fault in integrity.unbalanced_imports(record)] == ["bad.csv"]


def test_an_empty_record_has_no_faults(record: Record) -> None:
    found = [
        *integrity.duplicate_companies(record),
        *integrity.duplicate_contacts(record),
        *integrity.broken_references(record, *metadata.tables),
        *integrity.unbalanced_imports(record),
        *integrity.unapproved_messages(record),
        *integrity.doubled_messages(record),
    ]
    assert found == []


def sent_campaign(connection: sa.Connection, **message: Any) -> str:
    """One message with all that leads to it; returns the campaign's id."""
    segment = plant(connection, "segment", name="s")
    segment_version = plant(connection, "segment_version", segment_id=segment, filter={})
    pack = plant(connection, "pack_version", manifest={})
    campaign = plant(
        connection,
        "campaign",
        segment_version_id=segment_version,
        pack_version_id=pack,
        variants=[],
        mailboxes=[],
        settings={},
    )
    contact = plant(connection, "contact")
    target = plant(connection, "target", campaign_id=campaign, contact_id=contact, snapshot={})
    shared = {"campaign_id": campaign, "target_id": target, "contact_id": contact}
    draft = plant(connection, "draft", **shared, content_hash="h1", warnings=[])
    plant(connection, "revision", draft_id=draft, number=1, content_hash="h1", subject="Hello", body="Body")
    approval = {"kind": "approve", "content_hash": "h1", "decided_by": "person:anna"} | message.pop("decision", {})
    decision = plant(connection, "decision", draft_id=draft, revision_number=1, **approval)
    content = {"content_hash": "h1", "subject": "Hello", "body": "Body"} | message
    plant(connection, "message", **shared, draft_id=draft, decision_id=decision, revision_number=1, step=1, **content)
    return campaign


def test_a_message_a_person_approved_is_no_fault(record: Record) -> None:
    with record.write() as connection:
        campaign = sent_campaign(connection)
    assert integrity.unapproved_messages(record, campaign) == []
    assert integrity.doubled_messages(record, campaign) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"content_hash": "h2"},
        {"body": "Another body"},
        {"decision": {"kind": "reject"}},
        {"decision": {"decided_by": "agent:writer"}},
        {"decision": {"content_hash": "h0"}},
    ],
)
def test_a_message_that_no_person_approved_as_it_stands_is_found(record: Record, wrong: dict[str, Any]) -> None:
    with record.write() as connection:
        campaign = sent_campaign(connection, **wrong)
    assert [fault.rows for fault in integrity.unapproved_messages(record, campaign)] == [1]
    assert integrity.unapproved_messages(record, "another") == []
