"""An answer that proposes a meeting carries the invitation that was approved; a change, a loss of time or an edit is seen."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from icalendar import Calendar

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.senders.smtp import SmtpSender
from gtm_pipelines.errors import ConflictError, PolicyError
from gtm_pipelines.meetings.model import MeetingError
from gtm_pipelines.review.model import DraftView
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import rows, with_mailboxes
from tests.drafting_parts import write_back
from tests.integration.delivery.invited import ZONE, Kept, Talk

pytestmark = pytest.mark.slow


def test_what_a_server_receives_is_the_approved_text_and_an_invitation_that_calendars_read(
    talk: Talk, kept: tuple[Kept, SmtpSender]
) -> None:
    meetings, day = talk.bench.meetings, talk.day()
    shown = meetings.put(talk.conversation, day, time(15), by="anna", zone=ZONE, minutes=45, place="https://meet.example/x")
    assert shown
    assert shown.theirs
    assert shown.ours
    assert (shown.theirs.hour, str(shown.theirs.tzinfo)) == (15, ZONE)
    assert (str(shown.ours.tzinfo), shown.ours) == ("UTC", shown.theirs)
    file = meetings.file(talk.thread)
    assert talk.approve() == ()
    assert talk.send() == 1

    mail = kept[0].mails[-1]
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n").strip() == rows(talk.bench.record)[-1]["body"].strip()
    method, event = kept[0].event()
    assert (method, event.decoded("dtstart")) == ("REQUEST", shown.theirs)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=45)
    assert str(event["location"]) == "https://meet.example/x"
    assert f"mailto:{mail['To']}" == str(event["attendee"])
    assert str(event["organizer"]).removeprefix("mailto:") in str(mail["From"])
    [before] = Calendar.from_ical(file).walk("VEVENT")
    assert before["uid"] == event["uid"]


def test_another_time_length_place_or_link_needs_another_approval(talk: Talk) -> None:
    known: dict[str, object] = {"at": time(15), "minutes": 30, "place": "https://meet.example/x", "zone": ZONE, "days": 3}
    changes: list[dict[str, object]] = [
        {"at": time(16)}, {"minutes": 60}, {"place": "https://meet.example/y"}, {"zone": "Europe/Berlin"}, {"days": 4},
    ]  # fmt: skip

    def put(**values: object) -> DraftView:
        given = known | values
        day = talk.day(int(str(given.pop("days"))))
        talk.bench.meetings.put(talk.conversation, day, given.pop("at"), by="anna", **given)  # type: ignore[arg-type]
        return talk.bench.review.get(talk.draft_id)

    for change in changes:
        before = put()
        assert talk.approve() == ()
        assert put().approval_holds  # the same once more changes nothing
        after = put(**change)
        assert (after.status, after.approval_holds) == ("drafted", False), change
        assert after.content_hash != before.content_hash
        assert talk.delivery.queue("spring").queued == 0


def test_a_changed_proposal_moves_the_entry_and_a_cancellation_ends_it(talk: Talk, kept: tuple[Kept, SmtpSender]) -> None:
    meetings = talk.bench.meetings
    seen = []
    meetings.put(talk.conversation, talk.day(9), time(15), by="anna")
    for turn in (None, "Could we say an hour later?", "Sorry, something came up."):
        if turn:
            talk.hears(turn)
        if turn and turn.startswith("Could"):
            shown = meetings.put(talk.conversation, talk.day(9), time(16), by="anna")
            assert shown
            assert shown.changes
            assert shown.changes.begins.hour == 15
        elif turn:
            meetings.call_off(talk.conversation, by="anna")
        assert talk.approve() == ()
        assert talk.send() == 1
        method, event = kept[0].event()
        seen.append((method, str(event["sequence"]), str(event["uid"])))
    assert [one[:2] for one in seen] == [("REQUEST", "0"), ("REQUEST", "1"), ("CANCEL", "2")]
    assert len({uid for *_, uid in seen}) == 1
    talk.hears("How about next month?")
    assert meetings.entry(talk.thread) is None
    with pytest.raises(MeetingError, match="nothing to call off"):
        meetings.call_off(talk.conversation, by="anna")


def test_a_meeting_is_called_off_though_they_have_not_written_since(talk: Talk, kept: tuple[Kept, SmtpSender]) -> None:
    meetings, answer = talk.bench.meetings, talk.bench.inbox.answer
    meetings.put(talk.conversation, talk.day(9), time(15), by="anna")
    held = talk.draft_id
    assert answer(talk.conversation, "scheduling", again=True).id == held  # it has not left yet
    assert talk.approve() == ()
    assert talk.send() == 1
    assert answer(talk.conversation, "scheduling").id == held
    assert answer(talk.conversation, "scheduling", again=True).id == talk.draft_id != held
    meetings.call_off(talk.conversation, by="anna")
    assert talk.approve() == ()
    assert talk.send() == 1
    assert kept[0].event()[0] == "CANCEL"


def test_a_line_that_cannot_be_kept_is_not_approved_and_says_why(talk: Talk) -> None:
    draft = talk.bench.review.get(talk.draft_id)
    body = draft.body.replace("\n\n", "\n\nMeeting: some day next week\n\n", 1)
    talk.bench.review.edit(draft.id, seen_revision=draft.revision, subject=draft.subject, body=body, by="anna")
    shown = talk.bench.meetings.of(talk.thread)
    assert shown
    assert "cannot be read" in str(shown.trouble)
    assert shown.meeting is None
    [refused] = talk.approve()
    assert refused == shown.trouble
    assert talk.bench.meetings.remove(talk.conversation, by="anna") is None
    assert talk.bench.review.get(draft.id).body == draft.body
    assert talk.approve() == ()


def test_a_time_that_passes_before_the_mail_leaves_stops_the_mail(talk: Talk, kept: tuple[Kept, SmtpSender]) -> None:
    talk.bench.meetings.put(talk.conversation, talk.day(1), time(9), by="anna")
    assert talk.approve() == ()
    talk.delivery.queue("spring")
    with pytest.raises(ConflictError, match="queued"):
        talk.bench.meetings.put(talk.conversation, talk.day(2), time(9), by="anna")
    talk.clock.sleep(timedelta(days=3).total_seconds())
    assert talk.delivery.send(overdue=True).failed == 1
    assert len(kept[0].mails) == 1
    assert "has passed" in rows(talk.bench.record)[-1]["last_error"]


def test_a_mailbox_that_sends_text_alone_says_so_before_anybody_approves(
    workbench: Workbench, clock: VirtualClock, kept: tuple[Kept, SmtpSender]
) -> None:
    with with_mailboxes(workbench, sender="instantly") as bench:
        talk = Talk(bench, clock, kept[1])
        shown = bench.meetings.put(talk.conversation, talk.day(), time(15), by="anna")
        assert shown
        assert "Instantly" in str(shown.left_out)
        with pytest.raises(PolicyError, match="without the invitation"):
            bench.meetings.file(talk.thread)
        assert talk.approve() == ()
        assert talk.send() == 1
    assert kept[0].mails[-1].get_content_type() == "text/plain"
    assert "Meeting: " in str(kept[0].mails[-1].get_content())


def test_a_form_begins_with_what_their_mail_named(talk: Talk) -> None:
    offer = talk.bench.meetings.offer(talk.thread)
    assert (offer.day, offer.at, offer.minutes) == (None, None, 15)  # as the suggested text says
    talk.hears("Tuesday at 15:00 works for me.")
    offer = talk.bench.meetings.offer(talk.thread)
    assert offer.day
    assert offer.day.weekday() == 1
    assert offer.day > talk.clock.now().date()
    assert offer.at == time(15)
    talk.hears("Tuesday at 3 works for me.")
    assert talk.bench.meetings.of(talk.thread) is None
    assert talk.bench.meetings.offer(talk.thread).at is None


def test_a_time_they_named_for_certain_is_proposed_by_itself_and_an_uncertain_one_is_asked_for(
    talk: Talk, kept: tuple[Kept, SmtpSender]
) -> None:
    talk.hears("Tuesday at 3 works for me.", None)
    assert talk.bench.meetings.of(talk.thread) is None
    talk.hears("Sorry, I mean Tuesday at 3 pm.", None)
    shown = talk.bench.meetings.of(talk.thread)
    assert shown
    assert shown.theirs
    assert (shown.theirs.weekday(), shown.theirs.hour, str(shown.theirs.tzinfo)) == (1, 15, ZONE)
    assert "The invitation comes with this mail." in talk.bench.review.get(talk.draft_id).body
    assert talk.approve() == ()
    assert talk.send() == 1
    assert kept[0].event()[1].decoded("dtstart") == shown.theirs


def test_nothing_is_proposed_before_an_answer_is_suggested(talk: Talk) -> None:
    write_back(talk.bench, talk.first, "And one thing more.", "positive")
    with pytest.raises(PolicyError, match="No answer is suggested"):
        talk.bench.meetings.put(talk.conversation, talk.day(), time(15), by="anna")
    talk.hears("Yes?")
    with pytest.raises(MeetingError, match="has passed"):
        talk.bench.meetings.put(talk.conversation, talk.day(-1), time(15), by="anna")
