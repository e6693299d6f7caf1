"""Which engine answers for which provider. Third parties add theirs by the entry point group ``gtm.llm_engines``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gtm_pipelines.errors import SettingsError
from gtm_pipelines.llm.addresses import KEY_NEEDED, address
from gtm_pipelines.llm.engines.native import NativeEngine
from gtm_pipelines.llm.model import Engine
from gtm_pipelines.llm.scrub import Scrubber
from gtm_pipelines.settings import resolve_secret
from gtm_pipelines.settings_model import ModelSettings

GROUP = "gtm.llm_engines"
Build = Callable[[ModelSettings, "str | None"], Engine]

ENGINES: Mapping[str, Build] = {
    "openai": NativeEngine,
    "anthropic": NativeEngine,
    "openrouter": NativeEngine,
    "ollama": NativeEngine,
    "compatible": NativeEngine,
}


def make(settings: ModelSettings, scrub: Scrubber) -> Engine:
    """Return what asks a model, with its key looked up; from now on that key is blotted out wherever it turns up.

    Raises:
        SettingsError: as for ``builder``, or the key is not where it should be kept.
    """
    build = builder(settings)
    key = resolve_secret(settings.key) if settings.key else None
    scrub.learn([key] if key else [])
    return build(settings, key)


def builder(settings: ModelSettings) -> Build:
    """Return what makes the engine of a model, ours or a third party's.

    Raises:
        SettingsError: the provider is unknown, or lacks its key or its address.
    """
    build = ENGINES.get(settings.provider) or _third_party(settings.provider)
    if build is None:
        raise SettingsError(
            f"Model '{settings.name}' has provider '{settings.provider}'. Choose one of {', '.join(ENGINES)}, "
            f"or install a package that offers it under '{GROUP}'."
        )
    if settings.provider in KEY_NEEDED and settings.key is None:
        raise SettingsError(f"Model '{settings.name}' needs a key. Name where it is kept: key = \"env:NAME\".")
    if settings.provider in ENGINES:
        address(settings)
    return build


def _third_party(provider: str) -> Build | None:
    from importlib.metadata import entry_points

    for found in entry_points(group=GROUP, name=provider):
        loaded: Build = found.load()
        return loaded
    return None
