"""One question on its way to an answer: by rules first, then, where there is one, in a model's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gtm_pipelines.coaching import telling, words
from gtm_pipelines.coaching.asking import Material, Worded, Wording
from gtm_pipelines.coaching.checking import PUBLISHED
from gtm_pipelines.coaching.findings import FindingService
from gtm_pipelines.coaching.looks import Looks, Seen
from gtm_pipelines.coaching.memory import MemoryService
from gtm_pipelines.coaching.model import Answer, Figure, Finding, Language
from gtm_pipelines.coaching.statements import statement
from gtm_pipelines.coaching.telling import Told
from gtm_pipelines.coaching.topics import CAMPAIGN, UNKNOWN, Phrases, Topic, plain, topic_of
from gtm_pipelines.ids import new_id
from gtm_pipelines.metrics.model import Benchmark

MOST_FIGURES = 24
"""Figures a model is given at once: what more it reads of it has to pick from, and small ones have little room."""
_LAST = 6
"""Messages of a talk that are looked back at."""
_THAT_ONE = re.compile(r"\b(?:it|its|this|that campaign|there|она|ней|не[её]|эта|этой|эту|там)\b", re.I)


@dataclass(frozen=True)
class Step:
    """How far an answer is: ``looked`` at something, ``asked`` a model, a ``sentence`` that stands, ``done``."""

    kind: str
    text: str = ""
    answer: Answer | None = None
    chat_id: str | None = None


@dataclass(frozen=True)
class Desk:
    """What lies before the coach.

    Attributes:
        looks: the read-only questions.
        findings: what rules see.
        memory: what is remembered.
        phrases: makes topics and phrases, read anew at each question.
        benchmarks: makes the published figures in force.
    """

    looks: Looks
    findings: FindingService
    memory: MemoryService
    phrases: Callable[[], Phrases]
    benchmarks: Callable[[], Sequence[Benchmark]]


class Turn:
    """One question on its way to an answer."""

    def __init__(self, desk: Desk, asked: str, language: Language, by: str, chat_id: str | None) -> None:
        self._desk, self._asked, self._language, self._by = desk, asked, language, by
        self._phrases = desk.phrases()
        self._said = desk.memory.messages(chat_id, last=_LAST) if chat_id else []
        self._trace = new_id()

    def run(self, wording: Wording | None) -> Iterator[Step]:
        """Yield the steps of the answer."""
        if (told := statement(self._asked)) is not None:
            yield Step("done", answer=self._remember(*told))
            return
        topic, names = topic_of(self._asked, self._phrases), [one.campaign for one in self._desk.looks.campaigns()]
        campaign = self._campaign(names)
        if campaign and topic.id == UNKNOWN and CAMPAIGN in self._phrases.topics:
            topic = self._phrases.topics[CAMPAIGN]
        further: list[Any] = []
        if wording and topic.id == UNKNOWN:
            yield Step("asked", "plan")
            further, meant = wording.plan(self._asked, names, self._trace)
            campaign = campaign or meant
        seen = self._desk.looks.look(topic.look, campaign, pooled=topic.pooled and campaign is None)
        yield Step("looked", topic.look)
        findings = self._desk.findings.list(campaign, short=False) if topic.findings else []
        answer, told_of = self._by_rules(topic, seen, findings, campaign)
        more = [self._desk.looks.look(one, campaign) for one in further]
        asked = [one for item in more for one in _all(item)] if topic.id == UNKNOWN else told_of.asked
        if wording is None or not asked:
            yield from (Step("sentence", line) for line in told_of.lines)
            yield Step("done", answer=answer)
            return
        yield from (Step("looked", one) for one in further)
        yield Step("asked", "answer")
        yield from self._worded(wording, answer, asked, seen)

    def _worded(self, wording: Wording, base: Answer, asked: Sequence[Figure], seen: Seen) -> Iterator[Step]:
        """Yield what a model makes of it, where that names a figure that was asked for; else the answer by rules."""
        worded = wording.word(self._material(base, asked, seen), self._trace)
        if worded is None or not worded.stands or not set(worded.figures) & set(asked):
            note = "silent" if worded is None else "past" if worded.stands else "fallback"
            removed = tuple(one.text for one in (*worded.removed, *worded.kept)) if worded else ()
            yield from (Step("sentence", line) for line in base.text.split("\n"))
            yield Step("done", answer=replace(
                base, way="fallback", notes=(self._phrases.word(note, self._language),), removed=removed, trace_id=self._trace
            ))  # fmt: skip
            return
        yield from (Step("sentence", one.text) for one in worded.kept)
        yield Step("done", answer=self._kept(base, worded))

    def _kept(self, base: Answer, worded: Worded) -> Answer:
        """Return the answer in a model's words, with what was taken out of it."""
        sure = [] if base.sure == "unknown" else [self._phrases.sure[base.sure].said(self._language)]
        removed = tuple(one.text for one in worded.removed)
        count = words.number(len(removed), self._language)
        notes = (self._phrases.word("removed", self._language).format(number=count),) if removed else ()
        text = "\n".join([*(one.text for one in worded.kept), *sure])
        return replace(base, text=text, way="model", figures=worded.figures, removed=removed, notes=notes, trace_id=self._trace)

    def _material(self, base: Answer, asked: Sequence[Figure], seen: Seen) -> Material:
        found = list(dict.fromkeys([*asked, *base.figures, *_all(seen)]))[:MOST_FIGURES]
        names = self._desk.findings.book.names
        lines = [words.made_of(one, names, self._language, sourced=one.name in PUBLISHED) for one in found]
        return Material(
            self._asked, self._language, found, lines, base.text,
            tuple(f"{one.subject}: {one.value}" for one in self._desk.memory.beliefs()),
            tuple(f"{one.role}: {one.text}" for one in self._said), base.campaign or "",
        )  # fmt: skip

    def _by_rules(self, topic: Topic, seen: Seen, findings: Sequence[Finding], campaign: str | None) -> tuple[Answer, Told]:
        benchmarks, beliefs = self._desk.benchmarks(), self._desk.memory.beliefs()
        told = telling.tell(topic, seen, self._phrases, findings, benchmarks, beliefs, self._language)
        ids = {one.campaign: one.campaign_id for one in self._desk.looks.campaigns()} if campaign else {}
        actions = telling.actions_of(topic, self._phrases, findings, ids.get(campaign or ""))
        text = "\n".join(told.lines)
        answer = Answer(text, self._language, topic.id, "rules", told.sure, tuple(told.figures), actions, campaign=campaign)
        return answer, told

    def _campaign(self, names: Sequence[str]) -> str | None:
        """Return the campaign a question names, or goes on about."""
        asked = f" {_bare(self._asked)} "
        found = [name for name in names if f" {_bare(name)} " in asked]
        if found:
            return max(found, key=len)
        last = next((one.detail.get("campaign") for one in reversed(self._said) if one.role == "coach"), None)
        return last if last in names and _THAT_ONE.search(self._asked) else None

    def _remember(self, subject: str, value: str) -> Answer:
        belief = self._desk.memory.set(subject, value, by=self._by, source="chat")
        text = f"{self._phrases.word('remembered', self._language)}: {belief.subject}: {belief.value}"
        return Answer(text, self._language, "memory", "rules", "sure")


def _all(seen: Seen) -> list[Figure]:
    """Return every figure of what was seen: lights first, then shares, then counts."""
    order = {"word": 0, "share": 1}
    return sorted((one for _, item in seen.items for one in item.values()), key=lambda one: order.get(one.unit, 2))


def _bare(text: str) -> str:
    """Return the words of a text, a space apart."""
    return re.sub(r"[^\w]+", " ", plain(text)).strip()
