"""Names of fields as a profile writes them, in English and in Russian."""

from __future__ import annotations

ENGLISH = {
    "legal_form": "Legal form", "employee_count": "Employees", "sme_registry": "SME registry", "company_name": "Company",
    "client_status": "Client status", "last_reply_class": "Last reply",
}  # fmt: skip
RUSSIAN = {
    "name": "Название", "legal_form": "Правовая форма", "domain": "Домен", "industry": "Отрасль", "city": "Город",
    "state": "Регион", "country": "Страна", "employee_count": "Сотрудников", "revenue": "Выручка", "description": "Описание",
    "status": "Статус", "segment": "Сегмент", "position": "Должность", "company_name": "Компания", "function": "Функция",
    "seniority": "Уровень", "client_status": "Статус клиента", "last_reply_class": "Последний ответ", "source": "Источник",
    "summary": "Итог", "pains": "Боли", "triggers": "Поводы", "angles": "Заходы", "points": "Доводы",
    "technologies": "Технологии", "news": "Новости", "products": "Продукты", "customers": "Клиенты", "hiring": "Вакансии",
}  # fmt: skip


def label(field: str, language: str) -> str:
    """Return the name of a field in a sentence; an unknown one as it is spelled."""
    known = (RUSSIAN if language == "ru" else ENGLISH).get(field)
    spelled = field.replace("_", " ").strip()
    return known or spelled[:1].upper() + spelled[1:]
