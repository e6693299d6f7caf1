"""What changed between two versions of a pack."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gtm_pipelines.packs.model import Pack, version_numbers

Step = Literal["patch", "minor", "major"]
_NAMED = ("variants", "variables", "phrases", "frame", "footer", "rubric")
_PLAIN = ("kind", "title", "description", "purpose", "languages", "choose", "links")


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes:
        what: ``variables``, ``limits``, ``templates``, ``parts``, ``examples``, ``compiled`` ... .
        name: which of them.
        sort: whether it came, went or became another.
        lines: what changed, line by line: ``- was``, ``+ is``, ``  the same``.
    """

    what: str
    name: str
    sort: Literal["added", "removed", "changed"]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class PackDiff:
    """Two versions and what lies between them; ``step`` is what the change calls for, ``None`` where nothing changed."""

    before: str
    after: str
    step: Step | None
    changes: tuple[Change, ...]


def diff(before: Pack, after: Pack) -> PackDiff:
    """Return what changed from one pack to another, in the order of their parts."""
    changes = tuple(_changes(before, after))
    return PackDiff(f"{before.name}@{before.version}", f"{after.name}@{after.version}", needed_step(before, after), changes)


def needed_step(before: Pack, after: Pack) -> Step | None:
    """Return how far the version must go: what campaigns rely on may go with the first number only."""
    changes = list(_changes(before, after))
    if not changes:
        return None
    relied = {"languages", "kind", "choose"}
    gone = any(change.what in ("variants", "variables") and change.sort == "removed" for change in changes)
    asked = any(
        change.what == "variables" and change.sort == "added" and _must_be_given(after, change.name) for change in changes
    )
    if gone or asked or any(change.what in relied for change in changes):
        return "major"
    if any(change.sort != "changed" or change.what in ("compiled", "limits", "rubric") for change in changes):
        return "minor"
    return "patch"


def step_between(before: str, after: str) -> Step:
    """Return which number of the version rose."""
    one, other = version_numbers(before), version_numbers(after)
    return "major" if one[0] != other[0] else "minor" if one[1] != other[1] else "patch"


def _must_be_given(pack: Pack, name: str) -> bool:
    variable = pack.manifest.variables[name]
    return variable.required and not variable.default and not variable.source.startswith("sender.")


def _changes(before: Pack, after: Pack) -> Iterator[Change]:
    old, new = before.manifest.model_dump(mode="json"), after.manifest.model_dump(mode="json")
    for key in _PLAIN:
        if old[key] != new[key]:
            yield Change(key, "", "changed", _lines(_said(old[key]), _said(new[key])))
    for key in ("limits", *_NAMED):
        yield from _between(key, {n: _said(v) for n, v in old[key].items()}, {n: _said(v) for n, v in new[key].items()})
    for key, pattern in (("templates", None), ("parts", "parts/"), ("examples", "examples/"), ("compiled", "compiled.json")):
        yield from _between(key, _files(before, pattern), _files(after, pattern))
    if before.notes != after.notes:
        yield Change("notes", "", "changed", _lines(before.notes, after.notes))


def _files(pack: Pack, begins: str | None) -> dict[str, str]:
    if begins is None:
        return {f"{t.variant}.{t.language}": f"Subject: {t.subject}\n\n{t.body}" for t in pack.templates.values()}
    return {path.removeprefix(begins): text for path, text in pack.files.items() if path.startswith(begins)}


def _between(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        if name not in new:
            yield Change(what, name, "removed", _lines(old[name], ""))
        elif name not in old:
            yield Change(what, name, "added", _lines("", new[name]))
        elif old[name] != new[name]:
            yield Change(what, name, "changed", _lines(old[name], new[name]))


def _lines(old: str, new: str) -> tuple[str, ...]:
    marked = difflib.ndiff(old.splitlines(), new.splitlines())
    return tuple(line.rstrip() for line in marked if not line.startswith("?"))


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {_said(inner)}" for key, inner in value.items() if inner not in ("", [], {}, None))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
