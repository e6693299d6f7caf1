"""Names of people, companies, products and places in a text, by their capitals and by what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gtm_pipelines.drafting.checks import lexicon
from gtm_pipelines.drafting.checks.forms import is_cyrillic, read
from gtm_pipelines.drafting.checks.found import Found
from gtm_pipelines.drafting.checks.kinds import Token, kind_of_name

_TITLED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St)\.\s$")
_FEAST = re.compile(
    r"\bNew Year(?:[’']s)?(?: Eve| Day)?|\b(?:Boxing|Labou?r|Independence|Memorial|(?:Mother|Father|Valentine|Women)[’']s) Day"
    r"|\bBlack Friday|\bCyber Monday|\bНов(?:ый|ого|ому|ым|ом) год\w*|\bРождеств\w*|\bПасх\w*|\bМаслениц\w*"
    r"|\bД(?:ень|н[яеё]м?) Победы"
)
_TOKEN = re.compile(r"[^\W\d_]\w*(?:[’'&.+-](?=\w)\w+)*|\d+[^\W\d_]\w*")
_WORD = re.compile(r"\w+(?:-\w+)*")
_QUOTED_REST = re.compile(r"((?: [а-яёa-z]+(?:-[а-яёa-z]+)*){1,3})[»”]")
"""What follows the first word of a name in quotation marks, as in ``«Чистая почта»``: it belongs to the name."""
_START = re.compile(r"(?:^|\n|[.!?…:;][\"”»)']?\s)[\s\"“„«(—–*•>-]*$")
_GAP = re.compile(r"[ \u00a0](?:& )?|\.? (?=[A-ZА-ЯЁ])|-")
_ACRONYM = 4
"""Letters that names made of capitals have at most; longer words in capitals are shouted."""
_SMALL = frozenset("a an the of and or for to in on at by with from is vs и в на с для по из о к у".split())
TITLED = 0.75
"""Share of the words of a heading that bear a capital, small ones not counted."""
_SHOUTS = frozenset(
    "not free all now you your one this that only never every very real any best stop yes win new save more must".split()
)


def names(text: str) -> list[Found]:
    """Return every name of a text, in order; words that bear a capital for another reason are none."""
    tokens = [Token(m[0], *m.span(), _begins(text, m.start()))
              for m in _TOKEN.finditer(text)]  # fmt: skip
    feasts = [match.span() for match in _FEAST.finditer(text)]
    tokens = [one for one in tokens if not any(low <= one.start < high for low, high in feasts)]
    titled = _titled_lines(text, tokens)
    return [found for run in _runs(text, tokens) for found in _of_run(text, tokens, run, titled)]


def _begins(text: str, start: int) -> bool:
    """Whether a sentence begins at a place of a text; after the dot of ``Dr.`` none does."""
    before = text[max(0, start - 12) : start]
    return start == 0 or (bool(_START.search(before)) and not _TITLED.search(before))


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
    shouted = tokens[place].text.isupper() and word and (low in _SHOUTS or len(low) > _ACRONYM)
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
    kind, soft = kind_of_name(text, tokens, part)
    if rest := _QUOTED_REST.match(text, end) if text[: first.start].endswith(("«", "“", "„")) else None:
        end, words = rest.end(1), (*words, *_WORD.findall(rest[1]))
    return Found(kind, text[first.start : end], first.start, end, words=words, soft=soft)
