"""The headers by which the columns of lists are known, in English and Russian, the surest first.

They are those of the exports of Apollo, HubSpot, Salesforce, Pipedrive, LinkedIn,
GoHighLevel, Crunchbase, Companies House and Russian registries, and what people call
columns themselves. In the form that ``header_key`` gives: small letters, no signs.
"""

from __future__ import annotations

COMPANY_SYNONYMS = {
    "name": """
        краткое наименование, сокращенное наименование, наименование краткое, наименование сокращенное, name,
        company, company name, organization, organisation, organization name, account name, account, legal name,
        full company name, название, наименование, компания, организация, название компании, наименование
        компании, наименование организации, полное наименование, наименование полное, название организации,
        наименование юл, наименование юридического лица, юридическое лицо, контрагент, клиент, фирма, предприятие,
        business name, firm, firm name,
        firma, unternehmen, firmenname, société, entreprise, empresa, azienda, name of company, employer,
        organization legal name, organisation name,
        entity name
    """,
    "website": """
        website, web site, site, url, web, homepage, home page, company website, website url, company url, сайт,
        веб сайт, сайт компании, адрес сайта, organization website, primary website, company homepage, website
        link, интернет сайт, официальный сайт, веб адрес, url сайта
    """,
    "domain": """
        domain, company domain, company domain name, domain name, домен, домен компании, email domain, website
        domain, primary domain
    """,
    "tin": """
        tin, tax id, tax number, taxpayer number, taxpayer identification number, vat, vat id, vat number, inn,
        инн, инн компании, налоговый номер, organization tin, инн организации, инн юл, инн
        налогоплательщика, tax code, fiscal code, ein, tax registration number
    """,
    "registration_number": """
        registration number, registration no, company number, registry code, reg number, reg no, company
        registration number, crn, ogrn, огрн, огрнип, огрн огрнип, регистрационный номер, рег номер, organization
        registration number, registered number, огрн организации, огрн юл, номер огрн, companies house number,
        siren, siret, kvk, registration code
    """,
    "country": """
        country, country name, hq country, company country, страна, company hq country, headquarters country,
        country region, billing country, reg address country, registered address country, organization country,
        country of origin, страна регистрации
    """,
    "state": """
        state, region, province, state region, county, регион, область, край, company state, hq state, billing
        state, billing state province, reg address county, organization state, субъект рф, регион регистрации,
        субъект федерации, наименование региона
    """,
    "city": """
        city, town, hq city, company city, headquarters, город, населённый пункт, billing city, reg address post
        town, post town, organization city, населенный пункт, город регистрации
    """,
    "address": """
        address, street, street address, full address, company address, legal address, адрес, юридический адрес,
        почтовый адрес, фактический адрес, company street, billing street, billing address, street address 1,
        address line 1, address1, reg address address line1, headquarters location, organization address, адрес
        организации, адрес места нахождения, место нахождения, адрес юридический
    """,
    "phone": """
        phone, phone number, telephone, tel, company phone, corporate phone, телефон, телефоны, номер телефона,
        primary phone, main phone, organization phone, phone 1, work phone, billing phone, контактный телефон,
        телефон организации, тел, номера телефонов
    """,
    "industry": """
        industry, sector industry, primary industry, company industry, vertical, отрасль, индустрия, сфера
        деятельности, вид деятельности, основной вид деятельности, industries, sector, organization industry,
        category, categories, siccode sic text 1, sic description, sic, naics description, nature of business,
        business type, оквэд, основной оквэд, код оквэд, вид деятельности оквэд, основной вид деятельности оквэд,
        наименование основного вида деятельности
    """,
    "employee_count": """
        employees, employee count, number of employees, no of employees, num employees, headcount, head count, staff,
        employees number, employee headcount, employee range, employees range, size of company, company
        size, size, сотрудники, число сотрудников, количество сотрудников, численность, штат, total employees,
        company headcount, employees count, organization number of employees, no employees, количество работников,
        среднесписочная численность, численность сотрудников, среднесписочная численность работников, число
        работников, кол во сотрудников, кол во работников, количество персонала, численность персонала, численность
        штата, штатная численность, численность работников, персонал, сотрудников, размер компании
    """,
    "revenue": """
        revenue, annual revenue, turnover, sales, выручка, оборот, годовой оборот, годовая выручка, estimated
        revenue range, estimated revenue, revenue range, organization annual revenue, company revenue, выручка тыс
        руб, выручка руб, доход, доходы
    """,
    "segment": "segment, customer segment, сегмент",
    "sme_registry": """
        sme registry, sme, is sme, smb registry, мсп, реестр мсп, субъект мсп, реестр мсп категория, категория
        мсп, в реестре мсп
    """,
    "status": """
        status, company status, статус, статус компании, operating status, account status, organization status,
        статус организации, состояние, статус юл
    """,
    "description": """
        description, about, summary, company description, short description, описание, о компании, деятельность,
        full description, about us, company overview, overview, organization description, информация о компании
    """,
    "language": "language, lang, locale, язык",
    "linkedin_url": """
        linkedin, linkedin url, company linkedin, company linkedin url, linkedin page, линкедин, linkedin company
        page, company linkedin page, linkedin company url, organization linkedin
    """,
    "do_not_contact": """
        do not contact, dnc, unsubscribed, opted out, blocked, не писать, не беспокоить, чёрный список, do not
        email, suppressed, dnd
    """,
}
CONTACT_SYNONYMS = {
    "email": """
        email, e mail, mail, email address, e mail address, work email, business email, corporate email, email 1,
        primary email, почта, эл почта, электронная почта, адрес электронной почты, емейл, емайл, имейл, рабочая
        почта, e mail адрес, person email work, person email, e mail 1, contact email, mail address, email work,
        email адрес, почта рабочая, e mail 1 value, emails, person email home, person email other, personal email,
        home email, secondary email, other email, email 2, additional emails, личная почта, courriel, correo,
        correo electronico, e mail adresse
    """,
    "first_name": """
        first name, firstname, given name, forename, имя, person first name, contact first name, fname, first,
        name first, vorname, prenom, nombre
    """,
    "last_name": """
        last name, lastname, surname, family name, second name, фамилия, person last name, contact last name,
        lname, last, name last, nachname, nom, apellido, apellidos
    """,
    "middle_name": """
        middle name, middlename, patronymic, middle initial, отчество, middle, second given name, отчество при
        наличии
    """,
    "full_name": """
        full name, fullname, name, contact name, contact, person, employee, фио, полное имя, контакт, контактное
        лицо, имя и фамилия, имя фамилия, фамилия имя отчество, фамилия и имя, фамилия имя, сотрудник, person name,
        lead name, display name,
        name of contact, customer name, ф и о, имя контакта, контактное лицо фио, фио контакта, фио руководителя,
        руководитель, имя клиента, клиент
    """,
    "position": """
        position, title, job title, role, job, job position, должность, роль, позиция, person job title, contact
        title, occupation, designation, job function title, headline, должность контакта, должность руководителя
    """,
    "phone": """
        work direct phone, person phone work, direct phone, direct dial, phone, phone number, telephone, tel, work
        phone, mobile phone, person phone mobile, mobile, cell, cell phone, телефон, мобильный, мобильный телефон,
        рабочий телефон, номер телефона, first phone, person phone, contact phone, phone 1, phone 1 value, mobile
        number, mobile phone number, primary phone, business phone, corporate phone, person phone home, home
        phone, person phone other, other phone, company phone, additional phones, телефон контакта, моб телефон,
        сотовый, сотовый телефон, тел, phone no, phone work, phone mobile
    """,
    "linkedin_url": """
        linkedin, linkedin url, person linkedin url, linkedin profile, profile url, linkedin profile url, contact
        linkedin url, url, профиль linkedin, линкедин, person linkedin, linkedin profile link, linkedin link,
        linkedin bio, contact linkedin, profile link, profile
    """,
    "country": """
        country, contact country, страна, country region, mailing country, person country, country name, страна
        контакта
    """,
    "city": "city, town, location, contact city, город, mailing city, person city, contact town, город контакта",
    "time_zone": "time zone, timezone, tz, часовой пояс",
    "language": "language, lang, locale, язык",
    "client_status": """
        client status, status, lead status, contact status, stage, lifecycle stage, статус, статус клиента, статус
        контакта, стадия, person label, contact stage, marketing status, person marketing status, lead stage
    """,
    "company_name": """
        company, company name, organization, organisation, organization name, account, account name, employer,
        current company, компания, организация, название компании, работодатель, место работы, person
        organization, organisation name, associated company, primary company, primary associated company name ids
        associated, business name, firm,
        firma, unternehmen, firmenname, société, entreprise, empresa, azienda, current employer, company name for
        emails, название организации,
        наименование организации, юридическое лицо, контрагент, фирма
    """,
    "company_domain": """
        company domain name, company domain, company website, organization website, website, domain, site, web
        site, company url, сайт, сайт компании, домен, домен компании, website url, primary website, web,
        homepage, account website, сайт организации, веб сайт
    """,
    "company_tin": """
        company tin, tin, inn, company tax id, tax id, company vat, инн, инн компании, organization tin, инн
        организации, tax number
    """,
    "do_not_contact": """
        do not contact, dnc, do not email, blocked, не писать, не беспокоить, не контактировать, чёрный список,
        dnd, do not disturb, suppressed, person do not contact
    """,
    "unsubscribed": """
        unsubscribed, unsubscribe, opted out, opt out, email opt out, has opted out of email, unsubscribed from
        all email, отписан, отписался, отписка, отказ от рассылки, unsubscribed from emails, email unsubscribed,
        global unsubscribe, marketing email unsubscribe, unsubscribed all
    """,
    "source": """
        source, lead source, contact source, origin, источник, источник контакта, original source, record source,
        person source
    """,
    "state": """
        state, region, province, state region, county, mailing state, mailing state province, state province,
        person state, регион, область, край
    """,
    "lawful_basis": "lawful basis, legal basis, gdpr basis, basis, правовое основание, основание обработки",
}
