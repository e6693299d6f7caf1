"""The judged set: the sample lists with pages, replies, packs and benchmarks, and questions with graded answers.

Grades: 3 answers the question, 2 answers it in the other language or in part, 1 is about the
same thing. They were given by reading the texts; for the sample's companies and contacts, which
are many and alike, by what their profiles say. What bears no grade is no answer: every
piece of the set is judged, so no way of searching gains by finding what nobody looked at.
"""

from __future__ import annotations

import json
import math
import random
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import companies
from gtm_pipelines.record.tables import chunk, contact
from gtm_pipelines.retrieval.knowledge import KnowledgeFolders
from gtm_pipelines.retrieval.model import Embedder
from gtm_pipelines.retrieval.service import SearchService
from gtm_pipelines.workbench import Workbench
from tests.parts import ROOT
from tests.search_parts import add_page, add_reply

FOLDER = Path(__file__).parent / "judged"
DEPTH = 10
PEOPLE = 125
"""Contacts of the sample in each language that are in the set: all of them would double the time and add more of the same."""
DRAWS = 10_000
JUDGED_PACK = "cold-email/1.0.0"
Ranked = Mapping[str, Sequence[int]]
"""Question → grades of what was found, best first."""


@dataclass(frozen=True)
class Question:
    """One question with what answers it."""

    text: str
    language: str
    held_out: bool
    relevant: tuple[Mapping[str, Any], ...]

    def grade(self, key: str | None, kind: str, said: str) -> int:
        """Return the grade of a text."""
        fits = (rule["grade"] for rule in self.relevant if _fits(rule, key, kind, said))
        return max(fits, default=0)


def _fits(rule: Mapping[str, Any], key: str | None, kind: str, said: str) -> bool:
    if "key" in rule:
        return bool(rule["key"] == key)
    return bool(rule["type"] == kind) and all(_pattern(one).search(said) for one in rule["says"])


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.M)


def questions() -> list[Question]:
    """Return all questions; of each language every other one is held out: nothing was tuned on it."""
    found, seen = [], {"en": 0, "ru": 0}
    for row in _rows("questions"):
        seen[row["language"]] += 1
        found.append(Question(row["question"], row["language"], seen[row["language"]] % 2 == 0, tuple(row["relevant"])))
    return found


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]


class JudgedSet:
    """The set in a workbench, searched with one model."""

    def __init__(self, bench: Workbench, model: Embedder | None) -> None:
        self._keys = _filled(bench)
        home = bench.settings.home_path / "judged"
        folders = KnowledgeFolders((_packs(home / "packs"),), (ROOT / "data" / "reference",))
        self.search = SearchService(bench.record, bench.clock, home, folders, model)
        self.search.index()
        with bench.record.read() as connection:
            rows = connection.execute(sa.select(chunk.c.entity_type, chunk.c.entity_id, chunk.c.title, chunk.c.text)).all()
        texts: dict[str, list[str]] = {}
        kinds = {row.entity_id: row.entity_type for row in rows}
        for row in rows:
            texts.setdefault(row.entity_id, []).append(f"{row.title}\n{row.text}")
        self._texts = {one: (kinds[one], "\n".join(said)) for one, said in texts.items()}

    def grade(self, question: Question, entity_id: str) -> int:
        """Return the grade of one text of the set."""
        kind, said = self._texts[entity_id]
        return question.grade(self._keys.get(entity_id), kind, said)

    def found(self, question: Question, by: Sequence[Any]) -> list[int]:
        """Return the grades of what one way of searching finds."""
        evidence = self.search.search(question.text, limit=DEPTH, by=by, refresh=False).evidence
        return [self.grade(question, one.entity_id) for one in evidence]

    def ideal(self, question: Question) -> list[int]:
        """Return the best grades there are."""
        return sorted((self.grade(question, one) for one in self._texts), reverse=True)[:DEPTH]

    def scores(self, by: Sequence[Any]) -> dict[str, float]:
        """Return question → nDCG@10."""
        return {one.text: ndcg(self.found(one, by), self.ideal(one)) for one in questions()}


def _packs(folder: Path) -> Path:
    """Return a folder with the one version of a pack that was judged; what was released since was not."""
    shutil.copytree(ROOT / "prompt_packs" / JUDGED_PACK, folder / JUDGED_PACK)
    return folder


def _filled(bench: Workbench) -> dict[str, str]:
    """Fill a workbench; return text of the record → key in the set."""
    bench.intake.import_file(ROOT / "data" / "sample" / "companies.csv", "company")
    bench.intake.import_file(ROOT / "data" / "sample" / "contacts.csv", "contact")
    with bench.record.write() as connection:
        for language in ("en", "ru"):
            mine = sa.select(contact.c.id).where(contact.c.language == language)
            ordered = mine.order_by(contact.c.full_name, contact.c.company_name, contact.c.id).offset(PEOPLE)
            connection.execute(sa.delete(contact).where(contact.c.id.in_(list(connection.execute(ordered).scalars()))))
    keys = {}
    for row in _rows("texts"):
        if row["kind"] == "page":
            firm = companies.get(bench.record, row["company"]).id
            url = f"https://{row['company']}/{row['key']}"
            keys[add_page(bench, firm, row["text"], title=row["title"], url=url)] = row["key"]
        else:
            keys[add_reply(bench, row["text"], subject=row["subject"])] = row["key"]
    return keys


def ndcg(found: Sequence[int], ideal: Sequence[int]) -> float:
    """Return the discounted gain of what was found over the best there is, gain 2^grade - 1 (Burges and others, 2005)."""
    best = _gain(ideal)
    return _gain(found) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades[:DEPTH], start=1))


def interval(values: Sequence[float], seed: int = 1) -> tuple[float, float]:
    """Return the middle 95 % of the mean over questions drawn again and again (Efron's bootstrap)."""
    rng = random.Random(seed)
    means = sorted(fmean(rng.choices(values, k=len(values))) for _ in range(DRAWS))
    return means[round(DRAWS * 0.025)], means[round(DRAWS * 0.975) - 1]
