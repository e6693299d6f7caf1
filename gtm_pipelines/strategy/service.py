"""Strategies: begun, written document by document, read, and confirmed by a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.errors import ConflictError, InputError, SettingsError
from gtm_pipelines.llm.model import Asks
from gtm_pipelines.record import strategies as queries
from gtm_pipelines.record.engine import Record
from gtm_pipelines.strategy import outcome
from gtm_pipelines.strategy.catalogue import DataSource
from gtm_pipelines.strategy.context import Orchestrator, WebReader, needed
from gtm_pipelines.strategy.corrections import Corrector
from gtm_pipelines.strategy.ground import Grounded
from gtm_pipelines.strategy.model import KINDS, Criteria, Kind, Strategy, coverage, person
from gtm_pipelines.strategy.plan import PlannedStep, Price, planned
from gtm_pipelines.strategy.programs import MAX_TOKENS, earlier, material_of, word_of, write
from gtm_pipelines.strategy.recommend import RECORDS, Advice, recommend
from gtm_pipelines.strategy.shelf import Shelf, actor_of
from gtm_pipelines.strategy.store import evidence_json

LEAST_TOKENS = 2_000
"""Fewer tokens hold no whole document: an overview of eight sections with its quotes takes about 1,500 in English."""
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Wishes:
    """How a run is wanted.

    Attributes:
        only: the documents to write, with those they require and lack; all that are missing or outdated if empty.
        again: write them even if they are there.
        given: pages a person brought.
        refresh: read the website anew.
        guidance: what a person wants regarded in each of them.
        budget_usd: most US dollars a month for data sources.
        records: companies a month that costs are reckoned for.
    """

    only: tuple[Kind, ...] = ()
    again: bool = False
    given: tuple[Page, ...] = ()
    refresh: bool = False
    guidance: str | None = None
    budget_usd: float | None = None
    records: int = RECORDS


class StrategyService(Shelf):
    """Strategies of one workspace.

    Args:
        record: where they are kept.
        clock: tells the time.
        asks: asks language models.
        web: reads websites.
        catalogue: reads the catalogue of data sources.
        price: what so many tokens read and written cost at most, in US dollars; ``None`` where unknown.
        room: most tokens that the model asked first may write; ``None`` where there is no model.
    """

    def __init__(
        self, record: Record, clock: Clock, asks: Asks, web: WebReader,
        catalogue: Callable[[], Sequence[DataSource]], price: Price, room: Callable[[], int | None] = lambda: None,
    ) -> None:  # fmt: skip
        super().__init__(record, clock)
        self._room = room
        self._asks, self._price, self._catalogue = asks, price, catalogue
        self.context = Orchestrator(record, clock, web)
        self.corrections = Corrector(self, self.context, asks, clock)

    def kinds_to_write(self, strategy: Strategy, wishes: Wishes) -> tuple[Kind, ...]:
        """Return the documents a run writes, in order."""
        have = strategy.documents
        stale = strategy.stale()
        chosen = wishes.only or tuple(kind for kind in KINDS if wishes.again or kind not in have or kind in stale)
        wanted: set[Kind] = set()
        for kind in chosen:
            if not wishes.only or wishes.again or kind not in have or kind in stale:
                wanted |= {kind, *(each for each in needed(kind, have) if each not in have)}
        return tuple(kind for kind in KINDS if kind in wanted)

    def plan(self, key: str, wishes: Wishes | None = None) -> tuple[PlannedStep, ...]:
        """Say what a run would read, ask and cost, without reading or asking."""
        strategy, wishes = self.get(key), wishes or Wishes()
        kinds = self.kinds_to_write(strategy, wishes)
        pages, found = self.context.website(strategy.website, given=wishes.given, fetch=False)
        return tuple(planned(strategy, kinds, pages, found, refresh=wishes.refresh, price=self._price))

    def run(self, key: str, wishes: Wishes | None = None, *, by: str, progress: Progress | None = None) -> Strategy:
        """Write documents one after the other; each is kept as soon as it is written, so that a run can be taken up again.

        Raises:
            ContextMissingError: what a document needs is missing or too thin; those before it are kept.
            ConflictError: somebody else wrote the same document meanwhile.
            SettingsError: no model is configured, or it may not write as much as a document takes.
            GtmError: the website cannot be read, or no model can answer; as reader and service raise it.
        """
        wishes, strategy = wishes or Wishes(), self.get(key)
        kinds = self.kinds_to_write(strategy, wishes)
        self._check_room(kinds)
        for done, kind in enumerate(kinds):
            if progress:
                progress(done, len(kinds))
            self._write(self.get(strategy.id), kind, replace(wishes, refresh=wishes.refresh and done == 0), by)
        if progress:
            progress(len(kinds), len(kinds))
        return self.get(strategy.id)

    def _check_room(self, kinds: Sequence[Kind]) -> None:
        room = self._room()
        if room is not None and room < LEAST_TOKENS and set(kinds) - {"data_sources"}:
            raise SettingsError(
                f"The model asked first writes at most {room:,} tokens an answer, and a document takes up to {MAX_TOKENS:,}. "
                f"Set max_tokens = {MAX_TOKENS} for it in gtm.toml, or name another for the role 'strategy' in [llm.roles]."
            )

    def _write(self, strategy: Strategy, kind: Kind, wishes: Wishes, by: str) -> None:
        gathered = self.context.gather(kind, strategy, given=wishes.given, refresh=wishes.refresh)
        if kind == "data_sources":
            content, evidence = outcome.data_sources(
                strategy, self._catalogue(), budget_usd=wishes.budget_usd, records=wishes.records
            )
            self.keep(strategy, kind, Grounded(content, evidence, ()), gathered, author="rules", by=by)
            return
        held = strategy.documents.get(kind)
        said = word_of(actor_of(by), wishes.guidance, self._clock.now().isoformat())
        material = material_of(gathered.pages, earlier(strategy, gathered), said)
        rollout = held.number if held else 0
        written = write(self._asks, strategy, kind, material, guidance=wishes.guidance, rollout=rollout)
        self.keep(strategy, kind, written.grounded, gathered, author="model", by=by, trace_id=written.trace_id)

    def confirm(self, key: str, *, by: str) -> Strategy:
        """Confirm a strategy as it stands: its profile is what scoring uses from now on, until the next confirmation.

        Raises:
            InputError: there is no target company to confirm, or a document is older than what it was made from.
            ConflictError: somebody changed it meanwhile.
        """
        strategy, actor, now = self.get(key), person(by), self._clock.now()
        if "target_company" not in strategy.documents:
            told = f"'{strategy.name}' has no target company yet. Write it: gtm strategy run '{strategy.name}'."
            raise InputError(told)
        stale = strategy.stale()
        if stale:
            told = "; ".join(f"{kind.replace('_', ' ')} is older than {', '.join(names)}" for kind, names in stale.items())
            raise InputError(f"Not confirmed: {told.replace('_', ' ')}. Write it anew: gtm strategy run '{strategy.name}'.")
        with self.record.write() as connection:
            held = queries.documents(connection, self._workspace, [strategy.id], kind=queries.ICP, newest=True)
            icp = outcome.profile(strategy, held[0]["number"] + 1 if held else 1)
            queries.add_document(connection, self._workspace, {
                "strategy_id": strategy.id, "kind": queries.ICP, "number": icp.number, "content": icp.to_json(),
                "confidence": strategy.documents["target_company"].confidence, "confidences": {}, "context": [],
                "evidence": evidence_json((), ()), "author": actor, "created_at": now,
            })  # fmt: skip
            fresh = {"status": "confirmed", "confirmed_at": now, "confirmed_by": actor, "updated_at": now}
            if not queries.change(connection, self._workspace, strategy.id, strategy.version, fresh):
                raise ConflictError(f"Somebody changed '{strategy.name}' meanwhile. Look at it again, then confirm.")
            numbers = {kind: document.number for kind, document in strategy.documents.items()}
            self.audit(connection, actor, "strategy.confirm", strategy.id, {"icp": icp.number, "documents": numbers})
        return self.get(strategy.id)

    def criteria(self, key: str) -> Criteria:
        """Return what a strategy says about whom to look for, as values that segments take."""
        return outcome.criteria(self.get(key).documents)

    def sources(self) -> tuple[DataSource, ...]:
        """Return the catalogue of data sources."""
        return tuple(self._catalogue())

    def recommend(self, wanted: Sequence[str], **bounds: Any) -> Advice:
        """Say which data sources to use for attributes; see ``recommend.recommend``."""
        return recommend(self._catalogue(), wanted, **bounds)

    def coverage(self, key: str) -> dict[Kind, float]:
        """Return, for each document written, the share of its sections that hold something."""
        return {kind: coverage(document.content) for kind, document in self.get(key).documents.items()}
