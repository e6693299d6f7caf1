"""Which sources there are: those that come with the workbench, and those that other packages add.

A built-in source is one file in ``enrichment/sources`` and one line here. Another package
adds its own by an entry point of the group ``gtm.sources``: its name is the section of
``[enrichment.sources]`` that configures it, its value a callable that takes a ``Setup`` and
returns a ``Source`` or several.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Literal

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.source import Source, SourceKeyError
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.log import get_logger
from gtm_pipelines.record.settled import DEFAULT_RANK, RANKS
from gtm_pipelines.settings import resolve_secret
from gtm_pipelines.settings_research import EnrichmentSettings, SourceSettings

if TYPE_CHECKING:
    from gtm_pipelines.record.engine import Record

GROUP = "gtm.sources"
"""The group of entry points by which other packages add sources."""
BUILT_IN = ("registry", "csv_lookup", "website", "web_search", "exa", "parallel", "apollo", "hunter", "leadmagic", "firecrawl")
"""Modules of ``enrichment/sources``, each with a function ``make``."""
PER_HOST_CONCURRENCY = 32
"""Sites visited at once, unless the settings say; of one host never more than one."""
KeyState = Literal["not needed", "present", "missing"]


@dataclass(frozen=True)
class Setup:
    """What a source is made of.

    Attributes:
        name: of its section in the settings.
        settings: that section.
        clock: what the time is.
        parts: what only built-in sources are handed: ``record``, ``web``.
    """

    name: str
    settings: SourceSettings
    clock: Clock
    parts: Mapping[str, Any] = field(default_factory=dict)

    def key(self) -> str:
        """Look the key up.

        Raises:
            SourceKeyError: none is named, or nothing is kept under its name.
        """
        if self.settings.key is None:
            raise SourceKeyError(
                f"The source '{self.name}' needs a key. Name it: key = \"env:NAME\" in [enrichment.sources.{self.name}]."
            )
        try:
            return resolve_secret(self.settings.key)
        except SettingsError as error:
            raise SourceKeyError(f"The key of the source '{self.name}' cannot be read: {error}") from error


@dataclass(frozen=True)
class Offered:
    """A source and how it is configured.

    Attributes:
        source: ready to be asked.
        section: of the settings that configures it.
        settings: that section.
        origin: ``built in``, or the package that brings it.
        rank: how much it is believed where confidences are equal.
        key: whether it has the key it needs.
    """

    source: Source
    section: str
    settings: SourceSettings
    origin: str
    rank: int
    key: KeyState

    @property
    def enabled(self) -> bool:
        """Whether it may be asked."""
        return self.settings.enabled

    @property
    def paid(self) -> bool:
        """Whether asking can cost money."""
        return self.source.price.most > 0

    @property
    def concurrency(self) -> int:
        """Most questions under way at once: as the settings say; sources with a host for each subject bear more."""
        said = "concurrency" in self.settings.model_fields_set
        return self.settings.concurrency if said or not getattr(self.source, "per_host", False) else PER_HOST_CONCURRENCY

    @property
    def lifetime_days(self) -> float:
        """How long an answer is not asked for again: as the settings say, or else as the source does."""
        said = "lifetime_days" in self.settings.model_fields_set
        return self.settings.lifetime_days if said else getattr(self.source, "lifetime_days", self.settings.lifetime_days)


Factory = Callable[[Setup], Any]


@dataclass(frozen=True)
class Registry:
    """Makes the sources, anew for each run: connections belong to the run that opened them.

    Args:
        settings: of enrichment.
        clock: handed to the sources.
        record: for the source that looks into the record itself.
        web: what reads websites, if there is one.
    """

    settings: EnrichmentSettings
    clock: Clock
    record: Record | None = None
    web: Any = None

    def sources(self) -> list[Offered]:
        """Return every source there is, those switched off too; what cannot be made and nobody has switched on is left out.

        Raises:
            SettingsError: a section names a source that nobody offers, or one switched on cannot be made of its settings.
        """
        factories = dict(self._factories())
        if unknown := sorted(self.settings.sources.keys() - factories.keys()):
            known = ", ".join(sorted(factories))
            raise SettingsError(f"[enrichment.sources.{unknown[0]}] names a source that nobody offers. There are: {known}.")
        offered = [one for section, (origin, make) in factories.items() for one in self._made(section, origin, make)]
        names = [one.source.name for one in offered]
        if twice := {name for name in names if names.count(name) > 1}:
            raise SettingsError(f"Two sources are called '{min(twice)}'. Remove one of the packages that bring them.")
        return offered

    def ranks(self, offered: Sequence[Offered]) -> dict[str, int]:
        """Return source → rank, for settling."""
        return {**RANKS, **{one.source.name: one.rank for one in offered}}

    def _factories(self) -> Iterator[tuple[str, tuple[str, Factory]]]:
        for name in BUILT_IN:
            yield name, ("built in", _built_in(name))
        for point in entry_points(group=GROUP):
            if point.name not in BUILT_IN:
                yield point.name, (point.dist.name if point.dist else point.module, _loaded(point))

    def _made(self, section: str, origin: str, make: Factory) -> Iterator[Offered]:
        settings = self.settings.sources.get(section, SourceSettings())
        parts = {"record": self.record, "web": self.web} if origin == "built in" else {}
        setup = Setup(section, settings, self.clock, parts)
        try:
            made = make(setup)
        except SettingsError as error:
            if settings.enabled:
                raise
            get_logger("enrichment.registry").warning("source left out", source=section, origin=origin, why=str(error))
            return
        for source in made if isinstance(made, (list, tuple)) else [made]:
            if not isinstance(source, Source):
                raise SettingsError(f"What '{section}' of {origin} makes is no source of facts. Update or remove that package.")
            rank = settings.rank if settings.rank is not None else RANKS.get(source.name, DEFAULT_RANK)
            yield Offered(source, section, settings, origin, rank, _key_state(setup, source))


def _built_in(name: str) -> Factory:
    def make(setup: Setup) -> Any:
        return importlib.import_module(f"gtm_pipelines.enrichment.sources.{name}").make(setup)

    return make


def _loaded(point: EntryPoint) -> Factory:
    def make(setup: Setup) -> Any:
        try:
            return point.load()(setup)
        except (ImportError, AttributeError) as error:
            raise SettingsError(f"The source '{point.name}' of {point.value} cannot be loaded: {error}. Update it.") from error

    return make


def _key_state(setup: Setup, source: Source) -> KeyState:
    if setup.settings.key is None:
        return "missing" if getattr(source, "needs_key", False) else "not needed"
    try:
        setup.key()
    except SourceKeyError:
        return "missing"
    return "present"
