"""A claim stays only where words that stand in the material carry it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.strategy.claims import Claim, Criterion
from gtm_pipelines.strategy.documents import ProductOverview, Quote, TargetCompany, TargetPersona
from gtm_pipelines.strategy.ground import Material, ground, span_of

PAGE = "Acme «Ракета»: 12 000 магазинов в 41 регионе — и ни одной ошибки.\nPrices from 14 euros a month, see acme.example/prices."
AT = "2026-03-04T10:00:00+00:00"


def overview(**sections: object) -> ProductOverview:
    empty = {name: None if name in ("offer", "category") else () for name in ProductOverview.model_fields}
    return ProductOverview(**{**empty, **sections})


def checked(claim: Claim, quote: str, source: str = "p1") -> tuple[bool, str]:
    material = [Material("p1", "page", "https://acme.example", PAGE, AT)]
    found = ground(overview(features=(claim,)), [Quote(id="e1", source=source, quote=quote)], material)
    return bool(found.content.features), found.dropped[0].why if found.dropped else ""


def says(text: str, basis: str = "stated") -> Claim:
    return Claim(text=text, basis=basis, evidence=("e1",))


@pytest.mark.parametrize(
    "quote",
    [
        'acme "ракета": 12 000 магазинов', "12\u00a0000 магазинов в 41 регионе - и ни одной ошибки",
        "ни одной ошибки. Prices from",
        "  Prices   from 14 euros a month  ",
    ],
)  # fmt: skip
def test_a_quote_stands_whatever_its_dashes_quotation_marks_gaps_and_case(quote: str) -> None:
    assert checked(says("It is so."), quote) == (True, "")


@pytest.mark.parametrize(
    ("quote", "why"),
    [
        ("13 000 магазинов в 41 регионе", "does not stand in the material"),
        ("rices from 14 euros a mont", "does not stand in the material"),
        ("в 41", "too short"),
        ("", "too short"),
    ],
)
def test_a_quote_that_does_not_stand_carries_nothing(quote: str, why: str) -> None:
    stays, told = checked(says("It is so."), quote)
    assert not stays
    assert why in told


def test_a_page_named_wrongly_is_found_where_it_stands() -> None:
    assert checked(says("It is so."), "Prices from 14 euros", source="[p9]") == (True, "")


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        (says("It costs 15 euros."), "'15' stands in none"),
        (says("Write to boss@evil.example.", "inferred"), "boss@evil.example"),
        (says("See https://evil.example/x now.", "inferred"), "evil.example"),
        (says("See evil.com.", "inferred"), "evil.com"),
        (Claim(text="x", basis="stated", evidence=("e9",)), "'e9' names no quote"),
        (Claim(text="x", basis="stated", evidence=()), "names no quote"),
    ],
)
def test_figures_and_addresses_come_from_the_quotes(claim: Claim, why: str) -> None:
    stays, told = checked(claim, "Prices from 14 euros a month")
    assert not stays
    assert why in told


def test_a_figure_may_be_written_with_another_separator_and_inferred() -> None:
    assert checked(says("12,000 shops."), "12 000 магазинов в 41 регионе") == (True, "")
    assert checked(says("About 300 regions could follow.", "inferred"), "12 000 магазинов в 41 регионе") == (True, "")


def test_what_is_said_twice_is_said_once() -> None:
    material = [Material("p1", "page", "https://acme.example", PAGE, AT)]
    quotes = [Quote(id="e1", source="p1", quote="Prices from 14 euros a month")]
    found = ground(overview(pricing=(says("14 euros a month."), says("14 Euros a month."))), quotes, material)
    assert [each.text for each in found.content.pricing] == ["14 euros a month."]


@pytest.mark.parametrize(
    ("field", "op", "values", "why"),
    [
        ("country", "is", ("Germany",), "no code of two letters"),
        ("employee_count", "at_least", ("many",), "one whole number"),
        ("employee_count", "at_least", ("10", "20"), "one whole number"),
        ("industry", "at_least", ("10",), "one whole number"),
        ("employee_count", "is", ("ten",), "whole numbers"),
        ("industry", "is", (), "names no value"),
        ("position", "is", ("CTO",), "cannot be asked of companies"),
    ],
)
def test_a_criterion_that_code_cannot_apply_is_taken_out(field: str, op: str, values: tuple[str, ...], why: str) -> None:
    material = [Material("p1", "page", "https://acme.example", PAGE, AT)]
    rule = {"text": "So it is.", "basis": "inferred", "evidence": ("e1",), "weight": "must"}
    criterion = Criterion(field=field, op=op, values=values, **rule)
    company = TargetCompany(firmographics=(criterion,), buying_signals=(), disqualifiers=())
    found = ground(company, [Quote(id="e1", source="p1", quote="Prices from 14 euros a month")], material)
    assert found.content.firmographics == ()
    assert why in found.dropped[0].why


def test_a_single_claim_that_falls_leaves_its_section_empty() -> None:
    persona = TargetPersona(decision_maker=says("The boss."), criteria=(), goals=(), behaviours=(), pains=(), objections=())
    assert ground(persona, [], []).content.decision_maker is None


@given(st.text(max_size=60), st.text(max_size=300))
def test_a_span_always_holds_what_was_looked_for(wanted: str, text: str) -> None:
    span = span_of(wanted, text)
    if span:
        start, end = span
        assert 0 <= start < end <= len(text)
        assert span_of(wanted, text[start:end]) == (0, end - start)
