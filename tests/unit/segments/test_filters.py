from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from gtm_pipelines.segments.compile import compile_filter
from gtm_pipelines.segments.describe import describe
from gtm_pipelines.segments.fields import FIELDS, FilterError, find_field
from gtm_pipelines.segments.model import FilterTree, parse_filter
from gtm_pipelines.segments.operators import NUMERIC, storable
from gtm_pipelines.segments.words import Language, label

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
        ({"all": [{"field": "contact.attribute.", "op": "eq", "value": "x"}]}, "No field is called"),
        ({"all": [{"field": "contact.attribute.a\x00b", "op": "eq", "value": "x"}]}, "No field is called"),
        ({"all": [{"field": "contact.fact." + "a" * 300, "op": "eq", "value": "x"}]}, "No field is called"),
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
        ({"all": [{"field": "company.employee_count", "op": "gt", "value": "5"}]}, "compared with a number"),
        ({"all": [{"field": "company.employee_count", "op": "gt", "value": 2**60}]}, "compared with a number"),
        ({"all": [{"field": "company.employee_count", "op": "gt", "value": float("nan")}]}, "compared with a number"),
        ({"all": [{"field": "company.employee_count", "op": "between", "value": [1]}]}, "two values"),
        ({"all": [{"field": "contact.attribute.Size", "op": "gt", "value": "5"}]}, "compared with a number"),
        ({"all": [{"field": "contact.tags", "op": "eq", "value": "vip"}]}, "has, has_not"),
        ({"all": [CTO | {"value": "\ud800"}]}, "text of 1 to 500"),
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


def _values() -> st.SearchStrategy[str]:
    return st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and storable(text))


def _conditions() -> st.SearchStrategy[dict[str, Any]]:
    texts = sorted(name for name, field in FIELDS.items() if field.type == "text")
    own = st.tuples(st.sampled_from(["contact.attribute.", "company.fact."]), _values()).map("".join)
    ops = st.sampled_from(["eq", "ne", "contains", "starts_with", "ends_with", "word"])
    text = st.fixed_dictionaries({"field": st.sampled_from(texts) | own, "op": ops, "value": _values()})
    number = st.fixed_dictionaries(
        {"field": st.just("company.employee_count"), "op": st.sampled_from(["gt", "lte"]), "value": st.integers(0, 10**6)}
    )
    several = st.fixed_dictionaries(
        {
            "field": st.sampled_from(["contact.tags", "history.campaign"]),
            "op": st.just("in"),
            "value": st.lists(_values(), min_size=1),
        }
    )
    return text | number | several


TREES = st.recursive(
    st.fixed_dictionaries({"all": st.lists(_conditions(), max_size=3)}),
    lambda inner: st.fixed_dictionaries({"any": st.lists(inner | _conditions(), min_size=1, max_size=3)}),
    max_leaves=6,
).filter(lambda tree: FilterTree.model_validate(tree).depth() <= 8)


@given(TREES)
@settings(max_examples=50, deadline=None)
def test_no_name_and_no_value_ever_stands_in_the_statement(data: dict[str, Any]) -> None:
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        given_values, harmless = (
            str(compile_filter(parse_filter(tree), entity="contact", now=NOW, workspace_id="default").compile(dialect=dialect))
            for tree in (data, _harmless(data))
        )
        assert given_values == harmless


def _harmless(node: Any) -> Any:
    """The same tree with other names and values of the same alphabet."""
    if isinstance(node, list):
        return [_harmless(item) for item in node]
    if "op" not in node:
        return {kind: _harmless(nodes) for kind, nodes in node.items()}
    value = node["value"]
    if isinstance(value, list):
        value = [_word(text) for text in value]
    return node | {"field": _name(node["field"]), "value": _word(value) if isinstance(value, str) else value}


def _name(field: str) -> str:
    prefix, kind, name = (*field.split(".", 2), "")[:3]
    if kind not in ("attribute", "fact"):
        return field
    plain = re.fullmatch(r"[A-Za-z0-9 _.-]+", name.strip())
    part = "." + name.rpartition(".")[2].strip() if find_field(field).part != "value" else ""
    return f"{prefix}.{kind}.{'x' if plain else 'ж'}{part}"


def _word(text: str) -> str:
    """Plain ASCII, other ASCII or another alphabet: what a comparison is chosen by."""
    text = text.strip()
    return "x" if re.fullmatch(r"[A-Za-z0-9 _-]+", text) else "+" if text.isascii() else "ж"


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


def _sample(kind: str, op: str) -> Any:
    samples: dict[str, Any] = {"text": "x", "mixed": "x", "words": "x", "number": 3, "flag": True, "moment": "2026-01-01"}
    if "empty" in op:
        return None
    if op.endswith("_days"):
        return 5
    one = 3 if kind == "mixed" and op in NUMERIC else samples[kind]
    return [one, one] if op in ("in", "not_in", "between") else one


OWN = ("contact.attribute.Tier", 'company.attribute.Выручка, "€"', "contact.fact.email_status", "company.fact.size.confidence")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_field_can_be_filtered_by_each_of_its_operators_and_read(language: Language) -> None:
    for field in (*FIELDS.values(), *map(find_field, (*OWN, "contact.fact.a.retrieved_at"))):
        for op in field.operators:
            tree = parse_filter({"all": [{"field": field.name, "op": op, "value": _sample(field.type, op)}]})
            clause = compile_filter(tree, entity="contact", now=NOW, workspace_id="default")
            assert str(clause.compile(dialect=sqlite.dialect()))
            assert label(field, language) in describe(tree, language=language)


def test_a_sentence_can_be_read_in_russian() -> None:
    tree = parse_filter({"all": [CTO, {"none": [{"field": "history.bounced", "op": "eq", "value": True}]}]})
    assert describe(tree, language="ru") == 'Контакты, у которых должность содержит "CTO" и не (письмо не дошло да).'
