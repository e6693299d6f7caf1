"""Lengths stand in a closed schema for servers that make a grammar of it, and are taken out for strict modes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from gtm_pipelines.llm.schema import BOUNDS, closed, unbounded


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    maxItems: Annotated[str, Field(max_length=3)]  # noqa: N815 - a field may be called like a keyword


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    parts: Annotated[list[Part], Field(max_length=2, min_length=1)]
    note: Annotated[str, Field(max_length=9)] | None


def keywords(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        inner = {word for name, value in schema.items() if name not in ("properties", "$defs") for word in keywords(value)}
        named = [value for name in ("properties", "$defs") for value in schema.get(name, {}).values()]
        return {*schema, *inner, *(word for value in named for word in keywords(value))}
    return {word for one in schema for word in keywords(one)} if isinstance(schema, list) else set()


def test_a_closed_schema_keeps_lengths() -> None:
    assert closed(Whole)["properties"]["parts"]["maxItems"] == 2
    assert keywords(closed(Whole)) >= {"maxItems", "minItems", "maxLength"}


def test_without_bounds_it_names_the_same_fields() -> None:
    plain = unbounded(closed(Whole))
    assert not keywords(plain) & set(BOUNDS)
    assert list(plain["$defs"]["Part"]["properties"]) == ["maxItems"]
    assert plain["properties"].keys() == closed(Whole)["properties"].keys()
