"""Builders for tests of delivery: a released campaign, services over any sender, what the ledger says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery.model import Sender, no_checkpoint
from gtm_pipelines.delivery.service import DeliveryService
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import message, message_event
from gtm_pipelines.settings import MailboxSettings, Settings
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_company, add_contact, make_campaign


def approved(bench: Workbench, people: int = 3, **choices: Any) -> None:
    """Make the campaign ``spring`` with one approved draft for each person, each at a firm of their own."""
    for number in range(people):
        firm = add_company(bench.record, bench.clock, name=f"Firm {number}")
        values = {"first_name": "John", "full_name": f"John {number}", "position": "CTO", "language": ("ru", "en")[number % 2]}
        add_contact(bench.record, bench.clock, company_id=firm, email=f"p{number}@firm{number}.example", **values)
    make_campaign(bench, **choices)
    bench.drafting.draft("spring")
    bench.review.approve_recommended("spring", by="person:anna")


def released(bench: Workbench, people: int = 3, **choices: Any) -> None:
    """Make the campaign ``spring`` and release it; nothing is queued yet."""
    approved(bench, people, **choices)
    bench.campaigns.release("spring", by="person:anna")


def service(
    bench: Workbench, senders: Callable[[MailboxSettings], Sender] | Sender, *, checkpoint: Any = no_checkpoint, **rules: Any
) -> DeliveryService:
    """Return delivery over this workbench's record with senders of the test's own."""
    make = senders if callable(senders) else lambda _mailbox: senders
    return DeliveryService(
        bench.record, bench.clock, bench.settings.home_path, bench.settings.mailboxes,
        bench.settings.delivery.model_copy(update={"parallel_mailboxes": 1} | rules), make, checkpoint=checkpoint,
    )  # fmt: skip


@contextmanager
def with_mailboxes(bench: Workbench, **changes: Any) -> Iterator[Workbench]:
    """Open the same record with every mailbox changed."""
    mailboxes = tuple(m.model_copy(update=changes) for m in bench.settings.mailboxes)
    settings: Settings = bench.settings.model_copy(update={"mailboxes": mailboxes})
    settings.__dict__.pop("home_path", None)
    yield Workbench(settings=settings, record=bench.record, clock=bench.clock)


def rows(record: Record) -> list[sa.RowMapping]:
    """Return every message, in order of making."""
    with record.read() as connection:
        return list(connection.execute(sa.select(message).order_by(message.c.id)).mappings())


def states(record: Record) -> list[str]:
    """Return the state of every message, in order of making."""
    return [str(row["state"]) for row in rows(record)]


def events(record: Record, kind: str) -> int:
    """Count the events of a kind."""
    with record.read() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).where(message_event.c.kind == kind)) or 0)


def change(record: Record, **values: Any) -> None:
    """Change every message behind the services' back."""
    with record.write() as connection:
        connection.execute(sa.update(message).values(**values))


def ticking(clock: Clock, seconds: float) -> Callable[[str], None]:
    """Return a checkpoint that lets time pass whenever a message is claimed."""
    return lambda step: clock.sleep(seconds) if step == "claimed" else None
