"""How well search finds, on the judged set: nDCG@10 of words, of meaning, and of both fused.

    python -m tests.benchmarks.judge_search [--each]

Prints, for each language and for tuned-on and held-out questions, the mean with the middle 95 %
of its bootstrap, and what fusion gains over each way alone, paired by question.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.retrieval.embedders.nano import NanoEmbedder
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import open_workbench
from tests.integration.retrieval.judging import JudgedSet, Question, interval, questions

WAYS = {"words": ("words",), "meaning": ("meaning",), "fused": ("words", "meaning")}
Scores = Mapping[str, Mapping[str, float]]


def main() -> None:
    """Judge and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", action="store_true", help="print every question too")
    each = parser.parse_args().each
    with tempfile.TemporaryDirectory() as home:
        bench = open_workbench(load_settings(home=Path(home)), clock=SystemClock())
        judged = JudgedSet(bench, NanoEmbedder())
        scores = {name: judged.scores(by) for name, by in WAYS.items()}
        bench.close()
    print(f"{'questions':<22}{'n':>3}  " + "".join(f"{name:<24}" for name in (*WAYS, "fused - words", "fused - meaning")))
    for name, part in _parts().items():
        print(f"{name:<22}{len(part):>3}  " + "".join(f"{cell:<24}" for cell in _cells(scores, part)))
    if each:
        for one in questions():
            told = "  ".join(f"{scores[name][one.text]:.2f}" for name in WAYS)
            print(f"{one.language} {'held' if one.held_out else 'seen'}  {told}  {one.text}")


def _parts() -> dict[str, list[Question]]:
    everything = questions()
    parts = {"all": everything}
    for language in ("en", "ru"):
        mine = [one for one in everything if one.language == language]
        parts[f"{language}"] = mine
        parts[f"{language}, tuned on"] = [one for one in mine if not one.held_out]
        parts[f"{language}, held out"] = [one for one in mine if one.held_out]
    return parts


def _cells(scores: Scores, part: list[Question]) -> list[str]:
    columns = [[scores[name][one.text] for one in part] for name in WAYS]
    words, meaning, fused = columns
    columns += [[a - b for a, b in zip(fused, other, strict=True)] for other in (words, meaning)]
    return [f"{fmean(values):+.3f} [{low:+.3f} {high:+.3f}]" for values in columns for low, high in [interval(values)]]


if __name__ == "__main__":
    main()
