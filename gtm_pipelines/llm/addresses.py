"""Where the providers that we know answer, and which want a key."""

from __future__ import annotations

from gtm_pipelines.errors import SettingsError
from gtm_pipelines.settings_model import ModelSettings

ADDRESSES = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com/v1",
    "openrouter": "https://openrouter.ai/api/v1",
    "ollama": "http://127.0.0.1:11434/v1",
}
"""Where each provider answers unless ``base_url`` says otherwise."""
PROVIDERS = (*ADDRESSES, "compatible")
"""Whom a model may be of; 'compatible' is any server that speaks as OpenAI does."""
KEY_NEEDED = ("openai", "anthropic", "openrouter")


def address(settings: ModelSettings) -> str:
    """Return where a model answers.

    Raises:
        SettingsError: the provider has no address of its own and none is set.
    """
    found = settings.base_url or ADDRESSES.get(settings.provider)
    if not found:
        raise SettingsError(f"Model '{settings.name}' has no base_url. Set it, such as 'http://127.0.0.1:8000/v1'.")
    return found
