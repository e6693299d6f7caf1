"""Make the sample lists: invented companies and people, English and Russian, with the usual dirt.

Run ``python data/sample/make_sample.py`` to write ``companies.csv`` and ``contacts.csv``
beside this file. The seed is fixed, so the files are always the same. Every domain ends
in ``.example`` or ``.test``, which can belong to nobody (RFC 2606).
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from pathlib import Path

SEED = 2026
COMPANIES = 286
CONTACTS = 575

EN_WORDS = (
    "Harbour Northfield Copper Juniper Lantern Meridian Orchard Pinewood Quarry Redstone Silverlake Thornbury "
    "Umber Vantage Westgate Yarrow Alder Beacon Cedar Driftwood Ember Foxglove Granite Heron"
).split()
EN_KINDS = ("Logistics", "Software", "Payments", "Robotics", "Analytics", "Health", "Foods", "Energy")
EN_FORMS = ("Ltd", "Inc.", "GmbH", "LLC", "B.V.")
EN_PLACES = (
    ("United Kingdom", "Leeds"), ("United Kingdom", "Bristol"), ("United States", "Austin"), ("United States", "Denver"),
    ("Germany", "Hamburg"), ("Netherlands", "Utrecht"), ("Ireland", "Cork"),
)  # fmt: skip
RU_WORDS = "Север Волга Урал Балтика Нева Кама Дон Амур Ладога Ока Байкал Енисей Алтай Онега Белогор Каспий Двина Печора".split()
RU_KINDS = ("Логистика", "Софт", "Платежи", "Роботика", "Аналитика", "Медицина", "Продукты", "Энергия")
RU_FORMS = ("ООО", "АО", "ПАО")
RU_PLACES = ("Москва", "Санкт-Петербург", "Казань", "Екатеринбург", "Новосибирск", "Нижний Новгород", "Самара")
INDUSTRIES = ("Logistics", "Software", "Fintech", "Manufacturing", "Data services", "Healthcare", "Food production", "Energy")
STACKS = ("HubSpot, Postgres", "Salesforce, Snowflake", "1C, Bitrix24", "Pipedrive, BigQuery", "SAP, Tableau", "")
EN_NEWS = (
    "opened a second office in {city}", "is hiring four sales people", "signed its first customer abroad",
    "moved its order desk to a new system", "",
)  # fmt: skip
RU_NEWS = (
    "открыли второй офис в городе {city}", "набирают отдел продаж", "вышли на первого зарубежного заказчика",
    "перевели учёт заказов на новую систему", "",
)  # fmt: skip
EN_FIRST = "Alice Tom Grace Daniel Olivia James Hannah Peter Laura Simon Nina Oscar Ruth Martin Clara Hugo".split()
EN_LAST = "Marsh Bennett Doyle Fischer Novak O'Hara Lindqvist Mercer Vance Whitlock Sanders Keller Brandt Osborne".split()
RU_FIRST = (
    ("Анна", "anna"), ("Иван", "ivan"), ("Мария", "maria"), ("Дмитрий", "dmitry"), ("Елена", "elena"), ("Сергей", "sergey"),
    ("Ольга", "olga"), ("Павел", "pavel"), ("Ксения", "ksenia"), ("Алексей", "alexey"), ("Фёдор", "fedor"), ("Юлия", "yulia"),
)  # fmt: skip
RU_LAST = (
    ("Кузнецов", "kuznetsov"), ("Соколов", "sokolov"), ("Лебедев", "lebedev"), ("Морозов", "morozov"), ("Волков", "volkov"),
    ("Зайцев", "zaytsev"), ("Орлов", "orlov"), ("Громов", "gromov"), ("Щукин", "schukin"), ("Ершов", "ershov"),
)  # fmt: skip
RU_WOMEN = {"anna", "maria", "elena", "olga", "ksenia", "yulia"}
EN_TITLES = (
    "CTO", "Head of Sales", "VP Operations", "Founder & CEO", "Marketing Director", "Head of IT", "Accountant",
    "Office Manager",
)  # fmt: skip
RU_TITLES = (
    "Технический директор", "Руководитель отдела продаж", "Операционный директор", "Генеральный директор",
    "Директор по маркетингу", "Руководитель ИТ", "Бухгалтер", "Офис-менеджер",
)  # fmt: skip
COMPANY_COLUMNS = (
    "Company Name", "Website", "TIN", "Registration Number", "Country", "City", "Industry", "Employees", "SME", "Phone",
    "Recent News", "Tech Stack", "Description",
)  # fmt: skip
CONTACT_COLUMNS = ("Имя", "Фамилия", "Email", "Должность", "Компания", "Сайт", "Телефон", "Страна", "Город", "Язык", "Не писать")


@dataclass(frozen=True)
class Firm:
    """An invented company, before any dirt."""

    russian: bool
    row: dict[str, str]
    domain: str


def make_firms(chance: random.Random) -> list[Firm]:
    """Invent the companies, each with a domain and numbers of its own."""
    pairs_en = [(word, kind) for word in EN_WORDS for kind in range(len(EN_KINDS))]
    pairs_ru = [(word, kind) for word in RU_WORDS for kind in range(len(RU_KINDS))]
    chance.shuffle(pairs_en)
    chance.shuffle(pairs_ru)
    russians = round(COMPANIES * 0.45)
    firms = [_russian_firm(chance, number, *pairs_ru[number]) for number in range(russians)]
    firms += [_english_firm(chance, number, *pairs_en[number]) for number in range(COMPANIES - russians)]
    chance.shuffle(firms)
    return firms


def _english_firm(chance: random.Random, number: int, word: str, kind: int) -> Firm:
    country, city = chance.choice(EN_PLACES)
    domain = f"{word}-{EN_KINDS[kind]}.example".lower()
    name = f"{word} {EN_KINDS[kind]} {chance.choice(EN_FORMS)}"
    news = chance.choice(EN_NEWS).format(city=city)
    about = f"{name} serves customers in {country}.\nFounded {chance.randint(1987, 2021)}, based in {city}."
    row = _firm_row(chance, name, domain, country, city, kind, news, about)
    return Firm(False, row | {"TIN": "", "Registration Number": f"{10400000 + number * 37:08d}"}, domain)


def _russian_firm(chance: random.Random, number: int, word: str, kind: int) -> Firm:
    city = chance.choice(RU_PLACES)
    domain = f"{_latin(word)}-{EN_KINDS[kind]}.test".lower()
    name = f"{chance.choice(RU_FORMS)} «{word}-{RU_KINDS[kind]}»"
    news = chance.choice(RU_NEWS).format(city=city)
    about = f"Компания из города {city}, работает с {chance.randint(1993, 2020)} года."
    row = _firm_row(chance, name, domain, "Россия", city, kind, news, about)
    return Firm(
        True, row | {"TIN": f"{7700000000 + number * 7919:010d}", "Registration Number": f"{1027700000000 + number:013d}"}, domain
    )


def _firm_row(
    chance: random.Random, name: str, domain: str, country: str, city: str, kind: int, news: str, about: str
) -> dict[str, str]:
    return {
        "Company Name": name,
        "Website": chance.choice((f"https://www.{domain}/", f"http://{domain}", domain, f"www.{domain}")),
        "Country": country,
        "City": city,
        "Industry": INDUSTRIES[kind],
        "Employees": chance.choice(("12", "45", "80", "1,200", "260", "11-50", "")),
        "SME": chance.choice(("yes", "no", "")),
        "Phone": f"+44 20 7946 0{chance.randint(100, 999)}"
        if country != "Россия"
        else f"8 (800) 555-{chance.randint(10, 99)}-00",
        "Recent News": news,
        "Tech Stack": chance.choice(STACKS),
        "Description": about,
    }


def _latin(word: str) -> str:
    latin = "a b v g d e e zh z i y k l m n o p r s t u f h ts ch sh sch _ y _ e yu ya".split()
    letters = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", latin, strict=True))
    return "".join(letters.get(letter, letter) for letter in word.lower()).replace("_", "")


def company_records(chance: random.Random, firms: list[Firm]) -> list[list[str]]:
    """Turn the firms into rows and add repeats, gaps and one broken line."""
    rows = [dict(firm.row) for firm in firms]
    for firm in chance.sample(firms, 8):
        shouted = {"Company Name": f"  {firm.row['Company Name'].upper()} ", "Website": f"HTTP://{firm.domain.upper()}/about"}
        rows.append(firm.row | shouted | {"Phone": ""})
    for firm in chance.sample([f for f in firms if f.row["TIN"]], 3):
        rows.append(firm.row | {"TIN": f" {firm.row['TIN']} ", "Website": "", "Description": ""})
    rows.append(dict.fromkeys(COMPANY_COLUMNS, "") | {"Website": "nameless.example"})
    chance.shuffle(rows)
    records = [[row[column] for column in COMPANY_COLUMNS] for row in rows]
    records.insert(150, [*records[0], "a cell too many", "and another"])
    records.insert(200, [""] * len(COMPANY_COLUMNS))
    return records


def contact_records(chance: random.Random, firms: list[Firm]) -> list[list[str]]:
    """Invent the people, then add repeats, broken addresses and people who said no."""
    rows: list[list[str]] = []
    taken: set[str] = set()
    while len(rows) < CONTACTS:
        firm = chance.choice(firms)
        row = _russian_person(chance, firm) if firm.russian else _english_person(chance, firm)
        if row[2] not in taken:
            taken.add(row[2])
            rows.append(row)
    for row in chance.sample(rows, 10):
        row[10] = "да"
    for row in chance.sample(rows, 8):
        row[2] = ""
    broken = ("anna@", "no-at-sign.example", "two@@signs.example", "space in@name.example", "dot.@dots.example", "n/a")
    rows += [["Broken", "Address", address, "CTO", "", "", "", "", "", "", ""] for address in broken]
    rows += [[*row[:2], row[2].upper(), *row[3:6], "", *row[7:]] for row in chance.sample([r for r in rows if "." in r[2]], 12)]
    rows += [["Gift", "Shopper", "gift.shopper@gmail.com", "CTO", "", "", "", "United States", "Austin", "en", ""]]
    chance.shuffle(rows)
    return rows


def _english_person(chance: random.Random, firm: Firm) -> list[str]:
    first, last = chance.choice(EN_FIRST), chance.choice(EN_LAST)
    address = f"{first}.{last}".replace("'", "").lower() + f"@{firm.domain}"
    return _person(chance, firm, first, last, address, chance.choice(EN_TITLES), "en")


def _russian_person(chance: random.Random, firm: Firm) -> list[str]:
    (first, latin_first), (last, latin_last) = chance.choice(RU_FIRST), chance.choice(RU_LAST)
    ending = "а" if latin_first in RU_WOMEN else ""
    address = f"{latin_first[0]}.{latin_last}{'a' if ending else ''}@{firm.domain}"
    return _person(chance, firm, first, last + ending, address, chance.choice(RU_TITLES), "ru")


def _person(chance: random.Random, firm: Firm, first: str, last: str, address: str, title: str, language: str) -> list[str]:
    padded = f" {first} " if chance.random() < 0.04 else first
    phone = "" if chance.random() < 0.5 else firm.row["Phone"]
    site = firm.domain if chance.random() < 0.7 else ""
    name = firm.row["Company Name"]
    return [padded, last, address, title, name, site, phone, firm.row["Country"], firm.row["City"], language, ""]


def as_csv(columns: tuple[str, ...], records: list[list[str]], delimiter: str) -> str:
    """Write rows as CSV text with DOS line ends, as spreadsheets do."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(records)
    return buffer.getvalue()


def make() -> dict[str, bytes]:
    """Return the content of each file by its name."""
    chance = random.Random(SEED)  # noqa: S311 - a sample needs repeatable chance, not secrecy
    firms = make_firms(chance)
    companies = as_csv(COMPANY_COLUMNS, company_records(chance, firms), ",")
    contacts = as_csv(CONTACT_COLUMNS, contact_records(chance, firms), ";")
    return {"companies.csv": companies.encode("utf-8"), "contacts.csv": contacts.encode("cp1251")}


if __name__ == "__main__":
    for name, content in make().items():
        (Path(__file__).parent / name).write_bytes(content)
