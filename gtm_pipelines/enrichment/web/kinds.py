"""Kinds of pages, by their address, the words of the link to them, and their title, in English and Russian."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

_WORDS = {
    "contact": "contacts?(?:-?us)?|get-?in-?touch|kontakt[yi]?|контакты?|связаться|обратная связь|как нас найти|impressum"
    "|imprint|реквизиты|rekvizity",
    "about": "about(?:-?us)?|company|who-?we-?are|our-?story|mission|history|o-?kompanii|o-?nas|about-?company|kompaniya"
    "|о компании|о нас|компания|кто мы|история|миссия|ueber-?uns|uber-?uns",
    "team": "team|people|leadership|management|staff|our-?people|founders|board|komanda|sotrudniki|rukovodstvo"
    "|команда|сотрудники|руководство|наши люди|специалисты",
    "pricing": "pricing|prices?|plans?|tariffs?|rates|tarif[yi]?|ceny|price-?list|стоимость|цены|тарифы|прайс(?:-лист)?",
    "product": "products?|services?|solutions?|features?|platform|what-?we-?do|how-?it-?works|use-?cases|industries"
    "|catalog(?:ue)?|produkt[yi]?|uslugi|resheniya|katalog|продукты?|продукция|услуги|решения|возможности|каталог"
    "|что мы делаем|направления",
    "careers": "careers?|jobs?|vacanc(?:y|ies)|join-?us|work-?with-?us|hiring|vakansii|karera|rabota|вакансии|карьера"
    "|работа у нас",
    "news": "news|blog|press|insights|articles?|updates|media|novosti|stati|новости|блог|пресс-центр|статьи|сми о нас",
    "legal": "privacy(?:-?policy)?|terms(?:-[a-z-]+)?|legal|cookies?(?:-[a-z-]+)?|policy|politika[a-z-]*|oferta|gdpr"
    "|соглашение|оферта|политика [а-я ]+|конфиденциальность",
}
_WHOLE = {kind: re.compile(rf"(?:{words})", re.I) for kind, words in _WORDS.items()}
_INSIDE = {kind: re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.I) for kind, words in _WORDS.items()}
_HOME = re.compile(r"^/?(?:(?:index|default|home|main)(?:\.\w{2,5})?)?/?$|^/(?:en|ru|de|us|eng|rus|en-us|ru-ru)/?$", re.I)
_NO_PAGE = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|svg|webp|ico|zip|rar|7z|gz|exe|dmg|apk|docx?|xlsx?|pptx?|mp[34]|avi|mov|css|js|json|xml|rss|atom"
    r"|woff2?|ttf)$|/(?:wp-json|wp-admin|cart|checkout|basket|korzina|login|log-in|signin|sign-in|signup|sign-up|register"
    r"|account|lk|auth|search|feed|tag|author)(?:/|$)",
    re.I,
)
_LONG_WORDS = 60

WANTED = ("about", "product", "pricing", "team", "contact", "careers", "news")
"""Kinds worth reading after the home page; what is first in the list is what a visit reads first."""
ORDER = ("about", "contact", "product", "pricing", "team", "careers", "news")


def kind_of(url: str, title: str = "") -> str:
    """Return the kind of a page by its address, else by its title; ``other`` where neither tells."""
    path = _path(url)
    if _HOME.match(path):
        return "home"
    return _by_path(path) or _by_words(title) or "other"


def rank(kind: str, url: str) -> int:
    """Return how good a page stands for its kind, less is better: near the root, without a query."""
    parts = urlsplit(url)
    return parts.path.rstrip("/").count("/") * 10 + len(parts.path) // 8 + (25 if parts.query else 0) + (kind == "news") * 5


def choose(links: Iterable[tuple[str, str]], most: int) -> list[tuple[str, str]]:
    """Return the pages most worth reading, as (kind, address).

    Args:
        links: (address, words of the link) of one site, as they stand.
        most: how many at most. One of each kind comes first, in ``ORDER``, then the second best of each.
    """
    found: dict[str, dict[str, int]] = {}
    for url, words in links:
        path = _path(url)
        if _NO_PAGE.search(path) or _HOME.match(path):
            continue
        by_words = _by_words(words)
        kind = by_words or _by_path(path)
        if kind in WANTED:
            worth = rank(kind, url) - (15 if by_words else 0)
            known = found.setdefault(kind, {})
            known[url] = min(worth, known.get(url, worth))
    rows = {kind: sorted(urls, key=lambda url: (urls[url], url)) for kind, urls in found.items()}
    chosen = [(kind, rows[kind][turn]) for turn in range(3) for kind in ORDER if len(rows.get(kind, ())) > turn]
    taken: dict[str, str] = {}
    for kind, url in chosen:
        taken.setdefault(url, kind)
    return [(kind, url) for url, kind in taken.items()][:most]


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url).path)
    except ValueError:
        return ""


def _by_path(path: str) -> str | None:
    steps = [re.sub(r"\.\w{2,5}$", "", step) for step in path.lower().split("/") if step]
    for step in steps[:3]:
        for kind, whole in _WHOLE.items():
            if whole.fullmatch(step.replace("_", "-")):
                return kind
    return None


def _by_words(words: str) -> str | None:
    """Return the kind a few words name; a long line of them names none."""
    words = " ".join(words.split())
    if not words or len(words) > _LONG_WORDS:
        return None
    return next(
        (kind for kind, inside in _INSIDE.items() if inside.search(words.replace("-", " ")) or inside.search(words)), None
    )
