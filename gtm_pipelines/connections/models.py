"""Language models as the app sets them: who is asked, in which order, for how much. A person's gtm.toml wins over it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.clock import Clock
from gtm_pipelines.connections.model import check_key
from gtm_pipelines.connections.service import Keys
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.llm.addresses import KEY_NEEDED, PROVIDERS, address
from gtm_pipelines.llm.offered import offered, ollama
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_model import LlmSettings, ModelSettings
from gtm_pipelines.settings_own import Values, change_own, read_own


class ModelDesk:
    """The models that the app may set.

    Args:
        record: for the audit.
        clock: the clock.
        keys: keeps keys.
        models: those in force, whoever set them.
        home: the data folder whose settings are changed.
    """

    def __init__(self, record: Record, clock: Clock, keys: Keys, models: Sequence[ModelSettings], home: Path) -> None:
        self._record = record
        self._clock = clock
        self._keys = keys
        self._models = {model.name: model for model in models}
        self._home = home

    def own(self) -> frozenset[str]:
        """Return the names of the models that the app set; the others stand in gtm.toml or the environment."""
        return frozenset(model["name"] for model in read_own(self._home).get("models", ()))

    def local(self) -> Sequence[str] | None:
        """Return the models of an Ollama that runs on this machine; ``None`` where none does."""
        return ollama()

    @needs(Role.OWNER, "ask a provider for its models")
    def offered(self, provider: str, *, base_url: str | None = None, key: str | None = None) -> list[str]:
        """Return the names of a provider's models; nothing is generated and nothing kept.

        Raises:
            InputError: the provider is unknown, or it needs a key or an address that is missing.
            PermanentError: the provider refuses the key, or has no list.
            TransientError: it does not answer.
        """
        asked = _settings({"name": "asked", "provider": provider, "model": "any", "base_url": base_url or None})
        key = check_key(key) if key and key.strip() else None
        if provider in KEY_NEEDED and not key:
            raise InputError(f"{provider} lists its models only to whoever has a key. Enter the key first.")
        return offered(provider, address(asked), key)

    @needs(Role.OWNER, "set up a model")
    def save(
        self, name: str, provider: str, model: str, *, by: str, base_url: str | None = None, key: str | None = None
    ) -> ModelSettings:
        """Set a model up, or change one that the app set up before; without a key the one it has stays.

        Raises:
            InputError: a value cannot be used, or the provider needs a key that is missing.
            ConflictError: a model of that name stands in gtm.toml.
        """
        name = name.strip()
        if name in self._models and name not in self.own():
            raise ConflictError(f"'{name}' stands in gtm.toml or the environment. Change it there, or choose another name.")
        held = self._held(name) or {}
        values = {"name": name, "provider": provider, "model": model.strip(), "base_url": base_url or None}
        made, ref = _settings(values), held.get("key")
        address(made)
        if key and key.strip():
            ref = self._keys.keep(f"{self._record.workspace_id}.model-{name}", check_key(key))
        if provider in KEY_NEEDED and ref is None:
            raise InputError(f"{provider} needs a key. Enter it once; it is kept outside the data and never shown again.")
        kept = {**held, **values, "key": ref}
        fresh = {field: value for field, value in kept.items() if value is not None}
        self._change(lambda own: _with_model(own, fresh), "model.save", name, by)
        return made.model_copy(update={"key": ref})

    @needs(Role.OWNER, "take a model out")
    def remove(self, name: str, *, by: str) -> None:
        """Take out a model that the app set up, and forget its key.

        Raises:
            NotFoundError: the app set up no model of that name.
        """
        held = self._held(name)
        if held is None:
            raise NotFoundError(f"The app set up no model called '{name}'. One that stands in gtm.toml is taken out there.")
        self._change(lambda own: _without_model(own, name), "model.remove", name, by)
        if held.get("key"):
            self._keys.forget(held["key"])

    @needs(Role.OWNER, "order models")
    def order(self, names: Sequence[str], *, by: str) -> None:
        """Say in which order models are asked: the next one answers where the first does not.

        Raises:
            InputError: a name is no model's, or stands there twice.
        """
        if len(set(names)) != len(names) or not set(names) <= self._models.keys():
            raise InputError(f"Name each model once, out of: {', '.join(self._models) or 'none yet'}.")
        self._change(lambda own: _with_llm(own, roles={"default": list(names)}), "model.order", ", ".join(names), by)

    @needs(Role.OWNER, "set a budget")
    def budget(self, usd: float | None, *, by: str) -> None:
        """Say how many US dollars a calendar month may cost; ``None`` for no cap.

        Raises:
            InputError: it is less than nothing.
        """
        try:
            LlmSettings(monthly_budget_usd=usd)
        except ValidationError:
            raise InputError("A budget is nothing or more, in US dollars a month.") from None
        self._change(lambda own: _with_llm(own, monthly_budget_usd=usd), "model.budget", str(usd), by)

    def _held(self, name: str) -> dict[str, Any] | None:
        return next((one for one in read_own(self._home).get("models", ()) if one["name"] == name), None)

    def _change(self, change: Callable[[Values], Values], action: str, subject: str, by: str) -> None:
        with self._record.write() as connection:
            add_audit(
                connection, self._record.workspace_id, actor=by, action=action, subject_type="model", subject_id=subject,
                at=self._clock.now(),
            )  # fmt: skip
            change_own(self._home, change)


def _settings(values: Mapping[str, Any]) -> ModelSettings:
    if values["provider"] not in PROVIDERS:
        raise InputError(f"There is no provider '{values['provider']}'. Choose one of: {', '.join(PROVIDERS)}.")
    if not values["name"] or not values["model"]:
        raise InputError("Give the model a short name, and say which of the provider's models it is.")
    return ModelSettings(**values)


def _with_model(own: Values, model: Values) -> Values:
    others = [one for one in own.get("models", ()) if one["name"] != model["name"]]
    roles = own.get("llm", {}).get("roles", {})
    order = roles.get("default", [])
    grown = {**own, "models": [*others, model]}
    if not order or model["name"] in order:
        return grown
    return _with_llm(grown, roles={**roles, "default": [*order, model["name"]]})


def _without_model(own: Values, name: str) -> Values:
    llm = own.get("llm", {})
    roles = {role: [one for one in names if one != name] for role, names in llm.get("roles", {}).items()}
    left = {role: names for role, names in roles.items() if names}
    kept = {**own, "models": [one for one in own.get("models", ()) if one["name"] != name]}
    return {**kept, "llm": {**llm, "roles": left}} if llm else kept


def _with_llm(own: Values, **changes: Any) -> Values:
    return {**own, "llm": {**own.get("llm", {}), **changes}}
