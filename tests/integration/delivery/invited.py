"""Somebody who asked for an invitation, a server that keeps what leaves, and the mails between."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from icalendar import Calendar, Event

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.senders.smtp import SmtpSender
from gtm_pipelines.delivery.service import DeliveryService
from gtm_pipelines.record import conversations
from gtm_pipelines.record.tables import target
from gtm_pipelines.replies.inbox import Thread
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released, service
from tests.drafting_parts import write_back

ZONE = "America/New_York"


class Kept(Message):
    """Keeps every mail as a server received it."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[EmailMessage] = []

    def prepare_message(self, session: object, envelope: object) -> EmailMessage:
        return message_from_bytes(envelope.content, policy=SMTP)  # type: ignore[attr-defined]

    def handle_message(self, message: EmailMessage) -> None:  # type: ignore[override]
        self.mails.append(message)

    def event(self) -> tuple[str, Event]:
        """Return the method and the event of the last mail, read from the part that calendars read and from the file."""
        shown, filed = (
            Calendar.from_ical(part.get_payload(decode=True))
            for part in self.mails[-1].walk()
            if part.get_content_type() in ("text/calendar", "application/ics")
        )
        assert shown.to_ical() == filed.to_ical()
        [event] = shown.walk("VEVENT")
        return str(shown["method"]), event


class Server(Controller):
    """A server on a port that the system chose."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class Talk:
    """One campaign, one person who answered it, and the mails between."""

    def __init__(self, workbench: Workbench, clock: VirtualClock, sender: SmtpSender, **choices: Any) -> None:
        self.bench, self.clock = workbench, clock
        released(workbench, 1, variants=["direct"], **choices)
        with workbench.record.write() as connection:  # of the people of these tests nobody knows where they are
            snapshot = connection.execute(sa.select(target.c.snapshot)).scalar_one()
            snapshot["contact"]["time_zone"] = ZONE
            connection.execute(sa.update(target).values(snapshot=snapshot))
        self.delivery: DeliveryService = service(workbench, sender, contact_gap_days=0)
        self.send()
        self.first = workbench.review.page("spring")[0]
        self.conversation = ""
        self.hears("Please send an invite.")

    def send(self) -> int:
        self.delivery.queue("spring")
        sent = self.delivery.send().sent
        self.clock.sleep(timedelta(days=1).total_seconds())
        return sent

    def hears(self, text: str, answer: str | None = "scheduling") -> None:
        now, held = self.clock.now(), self.bench.record
        write_back(self.bench, self.first, text, "positive", language="en")
        with held.write() as connection:
            row, _ = conversations.begin(
                connection, held, contact_id=self.first.contact_id, campaign_id=self.first.campaign_id, written_at=now,
                last_at=now, now=now,
            )  # fmt: skip
        self.conversation = row.id
        self.bench.inbox.answer(row.id, answer)

    @property
    def thread(self) -> Thread:
        return self.bench.inbox.thread(self.conversation)

    @property
    def draft_id(self) -> str:
        suggested = self.bench.inbox.suggested(self.thread)
        assert suggested
        return suggested.id

    def day(self, days: int = 3) -> date:
        return (self.clock.now() + timedelta(days=days)).date()

    def approve(self) -> tuple[str, ...]:
        return tuple(one.reason for one in self.bench.review.approve([self.draft_id], by="anna").refused)
