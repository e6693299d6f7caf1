"""Changes to a document's content: one field set, one section replaced, and what differs between two versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from gtm_pipelines.errors import InputError
from gtm_pipelines.strategy.claims import Claim, Form
from gtm_pipelines.strategy.documents import FORMS, Content, paths
from gtm_pipelines.strategy.ground import Grounded
from gtm_pipelines.strategy.model import Document, Evidence, Kind
from gtm_pipelines.strategy.store import content_json

F = TypeVar("F", bound=Form)
SAID = frozenset({"text", "field", "op", "values", "pain", "outcome", "detail", "source"})
"""Fields that are what a claim says: where one changes, the old quotes carry it no more."""
ADD = "+"
LISTS, NUMBERED = ("values", "sources", "fields"), ("day", "order")


def settable(claim: Claim) -> list[str]:
    """Return the fields of a claim that a person may set, its text first."""
    return [name for name in type(claim).model_fields if name not in ("evidence", "basis")]


def plain_sections(kind: Kind) -> list[str]:
    """Return the sections that take one more claim by its text alone."""
    return [name for name, field in FORMS[kind].model_fields.items() if field.annotation == tuple[Claim, ...]]


def read_value(path: str, text: str) -> Any:
    """Read a value as people write it: a list parted by commas, a whole number or a text, as its field wants it."""
    name = path.rpartition(".")[2]
    if name in LISTS:
        return [part.strip() for part in text.split(",") if part.strip()]
    return int(text) if name in NUMBERED and text.strip().isdecimal() else text


def shown_value(value: Any) -> str:
    """Return a value as people write it; see ``read_value``."""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)


def set_field(document: Document, path: str, value: Any, word: Evidence) -> tuple[Content, Any]:
    """Return the content with one field changed, resting on the word of the person who changed it, and what was there.

    Args:
        document: the version that is changed.
        path: ``offer.text``, ``features.0.text``, ``features.0`` for a whole claim, ``features.+`` for one more.
        value: the new value; ``None`` takes a claim out.
        word: the person's word.

    Raises:
        InputError: there is no such field, or the value does not fit it.
    """
    content = content_json(document.content)
    section, *rest = path.split(".")
    if section not in content:
        raise InputError(f"'{path}' is no field of the {_title(document.kind)}. Its sections: {', '.join(content)}.")
    many = isinstance(content[section], list)
    place = rest.pop(0) if many and rest else None
    if many and place is None:
        raise InputError(f"Name the claim too, such as {section}.0.text, or {section}.{ADD} for one more.")
    before = _apply(content, section, place, rest, value, word, document, path)
    return _valid(document.kind, content, path), before


def _apply(
    content: dict[str, Any],
    section: str,
    place: str | None,
    rest: list[str],
    value: Any,
    word: Evidence,
    held: Document,
    path: str,
) -> Any:
    row: Any = content[section]
    if place == ADD:
        content[section] = [*row, _fresh(value, word)]
        return None
    if place is not None:
        if not place.isdecimal() or int(place) >= len(row):
            raise InputError(f"{section} of the {_title(held.kind)} has {len(row)} claims, counted from 0; there is no {place}.")
        row = row[int(place)]
    if not rest:
        before = row
        if value is None and place is not None:
            content[section] = [each for at, each in enumerate(content[section]) if at != int(place)]
        elif place is None:
            content[section] = None if value is None else _fresh(value, word) if row is None else _said(row, "text", value, word)
        else:
            content[section][int(place)] = _said(row, "text", value, word) if isinstance(value, str) else _fresh(value, word)
        return before
    name = rest[0]
    if row is None or len(rest) > 1 or name not in row or name in ("evidence", "basis"):
        raise InputError(f"'{path}' is no field that can be set. A claim there has: {', '.join(_settable(row))}.")
    before = row[name]
    row.update(_said(row, name, value, word))
    return before


def _settable(row: Mapping[str, Any] | None) -> list[str]:
    return [name for name in row or {"text": ""} if name not in ("evidence", "basis")]


def _fresh(value: Any, word: Evidence) -> dict[str, Any]:
    given = {"text": value} if isinstance(value, str) else dict(value or {})
    return {**given, "basis": "stated", "evidence": [word.id]}


def _said(row: Mapping[str, Any], name: str, value: Any, word: Evidence) -> dict[str, Any]:
    kept = [] if name in SAID else row["evidence"]
    return {**row, name: value, "basis": "stated" if name in SAID else row["basis"], "evidence": [*kept, word.id]}


def _valid(kind: Kind, content: Mapping[str, Any], path: str) -> Content:
    try:
        return FORMS[kind].model_validate(content)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:4])
        raise InputError(f"'{path}' cannot be set so: {told}.") from error


def with_section(document: Document, section: str, grounded: Grounded) -> tuple[Content, tuple[Evidence, ...]]:
    """Return a document's content with one section replaced, and the evidence of both, no id twice."""
    fresh, evidence = renamed(grounded.content, grounded.evidence, f"v{document.number + 1}")
    content = document.content.model_copy(update={section: getattr(fresh, section)})
    return content, used((*document.evidence, *evidence), content)


def renamed(content: F, evidence: tuple[Evidence, ...], suffix: str) -> tuple[F, tuple[Evidence, ...]]:
    """Return content and evidence with a suffix to every id."""
    from dataclasses import replace

    def claim(one: Claim) -> Claim:
        return one.model_copy(update={"evidence": tuple(f"{name}{suffix}" for name in one.evidence)})

    values = {name: getattr(content, name) for name in type(content).model_fields}
    fresh = {
        name: tuple(claim(one) for one in value) if isinstance(value, tuple) else value and claim(value)
        for name, value in values.items()
    }
    return content.model_copy(update=fresh), tuple(replace(each, id=f"{each.id}{suffix}") for each in evidence)


def used(evidence: tuple[Evidence, ...], content: Content) -> tuple[Evidence, ...]:
    """Return the evidence that some claim names."""
    named = {one for claim in paths(content).values() for one in claim.evidence}
    return tuple(each for each in evidence if each.id in named)


def differences(before: Content, after: Content) -> tuple[dict[str, Any], ...]:
    """Return what differs, claim by claim; what was only moved within its section is no difference."""
    old, new = ({path: _plain(claim) for path, claim in paths(content).items()} for content in (before, after))
    kept = [(path.partition(".")[0], told) for path, told in old.items()]
    fresh = [(path.partition(".")[0], told) for path, told in new.items()]
    found: dict[str, dict[str, Any]] = {}
    for path, told in old.items():
        if (path.partition(".")[0], told) not in fresh:
            found[path] = {"path": path, "before": told, "after": None}
    for path, told in new.items():
        if (path.partition(".")[0], told) not in kept:
            found.setdefault(path, {"path": path, "before": None})["after"] = told
    return tuple(found.values())


def _plain(claim: Claim) -> dict[str, Any]:
    return {name: value for name, value in claim.model_dump(mode="json").items() if name not in ("evidence", "basis")}


def _title(kind: Kind) -> str:
    return kind.replace("_", " ")
