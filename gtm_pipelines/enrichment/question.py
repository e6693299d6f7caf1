"""What a source would be asked about a subject: the words of the question, and the key that makes two the same. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from gtm_pipelines.enrichment.source import Source, Subject
from gtm_pipelines.ids import digest


@runtime_checkable
class Asking(Protocol):
    """A source that can say beforehand what it would be asked. Not every source has to."""

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Return the words of the question, or ``None`` where too little is known of the subject to ask."""
        ...


@dataclass(frozen=True)
class Question:
    """One question to one source.

    Attributes:
        source: who is asked.
        words: what is told of the subject.
        key: the same for every question of the same words to the same source.
    """

    source: str
    words: Mapping[str, str]
    key: str


def question_for(source: Source, subject: Subject) -> Question | None:
    """Return what ``source`` would be asked, or ``None`` where asking makes no sense.

    A source that cannot say is asked with those of its ``needs`` that are known.
    """
    if subject.type not in source.subjects:
        return None
    if isinstance(source, Asking):
        words = source.question(subject)
    else:
        words = {name: subject.known[name] for name in sorted(source.needs) if subject.known.get(name)}
        words = words if words or not source.needs else None
    if words is None:
        return None
    told = [part for name in sorted(words) for part in (name, words[name])]
    return Question(source.name, dict(words), digest(subject.type, source.name, *told)[:40])
