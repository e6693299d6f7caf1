"""Drafts that say nearly the same: shingles of words, compared by MinHash.

A. Broder, On the resemblance and containment of documents, 1997. Groups of rows of the signature (bands) find candidates;
their likeness is then counted from the shingles themselves.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SHINGLE, ROWS, BANDS = 4, 4, 24
NEARLY = 0.7
"""Share of the shingles of two texts that both have, from which they are nearly the same."""
_PRIME = (1 << 61) - 1
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Alike:
    """Drafts that say nearly the same; ``likeness`` is that of the least alike pair that joined them."""

    draft_ids: tuple[str, ...]
    likeness: float


def alike(texts: Mapping[str, str]) -> list[Alike]:
    """Return groups of texts that are nearly the same, the largest first.

    Args:
        texts: by id, without what stands in all of them for a reason: greeting, name, footer.
    """
    shingles = {name: found for name, text in texts.items() if (found := _shingles(text))}
    leader = {name: name for name in shingles}
    least: dict[str, float] = {}
    for left, right in sorted(_candidates(shingles)):
        one, other = _root(leader, left), _root(leader, right)
        if one != other and (likeness := _likeness(shingles[left], shingles[right])) >= NEARLY:
            leader[other] = one
            least[one] = min(likeness, least.get(one, 1.0), least.get(other, 1.0))
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(leader):
        groups[_root(leader, name)].append(name)
    joined = [Alike(tuple(names), round(least[root], 3)) for root, names in groups.items() if len(names) > 1]
    return sorted(joined, key=lambda one: (-len(one.draft_ids), one.draft_ids))


def _root(leader: dict[str, str], name: str) -> str:
    while leader[name] != name:
        leader[name] = leader[leader[name]]
        name = leader[name]
    return name


def _shingles(text: str) -> frozenset[int]:
    words = _WORD.findall(text.lower())
    return frozenset(zlib.crc32(" ".join(words[at : at + SHINGLE]).encode()) for at in range(len(words) - SHINGLE + 1))


def _likeness(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other)


def _candidates(shingles: Mapping[str, Iterable[int]]) -> set[tuple[str, str]]:
    import numpy as np

    drawn = np.random.Generator(np.random.PCG64(1)).integers(1, 1 << 31, size=(2, ROWS * BANDS), dtype=np.uint64)
    buckets: dict[tuple[int, bytes], list[str]] = defaultdict(list)
    for name, found in shingles.items():
        values = np.fromiter(found, dtype=np.uint64)[:, None]
        signature = ((values * drawn[0] + drawn[1]) % np.uint64(_PRIME)).min(axis=0)
        for band in range(BANDS):
            buckets[band, signature[band * ROWS : (band + 1) * ROWS].tobytes()].append(name)
    return {(names[0], other) for names in buckets.values() for other in names[1:]}
