"""A filter as a tree, what it is made from, and what a preview shows.

A tree is groups of conditions: ``{"all": [...]}``, ``{"any": [...]}`` or
``{"none": [...]}``. It is two-valued: an empty field matches no positive condition
and every negative one, so ``none`` never loses rows to SQL's unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from gtm_pipelines.errors import InputError
from gtm_pipelines.ids import digest
from gtm_pipelines.segments.fields import FilterError, find_field
from gtm_pipelines.segments.operators import Operator, checked_value

Entity = Literal["contact", "company"]

MAX_DEPTH = 10
_GRAMMAR = (
    '  A group is {"all": [...]}, {"any": [...]} or {"none": [...]} of conditions and groups; '
    'a condition is {"field": ..., "op": ..., "value": ...}.'
)
MAX_CONDITIONS = 200
_NAME = re.compile(r"^[^\x00-\x1f\x7f]{1,120}$")


class _Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(_Node):
    """One comparison of a field with a value; ``is_empty`` and ``is_not_empty`` take none."""

    field: str
    op: Operator
    value: Any = None

    @model_validator(mode="after")
    def _fits(self) -> Condition:
        field = _as_value_error(find_field, self.field)
        if self.op not in field.operators:
            raise ValueError(f"{self.field} cannot be compared by '{self.op}'; use one of: {', '.join(field.operators)}")
        object.__setattr__(self, "value", checked_value(field.name, field.type, self.op, self.value))
        return self


class Group(_Node):
    """Conditions and groups joined by exactly one of ``all``, ``any`` and ``none``."""

    all: tuple[Condition | Group, ...] | None = None
    any: tuple[Condition | Group, ...] | None = None
    none: tuple[Condition | Group, ...] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Group:
        given = [name for name in ("all", "any", "none") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a group has exactly one of 'all', 'any' and 'none'")
        if given[0] != "all" and not self.nodes:
            raise ValueError(f"'{given[0]}' needs at least one condition")
        return self

    @property
    def kind(self) -> Literal["all", "any", "none"]:
        """Which of the three joins the group."""
        return "all" if self.all is not None else "any" if self.any is not None else "none"

    @property
    def nodes(self) -> tuple[Condition | Group, ...]:
        """What the group joins."""
        return self.all or self.any or self.none or ()

    def conditions(self) -> Iterator[Condition]:
        """Yield every condition below, depth first."""
        for node in self.nodes:
            if isinstance(node, Group):
                yield from node.conditions()
            else:
                yield node

    def depth(self) -> int:
        """How many groups lie inside one another."""
        return 1 + max((node.depth() for node in self.nodes if isinstance(node, Group)), default=0)


class FilterTree(Group):
    """A whole filter: its outermost group. ``{"all": []}`` matches everything."""

    @model_validator(mode="after")
    def _bounded(self) -> FilterTree:
        if self.depth() > MAX_DEPTH:
            raise ValueError(f"groups lie more than {MAX_DEPTH} deep")
        if sum(1 for _ in self.conditions()) > MAX_CONDITIONS:
            raise ValueError(f"there are more than {MAX_CONDITIONS} conditions")
        return self

    def to_json(self) -> dict[str, Any]:
        """Return the tree as it is stored and as ``parse_filter`` reads it."""
        stored: dict[str, Any] = self.model_dump(mode="json", exclude_none=True)
        return stored

    def content_hash(self) -> str:
        """Return the hash by which an unchanged filter is known."""
        return digest(json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False))


def parse_filter(value: FilterTree | Mapping[str, Any] | str) -> FilterTree:
    """Read a filter from its tree, mapping or JSON text.

    Raises:
        FilterError: it is no valid filter; the text says where and how to mend it.
    """
    if isinstance(value, FilterTree):
        return value
    try:
        data = json.loads(value) if isinstance(value, str) else value
        return FilterTree.model_validate(_check_depth(data))
    except json.JSONDecodeError as error:
        raise FilterError(f"The filter is not valid JSON: {error}.") from error
    except ValidationError as error:
        raise FilterError("The filter cannot be used:\n" + _explain(error)) from error


def _check_depth(data: Any) -> Any:
    """Refuse hostile nesting before recursion does."""
    level, depth = [data], 0
    while level:
        if depth > 2 * MAX_DEPTH + 2:
            raise FilterError(f"The filter cannot be used: groups lie more than {MAX_DEPTH} deep.")
        level = [child for node in level for child in _children(node)]
        depth += 1
    return data


def _children(node: Any) -> list[Any]:
    if isinstance(node, Mapping):
        return [child for child in node.values() if isinstance(child, (Mapping, list, tuple))]
    return [child for child in node if isinstance(child, (Mapping, list, tuple))] if isinstance(node, (list, tuple)) else []


def _explain(error: ValidationError) -> str:
    """Say where each fault is and what it is, and what a filter is made of.

    A node that is neither a condition nor a group is told as both; of what it lacks, the innermost is meant.
    """
    found: dict[str, tuple[str, int]] = {}
    for item in error.errors():
        inside = [str(part) for part in item["loc"] if part not in ("Condition", "Group") and "function-" not in str(part)]
        line = f"  {'.'.join(inside) or 'filter'}: {item['msg'].removeprefix('Value error, ')}"
        found[line] = item["type"], len(inside)
    told = [line for line, (kind, _) in found.items() if kind not in ("missing", "extra_forbidden")]
    if not told:
        lacking = {line: depth for line, (kind, depth) in found.items() if kind == "missing"}
        told = [line for line, depth in lacking.items() if depth == max(lacking.values())] or list(found)
    return "\n".join([*told, _GRAMMAR])


def _as_value_error(call: Any, *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except InputError as error:
        raise ValueError(str(error)) from error


def check_name(name: str, what: str) -> str:
    """Return a name of a segment or campaign, trimmed.

    Raises:
        InputError: it is empty, too long or has control characters.
    """
    trimmed = name.strip()
    if not _NAME.match(trimmed):
        raise InputError(f"The name of a {what} has 1 to 120 characters on one line.")
    return trimmed


@dataclass(frozen=True)
class SegmentVersion:
    """A saved filter at one version; ``id`` is the version's, ``segment_id`` the segment's."""

    id: str
    segment_id: str
    name: str
    version: int
    filter: FilterTree
    sentence: str
    description: str | None
    created_by: str
    created_at: datetime
    is_current: bool
