"""A document of a strategy as a card: its claims, how sure each section is, and the words they rest on."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from app.components.text import escaped, moment, plural, spoken
from gtm_pipelines.strategy.model import Claim, Criterion, Document, Evidence, Kind, Quality, describe, quality_of, sections

TITLES: dict[Kind, str] = {
    "product_overview": "Product overview",
    "target_company": "Target company",
    "target_persona": "Target persona",
    "positioning": "Positioning",
    "email_strategy": "E-mail strategy",
    "data_sources": "Data sources",
}
_COLOURS: dict[Quality, Literal["green", "orange", "red"]] = {
    "sufficient": "green",
    "partial": "orange",
    "insufficient": "red",
    "missing": "red",
}
_CONTEXTS = {"website_content": "Website"}


def card(document: Document, *, outdated_by: tuple[str, ...]) -> None:
    """Draw one document."""
    st.progress(document.confidence, text=f"Confidence {document.confidence:.0%}")
    told = f"Version {document.number}, by {escaped(_author(document.author))}, {moment(document.created_at)}"
    st.caption(told)
    if outdated_by:
        names = " and ".join(spoken(name).lower() for name in outdated_by)
        st.warning(f"The {names} changed since. Write it anew.", icon=":material/update:")
    for name, claims in sections(document.content).items():
        _section(document, name, claims)
    _evidence(document)
    _context(document)


def _section(document: Document, name: str, claims: tuple[Claim, ...]) -> None:
    sure = document.confidences.get(name, 0.0)
    quality = quality_of(sure) if claims else "missing"
    st.markdown(f"**{spoken(name)}** :{_COLOURS[quality]}-badge[{f'{sure:.0%}' if claims else 'nothing to quote'}]")
    lines = [f"- {_line(claim)}" for claim in claims]
    if lines:
        st.markdown("\n".join(lines))


def _line(claim: Claim) -> str:
    rule = f" :gray[({escaped(describe(claim))}, {claim.weight})]" if isinstance(claim, Criterion) else ""
    more = [
        f"{label} {escaped(getattr(claim, name))}"
        for name, label in (("pain", "against:"), ("outcome", "so that:"), ("day", "day"), ("call_to_action", "asks:"),
                            ("seen_in", "seen in:"), ("detail", "needs:"), ("cost", "cost:"))
        if hasattr(claim, name)
    ]  # fmt: skip
    inferred = " :gray[:material/lightbulb:]" if claim.basis == "inferred" else ""
    return f"{escaped(claim.text)}{rule}{inferred}" + (f"  \n:gray[{'; '.join(more)}]" if more else "")


def _evidence(document: Document) -> None:
    label = f"Evidence: {plural(len(document.evidence), 'quote')}"
    if document.dropped:
        label += f", {plural(len(document.dropped), 'claim')} taken out"
    with st.expander(label, icon=":material/format_quote:"):
        known = {each.id: each for each in document.evidence}
        for claims in sections(document.content).values():
            for claim in claims:
                st.markdown(f"{escaped(claim.text)}")
                for one in claim.evidence:
                    _quote(known[one])
        for each in document.dropped:
            st.markdown(f":red[:material/block:] {escaped(each.text)}")
            st.caption(escaped(each.why))


def _quote(each: Evidence) -> None:
    where = {"page": each.source, "document": spoken(each.source), "person": _author(each.source), "catalogue": each.title or ""}
    st.caption(f"“{escaped(each.quote)}” {escaped(where[each.kind])}")


def _context(document: Document) -> None:
    with st.expander("Written from", icon=":material/inventory_2:"):
        for each in document.context:
            name = _CONTEXTS.get(each.context, spoken(each.context))
            age = "" if each.freshness_hours is None else f", {each.freshness_hours:,.0f} h old"
            st.markdown(f"{name} :{_COLOURS[each.quality]}-badge[{each.quality}, {each.score:.0%}]{age}")
            if each.gaps:
                st.caption(escaped("; ".join(each.gaps)))


def _author(author: str) -> str:
    return author.removeprefix("person:")
