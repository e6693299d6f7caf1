"""Titles say what somebody does and how much they decide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.intake.normalise.title_words import FUNCTIONS, RANKS, SENIORITIES
from gtm_pipelines.intake.normalise.titles import function_of, seniority_of


@pytest.mark.parametrize(
    ("title", "function", "seniority"),
    [
        ("CEO", "executive", "c_level"),
        ("Managing Director", "executive", "c_level"),
        ("Assistant to the CEO", "administration", "individual"),
        ("Executive Assistant", "administration", "individual"),
        ("Founder & CEO", "executive", "founder"),
        ("Co-Founder, CTO", "engineering", "founder"),
        ("VP of Sales", "sales", "vp"),
        ("Vice President, Marketing", "marketing", "vp"),
        ("Deputy CEO", "executive", "vp"),
        ("Chief Product and Technology Officer", "engineering", "c_level"),
        ("Chief Information Security Officer", "security", "c_level"),
        ("Head of Procurement", "procurement", "head"),
        ("Marketing Manager", "marketing", "manager"),
        ("HR Business Partner", "hr", "individual"),
        ("Account Executive", "sales", "individual"),
        ("Product Owner", "product", "individual"),
        ("Senior Software Engineer", "engineering", "senior"),
        ("Junior Accountant", "finance", "junior"),
        ("Marketing Intern", "marketing", "intern"),
        ("General Counsel", "legal", "individual"),
        ("IT Manager", "it", "manager"),
        ("Генеральный директор", "executive", "c_level"),
        ("Коммерческий директор", "sales", "c_level"),
        ("Директор по маркетингу", "marketing", "director"),
        ("Заместитель генерального директора по финансам", "finance", "vp"),
        ("Помощник генерального директора", "administration", "individual"),
        ("Главный бухгалтер", "finance", "head"),
        ("Менеджер по продажам", "sales", "individual"),
        ("Начальник отдела закупок", "procurement", "head"),
        ("Руководитель IT-отдела", "it", "head"),
        ("Ведущий инженер", "engineering", "senior"),
        ("Специалист по подбору персонала", "hr", "individual"),
        ("Стажёр", None, "intern"),
        ("Учредитель", "executive", "founder"),
        ("Geschäftsführer", "executive", "c_level"),
        ("—", None, None),
    ],
)
def test_titles_are_read_in_both_languages(title: str, function: str | None, seniority: str | None) -> None:
    assert (function_of(title), seniority_of(title)) == (function, seniority)


@given(st.text(max_size=60))
def test_every_answer_is_of_the_closed_vocabulary(title: str) -> None:
    assert function_of(title) in {*FUNCTIONS, None}
    assert seniority_of(title) in {*RANKS, None}


def test_every_seniority_a_rule_gives_is_a_rank() -> None:
    assert set(SENIORITIES) | {"individual"} == set(RANKS)
