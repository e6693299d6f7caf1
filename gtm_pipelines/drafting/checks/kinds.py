"""Which kind of thing a name is: somebody, a company, a ware, a place; by its words and by what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gtm_pipelines.drafting.checks import lexicon
from gtm_pipelines.drafting.checks.forms import is_cyrillic, read
from gtm_pipelines.drafting.checks.found import Kind

VERSION = re.compile(r" (?:\d{1,2}(?:\.\d)?(?![\d.,%]*\w| ?[%€$£₽])|\d{3,4}(?=[,.;:!?)»”]\s|[.!?)»”]*$))", re.M)
"""A number that belongs to the name of a ware before it: a small one, or one that counts nothing after it."""
_LEGAL = frozenset(
    "inc inc. ltd ltd. llc llp plc gmbh ag corp corp. co co. group holding holdings sa sas srl bv nv oy ab as kg labs ooo"
    " ao".split()
)
_FIRMS_RU = frozenset(
    "компания фирма организация банк завод группа холдинг корпорация клиент заказчик партнёр партнер конкурент сеть ооо"
    " ао пао зао"
    " оао агентство студия производитель ритейлер оператор агрохолдинг фабрика комбинат".split()
)
_WARES_RU = frozenset(
    "система платформа программа сервис продукт приложение решение модуль crm црм срм erp использовать внедрить внедрять перейти"
    " пользоваться подключить инструмент бот интеграция тариф пакет лицензия".split()
)
_PAYING = re.compile(
    r"\b(?:pay(?:s|ing)? for|subscribed? to|log(?:ged)? in(?:to)?|licen[cs]es? (?:of|for)|seats? (?:of|for))\s+$", re.I
)
_WARES = frozenset(
    "platform software tool tools app crm erp suite integration plugin plug-in module license licence dashboard"
    " dashboards workspace"
    " instance api addon add-on connector stack account package edition plan".split()
)
_USING = frozenset(
    "use uses using used via run runs running on into migrate migrated migrating implemented adopted bought".split()
)
_FIRM_BEFORE = frozenset(
    "at like customer customers client clients than competitor competitors acquired acquire joined partner partners by company"
    " firm left for from with acquiring".split()
)
_FIRM_AFTER = frozenset("team raised announced acquired cut cuts grew hired opened saved reported launched".split())
_SAYING = frozenset(
    "said says told tells wrote writes mentioned mentions thought thinks asked asks recommended suggested pointed introduced"
    " spoke speaks explained explains confirmed put".split()
)
_HONORIFICS = frozenset(
    "mr mrs ms miss dr prof professor doctor sir господин госпожа г-н г-жа профессор доктор академик доцент".split()
)
_SURNAME = re.compile(r"(?:[оеё]в|ин|ын|ск(?:ий|ой))(?:а|у|ым|ой|е|ого|ому)?$|(?:ская|ской|скую|енко|чук|щук|янц?|дзе|швили|ич)$")
"""How Russian surnames end; the dictionary knows the commoner ones only."""


@dataclass(frozen=True)
class Token:
    """One word of a text."""

    text: str
    start: int
    end: int
    initial: bool

    @property
    def low(self) -> str:
        """In lower case, without a possessive ending."""
        return re.sub(r"[’']s?$", "", self.text.lower()).replace("’", "'")


def kind_of_name(text: str, tokens: Sequence[Token], part: Sequence[int]) -> tuple[Kind, bool]:
    """Return the kind of a name, and whether it may well be no name at all: then a person looks and nothing is stopped."""
    lows = [tokens[place].low for place in part]
    before = tokens[part[0] - 1] if part[0] else None
    after = tokens[part[-1] + 1] if part[-1] + 1 < len(tokens) else None
    near = " ".join(lows)
    if _is_place(lows, near):
        return "place", True
    quoted = text[: tokens[part[0]].start].endswith(("«", '"', "“", "„"))
    if _is_person(tokens, part) and not quoted:
        return "person", False
    kind = _thing(lows, before, after, text, (tokens[part[0]].start, tokens[part[-1]].end))
    plain = len(part) == 1 and not quoted and _plain(tokens[part[0]])
    return kind, plain


def _plain(token: Token) -> bool:
    """Whether a single word with a capital is an ordinary one, or one nobody can place, at the start of a sentence."""
    if is_cyrillic(token.text):
        reading = read(token.low)
        return (reading.known or token.initial) and not {"Name", "Surn", "Orgn"} & reading.tags
    return token.low in lexicon.words() and token.text[1:].islower()


def _is_place(lows: Sequence[str], near: str) -> bool:
    if near in lexicon.places() or (len(lows) > 1 and all(low in lexicon.places() for low in lows)):
        return True
    return all(is_cyrillic(low) and read(low).known and "Geox" in read(low).tags for low in lows) or (
        is_cyrillic(near) and any(one in lexicon.places() for low in lows for one in read(low).lemmas) and len(lows) == 1
    )


def _is_person(tokens: Sequence[Token], part: Sequence[int]) -> bool:
    first = tokens[part[0]]
    before = tokens[part[0] - 1] if part[0] else None
    if (before is not None and before.low in _HONORIFICS) or (first.low in _HONORIFICS and len(part) > 1):
        return True
    if any(tokens[place].low in _LEGAL for place in part):
        return False
    if is_cyrillic(first.text):
        if _is_person_ru(tokens, part, before):
            return True
        known = [read(tokens[place].low) for place in part if is_cyrillic(tokens[place].text)]
        tags = [one.any_tags for one in known if one.known or len(part) > 1]
        return any({"Name", "Patr"} & one for one in tags) or (bool(tags) and all("Surn" in one for one in tags))
    if first.low in lexicon.given_names():
        return True
    if _says(tokens, part):
        return True
    titled = before is not None and before.low in lexicon.TITLES and len(part) <= 2
    return titled and all(tokens[place].low not in lexicon.words() for place in part)


def _says(tokens: Sequence[Token], part: Sequence[int]) -> bool:
    """Whether two or three words that no dictionary has are said to speak or write, or to be of a department: somebody."""
    after = [one.low for one in tokens[part[-1] + 1 : part[-1] + 3]]
    unknown = not any(lexicon.is_word(tokens[place].low) for place in part)
    spoke = bool(after) and after[0] in _SAYING and len(part) in (2, 3)
    works = len(after) == 2 and after[0] in ("in", "from") and after[1] in lexicon.TITLES | {"your", "our"}
    return unknown and (spoke or works)


def _is_person_ru(tokens: Sequence[Token], part: Sequence[int], before: Token | None) -> bool:
    """Whether words end as surnames do, after a given name that may be another word, or after what somebody is."""
    first, last = tokens[part[0]], tokens[part[-1]]
    if not (is_cyrillic(last.text) and _SURNAME.search(last.low)):
        return False
    if len(part) > 1:
        return read(first.low).given
    somebody = before is not None and not before.text[0].isupper() and "anim" in read(before.low).tags
    return somebody and not {"Orgn", "Geox"} & read(last.low).tags


def _thing(lows: Sequence[str], before: Token | None, after: Token | None, text: str, span: tuple[int, int]) -> Kind:
    start, end = span
    if any(low in _LEGAL for low in lows):
        return "company"
    told = _form(before)
    if after is not None and (after.low in _WARES or _form(after) & _WARES_RU) and text[end : after.start].strip() == "":
        return "product"
    if " ".join(lows) in lexicon.TOOLS or lows[0] in lexicon.TOOLS or VERSION.match(text, end):
        return "product"
    if told & _FIRMS_RU or (after is not None and after.low in _FIRM_AFTER):
        return "company"
    if _PAYING.search(text[:start]) or told & (_USING | _WARES_RU | _WARES) or any(re.search(r"\d", low) for low in lows):
        return "product"
    return "company"


def _form(token: Token | None) -> frozenset[str]:
    if token is None:
        return frozenset()
    return read(token.low).lemmas | {token.low} if is_cyrillic(token.text) else frozenset({token.low})
