"""From a reply back to the row of the file it began with, and from the row onward, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.record import imports
from gtm_pipelines.record.tables import message_event
from gtm_pipelines.record.trail import KINDS, Trail, onward, trail
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import make_campaign, queue_message
from tests.search_parts import add_reply

PEOPLE = """Full name,Email,Company,Website,Title
Ann Lee,ann@acme.test,Acme,acme.test,CTO
Bob Ray,bob@other.test,Other,other.test,CTO
"""


def sent(workbench: Workbench, folder: Path) -> tuple[str, str]:
    """Import two people, write to both, send to Ann, who answers; return ids of her message and reply."""
    path = folder / "people.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    workbench.intake.import_file(path, "contact")
    make_campaign(workbench)
    workbench.drafting.draft("spring")
    workbench.review.approve_recommended("spring", by="anna")
    (mail,) = workbench.review.page("spring", status="approved", search="ann@acme.test")
    message = queue_message(workbench, mail, state="sent", sent_at=workbench.clock.now())
    reply = add_reply(
        workbench, "Tell me more.", message_id=message, contact_id=mail.contact_id, **{"class": "information_request"}
    )
    return message, reply


def kinds(found: Trail) -> list[str]:
    return [station.kind for station in found.stations]


def test_a_reply_leads_back_to_the_row_of_the_file(workbench: Workbench, tmp_path: Path) -> None:
    message, reply = sent(workbench, tmp_path)
    found = trail(workbench.record, reply)
    assert found.message_id == message
    assert found.stations[0].title == "people.csv, line 2"
    assert "Ann Lee,ann@acme.test" in found.stations[0].detail
    assert [kind for kind in KINDS if kind in kinds(found)] == list(dict.fromkeys(kinds(found))), "in the order of the pipeline"
    assert {"contact", "segment", "campaign", "pack", "draft", "checks", "decision", "message"} < set(kinds(found))
    assert found.stations[-1].detail == "Tell me more."
    assert next(one.title for one in found.stations if one.kind == "decision") == "approve by person:anna"


def test_draft_message_and_reply_lead_the_same_way(workbench: Workbench, tmp_path: Path) -> None:
    message, reply = sent(workbench, tmp_path)
    found = trail(workbench.record, reply)
    assert trail(workbench.record, message) == found == trail(workbench.record, found.draft_id)


def test_a_row_leads_onward_to_every_mail_that_came_of_it(workbench: Workbench, tmp_path: Path) -> None:
    message, _ = sent(workbench, tmp_path)
    (batch,) = imports.batches(workbench.record)
    ways = onward(workbench.record, batch.id, 2)
    assert message in {way.message_id for way in ways}
    assert {one.title for way in ways for one in way.stations if one.kind == "contact"} == {"Ann Lee"}
    assert all(way.message_id is None for way in onward(workbench.record, batch.id, 3)), "Bob was drafted for, not written to"


def test_what_happened_to_the_message_stands_in_the_order_it_was_learnt(workbench: Workbench, tmp_path: Path) -> None:
    message, reply = sent(workbench, tmp_path)
    now, found = workbench.clock.now(), trail(workbench.record, reply)
    with workbench.record.read() as connection:
        campaign = connection.execute(sa.text("select id from campaign")).scalar_one()
    shared = {"workspace_id": "default", "message_id": message, "campaign_id": campaign, "contact_id": found.contact_id}
    events = [("1", "sent"), ("2", "replied")]
    with workbench.record.write() as connection:
        for key, kind in events:
            row = {"id": key, "kind": kind, "source_key": key, "occurred_at": now, "recorded_at": now}
            connection.execute(sa.insert(message_event).values(**shared | row))
    told = [one.title for one in trail(workbench.record, reply).stations if one.kind == "event"]
    assert told == ["sent", "replied"]


def test_what_is_not_there_says_where_to_look(workbench: Workbench, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="gtm reply list"):
        trail(workbench.record, "nothing")
    with pytest.raises(NotFoundError, match="gtm import list"):
        onward(workbench.record, "nothing", 2)
    lost = add_reply(workbench, "Who is this?")
    with pytest.raises(NotFoundError, match="gtm reply assign"):
        trail(workbench.record, lost)
