"""A model for search by meaning behind an address, with the user's own key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from gtm_pipelines.errors import TransientError
from gtm_pipelines.retrieval.model import EmbeddingError, TextKind

if TYPE_CHECKING:
    from gtm_pipelines.retrieval.model import Vectors


class Caller(Protocol):
    """What asks a provider for vectors, on record."""

    def embed(self, texts: Sequence[str], purpose: str) -> list[list[float]]:
        """Return a vector for each text."""
        ...


@dataclass
class ApiEmbedder:
    """Vectors by a provider.

    Args:
        name: of provider and model, as vectors are kept under.
        dimensions: numbers in a vector.
        caller: asks the provider.
        batch: texts in one request.
        prefixes: what the model wants before questions and before passages.
    """

    name: str
    dimensions: int
    caller: Caller
    batch: int = 64
    prefixes: tuple[str, str] = ("", "")
    instant: bool = False

    def embed(self, texts: Sequence[str], kind: TextKind = "passage") -> Vectors:
        """Return one vector a text; see the port. Raises what the caller raises where waiting does not help."""
        prefix = self.prefixes[kind == "passage"]
        try:
            found = self.caller.embed([prefix + text for text in texts], f"search.{kind}")
        except TransientError as error:
            raise EmbeddingError(str(error)) from error
        vectors = np.asarray(found, np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = np.divide(vectors, np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)
        return unit
