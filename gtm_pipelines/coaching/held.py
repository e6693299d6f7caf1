"""Files of rules and phrases, read anew when one of them changes: an edit counts at once, and reading costs nothing otherwise."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")


class Held(Generic[T]):
    """What files say, held while they stay as they are.

    Args:
        load: reads them.
        paths: the files; those that do not exist may come later.
    """

    def __init__(self, load: Callable[[Sequence[Path]], T], paths: Sequence[Path]) -> None:
        self._load, self._paths = load, tuple(paths)
        self._lock = threading.Lock()
        self._held: tuple[tuple[int, ...], T] | None = None

    def __call__(self) -> T:
        """Return what the files say now; raises as their reader does."""
        stamps = tuple(path.stat().st_mtime_ns if path.is_file() else 0 for path in self._paths)
        with self._lock:
            if self._held is None or self._held[0] != stamps:
                self._held = stamps, self._load(self._paths)
            return self._held[1]
