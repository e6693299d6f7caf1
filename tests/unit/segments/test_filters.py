from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from gtm_pipelines.segments.compile import compile_filter
from gtm_pipelines.segments.describe import describe
from gtm_pipelines.segments.fields import FIELDS, FilterError
from gtm_pipelines.segments.model import FilterTree, parse_filter

NOW = datetime(2026, 3, 4, tzinfo=UTC)
CTO = {"field": "contact.position", "op": "contains", "value": "CTO"}


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        ({}, "exactly one of"),
        ({"all": [], "any": [CTO]}, "exactly one of"),
        ({"any": []}, "at least one condition"),
        ({"all": [{"field": "contact.password", "op": "eq", "value": "x"}]}, "No field is called 'contact.password'"),
        ({"all": [{"field": "contact.id; DROP TABLE contact", "op": "eq", "value": "x"}]}, "No field is called"),
        ({"all": [{"field": 'contact.attribute.a"b', "op": "eq", "value": "x"}]}, "No field is called"),
        ({"all": [{"field": "contact.workspace_id", "op": "eq", "value": "x"}]}, "No field is called"),
        ({"all": [CTO | {"op": "like"}]}, "contains"),
        ({"all": [CTO | {"op": "gt"}]}, "cannot be compared by 'gt'"),
        ({"all": [CTO | {"value": 5}]}, "text of 1 to 500"),
        ({"all": [CTO | {"value": ""}]}, "text of 1 to 500"),
        ({"all": [CTO | {"value": "nul\x00"}]}, "text of 1 to 500"),
        ({"all": [CTO | {"value": {"$gt": ""}}]}, "text of 1 to 500"),
        ({"all": [CTO | {"extra": 1}]}, "extra"),
        ({"all": [CTO | {"op": "is_empty"}]}, "takes no value"),
        ({"all": [CTO | {"op": "in", "value": "CTO"}]}, "needs a list"),
        ({"all": [CTO | {"op": "in", "value": []}]}, "needs a list"),
        ({"all": [{"field": "company.employee_count", "op": "gt", "value": "5"}]}, "whole number"),
        ({"all": [{"field": "company.employee_count", "op": "gt", "value": 2**40}]}, "whole number"),
        ({"all": [{"field": "company.sme_registry", "op": "eq", "value": "yes"}]}, "true or false"),
        ({"all": [{"field": "contact.last_outreach_at", "op": "before", "value": "soon"}]}, "date such as"),
        ({"all": [{"field": "contact.last_outreach_at", "op": "within_days", "value": -1}]}, "number of days"),
        ({"all": [CTO] * 201}, "more than 200"),
        ("{not json", "not valid JSON"),
        ([CTO], "cannot be used"),
    ],
)
def test_a_filter_that_cannot_be_used_says_why(tree: Any, says: str) -> None:
    with pytest.raises(FilterError, match=says):
        parse_filter(tree)


def test_hostile_nesting_is_refused_before_it_hurts() -> None:
    tree: dict[str, Any] = {"all": [CTO]}
    for _ in range(900):
        tree = {"all": [tree]}
    for value in (tree, {"all": [{"field": "contact.position", "op": "eq", "value": tree}]}):
        with pytest.raises(FilterError, match="more than 10 deep"):
            parse_filter(value)


def test_a_tree_survives_being_stored() -> None:
    tree = parse_filter({"all": [CTO, {"none": [{"field": "company.country", "op": "in", "value": ["a", "b"]}]}]})
    again = parse_filter(json.dumps(tree.to_json()))
    assert again == tree
    assert again.content_hash() == tree.content_hash()


def _conditions() -> st.SearchStrategy[dict[str, Any]]:
    texts = sorted(name for name, field in FIELDS.items() if field.table != "campaign" and field.type == "text")
    values = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and "\x00" not in text)
    text = st.fixed_dictionaries(
        {"field": st.sampled_from(texts), "op": st.sampled_from(["eq", "ne", "contains", "starts_with"]), "value": values}
    )
    number = st.fixed_dictionaries(
        {"field": st.just("company.employee_count"), "op": st.sampled_from(["gt", "lte"]), "value": st.integers(0, 10**6)}
    )
    return text | number


TREES = st.recursive(
    st.fixed_dictionaries({"all": st.lists(_conditions(), max_size=3)}),
    lambda inner: st.fixed_dictionaries({"any": st.lists(inner | _conditions(), min_size=1, max_size=3)}),
    max_leaves=6,
).filter(lambda tree: FilterTree.model_validate(tree).depth() <= 8)


@given(TREES)
def test_no_value_ever_stands_in_the_statement(data: dict[str, Any]) -> None:
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        given_values, harmless = (
            str(compile_filter(parse_filter(tree), entity="contact", now=NOW).compile(dialect=dialect))
            for tree in (data, _harmless(data))
        )
        assert given_values == harmless


def _harmless(node: Any) -> Any:
    """The same tree with other values."""
    if isinstance(node, list):
        return [_harmless(item) for item in node]
    if "op" in node:
        return node | {"value": "x" if isinstance(node["value"], str) else 1}
    return {kind: _harmless(nodes) for kind, nodes in node.items()}


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ({"all": []}, "All contacts."),
        ({"all": [CTO]}, 'Contacts whose position contains "CTO".'),
        (
            {"all": [{"field": "company.country", "op": "eq", "value": "RU"}, {"any": [CTO, CTO | {"value": "Head of IT"}]}]},
            'Contacts whose company country is "RU" and (position contains "CTO" or position contains "Head of IT").',
        ),
        (
            {"all": [{"field": "contact.last_outreach_at", "op": "older_than_days", "value": 60}]},
            "Contacts whose last outreach is not within the last 60 days.",
        ),
        (
            {"none": [{"field": "contact.do_not_contact", "op": "eq", "value": True}]},
            "Contacts, but not those whose do not contact is set.",
        ),
        (
            {"all": [{"field": "contact.country", "op": "in", "value": list("abcdefg")}]},
            'Contacts whose country is one of "a", "b", "c", "d", "e" and 2 more.',
        ),
    ],
)
def test_a_filter_can_be_read_as_a_sentence(tree: dict[str, Any], sentence: str) -> None:
    assert describe(parse_filter(tree)) == sentence


def test_every_field_can_be_filtered_by_each_of_its_operators() -> None:
    samples: dict[str, Any] = {"text": "x", "number": 3, "flag": True, "moment": "2026-01-01"}
    for field in FIELDS.values():
        for op in field.operators:
            value = None if "empty" in op else [samples[field.type]] if op in ("in", "not_in") else samples[field.type]
            value = 5 if op.endswith("_days") else value
            tree = parse_filter({"all": [{"field": field.name, "op": op, "value": value}]})
            assert str(compile_filter(tree, entity="contact", now=NOW).compile(dialect=sqlite.dialect()))
            assert field.label in describe(tree)
