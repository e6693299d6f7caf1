"""Which candidates an optimiser tried, and how each did on each case: known also when it is stopped half way."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dspy

from gtm_pipelines.drafting.learning.metric import Metric
from gtm_pipelines.drafting.learning.task import Gold
from gtm_pipelines.errors import GtmError
from gtm_pipelines.ids import digest
from gtm_pipelines.llm.adapter import called
from gtm_pipelines.llm.model import CallContext

State = Mapping[str, Any]
PURPOSE = "optimise"


class Board:
    """Candidates and their scores. Safe from many threads; a copy of a program shares it.

    Args:
        golds: every case by key.
        metric: what scores.
        told: told after every score.
    """

    def __init__(self, golds: Mapping[str, Gold], metric: Metric, told: Callable[[], None] = lambda: None) -> None:
        self.golds = dict(golds)
        self.metric = metric
        self.states: dict[str, State] = {}
        self.scores: dict[str, dict[str, float]] = defaultdict(dict)
        self.runs = 0
        self.told = told
        self._lock = threading.Lock()

    def __deepcopy__(self, _memo: object) -> Board:
        return self

    def seen(self, program: dspy.Module) -> str:
        """Return the name of a candidate, which is remembered by its whole state."""
        state = plain_state(program)
        name = digest(json.dumps(state, sort_keys=True, ensure_ascii=False))[:16]
        with self._lock:
            self.states.setdefault(name, state)
        return name

    def measure(self, example: Any, produced: Any, *_trace: Any) -> float:
        """Score what a program produced for an example; the metric of all three optimisers."""
        return self.read(example, produced)[0]

    def read(self, example: Any, produced: Any) -> tuple[float, str]:
        """Return the score and what there is to learn from it."""
        score = self.metric.score(self.golds[example.case], produced)
        candidate = getattr(produced, "candidate", None)
        with self._lock:
            if candidate is not None:
                self.scores[candidate][example.case] = score.value
            self.runs += 1
        self.told()
        return score.value, score.feedback

    def failed(self, candidate: str, key: str) -> None:
        """Count that no draft came of a case: worth nothing, and tried all the same."""
        with self._lock:
            self.scores[candidate][key] = 0.0

    def mean(self, candidate: str, keys: Sequence[str]) -> float | None:
        """Return a candidate's mean over cases; ``None`` where it was not tried on all of them."""
        known = self.scores.get(candidate, {})
        return sum(known[key] for key in keys) / len(keys) if keys and all(key in known for key in keys) else None

    def best(self, keys: Sequence[str]) -> tuple[str, float] | None:
        """Return the candidate with the highest mean over all these cases; of equals the one tried first."""
        means = [(name, mean) for name in self.states if (mean := self.mean(name, keys)) is not None]
        return max(means, key=lambda one: one[1], default=None)


class Watched(dspy.Module):  # type: ignore[misc]
    """A program that is called by the key of a case and tells the board who it is.

    Inputs of an optimiser's examples are keys alone: what is known of a person stays out of its prompts, but for
    the inputs and answers of the program's own questions.
    """

    def __init__(self, program: dspy.Module, board: Board) -> None:
        super().__init__()
        self.program = program
        self._board = board

    def forward(self, case: str) -> dspy.Prediction:
        """Run the program on one case, its calls on record under whom it is about."""
        gold = self._board.golds[case]
        candidate = self._board.seen(self.program)
        try:
            with called(CallContext(PURPOSE, contact_id=gold.contact_id)):
                produced = self.program(case=gold.case)
        except (GtmError, dspy.LMError, dspy.AdapterParseError):
            self._board.failed(candidate, case)
            raise
        produced["candidate"] = candidate
        return produced


def examples_of(golds: Sequence[Gold]) -> list[Any]:
    """Return cases as DSPy's optimisers take them; ``lesson`` is what a proposer may read."""
    return [dspy.Example(case=gold.key, lesson=gold.lesson).with_inputs("case") for gold in golds]


def plain_state(program: dspy.Module) -> dict[str, Any]:
    """Return a program's whole state as JSON holds it, without traces and language models."""
    state = json.loads(json.dumps(program.dump_state(), ensure_ascii=False, default=str))
    for part in state.values():
        if isinstance(part, dict) and "signature" in part:
            part |= {"traces": [], "train": [], "lm": None}
    return dict(state)
