"""What pages ask of a large record is found by an index and equals what is counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import contacts, drafts, due, messages, targets, today
from gtm_pipelines.record.tables import draft, message, target
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_people, drafted, make_campaign, queue_message

LARGE = ("contact", "target", "enrolment", "draft", "decision", "message", "message_event", "inbound_message")
FEW = ("ix_inbound_message_waiting",)
"""Indexes that hold few of a table's rows."""
EVERYBODY: dict[str, list[str]] = {"all": []}

ASKED: dict[str, Callable[[Workbench], object]] = {
    "campaign's counts": lambda bench: bench.campaigns.status("spring"),
    "campaign's plan": lambda bench: bench.delivery.prospect("spring").page(None, 50, 0),
    "what would come back": lambda bench: bench.verification.of_campaign(bench.campaigns.get("spring").id),
    "what is to be drafted": lambda bench: bench.drafting.missing("spring"),
    "what waits for a person": lambda bench: today.waiting(bench.record, stale_before=bench.clock.now()),
    "what happened": lambda bench: today.happened(bench.record, bench.clock.now() - timedelta(days=1), bench.clock.now()),
    "who is in other campaigns": lambda bench: bench.segments.overlaps(EVERYBODY),
    "whether anything was sent": lambda bench: due.has_sent(bench.record, bench.clock.now()),
}


@pytest.mark.parametrize("asked", ASKED)
def test_no_page_reads_a_whole_workspace(workbench: Workbench, asked: str) -> None:
    if not workbench.record.is_sqlite:
        pytest.skip("PostgreSQL plans by what the tables hold")
    first, *_ = drafted(workbench, 3)
    make_campaign(workbench, "autumn")
    workbench.review.approve([first.id], by="anna")
    queue_message(workbench, first, state="sent", handed_at=workbench.clock.now(), sent_at=workbench.clock.now())
    workbench.campaigns.archive("autumn", by="anna")
    statements: list[tuple[str, tuple[object, ...]]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: tuple[object, ...], *_rest: object) -> None:
        statements.append((statement, parameters))

    sa.event.listen(workbench.record.engine, "before_cursor_execute", note)
    ASKED[asked](workbench)
    sa.event.remove(workbench.record.engine, "before_cursor_execute", note)
    assert statements
    with workbench.record.read() as connection:
        for statement, parameters in statements:
            plan = [str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert [line for line in plan if reads_a_workspace(line)] == [], statement


def reads_a_workspace(line: str) -> bool:
    """Whether a step of a plan reads a large table whole, or all rows of a workspace with what stands in them."""
    verb, name, *rest = line.split()
    whole = verb == "SCAN" or (line.endswith("(workspace_id=?)") and "COVERING" not in rest)
    return name in LARGE and whole and not set(FEW).intersection(rest)


@pytest.mark.parametrize("dealt", [False, True])
def test_first_mails_are_counted_of_whoever_is_still_written_to(workbench: Workbench, dealt: bool) -> None:
    add_people(workbench, 7)
    held = make_campaign(workbench, settings=CampaignSettings(seed=7)).id
    workbench.drafting.draft("spring")
    workspace = workbench.record.workspace_id
    with workbench.record.write() as connection:
        rows = connection.execute(sa.select(target.c.id, target.c.variant).order_by(target.c.id)).all()
        gone, unwritten = {row.id for row in rows[:2]}, {row.id for row in rows[1:4]}
        targets.exclude(connection, workspace, sorted(gone), reason="excluded_by_person", at=workbench.clock.now())
        some = draft.c.target_id.in_(sorted(unwritten)), draft.c.variant == rows[1].variant
        later = {draft.c.step: 2}
        connection.execute(sa.update(draft).where(*some).values(later))
        coin = {row.id: row.variant for row in rows}
        by_hand = [
            row
            for row in connection.execute(sa.select(draft.c.target_id, draft.c.variant).where(draft.c.step == 1))
            if row.target_id not in gone and (not dealt or row.variant == coin[row.target_id])
        ]
        assert 0 < len(by_hand) < 10
        assert drafts.count_first(connection, workspace, held, dealt=dealt) == len(by_hand)


def test_what_was_handed_over_since_is_found_whatever_its_mailbox(workbench: Workbench) -> None:
    now = workbench.clock.now()
    found = drafted(workbench, 4)
    workbench.review.approve([one.id for one in found if one.recommended], by="anna")
    hours = {"anna": 1, "ben": 5, "zoé": 2, "gone since": 30}
    for one, (mailbox, past) in zip([each for each in found if each.recommended], hours.items(), strict=True):
        queue_message(workbench, one, state="sent", mailbox=mailbox, handed_at=now - timedelta(hours=past))
    with workbench.record.read() as connection:
        for since, expected in ((1, {"anna"}), (5, {"anna", "ben", "zoé"}), (40, set(hours))):
            lately = messages.handed_since(connection, workbench.record.workspace_id, now - timedelta(hours=since))
            assert set(connection.scalars(sa.select(message.c.mailbox).where(lately))) == expected
        assert list(connection.scalars(sa.select(message.c.id).where(messages.handed_since(connection, new_id(), now)))) == []
    assert due.has_sent(workbench.record, now - timedelta(hours=2))
    assert not due.has_sent(workbench.record, now)


def test_a_list_is_known_to_be_there_from_its_first_contact_on(workbench: Workbench) -> None:
    assert not contacts.any_held(workbench.record)
    add_people(workbench, 1)
    assert contacts.any_held(workbench.record)
