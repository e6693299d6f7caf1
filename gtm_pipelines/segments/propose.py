"""A filter out of what a strategy says about whom to look for: proposed to a person, never saved by itself.

Musts become conditions; several values of one are joined by ``any``. What rules somebody out becomes ``none``.
Shoulds and mays rank people and filter nobody; they are told beside the filter. Where no must names a person's
title, rank or function, any one of the shoulds about people has to hold, since a company alone reads no mail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gtm_pipelines.segments.compile import compile_filter
from gtm_pipelines.segments.describe import describe
from gtm_pipelines.segments.model import FilterTree, parse_filter
from gtm_pipelines.strategy.model import Criteria, Criterion
from gtm_pipelines.strategy.model import describe as told

Node = dict[str, Any]
FIELDS: Mapping[str, tuple[str, ...]] = {
    "industry": ("company.industry",),
    "country": ("company.country_code",),
    "city": ("company.city",),
    "employee_count": ("company.employee_count",),
    "revenue": ("company.fact.revenue_usd",),
    "language": ("company.language",),
    "technology": ("company.fact.technologies",),
    "keyword": ("company.description", "company.industry", "company.name"),
    "position": ("contact.position",),
    "seniority": ("contact.seniority",),
    "function": ("contact.function",),
}
"""Where a filter finds what a criterion names; one of the fields is enough."""


@dataclass(frozen=True)
class Proposal:
    """A filter that a person may save.

    Attributes:
        filter: the tree.
        sentence: the same in words.
        left_out: criteria that filter nobody, each with the reason.
    """

    filter: FilterTree
    sentence: str
    left_out: tuple[tuple[str, str], ...]


def propose(criteria: Criteria, *, workspace_id: str, now: datetime) -> Proposal:
    """Turn criteria into a filter over contacts.

    Args:
        criteria: what a strategy says.
        workspace_id: whose rows the filter is checked against.
        now: the moment from which it is checked.

    Raises:
        FilterError: the criteria make no filter; cannot happen with those a strategy keeps.
    """
    people = [each for each in criteria.people if each.weight == "must"]
    others = [each for each in criteria.people if each.weight == "should"] if not people else []
    nodes = [_node(each) for each in criteria.wanted if each.weight == "must"] + [_node(each) for each in people]
    nodes += [_any([_node(each) for each in others])] if others else []
    nodes += [{"none": [_node(each) for each in criteria.unwanted]}] if criteria.unwanted else []
    tree = parse_filter({"all": nodes})
    compile_filter(tree, entity="contact", now=now, workspace_id=workspace_id)
    used = {id(each) for each in (*people, *others)}
    idle = [each for each in (*criteria.wanted, *criteria.people) if each.weight != "must" and id(each) not in used]
    return Proposal(tree, describe(tree), tuple((told(each), _why(each)) for each in idle))


def _why(criterion: Criterion) -> str:
    return f"it is a '{criterion.weight}': it counts in the score and filters nobody"


def _node(criterion: Criterion) -> Node:
    build = _BUILD[criterion.op]
    parts = [build(field, list(criterion.values)) for field in FIELDS[criterion.field]]
    joined: Callable[[list[Node]], Node] = _all if criterion.op == "is_not" else _any
    return joined(parts)


def _contains(field: str, values: list[str]) -> Node:
    return _any([{"field": field, "op": "contains", "value": value} for value in values])


def _number(op: str) -> Callable[[str, list[str]], Node]:
    return lambda field, values: {"field": field, "op": op, "value": int(values[0])}


def _listed(op: str) -> Callable[[str, list[str]], Node]:
    return lambda field, values: {"field": field, "op": op, "value": [_typed(field, value) for value in values]}


def _typed(field: str, value: str) -> str | int:
    return int(value) if field == "company.employee_count" else value


_BUILD: Mapping[str, Callable[[str, list[str]], Node]] = {
    "is": _listed("in"),
    "is_not": _listed("not_in"),
    "contains": _contains,
    "at_least": _number("gte"),
    "at_most": _number("lte"),
}


def _any(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else {"any": nodes}


def _all(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else {"all": nodes}
