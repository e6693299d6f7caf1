"""Read what a model is instructed by: parts, examples and the compiled state."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from gtm_pipelines.packs.front import read_head
from gtm_pipelines.packs.manifest import ExampleHead, Language, Manifest, PartHead
from gtm_pipelines.packs.model import Example, PackError, Problem

COMPILED_FILE = "compiled.json"
COMPILED_KEYS = frozenset({"format", "programs", "provenance"})
_PART = re.compile(r"^parts/([a-z][a-z0-9-]{0,60})(?:\.([a-z]{2}))?\.md$")
_EXAMPLE = re.compile(r"^examples/([a-z][a-z0-9-]{0,60})\.([a-z]{2})\.md$")
Read = TypeVar("Read")


@dataclass(frozen=True)
class Parts:
    """What stood in a pack beside its templates."""

    texts: Mapping[str, str]
    heads: Mapping[str, PartHead]
    examples: tuple[Example, ...]
    compiled: Mapping[str, Any] | None
    problems: tuple[Problem, ...]


def is_part(path: str) -> bool:
    """Whether a file is read here."""
    return path.startswith(("parts/", "examples/")) or path == COMPILED_FILE


def read_parts(files: Mapping[str, str], manifest: Manifest) -> Parts:
    """Read every part, example and the compiled state; what cannot be read is a problem."""
    problems: list[Problem] = []
    mine = {path: files[path] for path in sorted(files) if is_part(path)}
    if mine and manifest.format == 1:
        problems.append(Problem("pack.format", "format", "a pack with parts, examples or a compiled state has 'format: 2'"))
    parts = _each(mine, "parts/", lambda path, text: _part(path, text, manifest), problems)
    examples = _each(mine, "examples/", lambda path, text: _example(path, text, manifest), problems)
    compiled = _each(mine, COMPILED_FILE, lambda _, text: _compiled(text), problems)
    return Parts(
        texts={name: text for name, _, text in parts},
        heads={name: head for name, head, _ in parts},
        examples=tuple(examples),
        compiled=compiled[0] if compiled else None,
        problems=tuple(problems),
    )


def _each(files: Mapping[str, str], begins: str, read: Callable[[str, str], Read], problems: list[Problem]) -> list[Read]:
    found = []
    for path in files:
        if path.startswith(begins):
            try:
                found.append(read(path, files[path]))
            except PackError as error:
                problems.extend(error.problems)
    return found


def _part(path: str, text: str, manifest: Manifest) -> tuple[str, PartHead, str]:
    name, language = _named(_PART, path, "parts/NAME.md or parts/NAME.LANGUAGE.md")
    head, body = read_head(PartHead, text, path, within=path)
    if not body.strip():
        raise PackError(path, (Problem("part.empty", path, "write the instructions below the front matter"),))
    _spoken(path, language, manifest)
    key = f"{name}.{language}" if language else name
    return key, head, body.strip()


def _example(path: str, text: str, manifest: Manifest) -> Example:
    name, language = _named(_EXAMPLE, path, "examples/NAME.LANGUAGE.md")
    head, body = read_head(ExampleHead, text, path, within=path)
    if not body.strip():
        raise PackError(path, (Problem("part.empty", path, "write the mail below the front matter"),))
    _spoken(path, language, manifest)
    return Example(name, language, head, body.strip())


def _named(pattern: re.Pattern[str], path: str, wanted: str) -> tuple[str, str]:
    found = pattern.match(path)
    if not found:
        raise PackError(path, (Problem("part.name", path, f"call it {wanted}"),))
    return found[1], found[2] or ""


def _spoken(path: str, language: str, manifest: Manifest) -> None:
    known: tuple[Language, ...] = manifest.languages
    if language and language not in known:
        raise PackError(path, (Problem("pack.language.unknown", path, f"the pack speaks {', '.join(known)}"),))


def _compiled(text: str) -> Mapping[str, Any]:
    """Return a compiled state: ``{"format": 1, "programs": {NAME: STATE}, "provenance": {...}}``, JSON and nothing that runs."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise PackError(COMPILED_FILE, (Problem("compiled.json", COMPILED_FILE, f"not JSON: {error}"),)) from error
    if not isinstance(data, dict) or set(data) - COMPILED_KEYS or data.get("format") != 1:
        said = f"an object with the keys {', '.join(sorted(COMPILED_KEYS))}, format 1"
        raise PackError(COMPILED_FILE, (Problem("compiled.shape", COMPILED_FILE, f"write {said}"),))
    programs = data.get("programs")
    if not isinstance(programs, dict) or not programs or not all(isinstance(state, dict) for state in programs.values()):
        said = "'programs' holds a state, an object, for each compiled program"
        raise PackError(COMPILED_FILE, (Problem("compiled.shape", f"{COMPILED_FILE}: programs", said),))
    return data
