"""What commands cut short says so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gtm_pipelines.cli.judge import SHOWN, _show_grounding
from gtm_pipelines.cli.output import short
from gtm_pipelines.drafting.checks.model import Backing, DraftGrounding, ShownClaim
from gtm_pipelines.drafting.evidence import Evidence


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("moves wages", 11, "moves wages"),
        ("moves wages of builders", 12, "moves wages…"),
        ("moves wages of builders", 14, "moves wages…"),
        ("moves wages, and more", 14, "moves wages…"),
        ("one\n two", 20, "one two"),
        ("Donaudampfschifffahrt", 6, "Donau…"),
    ],
)
def test_a_long_text_is_cut_between_words_and_says_so(text: str, most: int, shown: str) -> None:
    assert short(text, most) == shown


def test_evidence_of_a_draft_is_never_cut_without_a_sign(capsys: pytest.CaptureFixture[str]) -> None:
    whole = "Oakwater moves the wages of builders and plumbers from one bank to another within a day, in Leeds, York and Hull"
    backing = Backing(Evidence("company.description", "description", whole, "import"), None)
    claim = ShownClaim(whole, 0, len(whole), (backing,))
    _show_grounding(DraftGrounding("d", 1, "clear", "clear", (), (claim,), "rules", datetime(2026, 3, 4, tzinfo=UTC)))
    said = capsys.readouterr().out
    shown = short(whole, SHOWN)
    assert shown.endswith("…")
    assert said.splitlines()[-1] == f"  '{shown}' rests on {shown} (import)"
