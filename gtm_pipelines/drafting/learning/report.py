"""What the report of an attempt shows: cases that got better and worse, and what was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gtm_pipelines.drafting.learning.board import Board
from gtm_pipelines.drafting.learning.proof import Pair
from gtm_pipelines.drafting.learning.task import Gold

SHOWN = 8
"""How many cases a report shows that got better, and that got worse."""


def shown(pairs: Sequence[Pair], golds: Sequence[Gold]) -> dict[str, list[dict[str, Any]]]:
    """Return the cases whose score rose and fell most, by the ids of example and contact."""
    contacts = {gold.key: gold.contact_id for gold in golds}
    ordered = sorted(pairs, key=lambda pair: pair.new - pair.old)

    def told(pair: Pair) -> dict[str, Any]:
        return {"example_id": pair.key, "contact_id": contacts[pair.key], "old": pair.old, "new": pair.new}

    return {
        "better": [told(pair) for pair in reversed(ordered) if pair.new > pair.old][:SHOWN],
        "worse": [told(pair) for pair in ordered if pair.new < pair.old][:SHOWN],
    }


def changed(board: Board, old: str, new: Mapping[str, Any]) -> dict[str, Any]:
    """Return, by predictor, the instruction before and after and how many examples it carries."""
    before = board.states[old]
    told = {
        name: {
            "instruction_before": before[name]["signature"]["instructions"],
            "instruction_after": part["signature"]["instructions"],
            "demos": len(part.get("demos", ())),
        }
        for name, part in new.items()
        if isinstance(part, Mapping) and "signature" in part and name in before
    }
    return {"changes": {name: one for name, one in told.items() if one["demos"] or _differs(one)}}


def _differs(one: Mapping[str, Any]) -> bool:
    return bool(one["instruction_before"] != one["instruction_after"])
