"""An invitation leaves, a calendar answers it, and the conversation, the sequence and the page know how it stands."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.cli.inbox_meeting import stands
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.senders.smtp import SmtpSender
from gtm_pipelines.meetings.answers import Status
from gtm_pipelines.record.tables import enrolment
from gtm_pipelines.replies.mailboxes.memory import MemoryMailbox
from gtm_pipelines.replies.model import Collector, InboundView
from gtm_pipelines.replies.service import ReplyService
from gtm_pipelines.workbench import Workbench
from tests.calendar_parts import exchange, google_mail, mail
from tests.delivery_parts import rows
from tests.integration.delivery.invited import ZONE, Kept, Talk

pytestmark = pytest.mark.slow
THREE = CampaignSettings.model_validate({"seed": 7, "sequence": ["follow-ups#first:3", "follow-ups#break-up:5"]})


class Invited:
    """Somebody whose calendar has our invitation, and the mailbox that their calendar answers to."""

    def __init__(self, talk: Talk, kept: Kept) -> None:
        self.talk, self.kept, self.clock = talk, kept, talk.clock
        self.mailbox = MemoryMailbox()
        own = next(one for one in talk.bench.settings.mailboxes if one.name == talk.first.mailbox).address
        collectors = {talk.first.mailbox: Collector(talk.first.mailbox, own, lambda: self.mailbox)}
        self.replies = ReplyService(talk.bench.record, talk.clock, collectors, frozenset({own}))
        self.own = own
        self.invite(time(15))

    def invite(self, at: time) -> None:
        self.talk.bench.meetings.put(self.talk.conversation, self.talk.day(9), at, by="anna", zone=ZONE)
        assert self.talk.approve() == ()
        assert self.talk.send() == 1

    @property
    def uid(self) -> str:
        return str(self.kept.event()[1]["uid"])

    def answers(self, raw: bytes) -> InboundView:
        self.mailbox.deliver(raw.replace(b"answer-1", f"answer-{len(self.kept.mails)}".encode()), self.clock.now())
        assert self.replies.collect().new == 1
        return self.replies.page()[0]


@pytest.fixture
def invited(workbench: Workbench, clock: VirtualClock, kept: tuple[Kept, SmtpSender]) -> Invited:
    return Invited(Talk(workbench, clock, kept[1], settings=THREE), kept[0])


def test_an_accepted_invitation_books_the_meeting_and_stops_the_sequence(invited: Invited) -> None:
    bench, who = invited.talk.bench, invited.talk.first.recipient
    assert who
    entry = bench.meetings.entry(invited.talk.thread)
    assert entry
    assert (entry.meeting.begins.hour, entry.answer) == (15, None)
    assert stands(entry).endswith("not answered yet.")

    view = invited.answers(google_mail(uid=invited.uid, who=who, begins=entry.meeting.begins.astimezone(ZoneInfo("UTC"))))

    assert (view.cls, view.attribution, view.handled_at) == ("meeting_booked", "calendar", None)
    invitation = rows(bench.record)[-1]
    assert (view.message_id, invitation["outcome"]) == (invitation["id"], "replied")
    with bench.record.read() as connection:
        stood = connection.execute(sa.select(enrolment.c.status, enrolment.c.reason, enrolment.c.cause_id)).one()
    assert tuple(stood) == ("stopped", "meeting", view.id)
    thread = invited.talk.thread
    assert (thread.conversation.state, thread.conversation.waiting) == ("scheduling", True)
    assert thread.mails[-1].text == ""
    entry = bench.meetings.entry(thread)
    assert entry
    assert entry.answer
    assert (entry.answer.status, entry.answer.attendee, entry.at) == (Status.ACCEPTED, who, view.received_at)
    assert f"15:00 {ZONE}, 15 minutes; accepted by {who}, {view.received_at:%Y-%m-%d %H:%M} UTC." in stands(entry)
    fitting = bench.inbox.fitting(thread)
    assert fitting
    assert (fitting.variant, fitting.why) == (None, "they wrote no words")


def test_the_form_begins_with_the_time_that_their_calendar_proposes_and_a_moved_entry_is_unanswered(invited: Invited) -> None:
    bench, who = invited.talk.bench, str(invited.talk.first.recipient)
    proposed = datetime.combine(invited.talk.day(10), time(11, 30), ZoneInfo(ZONE))
    raw = google_mail("TENTATIVE", method="COUNTER", uid=invited.uid, who=who, begins=proposed.astimezone(ZoneInfo("UTC")))
    assert invited.answers(raw).cls == "positive"
    entry = bench.meetings.entry(invited.talk.thread)
    assert entry
    assert entry.answer
    assert (entry.answer.status, entry.answer.begins) == (Status.COUNTERED, proposed)
    assert f"countered by {who}" in stands(entry)

    bench.inbox.answer(invited.talk.conversation, "scheduling")
    offer = bench.meetings.offer(invited.talk.thread)
    assert (offer.day, offer.at, offer.zone) == (proposed.date(), proposed.time(), ZONE)
    bench.meetings.put(invited.talk.conversation, proposed.date(), proposed.time(), by="anna", zone=ZONE)
    assert invited.talk.approve() == ()
    assert invited.talk.send() == 1
    entry = bench.meetings.entry(invited.talk.thread)
    assert entry
    assert (entry.meeting.begins, entry.answer) == (proposed, None)

    invited.answers(google_mail(uid=invited.uid, who=who, sequence=1))
    entry = bench.meetings.entry(invited.talk.thread)
    assert entry
    assert entry.answer
    assert entry.answer.status is Status.ACCEPTED


def test_the_latest_answer_counts_and_one_to_another_entry_does_not(invited: Invited) -> None:
    thread = rows(invited.talk.bench.record)[-1]["rfc_message_id"]
    invited.answers(mail(exchange("DECLINED", uid=invited.uid), "Sorry, I am at a fair.", in_reply_to=thread))
    invited.clock.sleep(timedelta(hours=1).total_seconds())
    assert invited.answers(mail(exchange("ACCEPTED", uid="another@entry.test"), in_reply_to=thread)).cls == "meeting_booked"
    forwarded = mail(exchange("NEEDS-ACTION", uid=invited.uid, method="REQUEST"), method="REQUEST", in_reply_to=thread, x="1")
    assert invited.answers(forwarded).cls == "positive"
    entry = invited.talk.bench.meetings.entry(invited.talk.thread)
    assert entry
    assert entry.answer
    assert (entry.answer.status, entry.answer.comment) == (Status.DECLINED, "")
    assert any("Sorry, I am at a fair." in said.text for said in invited.talk.thread.mails)
