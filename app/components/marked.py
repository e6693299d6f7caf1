"""A draft's text with what rules found and what it rests on marked in it; all of it escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

import streamlit as st

from app.components.language import t, tn
from gtm_pipelines.drafting.checks.model import DraftGrounding, Shown, ShownClaim

_STYLES = {
    "block": "background:rgba(220,38,38,.20);border-bottom:2px solid #dc2626;",
    "flag": "background:rgba(217,119,6,.20);border-bottom:2px solid #d97706;",
    "passed": "border-bottom:2px dotted #9ca3af;",
    "claim": "background:rgba(15,118,110,.12);border-bottom:1px dotted #0f766e;",
}
_ORDER = ("block", "flag", "passed", "claim")


class Mark(NamedTuple):
    """Words from ``start`` up to ``end``, how they look, and what is said when one points at them."""

    start: int
    end: int
    kind: str
    told: str


def show_text(subject: str, body: str, grounding: DraftGrounding | None) -> None:
    """Show a subject and a body with everything marked; pointing at a mark says why."""
    found = grounding.findings if grounding else ()
    claims = grounding.claims if grounding else ()
    of_body = [*_of_findings(found, "body"), *_of_claims(claims, len(body))]
    st.html(
        f'<div style="font-weight:600;margin-bottom:.6rem">{marked(subject, _of_findings(found, "subject"))}</div>'
        f'<div style="white-space:pre-wrap;line-height:1.55">{marked(body, of_body)}</div>'
    )


def legend() -> str:
    """Return, as HTML, what the marks mean."""
    named = {"claim": t("rests on evidence"), "flag": t("look at it"), "block": t("blocks the approval")}
    return " · ".join(f'<span style="{_STYLES[kind]}">{escape(words)}</span>' for kind, words in named.items())


def marked(text: str, marks: Iterable[Mark]) -> str:
    """Return ``text`` as HTML with marks; where they overlap the graver one is seen, and all are told."""
    held = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    cuts = sorted({0, len(text), *(mark.start for mark in held), *(mark.end for mark in held)})
    parts = []
    for start, end in pairwise(cuts):
        here = sorted((m for m in held if m.start <= start and end <= m.end), key=lambda m: _ORDER.index(m.kind))
        words = escape(text[start:end])
        if here:
            told = escape("\n".join(dict.fromkeys(m.told for m in here)), quote=True).replace("\n", "&#10;")
            words = f'<span style="{_STYLES[here[0].kind]}cursor:help" title="{told}">{words}</span>'
        parts.append(words)
    return "".join(parts)


def _of_findings(found: Sequence[Shown], place: str) -> list[Mark]:
    marks = []
    for one in found:
        finding = one.finding
        if finding.place == place and finding.start is not None and finding.end is not None:
            kind = "passed" if one.passed_by else finding.severity
            marks.append(Mark(finding.start, finding.end, kind, f"{finding.text}. {finding.hint}".strip()))
    return marks


def _of_claims(claims: Sequence[ShownClaim], length: int) -> list[Mark]:
    marks = []
    for claim in claims:
        if claim.start is not None and claim.end is not None and claim.end <= length and claim.backing:
            marks.append(Mark(claim.start, claim.end, "claim", "\n".join(told(claim))))
    return marks


def told(claim: ShownClaim) -> list[str]:
    """Say what a claim rests on, a line each piece of evidence."""
    return [
        " · ".join(
            part
            for part in (
                f"{backing.evidence.field.replace('_', ' ')}: {backing.evidence.text}",
                backing.evidence.source,
                backing.evidence.url or "",
                tn("{number} day old", "{number} days old", backing.age_days) if backing.age_days is not None else "",
                t("confidence {confidence:.0%}", confidence=backing.evidence.confidence),
            )
            if part
        )
        for backing in claim.backing
    ]
