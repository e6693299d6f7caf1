"""What people ask, how it is recognised by rule, and the words of an answer without any model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gtm_pipelines.coaching.model import Action, Language, Words
from gtm_pipelines.errors import InputError
from gtm_pipelines.plain import from_yaml

FILE_NAME = "coaching.yaml"
UNKNOWN = "unknown"
"""The topic of what is not recognised."""
CAMPAIGN = "campaign"
"""The topic of a question in which nothing but a campaign is recognised."""
Look = Literal[
    "lights", "rates", "ranked", "funnel", "segments", "packs", "experiments", "plan", "mailboxes", "routes", "cost", "answers",
    "waiting", "lists", "history", "memory", "none",
]  # fmt: skip
"""Every read-only question there is. None of them changes anything."""


class Said(BaseModel):
    """A text in both languages, which may be empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    en: str = ""
    ru: str = ""

    def said(self, language: Language) -> str:
        """Return the text in a language."""
        return self.ru if language == "ru" else self.en


class Topic(BaseModel):
    """One thing people ask about; the head of the file says what each part means."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    words: dict[Language, tuple[str, ...]]
    look: Look
    main: str
    head: Said = Said()
    line: Said = Said()
    short: Said = Said()
    none: Said = Said()
    beside: tuple[tuple[str, str], ...] = ()
    findings: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    pooled: bool = False


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    label: Words
    page: str
    command: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    version: int = Field(ge=1)
    actions: dict[str, _Action] = {}
    sure: dict[str, Words] = {}
    words: dict[str, Words] = {}
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True)
class Phrases:
    """Every topic, action and phrase in force."""

    version: int
    topics: Mapping[str, Topic]
    actions: Mapping[str, Action]
    sure: Mapping[str, Words]
    words: Mapping[str, Words]

    def word(self, key: str, language: Language) -> str:
        """Return a phrase; the key itself where there is none."""
        return self.words[key].said(language) if key in self.words else key


def load(paths: Iterable[Path]) -> Phrases:
    """Read files of phrases; a later file's topic, action or phrase replaces an earlier one of the same id.

    Raises:
        InputError: a file does not fit; says which and why.
    """
    files = [_read(path) for path in paths if path.is_file()]
    topics = {topic.id: topic for file in files for topic in file.topics}
    actions = {key: Action(key, one.label, one.page, one.command) for file in files for key, one in file.actions.items()}
    sure = {key: words for file in files for key, words in file.sure.items()}
    words = {key: said for file in files for key, said in file.words.items()}
    if UNKNOWN not in topics:
        raise InputError(f"No file of phrases has the topic '{UNKNOWN}'. Put {FILE_NAME} back where it was.")
    return Phrases(max(file.version for file in files), topics, actions, sure, words)


def topic_of(question: str, phrases: Phrases) -> Topic:
    """Return what a question is about: the topic most of whose words it has, longer ones counting more."""
    asked = plain(question)
    scores = {topic.id: _score(asked, topic) for topic in phrases.topics.values()}
    best = max(scores, key=lambda name: scores[name])
    return phrases.topics[best if scores[best] else UNKNOWN]


def plain(text: str) -> str:
    """Return a question in small letters, ё as е, its words one space apart."""
    return re.sub(r"\s+", " ", text.casefold().replace("ё", "е").replace("’", "'")).strip()


def _score(asked: str, topic: Topic) -> int:
    return sum(len(word) for words in topic.words.values() for word in words if _stands(word, asked))


def _stands(word: str, asked: str) -> bool:
    return all(_pattern(part).search(asked) for part in word.split("+"))


@lru_cache(maxsize=2048)
def _pattern(word: str) -> re.Pattern[str]:
    end = r"(?!\w)" if word.startswith("=") else ""
    return re.compile(r"(?<!\w)" + re.escape(plain(word.removeprefix("="))) + end)


def _read(path: Path) -> _File:
    import yaml

    try:
        found: Any = from_yaml(path.read_text("utf-8"))
        return _File.model_validate(found)
    except yaml.YAMLError as error:
        raise InputError(f"{path} is no YAML: {error}.") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}" for fault in error.errors()[:5])
        raise InputError(f"{path} does not fit: {faults}.") from error
