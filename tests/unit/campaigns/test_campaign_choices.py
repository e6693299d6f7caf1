"""Settings of a campaign that cannot be used are told by key, with what is allowed and which keys there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from gtm_pipelines.campaigns.choices import settings_of
from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.errors import InputError

KNOWN = f"Known settings: {', '.join(CampaignSettings.model_fields)}."


def refusal(text: str | None, **chosen: Any) -> str:
    with pytest.raises(InputError) as refused:
        settings_of(text, chosen)
    said = str(refused.value)
    assert "pydantic" not in said
    assert "Input should" not in said
    return said


@pytest.mark.parametrize(
    ("text", "chosen", "line"),
    [
        ('{"limit":-4}', {}, "limit: -4 is not allowed; give a whole number, at least 1"),
        ('{"limit":"many"}', {}, 'limit: "many" is not allowed; give a whole number, at least 1'),
        ('{"limt":4}', {}, "limt: there is no such key; did you mean limit?"),
        ('{"control_share":2}', {}, "control_share: 2 is not allowed; give a number, above 0 and below 1"),
        ('{"drafter":"robot"}', {}, 'drafter: "robot" is not allowed; give one of baseline, model'),
        ('{"stop_company":"maybe"}', {}, 'stop_company: "maybe" is not allowed; give true or false'),
        ('{"variables":{"Offer!":{"en":"x"}}}', {}, "variables, Offer!: \"Offer!\" is not allowed; give a name of small letters"),
        (None, {"sequence": ("a:0",)}, "number 1, wait_days: 0 is not allowed; give a whole number, at least 1 and at most 90"),
        ('{"variables":{"offer":"x"}}', {}, 'variables, offer: "x" is not allowed; give an object of names with their values'),
        (None, {"sequence": ("follow ups",)}, "sequence, number 1: 'follow ups' is no step; write it as PACK"),
        ('{"sequence":[{"pack":"a","wait":3}]}', {}, "sequence, number 1, wait: there is no such key; did you mean wait_days?"),
    ],
)  # fmt: skip
def test_each_fault_names_its_key_and_what_is_allowed(text: str | None, chosen: Mapping[str, Any], line: str) -> None:
    said = refusal(text, **chosen)
    assert line in said
    assert KNOWN in said


@pytest.mark.parametrize("text", ["{", "[1]", "3"])
def test_what_is_no_object_is_told_with_an_example(text: str) -> None:
    assert '{"limit": 100}' in refusal(text)


def test_choices_beside_the_settings_win() -> None:
    made = settings_of('{"limit": 4, "drafter": "model"}', {"drafter": "baseline"})
    assert (made.limit, made.drafter) == (4, "baseline")
