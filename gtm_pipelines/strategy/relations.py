"""What must hold between the fields of a document, and what a correction means for other documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from gtm_pipelines.strategy.claims import Criterion
from gtm_pipelines.strategy.documents import Content, EmailStrategy, TargetCompany, TargetPersona
from gtm_pipelines.strategy.ground import criterion_fault
from gtm_pipelines.strategy.model import Kind, Strategy, describe, paths

SUBJECT_CHARACTERS = 60
"""Longer subject lines are cut on a phone."""


def faults(content: Content) -> tuple[str, ...]:
    """Return what does not fit together within a document.

    The rules: every criterion can be applied; a least number is not above the most; nothing is wanted and unwanted
    at once; mails of a sequence come on rising days, the first on day 0; a subject line fits a phone.
    """
    found: list[str] = []
    if isinstance(content, TargetCompany):
        found += _unusable(content.firmographics, "firmographics") + _unusable(content.disqualifiers, "disqualifiers")
        found += _crossed(content.firmographics)
        found += _contradictions(content)
    elif isinstance(content, TargetPersona):
        found += _unusable(content.criteria, "criteria")
    elif isinstance(content, EmailStrategy):
        found += _disordered([step.day for step in content.sequence])
        found += [
            f"subject_lines.{place} has {len(claim.text)} characters, {SUBJECT_CHARACTERS} are read on a phone"
            for place, claim in enumerate(content.subject_lines)
            if len(claim.text) > SUBJECT_CHARACTERS
        ]
    return tuple(found)


def resting(strategy: Strategy, kind: Kind, changed: Sequence[str]) -> tuple[str, ...]:
    """Return the claims of other documents that rest on claims which changed."""
    wanted = {f"{kind}.{path}" for path in changed}
    found = []
    for other, document in strategy.documents.items():
        cited = {each.id for each in document.evidence if each.kind == "document" and each.source in wanted}
        found += [f"{other}.{path}" for path, claim in paths(document.content).items() if cited & set(claim.evidence)]
    return tuple(found)


def _unusable(criteria: Sequence[Criterion], section: str) -> list[str]:
    told = [(place, criterion_fault(each, section)) for place, each in enumerate(criteria)]
    return [f"{section}.{place}: {fault}" for place, fault in told if fault]


def _crossed(criteria: Sequence[Criterion]) -> list[str]:
    found = []
    for least, most in ((one, other) for one in criteria for other in criteria if one.field == other.field):
        if (least.op, most.op) == ("at_least", "at_most") and _number(least) > _number(most):
            found.append(f"{describe(least)}, and {describe(most)}: nobody is both")
    return found


def _number(criterion: Criterion) -> int:
    value = criterion.values[0] if criterion.values else ""
    return int(value) if value.isdecimal() else 0


def _contradictions(content: TargetCompany) -> Iterator[str] | list[str]:
    unwanted = {(each.field, each.op, value.lower()) for each in content.disqualifiers for value in each.values}
    return [
        f"firmographics.{place} wants '{value}', and a disqualifier rules it out"
        for place, each in enumerate(content.firmographics)
        for value in each.values
        if (each.field, each.op, value.lower()) in unwanted
    ]


def _disordered(days: Sequence[int]) -> list[str]:
    if not days:
        return []
    first = [] if days[0] == 0 else [f"the first mail is on day {days[0]}, not on day 0"]
    return first + [
        f"the mail of day {after} follows that of day {before}" for before, after in pairwise(days) if after <= before
    ]
