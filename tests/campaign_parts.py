"""Builders for tests of segments, campaigns, drafts and review: people, firms, a drafted campaign."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import Campaign, CampaignSettings
from gtm_pipelines.clock import Clock
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import company, contact, message
from gtm_pipelines.review.model import DraftView
from gtm_pipelines.workbench import Workbench


def add_company(record: Record, clock: Clock, **values: Any) -> str:
    """Add a company straight to the record."""
    row = {"id": new_id(), "workspace_id": record.workspace_id, "name": "Acme", "attributes": {}}
    row |= {"created_at": clock.now(), "updated_at": clock.now()} | values
    with record.write() as connection:
        connection.execute(sa.insert(company).values(**row))
    return str(row["id"])


def add_contact(record: Record, clock: Clock, **values: Any) -> str:
    """Add a contact straight to the record."""
    row = {"id": new_id(), "workspace_id": record.workspace_id, "attributes": {}}
    row |= {"created_at": clock.now(), "updated_at": clock.now()} | values
    row.setdefault("email_key", row.get("email"))
    with record.write() as connection:
        connection.execute(sa.insert(contact).values(**row))
    return str(row["id"])


def add_people(workbench: Workbench, count: int, **values: Any) -> list[str]:
    """Add contacts of one company, every other one Russian."""
    firm = add_company(workbench.record, workbench.clock, name="Acme Inc.")
    names = [("Мария", "ru"), ("John", "en")]
    return [
        add_contact(
            workbench.record,
            workbench.clock,
            **{"company_id": firm, "email": f"p{number}@acme.example", "first_name": names[number % 2][0]}
            | {"full_name": f"{names[number % 2][0]} {number}", "language": names[number % 2][1], "position": "CTO"}
            | values,
        )
        for number in range(count)
    ]


def make_campaign(workbench: Workbench, name: str = "spring", **choices: Any) -> Campaign:
    """Create a campaign over everybody."""
    workbench.segments.save("everybody", {"all": []}, by="anna")
    defaults: dict[str, Any] = {"segment": "everybody", "pack": "cold-email", "mailboxes": ["anna", "ben"], "by": "anna"}
    return workbench.campaigns.create(name, **defaults | {"settings": CampaignSettings(seed=7)} | choices)


def drafted(workbench: Workbench, people: int = 2) -> list[DraftView]:
    """Create and draft a campaign called ``spring`` and return its drafts."""
    add_people(workbench, people)
    make_campaign(workbench)
    workbench.drafting.draft("spring")
    return workbench.review.page("spring", limit=500)


def queue_message(workbench: Workbench, draft: DraftView, *, state: str = "queued", **values: Any) -> str:
    """Put a message made from a draft into the record, as delivery would."""
    now, message_id = workbench.clock.now(), new_id()
    row = {"id": message_id, "workspace_id": workbench.record.workspace_id, "campaign_id": draft.campaign_id}
    row |= {"step": 1, "contact_id": draft.contact_id, "target_id": draft.target_id, "draft_id": draft.id}
    row |= {"revision_number": draft.revision, "content_hash": draft.content_hash, "mailbox": draft.mailbox, "state": state}
    row |= {"recipient": draft.recipient, "subject": draft.subject, "body": draft.body, "rfc_message_id": f"<{message_id}@test>"}
    row |= {"due_at": now, "created_at": now, "updated_at": now}
    with workbench.record.write() as connection:
        latest = sa.text("select id from decision where draft_id = :draft order by id desc limit 1")
        row["decision_id"] = connection.execute(latest, {"draft": draft.id}).scalar_one()
        connection.execute(sa.insert(message).values(**row | values))
    return message_id
