"""Fifty questions to the coach over a workspace whose every figure is known, half of them Russian: what is said, what is shown.

    python -m tests.benchmarks.coach_questions --model local|rules|scripted|URL [--questions N] [--each] [--json]

``local`` is the small model the tests bring, which shows what a weak one comes to and not how good a model can be;
``scripted`` only lies; ``rules`` asks none; a URL is any server that speaks OpenAI's language. Numbers are held against the
services, and those of a model also against what it was given to read; neither is done by the coach's own check.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

from gtm_pipelines.cli.output import progress_bar, show_table
from gtm_pipelines.coaching.model import Answer
from gtm_pipelines.coaching.service import CoachService
from gtm_pipelines.log import configure_logging
from gtm_pipelines.settings import LlmSettings, ModelSettings, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.coaching_parts import LIES, Heard, Watched, coach_with, desk_of, measured, plan_or
from tests.integration.coaching.known import numbers_of, strange
from tests.integration.coaching.questions import QUESTIONS, Truth, Wants
from tests.local_model import local_model

_NUMBER = re.compile(r"\d(?:[\d\u202f,.]*\d)?")
COLUMNS = (
    "questions", "answered", "in_the_model's_words", "by_rules_instead", "names_what_was_asked", "sentences_said",
    "sentences_taken_out", "numbers_said", "numbers_shown", "the_record's", "not_given_to_the_model", "seconds", "worst",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One question with its answer.

    Attributes:
        wanted: whether the answer names the figures that were asked for.
        strange: numbers of the answer that no service knows.
        foreign: numbers of a model's sentences that stand nowhere in what it was given.
        heard: what a model read and said; ``None`` where none was asked.
    """

    question: str
    answer: Answer
    wanted: bool
    strange: tuple[str, ...]
    foreign: tuple[str, ...]
    heard: Heard | None
    seconds: float


@contextmanager
def coach(model: str, name: str = "smollm2", mode: str = "grammar") -> Iterator[tuple[Workbench, CoachService, Watched | None]]:
    """Open a workbench with known figures and the coach over it: with a model, or with rules only."""
    with ExitStack() as opened:
        home = Path(opened.enter_context(tempfile.TemporaryDirectory())) / "local"
        bench = measured(home)
        opened.callback(bench.close)
        if model == "rules":
            yield bench, CoachService(desk_of(bench), None), None
            return
        if model == "scripted":
            yield bench, *coach_with(bench, lambda request: plan_or(request, LIES))
            return
        url = opened.enter_context(local_model()) if model == "local" else model
        settings = ModelSettings(
            name="asked", provider="compatible", model=name, base_url=url, input_price=0, output_price=0, schema_mode=mode,
            timeout_seconds=300,
        )  # fmt: skip
        asked = open_workbench(load_settings(home=home, models=[settings], llm=LlmSettings(cache_days=0)), clock=bench.clock)
        opened.callback(asked.close)
        watched = Watched(asked, asked.llm)
        yield asked, CoachService(desk_of(asked), watched), watched


def chosen(most: int) -> list[tuple[str, str, Wants]]:
    """Return so many of the questions, English and Russian in turn."""
    half = len(QUESTIONS) // 2
    return list(chain.from_iterable(zip(QUESTIONS[:half], QUESTIONS[half:], strict=True)))[:most]


def ask(
    bench: Workbench, answers: CoachService, watched: Watched | None, known: frozenset[str], question: str, wants: Wants
) -> Asked:
    """Ask one question and hold the answer against the services."""
    before, began = len(watched.heard) if watched else 0, time.perf_counter()
    answer = answers.ask(question, by="anna")
    seconds = time.perf_counter() - began
    heard = watched.heard[-1] if watched and len(watched.heard) > before else None
    truth = Truth(bench, russian=answer.language == "ru")
    wanted = all(one in answer.text for one in wants(truth))
    foreign: list[str] = []
    if heard and heard.worded and answer.way == "model":
        read = set(_NUMBER.findall("\n".join(heard.material.lines)))
        foreign = [number for one in heard.worded.kept for number in _NUMBER.findall(one.text) if number not in read]
    return Asked(question, answer, wanted, tuple(strange(answer.text, known, bench)), tuple(foreign), heard, seconds)


def row(name: str, asked: Sequence[Asked]) -> dict[str, Any]:
    """Return what some questions came to."""
    worded = [one.heard.worded for one in asked if one.heard and one.heard.worded]
    said = [sentence for one in worded for sentence in (*one.kept, *one.removed)]
    shown = sum(len(_NUMBER.findall(one.answer.text)) for one in asked)
    return {
        "": name, "questions": len(asked), "answered": sum(bool(one.answer.text) for one in asked),
        "in_the_model's_words": sum(one.answer.way == "model" for one in asked),
        "by_rules_instead": sum(one.answer.way == "fallback" for one in asked),
        "names_what_was_asked": sum(one.wanted for one in asked), "sentences_said": len(said),
        "sentences_taken_out": sum(len(one.removed) for one in worded),
        "numbers_said": sum(len(_NUMBER.findall(one.text)) for one in said), "numbers_shown": shown,
        "the_record's": shown - sum(len(one.strange) for one in asked),
        "not_given_to_the_model": sum(len(one.foreign) for one in asked),
        "seconds": round(median(one.seconds for one in asked), 1), "worst": round(max(one.seconds for one in asked), 1),
    }  # fmt: skip


def _reasons(asked: Sequence[Asked]) -> dict[str, int]:
    """Return why sentences were taken out, and how many."""
    removed = [one for ask in asked if ask.heard and ask.heard.worded for one in ask.heard.worded.removed]
    return dict(Counter(re.sub(r"^'?.*'? is (no|a) ", r"\1 ", one.reason) for one in removed).most_common())


def _tell(one: Asked) -> None:
    print(
        f"\n> {one.question}   [{one.answer.way}, {one.seconds:.1f} s] {' '.join(one.answer.notes)}\n{one.answer.text}",
        flush=True,
    )
    for sentence in one.heard.worded.removed if one.heard and one.heard.worded else ():
        print(f"  - {sentence.text}   ({sentence.reason})")


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="local", metavar="local|rules|scripted|URL", help="who words the answers")
    parser.add_argument("--name", default="smollm2", help="what the server calls the model")
    parser.add_argument("--mode", default="grammar", choices=("grammar", "json_schema"), help="how it is held to the form")
    parser.add_argument("--questions", type=int, default=len(QUESTIONS), help="how many are asked")
    parser.add_argument("--each", action="store_true", help="print every answer, and what was taken out of it and why")
    parser.add_argument("--json", action="store_true", help="print as JSON")
    wanted = parser.parse_args()
    configure_logging("error")
    asked: list[Asked] = []
    with coach(wanted.model, wanted.name, wanted.mode) as (bench, answers, watched), progress_bar("Asking") as moved:
        known, questions = numbers_of(bench), chosen(wanted.questions)
        for question, _, wants in questions:
            asked.append(ask(bench, answers, watched, known, question, wants))
            if wanted.each and not wanted.json:
                _tell(asked[-1])
            moved(len(asked), len(questions))
    parts = {"all": asked} | {code: [one for one in asked if one.answer.language == code] for code in ("en", "ru")}
    rows = [row(name, part) for name, part in parts.items() if part]
    if wanted.json:
        print(json.dumps({"rows": rows, "taken_out_because": _reasons(asked)}, ensure_ascii=False, indent=1))
        return
    turned = [{"": name.replace("_", " "), **{str(one[""]): one[name] for one in rows}} for name in COLUMNS]
    show_table(turned, ("", *(str(one[""]) for one in rows)), empty="Nothing was asked.")
    for reason, count in _reasons(asked).items():
        print(f"  taken out: {count} × {reason}")


if __name__ == "__main__":
    main()
