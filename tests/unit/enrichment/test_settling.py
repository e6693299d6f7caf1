"""One stated rule says which of several facts counts, whatever the order they came in."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.record.settled import PERSON, Settled, Statement, same_form, settle

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def said(value: str | None, source: str, confidence: float = 0.8, *, age: int = 1, expires: int | None = None) -> Statement:
    at = NOW - age * DAY
    name = f"{source}:{value}:{age}"
    return Statement(name, "city", value, source, confidence, at, None if expires is None else NOW + expires * DAY)


def counted(*statements: Statement) -> str | None:
    """Settle in every order, and return what counts in all of them."""
    values = {(found.value if (found := settle(order, NOW)) else None) for order in itertools.permutations(statements)}
    assert len(values) == 1
    return values.pop()


def test_a_persons_choice_wins_over_everything() -> None:
    assert counted(said("Riga", PERSON, age=300), said("Paris", "apollo_company", 1.0), said("Rome", "import", 1.0)) == "Riga"


def test_a_withdrawn_choice_counts_no_more() -> None:
    assert counted(said("Riga", PERSON, age=3), said(None, PERSON, age=2), said("Paris", "exa")) == "Paris"


def test_what_has_expired_counts_for_nothing() -> None:
    assert counted(said("Riga", "import", 1.0, expires=0), said("Paris", "exa", 0.4, expires=1)) == "Paris"
    assert counted(said("Riga", "import", 1.0, expires=-1)) is None


def test_a_source_may_change_its_mind() -> None:
    assert counted(said("Riga", "exa", 0.9, age=9), said("Paris", "exa", 0.7, age=1)) == "Paris"


def test_the_surer_source_counts() -> None:
    assert counted(said("Riga", "web_search", 0.9, age=9), said("Paris", "import", 0.7, age=1)) == "Riga"


def test_of_equally_sure_ones_the_more_believed_counts_then_the_newer() -> None:
    assert counted(said("Riga", "web_search", 0.7), said("Paris", "import", 0.7, age=50)) == "Paris"
    assert counted(said("Riga", "one", 0.7, age=5), said("Paris", "two", 0.7, age=2)) == "Paris"


def settled(*statements: Statement) -> Settled:
    found = settle(statements, NOW)
    assert found is not None
    return found


def test_it_says_why() -> None:
    other = said("Paris", "web_search", 0.7)
    assert settled(said("Riga", PERSON), other).because == PERSON
    assert settled(said("Riga", "exa", 0.9), other).because == "confidence"
    assert settled(said("Riga", "import", 0.7), other).because == "rank"
    assert settled(said("paris ", "import", 0.9), other).because == "only"


def test_only_sure_ones_that_say_otherwise_contest_it() -> None:
    first = said("Riga", "import", 0.9)
    assert settled(first, said("Paris", "exa", 0.6)).contested
    assert not settled(first, said("Paris", "exa", 0.59)).contested
    assert not settled(first, said("RIGA", "exa", 0.9)).contested
    assert not settled(said("Riga", PERSON), said("Paris", "exa", 0.9)).contested


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("website", "https://www.Acme.example/", "acme.example"), ("phone", "+371 20-00", "+3712000"),
        ("city", " São  Paulo", "são paulo"), ("linkedin_url", "http://linkedin.com/company/a", "https://www.linkedin.com/company/a/"),
    ],
)  # fmt: skip
def test_the_dress_of_a_value_makes_no_conflict(field: str, one: str, other: str) -> None:
    assert same_form(field, one) == same_form(field, other)


SPOKEN = st.builds(
    said, st.sampled_from(["a", "b", None]), st.sampled_from(["import", "exa", "x", PERSON]),
    st.sampled_from([0.3, 0.6, 0.9]), age=st.integers(0, 5), expires=st.sampled_from([None, -1, 1]),
)  # fmt: skip


@given(st.lists(SPOKEN, max_size=8, unique_by=lambda one: (one.source, one.retrieved_at)))
def test_the_order_in_which_facts_came_changes_nothing(statements: list[Statement]) -> None:
    forward, backward = settle(statements, NOW), settle(statements[::-1], NOW)
    assert (forward and forward.fact) == (backward and backward.fact)
    assert (forward and forward.because) == (backward and backward.because)
