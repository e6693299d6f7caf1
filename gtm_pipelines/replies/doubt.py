"""Who may ask to be left alone though no rule is certain of it: words that hint at it, and likeness to those who did.

The likeness is a logistic regression over pieces of words, learnt from labelled answers by
``tests/benchmarks/classify_replies.py --fit``; it reads misspelt words too, needs no model and takes about a millisecond.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gtm_pipelines.record import answers
from gtm_pipelines.replies.classify import doubted, own_words
from gtm_pipelines.replies.model import HUMAN_CLASSES, ReplyClass, Verdict
from gtm_pipelines.replies.optout import hint_of_leaving
from gtm_pipelines.replies.readers import Reader, reread

FILE_NAME = "reply_leaving.json"
SIZE = 1 << 14
MOST_WORDS = 2_000
FOUND = 0.9
"""Share of those who ask out whose likeness is at the threshold or above when they are left out of the learning.

A share of all would call everybody alike; the hints find most of the rest, and the two miss different people."""
FOUND_AMONG_UNSURE = 0.99
"""The same share for answers whose class waits for a person anyway: there a doubt costs nobody's time."""
WEIGHT = 0.1
ASKING = 3.0
"""How much more one who asks out counts in learning than one who does not."""
_ONWARD = frozenset({ReplyClass.POSITIVE, ReplyClass.INFORMATION_REQUEST, ReplyClass.MEETING_BOOKED})
"""Who surely wants to go on is held for their words alone and not for likeness; a polite yes is worded much like a polite no."""
_FOLDS = 8
_PIECES = (3, 4, 5)


class Doubter:
    """Tells whose answer must wait for a person before anything more goes to them.

    Args:
        path: the file of weights.
        sure: confidence below which a class waits for a person.
    """

    def __init__(self, path: Path, sure: float = 0.7) -> None:
        self._path, self._sure = path, sure

    def doubt(self, verdict: Verdict, text: str) -> Verdict:
        """Return a class as it is, or as one that waits because its writer may ask to be left alone."""
        if verdict.doubt or verdict.cls not in HUMAN_CLASSES or verdict.cls is ReplyClass.UNSUBSCRIBE or not text.strip():
            return verdict
        words = own_words(text)
        if hint := hint_of_leaving(words):
            return doubted(verdict, f"Text says: {' '.join(hint.split())[:100]}")
        if verdict.cls in _ONWARD and verdict.confidence >= self._sure:
            return verdict
        kept = self._weights
        places = list(_places(words))
        threshold = kept.threshold if verdict.confidence >= self._sure else kept.threshold_unsure
        ahead = float(kept.weights[places].sum()) / max(len(places), 1) ** 0.5 + kept.offset - threshold
        return doubted(verdict, f"Worded like those who do; ahead by {ahead:.2f}") if ahead >= 0 else verdict

    @cached_property
    def _weights(self) -> _Weights:
        import numpy as np

        kept = json.loads(self._path.read_text("utf-8"))
        packed = np.frombuffer(base64.b64decode(kept.pop("weights")), dtype="<f2").astype(float)
        return _Weights(packed, **kept)


@dataclass(frozen=True)
class _Weights:
    """What was learnt: a number for each place of a piece of a word, and from which score somebody is doubted."""

    weights: Any
    offset: float
    threshold: float
    threshold_unsure: float


def read_again(verdict: Verdict, text: str, reader: Reader | None, doubter: Doubter | None, sure: float) -> Verdict:
    """Have what rules left open read again; who is doubted by rule or by likeness stays so, unless the reader is sure of it."""
    second = reread(verdict, text, reader, sure)
    if doubter is None or second.cls is ReplyClass.UNSUBSCRIBE or second.doubt:
        return second
    first = doubter.doubt(verdict, text)
    return doubted(second, first.reason.removeprefix(f"{answers.DOUBT}. ")) if first.doubt else second


def learn(texts: Sequence[str], asking: Sequence[bool]) -> str:
    """Learn from answers which of them ask to be left alone; return the text of a file of weights."""
    import numpy as np

    vectors = _vectors([own_words(text) for text in texts])
    wanted = np.array(asking, dtype=float)
    fold, left_out = np.arange(len(wanted)) % _FOLDS, np.zeros(len(wanted))
    for number in range(_FOLDS):
        weights, offset = _regress(vectors[fold != number], wanted[fold != number])
        left_out[fold == number] = vectors[fold == number] @ weights + offset
    found = [float(np.quantile(left_out[wanted == 1], 1 - share)) for share in (FOUND, FOUND_AMONG_UNSURE)]
    weights, offset = _regress(vectors, wanted)
    told = {"offset": round(offset, 4), "threshold": round(found[0], 4), "threshold_unsure": round(found[1], 4)}
    packed = base64.b64encode(weights.astype("<f2").tobytes()).decode("ascii")
    return json.dumps({"weights": packed, **told}, indent=1) + "\n"


def _regress(vectors: Any, wanted: Any) -> tuple[Any, float]:
    """Fit a logistic regression by Newton's method in its dual form: there are fewer answers than pieces of words."""
    import numpy as np

    count, kernel = len(wanted), vectors @ vectors.T
    counted = np.where(wanted == 1, ASKING, 1.0)
    shares, offset = np.zeros(count), 0.0
    system = np.ones((count + 1, count + 1))
    for _ in range(30):
        score = kernel @ shares + offset
        chance = 1 / (1 + np.exp(-score))
        curve = np.maximum(counted * chance * (1 - chance), 1e-6)
        system[:count, :count] = kernel + WEIGHT * np.diag(1 / curve)
        system[count, count] = 0.0
        solved = np.linalg.solve(system, np.append(score - counted * (chance - wanted) / curve, 0.0))
        moved = float(np.abs(solved[:count] - shares).max())
        shares, offset = solved[:count], float(solved[count])
        if moved < 1e-6:
            break
    return vectors.T @ shares, offset


def _vectors(texts: Sequence[str]) -> Any:
    import numpy as np

    found = np.zeros((len(texts), SIZE))
    for row, text in enumerate(texts):
        places = list(_places(text))
        found[row, places] = 1 / max(len(places), 1) ** 0.5
    return found


def _places(text: str) -> set[int]:
    """Return the places of a text's pieces, words and pairs of words."""
    words = re.findall(r"\w+", re.sub(r"\d+", "0", text[:MOST_WORDS].lower().replace("ё", "е")))
    pieces = {f"1:{word}" for word in words} | {f"2:{one} {two}" for one, two in itertools.pairwise(words)}
    for word in {f" {word} " for word in words}:
        for length in _PIECES:
            pieces |= {word[at : at + length] for at in range(len(word) - length + 1)}
    return {zlib.crc32(piece.encode()) % SIZE for piece in pieces}
