"""Read a campaign's settings as somebody wrote them: what cannot be used is told by key, with what is allowed and known."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.errors import InputError

Schema = Mapping[str, Any]
_SORTS = {
    "integer": "a whole number", "number": "a number", "boolean": "true or false", "string": "a text", "array": "a list",
    "object": "an object of names with their values",
}  # fmt: skip
_NAMED = "a name of small letters, digits and '_' that begins with a letter"
"""What the names of variables are like, the only ones that are not given by the settings themselves."""
_EXAMPLE = '{"limit": 100}'


def settings_of(text: str | None, chosen: Mapping[str, Any]) -> CampaignSettings:
    """Return the settings that a JSON object and choices beside it make; the choices win.

    Args:
        text: a JSON object, or ``None``.
        chosen: settings by name.

    Raises:
        InputError: the text is no JSON object, or a setting is unknown or out of its bounds.
    """
    try:
        said = json.loads(text) if text is not None else {}
    except json.JSONDecodeError as error:
        raise InputError(f"The settings are not valid JSON: {error}. Write an object, such as {_EXAMPLE}.") from error
    if not isinstance(said, Mapping):
        raise InputError(f"The settings are no JSON object. Write names with their values, such as {_EXAMPLE}.")
    try:
        return CampaignSettings.model_validate({**said, **chosen})
    except ValidationError as error:
        raise InputError(_explained(error)) from error


def _explained(error: ValidationError) -> str:
    whole: Schema = CampaignSettings.model_json_schema()
    lines = dict.fromkeys(_line(item, whole) for item in error.errors())
    return "\n".join(["The settings cannot be used:", *lines, f"Known settings: {', '.join(whole['properties'])}."])


def _line(item: Mapping[str, Any], whole: Schema) -> str:
    place = [part for part in item["loc"] if part != "[key]"]
    name = ", ".join(f"number {part + 1}" if isinstance(part, int) else str(part) for part in place) or "settings"
    if item["type"] == "extra_forbidden":
        known = list(_at(place[:-1], whole).get("properties", ()))
        near = get_close_matches(str(place[-1]), known, n=1)
        return f"  {name}: there is no such key" + (f"; did you mean {near[0]}?" if near else f" (known: {', '.join(known)})")
    if item["type"] == "value_error":
        return f"  {name}: {str(item['msg']).removeprefix('Value error, ')}"
    if item["type"] == "missing":
        return f"  {name}: it is missing"
    told = _at(place, whole)
    allowed = _NAMED if item["type"] == "string_pattern_mismatch" else _allowed(told) or str(item["msg"])
    about = f". {told['description']}" if told.get("description") else ""
    return f"  {name}: {json.dumps(item['input'], ensure_ascii=False, default=str)[:80]} is not allowed; give {allowed}{about}"


def _at(place: Sequence[str | int], whole: Schema) -> Schema:
    """Return what the schema says of a place, references followed."""
    node: Schema = whole
    for part in place:
        inside = _one(node, whole)
        more: Schema = inside.get("additionalProperties") or next(iter(inside.get("patternProperties", {}).values()), {})
        node = inside.get("items", {}) if isinstance(part, int) else inside.get("properties", {}).get(part, more)
    return {**_one(node, whole), **{name: node[name] for name in ("description",) if name in node}}


def _one(node: Schema, whole: Schema) -> Schema:
    """Return a part of the schema without its references, and of what may be absent what it is if it is there."""
    for choice in node.get("anyOf", ()):
        if choice.get("type") != "null":
            return _one(choice, whole)
    if "$ref" in node:
        found: Schema = whole["$defs"][str(node["$ref"]).rpartition("/")[2]]
        return found
    return node


def _allowed(told: Schema) -> str:
    if "enum" in told:
        return f"one of {', '.join(map(str, told['enum']))}"
    bounds = {
        "at least": told.get("minimum"), "above": told.get("exclusiveMinimum"), "at most": told.get("maximum"),
        "below": told.get("exclusiveMaximum"), "of at most": told.get("maxItems"),
    }  # fmt: skip
    said = [f"{word} {limit:,}" for word, limit in bounds.items() if limit is not None]
    sort = _SORTS.get(str(told.get("type")), "")
    return f"{sort}, {' and '.join(said)}" if sort and said else sort
