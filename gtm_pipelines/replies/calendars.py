"""The part of a mail in which a calendar answers an invitation, and what of the mail beside it a person wrote.

Google and Apple write the whole mail: who answers, the entry once more, and how to stop such mails. Outlook and others leave
the body to the person, with a line or two of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email.message import Message

from gtm_pipelines.meetings.answers import CalendarAnswer, read
from gtm_pipelines.replies.decode import text_of
from gtm_pipelines.replies.model import ReplyText
from gtm_pipelines.replies.quotes import split_reply

_MOST_PARTS = 1_000
_MOST_READ = 4
_MOST_WORDS = 20_000
_NOTED = re.compile(r"\binvitation with a note:\s*[\"“](.{1,4000}?)[\"”]\s*(?:\n|$)", re.S)
"""How Google's mail repeats a note, which its calendar part has too."""
_OF_PROGRAM = re.compile(
    r"[^,.!?\n]{1,150}\bhas (?:(?:tentatively |provisionally )?(?:accepted|declined)|replied [\"“]Maybe[\"”] to) "
    r"(?:this|your|the) (?:event |meeting )?invit\w+"
    r"(?: to (?:the |an )?(?:event|meeting)(?::.{1,300}|[^.]{0,200})| with a note)?[.:]?|"
    r"[^,.!?\n]{1,150}\bhas proposed a new time for (?:this|your|the) (?:event|meeting|invitation)[.:]?|"
    r"[^,.!?\n]{1,150} (?:(?:предварительно )?принял|отклонил)(?:а|\(а\))? (?:это |ваше )?приглашение[^,.!?\n]{0,100}[.:]?|"
    r"(?:When|Where|Когда|Где): .*|[*~]{2}[*~\s]*",
    re.I,
)
"""A line that a program writes above what the person does."""


def answer_in(part: Message, sender: str | None) -> CalendarAnswer | None:
    """Return what a calendar answers by a mail; ``None`` where none does.

    Args:
        part: the mail.
        sender: the address it comes from, in lower case.
    """
    found = sorted(_calendars(part), key=lambda one: one.get_content_type() != "text/calendar")
    answers = (read(text_of(one), _method(one), sender) for one in found[:_MOST_READ])
    return next((one for one in answers if one), None)


def words_beside(answer: CalendarAnswer, body: str, headers: Mapping[str, str]) -> ReplyText:
    """Return what a person wrote beside the answer of their calendar; what the program wrote is set apart as quoted.

    Args:
        answer: of the calendar.
        body: of the mail; a person may have written it about a file of Google's that they enclose.
        headers: of the mail, by lower-case names.
    """
    if answer.formal and _of_program(body, headers):
        noted = _NOTED.search(body[:_MOST_WORDS])
        return ReplyText(answer.comment or (noted[1].strip() if noted else ""), "", body)
    reply = split_reply(body)
    lines = reply.text.split("\n")
    text = "\n".join(line for line in lines if not _OF_PROGRAM.fullmatch(line.strip()[:400])).strip()
    said = answer.comment if _bare(answer.comment) not in _bare(text) else ""
    return ReplyText("\n".join(one for one in (said, text) if one), reply.signature, reply.quoted)


def _of_program(body: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a program wrote a mail whole: it says so, or begins as they do."""
    submitted = headers.get("auto-submitted", "no").strip().lower()
    first = next((line.strip() for line in body.split("\n") if line.strip()), "")
    return submitted != "no" or "google calendar" in headers.get("sender", "").lower() or bool(_OF_PROGRAM.fullmatch(first[:400]))


def _calendars(part: Message) -> Iterator[Message]:
    """Yield the parts that hold calendars, without entering an embedded message."""
    waiting = [part]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        current = waiting.pop(0)
        inside = current.get_payload()
        if isinstance(inside, list):
            if current.get_content_maintype() == "multipart":
                waiting[:0] = [one for one in inside if isinstance(one, Message)]
        elif current.get_content_type() in ("text/calendar", "application/ics") or _file_name(current).endswith(".ics"):
            yield current


def _file_name(part: Message) -> str:
    try:
        return (part.get_filename() or "").lower()
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _method(part: Message) -> str | None:
    try:
        told = part.get_param("method")
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return told if isinstance(told, str) else None


def _bare(text: str) -> str:
    return "".join(text.split())
