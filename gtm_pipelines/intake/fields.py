"""Which fields a file of companies or contacts can fill, and the headers they go by."""

from __future__ import annotations

import re

from gtm_pipelines.intake.model import Kind

COMPANY_SYNONYMS = {
    "name": "name, company, company name, organization, organisation, organization name, account name, account, legal name,"
    " full company name, название, наименование, компания, организация, название компании, наименование компании,"
    " наименование организации, полное наименование, краткое наименование",
    "website": "website, web site, site, url, web, homepage, home page, company website, website url, company url, сайт,"
    " веб сайт, сайт компании, адрес сайта",
    "domain": "domain, company domain, company domain name, domain name, домен, домен компании",
    "tin": "tin, tax id, tax number, taxpayer number, taxpayer identification number, vat, vat id, vat number, inn, инн,"
    " инн компании, налоговый номер",
    "registration_number": "registration number, registration no, company number, registry code, reg number, reg no,"
    " company registration number, crn, ogrn, огрн, огрнип, огрн огрнип, регистрационный номер, рег номер",
    "country": "country, country name, hq country, company country, страна",
    "state": "state, region, province, state region, county, регион, область, край",
    "city": "city, town, hq city, company city, headquarters, город, населённый пункт",
    "address": "address, street, street address, full address, company address, legal address, адрес, юридический адрес,"
    " почтовый адрес, фактический адрес",
    "phone": "phone, phone number, telephone, tel, company phone, corporate phone, телефон, телефоны, номер телефона",
    "industry": "industry, sector industry, primary industry, company industry, vertical, отрасль, индустрия, сфера деятельности,"
    " вид деятельности, основной вид деятельности",
    "employee_count": "employees, employee count, number of employees, no of employees, num employees, headcount, staff,"
    " company size, size, сотрудники, число сотрудников, количество сотрудников, численность, штат",
    "revenue": "revenue, annual revenue, turnover, sales, выручка, оборот, годовой оборот, годовая выручка",
    "segment": "segment, customer segment, сегмент",
    "sme_registry": "sme registry, sme, is sme, smb registry, мсп, реестр мсп, субъект мсп",
    "status": "status, company status, статус, статус компании",
    "description": "description, about, summary, company description, short description, описание, о компании, деятельность",
    "language": "language, lang, locale, язык",
    "linkedin_url": "linkedin, linkedin url, company linkedin, company linkedin url, linkedin page, линкедин",
    "do_not_contact": "do not contact, dnc, unsubscribed, opted out, blocked, не писать, не беспокоить, чёрный список",
}
CONTACT_SYNONYMS = {
    "email": "email, e mail, mail, email address, e mail address, work email, business email, corporate email, email 1,"
    " primary email, почта, эл почта, электронная почта, адрес электронной почты, емейл, емайл, имейл, рабочая почта,"
    " e mail адрес",
    "first_name": "first name, firstname, given name, forename, имя",
    "last_name": "last name, lastname, surname, family name, second name, фамилия",
    "middle_name": "middle name, middlename, patronymic, middle initial, отчество",
    "full_name": "full name, fullname, name, contact name, contact, person, employee, фио, полное имя, контакт, контактное лицо,"
    " имя и фамилия, имя фамилия, фамилия имя отчество, сотрудник",
    "position": "position, title, job title, role, job, job position, должность, роль, позиция",
    "phone": "phone, phone number, telephone, tel, mobile, mobile phone, work phone, work direct phone, direct phone, телефон,"
    " мобильный, мобильный телефон, рабочий телефон, номер телефона",
    "linkedin_url": "linkedin, linkedin url, person linkedin url, linkedin profile, profile url, linkedin profile url,"
    " contact linkedin url, url, профиль linkedin, линкедин",
    "country": "country, contact country, страна",
    "city": "city, town, location, contact city, город",
    "time_zone": "time zone, timezone, tz, часовой пояс",
    "language": "language, lang, locale, язык",
    "client_status": "client status, status, lead status, contact status, stage, lifecycle stage, статус, статус клиента,"
    " статус контакта, стадия",
    "company_name": "company, company name, organization, organisation, organization name, account, account name, employer,"
    " current company, компания, организация, название компании, работодатель, место работы",
    "company_domain": "company website, company domain, website, domain, site, web site, company domain name, company url,"
    " сайт, сайт компании, домен, домен компании",
    "company_tin": "company tin, tin, inn, company tax id, tax id, company vat, инн, инн компании",
    "do_not_contact": "do not contact, dnc, do not email, blocked, не писать, не беспокоить, не контактировать, чёрный список",
    "unsubscribed": "unsubscribed, unsubscribe, opted out, opt out, email opt out, has opted out of email,"
    " unsubscribed from all email, отписан, отписался, отписка, отказ от рассылки",
    "source": "source, lead source, contact source, origin, источник, источник контакта",
    "lawful_basis": "lawful basis, legal basis, gdpr basis, basis, правовое основание, основание обработки",
}
_NEEDED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "company": (("name", "website", "domain"),),
    "contact": (("email", "linkedin_url", "full_name", "last_name"),),
}
_NOT_LETTERS = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-zа-я])(?=[A-ZА-Я])")


def synonyms(kind: Kind) -> dict[str, str]:
    """Return header → field, headers in the form that ``header_key`` gives."""
    table = COMPANY_SYNONYMS if kind == "company" else CONTACT_SYNONYMS
    return {header_key(name): field for field, names in table.items() for name in (field, *names.split(","))}


def fields(kind: Kind) -> tuple[str, ...]:
    """Return every field that a column of this kind of file can fill."""
    return tuple(COMPANY_SYNONYMS if kind == "company" else CONTACT_SYNONYMS)


def needed(kind: Kind) -> tuple[tuple[str, ...], ...]:
    """Return sets of fields; a file must have at least one of each."""
    return _NEEDED[kind]


def field_of(known: dict[str, str], header: str) -> str | None:
    """Return the field that ``known`` has for a header, written as it is or in camel case."""
    return known.get(header_key(header)) or known.get(header_key(header.lower()))


def header_key(header: str) -> str:
    """Return a header in the form in which headers are compared: small letters, single spaces, no signs."""
    return _NOT_LETTERS.sub(" ", _CAMEL.sub(" ", header)).strip().lower().replace("ё", "е")


def attribute_key(header: str) -> str:
    """Return the name under which an unmapped column is kept: ``Recent news`` becomes ``recent_news``."""
    return header_key(header).replace(" ", "_") or "column"
