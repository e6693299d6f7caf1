"""The part of a mail in which a calendar answers an invitation, and what of the mail beside it a person wrote.

Google and Apple write the whole mail: who answers, the entry once more, and how to stop such mails. Outlook and others leave
the body to the person, with a line or two of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email.message import Message

from gtm_pipelines.meetings.answers import CalendarAnswer, Status, read
from gtm_pipelines.replies import optout
from gtm_pipelines.replies.decode import text_of
from gtm_pipelines.replies.model import ReplyText
from gtm_pipelines.replies.quotes import split_reply

MOST_WORDS = 8_000
"""Characters of a reply that are judged."""
_MOST_PARTS = 1_000
_MOST_READ = 4
_MOST_WORDS = 20_000
_LINK = re.compile(r"https?://\S{1,2000}|www\.\S{1,2000}|\S{1,200}@\S{1,200}")
_DOMAIN = re.compile(r"@?\b[a-z0-9-]{1,60}(?:\.[a-z0-9-]{1,60}){0,5}\.[a-z]{2,10}\b(?![./])")
_OWN_FOOTER = re.compile(
    r"you can reply \"unsubscribe\" at any time[^\n]*|reply \"unsubscribe\" and we will[^\n]*|"
    r"чтобы не получать писем, ответьте «отписаться»[^\n]*|ответьте «отписаться», и мы[^\n]*",
    re.I,
)
"""What stands below our own mails, where a mail program quoted it without a mark."""
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
_INSIDE = r"(?:(?!\b(?:me|us|my|our|i|him|her|them|меня|нас|мне|нам|мой|е[её]|его|их)\b)(?:[^.!?\n]|\n(?!\s*\n)))"
_TO = r"\b(?:отклоните|войдите|перейдите|откройте|измените|выберите)\b"
_NOTICE = re.compile(
    rf"(?:To\s+stop\s+receiving\s+(?:these|future|such)\b{_INSIDE}{{1,80}}?,\s+(?:please\s+)?"
    rf"(?:go|log|sign|decline|change|visit|open|select)\b|"
    rf"You(?:'re|\s+are|\s+have)?(?:\s+been)?\s+receiv(?:ing|ed)\s+this\s+(?:courtesy\s+)?e?-?mail\b{_INSIDE}{{0,120}}?\s+because\s+you"
    rf"(?:'re|\s+are|\s+have)?\s+(?:been\s+)?(?:subscribed|invited|an?|the|set)\b|"
    rf"Alternatively,?\s+you\s+can\s+sign\s+up\s+for\s+a\s+Google\b|Forwarding\s+this\s+invitation\s+could\s+allow\b|"
    rf"Вы\s+получ(?:или|аете)\s+это\s+(?:письмо|сообщение)\b{_INSIDE}{{0,120}}?,?\s+(?:так\s+как|потому\s+что|поскольку)\s+(?:вы\s+)?"
    rf"(?:подписаны|являетесь|приглашены|участвуете)\b|"
    rf"(?:Чтобы|Если\s+вы)\s+(?:больше\s+)?не\s+(?:хотите\s+)?(?:больше\s+)?получать\b{_INSIDE}{{1,120}}?,\s+{_TO}|"
    rf"Чтобы\s+отписаться,?\s+{_TO}|Пересылка\s+этого\s+приглашения\b|Если\s+(?:вы\s+)?пере(?:слать|шл[её]те)\s+это\s+приглашение\b)"
    rf"{_INSIDE}{{0,300}}(?:[.!?]|(?=\n\s*\n)|\Z)",
    re.I,
)
"""A sentence by which a program tells why it writes, and how to get no more of it; its links are out already."""


def answer_in(part: Message, sender: str | None) -> CalendarAnswer | None:
    """Return what a calendar answers by a mail; ``None`` where none does.

    Args:
        part: the mail.
        sender: the address it comes from, in lower case.
    """
    found = sorted(_calendars(part), key=lambda one: one.get_content_type() != "text/calendar")
    answers = (read(text_of(one), _method(one), sender) for one in found[:_MOST_READ])
    answer = next((one for one in answers if one), None)
    return None if answer and answer.status is Status.INVITED and _sent_to_many(part) else answer


def _sent_to_many(mail: Message) -> bool:
    """Tell whether a mail went to a list, or answers by itself; the file it carries invites nobody in particular."""
    told = {name: str(mail.get(name, "")).split(";")[0].strip().lower() for name in ("precedence", "auto-submitted")}
    listed = any(name in mail for name in ("list-id", "list-unsubscribe"))
    return listed or told["precedence"] in ("bulk", "junk", "list") or told["auto-submitted"].startswith("auto-replied")


def words_beside(answer: CalendarAnswer, body: str, headers: Mapping[str, str]) -> ReplyText:
    """Return what a person wrote beside the answer of their calendar; what the program wrote is set apart as quoted.

    What may be a wish to be left alone is a person's wherever it stands: programs let in what somebody wrote.

    Args:
        answer: of the calendar.
        body: of the mail; a person may have written it about a file of Google's that they enclose.
        headers: of the mail, by lower-case names.
    """
    if answer.formal and _of_program(body, headers):
        noted = _NOTED.search(body[:_MOST_WORDS])
        said = answer.comment or (noted[1].strip() if noted else "")
        rest = body.replace(noted[0], "\n\n") if noted and _bare(noted[1]) in _bare(said) else body
        return ReplyText("\n".join([*_wishes_in(rest, answer), *([said] if said else [])]), "", body)
    reply = split_reply(body)
    lines = (_personal(line, answer) for line in reply.text.split("\n"))
    text = "\n".join(line for line in lines if line is not None).strip()
    said = answer.comment if _bare(answer.comment) not in _bare(text) else ""
    return ReplyText("\n".join(one for one in (said, text) if one), reply.signature, reply.quoted)


def own_words(text: str) -> str:
    """Return what somebody wrote without links, without our own footer, and with every address and domain as one word."""
    return _DOMAIN.sub(" address ", _LINK.sub(" ", _OWN_FOOTER.sub(" ", text[:MOST_WORDS]))).strip()


def _personal(line: str, answer: CalendarAnswer) -> str | None:
    """Return what of a line may be a person's; ``None`` where a program wrote it."""
    if not _OF_PROGRAM.fullmatch(line.strip()[:400]):
        return line
    return line if _wished(_untitled(line, answer)) else None


def _wishes_in(body: str, answer: CalendarAnswer) -> Iterator[str]:
    """Yield the paragraphs of a program's mail in which somebody may ask to be left alone, without what it always says."""
    words = _LINK.sub(" ", _OWN_FOOTER.sub(" ", split_reply(body[:_MOST_WORDS]).text))
    for paragraph in re.split(r"\n\s*\n", _NOTICE.sub(" ", _untitled(words, answer))):
        lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
        if any(_wished(line) for line in lines):
            yield "\n".join(one for one in (_personal(line, answer) for line in lines) if one is not None)
        elif _wished(" ".join(lines)):
            yield " ".join(lines)


def _wished(words: str) -> bool:
    words = own_words(words)
    return bool(optout.wish_to_leave(words)) or any(optout.BARE_STOP.match(one) for one in re.split(r"[.!?:\n]+", words))


def _untitled(text: str, answer: CalendarAnswer) -> str:
    """Return a text without the entry's title, where that sounds like a wish, however it was wrapped.

    Other titles stay, lest a short one be cut out of a person's words; and so does one word that is a wish by itself.
    """
    for title in (answer.title, answer.title.partition(":")[2]):
        if _wished(title) and not optout.BARE_STOP.match(title):
            text = re.sub(r"\s+".join(re.escape(word) for word in title.split()), " ", text, flags=re.I)
    return text


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
