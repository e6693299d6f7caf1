"""Writes the 50-row sample files beside it: the headers of each vendor's export, invented people at reserved domains.

Run with ``python tests/integration/intake/vendors/make.py``. Headers are those that the vendors' exports carry;
cells imitate how they write them, with the preambles, footers, empty columns and mixed alphabets of the originals.
"""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

HERE = Path(__file__).parent
ROWS = 50
OUT = 9
"""Who opted out."""
FIRST = "Anna John María Lars Chloé Omar Priya Sean Ingrid Paolo".split()
LAST = "Archer O'Neil García Svensson Dupont Haddad Sharma Murphy Berg Rossi".split()
RUSSIAN_FIRST = "Анна Иван Мария Пётр Елена Сергей Ольга Дмитрий Наталья Алексей".split()
RUSSIAN_MIDDLE = "Ивановна Петрович Сергеевна Ильич Андреевна Олегович Павловна Игоревич Юрьевна Львович".split()
RUSSIAN_LAST = "Петрова Сидоров Кузнецова Мицкевич Орлова Ким Белова Шевченко Римская-Корсакова Жуков".split()
TITLES = "CEO,VP Sales,Head of Marketing,Software Engineer,Account Executive,CFO,Office Manager,Founder,HR Director,Buyer".split(
    ","
)
PLACES = [
    ("Berlin", "", "Germany", "+49 30 9018"),
    ("Boston", "Massachusetts", "United States", "+1 617-555-"),
    ("Lyon", "", "France", "+33 4 72 10 "),
    ("Toronto", "Ontario", "Canada", "+1 416-555-"),
    ("London", "", "United Kingdom", "+44 20 7946 "),
]
FIRMS = "Northwind Trading,Blue Fjord AB,Quarry & Sons Ltd,Hafen GmbH,Lumen Labs Inc.,Étoile SARL,Pampa S.A.,Delta-9 LLC".split(
    ","
)
INDUSTRIES = "Computer Software,Financial Services,Hospital & Health Care,Wholesale,Construction".split(",")


def person(n: int, rng: random.Random) -> dict[str, object]:
    """Return everything a row can say."""
    firm, domain = f"{rng.choice(FIRMS)} {n}", f"firm{n}.{rng.choice(['example', 'test'])}"
    city, state, country, code = rng.choice(PLACES)
    email = f"person{n}@{domain}"
    return {
        "n": n, "first": rng.choice(FIRST), "last": rng.choice(LAST), "title": rng.choice(TITLES), "firm": firm, "domain": domain,
        "brand": firm.split()[0], "shouted": firm.upper(), "email": email, "rare_email": email if n % 3 == 0 else "",
        "city": city,
        "state": state, "country": country, "phone": f"{code}{n:04d}", "size": n * 7 + 1, "industry": rng.choice(INDUSTRIES),
        "inn": inn(n), "russian": f"{RUSSIAN_LAST[n % 10]} {RUSSIAN_FIRST[n % 10]} {RUSSIAN_MIDDLE[n % 10]}",
        "out_or_blank": "true" if n == OUT else "", "out_as_digit": "1" if n == OUT else "0",
        "out_as_word": str(n == OUT).lower(),
    }  # fmt: skip


def inn(n: int) -> str:
    """A tax number of ten digits with its check digit, in a range that is not given out."""
    digits = [int(c) for c in f"00{n:07d}"]
    check = sum(w * d for w, d in zip((2, 4, 10, 3, 5, 9, 4, 6, 8), digits, strict=True)) % 11 % 10
    return "".join(map(str, [*digits, check]))


Cells = dict[str, str]
"""Header → template of its cells."""

APOLLO_SHARED: Cells = {
    "Email Status": "Verified",
    "Seniority": "Head",
    "Departments": "Sales",
    "Contact Owner": "owner@sender.example",
    "Work Direct Phone": "",
    "Home Phone": "",
    "Mobile Phone": "",
    "Corporate Phone": "'{phone}",
    "Other Phone": "",
    "Stage": "Cold",
    "Lists": "Q3",
    "Last Contacted": "",
    "Account Owner": "owner@sender.example",
    "# Employees": "{size}",
    "Industry": "{industry}",
    "Keywords": "saas, b2b",
    "Person Linkedin Url": "http://www.linkedin.com/in/person-{n}",
    "Website": "http://www.{domain}",
    "Company Linkedin Url": "http://www.linkedin.com/company/firm-{n}",
    "Facebook Url": "",
    "Twitter Url": "",
    "City": "{city}",
    "State": "{state}",
    "Country": "{country}",
    "Company Address": "{n} Main St",
    "Company City": "{city}",
    "Company State": "{state}",
    "Company Country": "{country}",
    "Company Phone": "{phone}",
    "Technologies": "Salesforce, HubSpot",
    "Annual Revenue": "{size}00000",
    "Total Funding": "",
    "Email Sent": "false",
    "Apollo Contact Id": "6{n:023x}",
    "Apollo Account Id": "5{n:023x}",
}
CONTACTS: dict[str, Cells] = {
    "apollo_old": {
        "First Name": "{first}",
        "Last Name": "{last}",
        "Title": "{title}",
        "Company": "{firm}",
        "Company Name for Emails": "{brand}",
        "Email": "{email}",
        **APOLLO_SHARED,
    },
    "apollo_new": {
        "First Name": "{first}",
        "Last Name": "{last}",
        "Title": "{title}",
        "Company Name": "{firm}",
        "Company Name for Emails": "{brand}",
        "Email": "{email}",
        "Primary Email Source": "Apollo",
        "Primary Email Verification Source": "Apollo",
        "Email Confidence": "",
        "Primary Email Catch-all Status": "Not Catch-all",
        "Primary Email Last Verified At": "2026-05-01T00:00:00+00:00",
        "Sub Departments": "",
        "Do Not Call": "False",
        **APOLLO_SHARED,
        "Subsidiary of": "",
        "Secondary Email": "",
        "Secondary Email Source": "",
        "Tertiary Email": "",
        "Qualify Contact": "",
    },
    "hubspot_contacts": {
        "Record ID": "9{n:03d}",
        "First Name": "{first}",
        "Last Name": "{last}",
        "Email": "{email}",
        "Phone Number": "{phone}",
        "Contact owner": "Sam Sender (sam@sender.example)",
        "Lead Status": "Open",
        "Favorite Content Topics": "",
        "Preferred channels": "",
        "Create Date": "2026-03-12 09:14",
        "Last Activity Date": "",
        "Job Title": "{title}",
        "Company Name": "{firm}",
        "Website URL": "{domain}",
        "City": "{city}",
        "State/Region": "{state}",
        "Country/Region": "{country}",
        "Lifecycle Stage": "Lead",
        "LinkedIn URL": "linkedin.com/in/person-{n}",
        "Unsubscribed from all email": "{out_or_blank}",
        "Associated Company IDs": "5{n:03d}",
    },
    "salesforce_report": {
        "Salutation": "Ms.",
        "First Name": "{first}",
        "Last Name": "{last}",
        "Title": "{title}",
        "Account Name": "{firm}",
        "Mailing Street": "{n} Main St\nFloor 2",
        "Mailing City": "{city}",
        "Mailing State/Province": "{state}",
        "Mailing Zip/Postal Code": "0{n:04d}",
        "Mailing Country": "{country}",
        "Phone": "{phone}",
        "Fax": "",
        "Mobile": "",
        "Email": "{email}",
        "Website": "www.{domain}",
        "Account Owner": "Sam Sender",
        "Email Opt Out": "{out_as_digit}",
        "Lead Source": "Fair",
    },
    "pipedrive_persons": {
        "Person - ID": "{n}",
        "Person - Name": "{first} {last}",
        "Person - Label": "Warm lead",
        "Person - Organization": "{firm}",
        "Person - Email - Work": "{email}",
        "Person - Email - Home": "",
        "Person - Email - Other": "",
        "Person - Phone - Work": "",
        "Person - Phone - Home": "",
        "Person - Phone - Mobile": "{phone}",
        "Person - Phone - Other": "",
        "Person - Job title": "{title}",
        "Person - Owner": "Sam Sender",
        "Person - Person created": "2026-03-12 09:14:00",
        "Organization - Website": "https://{domain}",
        "Person - Closed deals": "0",
    },
    "linkedin_connections": {
        "First Name": "{first}",
        "Last Name": "{last}",
        "URL": "https://www.linkedin.com/in/person-{n}",
        "Email Address": "{rare_email}",
        "Company": "{firm}",
        "Position": "{title}",
        "Connected On": "01 Jan 2026",
    },
    "gohighlevel_contacts": {
        "Contact Id": "ghl{n:017d}",
        "First Name": "{first}",
        "Last Name": "{last}",
        "Business Name": "{firm}",
        "Company Name": "",
        "Phone": "{phone}",
        "Email": "{email}",
        "Created": "Mar 12 2026 09:14 AM",
        "Last Activity": "",
        "Tags": "fair, warm",
        "Additional Emails": "",
        "Additional Phones": "",
        "Website": "https://{domain}",
        "Timezone": "Europe/Berlin",
        "DND": "{out_as_word}",
        "Source": "form",
    },
    "unknown_german": {
        "Lfd. Nr.": "{n}",
        "Ansprechpartner": "Frau",
        "Vorname": "{first}",
        "Nachname": "{last}",
        "Firma": "{firm}",
        "": "{email}",
        "Durchwahl": "{phone}",
        "Netz": "www.{domain}",
        "Staat": "{country}",
    },
    "unknown_russian": {
        "№": "{n}",
        "ФИО контакта": "{russian}",
        "Должность": "Коммерческий директор",
        "Наименование организации": "ООО «Ромашка {n}»",
        "Почта": "{email}",
        "Телефон(ы)": "8 (343) 123-{n:02d}-67",
        "Сайт": "{domain}",
        "Страна": "Россия",
        "Город": "Екатеринбург",
        "Комментарий менеджера": "перезвонить",
    },
}
COMPANIES: dict[str, Cells] = {
    "apollo_accounts": {
        "Company": "{firm}",
        "Company Name for Emails": "{firm}",
        "Account Stage": "Cold",
        "Lists": "Q3",
        "# Employees": "{size}",
        "Industry": "{industry}",
        "Account Owner": "owner@sender.example",
        "Website": "http://www.{domain}",
        "Company Linkedin Url": "http://www.linkedin.com/company/firm-{n}",
        "Facebook Url": "",
        "Twitter Url": "",
        "Company Street": "{n} Main St",
        "Company City": "{city}",
        "Company State": "{state}",
        "Company Country": "{country}",
        "Company Postal Code": "0{n:04d}",
        "Company Phone": "'{phone}",
        "Annual Revenue": "{size}00000",
        "Short Description": "Makes things.",
        "Apollo Account Id": "5{n:023x}",
    },
    "hubspot_companies": {
        "Record ID": "5{n:03d}",
        "Company name": "{firm}",
        "Company owner": "Sam Sender",
        "Create Date": "2026-03-12 09:14",
        "Phone Number": "{phone}",
        "Last Activity Date": "",
        "City": "{city}",
        "State/Region": "{state}",
        "Country/Region": "{country}",
        "Industry": "COMPUTER_SOFTWARE",
        "Company Domain Name": "{domain}",
        "Website URL": "{domain}",
        "Number of Employees": "{size}",
        "Annual Revenue": "{size}00000",
        "LinkedIn Company Page": "https://www.linkedin.com/company/firm-{n}",
        "Lifecycle Stage": "Lead",
    },
    "crunchbase": {
        "Organization Name": "{firm}",
        "Organization Name URL": "https://www.crunchbase.com/organization/firm-{n}",
        "Industries": "Software, SaaS",
        "Headquarters Location": "{city}, {country}",
        "Description": "Makes things.",
        "CB Rank (Company)": "{n},{n:03d}",
        "Founded Date": "2019-01-01",
        "Operating Status": "Active",
        "Website": "https://www.{domain}/",
        "LinkedIn": "https://www.linkedin.com/company/firm-{n}",
        "Phone Number": "{phone}",
        "Contact Email": "info@{domain}",
        "Number of Employees": "11-50",
        "Estimated Revenue Range": "$1M to $10M",
        "Total Funding Amount (in USD)": "1000000",
        "Full Description": "",
    },
    "companies_house": {
        "CompanyName": "{shouted} LIMITED",
        " CompanyNumber": "0{n:07d}",
        "RegAddress.CareOf": "",
        "RegAddress.POBox": "",
        "RegAddress.AddressLine1": "{n} HIGH STREET",
        " RegAddress.AddressLine2": "",
        "RegAddress.PostTown": "LONDON",
        "RegAddress.County": "",
        "RegAddress.Country": "ENGLAND",
        "RegAddress.PostCode": "AB1 2CD",
        "CompanyCategory": "Private Limited Company",
        "CompanyStatus": "Active",
        "CountryOfOrigin": "United Kingdom",
        "DissolutionDate": "",
        "IncorporationDate": "11/09/2012",
        "SICCode.SicText_1": "62020 - Information technology consultancy activities",
        "SICCode.SicText_2": "",
        "URI": "http://business.data.gov.uk/id/company/0{n:07d}",
        "PreviousName_1.CONDATE": "",
        " PreviousName_1.CompanyName": "",
        "ConfStmtNextDueDate": "25/09/2026",
    },
    "egrul_registry": {
        "ИНН": "{inn}",
        "КПП": "770101001",
        "ОГРН": "10277{n:08d}",
        "Полное наименование": "ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ «РОМАШКА {n}»",
        "Краткое наименование": "ООО «РОМАШКА {n}»",
        "Дата регистрации": "12.03.2019",
        "Статус": "Действующая",
        "Юридический адрес": "620000, г. Екатеринбург, ул. Ленина, д. {n}",
        "Регион": "Свердловская область",
        "Основной вид деятельности (ОКВЭД)": "62.01 Разработка компьютерного ПО",
        "Руководитель": "{russian}",
        "Телефон": "8 (343) 123-{n:02d}-67",
        "E-mail": "info@{domain}",
        "Сайт": "{domain}",
        "Среднесписочная численность": "{size}",
        "Выручка, тыс. руб.": "{size}000",
        "Реестр МСП": "да",
    },
}
BEFORE = {
    "linkedin_connections": 'Notes:\n"When exporting your connection data, some of the email addresses may be missing. '
    'You will only see email addresses for connections who have allowed it."\n\n',
}
AFTER = {
    "salesforce_report": '\n\n"New Contacts Report"\n"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'
    '"Confidential Information - Do Not Distribute"\n"Generated By:  Sam Sender  12/03/2026 09:14"\n"Sender Ltd"\n',
}
RUSSIAN = {"unknown_russian", "egrul_registry"}


def text_of(name: str, cells: Cells) -> str:
    """Return the text of one file."""
    rng = random.Random(name)
    out = io.StringIO()
    out.write(BEFORE.get(name, ""))
    writer = csv.writer(out, delimiter=";" if name in RUSSIAN else ",", lineterminator="\n")
    writer.writerow(cells)
    for n in range(1, ROWS + 1):
        someone = person(n, rng)
        writer.writerow([template.format_map(someone) for template in cells.values()])
    out.write(AFTER.get(name, ""))
    return out.getvalue()


def main() -> None:
    """Write every file."""
    for name, cells in {**CONTACTS, **COMPANIES}.items():
        encoding = "cp1251" if name in RUSSIAN else "utf-8"
        (HERE / f"{name}.csv").write_text(text_of(name, cells), encoding=encoding)


if __name__ == "__main__":
    main()
