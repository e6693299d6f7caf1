"""A document of a strategy as a card: its claims, how sure each section is, and the words they rest on."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from app.components.language import joined, mark, t, tn, written
from app.components.text import escaped, moment, spoken
from app.components.translated import translated
from gtm_pipelines.strategy.model import Claim, Criterion, Document, Evidence, Kind, Quality, describe, quality_of, sections

TITLES: dict[Kind, str] = {
    "product_overview": mark("Product overview"),
    "target_company": mark("Target company"),
    "target_persona": mark("Target persona"),
    "positioning": mark("Positioning"),
    "email_strategy": mark("E-mail strategy"),
    "data_sources": mark("Data sources"),
}
_COLOURS: dict[Quality, Literal["green", "orange", "red"]] = {
    "sufficient": "green",
    "partial": "orange",
    "insufficient": "red",
    "missing": "red",
}
_CONTEXTS = {"website_content": mark("Website")}


def card(document: Document, *, outdated_by: tuple[str, ...]) -> None:
    """Draw one document."""
    st.progress(document.confidence, text=t("Confidence {confidence:.0%}", confidence=document.confidence))
    told = t(
        "Version {numbers}, by {author}, {created_at}",
        numbers=document.number,
        author=escaped(_author(document.author)),
        created_at=moment(document.created_at),
    )
    st.caption(told)
    if outdated_by:
        names = joined(spoken(name).lower() for name in outdated_by)
        st.warning(t("The {names} changed since. Write it anew.", names=names), icon=":material/update:")
    for name, claims in sections(document.content).items():
        _section(document, name, claims)
    _evidence(document)
    _context(document)


def _section(document: Document, name: str, claims: tuple[Claim, ...]) -> None:
    sure = document.confidences.get(name, 0.0)
    quality = quality_of(sure) if claims else "missing"
    held = written(sure, ".0%") if claims else t("nothing to quote")
    st.markdown(f"**{spoken(name)}** :{_COLOURS[quality]}-badge[{held}]")
    lines = [f"- {_line(claim)}" for claim in claims]
    if lines:
        st.markdown("\n".join(lines))


def _line(claim: Claim) -> str:
    rule = f" :gray[({escaped(describe(claim))}, {claim.weight})]" if isinstance(claim, Criterion) else ""
    more = [
        f"{label} {escaped(getattr(claim, name))}"
        for name, label in (
            ("pain", t("against:")),
            ("outcome", t("so that:")),
            ("day", t("day:")),
            ("call_to_action", t("asks:")),
            ("seen_in", t("seen in:")),
            ("detail", t("needs:")),
            ("cost", t("cost:")),
        )
        if hasattr(claim, name)
    ]
    inferred = " :gray[:material/lightbulb:]" if claim.basis == "inferred" else ""
    return f"{escaped(translated(claim.text))}{rule}{inferred}" + (f"  \n:gray[{'; '.join(more)}]" if more else "")


def _evidence(document: Document) -> None:
    label = tn("Evidence: {number} quote", "Evidence: {number} quotes", len(document.evidence))
    if document.dropped:
        label += tn(", {number} claim taken out", ", {number} claims taken out", len(document.dropped))
    with st.expander(label, icon=":material/format_quote:"):
        known = {each.id: each for each in document.evidence}
        for claims in sections(document.content).values():
            for claim in claims:
                st.markdown(f"{escaped(translated(claim.text))}")
                for one in claim.evidence:
                    _quote(known[one])
        for each in document.dropped:
            st.markdown(f":red[:material/block:] {escaped(each.text)}")
            st.caption(escaped(translated(each.why)))


def _quote(each: Evidence) -> None:
    where = {"page": each.source, "document": spoken(each.source), "person": _author(each.source), "catalogue": each.title or ""}
    st.caption(f"“{escaped(each.quote)}” {escaped(where[each.kind])}")


def _context(document: Document) -> None:
    with st.expander(t("Written from"), icon=":material/inventory_2:"):
        for each in document.context:
            name = t(_CONTEXTS[each.context]) if each.context in _CONTEXTS else spoken(each.context)
            age = (
                "" if each.freshness_hours is None else t(", {freshness_hours:,.0f} h old", freshness_hours=each.freshness_hours)
            )
            held = f"{spoken(each.quality).lower()}, {written(each.score, '.0%')}"
            st.markdown(f"{name} :{_COLOURS[each.quality]}-badge[{held}]{age}")
            if each.gaps:
                st.caption(escaped("; ".join(map(translated, each.gaps))))


def _author(author: str) -> str:
    return author.removeprefix("person:")
