"""Countries to ISO 3166-1 alpha-2, by the names of the Unicode CLDR (``babel``) and those people use.

Looked up in this order: codes of two and three letters, names in English and Russian,
official names (``Korea, Republic of``), names in the languages most lists come in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gtm_pipelines.intake.normalise.words import cldr_aliases, cldr_names, folded

_LANGUAGES = ("en", "ru", "de", "fr", "es", "it", "pt", "nl", "pl", "uk", "tr", "sv", "da", "nb", "fi", "cs")
_NO_COUNTRY = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())
"""Codes of the CLDR that are no country of ISO 3166-1. ``XK`` stays: phone numbers and time zones know it."""
_EVERYDAY = """
US: usa, u s, us of a, u s a, united states of america, america, the states, сша, америка, соединенные штаты америки, штаты
GB: uk, u k, great britain, britain, england, scotland, wales, northern ireland,
 united kingdom of great britain and northern ireland,
 англия, шотландия, уэльс, северная ирландия, соединенное королевство, британия, великобритания и северная ирландия
RU: rf, russian federation, рф, российская федерация, р ф, ru россия
BY: byelorussia, белоруссия, республика беларусь, рб
KR: korea, korea republic of, south korea, republic of korea, korea south, южная корея, корея, корея южная
KP: korea democratic people s republic of, корейская народно демократическая республика, кндр, north korea, korea north,
 democratic people s republic of korea, северная корея
AE: uae, u a e, emirates, united arab emirates, эмираты, объединенные арабские эмираты
CN: prc, p r c, mainland china, people s republic of china, кнр, китайская народная республика
HK: hong kong, hongkong, hong kong special administrative region of china, гонконг
MO: macao, macau, macao special administrative region of china, макао
TW: chinese taipei, taiwan province of china, taiwan roc, тайвань китай
CZ: czech republic, czech, чешская республика
SK: slovak republic, словацкая республика
KG: kyrgyz republic, кыргызстан, киргизстан, кыргызская республика
MD: молдавия, республика молдова
NL: holland, the netherlands, голландия
ZA: rsa, юар, южная африка
CI: ivory coast, берег слоновой кости
CD: dr congo, drc, congo democratic republic, congo the democratic republic of the,
 democratic republic of the congo, дрк, др конго,
 демократическая республика конго
CG: congo, republic of the congo, congo republic, конго, республика конго
TR: turkey, turkiye
MK: macedonia, македония
MM: burma, myanmar, бирма, мьянма
VA: holy see, vatican, holy see vatican city state
LA: lao people s democratic republic, lao pdr
SY: syrian arab republic
TZ: танзания объединенная республика
TL: east timor
CV: cape verde, cabo verde
SZ: swaziland
BN: brunei darussalam
VN: viet nam, socialist republic of viet nam
PS: palestine state of, palestine, state of palestine, the state of palestine, палестина
XK: kosovo
SA: ksa
NZ: aotearoa
FK: falkland islands malvinas
VG: virgin islands british, british virgin islands, bvi
VI: virgin islands u s, us virgin islands, virgin islands of the united states
GR: hellenic republic
FR: french republic
IT: italian republic
PT: portuguese republic
AR: argentine republic
GA: gabonese republic
RW: rwandese republic
TG: togolese republic
LB: lebanese republic
MX: united mexican states
CF: цар
KY: каймановы острова
BS: багамские острова
BM: бермуды
SC: сейшелы, сейшелы острова
MV: мальдивская республика, republic of maldives
AI: ангвилла
CH: swiss confederation, швейцарская конфедерация
LK: шри ланка цейлон
UZ: республика узбекистан
KZ: республика казахстан, рк
AM: республика армения
GE: republic of georgia
SX: sint maarten dutch part
MF: saint martin french part
PN: pitcairn
SH: saint helena ascension and tristan da cunha
UM: united states minor outlying islands
BQ: bonaire sint eustatius and saba
"""
_STYLE = re.compile(
    r"\b(the|of|and|и|republic|kingdom|state|federal|federative|democratic|people s|islamic|commonwealth|principality|union"
    r"|sultanate|plurinational|bolivarian|hashemite|socialist|grand duchy|arab|united|eastern|independent|federated|states"
    r"|республика|королевство|государство|княжество|султанат|федерация|федеративная|народная|исламская|демократическая)\b"
)
_LONGEST = 80


@lru_cache(maxsize=20_000)
def country_code(text: str) -> str | None:
    """Return the code of a country, or ``None`` where the text names none for certain."""
    code = text.strip().upper()
    if len(code) == 2 and code in _codes():
        return code
    if not text or len(text) > _LONGEST:
        return None
    key = folded(text)
    return _everyday().get(key) or _names()[0].get(key) or _names()[1].get(_bare(key))


def _bare(key: str) -> str:
    """Return a name without the words for its form of state, so that official names come out as the short ones."""
    return " ".join(_STYLE.sub(" ", key.replace("st ", "saint ")).split())


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(c for c in cldr_names("territories", "en") if len(c) == 2 and c.isalpha()) - _NO_COUNTRY


@lru_cache(maxsize=1)
def _everyday() -> dict[str, str]:
    entries = (line.partition(":") for line in _EVERYDAY.replace(",\n ", ", ").strip().splitlines())
    return {name.strip(): code for code, _, names in entries for name in names.split(",")}


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, str], dict[str, str]]:
    """Return name → code, and bare name → code for names that only one country can mean."""
    names: dict[str, str] = {}
    bare: dict[str, set[str]] = {}
    for name, code in _all_names():
        names.setdefault(name, code)
        bare.setdefault(_bare(name), set()).add(code)
    single = {name: codes.pop() for name, codes in bare.items() if name and len(codes) == 1}
    return names, single


def _all_names() -> Iterator[tuple[str, str]]:
    for language in _LANGUAGES:
        for code, name in cldr_names("territories", language).items():
            if code in _codes():
                for variant in (name, name.replace("о-ва", "острова").replace("о-в", "остров"), name.replace("&", " and ")):
                    yield folded(variant), code
    for alias, codes in cldr_aliases("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1 and codes[0] in _codes():
            yield folded(alias), codes[0]
