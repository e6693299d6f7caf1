"""The language of a page: what it declares, unless its own words say otherwise."""

from __future__ import annotations

import re
from collections import Counter

_LETTERS = re.compile(r"[^\W\d_]+")
_ASCII = re.compile(r"[\x00-\x7f]+")
_SAMPLE = 3_000
_LEAST_LETTERS = 20
_SCRIPT_SHARE = 0.2
_CYRILLIC = re.compile("[а-яёА-ЯЁіїєґўјљњћђџһәғқңөұүҺ]")
_CYRILLIC_SHARE = 0.3
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")), ("ko", re.compile("[\uac00-\ud7af]")), ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ar", re.compile("[\u0600-\u06ff]")), ("he", re.compile("[\u0590-\u05ff]")), ("el", re.compile("[\u0370-\u03ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")), ("hi", re.compile("[\u0900-\u097f]")), ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
)  # fmt: skip
_OF_CYRILLIC = frozenset("ru uk be bg sr mk kk ky mn tg".split())
_OWN_LETTERS = (
    ("uk", frozenset("їєґ")), ("be", frozenset("ў")), ("kk", frozenset("әғқңұһ")), ("mk", frozenset("ѓќѕ")),
    ("sr", frozenset("ћђџљњ")),
)  # fmt: skip
_COMMON = {
    "en": "the and of to for with our your we is in are that you on from this more by about",
    "de": "und der die das für mit wir sie ist von den ein eine auf zu nicht unsere werden im über",
    "fr": "les des et une pour vous nous est dans votre nos sur avec plus par qui au aux ce notre",
    "es": "los las del para una con por que nuestros su más en sus nuestra empresa el como servicios y de",
    "it": "il di per che una con della nostro alla sono più dei gli nel nostra servizi le delle e è",
    "pt": "os da do para uma com em seus não mais nossa que nosso são você dos das ao empresa e",
    "nl": "het een van voor met wij onze zijn op uw niet ook naar meer bij door en de die dat",
    "pl": "w z na do się nie jest oraz dla przez nasze naszej jak od po to firma usługi są i",
    "tr": "ve bir için ile bu olarak daha en çok hizmet olan kadar sizin gibi ürün tüm da de",
    "cs": "a se na pro je s v že jsme vás naše nebo které jako od do při jsou ve",
    "sv": "och för att en med som är det av vi på till den ett om har våra kan du i",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_LEAST_WORDS = 4


def language_of(text: str, declared: str | None = None) -> str | None:
    """Return the language of a text as ISO 639-1, or ``None`` where it does not show.

    Args:
        text: visible text.
        declared: the ``lang`` of the page, which templates often leave wrong.
    """
    code = _code(declared)
    sample = text[:_SAMPLE]
    words = _LETTERS.findall(sample.lower())
    letters = sum(map(len, words))
    if letters < _LEAST_LETTERS:
        return code
    beyond = "" if sample.isascii() else _ASCII.sub("", sample)
    if len(beyond) < _SCRIPT_SHARE * letters:
        return _latin(words, code)
    if len(_CYRILLIC.findall(beyond)) >= _CYRILLIC_SHARE * letters:
        return _cyrillic(frozenset(sample.lower()), code)
    for language, script in _SCRIPTS:
        if len(script.findall(beyond)) >= _SCRIPT_SHARE * letters:
            return code if language in ("ar", "zh") and code in ("fa", "ur", "zh", "ja") else language
    return _latin(words, code)


def _cyrillic(signs: frozenset[str], code: str | None) -> str:
    for language, own in _OWN_LETTERS:
        if len(signs & own) >= (1 if language in ("uk", "be") else 2):
            return language
    return code if code in _OF_CYRILLIC and not ({"ы", "э"} <= signs and code in ("uk", "bg", "sr", "mk")) else "ru"


def _latin(words: list[str], code: str | None) -> str | None:
    """Count common words; what is declared wins unless another language has far more of them."""
    used = Counter(words)
    counts = Counter({language: sum(used[word] for word in common if word in used) for language, common in _WORDS.items()})
    (best, most), (_, next_most) = counts.most_common(2)
    if code is not None and code in counts:
        return best if most >= _LEAST_WORDS and most > 2 * counts[code] else code
    if most >= _LEAST_WORDS and most > next_most:
        return best
    return code if code and code not in _OF_CYRILLIC else None


def _code(declared: str | None) -> str | None:
    found = re.match(r"\s*([A-Za-z]{2})(?:[-_]|\s*$)", declared or "")
    return found[1].lower() if found else None
