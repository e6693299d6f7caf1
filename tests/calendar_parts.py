"""Answers to invitations as calendars send them: the shapes of Google's, Exchange's and Apple's mails, with names of our own."""

from __future__ import annotations

from base64 import encodebytes
from datetime import UTC, datetime
from textwrap import wrap
from typing import Any

UID = "2sfjkg3asr2hofgcgfsi51ks84@google.com"
BEGINS = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
ANN, OWN = "ann@client.test", "anna@sender.test"
GOOGLE_SAYS = {"ACCEPTED": "has accepted this invitation", "DECLINED": "has declined this invitation",
               "TENTATIVE": 'has replied "Maybe" to this invitation'}  # fmt: skip
GOOGLE_BODY = """{who} {says}{note}

Your database, two parts
Tuesday Mar 10, 2026 ⋅ 3pm – 3:30pm
Central European Time - Berlin

Location
https://meet.example/x

Organizer
Anna
anna@sender.test

Guests
Anna - organizer
{who}

~~//~~
Invitation from Google Calendar: https://calendar.google.com/calendar/

You are receiving this email because you are subscribed to calendar notifications. To stop receiving these emails, go to
https://calendar.google.com/calendar/r/settings, select this calendar, and change "Other notifications".

To stop receiving future updates for this event, decline this event. Alternatively, you can sign up for a Google account
and control your notification settings for your entire calendar.

Forwarding this invitation could allow any recipient to send a response to the organizer, be added to the guest list,
invite others regardless of their own invitation status, or modify your RSVP.

Learn more https://support.google.com/calendar/answer/37135#forwarding
"""
GOOGLE_RUSSIAN = """{who} принимает приглашение.

Чтобы больше не получать письма о мероприятии, отклоните приглашение. Вы получили это письмо, так как подписаны
на уведомления Календаря. Чтобы отписаться, перейдите в настройки.
"""
GOOGLE_NOTICES = (
    "You are receiving this courtesy email at the account ann@client.test because you are an attendee of this event.",
    "You are receiving this email because you are subscribed\nfor invitations on calendar ann@client.test.",
    "To stop receiving these emails, please log in to https://calendar.google.com/calendar/ and change your notification "
    "settings\nfor this calendar.",
    "To stop receiving future updates for this event, please decline this event.",
    "Forwarding this invitation could allow any recipient to modify your RSVP response.",
    "Вы получили это письмо, так как являетесь участником мероприятия.",
    "Чтобы больше не получать уведомления об этом мероприятии, отклоните это приглашение.",
    "Если вы не хотите получать эти письма, войдите на страницу https://calendar.google.com/calendar/ и измените настройки\n"
    "уведомлений для этого календаря.",
    "Пересылка этого приглашения позволит любому получателю отправить ответ организатору.",
    'You can reply "unsubscribe" at any time and I will not write again.',
    "> Please take me off your list",
)
"""What Google says of its own mails, in English and Russian, and what stands below ours."""


def folded(*lines: str) -> str:
    """Return lines of a calendar, folded at 75 characters as programs do."""
    return "".join("\r\n ".join([line[:75], *(line[at : at + 74] for at in range(75, len(line), 74))]) + "\r\n" for line in lines)


def google(answered: str = "ACCEPTED", *, uid: str = UID, who: str = ANN, note: str = "", method: str = "REPLY",
           begins: datetime = BEGINS, sequence: int = 0) -> str:  # fmt: skip
    """Return what Google Calendar answers; a note stands beside the attendee, written as in HTML."""
    noted = note.replace("'", "&#39\\;").replace('"', "&quot\\;")
    beside = f';X-NUM-GUESTS=0;X-RESPONSE-COMMENT="{noted}"' if note else ";X-NUM-GUESTS=0"
    return folded(
        "BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0", "CALSCALE:GREGORIAN",
        f"METHOD:{method}", "BEGIN:VEVENT", f"DTSTART:{begins:%Y%m%dT%H%M%SZ}", "DTEND:20260310T143000Z",
        "DTSTAMP:20260304T145203Z", f"ORGANIZER;CN=Anna:mailto:{OWN}", f"UID:{uid}",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answered};CN=Ann Client{beside}:mailto:{who}",
        "CREATED:20260304T145127Z", "DESCRIPTION:", f"SEQUENCE:{sequence}", "STATUS:CONFIRMED",
        "SUMMARY:Your database, two parts", "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip


def exchange(answered: str = "ACCEPTED", *, uid: str = UID, who: str = ANN, comment: str = "", method: str = "REPLY") -> str:
    """Return what Exchange answers: Windows' name of the zone and its rules, and the words as a comment."""
    said = comment.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")
    return folded(
        "BEGIN:VCALENDAR", f"METHOD:{method}", "PRODID:Microsoft Exchange Server 2010", "VERSION:2.0", "BEGIN:VTIMEZONE",
        "TZID:W. Europe Standard Time", "BEGIN:STANDARD", "DTSTART:16010101T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10", "END:STANDARD", "END:VTIMEZONE", "BEGIN:VEVENT",
        f"ATTENDEE;PARTSTAT={answered};CN=Ann Client:mailto:{who}", *([f"COMMENT;LANGUAGE=en-US:{said}\\n"] if comment else []),
        f"UID:{uid}", "SUMMARY;LANGUAGE=en-US:Accepted: Your database\\, two parts",
        "DTSTART;TZID=W. Europe Standard Time:20260310T150000", "DTEND;TZID=W. Europe Standard Time:20260310T153000",
        "DTSTAMP:20260304T163957Z", "SEQUENCE:0", "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE", "BEGIN:VALARM", "DESCRIPTION:REMINDER",
        "TRIGGER;RELATED=START:-PT15M", "SUMMARY:Not the title", "END:VALARM", "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip


def apple(answered: str = "ACCEPTED", *, uid: str = UID, who: str = ANN, comment: str = "") -> str:
    """Return what Apple's Calendar answers."""
    return folded(
        "BEGIN:VCALENDAR", "CALSCALE:GREGORIAN", "VERSION:2.0", "METHOD:REPLY", "PRODID:-//Apple Inc.//macOS 15.2//EN",
        "BEGIN:VEVENT", "DTSTART;TZID=Europe/Berlin:20260310T150000",
        f'ATTENDEE;CN="Client, Ann";PARTSTAT={answered}:MAILTO:{who}', *([f"COMMENT:{comment}"] if comment else []),
        "SEQUENCE:0", f"ORGANIZER:mailto:{OWN}", f"UID:{uid}",
        "SUMMARY:Your database\\, two parts", "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip


def mail(calendar: str, body: str = "", *, method: str | None = "REPLY", kind: str = "text/calendar", **headers: str) -> bytes:
    """Return the mail that carries an answer; header names with underscores for dashes, ``from_`` for From."""
    given = {"from_": f"Ann Client <{ANN}>", "to": OWN, "subject": "Accepted: Your database, two parts",
             "message_id": "<answer-1@google.com>", "date": "Wed, 4 Mar 2026 14:52:03 +0000"} | headers  # fmt: skip
    named = f"; method={method}" if method else ""
    encoded = encodebytes(calendar.encode()).decode().replace("\n", "\r\n")
    head = "".join(f"{name.rstrip('_').replace('_', '-')}: {value}\r\n" for name, value in given.items())
    return (
        f"{head}MIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="outer"\r\n\r\n'
        '--outer\r\nContent-Type: multipart/alternative; boundary="inner"\r\n\r\n'
        f'--inner\r\nContent-Type: text/plain; charset="UTF-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n'
        f'--inner\r\nContent-Type: {kind}; charset="UTF-8"{named}\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n'
        "--inner--\r\n--outer--\r\n"
    ).encode()


def google_mail(answered: str = "ACCEPTED", *, note: str = "", who: str = ANN, body: str = GOOGLE_BODY, **values: Any) -> bytes:
    """Return the whole mail of Google Calendar, which a program writes and says so."""
    says = GOOGLE_SAYS.get(answered, "has proposed a new time for this event")
    text = body.format(who=who, says=says, note=f' with a note:\n\n"{note}"' if note else ".")
    wrapped = "\n".join("\n".join(wrap(line, 76)) for line in text.split("\n"))  # as format=flowed does
    return mail(
        google(answered, note=note, who=who, **values), wrapped, from_=f"Ann Client <{who}>",
        sender="Google Calendar <calendar-notification@google.com>", auto_submitted="auto-generated",
    )  # fmt: skip
