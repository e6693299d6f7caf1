"""Which models a provider has, by its own list; and whether Ollama runs on this machine."""

from __future__ import annotations

from collections.abc import Sequence

from gtm_pipelines.errors import PermanentError, TransientError
from gtm_pipelines.llm.addresses import ADDRESSES
from gtm_pipelines.log import hide

TIMEOUT_SECONDS = 15.0
LOOK_SECONDS = 0.7
"""How long Ollama may take to answer on this machine; it takes some milliseconds where it runs."""
MOST = 1_000
_ANTHROPIC = {"anthropic-version": "2023-06-01"}


def offered(provider: str, base_url: str, key: str | None, *, timeout: float = TIMEOUT_SECONDS) -> list[str]:
    """Return the names of a provider's models, by name; nothing is generated, so it costs nothing.

    Args:
        provider: who answers, as in the settings.
        base_url: where.
        key: its key, if it wants one.
        timeout: seconds to wait for the whole list.

    Raises:
        PermanentError: the provider refuses the key, or has no list.
        TransientError: it does not answer.
    """
    import httpx  # the library of a provider takes most of a second to load; a list is one request

    headers = {"Authorization": f"Bearer {key or 'none'}", "Accept": "application/json"}
    headers |= {"x-api-key": key, **_ANTHROPIC} if provider == "anthropic" and key else {}
    safe = base_url.startswith("https:")
    try:
        with httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False, verify=safe) as client:
            answer = client.get(f"{base_url.rstrip('/')}/models", headers=headers)
        if answer.status_code >= 300:
            told = hide(f"{base_url} answered {answer.status_code}: {answer.text}", key or "")[:300]
            raise PermanentError(f"{told} Check the key and the address.")
        found = [str(model["id"]) for model in answer.json()["data"][:MOST]]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, LookupError) as error:
        told = hide(f"{base_url} gave no list of models: {error}", key or "")[:300]
        raise TransientError(f"{told} Check the address, or write the model's name yourself.") from None
    return sorted(set(found))


def ollama(base_url: str = ADDRESSES["ollama"]) -> Sequence[str] | None:
    """Return the models of an Ollama on this machine, or ``None`` where none answers."""
    try:
        return offered("ollama", base_url, None, timeout=LOOK_SECONDS)
    except (PermanentError, TransientError):
        return None
