"""Invented facts of every kind are found, and true ones are left alone: cases written by hand, English and Russian.

Each set was frozen before it was first run, and the rules were mended after it, by rules of general validity. What holds today
is asserted below. What a set showed on its first run tells more about mail that nobody has looked at (found of planted,
and planted of all that was found):

========  ====================  ====================  ====================  ====================
kind      mails                 letters               offers                notes
========  ====================  ====================  ====================  ====================
person    10 of 10, 10 of 10    10 of 10, 10 of 10    7 of 10, 7 of 7       6 of 10, 6 of 6
company   10 of 10, 10 of 15    9 of 10, 9 of 15      10 of 10, 10 of 17    10 of 10, 10 of 12
product   6 of 10, 6 of 7       7 of 10, 7 of 7       9 of 10, 9 of 9       10 of 10, 10 of 10
number    9 of 10, 9 of 17      10 of 10, 10 of 23    10 of 10, 10 of 18    9 of 10, 9 of 9
money     10 of 10, 10 of 11    10 of 10, 10 of 10    10 of 10, 10 of 10    10 of 10, 10 of 10
percent   10 of 10, 10 of 10    9 of 10, 9 of 9       10 of 10, 10 of 10    10 of 10, 10 of 10
date      8 of 10, 8 of 10      8 of 10, 8 of 8       10 of 10, 10 of 10    10 of 10, 10 of 10
link      10 of 10, 10 of 10    10 of 10, 10 of 10    8 of 10, 8 of 8       10 of 10, 10 of 10
email     10 of 10, 10 of 10    10 of 10, 10 of 10    10 of 10, 10 of 10    10 of 10, 10 of 10
phone     10 of 10, 10 of 10    9 of 10, 9 of 9       9 of 10, 9 of 9       10 of 10, 10 of 10
quote     10 of 10, 10 of 10    10 of 10, 10 of 11    10 of 10, 10 of 10    10 of 10, 10 of 10
========  ====================  ====================  ====================  ====================

Each of the four has 220 cases. On the first two, a company found as a product, and the same invention told twice, counted
against the checker. After their first run some labels were seen to be wrong and were mended: two days that a mail proposes
for a call are no invention; six texts thought clean hold a number, a name or a quotation that stands nowhere; five more held
a second invention, which was taken out. In the last, four people were found, but taken for companies: the list of given names
had none of their languages.

The sets ``tuned``, ``held_out`` and ``fresh`` are older: 41 of 44, 43 of 44 and 43 of 45 on the first run of the last of them.
"""

from __future__ import annotations

import pytest

from tests.unit.drafting.checks.planted_cases import KINDS, cases, count

LEAST = 0.95
PARTS = ("tuned", "held_out", "fresh", "mails", "letters", "offers", "notes")


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
