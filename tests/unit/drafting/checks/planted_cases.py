"""Reads the planted cases, checks them, and counts what was found of each kind."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gtm_pipelines.drafting.checks.checker import RuleChecker
from gtm_pipelines.drafting.evidence import Evidence, Finding, Material

FOLDER = Path(__file__).parent / "planted"
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
KINDS = ("person", "company", "product", "number", "money", "percent", "date", "link", "email", "phone", "quote")


@dataclass(frozen=True)
class Case:
    """One text; ``kind`` is ``-`` where nothing in it is invented."""

    language: str
    kind: str
    invented: str
    body: str
    scene: str = "scene"


@dataclass
class Counts:
    """Of one kind: planted and found, planted and missed, found though not planted."""

    hits: int = 0
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + len(self.missed)) if self.hits or self.missed else 1.0

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + len(self.false)) if self.hits or self.false else 1.0


def cases(part: str) -> list[Case]:
    """Return the cases of one part in both languages; a part with a scene of its own is laid in that scene."""
    found = []
    scene = f"scene.{part}" if (FOLDER / f"scene.{part}.en.json").exists() else "scene"
    for language in ("en", "ru"):
        for line in (FOLDER / f"{part}.{language}.tsv").read_text("utf-8").splitlines():
            kind, invented, body = line.split("\t")
            found.append(Case(language, kind, invented, body.replace("\\n", "\n"), scene))
    return found


def material(case: Case) -> Material:
    """Return a case beside the scene of its language."""
    scene = json.loads((FOLDER / f"{case.scene}.{case.language}.json").read_text("utf-8"))
    evidence = tuple(
        Evidence(name, name.partition(".")[2] or name.partition(":")[2], text, "campaign" if name[0] == "c" else "website")
        for name, text in scene["evidence"].items()
    )
    return Material("", case.body, case.language, (), evidence, tuple(scene["allowed"]), tuple(scene["recipient"]))


def ungrounded(case: Case) -> list[Finding]:
    """Return what stands in no evidence, by the rules."""
    found = RuleChecker().check(material(case), now=NOW).findings
    return [one for one in found if one.rule.removeprefix("ungrounded.") in KINDS]


def _kinds(kind: str) -> tuple[str, ...]:
    """Return the kinds under which an invention may be found: whether a bare name is a firm's or its ware's nobody can tell."""
    return ("company", "product") if kind in ("company", "product") else (kind,)


def count(chosen: Iterable[Case]) -> dict[str, Counts]:
    """Count every kind over cases.

    Places are left out: they are but flagged, and none is planted. The same invention told twice counts once.
    """
    counts = {kind: Counts() for kind in KINDS}
    for case in chosen:
        found = ungrounded(case)
        start = case.body.find(case.invented) if case.invented else -1
        end = start + len(case.invented)
        over = [one for one in found if start >= 0 and (one.start or 0) < end and (one.end or 0) > start]
        right = _kinds(case.kind)
        if case.kind != "-":
            hit = any(one.rule.removeprefix("ungrounded.") in right for one in over)
            counts[case.kind].hits += hit
            if not hit:
                counts[case.kind].missed.append(f"{case.invented!r} in {case.body[:80]!r}; found {[one.rule for one in over]}")
        for one in found:
            again = case.invented and case.body[one.start or 0 : one.end or 0] == case.invented
            if not again and (one not in over or one.rule.removeprefix("ungrounded.") not in right):
                counts[one.rule.removeprefix("ungrounded.")].false.append(f"{case.body[:80]!r}: {one.text}")
    return counts
