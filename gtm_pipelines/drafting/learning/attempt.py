"""One attempt to better a pack, as the record keeps it, and the ports an attempt needs. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

from gtm_pipelines.drafting.evidence import Judge
from gtm_pipelines.errors import PermanentError
from gtm_pipelines.packs.model import Pack

if TYPE_CHECKING:
    from gtm_pipelines.llm.metered import Meter, MeteredLlm

Optimiser = Literal["bootstrap", "mipro", "gepa"]
Status = Literal["requested", "running", "stopped", "failed", "finished"]
LEAST_TRAIN, LEAST_VALIDATION = 4, 3
"""Fewer cases than these leave nothing to learn from or to choose by. Our choice."""


class SilentFailureError(PermanentError):
    """The optimiser ended without ever having tried anything, and said nothing."""

    code = "optimiser_silent"


@dataclass(frozen=True)
class Effort:
    """How much is tried.

    Attributes:
        candidates: MIPROv2: how many instructions and sets of examples.
        trials: MIPROv2: how many combinations are tried on the validation cases.
        metric_calls: GEPA: how many drafts are scored.
        demos: most examples put before a question; 0 for none.
        threads: how many drafts are written at once.
    """

    candidates: int = 4
    trials: int = 8
    metric_calls: int = 120
    demos: int = 3
    threads: int = 4
    seed: int = 7


class Packs(Protocol):
    """The packs at hand."""

    def get(self, pack: str, version: str | None = None) -> Pack:
        """Return a pack, at a version or the one that counts."""
        ...


class Versions(Protocol):
    """Makes new versions of packs."""

    def derive(self, pack: Pack, changes: Mapping[str, str | None] | None = None, *, version: str | None = None) -> Pack:
        """Add a later version with some files changed."""
        ...


class Metered(Protocol):
    """Language models, as one piece of work sees them."""

    def metered(self, meter: Meter) -> MeteredLlm:
        """Return the service with its calls counted together."""
        ...


Build = Callable[[Pack, str, Callable[[], datetime]], Any]
"""Makes the program of a pack in a language, which holds facts against a moment."""
MakeJudge = Callable[[Any], Judge | None]
"""Makes the judge over a language-model service; ``None`` where none is to be asked."""


@dataclass(frozen=True)
class Wish:
    """What is to be tried, and what it may cost.

    Attributes:
        pack: its name, or ``NAME@VERSION``.
        language: of the mails to learn from; a pack is bettered a language at a time.
        budget_usd: most US dollars, held-out cases included; ``None`` for no cap.
        budget_calls: most calls to models; ``None`` for no cap.
        most: most cases of each side, newest first.
    """

    pack: str
    optimiser: Optimiser
    language: str = "en"
    budget_usd: float | None = None
    budget_calls: int | None = None
    effort: Effort = field(default_factory=Effort)
    most: int = 60
    judged: bool = True

    @classmethod
    def load(cls, kept: Mapping[str, Any]) -> Wish:
        """Return a wish as the record keeps it."""
        return cls(**{**kept, "effort": Effort(**kept["effort"])})


@dataclass(frozen=True)
class Attempt:
    """One attempt as people see it."""

    id: str
    pack: str
    base_version: str
    base_hash: str
    program: str
    optimiser: str
    status: Status
    settings: Mapping[str, Any]
    state: Mapping[str, Any]
    report: Mapping[str, Any]
    result_version: str | None
    result_hash: str | None
    budget_usd: float | None
    budget_calls: int | None
    cost_usd: float
    calls: int
    trace_id: str
    requested_by: str
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Attempt:
        """Return the attempt of a row."""
        return cls(**{one.name: row[one.name] for one in fields(cls)})
