"""The program that writes one draft: plan, write, then check and refine. A module of DSPy, so that an optimiser can better it.

``build`` makes it of a pack; ``program(case=case)`` and ``await program.acall(case=case)`` run it. Its predictors are
``plan``, ``write`` and ``refine``; their instructions are the pack's parts, and a compiled state of the pack, if it has
one, takes their place. Notes on tone and variant are added at each call and are no part of the state.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import dspy

from gtm_pipelines.drafting.evidence import Checker, Claim, Finding, Grounding
from gtm_pipelines.drafting.model import StageOutput as Output
from gtm_pipelines.drafting.programs.model import Case, Composed
from gtm_pipelines.drafting.programs.signatures import Plan, Refine, Write
from gtm_pipelines.llm.adapter import stage
from gtm_pipelines.packs.model import Pack

NAME = "draft"
"""Under which a compiled state of it stands in a pack, alone or with a language: ``draft``, ``draft.ru``."""
SIGNATURES: Mapping[str, Any] = {"plan": Plan, "write": Write, "refine": Refine}
ROLE = "writer"
MOST_EXAMPLES = 2
"""Of a pack that is not compiled; each takes about 300 tokens of every question."""
Texts = tuple[str, str, tuple[Claim, ...]]
Steps = Generator["Ask", Any, Any]


@dataclass(frozen=True)
class Ask:
    """One question of the program, before somebody puts it."""

    stage: str
    inputs: Mapping[str, str]


class DraftProgram(dspy.Module):  # type: ignore[misc]
    """Writes one draft.

    Args:
        pack: whose parts instruct; ``None`` for the house's own words.
        language: whose parts are taken where a part is written in several.
        checker: what looks at the text by rule; without one nothing is refined.
        refinements: how often a text with blocking findings is mended.
        now: tells the moment of checks.
    """

    def __init__(
        self, pack: Pack | None, language: str | None, checker: Checker | None, refinements: int,
        now: Callable[[], datetime] | None,
    ) -> None:  # fmt: skip
        super().__init__()
        self._pack, self._checker, self._refinements, self._now = pack, checker, refinements, now
        self._with_notes: dict[Any, Any] = {}
        self.plan = dspy.Predict(_instructed("plan", pack, language))
        self.write = dspy.Predict(_instructed("write", pack, language))
        self.refine = dspy.Predict(_instructed("refine", pack, language))
        self.write.demos = _examples(pack, language)

    def forward(self, case: Case) -> dspy.Prediction:
        """Write the draft and wait for it."""
        steps = self._compose(case)
        answer: Any = None
        while True:
            try:
                ask = steps.send(answer)
            except StopIteration as done:
                return _prediction(done.value)
            with self._staged(ask, case):
                answer = getattr(self, ask.stage)(**self._asked(ask, case))

    async def aforward(self, case: Case) -> dspy.Prediction:
        """Write the draft."""
        return _prediction(await self._walk(self._compose(case), case))

    async def rewrite(self, case: Case, subject: str, body: str, claims: tuple[Claim, ...], instruction: str) -> dspy.Prediction:
        """Change a text as a person asks, then check and mend it."""
        return _prediction(await self._walk(self._changed(case, (subject, body, claims), instruction), case))

    async def _walk(self, steps: Steps, case: Case) -> Composed:
        answer: Any = None
        while True:
            try:
                ask = steps.send(answer)
            except StopIteration as done:
                composed: Composed = done.value
                return composed
            with self._staged(ask, case):
                answer = await getattr(self, ask.stage).acall(**self._asked(ask, case))

    def _compose(self, case: Case) -> Steps:
        shown = case.shown()
        planned = yield Ask("plan", {name: shown[name] for name in shown if name != "limits"})
        plan = {
            "angle": planned.angle,
            "evidence_ids": _known(planned.evidence_ids, case),
            "call_to_action": planned.call_to_action,
        }
        told = f"Angle: {plan['angle']}\nEvidence: {', '.join(plan['evidence_ids']) or 'none'}\nAsk: {plan['call_to_action']}"
        wrote = yield Ask("write", shown | {"plan": told})
        texts = _texts(wrote, case)
        outputs = [Output("plan", plan), Output("write", _shown(texts))]
        return (yield from self._checked(case, texts, outputs, told))

    def _changed(self, case: Case, texts: Texts, instruction: str) -> Steps:
        outputs = [Output("write", _shown(texts))]
        mended = yield Ask("refine", self._to_refine(case, texts, (), "", instruction))
        texts = _texts(mended, case)
        return (yield from self._checked(case, texts, [*outputs, Output("refine", _shown(texts))], "", instruction))

    def _checked(self, case: Case, texts: Texts, outputs: list[Output], plan: str, instruction: str = "") -> Steps:
        grounding = self._look(case, texts, outputs)
        for _ in range(self._refinements):
            if grounding is None or grounding.verdict != "block":
                break
            mended = yield Ask("refine", self._to_refine(case, texts, grounding.findings, plan, instruction))
            texts = _texts(mended, case)
            outputs.append(Output("refine", _shown(texts)))
            grounding = self._look(case, texts, outputs)
        return Composed(*texts, grounding=grounding, outputs=tuple(outputs))

    def _look(self, case: Case, texts: Texts, outputs: list[Output]) -> Grounding | None:
        if self._checker is None or self._now is None:
            return None
        found = self._checker.check(case.material(*texts), now=self._now())
        told = {"verdict": found.verdict, "findings": [asdict(one) for one in found.findings], "checker": self._checker.version}
        outputs.append(Output("check", told))
        return found

    def _to_refine(self, case: Case, texts: Texts, findings: Iterable[Finding], plan: str, instruction: str) -> Mapping[str, str]:
        subject, body, claims = texts
        stated = "\n".join(f"- {claim.text} [{', '.join(claim.evidence_ids)}]" for claim in claims) or "none"
        told = {
            "draft": f"subject: {subject}\n\nbody:\n{body}\n\nclaims:\n{stated}", "plan": plan, "instruction": instruction,
            "findings": "\n".join(f"- {one.text} {one.hint}".rstrip() for one in findings) or "none",
        }  # fmt: skip
        return case.shown() | told

    def _asked(self, ask: Ask, case: Case) -> dict[str, Any]:
        """Return what the predictor is called with: the inputs, and its instructions with the notes for this draft."""
        return {**ask.inputs, "signature": self._noted(getattr(self, ask.stage).signature, case.language, case.variant)}

    def _noted(self, signature: Any, language: str, variant: str) -> Any:
        """Return a signature with the notes on tone and variant; made once, for it costs as much as the rest of a call."""
        made = self._with_notes.get((signature, language, variant))
        if made is None:
            notes = [self._pack.part(name, language) for name in ("tone", f"variant-{variant}")] if self._pack else []
            made = signature.with_instructions("\n\n".join([signature.instructions, *(note for note in notes if note)]))
            self._with_notes[signature, language, variant] = made
        return made

    def _staged(self, ask: Ask, case: Case) -> Any:
        head = self._pack.head(ask.stage, case.language) if self._pack else None
        return stage(ask.stage, role=head.role if head else ROLE, max_tokens=head.limits.answer_tokens if head else None)


def build(
    pack: Pack | None = None, *, language: str | None = None, checker: Checker | None = None, refinements: int = 1,
    now: Callable[[], datetime] | None = None, compiled: bool = True,
) -> DraftProgram:  # fmt: skip
    """Make the program of a pack.

    Args:
        pack: whose parts instruct; the house's own words where it has none.
        language: in which its parts are taken, where a part is written in several.
        checker: what looks at the text by rule; with it, ``now`` tells the moment.
        refinements: how often a text with blocking findings is mended.
        now: the clock's ``now``.
        compiled: whether the pack's compiled state, if it has one, is loaded.
    """
    program = DraftProgram(pack, language, checker, refinements, now)
    state = state_of(pack, language) if pack and compiled else None
    if state is not None:
        program.load_state(dict(state))
    return program


def state_of(pack: Pack, language: str | None) -> Mapping[str, Any] | None:
    """Return the compiled state of the program in a pack: the one of the language, else the one for all."""
    own = pack.compiled_program(f"{NAME}.{language}") if language else None
    return own if own is not None else pack.compiled_program(NAME)


def _instructed(name: str, pack: Pack | None, language: str | None) -> Any:
    text = pack.part(name, language) if pack else None
    signature = SIGNATURES[name]
    return signature.with_instructions(text) if text else signature


def _examples(pack: Pack | None, language: str | None) -> list[dict[str, Any]]:
    """Return the pack's good examples as the writer is shown them, where they are in the language of the mail."""
    good = [one for one in (pack.examples if pack else ()) if one.head.verdict == "good" and one.language == language]
    return [
        {
            "evidence": "\n".join(f"[{name}] {text}" for name, text in one.head.evidence.items()),
            "message": one.head.message or "",
            "language": one.language,
            "subject": one.head.subject,
            "body": one.body,
            "claims": [{"text": claim.text, "evidence_ids": list(claim.evidence)} for claim in one.head.claims],
        }
        for one in good[:MOST_EXAMPLES]
    ]


def _known(ids: Iterable[str], case: Case) -> list[str]:
    there = {one.id for one in case.evidence}
    return [one for one in dict.fromkeys(each.strip("[] ") for each in ids) if one in there]


def _texts(answer: Any, case: Case) -> Texts:
    claims = tuple(Claim(one.text, tuple(_known(one.evidence_ids, case))) for one in answer.claims)
    return case.subject or " ".join(answer.subject.split()), answer.body.strip(), claims


def _shown(texts: Texts) -> dict[str, Any]:
    subject, body, claims = texts
    return {"subject": subject, "body": body, "claims": [asdict(one) for one in claims]}


def _prediction(composed: Composed) -> dspy.Prediction:
    return dspy.Prediction(
        subject=composed.subject, body=composed.body, claims=composed.claims, grounding=composed.grounding, composed=composed
    )
