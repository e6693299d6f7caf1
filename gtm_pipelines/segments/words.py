"""Fields and operators in words, in English and in Russian."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from gtm_pipelines.segments.fields import FilterField

Language = Literal["en", "ru"]

_ENGLISH = {
    "last_outreach_at": "last outreach",
    "last_reply_class": "last reply",
    "sme_registry": "SME registry",
    "created_at": "date added",
    "updated_at": "date changed",
    "linkedin_url": "LinkedIn page",
    "employee_count": "size in employees",
    "session_key": "import session",
    "batch_id": "import batch",
    "tin": "TIN",
    "phone_e164": "phone in full",
    "function": "job function",
    "file": "imported file",
    "batch": "any import batch",
    "at": "last import",
    "campaign": "campaign",
    "sent_campaign": "campaign written from",
    "active_campaign": "open campaign",
    "sent_at": "last message",
    "replied_at": "last answer",
    "reply": "any reply",
    "event": "any mail event",
    "bounced": "bounced before",
    "unsubscribed": "asked not to be written to",
    "suppressed": "on the suppression list",
}
_RUSSIAN = {
    "full_name": "полное имя", "first_name": "имя", "middle_name": "отчество", "last_name": "фамилия", "position": "должность",
    "function": "функция", "seniority": "уровень", "email": "адрес почты", "email_domain": "домен почты", "phone": "телефон",
    "phone_e164": "телефон полностью", "linkedin_url": "страница LinkedIn", "company_name": "название компании",
    "country": "страна", "country_code": "код страны", "state": "регион", "city": "город", "address": "адрес",
    "time_zone": "часовой пояс", "language": "язык", "client_status": "статус клиента", "campaign_status": "статус в кампаниях",
    "last_reply_class": "последний ответ", "source": "источник", "lawful_basis": "правовое основание",
    "session_key": "сеанс импорта", "batch_id": "партия импорта", "do_not_contact": "не писать",
    "last_outreach_at": "последнее обращение", "created_at": "дата добавления", "updated_at": "дата изменения",
    "tags": "метки", "file": "файл импорта", "batch": "любая партия импорта", "at": "последний импорт", "name": "название",
    "legal_form": "правовая форма", "domain": "домен", "website": "сайт", "tin": "ИНН", "registration_number": "ОГРН",
    "industry": "отрасль", "industry_code": "код отрасли", "revenue": "выручка", "segment": "сегмент", "status": "статус",
    "description": "описание", "employee_count": "число сотрудников", "sme_registry": "реестр МСП", "campaign": "кампания",
    "sent_campaign": "кампания с письмом", "active_campaign": "открытая кампания", "sent_at": "последнее письмо",
    "replied_at": "последний отклик", "reply": "любой ответ", "event": "любое событие почты", "bounced": "письмо не дошло",
    "unsubscribed": "просьба не писать", "suppressed": "в списке исключений",
}  # fmt: skip
_PARTS = {
    "en": {"confidence": "confidence of", "retrieved_at": "date of", "source": "source of"},
    "ru": {"confidence": "уверенность:", "retrieved_at": "дата:", "source": "источник:"},
}
OPERATORS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "eq": "is", "ne": "is not", "gt": "is more than", "gte": "is at least", "lt": "is less than", "lte": "is at most",
        "contains": "contains", "not_contains": "does not contain", "starts_with": "starts with", "ends_with": "ends with",
        "word": "has the word", "has": "has", "has_not": "has not", "before": "is before", "after": "is after", "on": "is on",
        "in": "is one of", "not_in": "is none of", "between": "is between", "is_empty": "is empty", "is_not_empty": "is known",
        "within_days": "is within the last {} days", "older_than_days": "is not within the last {} days",
        "set": "is set", "not_set": "is not set", "and": "and", "or": "or", "not": "not", "more": "and {} more",
        "contact": "Contacts", "company": "Companies", "all": "All", "whose": "whose", "but": "but not those whose",
    },
    "ru": {
        "eq": "равно", "ne": "не равно", "gt": "больше", "gte": "не меньше", "lt": "меньше", "lte": "не больше",
        "contains": "содержит", "not_contains": "не содержит", "starts_with": "начинается с", "ends_with": "кончается на",
        "word": "содержит слово", "has": "есть", "has_not": "нет", "before": "раньше", "after": "позже", "on": "в день",
        "in": "одно из", "not_in": "ни одно из", "between": "между", "is_empty": "не заполнено", "is_not_empty": "заполнено",
        "within_days": "за последние {} дн.", "older_than_days": "не за последние {} дн.",
        "set": "да", "not_set": "нет", "and": "и", "or": "или", "not": "не", "more": "и ещё {}",
        "contact": "Контакты", "company": "Компании", "all": "Все", "whose": "у которых", "but": "кроме тех, у кого",
    },
}  # fmt: skip
GROUPS = {
    "person": ("full_name", "first_name", "middle_name", "last_name", "position", "function", "seniority", "language"),
    "reach": ("email", "email_domain", "phone", "phone_e164", "linkedin_url"),
    "place": ("country", "country_code", "state", "city", "address", "time_zone"),
    "origin": ("source", "lawful_basis", "session_key", "batch_id", "created_at", "updated_at"),
}


def label(field: FilterField, language: Language = "en") -> str:
    """Return a field's name in a sentence."""
    own = field.source in ("attribute", "fact")
    if own:
        name = f"{'attribute' if field.source == 'attribute' else 'fact'} '{field.key}'"
        if language == "ru":
            name = f"{'признак' if field.source == 'attribute' else 'факт'} «{field.key}»"
        if field.part != "value":
            name = f"{_PARTS[language][field.part]} {name}"
    elif language == "ru":
        name = _RUSSIAN[field.key]
    else:
        name = _ENGLISH.get(field.key, field.key.replace("_", " "))
    if field.table != "company":
        return name
    return f"{name} компании" if language == "ru" else f"company {name}"


def group(field: FilterField) -> str:
    """Return the heading under which a field is offered."""
    if field.table == "history":
        return "History"
    owner = "Company" if field.table == "company" else "Contact"
    if field.source in ("attribute", "fact", "tags"):
        return f"{owner}: {'facts' if field.source == 'fact' else 'tags' if field.source == 'tags' else 'attributes'}"
    if field.source == "import" or field.key in GROUPS["origin"]:
        return f"{owner}: origin"
    if field.key in GROUPS["place"]:
        return f"{owner}: place"
    return f"{owner}: address and phone" if field.key in GROUPS["reach"] else owner
