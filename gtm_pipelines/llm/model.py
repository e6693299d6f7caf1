"""What a call to a model is made of, what can go wrong with one, and the port of an engine. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from gtm_pipelines.errors import InputError, PermanentError, PolicyError, TransientError
from gtm_pipelines.ids import new_id

if TYPE_CHECKING:
    from dspy.lm15 import Request, Response

DEFAULT_ROLE = "default"


@dataclass(frozen=True)
class CallContext:
    """Why a call is made and for whom: what its interaction rows say beside question and answer.

    Attributes:
        purpose: what the answer is for, such as ``insight`` or ``draft``.
        role: which order of models answers, as ``[llm.roles]`` names it.
        trace_id: one piece of work over many calls.
        run_id: what ``run_budget_usd`` is counted over; the trace where no run is named.
        budget_usd: most US dollars of this run, beside the caps of the settings.
        pack_version: the pack version that the prompt comes from, as ``pack@version``.
        max_tokens: most tokens of one answer; the model's own cap where absent.
        temperature: how freely it writes; the provider's own where absent.
        rollout: a number that makes an equal question a new one, past the cache.
        cached: whether an answer may come from the cache and is kept in it.
    """

    purpose: str
    role: str = DEFAULT_ROLE
    trace_id: str = field(default_factory=new_id)
    run_id: str | None = None
    budget_usd: float | None = None
    campaign_id: str | None = None
    contact_id: str | None = None
    company_id: str | None = None
    batch_id: str | None = None
    session_key: str | None = None
    pack_version: str | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    rollout: int = 0
    cached: bool = True

    @property
    def run(self) -> str:
        """What the budget of a run is counted over."""
        return self.run_id or self.trace_id

    def again(self) -> CallContext:
        """Return the same purpose, past what the cache holds."""
        return replace(self, rollout=self.rollout + 1)


@dataclass(frozen=True)
class Tokens:
    """What a provider counted; ``None`` where it did not say, which is not nought.

    Attributes:
        input: all of the prompt, what was read from or written to the provider's cache included.
        output: all that was written, thinking included.
        cache_read: of ``input``, what came from the provider's own cache.
        cache_write: of ``input``, what was put into it.
    """

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None


@dataclass(frozen=True)
class Attempt:
    """One request to one provider, for its interaction row."""

    call_id: str
    number: int
    provider: str
    kind: str
    model: str
    response_model: str | None = None
    text: str | None = None
    finish_reason: str | None = None
    tokens: Tokens = Tokens()
    cost_usd: float | None = None
    latency_ms: int = 0
    error_code: str | None = None
    error_text: str | None = None
    cached: bool = False


@dataclass(frozen=True)
class Standing:
    """How one provider stands just now.

    Attributes:
        state: ``closed`` takes calls, ``open`` takes none, ``half_open`` is being tried once.
        failures: in a row.
        retry_at: when it is tried again; ``None`` where it takes calls.
    """

    state: str
    failures: int
    retry_at: datetime | None = None


@dataclass(frozen=True)
class Probe:
    """Whether a model answered a small question.

    Attributes:
        name: the model's name in the settings.
        answers: whether it answered, in the form that was asked for.
        told: what it answered as, or what went wrong.
    """

    name: str
    answers: bool
    told: str
    latency_ms: int | None = None
    cost_usd: float | None = None


class LlmUnavailable(TransientError):  # noqa: N818  what it says is a state, not a mistake
    """No model can answer just now. Keep the work and take it up again at ``retry_at``."""

    code = "llm_unavailable"

    def __init__(self, message: str, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class BudgetExceededError(PolicyError):
    """The call could cost more than a cap leaves. Nothing was asked and nothing spent."""

    code = "llm_budget"


class RefusedError(PermanentError):
    """Every model refused the request as it stands: too long, malformed, or not theirs to answer."""

    code = "llm_refused"


class InvalidAnswerError(PermanentError):
    """No model gave an answer that fits the schema, after every repair.

    Attributes:
        trace_id: the trace whose interaction rows keep the raw texts.
        text: the last raw text, keys redacted.
    """

    code = "llm_invalid_answer"

    def __init__(self, message: str, *, trace_id: str, text: str) -> None:
        super().__init__(message)
        self.trace_id = trace_id
        self.text = text


class OpenSchemaError(InputError):
    """What was asked for is no closed schema, or the request brings tools along."""

    code = "llm_open_schema"


class UnfitError(Exception):
    """An answer came and cannot be used. Never leaves this stage.

    Args:
        reason: what a model has to know to do better.
        code: what the interaction row says.
    """

    def __init__(self, reason: str, code: str = "invalid_answer") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class Asks(Protocol):
    """What a later stage may know of the service: it asks, and gets a value of a fixed form."""

    def ask(self, shape: Any, task: str | None, context: CallContext, **material: Any) -> Any:
        """Ask and wait; see ``LlmService.aask``."""
        ...

    async def aask(self, shape: Any, task: str | None, context: CallContext, **material: Any) -> Any:
        """Ask; see ``LlmService.aask``."""
        ...


class Engine(Protocol):
    """One model of one provider, on one event loop."""

    async def complete(self, request: Request, *, first_byte_seconds: float, timeout_seconds: float) -> Response:
        """Answer ``request``.

        Args:
            request: what is asked; its ``model`` is the provider's own name.
            first_byte_seconds: how long to wait for a sign of life.
            timeout_seconds: how long to wait for the whole answer.

        Raises:
            dspy.lm15.LM15Error: the provider refused or broke.
            TimeoutError: it did not answer in time.
        """
        ...

    async def aclose(self) -> None:
        """Close its connections."""
        ...
