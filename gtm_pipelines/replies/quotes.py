"""What somebody wrote now, apart from their signature and from what they quoted.

Works line by line and looks at the first ``LINE_HEAD`` characters of a line only, so
its time grows in line with the mail. Knows the English and Russian habits of Gmail,
Outlook, Apple Mail, Thunderbird, Yandex and Mail.ru, and some other languages'.
"""

from __future__ import annotations

import re

from gtm_pipelines.replies.model import ReplyText

LINE_HEAD = 400
MOST_LINES = 20_000
"""Lines that are looked at; whatever stands below so many is set apart as quoted."""
_HEADER_LINES = 4
"""Most lines over which mail programs fold "On … wrote:"."""

_VERB = (
    r"(?:wrote|writes|said|написал\(а\)|написала?|писала?|пишет|сообщает|"
    r"schrieb|a écrit|escribió|ha scritto|escreveu|schreef|skrev|napisał(?:\(a\))?)"
)
_WROTE = re.compile(rf"{_VERB}\s*:?\s*$", re.I)
_SAYS = re.compile(rf"\b{_VERB}(?!\w)", re.I)
_MOMENT = re.compile(r"\d{4}|\d{1,2}[:.]\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_ADDRESSED = re.compile(r"[<\[(]\s*(?:mailto:)?[^\s<>@]+@[^\s<>@]+[>\])]\s*:\s*$")
_ON = re.compile(r"^\s*(?:On|Am|Le|El|Il|Op|Den|Dnia|Em|В|On:)\s", re.I)
_MARKER = re.compile(
    r"^\s*(?:[-—–_*=]{2,}\s*(?:original message|original appointment|forwarded message|reply message|исходное сообщение|"
    r"пересылаемое сообщение|пересылаемое письмо|пересланное сообщение|перенаправленное сообщение|"
    r"конец пересылаемого сообщения|ursprüngliche nachricht|message d'origine|mensaje original|oprindelig meddelelse|"
    r"oorspronkelijk bericht|ursprungligt meddelande|wiadomość oryginalna)\s*[-—–_*=]{0,}"
    r"|begin forwarded message:|начало переадресованного (?:письма|сообщения):)\s*$",
    re.I,
)
_FROM = re.compile(r"^\s*\*?(?:From|От|От кого|Von|De|Da|Van|Fra|Od|Från)\s*:\s*\*?\s*\S", re.I)
_FIELD = re.compile(
    r"^\s*\*?(?:Sent|Date|To|Cc|Subject|Reply-To|Отправлено|Дата|Кому|Копия|Тема|Gesendet|An|Betreff|Envoyé|À|Objet|"
    r"Verzonden|Aan|Onderwerp|Sendt|Til|Emne|Wysłano|Do|Temat|Skickat|Till|Ämne|Enviado|Para|Asunto)\s*:\s*\*?",
    re.I,
)
_RULE = re.compile(r"^\s*(?:[_]{5,}|[-—–=]{5,})\s*$")
_DELIMITER = re.compile(r"^\s*(?:--|—|-- )\s*$|^\s*_{5,}\s*$")
_DEVICE = re.compile(
    r"^\s*(?:sent from (?:my|outlook|mail for|yahoo|samsung|proton)\b|get outlook for\b|отправлено (?:с|из|через)\b|"
    r"послано (?:с|из)\b|отправлен[оа]? с моего\b|skickat från min\b|sendt fra min\b|von meinem \w+ gesendet)",
    re.I,
)
_CLOSING = re.compile(
    r"^\s*(?:(?:best|kind|warm|many|with (?:best|kind)|warmest)?\s*(?:regards|wishes)|best|all the best|cheers|thanks|"
    r"thank you|many thanks|sincerely|yours(?: sincerely| truly)?|с уважением|с наилучшими пожеланиями|"
    r"всего (?:доброго|хорошего|наилучшего)|хорошего дня|с благодарностью|заранее спасибо|спасибо|"
    r"mvh|hilsen|(?:med )?venlig hilsen|med vänlig hälsning|kh|pozdrawiam|z powa[zż]aniem|mit freundlichen grüßen|"
    r"viele grüße|cordialement|met vriendelijke groet|saludos)\b(?P<rest>[^?]*)$",
    re.I,
)


_GREETING = re.compile(
    r"^\s*(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|hej|hei|moin|hallo|guten (?:tag|morgen)|bonjour|"
    r"buenos días|hola|ciao|buongiorno|olá|dzień dobry|cześć|привет|здравствуйте|добр(?:ый день|ое утро|ый вечер)|"
    r"доброго (?:дня|времени суток)|приветствую)\s*(?:there|all|team|everyone|всем|коллеги)?\s*[,!.]{0,3}\s*$",
    re.I,
)
"""A greeting that names nobody; it says nothing."""


def split_reply(body: str) -> ReplyText:
    """Split ``body`` into the words written now, the signature and the quotation.

    A line at the beginning that only greets, and nobody by name, is left out.
    """
    lines = [line.rstrip() for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    kept, quoted = _part(lines[:MOST_LINES])
    quoted += lines[MOST_LINES:]
    kept, signature = _cut_signature(_without_greeting(lines, kept))
    return ReplyText(_join(kept), _join(signature), _join(quoted))


def _join(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n \t\ufeff")


def _part(lines: list[str]) -> tuple[list[str], list[str]]:
    """Walk the lines once, sending each to the kept or the quoted side."""
    heads = [line[:LINE_HEAD].lstrip("\ufeff") for line in lines]
    marked = [_is_quoted(head) for head in heads]
    kept: list[str] = []
    quoted: list[str] = []
    at, begun = 0, False
    while at < len(lines):
        if marked[at] or _is_wrapped_quote(heads, marked, at):
            quoted.append(lines[at])
            at += 1
            continue
        length = _attribution_length(heads, at)
        if length:
            quoted += lines[at : at + length]
            at += length
            if not _is_quoted(_next_words(heads, at)):
                return _without_rule(kept), quoted + lines[at:]
            continue
        block = _header_block_length(heads, at)
        if block and not begun and not _MARKER.match(heads[at]):
            quoted += lines[at : at + block]
            at += block
            continue
        if block or _MARKER.match(heads[at]):
            return _without_rule(kept), quoted + lines[at:]
        kept.append(lines[at])
        begun = begun or bool(lines[at].strip())
        at += 1
    return kept, quoted


def _is_quoted(head: str) -> bool:
    return head.lstrip().startswith((">", "&gt;"))


def _is_wrapped_quote(heads: list[str], marked: list[bool], at: int) -> bool:
    """Tell a line that lost its mark when a quotation was wrapped: alone between two quoted ones."""
    return (
        0 < at < len(heads) - 1
        and marked[at - 1]
        and marked[at + 1]
        and bool(heads[at].strip())
        and len(heads[at]) < 40
        and len(heads[at - 1]) > 60
    )


def _next_words(heads: list[str], at: int) -> str:
    return next((head for head in heads[at : at + 20] if head.strip()), "")


def _attribution_length(heads: list[str], at: int) -> int:
    """Return over how many lines "On … wrote:" stands here; 0 if it does not."""
    first = heads[at]
    if not (_MOMENT.search(first) or _ON.match(first) or _WROTE.search(first)):
        return 0
    joined = ""
    for length in range(1, _HEADER_LINES + 1):
        if at + length > len(heads) or not heads[at + length - 1].strip():
            return 0
        joined = f"{joined} {heads[at + length - 1].strip()}".strip()
        if len(joined) > LINE_HEAD:
            return 0
        if _is_attribution(joined, followed_by_quote=_is_quoted(_next_words(heads, at + length))):
            return length
    return 0


def _is_attribution(text: str, *, followed_by_quote: bool) -> bool:
    dated = bool(_MOMENT.search(text))
    if not text.endswith(":"):
        return dated and followed_by_quote and bool(_WROTE.search(text))
    if _SAYS.search(text) and (dated or followed_by_quote or re.match(r"On\s.{1,80},", text)):
        return True
    return dated and bool(_ADDRESSED.search(text[-160:]))


def _header_block_length(heads: list[str], at: int) -> int:
    """Return the length of a "From: … Sent: … Subject: …" block that begins here; 0 if none does."""
    if not _FROM.match(heads[at]):
        return 0
    fields, length = 0, 1
    for offset in range(1, min(9, len(heads) - at)):
        if _FIELD.match(heads[at + offset]):
            fields += 1
            length = offset + 1
        elif not heads[at + offset].strip() and fields >= 2:
            break
    return length if fields >= 2 else 0


def _without_rule(kept: list[str]) -> list[str]:
    """Drop the line some programs draw above what they quote."""
    while kept and (not kept[-1].strip() or _RULE.match(kept[-1][:LINE_HEAD])):
        kept.pop()
    return kept


def _without_greeting(lines: list[str], kept: list[str]) -> list[str]:
    """Drop an empty greeting, unless what follows it in the mail is a quotation and not the words it opens."""
    at = next((n for n, line in enumerate(kept) if line.strip()), None)
    if at is None or not _GREETING.match(kept[at][:LINE_HEAD]):
        return kept
    words = [line for line in lines[:MOST_LINES] if line.strip()]
    own = [line for line in kept[at + 1 :] if line.strip()]
    place = words.index(kept[at])
    return kept[at + 1 :] if own and words[place + 1 : place + 2] == own[:1] else kept


def _cut_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    before = False
    for at, line in enumerate(lines):
        head = line[:LINE_HEAD]
        before = before or bool(at and lines[at - 1].strip())
        if _is_device(head) or (before and (_DELIMITER.match(head) or _is_closing(lines, at))):
            return lines[:at], lines[at:]
    return lines, []


def _is_device(head: str) -> bool:
    return bool(_DEVICE.match(head)) and len(head.split()) <= 8 and "," not in head and not head.rstrip().endswith(".")


def _is_closing(lines: list[str], at: int) -> bool:
    """Tell a "Best regards" with a name, title or number under it from a sentence that begins so."""
    match = _CLOSING.match(lines[at][:LINE_HEAD])
    if not match or len(match["rest"].split()) > 4:
        return False
    after = [line for line in lines[at + 1 : at + 80] if line.strip()]
    if len(after) > 10 or any(len(line) > 80 or line.rstrip().endswith("?") for line in after):
        return False
    return bool(after) or bool(match["rest"].strip(" ,.!"))
