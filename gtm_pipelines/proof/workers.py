"""The killer's hold on sending processes: start one, watch it, kill it, hear how it ended."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

from gtm_pipelines.errors import PermanentError
from gtm_pipelines.settings import environment

_START_SECONDS = 60.0
KILLED = -signal.SIGKILL


class Workers:
    """Starts sending processes from a parent that has loaded all they need; see ``proof.worker``. A context manager.

    Args:
        settings_file: the settings under which they send.
        campaign: what they send.
    """

    def __init__(self, settings_file: Path, campaign: str) -> None:
        own = {name: value for name, value in environment().items() if not name.startswith("GTM_")}
        self._environment = own | {"GTM_CONFIG": str(settings_file)}
        self._command = [sys.executable, "-m", "gtm_pipelines.proof.worker", campaign]
        self._told: queue.Queue[str] = queue.Queue()
        self._pid = 0

    def __enter__(self) -> Workers:
        self._parent = subprocess.Popen(
            self._command, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        threading.Thread(target=self._listen, name="proof-workers", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pid and self.working:
            self.kill()
        self._parent.kill()
        self._parent.wait()

    def start(self) -> None:
        """Start one process; returns when it is about to send.

        Raises:
            PermanentError: it did not start.
        """
        assert self._parent.stdin is not None  # noqa: S101 - opened above
        self._parent.stdin.write("\n")
        word, _, number = self._hear(_START_SECONDS).partition(" ")
        if word != "ready":
            raise PermanentError("The sending process did not start. See its error above.")
        self._pid = int(number)

    @property
    def working(self) -> bool:
        """Whether the process has not ended yet."""
        return self._told.empty()

    def kill(self) -> bool:
        """Send SIGKILL and return whether it ended the process: one that was through already is not hit."""
        os.kill(self._pid, signal.SIGKILL)  # an ended process keeps its PID until the next one is started
        return self.wait(_START_SECONDS) == KILLED

    def wait(self, seconds: float) -> int:
        """Return how the process ended: 0, an error, or minus the signal.

        Raises:
            PermanentError: it did not end in time.
        """
        word, _, code = self._hear(seconds).partition(" ")
        self._pid = 0
        return int(code) if word == "ended" else 1

    def _hear(self, seconds: float) -> str:
        try:
            return self._told.get(timeout=seconds)
        except queue.Empty as error:
            raise PermanentError(f"The sending process said nothing for {seconds:g} seconds.") from error

    def _listen(self) -> None:
        assert self._parent.stdout is not None  # noqa: S101 - opened above
        for line in self._parent.stdout:
            self._told.put(line.strip())
        self._told.put("gone")
