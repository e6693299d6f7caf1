"""A calendar's answer has its class by rule; what its program wrote is nobody's wish, and what a person wrote beside it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.record import answers
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies.model import ParsedMail, RawMail, Reading, ReplyClass, Verdict
from gtm_pipelines.replies.parse import parse_mail
from gtm_pipelines.replies.readers import Reader
from gtm_pipelines.replies.reading import Desk, read
from tests.calendar_parts import ANN, GOOGLE_NOTICES, GOOGLE_RUSSIAN, apple, exchange, google, google_mail, mail

RECEIVED = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
AT = f"{ANN}, 2026-03-10 14:00 UTC"


APPLES = "Ann Client has declined your invitation to the event: Your database. Two parts, scheduled for 10 March at 3:00 p.m.\n"


class Glad:
    """A second reader that is sure of everything."""

    def read(self, text: str) -> Verdict | None:
        return Verdict(ReplyClass.NOT_NOW, 0.9, f"Glad to read: {text}")


def judged(raw: bytes, reader: Reader | None = None) -> tuple[Verdict, ParsedMail]:
    desk = Desk(Record.__new__(Record), VirtualClock(RECEIVED), frozenset(), reader=reader)
    reading: Reading = read(RawMail("INBOX", 1, 1, raw, RECEIVED), desk)
    return reading.verdict, reading.mail


@pytest.mark.parametrize(("answered", "method", "cls", "confidence", "reason"), [
    ("ACCEPTED", "REPLY", ReplyClass.MEETING_BOOKED, 0.97, f"Calendar says: accepted by {AT}"),
    ("TENTATIVE", "REPLY", ReplyClass.POSITIVE, 0.5, f"Calendar says: tentatively accepted by {AT}"),
    ("TENTATIVE", "COUNTER", ReplyClass.POSITIVE, 0.8, f"Calendar says: {ANN} proposes another time, 2026-03-10 14:00 UTC"),
    ("DECLINED", "REPLY", ReplyClass.OTHER, 0.5,
     f"Calendar says: declined by {AT}. A declined time is no refusal of the offer: say what it means"),
])  # fmt: skip
@pytest.mark.parametrize("body", ["", GOOGLE_RUSSIAN, None])
def test_googles_answer_is_a_persons_though_a_machine_submits_it(
    answered: str, method: str, cls: ReplyClass, confidence: float, reason: str, body: str | None
) -> None:
    raw = google_mail(answered, method=method) if body is None else google_mail(answered, method=method, body=body)
    verdict, found = judged(raw, Glad())
    assert (verdict.cls, verdict.confidence, verdict.reason) == (cls, confidence, reason)
    assert (verdict.machine, verdict.waits, verdict.doubt) == (False, True, False)
    assert found.reply.text == ""


@pytest.mark.parametrize("answered", ["ACCEPTED", "TENTATIVE", "DECLINED"])
def test_a_note_that_asks_to_be_left_alone_is_heard_whatever_the_answer_is(answered: str) -> None:
    verdict, found = judged(google_mail(answered, note="Please take me off your list, I don't want more of these"))
    assert verdict.cls is ReplyClass.UNSUBSCRIBE
    assert verdict.confidence > 0.9
    assert "Calendar says" in verdict.reason
    assert found.reply.text == "Please take me off your list, I don't want more of these"


def test_a_note_that_stands_in_googles_mail_alone_is_heard_too() -> None:
    body = 'Ann Client has declined this invitation with a note:\n\n"unsubscribe"\n\nTo stop receiving these emails, go on.\n'
    verdict, found = judged(mail(google("DECLINED"), body))
    assert (verdict.cls, found.reply.text) == (ReplyClass.UNSUBSCRIBE, "unsubscribe")


def test_a_doubtful_wish_beside_an_answer_waits_for_a_person() -> None:
    verdict, _ = judged(google_mail("ACCEPTED", note="Do not send me any more brochures before the call"))
    assert verdict.doubt
    assert (verdict.cls, verdict.confidence) == (ReplyClass.MEETING_BOOKED, 0.5)
    assert verdict.reason.startswith(f"{answers.DOUBT}. Calendar says: accepted")


@pytest.mark.parametrize(("words", "cls"), [
    ("We are not interested, thank you.", ReplyClass.NEGATIVE),
    ("Not this quarter, please write again in October.", ReplyClass.NOT_NOW),
    ("Sorry, I am at a fair.", ReplyClass.OTHER),
])  # fmt: skip
def test_words_say_what_a_declined_time_means(words: str, cls: ReplyClass) -> None:
    for raw in (mail(exchange("DECLINED", comment=words), words), mail(exchange("DECLINED", comment=words)),
                mail(exchange("DECLINED"), words), mail(apple("DECLINED", comment=words), APPLES)):  # fmt: skip
        verdict, found = judged(raw)
        assert (verdict.cls, found.reply.text) == (cls, words)
        assert verdict.reason.startswith("Calendar says: declined by")
        assert verdict.waits
    assert (verdict.returns_on is not None) == (cls is ReplyClass.NOT_NOW)


def test_a_second_reader_is_asked_only_what_a_declined_time_means() -> None:
    verdict, _ = judged(mail(exchange("DECLINED"), "Sorry, I am at a fair."), Glad())
    assert (verdict.cls, verdict.confidence) == (ReplyClass.NOT_NOW, 0.9)
    assert verdict.reason.startswith("Calendar says: declined by")
    assert verdict.reason.endswith("Glad to read: Sorry, I am at a fair.")


@pytest.mark.parametrize("calendar", [google(), google(method="REQUEST"), apple()])
def test_what_a_person_writes_about_a_calendar_they_enclose_is_theirs(calendar: str) -> None:
    verdict, found = judged(mail(calendar, "No. Please remove me from your list.", subject="Fwd: Your database"))
    assert (verdict.cls, found.reply.text) == (ReplyClass.UNSUBSCRIBE, "No. Please remove me from your list.")


def test_what_outlook_writes_above_is_not_the_persons() -> None:
    body = "When: Tuesday, 10 March 2026 15:00-15:30.\nWhere: Teams\n\n*~*~*~*~*~*~*~*~*~*\n\nSee you then.\n"
    assert judged(mail(exchange(), body))[1].reply.text == "See you then."
    assert judged(mail(exchange(), APPLES))[1].reply.text == ""


def test_the_original_below_an_answer_is_no_word_of_theirs() -> None:
    body = 'Fine.\n\n-----Original Appointment-----\nFrom: Anna\nSubject: Your database\n\nReply "unsubscribe" to get no more.\n'
    verdict, found = judged(mail(exchange(), body))
    assert (verdict.cls, found.reply.text) == (ReplyClass.MEETING_BOOKED, "Fine.")


@pytest.mark.parametrize("kind", ["text/calendar", "application/ics", 'application/octet-stream; name="invite.ics"'])
def test_the_calendar_is_found_in_whatever_part_it_is_sent(kind: str) -> None:
    assert judged(mail(google(), kind=kind, method=None))[0].cls is ReplyClass.MEETING_BOOKED
    assert judged(mail(google().replace("METHOD:REPLY\r\n", ""), kind=kind))[0].cls is ReplyClass.MEETING_BOOKED


@pytest.mark.parametrize("submitted", ["auto-generated", "no"])
def test_an_invitation_of_theirs_wants_to_meet_and_is_neither_a_machine_nor_a_wish_to_leave(submitted: str) -> None:
    raw = google_mail("NEEDS-ACTION", method="REQUEST").replace(b"auto-generated", submitted.encode())
    verdict, found = judged(raw)
    assert (verdict.cls, verdict.confidence, verdict.waits, found.reply.text) == (ReplyClass.POSITIVE, 0.8, True, "")
    assert verdict.reason == "Calendar says: anna@sender.test invites us, 2026-03-10 14:00 UTC"


def test_words_say_what_an_invitation_enclosed_with_them_means() -> None:
    verdict, _ = judged(mail(google(method="REQUEST"), "We are not interested, thank you."))
    assert (verdict.cls, verdict.reason.partition(":")[0]) == (ReplyClass.NEGATIVE, "Calendar says")


def test_a_forwarded_answer_and_a_cancellation_answer_nothing() -> None:
    forwarded = b"From: ann@client.test\r\nContent-Type: message/rfc822\r\n\r\n" + google_mail()
    assert parse_mail(forwarded).calendar is None
    assert parse_mail(mail(google(method="CANCEL"), "Sorry", method="CANCEL")).calendar is None


def test_an_answer_without_words_keeps_the_language_of_what_it_answers() -> None:
    assert parse_mail(mail(google().replace("Your database, two parts", "Ваша база, две части"))).language == "ru"
    assert parse_mail(google_mail(body=GOOGLE_RUSSIAN)).language == "en"


@pytest.mark.parametrize("calendar", ["BEGIN:VCALENDAR", "\x00", google()[:200], google().replace("ATTENDEE", "X")])
def test_a_broken_calendar_leaves_the_mail_to_its_words(calendar: str) -> None:
    verdict, _ = judged(mail(calendar, "Please remove me from your list"))
    assert verdict.cls is ReplyClass.UNSUBSCRIBE


@pytest.mark.parametrize(("calendar", "subject", "body"), [
    (google("DECLINED"), "Unsubscribe", ""),
    (google("DECLINED"), "Please unsubscribe me", ""),
    (google(method="REQUEST"), "Unsubscribe", "Thanks"),
    (exchange(), "Please unsubscribe me", ""),
    (exchange("DECLINED"), "Отписаться", "Thanks"),
])  # fmt: skip
def test_a_subject_that_asks_to_be_left_alone_is_heard_beside_a_calendar(calendar: str, subject: str, body: str) -> None:
    verdict, _ = judged(mail(calendar, body, subject=subject))
    assert verdict.cls is ReplyClass.UNSUBSCRIBE
    assert "Calendar says" in verdict.reason


@pytest.mark.parametrize("subject", ["Unsubscribe rates", "Invitation: Unsubscribe rates @ Tue"])
def test_a_meeting_of_theirs_that_is_called_so_is_doubted_only(subject: str) -> None:
    calendar = google(method="REQUEST").replace("Your database, two parts", "Unsubscribe rates")
    verdict, _ = judged(mail(calendar, "", subject=subject))
    assert (verdict.cls, verdict.confidence, verdict.doubt) == (ReplyClass.POSITIVE, 0.5, True)


@pytest.mark.parametrize("answered", ["ACCEPTED", "DECLINED"])
@pytest.mark.parametrize(("program", "body", "kept"), [
    (google, "Maria has accepted your invitation.\nUnsubscribe", "Unsubscribe"),
    (google, "Anna Smith has declined this invitation.\n\nPlease never write to me again. Remove me from your list.",
     "Please never write to me again. Remove me from your list."),
    (google, "Maria has declined your invitation.\nPlease remove her from your mailing list\u2026",
     "Please remove her from your mailing list\u2026"),
    (google, "Maria has declined your invitation.\n\nTo stop receiving these emails I ask you to remove me from your list.",
     "To stop receiving these emails I ask you to remove me from your list."),
    (exchange, "Where: nowhere. Unsubscribe me.", "Where: nowhere. Unsubscribe me."),
    (exchange, "Где: отпишите меня от рассылки", "Где: отпишите меня от рассылки"),
])  # fmt: skip
def test_a_wish_in_what_looks_like_a_programs_words_is_heard(
    program: Callable[[str], str], body: str, kept: str, answered: str
) -> None:
    verdict, found = judged(mail(program(answered), body))
    assert (verdict.cls, found.reply.text) == (ReplyClass.UNSUBSCRIBE, kept)
    assert "Calendar says" in verdict.reason


@pytest.mark.parametrize(("program", "body"), [
    (exchange, "Anna has declined the invitation to the event: remove me from your list and never write again"),
    (exchange, "Anna has declined the invitation to the event please unsubscribe me and do not write again"),
    (google, "Anna has declined the invitation to the event: remove me from your list and never write again"),
    (google, "Anna has declined this invitation.\n\nUnsubscribe from these notifications"),
    (exchange, "Where: stop"),
    (exchange, "Thanks.\nStop"),
])  # fmt: skip
def test_a_wish_that_a_program_may_have_written_waits_for_a_person_with_its_words(
    program: Callable[[str], str], body: str
) -> None:
    verdict, found = judged(mail(program("ACCEPTED"), body))
    assert (verdict.doubt, verdict.confidence, verdict.waits) == (True, 0.5, True)
    assert found.reply.text == body.rpartition("\n\n")[2]


def test_a_wish_by_auto_submitted_headers_alone_is_heard_too() -> None:
    verdict, found = judged(mail(google(), "Please take me off your list", auto_submitted="auto-generated"))
    assert (verdict.cls, found.reply.text) == (ReplyClass.UNSUBSCRIBE, "Please take me off your list")


@pytest.mark.parametrize("notice", GOOGLE_NOTICES)
@pytest.mark.parametrize("title", ["Your database, two parts", "Stop sending us mails: unsubscribe rates"])
def test_what_google_says_of_its_own_mails_and_the_title_of_the_entry_are_no_wish(notice: str, title: str) -> None:
    body = f"Maria has accepted this invitation.\n\n{title}\nTuesday\n\n{notice}\n"
    verdict, found = judged(mail(google().replace("Your database, two parts", title), body))
    assert (verdict.cls, verdict.doubt, found.reply.text) == (ReplyClass.MEETING_BOOKED, False, "")


@pytest.mark.parametrize("title", ["list", "Unsubscribe", "Re: me", "remove"])
def test_a_short_title_is_not_cut_out_of_a_persons_words(title: str) -> None:
    words = "Please remove me from your list. Unsubscribe."
    calendar = google().replace("Your database, two parts", title)
    verdict, found = judged(mail(calendar, f"Maria has accepted your invitation.\n\n{words}"))
    assert (verdict.cls, found.reply.text) == (ReplyClass.UNSUBSCRIBE, words)


def test_an_absence_notice_with_an_invitation_in_it_is_a_machines() -> None:
    raw = mail(google(method="REQUEST"), "I am out of the office until 16 March 2026.", auto_submitted="auto-replied")
    verdict, _ = judged(raw)
    assert (verdict.cls, verdict.confidence, verdict.machine) == (ReplyClass.AUTO_REPLY, 0.99, True)
    assert verdict.returns_on is not None
    verdict, _ = judged(mail(exchange(method="REQUEST"), "Back on 16 March.", subject="Automatic reply: Your database"))
    assert verdict.cls is ReplyClass.AUTO_REPLY


@pytest.mark.parametrize(
    "headers", [{"precedence": "bulk", "list_id": "<news.client.test>"}, {"list_unsubscribe": "<mailto:x@y.test>"}]
)
def test_an_invitation_to_everybody_on_a_list_invites_nobody(headers: dict[str, str]) -> None:
    verdict, found = judged(mail(google(method="REQUEST"), "Our webinar begins at noon.", **headers))
    assert found.calendar is None
    assert verdict.cls in (ReplyClass.OTHER, ReplyClass.AUTO_REPLY)


def test_our_own_invitation_that_comes_back_is_no_answer() -> None:
    returned = google(method="REQUEST", uid=f"{'0a' * 16}@sender.test")
    verdict, found = judged(mail(returned, "Fine."))
    assert (found.calendar, "invites us" in verdict.reason) == (None, False)
    theirs = google(method="REQUEST", uid=f"{'0a' * 16}@sender.test").replace("anna@sender", "boss@client")
    assert judged(mail(theirs))[0].cls is ReplyClass.POSITIVE
