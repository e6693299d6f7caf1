"""Whether a page found on the web is the company that was looked for: by what it is called and where it stands.

The rule. A result counts only on a site of its own, not on one that carries many companies. Then:

* the site is named as the company is (``acme-robotics.com`` for Acme Robotics Ltd): 0.85;
* its title holds every word of the name, and the site is named by one of them: 0.7;
* its title holds every word of the name, nothing more: 0.5, too little to act on.

Names are compared without legal forms, accents and case, Cyrillic ones in Latin letters as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gtm_pipelines.intake.model import FREE_MAIL

if TYPE_CHECKING:
    import tldextract

NAMED, SHARED_WORD, TITLE_ONLY = 0.85, 0.7, 0.5
LISTINGS = frozenset(
    """
    facebook.com fb.com instagram.com linkedin.com twitter.com x.com youtube.com t.me telegram.me vk.com vk.ru ok.ru tiktok.com
    wikipedia.org wikidata.org crunchbase.com bloomberg.com reuters.com glassdoor.com indeed.com zoominfo.com dnb.com
    apollo.io rocketreach.co owler.com pitchbook.com opencorporates.com northdata.com europages.com kompass.com yelp.com
    trustpilot.com tripadvisor.com yellowpages.com companieshouse.gov.uk company-information.service.gov.uk bizapedia.com
    amazon.com ebay.com alibaba.com github.com medium.com reddit.com google.com sec.gov
    2gis.ru avito.ru hh.ru rusprofile.ru list-org.com zachestnyibiznes.ru sbis.ru audit-it.ru checko.ru companies.rbc.ru
    spark-interfax.ru kartoteka.ru yandex.ru orgpage.ru zoon.ru yell.ru otzovik.com superjob.ru rabota.ru habr.com vc.ru
    """.split()
)
"""Sites that tell of many companies and are the site of none of them."""
_LEGAL = frozenset(
    """
    inc incorporated llc llp lp ltd limited plc corp corporation co company gmbh ag kg ug se sa sas sarl srl spa bv nv ab as oy
    aps kft sro doo ou uab sia pty pte group holding holdings the and und et
    ооо оао зао пао ао ип нко тоо чп фгуп гк нпо нпп группа холдинг компания общество с ограниченной ответственностью
    акционерное публичное закрытое открытое
    """.split()
)
_LATIN = dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)) | {
    "ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
}  # fmt: skip
_LATIN_TABLE = str.maketrans(_LATIN)
_SPELLINGS = (
    ("kh", "h"),
    ("yy", "iy"),
    ("yy", "y"),
    ("ts", "c"),
    ("ya", "ja"),
    ("yu", "ju"),
    ("y", "i"),
    ("ks", "x"),
    ("k", "c"),
    ("shch", "sch"),
)
"""Other ways in which Russian names are spelled in addresses."""
_SHORTEST = 3
"""A shorter word of a name, or a shorter site name, says nothing."""


@dataclass(frozen=True)
class Found:
    """A site that is the company's, as far as can be told.

    Attributes:
        website: its front page.
        domain: its registered domain.
        confidence: by the rule above.
        title: of the result, which the finding rests on.
    """

    website: str
    domain: str
    confidence: float
    title: str


def best(name: str, results: Iterable[tuple[str, str]]) -> Found | None:
    """Return the surest site of a company among results, the first of equals.

    Args:
        name: as the company is called.
        results: address and title of each.
    """
    found = [one for url, title in results if (one := judge(name, url, title))]
    return max(found, key=lambda one: one.confidence, default=None)


def judge(name: str, url: str, title: str) -> Found | None:
    """Return how surely a page is the company's own, or ``None`` where nothing says so."""
    parts = urlsplit(url if "//" in url else f"//{url}")
    domain = own_domain(parts.hostname or "")
    wanted = words(name)
    if domain is None or not wanted:
        return None
    label = re.sub(r"[^a-z0-9]", "", domain.partition(".")[0])
    named = len(label) >= _SHORTEST and label in _together(ordered(name))
    titled = set(words(title))
    confidence = 0.0
    if named:
        confidence = NAMED
    elif all(titled & _ways(word) for word in wanted):
        shares = any(len(way) >= _SHORTEST and way in label for word in wanted for way in _ways(word))
        confidence = SHARED_WORD if shares else TITLE_ONLY
    if not confidence:
        return None
    return Found(f"{parts.scheme or 'https'}://{parts.hostname}", domain, confidence, title)


def words(text: str) -> frozenset[str]:
    """Return the words of a name that tell it apart: without legal forms, accents and case."""
    return frozenset(ordered(text))


def ordered(text: str) -> list[str]:
    """Return the same words in their order."""
    plain = unicodedata.normalize("NFKD", text.replace("й", "\ue000").replace("Й", "\ue000"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("\ue000", "й").casefold().replace("&", " ")
    plain = re.sub(r"(?<=\w)[.'’](?=\w)", "", plain)
    return [word for word in re.findall(r"[^\W_]+", plain) if word not in _LEGAL]


def own_domain(host: str) -> str | None:
    """Return the registered domain of a host, ``None`` for hosts without one and for sites of many companies."""
    domain = registered(host)
    return None if domain in LISTINGS or domain in FREE_MAIL else domain


@lru_cache(maxsize=50_000)
def registered(host: str) -> str | None:
    """Return the registered domain of a host, ``None`` for hosts without one."""
    return (_suffixes()(host.lower().rstrip(".")).top_domain_under_public_suffix or None) if host else None


def _together(parts: list[str]) -> frozenset[str]:
    """Return the ways in which a name is written as one word."""
    return _ways("".join(parts))


@lru_cache(maxsize=50_000)
def _ways(word: str) -> frozenset[str]:
    """Return a word as it stands and in the ways in which it is spelled in Latin letters."""
    latin = word.translate(_LATIN_TABLE)
    ways = {word, latin}
    for usual, other in _SPELLINGS:
        ways |= {way.replace(usual, other) for way in ways} if latin != word else set()
    return frozenset(ways)


@lru_cache(maxsize=1)
def _suffixes() -> tldextract.TLDExtract:
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
