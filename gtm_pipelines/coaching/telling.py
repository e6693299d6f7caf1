"""An answer by rules: figures put into the phrases of a topic, with findings, published figures and how sure it is."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gtm_pipelines.coaching import words
from gtm_pipelines.coaching.beside import cited
from gtm_pipelines.coaching.beside import figure as published
from gtm_pipelines.coaching.looks import Item, Seen
from gtm_pipelines.coaching.model import Action, Belief, Figure, Finding, Language, Sure, Unit
from gtm_pipelines.coaching.topics import Phrases, Topic
from gtm_pipelines.metrics.model import Benchmark

MOST_FINDINGS = 5
"""Findings told of in one answer; the page and 'gtm coach findings' show all."""


@dataclass
class Told:
    """An answer as it grows: its paragraphs, and the figures they name."""

    language: Language
    lines: list[str] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    sure: Sure = "unknown"
    own: int = 0
    """How many of the figures, the first ones, are what was asked for, rather than what findings and others say beside it."""

    @property
    def asked(self) -> list[Figure]:
        """The figures that were asked for; where there are none, all that are named."""
        return self.figures[: self.own] or self.figures

    def cite(self, *figures: Figure) -> None:
        """Note that figures are named."""
        self.figures += [one for one in figures if one not in self.figures]


def tell(
    topic: Topic, seen: Seen, phrases: Phrases, findings: Sequence[Finding], benchmarks: Sequence[Benchmark],
    beliefs: Sequence[Belief], language: Language,
) -> Told:  # fmt: skip
    """Return the answer to a question about a topic, of what was seen."""
    told = Told(language)
    _items(told, topic, seen, phrases)
    told.own = len(told.figures)
    if topic.look == "memory":
        told.lines += [f"- {one.subject}: {one.value} ({one.source}, {one.updated_at:%Y-%m-%d})" for one in beliefs]
    chosen = [one for one in findings if one.seen and ("*" in topic.findings or one.rule in topic.findings)][:MOST_FINDINGS]
    named = {(one.name, one.of) for one in told.figures}
    for one in chosen:
        first = one.evidence[0]
        known = (first.name, first.of) in named
        title = f"{one.of}:" if known else one.title.said(language)
        told.lines.append(f"- {title} {one.advice.said(language)}")
        told.cite(*one.evidence, *_limits(one))
    found = bool(chosen) or bool(beliefs if topic.look == "memory" else told.lines)
    if not found and topic.none.said(language):
        told.lines.append(topic.none.said(language))
    elif not found and topic.look not in ("none", "waiting", "memory"):
        told.lines.append(phrases.word("unsaid", language))
    if topic.head.said(language) and (found or not topic.none.said(language)):
        told.lines.insert(0, topic.head.said(language))
    _beside(told, topic, phrases, benchmarks)
    if told.sure != "unknown" and found:
        told.lines.append(phrases.sure[told.sure].said(language))
    return told


def actions_of(topic: Topic, phrases: Phrases, findings: Sequence[Finding], campaign_id: str | None) -> tuple[Action, ...]:
    """Return ways to ordinary pages: those the findings told of name first, then the topic's own."""
    shown = [one for one in findings if one.seen and ("*" in topic.findings or one.rule in topic.findings)][:MOST_FINDINGS]
    wanted = [(one.action, one.campaign_id) for one in shown] + [(key, campaign_id) for key in topic.actions]
    made: dict[str, Action] = {}
    for key, campaign in wanted:
        if key in phrases.actions and key not in made:
            base = phrases.actions[key]
            made[key] = Action(base.key, base.label, base.page, base.command, campaign)
    return tuple(made.values())[:3]


def _items(told: Told, topic: Topic, seen: Seen, phrases: Phrases) -> None:
    mains: list[Sure] = []
    for of, item in seen.items:
        main = item.get(topic.main)
        early = main is not None and main.needed > 0
        template = (topic.short if early and topic.short.said(told.language) else topic.line).said(told.language)
        if not template or not _fits(template, item):
            continue
        views = {name: _View(one, phrases, told.language, told) for name, one in item.items()}
        told.lines.append(template.format(of=of or phrases.word("all", told.language), **views))
        if main is not None and main.unit == "share":
            mains.append(sure_of(main))
    told.sure = next((sure for sure in ("likely", "sure", "early") if sure in mains), told.sure)


def sure_of(figure: Figure) -> Sure:
    """Return how sure a figure is: by its floor, and by the width of its interval beside itself."""
    if figure.value is None:
        return "unknown"
    if figure.needed:
        return "early"
    if figure.unit != "share" or figure.low is None or figure.high is None:
        return "sure"
    wide = figure.high - figure.low > float(figure.value)
    return "likely" if wide else "sure"


def _beside(told: Told, topic: Topic, phrases: Phrases, benchmarks: Sequence[Benchmark]) -> None:
    for metric, name in topic.beside:
        for one in benchmarks:
            if (one.metric, one.slice) == (metric, name):
                spoken = phrases.word(metric, told.language).replace("_", " ")
                told.lines.append(f"{phrases.word('beside', told.language)}, {spoken}: {cited(one).text.said(told.language)}.")
                told.cite(published(one))
                break


def _limits(one: Finding) -> list[Figure]:
    """Return the threshold a finding's title names, as a figure."""
    if one.threshold is None:
        return []
    unit: Unit = "share" if one.evidence[0].unit == "share" else "count"
    return [Figure("limit", one.of, one.threshold, unit, source=f"findings.yaml: {one.rule}", words=_said(one))]


def _said(one: Finding) -> str:
    return f"{one.advice.en} {one.advice.ru}"


def _fits(template: str, item: Item) -> bool:
    names = {name.split(".")[0] for _, name, _, _ in string.Formatter().parse(template) if name}
    return names - {"of"} <= item.keys()


class _View:
    """A figure inside a phrase; whatever of it is named counts as cited."""

    def __init__(self, figure: Figure, phrases: Phrases, language: Language, told: Told) -> None:
        self._figure, self._phrases, self._language, self._told = figure, phrases, language, told

    def __format__(self, spec: str) -> str:
        self._told.cite(self._figure)
        shown = words.shown(self._figure, self._language)
        return self._phrases.word(shown, self._language) if self._figure.unit == "word" else shown

    def __getattr__(self, name: str) -> Any:
        self._told.cite(self._figure)
        if name in ("low", "high"):
            return words.share(getattr(self._figure, name), self._language)
        if name in ("part", "whole", "needed", "floor"):
            return words.number(getattr(self._figure, name) or 0, self._language)
        raise AttributeError(name)
