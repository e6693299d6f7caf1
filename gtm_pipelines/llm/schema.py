"""A closed JSON schema of a pydantic model: every object names its fields and admits no other.

Only what providers take in strict mode stays in it; lengths, ranges and patterns are checked afterwards, by the model.
A server that makes a grammar of the schema takes lengths too, and a small model needs them: without, it never ends a list.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from gtm_pipelines.llm.model import OpenSchemaError

BOUNDS = ("minItems", "maxItems", "minLength", "maxLength")
KEPT = ("type", "enum", "const", "anyOf", "$ref", "description", "items")


def closed(shape: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of ``shape`` for a provider.

    Raises:
        OpenSchemaError: a field admits anything, or an object whose fields are not named.
    """
    whole = shape.model_json_schema()
    top = _closed(whole, shape.__name__)
    parts = {name: _closed(part, name) for name, part in whole.get("$defs", {}).items()}
    return top | ({"$defs": parts} if parts else {})


def unbounded(schema: Any) -> Any:
    """Return a closed schema without lengths, as strict modes take it."""
    if isinstance(schema, list):
        return [unbounded(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: {field: unbounded(one) for field, one in value.items()} if name in ("properties", "$defs") else unbounded(value)
        for name, value in schema.items()
        if name not in BOUNDS
    }


def _closed(schema: dict[str, Any], path: str) -> dict[str, Any]:
    if schema.get("type") == "object":
        return _object(schema, path)
    if "oneOf" in schema:
        schema = schema | {"anyOf": schema["oneOf"]}
    if "allOf" in schema and len(schema["allOf"]) == 1:
        schema = schema | schema["allOf"][0]
    kept = {name: schema[name] for name in (*KEPT, *BOUNDS) if name in schema}
    if not set(kept) - {"description", *BOUNDS}:
        raise OpenSchemaError(f"The field {path} admits anything. Give it a type: an answer must have a closed form.")
    if "anyOf" in kept:
        kept["anyOf"] = [_closed(one, path) for one in kept["anyOf"]]
    if schema.get("type") == "array":
        kept["items"] = _closed(schema.get("items", {}), f"{path}[]")
    return kept


def _object(schema: dict[str, Any], path: str) -> dict[str, Any]:
    named = schema.get("properties")
    if not named or isinstance(schema.get("additionalProperties"), dict) or schema.get("additionalProperties") is True:
        raise OpenSchemaError(f"The object {path} admits any field. Name its fields: an answer must have a closed form.")
    inner = {name: _closed(part, f"{path}.{name}") for name, part in named.items()}
    told = {"description": schema["description"]} if "description" in schema else {}
    return {"type": "object", **told, "properties": inner, "required": list(named), "additionalProperties": False}
