"""What a call costs, in US dollars: what the settings say, else what ``genai-prices`` knows, else unknown.

Unknown is ``None``, never nought. Prices are those of the provider's list: a contract's discount is told by the settings.
"""

from __future__ import annotations

import ipaddress
import math
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gtm_pipelines.llm.addresses import address
from gtm_pipelines.llm.model import Tokens
from gtm_pipelines.settings_model import ModelSettings

if TYPE_CHECKING:
    from dspy.lm15 import Request, Response

PER = 1_000_000
BYTES_A_TOKEN = 3
"""A careful guess before a call: English takes about four bytes a token, Russian five to six, code about three."""
PRICED = ("openai", "anthropic", "openrouter")


def cost(settings: ModelSettings, tokens: Tokens, at: datetime, response_model: str | None = None) -> float | None:
    """Return what ``tokens`` cost; ``None`` where the price, or how many there were, is unknown."""
    if tokens.input is None or tokens.output is None:
        return None
    if settings.input_price is not None and settings.output_price is not None:
        return (tokens.input * settings.input_price + tokens.output * settings.output_price) / PER
    if runs_here(settings):
        return 0.0
    if settings.provider not in PRICED:
        return None
    for name in dict.fromkeys((settings.model, response_model or settings.model)):
        found = _listed(settings.provider, name, tokens, at)
        if found is not None:
            return found
    return None


def of_a_million(settings: ModelSettings, at: datetime) -> tuple[float | None, float | None]:
    """Return what a million tokens read and a million written cost, each ``None`` where unknown."""
    return cost(settings, Tokens(PER, 0), at), cost(settings, Tokens(0, PER), at)


def most(settings: ModelSettings, request: Request, at: datetime) -> float | None:
    """Return the most that a call may cost, before it is made; ``None`` where the price is unknown."""
    asked = request.config.max_tokens or settings.max_tokens
    return cost(settings, Tokens(guess(request), asked), at)


def guess(request: Request) -> int:
    """Return how many tokens a request may be read as, rather too many than too few."""
    texts = [str(request.system or ""), *(message.text or "" for message in request.messages)]
    schema = str((request.config.response_format or {}).get("schema") or "")
    return math.ceil(sum(len(text.encode()) for text in (*texts, schema)) / BYTES_A_TOKEN)


def counted(settings: ModelSettings, response: Response) -> Tokens:
    """Return what a provider counted, with its cache's tokens within the input whoever counted.

    Anthropic counts what its cache read or took beside the input; the others count it within.
    """
    usage = response.usage
    read, written, whole = usage.cache_read_tokens, usage.cache_write_tokens, usage.input_tokens
    if settings.provider == "anthropic" and whole is not None:
        whole += (read or 0) + (written or 0)
    return Tokens(whole, usage.output_tokens, read, written)


def runs_here(settings: ModelSettings) -> bool:
    """Tell whether a model runs on this machine: Ollama on loopback, which bills nobody."""
    if settings.provider != "ollama":
        return False
    host = urlsplit(address(settings)).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listed(provider: str, model: str, tokens: Tokens, at: datetime) -> float | None:
    from genai_prices import Usage, calc_price

    usage = Usage(
        input_tokens=tokens.input, output_tokens=tokens.output,
        cache_read_tokens=tokens.cache_read or None, cache_write_tokens=tokens.cache_write or None,
    )  # fmt: skip
    try:
        found = calc_price(usage, model_ref=model, provider_id=provider, genai_request_timestamp=at)
    except (LookupError, ValueError):
        return None
    return float(found.total_price)
