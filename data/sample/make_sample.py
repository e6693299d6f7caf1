"""Make ``companies.csv`` and ``contacts.csv``: invented people, believable dirt.

    python data/sample/make_sample.py [FOLDER]

Same seed, same bytes. All domains end in .example or .test (RFC 2606), so that no
mail can reach anybody. ``companies.csv`` is UTF-8 with commas; ``contacts.csv`` is
Windows-1251 with semicolons, as a Russian Excel saves it.
"""

from __future__ import annotations

import csv
import io
import random
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import words as w

SEED = 20261
ENGLISH, RUSSIAN = 154, 126
COMPANY_HEADER = (
    "Company", "Website", "TIN", "Registration number", "Country", "City", "Industry", "Employees", "Revenue", "SME registry",
    "Description", "Recent news", "Tech stack",
)  # fmt: skip
CONTACT_HEADER = (
    "Имя", "Фамилия", "E-mail", "Должность", "Компания", "Сайт компании", "Телефон", "Город", "LinkedIn", "Статус клиента",
    "Отписан", "Комментарий",
)  # fmt: skip


@dataclass(frozen=True)
class Company:
    """A company as the sample knows it before dirt is added."""

    cells: tuple[str, ...]
    name: str
    domain: str
    city: str
    russian: bool


def english_company(rng: random.Random, number: int) -> Company:
    """Invent a company that writes English."""
    first, second = w.EN_FIRST[number % len(w.EN_FIRST)], w.EN_SECOND[number * 7 % len(w.EN_SECOND)]
    industry = pick_industry(rng, tuple(w.EN_INDUSTRIES))
    tail = rng.choice(w.EN_INDUSTRIES[industry])
    country, city = rng.choice(w.EN_PLACES)
    name = f"{first}{second} {tail}"
    domain = f"{first}{second}-{tail}.{'example' if number % 3 else 'test'}".lower()
    staff = rng.choice((8, 14, 25, 40, 60, 85, 120, 180, 260, 400, 750, 1200))
    about = f"{name} is a {industry.lower()} company in {city} with {staff} people."
    cells = (
        f"{name} {rng.choice(('Ltd', 'LLC', 'Inc.', ''))}".strip(),
        rng.choice(("https://www.{}/", "http://{}", "{}")).format(domain),
        "", f"S{number:07d}", country, city, industry, str(staff), f"{staff * rng.randint(60, 160)} k", "", about,
        rng.choice(w.EN_NEWS[industry]), rng.choice(w.EN_STACK),
    )  # fmt: skip
    return Company(cells, name, domain, city, russian=False)


def russian_company(rng: random.Random, number: int) -> Company:
    """Invent a company that writes Russian."""
    (first, first_latin), (second, second_latin) = w.RU_FIRST[number % len(w.RU_FIRST)], w.RU_SECOND[number % len(w.RU_SECOND)]
    industry = pick_industry(rng, tuple(w.RU_INDUSTRIES))
    city = rng.choice(w.RU_PLACES)
    name = f"{first} {second}"
    domain = f"{first_latin}-{second_latin}.{'example' if number % 2 else 'test'}"
    staff = rng.choice((9, 15, 30, 45, 70, 95, 150, 220, 320, 500, 900, 1500))
    shown = f"{staff:,}".replace(",", " ")
    cells = (
        f"{rng.choice(('ООО', 'АО', 'ООО'))} «{name}»", rng.choice(("https://{}", "www.{}", "{}")).format(domain),
        f"00{number * 7919 % 10**8:08d}", f"00{number * 104729 % 10**11:011d}", "Россия", city, industry, shown,
        f"{staff * rng.randint(2, 6)} млн", "да" if staff <= 250 else "нет",
        f"Компания «{name}» {w.RU_INDUSTRIES[industry]}. {city}, {staff} сотрудников.", rng.choice(w.RU_NEWS[industry]),
        rng.choice(w.RU_STACK),
    )  # fmt: skip
    return Company(cells, name, domain, city, russian=True)


def pick_industry(rng: random.Random, industries: tuple[str, ...]) -> str:
    """Choose an industry; the last, which nobody sells to, seldom."""
    return industries[-1] if rng.random() < 0.07 else rng.choice(industries[:-1])


def company_rows(rng: random.Random, companies: list[Company]) -> list[list[str]]:
    """Return the rows of the company file: all companies, twelve again in another spelling, and dirt."""
    rows = [list(company.cells) for company in companies]
    for company in rng.sample([c for c in companies if not c.russian], 6):
        again = list(company.cells)
        again[0], again[1], again[3] = company.name.upper(), f"HTTPS://WWW.{company.domain.upper()}/about-us?ref=list", ""
        rows.append(again)
    for company in rng.sample([c for c in companies if c.russian], 6):
        again = list(company.cells)
        again[1], again[2], again[3] = "", f" {again[2][:4]} {again[2][4:]} ", ""
        rows.append(again)
    for row in rng.sample(rows, 8):
        row[0], row[5] = f"  {row[0]} ", f"{row[5]}  "
    for row in rng.sample(rows, 6):
        row[10] = row[10].replace(". ", ".\n", 1) + '\nSecond line, with "quotes".'
    for row in rng.sample(rows, 5):
        row[7] = rng.choice(("50-100", "n/a", "около 200", "1,200", "11–50"))
    rng.shuffle(rows)
    rows.insert(90, ["", "https://nameless.example", *[""] * 11])
    rows.insert(200, ["Ragged Row Freight", "ragged-row.example", "", "", "Ireland", "Cork, County Cork", "Logistics"])
    return rows


def person(rng: random.Random, company: Company) -> list[str]:
    """Invent somebody who works at ``company``."""
    sex = rng.choice("fm")
    if company.russian:
        (first, first_latin), (last, last_latin) = rng.choice(w.RU_NAMES[sex]), rng.choice(w.RU_SURNAMES)
        last, last_latin = (last + "а", last_latin + "a") if sex == "f" else (last, last_latin)
        position, phone = (
            rng.choice(w.RU_POSITIONS),
            f"+7 000 {rng.randint(100, 999)}-{rng.randint(10, 99)}-{rng.randint(10, 99)}",
        )
        note = rng.choice(("", "", "познакомились на выставке", "просил написать после отпуска"))
    else:
        first, last = rng.choice(w.EN_NAMES[sex]), rng.choice(w.EN_SURNAMES)
        first_latin, last_latin = first.lower(), last.lower().replace("'", "")
        position, phone = rng.choice(w.EN_POSITIONS), f"+44 7700 900{rng.randint(100, 999)}"
        note = rng.choice(("", "", "met at the spring fair", "asked for a price list last year"))
    address = rng.choice(("{f}.{l}@{d}", "{i}{l}@{d}", "{f}@{d}", "{f}_{l}@{d}"))
    email = address.format(f=first_latin, l=last_latin, i=first_latin[0], d=company.domain)
    site = company.domain if rng.random() < 0.6 else ""
    profile = f"https://www.linkedin.com/in/{first_latin}-{last_latin}-{rng.randint(1000, 9999)}" if rng.random() < 0.5 else ""
    return [first, last, email, position, company.name, site, phone, company.city, profile, "lead", "", note]


def people(rng: random.Random, companies: list[Company], count: int) -> list[list[str]]:
    """Invent ``count`` people with different addresses, about two a company."""
    seen: set[str] = set()
    rows: list[list[str]] = []
    while len(rows) < count:
        row = person(rng, companies[len(rows) % len(companies)])
        if row[2] not in seen:
            seen.add(row[2])
            rows.append(row)
    return rows


def contact_rows(rng: random.Random, companies: list[Company]) -> list[list[str]]:
    """Return the rows of the contact file: 570 people, eighteen of them twice, and dirt."""
    rows = people(rng, companies, 570)
    rng.shuffle(rows)
    for row in rows[:24]:
        row[2] = ""
    broken = ("{l}", "{l}@", "@{d}", "{l} at {d}", "{l}@@{d}", "{l}..x@{d}", "{l}@{d},", "{l}@localhost")
    for row in rows[24:40]:
        local, _, domain = row[2].partition("@")
        row[2] = rng.choice(broken).format(l=local, d=domain)
    for row in rows[40:52]:
        row[10] = "да"
    for row in rows[52:58]:
        row[9] = "do not contact"
    for row in rows[58:70]:
        row[2] = f"{rng.choice(('info', 'sales', 'office'))}-{row[2]}"
    for row in rows[70:90]:
        row[0], row[1] = (row[0].upper(), row[1].upper()) if rng.random() < 0.5 else (row[0].lower(), row[1].lower())
    for row in rows[90:110]:
        row[2], row[4] = f" {row[2].title()} ", f"{row[4]}  "
    for row in rows[110:116]:
        row[11] = "first line\nsecond line; with a semicolon"
    twice = [list(row) for row in rng.sample(rows[120:], 18)]
    for row in twice:
        row[2], row[3], row[6] = row[2].upper(), "", ""
    rows += [*twice, ["Ragged", "Row", "ragged.row@ragged-row.example", "Dispatcher"], [""] * 12]
    rows += [["Общий", "Ящик", f"{name}@vneshny.example", "", "", "", "", "", "", "", "", ""] for name in ("info", "sales", "hr")]
    tail = rows[116:]
    rng.shuffle(tail)
    return rows[:116] + tail


def written(header: tuple[str, ...], rows: list[list[str]], delimiter: str, encoding: str) -> bytes:
    """Return the bytes of a CSV file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n" if delimiter == ";" else "\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def make() -> dict[str, bytes]:
    """Return the sample's files by name."""
    rng = random.Random(SEED)  # noqa: S311 - not a secret
    companies = [english_company(rng, n) for n in range(1, ENGLISH + 1)]
    companies += [russian_company(rng, n) for n in range(1, RUSSIAN + 1)]
    rng.shuffle(companies)
    return {
        "companies.csv": written(COMPANY_HEADER, company_rows(rng, companies), ",", "utf-8"),
        "contacts.csv": written(CONTACT_HEADER, contact_rows(rng, companies), ";", "cp1251"),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, data in make().items():
        (folder / name).write_bytes(data)
