"""Front matter: strict YAML between two lines of ``---``, and what stands below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from gtm_pipelines.packs.model import PackError, Problem

_FENCE = "---\n"
Head = TypeVar("Head", bound=BaseModel)


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML in which a key may stand only once."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, (str, int)) or isinstance(key, bool):
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is not a text", key_node.start_mark)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key '{key}' stands twice", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def front_matter(text: str, path: str) -> tuple[Mapping[str, Any], str]:
    """Split a file into its front matter and what follows.

    Raises:
        PackError: there is no front matter, or it is no strict YAML mapping.
    """
    text = text.replace("\r\n", "\n")
    head, fence, rest = text.removeprefix(_FENCE).partition("\n" + _FENCE)
    if not text.startswith(_FENCE) or not fence:
        raise PackError(path, (Problem("pack.front_matter", path, "begin with front matter between two lines of '---'"),))
    try:
        data = yaml.load(head, Loader=_StrictLoader)  # noqa: S506 - derived from the safe loader
    except yaml.YAMLError as error:
        raise PackError(path, (Problem("pack.front_matter", path, f"not valid YAML: {_flat(error)}"),)) from error
    if not isinstance(data, dict):
        raise PackError(path, (Problem("pack.front_matter", path, "the front matter is not a mapping of keys"),))
    return data, rest


def read_head(shape: type[Head], text: str, path: str, *, within: str = "") -> tuple[Head, str]:
    """Return a file's front matter as ``shape`` and what stands below it.

    Args:
        shape: what the front matter must be.
        text: the file.
        path: of the file, for errors.
        within: what problems are told under; the keys alone if empty.

    Raises:
        PackError: the front matter is missing or not of this shape; each wrong key is a problem.
    """
    data, rest = front_matter(text, path)
    try:
        return shape.model_validate(data, strict=False), rest
    except ValidationError as error:
        raise PackError(path, tuple(_problem(dict(item), within) for item in error.errors())) from error


def _problem(item: Mapping[str, Any], within: str) -> Problem:
    where = ".".join(str(part) for part in item["loc"] if part != "[key]")
    rule = {"extra_forbidden": "pack.key.unknown", "missing": "pack.key.missing"}.get(item["type"], "pack.value")
    text = {"pack.key.unknown": "no such key; remove it or correct its spelling", "pack.key.missing": "add this key"}
    place = f"{within}: {where}" if within else where
    return Problem(rule, place, text.get(rule, str(item["msg"]).removeprefix("Value error, ")))


def _flat(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    line = f" (line {mark.line + 2})" if mark else ""
    return f"{getattr(error, 'problem', None) or 'unreadable'}{line}"
