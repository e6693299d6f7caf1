"""Takes keys out of what is stored, logged or raised, and what no engine of the record can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gtm_pipelines.log import REDACTED, redact_text, without_known

if TYPE_CHECKING:
    from dspy.lm15 import Request

SHORTEST_KEY = 6
"""A configured key shorter than this is not looked for: it would blot out ordinary words."""


class Scrubber:
    """Knows the keys that this process has read, besides the forms that keys usually have."""

    def __init__(self) -> None:
        self._keys: tuple[str, ...] = ()

    def learn(self, keys: Iterable[str]) -> None:
        """Remember keys, longest first, so that none is left half."""
        known = {*self._keys, *(key for key in keys if len(key) >= SHORTEST_KEY)}
        self._keys = tuple(sorted(known, key=len, reverse=True))

    def text(self, text: str) -> str:
        """Return ``text`` without keys, NULs and halves of characters."""
        for key in self._keys:
            text = text.replace(key, REDACTED)
        return redact_text(text.replace("\0", "").encode("utf-8", "replace").decode("utf-8"))

    def value(self, value: Any) -> Any:
        """Return ``value`` with every text in it scrubbed. Names stay: ``max_tokens`` is no secret."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(name)): self.value(inner) for name, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(inner) for inner in value]
        return value

    def request(self, asked: Request) -> Request:
        """Return what is asked without any key that this process has read: no model is told one, wherever it stood."""
        said = tuple(replace(one, parts=tuple(map(_told, one.parts))) for one in asked.messages)
        system = without_known(asked.system) if isinstance(asked.system, str) else asked.system
        return replace(asked, system=system, messages=said)


def _told(part: Any) -> Any:
    text = getattr(part, "text", None)
    return replace(part, text=without_known(text)) if isinstance(text, str) and without_known(text) != text else part
