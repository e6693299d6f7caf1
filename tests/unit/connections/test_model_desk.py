"""Setting models up in the app: from the provider's own list, in an order, within a budget; keys go in and never out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gtm_pipelines.acting import Actor, ForbiddenError, Role, act_as
from gtm_pipelines.connections.models import ModelDesk
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, PermanentError, SettingsError, TransientError
from gtm_pipelines.llm.offered import offered, ollama
from gtm_pipelines.settings import Settings, load_settings, resolve_secret
from gtm_pipelines.wiring.house import KeptKeys
from gtm_pipelines.workbench import Workbench
from tests.vendor_server import Asked, Said, VendorServer, vendor_server

KEY = "canary-model-key-0123456789"
BY = "person:anna"
LIST = {"object": "list", "data": [{"id": name, "object": "model"} for name in ("zeta", "alpha", "alpha")]}


@pytest.fixture
def provider() -> Iterator[VendorServer]:
    with vendor_server() as server:
        server.answers["/v1/models"] = LIST
        yield server


def desk(workbench: Workbench) -> ModelDesk:
    """The desk over the settings as they are by now."""
    return ModelDesk(workbench.record, workbench.clock, KeptKeys(), now(workbench).models, workbench.settings.home_path)


def now(workbench: Workbench) -> Settings:
    return load_settings(home=workbench.settings.home_path)


def test_models_come_from_the_providers_own_list(workbench: Workbench, provider: VendorServer) -> None:
    found = desk(workbench).offered("compatible", base_url=f"{provider.url}/v1", key=KEY)
    assert found == ["alpha", "zeta"]
    assert [(one.method, one.path, one.headers["authorization"]) for one in provider.asked] == [
        ("GET", "/v1/models", f"Bearer {KEY}")
    ]


def test_anthropic_is_asked_as_it_wants_to_be(provider: VendorServer) -> None:
    assert offered("anthropic", f"{provider.url}/v1", KEY) == ["alpha", "zeta"]
    assert provider.asked[0].headers["x-api-key"] == KEY
    assert provider.asked[0].headers["anthropic-version"]


def test_a_refusal_is_told_without_the_key(provider: VendorServer) -> None:
    def echo(asked: Asked) -> Said:
        return Said(401, f'{{"error": {{"message": "bad key {asked.headers["authorization"]}"}}}}'.encode())

    provider.respond = echo
    with pytest.raises(PermanentError, match="answered 401") as refused:
        offered("compatible", f"{provider.url}/v1", KEY)
    assert KEY not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("act", ["cut", "malformed", "empty", "list"])
def test_a_provider_out_of_its_mind_gives_no_list(provider: VendorServer, act: str) -> None:
    provider.does(act)
    with pytest.raises((TransientError, PermanentError)):
        offered("compatible", f"{provider.url}/v1", KEY)


def test_no_redirect_is_followed_with_a_key(provider: VendorServer) -> None:
    provider.does("redirect")
    with pytest.raises((TransientError, PermanentError)):
        offered("compatible", f"{provider.url}/v1", KEY)
    assert len(provider.asked) == 1


def test_ollama_is_found_by_itself_where_it_runs(provider: VendorServer) -> None:
    assert ollama(f"{provider.url}/v1") == ["alpha", "zeta"]
    assert ollama("http://127.0.0.1:9/v1") is None


def test_what_is_set_up_is_in_force_and_its_key_kept_apart(workbench: Workbench, home: Path) -> None:
    made = desk(workbench).save("fast", "openai", "gpt-x", key=f" {KEY}\n", by=BY)
    [model] = now(workbench).models
    assert (model.name, model.model, model.key) == ("fast", "gpt-x", made.key)
    assert resolve_secret(str(model.key)) == KEY
    assert not any(KEY.encode() in path.read_bytes() for path in home.rglob("*") if path.is_file())
    desk(workbench).save("fast", "openai", "gpt-y", by=BY)
    assert [(one.model, one.key) for one in now(workbench).models] == [("gpt-y", made.key)]


def test_a_model_that_cannot_be_asked_is_not_set_up(workbench: Workbench) -> None:
    wrong = [
        ("fast", "openai", "gpt-x", {}), ("fast", "nobody", "m", {"key": KEY}), ("", "ollama", "m", {}),
        ("fast", "ollama", " ", {}), ("fast", "openai", "m", {"key": "two words"}),
    ]  # fmt: skip
    for name, provider, model, more in wrong:
        with pytest.raises(InputError):
            desk(workbench).save(name, provider, model, by=BY, **more)
    with pytest.raises(SettingsError, match="base_url"):
        desk(workbench).save("fast", "compatible", "m", by=BY)
    with pytest.raises(InputError, match="has a key"):
        desk(workbench).offered("openai")
    assert now(workbench).models == ()


def test_the_order_is_who_is_asked_first_and_a_new_model_comes_last(workbench: Workbench) -> None:
    for name in ("one", "two"):
        desk(workbench).save(name, "ollama", "m", by=BY)
    desk(workbench).order(["two", "one"], by=BY)
    desk(workbench).save("three", "ollama", "m", by=BY)
    assert now(workbench).llm.roles == {"default": ("two", "one", "three")}
    for names in (["two", "two"], ["two", "four"]):
        with pytest.raises(InputError, match="each model once"):
            desk(workbench).order(names, by=BY)


def test_taking_a_model_out_forgets_its_key_and_its_place(workbench: Workbench) -> None:
    made = desk(workbench).save("one", "openai", "m", key=KEY, by=BY)
    desk(workbench).order(["one"], by=BY)
    desk(workbench).remove("one", by=BY)
    assert (now(workbench).models, now(workbench).llm.roles) == ((), {})
    with pytest.raises(SettingsError):
        resolve_secret(str(made.key))
    with pytest.raises(NotFoundError):
        desk(workbench).remove("one", by=BY)


def test_a_model_of_a_persons_file_is_changed_there(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "gtm.toml"
    file.write_text('[[models]]\nname = "mine"\nprovider = "ollama"\nmodel = "m"\n', "utf-8")
    monkeypatch.setenv("GTM_CONFIG", str(file))
    with pytest.raises(ConflictError, match=r"gtm\.toml"):
        desk(workbench).save("mine", "ollama", "other", by=BY)
    with pytest.raises(NotFoundError, match=r"gtm\.toml"):
        desk(workbench).remove("mine", by=BY)


def test_a_budget_is_set_and_lifted(workbench: Workbench) -> None:
    desk(workbench).budget(20.0, by=BY)
    assert now(workbench).llm.monthly_budget_usd == 20
    desk(workbench).budget(None, by=BY)
    assert now(workbench).llm.monthly_budget_usd is None
    with pytest.raises(InputError):
        desk(workbench).budget(-1, by=BY)


def test_only_an_owner_sets_models_up(workbench: Workbench) -> None:
    with act_as(Actor("eddie", Role.EDITOR)):
        for act in (
            lambda: desk(workbench).save("one", "ollama", "m", by=BY),
            lambda: desk(workbench).remove("one", by=BY),
            lambda: desk(workbench).order([], by=BY),
            lambda: desk(workbench).budget(1, by=BY),
            lambda: desk(workbench).offered("ollama"),
        ):
            with pytest.raises(ForbiddenError):
                act()
