"""The coach notices what a person tells of themselves, and takes no question for it."""

from __future__ import annotations

import pytest

from gtm_pipelines.coaching.statements import statement


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Remember that our goal is ten meetings a month.", ("goal", "ten meetings a month")),
        ("Our goal is to win five customers", ("goal", "win five customers")),
        ("Наша цель: десять встреч в месяц", ("goal", "десять встреч в месяц")),
        ("Запомни, что мы продаём насосы", ("offer", "насосы")),
        ("we sell to dentists", ("audience", "dentists")),
        ("We sell pumps", ("offer", "pumps")),
        ("Our stage is pre-seed", ("stage", "pre-seed")),
        ("We are at seed stage", ("stage", "seed stage")),
        ("Мы используем HubSpot", ("tool", "HubSpot")),
        ("Remember: no mail on Fridays", ("note", "no mail on Fridays")),
        ("Do you remember our goal?", None),
        ("Наша цель достижима?", None),
        ("How are we doing", None),
        ("Remember", None),
    ],
)
def test_statements(said: str, kept: tuple[str, str] | None) -> None:
    assert statement(said) == kept
