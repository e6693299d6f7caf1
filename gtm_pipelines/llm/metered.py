"""A service whose calls belong to one piece of work: counted together, held to its budget, stopped together.

DSPy's optimisers carry on over every exception of a call: they count it as a bad answer. An outage, an empty purse or a
person's wish to stop must end the work instead, so here these leave as ``Stop``, which is no ``Exception``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from gtm_pipelines.errors import GtmError, SettingsError
from gtm_pipelines.llm.calls import Accept, Answered, Caller
from gtm_pipelines.llm.model import DEFAULT_ROLE, BudgetExceededError, CallContext, LlmUnavailable
from gtm_pipelines.llm.providers import Provider
from gtm_pipelines.llm.service import LlmService
from gtm_pipelines.record import interactions
from gtm_pipelines.record.engine import Record

if TYPE_CHECKING:
    from dspy.lm15 import Request, Response

    from gtm_pipelines.llm.typed import Question

T = TypeVar("T")
LOOK_SECONDS = 1.0
"""How often it is looked up whether somebody wants the work to stop."""


class Stop(BaseException):
    """The work must ask nothing more.

    Attributes:
        code: ``budget``, ``unavailable``, ``settings`` or ``asked``.
        error: what was raised, where anything was.
    """

    def __init__(self, code: str, reason: str, error: GtmError | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.error = error


@dataclass
class Meter:
    """What one piece of work may ask and spend. Safe from many threads.

    Attributes:
        run_id: what its calls are counted under; the record keeps the count over restarts.
        usd: most US dollars; ``None`` for no cap.
        calls: most calls a provider may be asked; answers out of the cache are none. ``None`` for no cap.
        only: the one model to ask, whatever the roles say.
        contact_id: whom calls are about that do not say so themselves.
        wanted: tells why the work should stop, if anybody wants it to.
        cached: whether answers may come from the cache.
    """

    record: Record
    run_id: str
    trace_id: str
    usd: float | None = None
    calls: int | None = None
    only: str | None = None
    contact_id: str | None = None
    pack_version: str | None = None
    wanted: Callable[[], str | None] = lambda: None
    cached: bool = True
    stopped: Stop | None = None
    _asked: int = 0
    _looked: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._asked = interactions.run_calls(self.record, self.run_id)

    @property
    def spent_usd(self) -> float:
        """What the calls so far cost, as far as their price is known."""
        return interactions.spent(self.record, [scope := interactions.run_scope(self.run_id)])[scope]

    @property
    def asked(self) -> int:
        """How often a provider was asked so far."""
        return self._asked

    def take(self) -> None:
        """Count one request to a provider before it leaves.

        Raises:
            BudgetExceededError: there is none left.
        """
        with self._lock:
            if self.calls is not None and self._asked >= self.calls:
                raise BudgetExceededError(
                    "run.calls", f"All {self.calls} calls of the budget are used. Give it more calls, and go on where it stopped."
                )
            self._asked += 1

    def stop(self, code: str, reason: str, error: GtmError | None = None) -> Stop:
        """Let every later call end the work; return what to raise."""
        with self._lock:
            self.stopped = self.stopped or Stop(code, reason, error)
            return self.stopped

    def look(self, now: float) -> None:
        """Raise ``Stop`` where the work is to end."""
        with self._lock:
            due = now - self._looked >= LOOK_SECONDS
            self._looked = now if due else self._looked
        if self.stopped is None and due and (reason := self.wanted()):
            self.stop("asked", reason)
        if self.stopped is not None:
            raise self.stopped


@dataclass
class _MeteredCaller(Caller):
    meter: Meter

    async def _asked(
        self, walk: Any, provider: Provider, request: Request, accept: Accept[T], *, last: bool
    ) -> Answered[T] | None:
        try:
            self.meter.take()
        except BudgetExceededError:
            provider.breaker.left()
            raise
        return await super()._asked(walk, provider, request, accept, last=last)


class MeteredLlm(LlmService):
    """The service as one piece of work sees it."""

    def __init__(self, service: LlmService, meter: Meter) -> None:
        self.__dict__.update(service.__dict__)
        caller = service.caller
        self.meter = meter
        self.caller = _MeteredCaller(caller.providers, caller.budget, caller.ledger, caller.settings, caller.clock, meter)

    def order(self, role: str = DEFAULT_ROLE) -> list[Provider]:
        """Return whom to ask: the one model, where the work is about one."""
        if self.meter.only is None:
            return super().order(role)
        if self.meter.only not in self.providers:
            raise SettingsError(f"No model is called '{self.meter.only}'. Known: {', '.join(self.providers) or 'none'}.")
        return [self.providers[self.meter.only]]

    async def answer(self, question: Question[T], context: CallContext) -> Answered[T]:
        """Climb the ladder of repair; see ``LlmService.answer``."""
        return await super().answer(question, self._mine(context))

    async def complete(self, request: Request, context: CallContext) -> Response:
        """Answer a request of DSPy's own kind."""
        return await super().complete(request, self._mine(context))

    def run_answer(self, question: Question[T], context: CallContext) -> Answered[T]:
        """Climb the ladder and wait; raises ``Stop`` where the work must end."""
        with self._guarded():
            return super().run_answer(question, context)

    def run_complete(self, request: Request, context: CallContext) -> Response:
        """Answer a request of DSPy's own kind and wait; raises ``Stop`` where the work must end."""
        with self._guarded():
            return super().run_complete(request, context)

    def wait(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run what asks this service and wait for it; raises ``Stop`` where the work must end."""
        with self._guarded():
            return self._loop.run(work())

    def close(self) -> None:
        """Nothing to close: connections are the shared service's."""

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        self.meter.look(self.caller.clock.monotonic())
        try:
            yield
        except BudgetExceededError as error:
            raise self.meter.stop("budget", str(error), error) from error
        except LlmUnavailable as error:
            raise self.meter.stop("unavailable", str(error), error) from error
        except SettingsError as error:
            raise self.meter.stop("settings", str(error), error) from error

    def _mine(self, context: CallContext) -> CallContext:
        meter = self.meter
        return replace(
            context, run_id=meter.run_id, trace_id=meter.trace_id, budget_usd=meter.usd, cached=context.cached and meter.cached,
            pack_version=context.pack_version or meter.pack_version, contact_id=context.contact_id or meter.contact_id,
        )  # fmt: skip
