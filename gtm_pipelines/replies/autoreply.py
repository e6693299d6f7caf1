"""Answers that a machine wrote: headers first (RFC 3834), then how people word their absence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from gtm_pipelines.replies.dates import return_date
from gtm_pipelines.replies.model import ParsedMail, ReplyClass, Verdict

_MARKED = {
    "x-autoreply": "X-Autoreply",
    "x-autorespond": "X-Autorespond",
    "x-autoresponder": "X-Autoresponder",
    "x-autoreply-from": "X-Autoreply-From",
    "x-auto-reply": "X-Auto-Reply",
    "x-mail-autoreply": "X-Mail-Autoreply",
    "auto-reply": "Auto-Reply",
    "x-vacation": "X-Vacation",
}
# A subject that begins with "Re:" is our own and says nothing about who answers.
_SUBJECT = re.compile(
    r"^\W*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|answer|responder)|"
    r"autoreply|out of (?:the )?office(?! hours)|ooo\b|"
    r"away from (?:the |my )?office|on (?:vacation|holiday|leave)|vacation(?: notice| reply| response)?\b|"
    r"автоответ|автоматический ответ|автоматическое уведомление|нет на месте|вне офиса|"
    r"(?:я )?(?:сейчас )?(?:нахожусь )?в (?:отпуске|командировке|отъезде)|отсутств|отпуск\b|"
    r"abwesenheit|automatische antwort|réponse automatique|respuesta automática)",
    re.I,
)
_BODY = re.compile(
    r"\b(?:mailbox|inbox|e-?mail (?:address|account)|account|address) is (?:not|no longer) (?:monitored|in use|"
    r"being monitored|checked|active|read)|"
    r"\b(?:ticket|case|request|enquiry|inquiry) (?:number|id|has been|was|#|no)\b.{0,40}(?:created|opened|received|logged|\d)|"
    r"\b(?:we(?: have)?|i(?: have)?) received your (?:message|e-?mail|request|enquiry|inquiry)\b|"
    r"\b(?:our |the )?offices? (?:is|are|will be) closed\b|\b(?:slow|delayed|slower) (?:to respond|in (?:responding|"
    r"replying)|response|replies)\b|"
    r"\bexpect (?:a )?delays?\b|^\W*(?:annual|sick|parental|maternity) leave\b|\be-?mails? (?:are|is|"
    r"will) not (?:be )?(?:forwarded|read)|"
    r"\b(?:no|without|limited|intermittent) (?:access|internet)\b.{0,20}(?:e-?mail|mail)?|\b(?:is|"
    r"are) no longer (?:with|at|employed|working)|"
    r"\bno longer works? here\b|"
    r"(?:ящик|почта|адрес)\b[^.!?\n]{0,20}(?:не (?:просматр|провер|чита|использ|переадрес)|больше не)|"
    r"(?:заявка|обращение|запрос)\b[^.!?\n]{0,30}(?:принят|зарегистрир|создан|получен)|мы получили ваш|"
    r"офис\b[^.!?\n]{0,20}закрыт|на больничном|меня замещает|замеща(?:ет|ющ)|отсутствую\b|доступ\w? к почте (?:ограничен|нет)|"
    r"отвеча(?:ю|ть) (?:медленн|с задержк|не сразу)|с задержкой|в поездке|^\W*(?:ежегодный |очередной )?отпуск\b|"
    r"(?:у нас |в компании |здесь )?(?:больше|уже) не работает|"
    r"\b(?:i am|i'm|i will be|i’m|we are)\s+(?:currently |now )?(?:away|out of (?:the )?office|out of office|"
    r"on (?:annual |maternity |paternity |parental |sick )?(?:leave|vacation|holiday)|travell?ing)\b|"
    r"\b(?:out of (?:the )?office|on leave|away) (?:until|till|from|and will|returning|with (?:no|limited))|"
    r"\blimited access to (?:my )?e-?mail|no longer (?:works?|employed|with) (?:at|for|by|the)\b|\b(?:has|"
    r"have) left the company\b|"
    r"\bthis is an automat(?:ed|ic) (?:reply|response|message|e-?mail)|"
    r"\b(?:we|i) (?:have )?received your (?:message|e-?mail|request|enquiry|inquiry)\b.{0,120}(?:will (?:get back|"
    r"respond|reply)|ticket)|"
    r"(?:нахожусь|буду находиться|буду|я|сейчас|находится)\s+(?:сейчас\s+)?в\s+(?:\w+\s+)?(?:отпуске|командировке|"
    r"декрете|отъезде)|"
    r"(?:отсутству[юе]т?|буду отсутствовать|нет)\s+(?:на рабочем месте|в офисе|до\s)|меня не будет (?:в офисе|на месте|до)|"
    r"(?:больше|уже) не работа(?:ет|ю) в|это автоматическ(?:ий|ое) (?:ответ|сообщение|письмо)|"
    r"(?:ваше|ваш) (?:письмо|обращение|сообщение|запрос) (?:получен|принят|зарегистрирован)",
    re.I | re.S,
)


_GONE = re.compile(
    r"\bno longer (?:works?|employed|with|at|an? employee)|\b(?:has|have) left (?:the (?:company|firm|organi[sz]ation)|[A-Z])|"
    r"\b(?:больше|уже) не работа(?:ет|ю)\b|уволил(?:ся|ась)|покинул\w? компанию",
    re.I,
)


def find_auto_reply(mail: ParsedMail, received_at: datetime) -> Verdict | None:
    """Return the verdict for a machine's answer; ``None`` if a person may have written it."""
    found = _by_headers(mail.headers) or _by_subject(mail.subject)
    proven, found = found is not None, found or _by_words(mail.reply.text)
    if found is None:
        return None
    confidence, reason = found
    back = return_date(f"{mail.subject}\n{mail.reply.text}"[:5000], received_at.date())
    gone = bool(_GONE.search(mail.reply.text[:1500]))
    return Verdict(ReplyClass.AUTO_REPLY, confidence, f"{reason}; back on {back}" if back else reason, back, gone, machine=proven)


def _by_headers(headers: Mapping[str, str]) -> tuple[float, str] | None:
    submitted = headers.get("auto-submitted", "").split(";")[0].split("(")[0].strip().lower()
    if submitted and submitted != "no":
        return 0.99, f"Header Auto-Submitted: {submitted}"
    for name, shown in _MARKED.items():
        if name in headers and headers[name].strip().lower() not in ("no", "false"):
            return 0.97, f"Header {shown}"
    precedence = headers.get("precedence", "").strip().lower()
    if precedence in ("auto_reply", "auto-reply"):
        return 0.97, f"Header Precedence: {precedence}"
    if "x-auto-response-suppress" in headers and _SUBJECT.match(headers.get("subject", "")):
        return 0.97, "Header X-Auto-Response-Suppress and the subject of an automatic answer"
    if precedence in ("bulk", "junk", "list") and "in-reply-to" in headers and "list-id" not in headers:
        return 0.8, f"Header Precedence: {precedence} on an answer"
    if "list-unsubscribe" in headers and "in-reply-to" not in headers:
        return 0.8, "Header List-Unsubscribe on mail that answers nothing: sent in bulk"
    return None


def _by_subject(subject: str) -> tuple[float, str] | None:
    found = _SUBJECT.match(subject)
    return (0.95, f"Subject says: {found[0].strip()}") if found else None


def _by_words(text: str) -> tuple[float, str] | None:
    found = _BODY.search(text[:1500])
    return (0.8, f"Text says: {' '.join(found[0].split())[:80]}") if found else None
