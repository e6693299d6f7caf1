"""Industries to one small vocabulary, from words in English and Russian; the original text is kept beside it.

The codes follow the top level of LinkedIn's industry list (version 2), with software
taken out of technology because so many lists are sold by it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gtm_pipelines.intake.normalise.words import folded

INDUSTRIES = {
    "software": """
        software, saas, internet, computer software, web, mobile app, application, gaming, games, game, ecommerce
        platform, it, information technology, computer, cloud, cyber, cybersecurity, artificial intelligence, ai,
        machine learning, data, hosting, technology information, разработк* программ*, программн*, айти, ит,
        информационн* технолог*, интернет*, софт, игр, игры, вычислительн*, компьютерн*
    """,
    "public_sector": """
        government, public administration, public policy, public safety, military, law enforcement, legislative,
        international affairs, judiciary, municipal*, государственн*, госуправлен*, муниципальн*, военн*, органы
        власти
    """,
    "nonprofit": """
        non profit, nonprofit, ngo, charity, philanthropy, civic, religious, fund raising, fundraising,
        membership, некоммерческ*, благотворит*, религиозн*, общественн* организац*
    """,
    "biotech_pharma": "biotech*, pharma*, life science*, фармац*, фарма, биотех*, лекарств*",
    "healthcare": """
        health*, medical, hospital*, clinic*, dental, wellness, mental, veterinar*, здравоохран*, медиц*,
        больниц*, клиник*, стоматолог*, ветеринар*
    """,
    "education": """
        education*, e learning, elearning, school*, universit*, college*, training, higher education, coaching,
        образован*, обучени*, школ*, университет*, вуз*
    """,
    "insurance": "insurance, insurer, страхован*, страхов*",
    "banking": "bank*, credit union, payments, lending, savings, банк*, кредит*, микрофинанс*, мфо",
    "investment": """
        venture*, private equity, investment*, asset management, capital markets, hedge, fund*, holding*,
        инвестиц*, фонд*, управлени* активами, холдинг*
    """,
    "real_estate": "real estate, property, leasing, reit, недвижим*, аренд*, риэлт*, девелоп*",
    "construction": """
        construction, building material*, building*, civil engineering, architecture, contractor*, строительств*,
        строительн*, стройматериал*, архитектур*, ремонт зданий
    """,
    "logistics": """
        marine, road and rail, rail, logistic*, supply chain, transport*, freight, shipping, warehous*, trucking,
        airline*, aviation, railroad*, maritime, package, delivery, courier*, логист*, транспорт*, перевоз*,
        склад*, доставк*, авиа*, железнодорож*, почт*, грузов* транспорт*, автомобильн* грузов* транспорт*
    """,
    "automotive": """
        auto components, auto parts, automotive, automobile*, motor vehicle*, vehicle*, car, cars, автомоб*,
        автопром*, автосервис*, авто
    """,
    "aerospace_defense": "aerospace, defense, defence, space, оборон*, космич*, аэрокосмич*",
    "energy_utilities": """
        oil, gas, energy, utilit*, renewable*, solar, power, electricity, coal, petroleum, нефт*, газ*, энерг*,
        электро*, теплоснабж*, коммунальн*, жкх, водоснабж*
    """,
    "mining_metals": "mining, metal*, steel, gold, mineral*, quarry*, горн*, добыч*, металл*, руд*, угол*",
    "chemicals": "chemical*, plastic*, polymer*, rubber, paint*, хими*, пластмасс*, полимер*",
    "agriculture": """
        agricult*, farming, farm*, forest*, fisher*, ranching, dairy, wine*, сельск*, агро*, лесн*, рыб*,
        растениевод*, животновод*
    """,
    "food_beverage": """
        food production, food, beverage*, brewer*, tobacco, пищев*, продукты питания, напитк*, пиво*, мяс*,
        молоч*, хлеб*
    """,
    "hospitality": """
        restaurant*, hotel*, hospitality, travel, tourism, leisure, catering, resort*, ресторан*, отел*,
        гостиниц*, туриз*, туристич*, общепит, общественн* питани*, кафе
    """,
    "retail": """
        household*, personal products, consumer discretionary, consumer staples, retail*, e commerce, ecommerce,
        online store, supermarket*, consumer goods, apparel, fashion, luxury, cosmetics, jewelry, furniture,
        розничн*, ритейл, магазин*, интернет торговл*, маркетплейс*, одежд*, косметик*, мебел*
    """,
    "wholesale": """
        wholesale*, distribution, distributor*, import and export, trading, trade, оптов*, дистриб*, торговл*,
        экспорт*
    """,
    "telecom": "telecom*, wireless, isp, телеком*, связь, связи, оператор* связи",
    "media": """
        media, publishing, newspaper*, broadcast*, film, movie*, motion picture*, music, entertainment, sport*,
        arts, photography, design, animation, сми, издател*, телевиден*, радио*, кино*, музык*, развлечен*,
        спорт*, искусств*, культур*, дизайн*
    """,
    "marketing_services": """
        marketing, advertising, public relations, market research, events services, маркетинг*, реклам*, пиар
    """,
    "legal": "law practice, law firm, legal services, legal, law, юридич*, правов*, адвокат*, нотари*",
    "hr_staffing": """
        staffing, recruit*, human resources, outsourcing, offshoring, кадров*, подбор персонала, аутсорс*, рекрут*
    """,
    "consulting": """
        consult*, accounting, professional services, business services, research services, think tank*, audit*,
        management consulting, консалт*, консультир*, бухгалтер*, аудит*, деловые услуги, научн* исслед*,
        исследован*
    """,
    "electronics": """
        communications equipment, electronic*, semiconductor*, hardware, electrical, appliance*, instrument*,
        nanotech*, электрон*, полупровод*, электротехн*, прибор*, оптическ*
    """,
    "manufacturing": """
        industrials, materials, capital goods, conglomerate*, manufactur*, industrial, machinery, mechanical,
        packaging, paper, textile*, printing, glass, industry, производств*, промышлен*, машиностро*, станк*,
        оборудован*, упаков*, бумаж*, текстил*, завод*, полиграф*
    """,
    "finance": "financials, diversified financials, financial services, finance, financial, fintech, tax, финанс*",
    "personal_services": """
        consumer services, personal services, individual and family, salon*, beauty, facilities, cleaning,
        security, бытов* услуг*, салон* красоты, клининг*, охран*, услуги населению
    """,
    "services": "waste management, commercial services, services, environmental*, услуг*, экологич*",
}
"""Code → words; the earlier code wins where a text fits several at the same place."""
_GENERAL = frozenset({"manufacturing", "services", "finance"})
"""Codes whose words say little: any other known word of the text is believed before them."""
_LONGEST = 200


@lru_cache(maxsize=20_000)
def industry_code(text: str) -> str | None:
    """Return the code of an industry, or ``None`` where no word of the text is known.

    Of several known words a particular one wins over a general one, then the longest phrase,
    then the one that stands first: ``Wholesale of computers`` is wholesale.
    """
    key = folded(text[:_LONGEST].replace("&", " and "))
    if key.replace(" ", "_") in INDUSTRIES:
        return key.replace(" ", "_")
    found = ((code, match) for code, pattern in _patterns() if (match := pattern.search(key)))
    ranked = [((code in _GENERAL, -match.group().count(" "), match.start()), code) for code, match in found]
    return min(ranked, key=lambda item: item[0])[1] if ranked else None


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((code, re.compile(_alternatives(words))) for code, words in INDUSTRIES.items())


def _alternatives(words: str) -> str:
    phrases = sorted((" ".join(phrase.split()) for phrase in words.split(",")), key=len, reverse=True)
    return r"\b(?:" + "|".join(re.escape(p).replace(r"\*", r"\w*").replace(r"\ ", " ") for p in phrases) + r")\b"
