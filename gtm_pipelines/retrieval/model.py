"""What is searched, what a search may be narrowed to, and what it answers: evidence. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol

from gtm_pipelines.errors import InputError, TransientError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

TextKind = Literal["query", "passage"]
Way = Literal["words", "meaning"]
WAYS: tuple[Way, ...] = ("words", "meaning")
"""How pieces are searched: by BM25, and by nearness of vectors."""
ENTITY_TYPES = ("company", "contact", "fact", "page", "insight", "message", "reply", "pack", "reference")
"""What a piece of text can be of. ``company`` and ``contact`` are all short facts about one subject, together."""
RRF_K = 60
"""How much less a rank counts than the one before: Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion
outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009, found 60 best on four collections."""
MOST = 100
"""Most pieces of evidence in one answer."""


@dataclass(frozen=True)
class Document:
    """A whole text, before it is cut.

    Attributes:
        stamp: the state of what it was made from; another stamp means another text.
        recorded_at: when it was learned, sent or received.
    """

    entity_type: str
    entity_id: str
    stamp: str
    title: str
    text: str
    recorded_at: datetime
    language: str | None = None
    url: str | None = None
    company_id: str | None = None
    contact_id: str | None = None


@dataclass(frozen=True)
class Filters:
    """What a search is narrowed to, before anything is ranked.

    Attributes:
        types: of ``ENTITY_TYPES``; none for all.
        company: its id, domain or name; those merged with it count as it.
        contact: likewise, by id or e-mail address.
        since: only what was recorded from this moment on.
        language: ``en``, ``ru`` or another ISO 639-1 code.
    """

    types: tuple[str, ...] = ()
    company: str | None = None
    contact: str | None = None
    since: datetime | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        unknown = [name for name in self.types if name not in ENTITY_TYPES]
        if unknown:
            raise InputError(f"'{unknown[0]}' is nothing that is searched. Choose among {', '.join(ENTITY_TYPES)}.")
        if self.since is not None and self.since.tzinfo is None:
            raise InputError("The moment to search from needs a time zone, such as 2026-03-01T00:00+00:00.")


EVERYTHING = Filters()
"""No narrowing at all."""


@dataclass(frozen=True)
class Part:
    """How one way of searching judged a piece: its own score, and its place in its own order from 1."""

    score: float
    rank: int


@dataclass(frozen=True)
class Evidence:
    """A piece of text that speaks to a question.

    Attributes:
        id: of the piece, to be referred to.
        score: of both ways fused; the best of a search is at most 1.
        words: what BM25 said; ``None`` where it did not find the piece.
        meaning: what the vectors said.
        span: where in ``text`` the words of the question stand closest together: start and end.
        age_days: since it was recorded.
    """

    id: str
    entity_type: str
    entity_id: str
    company_id: str | None
    contact_id: str | None
    title: str
    text: str
    span: tuple[int, int]
    url: str | None
    language: str | None
    recorded_at: datetime
    age_days: float
    score: float
    words: Part | None
    meaning: Part | None

    @property
    def quote(self) -> str:
        """The words of ``span``."""
        return self.text[slice(*self.span)]


@dataclass(frozen=True)
class Answer:
    """What a search found.

    Attributes:
        searched: pieces left by the filters.
        notes: what stood in the way of a full search, for people.
        took_ms: from question to answer.
    """

    query: str
    evidence: tuple[Evidence, ...]
    searched: int
    notes: tuple[str, ...]
    took_ms: float


@dataclass(frozen=True)
class IndexReport:
    """What bringing the index up to date did."""

    cut: Mapping[str, int] = field(default_factory=dict)
    """Entity type → texts that were cut anew."""
    removed: int = 0
    pieces: int = 0
    embedded: int = 0
    waiting: int = 0
    """Pieces that have no vector yet."""
    seconds: float = 0.0


@dataclass(frozen=True)
class IndexStatus:
    """What can be searched now."""

    pieces: Mapping[str, int]
    """Entity type → pieces."""
    model: str | None
    vectors: int
    waiting: int


class Embedder(Protocol):
    """Turns texts into vectors whose nearness is nearness of meaning.

    Attributes:
        name: of the model, as vectors are kept under; another model, another name.
        dimensions: numbers in a vector.
        batch: how many texts it likes at a time.
        instant: whether a few texts take less than a second and cost nothing.
    """

    name: str
    dimensions: int
    batch: int
    instant: bool

    def embed(self, texts: Sequence[str], kind: TextKind = "passage") -> Vectors:
        """Return one vector of length 1 a text, as rows.

        Args:
            texts: what to embed.
            kind: ``query`` for questions, ``passage`` for what may answer them; some models tell them apart.

        Raises:
            EmbeddingError: it cannot just now.
        """
        ...


class EmbeddingError(TransientError):
    """No vectors can be had just now. Search goes on by words."""

    code = "search.embedding"


class Knowledge(Protocol):
    """Texts that lie in files beside the record: packs and reference data."""

    def documents(self) -> list[Document]:
        """Return every text; each with a stamp that changes with it."""
        ...


def age_days(recorded_at: datetime, now: datetime) -> float:
    """Return how many days ago a moment was, never less than nought."""
    return round(max((now - recorded_at) / timedelta(days=1), 0.0), 2)
