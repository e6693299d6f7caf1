"""The three optimisers, set up alike: they try candidates, the board remembers, and the best is taken from there."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import dspy

from gtm_pipelines.drafting.learning.attempt import Effort, Optimiser, SilentFailureError
from gtm_pipelines.drafting.learning.board import Board, Watched, examples_of
from gtm_pipelines.drafting.learning.task import Gold

KEEP_RULES = (
    "Keep every rule of the current instruction about evidence, links, identity and opting out, word for word where you can. "
    "Write in the language of the current instruction. Name no person, company, address or fact of the examples: the "
    "instruction is used for other people."
)
MAX_INSTRUCTION = 6_000
"""Longest instruction a reflection may propose, in characters."""


def search(
    optimiser: Optimiser,
    student: Watched,
    board: Board,
    train: Sequence[Gold],
    validation: Sequence[Gold],
    effort: Effort,
    lm: dspy.LM,
    base_mean: float,
) -> dict[str, Any]:
    """Let an optimiser try candidates; return what there is to tell of it. What it found is on the board.

    Raises:
        SilentFailureError: GEPA never got an instruction to try, though there was something to better.
        Stop: a budget is used up, or somebody wants it to end.
    """
    found: Mapping[Optimiser, Callable[..., dict[str, Any]]] = {"bootstrap": _bootstrap, "mipro": _mipro, "gepa": _gepa}
    with _quiet():
        return found[optimiser](student, board, train, validation, effort, lm, base_mean)


def evaluate(student: Watched, board: Board, golds: Sequence[Gold], threads: int) -> None:
    """Run a program over cases; the board takes the scores. A draft that fails scores nought."""
    if golds:
        with _quiet():
            errors = len(golds) + 1
            dspy.Evaluate(devset=examples_of(golds), metric=board.measure, num_threads=threads, max_errors=errors)(student)
        candidate = board.seen(student.program)
        for gold in golds:
            board.scores[candidate].setdefault(gold.key, 0.0)


def _bootstrap(
    student: Watched, board: Board, train: Sequence[Gold], validation: Sequence[Gold], effort: Effort, _lm: Any, base: float
) -> dict[str, Any]:
    """Put the program's own best drafts before its questions: those that did better than it does on the average."""
    dearest = sorted(train, key=lambda gold: (-gold.worth, gold.key))
    optimiser = dspy.BootstrapFewShot(
        metric=board.measure, metric_threshold=max(base, 1e-9), max_bootstrapped_demos=max(1, effort.demos),
        max_labeled_demos=0, max_errors=len(train) + 1,
    )  # fmt: skip
    compiled = optimiser.compile(student, trainset=examples_of(dearest))
    evaluate(compiled, board, validation, effort.threads)
    return {"demos": sum(len(predictor.demos) for predictor in compiled.predictors())}


def _mipro(
    student: Watched, board: Board, train: Sequence[Gold], validation: Sequence[Gold], effort: Effort, lm: Any, base: float
) -> dict[str, Any]:
    optimiser = dspy.MIPROv2(
        metric=board.measure, prompt_model=lm, task_model=lm, auto=None, num_candidates=effort.candidates, seed=effort.seed,
        max_bootstrapped_demos=effort.demos, max_labeled_demos=0, num_threads=effort.threads, metric_threshold=max(base, 1e-9),
        max_errors=(len(train) + len(validation) + 1) * (effort.trials + effort.candidates + 1),
    )  # fmt: skip
    compiled = optimiser.compile(
        student, trainset=examples_of(train), valset=examples_of(validation), num_trials=effort.trials, minibatch=False,
        program_aware_proposer=False, view_data_batch_size=5,
    )  # fmt: skip
    return {"trials": len(getattr(compiled, "trial_logs", ()) or ())}


def _gepa(
    student: Watched, board: Board, train: Sequence[Gold], validation: Sequence[Gold], effort: Effort, lm: Any, base: float
) -> dict[str, Any]:
    proposer = _Proposer()
    optimiser = dspy.GEPA(
        metric=_told(board), max_metric_calls=effort.metric_calls, reflection_lm=lm, instruction_proposer=proposer,
        num_threads=effort.threads, track_stats=True, seed=effort.seed, warn_on_score_mismatch=False,
        add_format_failure_as_feedback=False,
    )  # fmt: skip
    compiled = optimiser.compile(student, trainset=examples_of(train), valset=examples_of(validation))
    candidates = len(compiled.detailed_results.candidates)
    if candidates < 2:
        proposer.must_have_tried(base)
    return {"candidates_kept": candidates, "asked_for": proposer.asked, "proposed": proposer.made}


def _told(board: Board) -> Callable[..., Any]:
    """Return the metric as GEPA wants it: a score and, in words, what to learn."""

    def metric(gold: Any, pred: Any, trace: Any = None, pred_name: Any = None, pred_trace: Any = None) -> Any:  # noqa: ARG001
        score, feedback = board.read(gold, pred)
        return dspy.Prediction(score=score, feedback=feedback)

    return metric


class _Proposer:
    """Asks for new instructions as GEPA does, and counts: GEPA itself passes over a reflection that fails."""

    def __init__(self) -> None:
        from dspy.teleprompt.gepa import InstructionProposer

        self._ask = InstructionProposer(additional_instructions=KEEP_RULES, max_chars=MAX_INSTRUCTION)
        self.asked, self.made, self.changed = 0, 0, 0
        self.last_error = ""

    def __call__(self, candidate: dict[str, str], reflective_dataset: Any, components_to_update: list[str]) -> dict[str, str]:
        """Return a new instruction for each component."""
        self.asked += 1
        with self._noting():
            proposed = self._ask(
                candidate=candidate, reflective_dataset=reflective_dataset, components_to_update=components_to_update
            )
        self.made += 1
        self.changed += any(text.strip() != candidate.get(name, "").strip() for name, text in proposed.items())
        return dict(proposed)

    def must_have_tried(self, base: float) -> None:
        """Raise where nothing was ever tried, though there was something to better."""
        if base >= 1 or self.changed:
            return
        if not self.asked:
            raise SilentFailureError(
                "GEPA never came to ask for a new instruction: no draft of the training cases could be looked at. "
                "See the calls of this run for what the model answered."
            )
        why = f" The last one failed with: {self.last_error}" if self.last_error else ""
        raise SilentFailureError(
            f"GEPA asked {self.asked} times for a new instruction and got {self.made}, none of them new; it would have given "
            f"the old pack back and said nothing.{why} Name a stronger model for the role 'reflection'."
        )

    @contextlib.contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        finally:
            error = sys.exc_info()[1]
            self.last_error = " ".join(f"{type(error).__name__}: {error}".split())[:300] if error else ""


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep DSPy's own progress off the standard output and out of logs, and out of the log what its errors quote of drafts."""
    loggers = [logging.getLogger(name) for name in ("dspy", "optuna")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        bars = sys.stderr if sys.stderr.isatty() else io.StringIO()
        with contextlib.redirect_stdout(bars), contextlib.redirect_stderr(bars):
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
