"""What is configured of language models, and what is missing. Nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.launch.findings import Finding
from gtm_pipelines.llm.engines.registry import builder
from gtm_pipelines.llm.prices import of_a_million
from gtm_pipelines.llm.service import check_names
from gtm_pipelines.settings import ModelSettings, Settings, resolve_secret


def models(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Look at every model: its provider, its address, its key, its price."""
    if not settings.models:
        yield Finding("model", "ok", "The baseline drafter needs no key; no model is configured.")
        return
    check_names(settings.models, settings.llm)
    for model in settings.models:
        yield _model(settings, model, clock)
    if len(settings.models) == 1:
        told = f"'{settings.models[0].name}' is the only model: nobody answers while it is down."
        yield Finding("model", "warn", told, "Add a second [[models]] table; the next one answers where the first does not.")


def _model(settings: Settings, model: ModelSettings, clock: Clock) -> Finding:
    name = f"{model.name}: {model.provider}, {model.model}"
    try:
        builder(model)
        if model.key:
            resolve_secret(model.key)
    except SettingsError as error:
        return Finding("model", "fail", f"{name} cannot be asked.", str(error))
    llm = settings.llm
    capped = llm.monthly_budget_usd is not None or llm.run_budget_usd is not None
    if of_a_million(model, clock.now())[0] is None:
        told = f"{name}: the price is unknown" + (", so the budgets of [llm] keep it from being asked." if capped else ".")
        return Finding("model", "fail" if capped else "warn", told, "Set its input_price and output_price.")
    return Finding("model", "ok", f"{name}, ready to be asked. 'gtm model test {model.name}' asks it.")
