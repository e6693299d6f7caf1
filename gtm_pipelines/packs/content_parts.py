"""Rules about what models are instructed by: stages, inputs and outputs, examples, rubric, compiled state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from gtm_pipelines.packs.manifest import PartHead
from gtm_pipelines.packs.model import Example, Pack, Problem
from gtm_pipelines.packs.parts import COMPILED_FILE
from gtm_pipelines.packs.stages import STAGES, Stage

MOST_WORDS = 600
"""Of one part; longer ones are read badly and paid for with every call."""
_NEGLIGIBLE = 1e-6
_NAMED = re.compile(r"`([a-z][a-z_]*)`")
_PLACE = re.compile(r"\{\{|\{%")
_ADDRESS = re.compile(r"[\w.+-]+@(?!example\.|[\w.-]*\.example\b)[\w-]+(?:\.[\w-]+)+")
_SECRET = re.compile(r'"(?:api_key|apikey|authorization|api_base)"\s*:\s*"[^"]', re.I)


def parts_of(pack: Pack) -> Iterator[Problem]:
    """Yield what is wrong with a pack's instructions; a pack of templates only has none."""
    if pack.manifest.format == 1:
        return
    stages = STAGES[pack.kind]
    for name in stages:
        if not any(pack.part(name, language) for language in pack.languages):
            yield Problem("part.missing", f"parts/{name}.md", f"no instructions for the stage '{name}'")
    for key in pack.parts:
        yield from _part(pack, key, stages.get(key.partition(".")[0]))
    yield from _examples(pack)
    yield from _rubric(pack)
    yield from _compiled(pack)


def _part(pack: Pack, key: str, stage: Stage | None) -> Iterator[Problem]:
    where, name, text, head = f"parts/{key}.md", key.partition(".")[0], pack.parts[key], pack.heads[key]
    if stage is None and name != "tone" and name.removeprefix("variant-") not in pack.variants:
        yield Problem("part.unknown", where, f"'{name}' is neither a stage nor a note")
    missing = [language for language in pack.languages if pack.part(name, language) is None]
    if missing:
        yield Problem("part.language", where, f"'{name}' is missing in {', '.join(missing)}")
    for variant in sorted(set(head.variants) - set(pack.variants)):
        yield Problem("part.variant", f"{where}: variants", f"the pack has no variant '{variant}'")
    if _PLACE.search(text):
        yield Problem("part.placeholder", where, "values do not belong into instructions")
    if len(text.split()) > MOST_WORDS:
        yield Problem("part.long", where, f"{len(text.split())} words, more than {MOST_WORDS}")
    if stage is not None:
        yield from _stage(where, text, head, stage)


def _stage(where: str, text: str, head: PartHead, stage: Stage) -> Iterator[Problem]:
    named, given, answered = set(_NAMED.findall(text)), set(head.inputs), set(head.outputs)
    yield from _each("part.input.missing", f"{where}: inputs", stage.needs - given)
    yield from _each("part.input.unknown", f"{where}: inputs", given - stage.inputs)
    yield from _each("part.input.unused", where, (given & stage.inputs) - named)
    yield from _each("part.output.missing", f"{where}: outputs", stage.answers - answered)
    yield from _each("part.output.unknown", f"{where}: outputs", answered - stage.answers)
    yield from _each("part.input.unknown", where, (named & _ALL_INPUTS) - given - answered)
    if head.limits.answer_tokens is None:
        yield Problem("part.unbounded", f"{where}: limits", "no 'answer_tokens'")


def _each(rule: str, where: str, names: Set[str]) -> Iterator[Problem]:
    for name in sorted(names):
        yield Problem(rule, where, f"'{name}'")


def _examples(pack: Pack) -> Iterator[Problem]:
    for language in pack.languages:
        if not any(item.language == language for item in pack.examples):
            yield Problem("example.missing", f"examples/NAME.{language}.md", f"none in '{language}'")
    for example in pack.examples:
        where = f"examples/{example.name}.{example.language}.md"
        yield from _example_claims(example, where)
        yield from _example_lengths(pack, example, where)
        if example.head.variant and example.head.variant not in pack.variants:
            yield Problem("example.variant", f"{where}: variant", f"the pack has no variant '{example.head.variant}'")
        if set(example.head.points) != set(pack.rubric) or not set(example.head.reasons) <= set(pack.rubric):
            yield Problem("example.points", f"{where}: points", f"the rubric has {', '.join(pack.rubric) or 'no points'}")


def _example_claims(example: Example, where: str) -> Iterator[Problem]:
    body = " ".join(example.body.split())
    for claim in example.head.claims:
        if " ".join(claim.text.split()) not in f"{example.head.subject} {body}":
            yield Problem("example.claim", f"{where}: claims", f"the mail does not say “{claim.text}”")
        for name in claim.evidence:
            if name not in example.head.evidence:
                yield Problem("example.claim", f"{where}: claims", f"there is no evidence '{name}'")


def _example_lengths(pack: Pack, example: Example, where: str) -> Iterator[Problem]:
    limits, head = pack.manifest.limits, example.head
    if head.verdict == "bad" or pack.kind == "judge":
        return
    if len(head.subject) > limits.subject_characters:
        yield Problem("example.limits", f"{where}: subject", f"{len(head.subject)} characters of {limits.subject_characters}")
    words = len(example.body.split())
    if not limits.least_words <= words <= limits.body_words:
        yield Problem("example.limits", where, f"{words} words; the limits are {limits.least_words} to {limits.body_words}")


def _rubric(pack: Pack) -> Iterator[Problem]:
    weights = {kind: [item.weight for item in pack.rubric.values() if item.measures == kind] for kind in ("quality", "risk")}
    if pack.rubric and abs(sum(weights["quality"]) - 1) > _NEGLIGIBLE:
        yield Problem("rubric.weights", "rubric", f"the weights of quality add up to {sum(weights['quality']):g}, not to 1")
    if pack.rubric and max(weights["risk"], default=0) < 1:
        yield Problem("rubric.weights", "rubric", "no point of risk has the weight 1, so nothing can be wholly risky")
    for name, item in pack.rubric.items():
        if not {0, 10} <= set(item.anchors):
            yield Problem("rubric.anchors", f"rubric.{name}.anchors", "say what 0 and 10 look like")


def _compiled(pack: Pack) -> Iterator[Problem]:
    text = pack.files.get(COMPILED_FILE, "")
    for address in sorted(set(_ADDRESS.findall(text))):
        yield Problem("compiled.address", COMPILED_FILE, address)
    if _SECRET.search(text):
        yield Problem("compiled.secret", COMPILED_FILE, "it holds settings of a model")


_ALL_INPUTS = frozenset[str]().union(*(stage.inputs for stages in STAGES.values() for stage in stages.values()))
