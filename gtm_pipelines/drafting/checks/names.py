"""Names of people, companies, products and places in a text, by their capitals and by what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gtm_pipelines.drafting.checks import lexicon
from gtm_pipelines.drafting.checks.forms import is_cyrillic, read
from gtm_pipelines.drafting.checks.found import Found, Kind

_VERSION = re.compile(r" \d{1,2}(?:\.\d)?(?![\d.,%]*\w| ?[%€$£₽])")
_TOKEN = re.compile(r"[^\W\d_]\w*(?:[’'&.+-](?=\w)\w+)*|\d+[^\W\d_]\w*")
_WORD = re.compile(r"\w+(?:-\w+)*")
_QUOTED_REST = re.compile(r"((?: [а-яёa-z]+(?:-[а-яёa-z]+)*){1,3})[»”]")
"""What follows the first word of a name in quotation marks, as in ``«Чистая почта»``: it belongs to the name."""
_START = re.compile(r"(?:^|\n|[.!?…:;][\"”»)']?\s)[\s\"“„«(—–*•>-]*$")
_GAP = re.compile(r"[ \u00a0](?:& )?|\.? (?=[A-ZА-ЯЁ])|-")
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
_SMALL = frozenset("a an the of and or for to in on at by with from is vs и в на с для по из о к у".split())
TITLED = 0.75
"""Share of the words of a heading that bear a capital, small ones not counted."""
_HONORIFICS = frozenset("mr mrs ms miss dr prof sir господин госпожа г-н г-жа".split())


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


def names(text: str) -> list[Found]:
    """Return every name of a text, in order; words that bear a capital for another reason are none."""
    tokens = [Token(m[0], *m.span(), bool(_START.search(text[max(0, m.start() - 12) : m.start()]) or m.start() == 0))
              for m in _TOKEN.finditer(text)]  # fmt: skip
    titled = _titled_lines(text, tokens)
    return [found for run in _runs(text, tokens) for found in _of_run(text, tokens, run, titled)]


def _runs(text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of words with capitals that belong together, as places of their first and after their last."""
    at = 0
    while at < len(tokens):
        if not _capital(tokens[at].text):
            at += 1
            continue
        after = at + 1
        while after < len(tokens) and _capital(tokens[after].text) and _joined(text, tokens[after - 1], tokens[after]):
            after += 1
        yield at, after
        at = after


def _joined(text: str, left: Token, right: Token) -> bool:
    between = text[left.end : right.start]
    ends = between.startswith(".") and len(left.text) > 3
    return (bool(_GAP.fullmatch(between)) and not ends and not right.initial) or (between == ". " and len(left.text) == 1)


def _capital(word: str) -> bool:
    inner = word[1:]
    return (
        word[0].isupper()
        or (any(sign.isupper() for sign in inner) and word.isascii())
        or (word[0].isdigit() and inner[-1:].isupper())
    )


def _titled_lines(text: str, tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Return the lines in which nearly every word bears a capital, as headings do: there a capital says nothing."""
    spans, start = [], 0
    for line in text.split("\n"):
        words = [t.text for t in tokens if start <= t.start < start + len(line) and t.low not in _SMALL]
        if len(words) >= 3 and sum(word[0].isupper() for word in words) >= TITLED * len(words) and line.rstrip()[-1:] != ".":
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _of_run(text: str, tokens: Sequence[Token], run: tuple[int, int], titled: Sequence[tuple[int, int]]) -> Iterator[Found]:
    headed = any(low <= tokens[run[0]].start < high for low, high in titled)
    parts: list[list[int]] = [[]]
    for place in range(*run):
        if _ordinary(tokens, place, headed=headed) and not (parts[-1] and _may_end(tokens, parts[-1], place)):
            parts.append([])
        else:
            parts[-1].append(place)
    for part in parts:
        if part:
            yield _named(text, tokens, part)


def _may_end(tokens: Sequence[Token], part: Sequence[int], place: int) -> bool:
    """Whether an ordinary word may be the later part of a name, as in ``Acme Logistics`` or ``Power BI``."""
    if tokens[place].low not in lexicon.ORDINARY_CAPITALS:
        return not tokens[place].initial
    return tokens[place].text.isupper() and not any(tokens[one].low in lexicon.given_names() for one in part)


def _ordinary(tokens: Sequence[Token], place: int, *, headed: bool) -> bool:
    """Whether a word bears its capital for another reason than being a name."""
    token = tokens[place]
    return (_ordinary_ru if is_cyrillic(token.text) else _ordinary_en)(tokens, place, headed or token.initial)


def _ordinary_en(tokens: Sequence[Token], place: int, anyway: bool) -> bool:
    low = _one(tokens[place])
    bare = low.split("'")[0]
    if low in lexicon.ORDINARY_CAPITALS or bare in lexicon.ORDINARY_CAPITALS or (len(low) == 1 and not _by_name(tokens, place)):
        return True
    word = all(lexicon.is_word(part) or part in lexicon.ORDINARY_CAPITALS for part in re.split(r"[-&]", bare))
    if low in lexicon.given_names() and (not word or not anyway or _name_follows(tokens, place)):
        return False
    if anyway:
        return word or bare in lexicon.TITLES
    shouted = tokens[place].text.isupper() and len(low) > 2 and word
    return bare in lexicon.TITLES or shouted


def _one(token: Token) -> str:
    """Return a word in lower case, of several bearers of a short title one: ``VPs`` as ``vp``."""
    return token.low[:-1] if token.text[:-1].isupper() and token.text[-1] == "s" and len(token.text) > 2 else token.low


def _by_name(tokens: Sequence[Token], place: int) -> bool:
    return any(0 <= near < len(tokens) and tokens[near].low in lexicon.given_names() for near in (place - 1, place + 1))


def _name_follows(tokens: Sequence[Token], place: int) -> bool:
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    return after is not None and after.text[0].isupper() and after.low not in lexicon.ORDINARY_CAPITALS and not after.initial


def _ordinary_ru(tokens: Sequence[Token], place: int, anyway: bool) -> bool:
    token = tokens[place]
    reading = read(token.low)
    ordinary = lexicon.ORDINARY_CAPITALS_RU | lexicon.TITLES_RU
    if token.low in ordinary or reading.lemmas & ordinary or len(token.low) == 1:
        return not (len(token.low) == 1 and _by_name(tokens, place))
    if "-" in token.low and any(part in ordinary for part in token.low.split("-")[:1]):
        return True
    names_it = {"Name", "Surn", "Patr", "Orgn", "Geox"}
    if not anyway:
        return token.text.isupper() and len(token.low) > 2 and reading.known and not names_it & reading.tags
    if not reading.known:
        return bool(reading.any_tags & {"VERB", "INFN", "ADVB", "GRND", "PREP", "CONJ"})
    return not names_it & reading.tags


def _named(text: str, tokens: Sequence[Token], part: Sequence[int]) -> Found:
    first, last = tokens[part[0]], tokens[part[-1]]
    end = last.end - (len(last.text) - len(re.sub(r"[’']s?$", "", last.text)))
    words = tuple(re.sub(r"[’']s?$", "", tokens[place].text) for place in part)
    kind, soft = _kind(text, tokens, part)
    if rest := _QUOTED_REST.match(text, end) if text[: first.start].endswith(("«", "“", "„")) else None:
        end, words = rest.end(1), (*words, *_WORD.findall(rest[1]))
    return Found(kind, text[first.start : end], first.start, end, words=words, soft=soft)


def _kind(text: str, tokens: Sequence[Token], part: Sequence[int]) -> tuple[Kind, bool]:
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
    if before is not None and before.low in _HONORIFICS:
        return True
    if any(tokens[place].low in _LEGAL for place in part):
        return False
    if is_cyrillic(first.text):
        known = [read(tokens[place].low) for place in part if is_cyrillic(tokens[place].text)]
        tags = [one.any_tags for one in known if one.known or len(part) > 1]
        return any({"Name", "Patr"} & one for one in tags) or (bool(tags) and all("Surn" in one for one in tags))
    if first.low in lexicon.given_names():
        return True
    titled = before is not None and before.low in lexicon.TITLES and len(part) <= 2
    return titled and all(tokens[place].low not in lexicon.words() for place in part)


def _thing(lows: Sequence[str], before: Token | None, after: Token | None, text: str, span: tuple[int, int]) -> Kind:
    start, end = span
    if any(low in _LEGAL for low in lows):
        return "company"
    told = _form(before)
    if after is not None and (after.low in _WARES or _form(after) & _WARES_RU) and text[end : after.start].strip() == "":
        return "product"
    if " ".join(lows) in lexicon.TOOLS or lows[0] in lexicon.TOOLS or _VERSION.match(text[end:]):
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
