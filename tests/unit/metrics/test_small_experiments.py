"""An experiment whose campaign is too small is not told to wait for more."""

from __future__ import annotations

from typing import Any

from gtm_pipelines.metrics.reading import ArmReading, told

EMPTY: dict[str, Any] = dict.fromkeys(ArmReading.__dataclass_fields__)


def arm(variant: str, dealt: int, sent: int, needed: int, *, reference: bool = False) -> ArmReading:
    verdict = "reference" if reference else "not_enough_data"
    counts = {"dealt": dealt, "sent": sent, "delivered": sent, "needed": needed, "is_reference": reference, "verdict": verdict}
    return ArmReading(**EMPTY | counts | {"variant": variant, "harm_verdict": "not_enough_data"})


def test_a_campaign_of_thirteen_is_set_beside_others() -> None:
    headline, advice = told((arm("baseline", 6, 6, 94, reference=True), arm("direct", 7, 6, 94)), "baseline")
    assert headline == "The campaign is too small ever to tell its arms apart."
    assert "over several campaigns" in advice
    assert "94" not in advice


def test_a_campaign_with_people_left_is_told_how_many_more() -> None:
    headline, advice = told((arm("baseline", 200, 6, 94, reference=True), arm("direct", 200, 6, 94)), "baseline")
    assert headline == "Not enough data."
    assert "about 94 more" in advice
