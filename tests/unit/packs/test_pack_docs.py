from __future__ import annotations

import pytest

from gtm_pipelines.packs.manifest import ExampleHead, Limits, Manifest, PartHead
from gtm_pipelines.packs.rules import RULES
from gtm_pipelines.packs.stages import MEANINGS, STAGES
from tests.parts import ROOT

PAGE = (ROOT / "docs" / "packs.md").read_text("utf-8")


@pytest.mark.parametrize("shape", [Manifest, Limits, PartHead, ExampleHead])
def test_every_key_of_a_pack_is_explained(shape: type[Manifest]) -> None:
    assert [name for name in shape.model_fields if f"`{name}" not in PAGE and f"{name}`" not in PAGE] == []


def test_every_rule_is_explained() -> None:
    assert [rule for rule in RULES if f"`{rule}`" not in PAGE] == []


def test_every_input_and_output_of_a_stage_is_named_and_has_a_meaning() -> None:
    names = {name for stages in STAGES.values() for stage in stages.values() for name in stage.inputs | stage.answers}
    assert [name for name in sorted(names) if f"`{name}`" not in PAGE or name not in MEANINGS] == []
