"""How long a question takes over many pieces: the whole search, its parts, and rivals on the same texts in the same run.

    python -m tests.benchmarks.search_latency [--pieces 100000] [--questions 50]

The texts are drawn from the words of both languages as often as Zipf's law says, the vectors at
random: how long a search takes does not depend on what they mean. The model's own time for a
question is measured apart, where it is installed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from math import log
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.ids import digest, new_ids
from gtm_pipelines.record.tables import chunk, chunk_vector
from gtm_pipelines.record.upsert import insert_columns
from gtm_pipelines.retrieval.embedders import nano
from gtm_pipelines.retrieval.knowledge import KnowledgeFolders
from gtm_pipelines.retrieval.model import Filters
from gtm_pipelines.retrieval.service import SearchService
from gtm_pipelines.retrieval.words import terms
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench

SIZE, LENGTH, VOCABULARY = 384, 45, 40_000


class RandomModel:
    """Vectors at random, at no cost."""

    name, dimensions, batch, instant = "random", SIZE, 1_000, True

    def __init__(self) -> None:
        self._rng = np.random.default_rng(3)

    def embed(self, texts: Sequence[str], kind: str = "passage") -> Any:
        """Return a random vector a text."""
        found = self._rng.standard_normal((len(texts), SIZE), np.float32)
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=50)
    asked = parser.parse_args()
    texts, questions = corpus(asked.pieces), corpus(asked.questions, length=5, seed=9)
    with tempfile.TemporaryDirectory() as home:
        bench = open_workbench(load_settings(home=Path(home)), clock=SystemClock())
        vectors = fill(bench, texts)
        ours(bench, questions)
        rivals(texts, vectors, questions)
        bench.close()
    if nano.is_installed():
        model = nano.NanoEmbedder()
        model.embed(["warm"], "query")
        show("local model, one question", measured(lambda text: model.embed([text], "query"), questions))


def corpus(count: int, *, length: int = LENGTH, seed: int = 1) -> list[str]:
    """Return texts of words in both languages."""
    rng = np.random.default_rng(seed)
    words = np.array([f"{'слово' if n % 2 else 'word'}{n}" for n in range(VOCABULARY)])
    weights = 1 / np.arange(1, VOCABULARY + 1)
    drawn = rng.choice(VOCABULARY, size=(count, length), p=weights / weights.sum())
    return [" ".join(words[row]) for row in drawn]


def fill(bench: Workbench, texts: Sequence[str]) -> Any:
    """Put pieces and vectors straight into the record; return the vectors."""
    vectors, now = RandomModel().embed(texts), bench.clock.now()
    hashes, count = [digest(text) for text in texts], len(texts)
    pieces: dict[str, list[Any]] = {
        "id": list(new_ids(count)), "entity_id": list(new_ids(count)), "text": list(texts), "text_hash": hashes,
        "entity_type": [("page", "reply")[n % 10 == 0] for n in range(count)],
        "language": [("en", "ru")[n % 2] for n in range(count)],
        "company_id": [f"{n % 2_000:032x}" for n in range(count)],
    }  # fmt: skip
    kept = {"id": list(new_ids(count)), "text_hash": hashes, "vector": [vector.tobytes() for vector in vectors]}
    shared: dict[str, Any] = {"workspace_id": bench.record.workspace_id}
    with bench.record.write() as connection:
        insert_columns(
            connection, chunk, pieces, source_stamp="", position=0, title="", recorded_at=now, indexed_at=now, **shared
        )
        insert_columns(connection, chunk_vector, kept, model=RandomModel.name, created_at=now, ignore_conflicts=True, **shared)
    return vectors


def ours(bench: Workbench, questions: Sequence[str]) -> None:
    """Measure the whole search, with and without filters, first and again."""

    def service() -> SearchService:
        return SearchService(bench.record, bench.clock, bench.settings.home_path / "search", KnowledgeFolders(()), RandomModel())

    search, began = service(), time.perf_counter()
    search._index().view(fresh=True)
    print(f"{'files made from the record':<44}{time.perf_counter() - began:8.2f} s")
    search, began = service(), time.perf_counter()
    search.search("word1", refresh=False)
    print(f"{'first question of a process':<44}{time.perf_counter() - began:8.2f} s")
    for name, filters in (
        ("", Filters()),
        (", replies only", Filters(types=("reply",))),
        (", Russian only", Filters(language="ru")),
    ):
        show(f"search{name}", measured(lambda text, f=filters: search.search(text, f, refresh=False), questions))
    show("search by words alone", measured(lambda text: search.search(text, by=("words",), refresh=False), questions))
    show("search by meaning alone", measured(lambda text: search.search(text, by=("meaning",), refresh=False), questions))


def rivals(texts: Sequence[str], vectors: Any, questions: Sequence[str]) -> None:
    """Measure what others do over the same texts, of which each does only its part of the work."""
    import bm25s
    import duckdb

    model = RandomModel()
    show(
        "numpy, vectors alone (the limit)",
        measured(lambda _text: np.argpartition(vectors @ model.embed(["x"])[0], -10), questions),
    )
    database = duckdb.connect()
    table = __import__("pyarrow").table({"n": range(len(vectors)), "v": list(vectors)})
    database.register("source", table)
    database.execute(f"CREATE TABLE vectors AS SELECT n, v::FLOAT[{SIZE}] AS v FROM source")
    near = f"SELECT n FROM vectors ORDER BY array_cosine_similarity(v, ?::FLOAT[{SIZE}]) DESC LIMIT 10"
    show("DuckDB, vectors alone", measured(lambda _text: database.execute(near, [model.embed(["x"])[0]]).fetchall(), questions))
    words = [terms(text) for text in texts]
    rival = bm25s.BM25()
    rival.index(words, show_progress=False)
    show("bm25s, words alone", measured(lambda text: np.argpartition(rival.get_scores(known(rival, text)), -10), questions))
    slow = Plain(words)
    show("BM25 over dictionaries, words alone", measured(lambda text: slow.scores(terms(text)), questions[:5]))


def known(rival: Any, text: str) -> list[str]:
    """Return the words of a question that the rival knows."""
    return [word for word in terms(text) if word in rival.vocab_dict]


class Plain:
    """BM25 as rank-bm25 works it out: a look into every text's dictionary for every word."""

    def __init__(self, words: Sequence[Sequence[str]]) -> None:
        self._counts = [Counter(each) for each in words]
        self._lengths = np.array([len(each) for each in words])
        self._known = Counter(word for each in self._counts for word in each)

    def scores(self, question: Sequence[str]) -> Any:
        """Score every text."""
        found, mean = np.zeros(len(self._counts)), self._lengths.mean()
        for word in question:
            often = np.array([counts.get(word, 0) for counts in self._counts])
            rarity = log(1 + (len(found) - self._known[word] + 0.5) / (self._known[word] + 0.5))
            found += rarity * often / (often + 1.2 * (0.25 + 0.75 * self._lengths / mean))
        return found


def measured(work: Callable[[str], Any], questions: Sequence[str]) -> list[tuple[float, float]]:
    """Return the milliseconds of each question on the clock and on the processor, after one to warm up."""
    work(questions[0])
    taken = []
    for text in questions:
        began, busy = time.perf_counter(), time.process_time()
        work(text)
        taken.append(((time.perf_counter() - began) * 1_000, (time.process_time() - busy) * 1_000))
    return taken


def show(name: str, taken: Sequence[tuple[float, float]]) -> None:
    """Print median and 95th percentile, and the median of the processor's time, which other programs do not stretch."""
    clock, busy = [one for one, _ in taken], [one for _, one in taken]
    last = quantiles(clock, n=20)[18] if len(clock) > 5 else max(clock)
    print(f"{name:<44}{median(clock):8.1f} ms p50 {last:8.1f} ms p95 {median(busy):8.1f} ms of processor p50")


if __name__ == "__main__":
    main()
