"""What a sentence speaks of: its clauses, the measures and lights they name, the language it is in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gtm_pipelines.coaching.model import Language

_MEASURES = {
    "reply": re.compile(r"\brepl|\bansw|\brespon|\bотве[тч]|\bотклик", re.I),
    "positive": re.compile(r"\binterest|\bpositiv|\bзаинтерес|\bинтерес|\bположит", re.I),
    "bounce": re.compile(r"\bbounc|\bcame back|\bcome back|\brefused by|\bвозвра|\bверну", re.I),
    "complaint": re.compile(r"\bcomplain|\breported as spam|\bжалоб|\bпожалов", re.I),
    "unsubscribe": re.compile(r"\bunsubscr|\bopt(?:ed)?[ -]out|\basked out|\bотпис", re.I),
    "open": re.compile(r"\bopen(?:ed|s|ing)?\b|\bоткры", re.I),
    "sent": re.compile(r"\bsent\b|\bотправлен", re.I),
    "delivered": re.compile(r"\bdeliver(?:ed|y|ies)\b|\bдоставлен|\bдостав(?:ок|ки|ка)\b", re.I),
    "targets": re.compile(r"\btargets?\b|\bадресат", re.I),
    "excluded": re.compile(r"\bexclud|\bleft out|\bисключ", re.I),
    "drafted": re.compile(r"\bdraft|\bчернов", re.I),
    "approved": re.compile(r"\bapprov|\bодобр|\bутвержд", re.I),
    "negative": re.compile(r"\bsaid no\b|\bnegativ|\bотказ|\bотрицат", re.I),
    "information": re.compile(r"\binformation|\bdetails\b|\bподробн", re.I),
    "automatic": re.compile(r"\bautomatic|\bauto[- ]?repl|\bавтоответ|\bавтоматич", re.I),
    "other": re.compile(r"\bother\b|\bпрочее|\bдруги", re.I),
}
_OF_MEASURE = {
    "reply_rate": "reply", "replied": "reply", "positive_reply_rate": "positive", "positive": "positive",
    "interest_share": "positive", "bounce_rate": "bounce", "bounced": "bounce", "refused": "bounce",
    "complaint_rate": "complaint", "complained": "complaint", "unsubscribe_rate": "unsubscribe",
    "unsubscribed": "unsubscribe", "open_rate": "open", "opened": "open", "information_request": "information",
    "auto_replied": "automatic", "excluded_share": "excluded",
} | {name: name for name in ("sent", "delivered", "targets", "excluded", "drafted", "approved", "negative", "other")}  # fmt: skip
BASES = frozenset({"sent", "delivered", "targets"})
"""Measures of how many were written to."""
_COLOURS = {
    "GREEN": re.compile(r"\bgreen\b|\bзел[её]н", re.I), "RED": re.compile(r"\bred\b|\bкрасн", re.I),
    "YELLOW": re.compile(r"\byellow\b|\bж[её]лт", re.I), "GREY": re.compile(r"\bgr[ae]y\b|\bсер(?:ый|ого|ая|ым)\b", re.I),
}  # fmt: skip
ELSEWHERE = re.compile(
    r"elsewhere|\bothers?\b|benchmark|\baverage|publish|industry|typical|usual|у других|средн|опубликов|отрасл|обычн|порог|limit"
    r"|threshold|\bproviders?\b|mail services|провайдер|почтов\w+ служб",
    re.I,
)
TREND = re.compile(
    r"\bimprov(?:ed|ing|ement)|\bincreas(?:ed|ing)\b|\bgr(?:ew|own|owing|owth)\b|\bdropp|\bfell\b|\bfalling|\bdeclin|\brose\b"
    r"|\brising|\bup from|\bdown from|\bвырос|\bраст[её]т|\bупал|\bснизил|\bулучшил|\bухудшил|\bпадает",
    re.I,
)
VAGUE = re.compile(r"\bmost (?:of|people|recipients|mails?|emails?|campaigns)\b|\bmajority\b|\bбольшинств|\bпочти вс[ея]\b", re.I)
"""Amounts without a number."""
TOGETHER = re.compile(r"\ball\b|together|overall|in total|\bвсе|вместе|всего|в целом|\bобщ(?:ая|ий|ее|ей|его)\b", re.I)
YOURS = re.compile(r"\b(?:your|our|we|you)\b|\b(?:ваш|наш)\w*|\bу (?:вас|нас)\b", re.I)
RANGE = re.compile(
    r"between|interval|likely|\brange|\bfrom\b.*\bto\b|\bat (?:most|least)\b|\bup to\b|\bот\b.*\bдо\b|между|интервал|вероятн"
    r"|\d\s?%?\s?(?:[–…-]|to)\s?\d",
    re.I,
)
NEEDED = re.compile(r"\bneed|\bmore\b|until|\bleast\b|floor|before|нужн|надо|\bещ[её]\b|порог|минимум|не хватает|осталось", re.I)
_BREAK = re.compile(r"[;:]\s|,\s|\.\s|\s(?:and|but|while|whereas|against|и|а|но|тогда как|против)\s", re.I)
_SHORT = 3
"""Letters of a name that other words may begin with."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def name_pattern(name: str) -> re.Pattern[str]:
    """Return what finds a name in a text: as a word, with the endings that Russian gives it, or alone where it is short."""
    return re.compile(r"(?<!\w)" + re.escape(name) + (r"(?!\w)" if len(name) <= _SHORT else ""), re.I)


def measures_in(text: str) -> frozenset[str]:
    """Return the measures that a text speaks of."""
    return frozenset(measure for measure, pattern in _MEASURES.items() if pattern.search(text))


def measure_of(figure: str) -> str | None:
    """Return the measure a figure belongs to by its name; ``None`` where no word tells it from others."""
    return _OF_MEASURE.get(figure)


def colours_in(text: str) -> list[str]:
    """Return the lights that a text names."""
    return [colour for colour, pattern in _COLOURS.items() if pattern.search(text)]


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each clause begins and ends: what one names does not hold of the other."""
    start = 0
    for found in _BREAK.finditer(text):
        yield start, found.end()
        start = found.end()
    yield start, len(text)


def strange_tongue(text: str, language: Language, names: int) -> str:
    """Return what is wrong with a sentence as one of a language, so many names taken out; empty where nothing is."""
    words = _WORD.findall(text)
    if len(words) + names < 2:
        return "no sentence"
    letters = "".join(words).casefold()
    russian = sum("а" <= one <= "я" or one == "ё" for one in letters)
    latin = sum("a" <= one <= "z" or "à" <= one <= "ÿ" for one in letters)
    if len(letters) - russian - latin > len(letters) // 10 or (russian < latin if language == "ru" else latin < russian):
        return "another language"
    return ""
