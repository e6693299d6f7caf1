"""What an inbound mail is, by rules, with a reason a person can check.

Order: mail-system notices, complaints, calendars, machines, then what a person wants: to be left
alone comes before everything, so that no such wish is missed. Only the words
written now count; a quotation or a signature never decides.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

from gtm_pipelines.meetings.answers import CalendarAnswer, Status
from gtm_pipelines.record import answers
from gtm_pipelines.replies import intents, optout, wording
from gtm_pipelines.replies.autoreply import find_auto_reply
from gtm_pipelines.replies.bounces import find_bounce
from gtm_pipelines.replies.calendars import MOST_WORDS, own_words
from gtm_pipelines.replies.dates import first_date, names_a_day
from gtm_pipelines.replies.model import HUMAN_CLASSES, Bounce, BounceKind, ParsedMail, ReplyClass, Verdict
from gtm_pipelines.replies.parse import Part

_ANSWERED = {
    Status.ACCEPTED: (ReplyClass.MEETING_BOOKED, 0.97),
    Status.TENTATIVE: (ReplyClass.POSITIVE, 0.5),
    Status.COUNTERED: (ReplyClass.POSITIVE, 0.8),
    Status.INVITED: (ReplyClass.POSITIVE, 0.8),
    Status.DECLINED: (ReplyClass.OTHER, 0.5),
}
"""What an invitation's answer is by itself, and how sure; a person looks where it is half so."""
BY_WORDS = (Status.DECLINED, Status.INVITED)
"""Where words beside the answer say more than it does."""
CALENDAR_SAYS = "Calendar says"
"""What stands in the reason where a calendar answered."""
UNSURE = 0.5
"""Confidence of what a rule doubts; below every usual floor."""
_UNSUBSCRIBE_SUBJECT = re.compile(
    r"^\W*(?:please\s+)?(?:unsubscribe|opt[ -]?out|remove me|stop|отписаться|отписка|отпишите|unsubscribe request)\b", re.I
)

_PIECE = re.compile(r"[.!?:\n]+")
_NOTICES = re.compile(r"\b(?:calendars?|notifications?|reminders?|settings|календар|уведомлен|напоминан|настройк)", re.I)
"""What programs speak of where they tell how to get no more of their mails."""


def judge(part: Part, mail: ParsedMail, received_at: datetime) -> tuple[Verdict, Bounce | None]:
    """Return the class of a mail, and what its notice says if the mail system wrote it."""
    complaint = _complaint(part)
    if complaint:
        return complaint, None
    bounce = find_bounce(part)
    if bounce:
        return _of_bounce(bounce), bounce
    if _as_told(mail):
        return Verdict(
            ReplyClass.UNSUBSCRIBE, 0.9, f"Answers as the quoted mail asks of whoever wants out: {mail.reply.text[:40]}"
        ), None
    machine = _machine(mail, received_at)
    if mail.calendar and not machine:
        return of_calendar(mail.calendar, mail.subject, mail.reply.text, received_at.date()), None
    return machine or dated(classify_words(mail.subject, mail.reply.text), mail.reply.text, received_at.date()), None


def _machine(mail: ParsedMail, received_at: datetime) -> Verdict | None:
    """Return the verdict for a machine's mail; a person has answered by a calendar whatever its program says of itself.

    An invitation may lie in an absence notice too; what programs invite by says that a machine submitted it.
    """
    if mail.calendar is None:
        return find_auto_reply(mail, received_at)
    if mail.calendar.status is not Status.INVITED:
        return None
    dropped = ("auto-submitted",) if mail.calendar.formal else ()
    headers = {name: value for name, value in mail.headers.items() if name not in dropped}
    return find_auto_reply(replace(mail, headers=headers), received_at)


def _as_told(mail: ParsedMail) -> bool:
    """Tell whether somebody answers with the very word that our quoted mail names as the way out."""
    word = _PLAIN.sub(" ", mail.reply.text[:60]).strip().casefold()
    if not word or len(mail.reply.text) > 40:
        return False
    return any(
        _PLAIN.sub(" ", told[1] or told[2]).strip().casefold() == word
        for told in _WAY_OUT.finditer(mail.reply.quoted[:MOST_WORDS])
    )


def of_calendar(answer: CalendarAnswer, subject: str, text: str, received: date) -> Verdict:
    """Return the class of an answer that a calendar gives, with what the person wrote beside it.

    A time declined, or a calendar's file enclosed, says little of the offer, so words decide there; a wish to leave does always.
    """
    cls, sure = _ANSWERED[answer.status]
    ask = "A declined time is no refusal of the offer: say what it means"
    said = Verdict(cls, sure, f"{calendar_says(answer)}. {ask}" if answer.status is Status.DECLINED else calendar_says(answer))
    words = dated(classify_words("", text), text, received)
    asked = _by_subject(answer, subject, said)
    if asked and not asked.doubt:
        return beside_calendar(asked, answer)
    if words.cls is ReplyClass.UNSUBSCRIBE:
        return beside_calendar(doubted(said, words.reason) if _of_notices(answer, text) else words, answer)
    decided = words if answer.status in BY_WORDS and words.cls is not ReplyClass.OTHER else said
    why = words.reason.removeprefix(f"{answers.DOUBT}. ") if words.doubt else _stops(text) or (asked.reason if asked else "")
    return beside_calendar(doubted(decided, why) if why else decided, answer)


def _by_subject(answer: CalendarAnswer, subject: str, said: Verdict) -> Verdict | None:
    """Return what a subject asks that a person wrote; one that is the entry's title is only doubted: it may name a meeting."""
    named = [subject, answer.title] if answer.status is Status.INVITED else [subject]
    found = next((one for one in named if _UNSUBSCRIBE_SUBJECT.match(one)), None)
    if found is None:
        return None
    if found.strip().casefold() == answer.title.strip().casefold():
        return replace(said, reason=f"Subject says: {found[:80]}", doubt=True)
    return classify_words(found, "")


def _stops(text: str) -> str:
    """Return a word of a line that could be the whole mail of whoever wants out."""
    found = next((one for one in _PIECE.split(own_words(text)) if optout.BARE_STOP.match(one)), "")
    return _text_says(found) if found else ""


def _of_notices(answer: CalendarAnswer, text: str) -> bool:
    """Tell whether what is heard in a mail that a program wrote may be how to get no more of its notices."""
    return answer.formal and bool(_NOTICES.search(text.replace(answer.comment, " ") if answer.comment else text))


def beside_calendar(verdict: Verdict, answer: CalendarAnswer) -> Verdict:
    """Return a class that words decide, with what the calendar says in its reason too."""
    said = calendar_says(answer)
    if said in verdict.reason:
        return verdict
    head = f"{answers.DOUBT}. " if verdict.doubt else ""
    return replace(verdict, reason=f"{head}{said}. {verdict.reason.removeprefix(head)}")


def calendar_says(answer: CalendarAnswer) -> str:
    """Return in words what a calendar answers."""
    who = answer.attendee or "an unnamed guest"
    when = f"{answer.begins:%Y-%m-%d %H:%M} UTC" if answer.begins else "no time told"
    if answer.status is Status.ACCEPTED:
        return f"Calendar says: accepted by {who}, {when}"
    if answer.status is Status.TENTATIVE:
        return f"Calendar says: tentatively accepted by {who}, {when}"
    if answer.status is Status.COUNTERED:
        return f"Calendar says: {who} proposes another time, {when}"
    if answer.status is Status.INVITED:
        return f"Calendar says: {who} invites us, {when}"
    return f"Calendar says: declined by {who}, {when}"


def dated(verdict: Verdict, text: str, received: date) -> Verdict:
    """Add the day on which whoever put us off wants to hear of us again, if they name one."""
    if verdict.cls is not ReplyClass.NOT_NOW:
        return verdict
    return replace(verdict, returns_on=first_date(text[:MOST_WORDS], received))


def _complaint(part: Part) -> Verdict | None:
    kind = str(part.get_param("report-type") or "").lower()
    inner = part.get_payload()
    reported = isinstance(inner, list) and any(
        p.get_content_type() == "message/feedback-report" for p in inner[:10] if not isinstance(p, str)
    )
    if kind == "feedback-report" or reported:
        return Verdict(ReplyClass.COMPLAINT, 0.99, "Feedback report: the recipient marked the mail as spam", machine=True)
    return None


def _of_bounce(bounce: Bounce) -> Verdict:
    sure = 0.99 if bounce.reason.startswith("Delivery report") else 0.85
    if bounce.kind is BounceKind.DELAYED:
        return Verdict(ReplyClass.AUTO_REPLY, sure, f"No bounce yet. {bounce.reason}", machine=True)
    cls = ReplyClass.BOUNCE_SOFT if bounce.kind is BounceKind.SOFT else ReplyClass.BOUNCE_HARD
    return Verdict(cls, sure, bounce.reason, machine=True)


_PLAIN = re.compile(r"[^\w]+")
_WAY_OUT = re.compile(
    r"(?:unsubscribe|opt out|hear from (?:me|us)|not relevant|isn[’']?t relevant|no more|stop|remove|get off|leave)[^.!?\n]{0,60}"
    r"\b(?:reply|answer|respond|write)(?: back)?(?: with)?:? [\"“«'‘]([^\"”»'’\n]{1,30})[\"”»'’]|"
    r"(?:не получать|отписаться|не писали|неактуально|не интересно|"
    r"не беспоко)[^.!?\n]{0,60}\bответьте:? [\"“«'‘]([^\"”»'’\n]{1,30})[\"”»'’]",
    re.I,
)
"""Where a mail of ours says which word to answer with to get no more."""


def classify_words(subject: str, text: str) -> Verdict:
    """Return what a person wants, from the words they wrote."""
    words = own_words(text)
    if _UNSUBSCRIBE_SUBJECT.match(subject):
        return Verdict(ReplyClass.UNSUBSCRIBE, 0.97, f"Subject says: {subject[:80]}")
    bare = optout.BARE_STOP.match(words)
    found = optout.Wish(bare[0], certain=True) if bare else optout.wish_to_leave(words)
    if found and found.certain:
        return Verdict(ReplyClass.UNSUBSCRIBE, 0.92, _text_says(found.words))
    verdict = _wish(words)
    return doubted(verdict, _text_says(found.words)) if found else verdict


def doubted(verdict: Verdict, why: str) -> Verdict:
    """Return what waits for a person, because its writer may ask to be left alone."""
    cls = verdict.cls if verdict.cls in HUMAN_CLASSES and verdict.cls is not ReplyClass.UNSUBSCRIBE else ReplyClass.OTHER
    return replace(verdict, cls=cls, confidence=min(verdict.confidence, UNSURE), reason=f"{answers.DOUBT}. {why}", doubt=True)


_ORDER: tuple[tuple[ReplyClass, re.Pattern[str], float], ...] = (
    (ReplyClass.MEETING_BOOKED, intents.MEETING, 0.8),
    (ReplyClass.WRONG_PERSON, intents.WRONG_PERSON, 0.8),
    (ReplyClass.REFERRAL, intents.REFERRAL, 0.75),
    (ReplyClass.NOT_NOW, intents.NOT_NOW, 0.75),
)
"""What is asked before whether somebody wants it: who should be asked, and when, is no answer to that."""


def _wish(words: str) -> Verdict:
    found = {cls: match for cls, pattern, _sure in _ORDER if (match := pattern.search(words))}
    if ReplyClass.WRONG_PERSON in found and ReplyClass.REFERRAL in found:
        del found[ReplyClass.WRONG_PERSON]  # whoever names the right person has said more
    if ReplyClass.NOT_NOW in found and wording.REFUSAL.search(words) and not names_a_day(words):
        del found[ReplyClass.NOT_NOW]  # a plain no that names no later day is a no
    for cls, _pattern, sure in _ORDER:
        if cls in found:
            return Verdict(cls, sure if len(found) == 1 else sure - 0.15, _says(found[cls]))
    return _interest(words)


def _interest(words: str) -> Verdict:
    refusal, objection = wording.REFUSAL.search(words), intents.OBJECTION.search(words)
    if objection and not refusal:
        return Verdict(ReplyClass.OBJECTION, 0.75, _says(objection))
    negative = wording.NEGATIVE.search(words)
    rest = wording.NEGATIVE.sub(" ", words)
    positive, question = wording.POSITIVE.search(rest), wording.QUESTION.search(rest)
    if negative and not (positive and positive.start() < negative.start()):
        return Verdict(ReplyClass.NEGATIVE, 0.6 if positive or question else 0.85, _says(negative))
    if positive and question:
        cls = ReplyClass.POSITIVE if positive.start() <= question.start() else ReplyClass.INFORMATION_REQUEST
        return Verdict(cls, 0.65, _says(positive if cls is ReplyClass.POSITIVE else question))
    if positive:
        return Verdict(ReplyClass.POSITIVE, 0.8, _says(positive))
    if question or "?" in words:
        return Verdict(
            ReplyClass.INFORMATION_REQUEST, 0.75 if question else 0.55, _says(question) if question else "Asks a question"
        )
    return Verdict(ReplyClass.OTHER, 0.5, "No rule matched the words" if words else "No words of their own")


def _says(match: re.Match[str]) -> str:
    return _text_says(match[0])


def _text_says(words: str) -> str:
    return f"Text says: {' '.join(words.split())[:100]}"
