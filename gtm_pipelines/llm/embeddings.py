"""Asks a provider for vectors of texts, by the form of OpenAI's ``/embeddings``, which many servers speak.

Capped and on record like every other call. The row says how many texts there were and keeps none of
them: they stand in the pieces that search cuts, which an erasure reaches.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from gtm_pipelines.acting import granted
from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.ids import digest, new_id
from gtm_pipelines.llm import prices
from gtm_pipelines.llm.addresses import address
from gtm_pipelines.llm.budget import Budget
from gtm_pipelines.llm.model import LlmUnavailable, RefusedError, Tokens
from gtm_pipelines.llm.scrub import Scrubber
from gtm_pipelines.record import interactions
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_model import LlmSettings, ModelSettings, SearchSettings

ATTEMPTS = 3
PAUSE_SECONDS = 0.5
"""The first pause before a further attempt, where the provider names none; doubles each time."""
LONGEST_PAUSE_SECONDS = 20.0
"""A longer wait that a provider asks for is left to whoever asked us."""
_LOGIN = (401, 402, 403)


class _Vector(BaseModel):
    index: int
    embedding: list[float]


class _Usage(BaseModel):
    prompt_tokens: int | None = None


class _Reply(BaseModel):
    data: list[_Vector]
    usage: _Usage = _Usage()


class _FailedError(Exception):
    """One attempt failed."""

    def __init__(self, code: str, text: str, *, again: bool, wait: float | None = None) -> None:
        super().__init__(text)
        self.code, self.text, self.again, self.wait = code, text, again, wait


class EmbeddingCaller:
    """Asks one model for vectors.

    Args:
        record: where every attempt becomes a row.
        clock: tells times, and waits between attempts.
        model: who is asked; its output price is not used.
        llm: the caps.
        key: the provider's key, looked up.
        dimensions: how many numbers a vector must have.
        transport: carries requests; the network's own by default.
    """

    def __init__(
        self,
        record: Record,
        clock: Clock,
        model: ModelSettings,
        llm: LlmSettings,
        *,
        key: str | None,
        dimensions: int,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._record, self._clock, self._model, self._dimensions = record, clock, model, dimensions
        self._budget, self._scrub, self._lock = Budget(record, llm), Scrubber(), threading.Lock()
        self._scrub.learn([key] if key else [])
        self._key, self._transport = key, transport
        self._client: httpx.Client | None = None

    def embed(self, texts: Sequence[str], purpose: str) -> list[list[float]]:
        """Return a vector for each text.

        Args:
            texts: what to embed.
            purpose: what for, as the rows say it.

        Raises:
            LlmUnavailable: the provider cannot answer now.
            RefusedError: it refused the request as it stands, or answered something else.
            BudgetExceededError: a cap does not leave enough; nothing was asked.
            SettingsError: the key is missing or wrong, or the vectors have another length than was set.
        """
        call, last = new_id(), ATTEMPTS - 1
        for number in range(ATTEMPTS):
            try:
                return self._attempt(texts, purpose, call, number + 1)
            except _FailedError as failed:
                wait = PAUSE_SECONDS * 2**number if failed.wait is None else failed.wait
                if not failed.again or number == last or wait > LONGEST_PAUSE_SECONDS:
                    raise self._verdict(failed, wait) from failed
                self._clock.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _attempt(self, texts: Sequence[str], purpose: str, call: str, number: int) -> list[list[float]]:
        now, began = self._clock.now(), self._clock.monotonic()
        guess = math.ceil(sum(len(text.encode()) for text in texts) / prices.BYTES_A_TOKEN)
        most = prices.cost(self._model, Tokens(guess, 0), now) if self._budget.capped else None
        row = self._row(texts, purpose, call, number)
        with self._budget.reserved(call, now, most, self._model.name):
            try:
                reply = self._post(texts)
                vectors = [one.embedding for one in sorted(reply.data, key=lambda one: one.index)]
                told = self._checked(vectors, len(texts))
            except _FailedError as failed:
                self._write(row, began, error_code=failed.code, error_text=self._scrub.text(failed.text))
                raise
            tokens = Tokens(reply.usage.prompt_tokens, 0)
            cost = prices.cost(self._model, tokens, now)
            self._write(row, began, input_tokens=tokens.input, cost_usd=cost, outputs={"text": told})
        return vectors

    def _checked(self, vectors: list[list[float]], count: int) -> str:
        """Return what came back in words."""
        if len(vectors) != count:
            raise _FailedError("malformed", f"{len(vectors)} vectors for {count} texts", again=True)
        wrong = next((len(vector) for vector in vectors if len(vector) != self._dimensions), None)
        if wrong is not None:
            told = f"vectors of {wrong} numbers, and [search] says dimensions = {self._dimensions}. Make them agree"
            raise _FailedError("dimensions", told, again=False)
        return f"{count} vectors of {self._dimensions} numbers"

    def _post(self, texts: Sequence[str]) -> _Reply:
        asked = {"model": self._model.model, "input": list(texts), "encoding_format": "float"}
        try:
            response = self._http().post("embeddings", json=asked)
        except httpx.TimeoutException as error:
            raise _FailedError("timeout", f"did not answer in {self._model.timeout_seconds:g} s", again=False) from error
        except httpx.HTTPError as error:
            raise _FailedError("transport", str(error) or type(error).__name__, again=True) from error
        if response.status_code != httpx.codes.OK:
            raise self._refused(response)
        try:
            return _Reply.model_validate_json(response.content)
        except ValidationError as error:
            raise _FailedError("malformed", f"no list of vectors: {error.errors()[0]['msg']}", again=True) from error

    def _refused(self, response: httpx.Response) -> _FailedError:
        status, told = response.status_code, " ".join(response.text.split())[:300] or f"status {response.status_code}"
        if status in _LOGIN:
            return _FailedError("auth", told, again=False)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            return _FailedError("rate_limit", told, again=True, wait=_seconds(response.headers.get("retry-after")))
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            return _FailedError("server", told, again=True, wait=_seconds(response.headers.get("retry-after")))
        return _FailedError("invalid_request", told, again=False)

    def _http(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
                self._client = httpx.Client(
                    base_url=address(self._model).rstrip("/") + "/", headers=headers, timeout=self._model.timeout_seconds,
                    transport=self._transport,
                )  # fmt: skip
            return self._client

    def _row(self, texts: Sequence[str], purpose: str, call: str, number: int) -> dict[str, Any]:
        settings = self._model
        return {
            "call_id": call, "attempt": number, "trace_id": call, "run_id": call, "purpose": purpose, "role": "embedding",
            "provider": settings.name, "provider_kind": settings.provider, "model": settings.model, "response_model": None,
            "prompt_hash": digest(new_id(), *texts), "inputs": {"texts": len(texts)}, "outputs": {}, "cached": False,
            "cost_usd": None, "error_code": None, "error_text": None,
        }  # fmt: skip

    def _write(self, row: dict[str, Any], began: float, **known: Any) -> None:
        latency = round((self._clock.monotonic() - began) * 1000)
        values = row | known | {"latency_ms": latency, "created_at": self._clock.now()}
        with granted(), self._record.write() as connection:
            interactions.add(self._record, connection, values)

    def _verdict(self, failed: _FailedError, wait: float) -> Exception:
        told = f"Model '{self._model.name}' gave no vectors: {self._scrub.text(failed.text)}."
        if failed.code in ("auth", "dimensions"):
            return SettingsError(f"{told} Look at [search] in gtm.toml.")
        if failed.code == "invalid_request":
            return RefusedError(f"{told} Change the model or the address in [search].")
        retry_at = self._clock.now() + timedelta(seconds=max(wait, 1.0))
        return LlmUnavailable(f"{told} Try again at {retry_at:%Y-%m-%d %H:%M:%S} UTC.", retry_at)


def caller(record: Record, clock: Clock, search: SearchSettings, llm: LlmSettings, key: str | None) -> EmbeddingCaller:
    """Return what asks the model that ``[search]`` names."""
    model = ModelSettings(
        name="search", provider=search.provider, model=search.model, base_url=search.base_url, key=search.key,
        timeout_seconds=search.timeout_seconds, input_price=search.price, output_price=None if search.price is None else 0.0,
    )  # fmt: skip
    return EmbeddingCaller(record, clock, model, llm, key=key, dimensions=search.dimensions)


def _seconds(text: str | None) -> float | None:
    """Return the seconds that a Retry-After names; dates are left to our own pause."""
    try:
        return max(float(text), 0.0) if text else None
    except ValueError:
        return None
