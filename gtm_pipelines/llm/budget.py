"""Caps on what calls may cost: looked at before a call, with the worst it can cost, so that a cap is never passed.

What is on its way is reserved in this process. Two processes at the same moment can pass a cap by what
one of them has on its way, and by no more.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from gtm_pipelines.llm.model import BudgetExceededError
from gtm_pipelines.record import interactions
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_model import LlmSettings

OWN = "budget_usd"
"""What the cap that a run brings along is called."""


@dataclass
class Budget:
    """The caps of a workspace, over the record's own sums."""

    record: Record
    settings: LlmSettings
    _reserved: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def capped(self) -> bool:
        """Whether any cap in money is set."""
        return bool(self._caps("", "", None))

    def check_tokens(self, asked: int) -> None:
        """Refuse an answer longer than any may be.

        Raises:
            BudgetExceededError: it is.
        """
        if asked > self.settings.call_max_tokens:
            raise BudgetExceededError(
                "llm.call_max_tokens",
                f"The call asks for up to {asked} tokens; at most {self.settings.call_max_tokens} are allowed. "
                "Ask for fewer, or raise call_max_tokens in [llm].",
            )

    @contextmanager
    def reserved(self, run: str, at: datetime, most: float | None, model: str, own: float | None = None) -> Iterator[None]:
        """Hold what a call may cost while it is on its way; ``own`` is the run's own cap.

        Raises:
            BudgetExceededError: a cap does not leave that much, or the price is unknown and so no cap can be kept.
        """
        caps = self._caps(run, interactions.month_scope(at), own)
        if not caps:
            yield
            return
        if most is None:
            raise BudgetExceededError(
                "llm.unknown_price",
                f"The price of model '{model}' is unknown, so no budget can be kept with it. "
                "Set its input_price and output_price, or take the budgets out of [llm].",
            )
        self._take(caps, most, model)
        try:
            yield
        finally:
            with self._lock:
                for scope in caps:
                    self._reserved[scope] -= most

    def _take(self, caps: dict[str, tuple[str, float]], most: float, model: str) -> None:
        with self._lock:
            spent = interactions.spent(self.record, caps)
            for scope, (setting, cap) in caps.items():
                taken = spent[scope] + self._reserved[scope]
                if taken + most > cap:
                    raised = f"Raise {setting}" if setting == OWN else f"Raise {setting} in [llm]"
                    raise BudgetExceededError(
                        f"llm.{setting}",
                        f"The call to '{model}' may cost up to ${most:.4f}, and ${taken:.4f} of the ${cap:.2f} of {setting} are "
                        f"spent or on their way. {raised}, ask for fewer tokens, or name a cheaper model first.",
                    )
            for scope in caps:
                self._reserved[scope] += most

    def _caps(self, run: str, month: str, own: float | None) -> dict[str, tuple[str, float]]:
        """Return scope → the setting that caps it and its US dollars."""
        caps = {}
        of_run = [("run_budget_usd", self.settings.run_budget_usd), (OWN, own)]
        least = min(((cap, setting) for setting, cap in of_run if cap is not None), default=None)
        if least is not None:
            caps[interactions.run_scope(run)] = (least[1], least[0])
        if self.settings.monthly_budget_usd is not None:
            caps[month] = ("monthly_budget_usd", self.settings.monthly_budget_usd)
        return caps
