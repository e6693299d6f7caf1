"""What the app sets stands in the data folder; a person's gtm.toml and the environment win over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_pipelines.errors import SettingsError
from gtm_pipelines.settings import load_settings
from gtm_pipelines.settings_own import change_own, over, read_own


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder in which the app set a model and a budget."""
    monkeypatch.setenv("GTM_HOME", str(tmp_path))
    model = {"name": "fast", "provider": "ollama", "model": "qwen3:4b"}
    change_own(tmp_path, lambda held: {**held, "models": [model], "llm": {"monthly_budget_usd": 20}})
    return tmp_path


def test_what_the_app_set_is_in_force(folder: Path) -> None:
    settings = load_settings()
    assert [model.name for model in settings.models] == ["fast"]
    assert settings.llm.monthly_budget_usd == 20
    assert load_settings(home=folder / "elsewhere").models == ()


def test_a_persons_file_and_the_environment_win(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "gtm.toml"
    file.write_text(
        '[llm]\nretries = 0\n[[models]]\nname = "fast"\nprovider = "openai"\nmodel = "m"\n'
        '[[models]]\nname = "dear"\nprovider = "openai"\nmodel = "n"\n',
        "utf-8",
    )
    monkeypatch.setenv("GTM_CONFIG", str(file))
    settings = load_settings()
    assert [(model.name, model.provider) for model in settings.models] == [("fast", "openai"), ("dear", "openai")]
    assert (settings.llm.retries, settings.llm.monthly_budget_usd) == (0, 20)
    monkeypatch.setenv("GTM_LLM__MONTHLY_BUDGET_USD", "5")
    assert load_settings().llm.monthly_budget_usd == 5


@pytest.mark.parametrize("content", ["{", "[1]", "\x00"])
def test_a_damaged_file_is_told(folder: Path, content: str) -> None:
    (folder / "settings.json").write_text(content, "utf-8")
    with pytest.raises(SettingsError, match=r"settings\.json"):
        load_settings()
    with pytest.raises(SettingsError):
        change_own(folder, lambda held: held)


def test_laying_over_loses_nothing() -> None:
    weak = {"a": 1, "t": {"x": 1, "y": [1]}, "models": [{"name": "m", "k": 1}, {"name": "n"}]}
    strong = {"b": 2, "t": {"y": [2]}, "models": [{"name": "m", "k": 2}]}
    merged = {"a": 1, "b": 2, "t": {"x": 1, "y": [2]}, "models": [{"name": "m", "k": 2}, {"name": "n"}]}
    assert over(weak, strong) == merged
    assert over({}, strong) == strong
    assert read_own(Path("/nowhere")) == {}
