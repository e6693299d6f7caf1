"""Invented facts of every kind are found, and true ones are left alone: cases written by hand, English and Russian."""

from __future__ import annotations

import pytest

from tests.unit.drafting.checks.planted_cases import KINDS, cases, count

LEAST = 0.95
PARTS = ("tuned", "held_out", "fresh")


@pytest.mark.parametrize("part", PARTS)
def test_every_kind_of_invented_fact_is_found(part: str) -> None:
    counts = count(cases(part))
    assert {kind: counts[kind].missed for kind in KINDS if counts[kind].recall < LEAST} == {}


@pytest.mark.parametrize("part", PARTS)
def test_what_stands_in_evidence_is_left_alone(part: str) -> None:
    counts = count(cases(part))
    assert {kind: counts[kind].false for kind in KINDS if counts[kind].precision < LEAST} == {}


def test_there_are_enough_cases_half_of_them_with_an_invented_fact() -> None:
    every = [case for part in PARTS for case in cases(part)]
    invented = [case for case in every if case.kind != "-"]
    assert len(every) >= 200
    assert 0.45 <= len(invented) / len(every) <= 0.55
    assert {case.language for case in invented} == {"en", "ru"}
    assert all(case.invented in case.body for case in invented)
    assert {case.kind for case in invented} == set(KINDS)
