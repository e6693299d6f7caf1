"""How well what is known of somebody fits a profile: points with reasons, and how much is known."""

from __future__ import annotations

import pytest

from gtm_pipelines.enrichment.icp import Icp, IcpCriterion, score
from gtm_pipelines.errors import InputError


def rule(field: str, op: str, *values: str, weight: str = "must") -> IcpCriterion:
    return IcpCriterion(field, op, values, weight)


ICP = Icp(
    "Spring", "s1", 1,
    (rule("industry", "contains", "logist", "freight"), rule("country", "is", "NL", "DE", weight="should"),
     rule("employee_count", "at_least", "50", weight="may")),
    (rule("industry", "contains", "air freight"),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("known", "points", "certainty"),
    [
        ({"industry": "Logistics", "country_code": "nl", "employee_count": "1,200"}, 100, 1.0),
        ({"industry": "Road freight", "country_code": "FR", "employee_count": "60+"}, 67, 1.0),
        ({"industry": "Freight"}, 50, 0.5),
        ({}, 0, 0.0),
        ({"industry": "Bakery", "country_code": "DE", "employee_count": "70"}, 40, 1.0),
        ({"industry": "Air freight", "country_code": "DE", "employee_count": "70"}, 0, 1.0),
        ({"industry": "Freight", "employee_count": "some"}, 50, 0.5),
    ],
)
def test_points_follow_the_stated_rule(known: dict[str, str], points: int, certainty: float) -> None:
    found = score(known, ICP)
    assert (found.points, found.certainty) == (points, certainty)


def test_every_point_has_its_reason_and_the_unknown_is_no_failure() -> None:
    found = score({"industry": "Freight"}, ICP)
    assert [(reason.criterion.field, reason.verdict, round(reason.points)) for reason in found.reasons] == [
        ("industry", "met", 50), ("country", "unknown", 0), ("employee_count", "unknown", 0),
    ]  # fmt: skip
    assert sum(reason.of for reason in found.reasons) == pytest.approx(100)


def test_whoever_is_ruled_out_is_told_why() -> None:
    found = score({"industry": "Air freight"}, ICP)
    assert found.ruled_out
    assert found.reasons[-1].known == "Air freight"


@pytest.mark.parametrize(
    ("criterion", "value", "met"),
    [
        (rule("industry", "contains", "розничная торговля"), "Розничная торговля", True),
        (rule("industry", "contains", "аптек"), "Сеть аптек", True),
        (rule("industry", "contains", "пчел"), "Пчёлы и мёд", True),
        (rule("industry", "contains", "art"), "Smart homes", False),
        (rule("technology", "is", "SAP"), "Slack; SAP, Jira", True),
        (rule("technology", "is", "SA"), "SAP", False),
        (rule("technology", "is_not", "SAP"), "Jira", True),
        (rule("technology", "is_not", "SAP"), "SAP, Jira", False),
        (rule("technology", "at_most", "5"), "7", False),
    ],
)
def test_values_are_compared_as_people_mean_them(criterion: IcpCriterion, value: str, met: bool) -> None:
    known = {"technologies" if criterion.field == "technology" else criterion.field: value}
    assert score(known, Icp("x", "s", 1, (criterion,))).points == (100 if met else 0)


def test_a_profile_without_criteria_gives_no_points() -> None:
    assert score({"industry": "Freight"}, Icp("x", "s", 1, ())).points == 0


def test_a_profile_that_was_not_stored_by_us_is_refused() -> None:
    assert Icp.read(ICP.to_json()) == ICP
    for wrong in (
        {},
        {
            "name": "x",
            "strategy_id": "s",
            "number": 1,
            "criteria": [{"field": "a", "op": "likes", "values": ["b"], "weight": "must"}],
        },
    ):
        with pytest.raises(InputError, match="Confirm the strategy anew"):
            Icp.read(wrong)
