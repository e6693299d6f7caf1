"""What a run would read, ask and cost, said before it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.strategy.assess import WEBSITE
from gtm_pipelines.strategy.context import MAX_PAGES, REQUIREMENTS
from gtm_pipelines.strategy.model import GATE, Assessment, Kind, Strategy, paths
from gtm_pipelines.strategy.programs import ALL_CHARACTERS, PAGE_CHARACTERS, tokens_of

Price = Callable[[int, int], float | None]
CLAIM_CHARACTERS = 120
"""What a claim of a document not written yet is taken to be long; twenty claims a document."""


@dataclass(frozen=True)
class PlannedStep:
    """One document that would be written.

    Attributes:
        reads: what would be read for it.
        asks: the model's task, or ``rules`` where no model is asked.
        input_tokens: about how many a model would read.
        output_tokens: most it would write.
        usd: most that costs, in US dollars; ``None`` where the price is unknown.
        context: how good its context is already.
    """

    kind: Kind
    reads: tuple[str, ...]
    asks: str
    input_tokens: int
    output_tokens: int
    usd: float | None
    context: tuple[str, ...]


def planned(
    strategy: Strategy, kinds: Sequence[Kind], pages: Sequence[Page], found: Assessment, *, refresh: bool, price: Price
) -> list[PlannedStep]:
    """Return one step a document."""
    fetches = refresh or not pages or found.score < GATE
    steps = []
    for place, kind in enumerate(kinds):
        reads, told, characters = [], [], 0
        for requirement in REQUIREMENTS[kind]:
            if requirement.context == WEBSITE:
                first = fetches and place == 0
                reads.append(f"up to {MAX_PAGES} pages of {strategy.website}" if first else f"kept pages of {strategy.website}")
                told.append("website: not read yet" if not pages else f"website: {found.quality}, {found.score:.0%}")
                characters += ALL_CHARACTERS if fetches else sum(min(PAGE_CHARACTERS, len(page.text)) for page in pages)
            else:
                characters += _size(strategy, requirement.context)
                reads.append(requirement.context.replace("_", " "))
        if kind == "data_sources":
            steps.append(PlannedStep(kind, tuple(reads), "rules", 0, 0, 0.0, tuple(told)))
            continue
        into, out = tokens_of(strategy, kind, min(characters, 2 * ALL_CHARACTERS))
        steps.append(PlannedStep(kind, tuple(reads), "model", into, out, price(into, out), tuple(told)))
    return steps


def _size(strategy: Strategy, context: str) -> int:
    document = next((each for kind, each in strategy.documents.items() if kind == context), None)
    return sum(len(claim.text) for claim in paths(document.content).values()) if document else 20 * CLAIM_CHARACTERS
