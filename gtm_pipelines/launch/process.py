"""One child process in its own process group, with its output kept in a file."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from gtm_pipelines.launch.model import Say, Service
from gtm_pipelines.log import redact_text

_LOG_BYTES = 5_000_000
_LINE_CHARACTERS = 200
_LOUD = re.compile(r"\b(ERROR|CRITICAL|Error:)\b|^\w*(Error|Exception): ")
_CHAINED = ("During handling of", "The above exception was", "Traceback (")
_STOPPED = ("KeyboardInterrupt", "SystemExit", "asyncio.exceptions.CancelledError")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Trouble:
    """Tells the lines of a log that a person should see: errors in one line each, never the traceback around them."""

    def __init__(self) -> None:
        self._inside = False
        self._last = ""

    def of(self, line: str) -> str | None:
        """Return what to say of a line, ``None`` for nothing; the log holds the rest.

        Of a traceback only its last line is told, once, and nothing where the process was merely stopped.
        """
        if line.lstrip().startswith("Traceback ("):
            self._inside = True
            return None
        if self._inside:
            if not line.strip() or line[0].isspace() or line.startswith(_CHAINED):
                return None
            self._inside = False
            told = None if line.startswith(_STOPPED) else line
        else:
            told = line if _LOUD.search(line) else None
        if told is None or told == self._last:
            return None
        self._last = told
        return told


class ChildProcess:
    """A running service. Everything it starts is in its group and ends with it.

    Args:
        service: what to run.
        log_folder: where its output goes, as ``<name>.log``; the last one is kept beside it.
        say: told the errors, a line each, and all lines where ``verbose``.
    """

    def __init__(self, service: Service, log_folder: Path, say: Say, *, verbose: bool = False) -> None:
        self.service = service
        self.log_path = log_folder / f"{service.name}.log"
        self._say = say
        self._verbose = verbose
        self._trouble = Trouble()
        self._ending = False
        log_folder.mkdir(parents=True, exist_ok=True)
        leash = (sys.executable, "-m", "gtm_pipelines.launch.leash", str(os.getpid()))
        self._process = subprocess.Popen(
            [*leash, *service.command],
            cwd=service.folder,
            env=dict(service.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            errors="replace",
        )
        self._pump = threading.Thread(target=self._copy_output, name=f"log-{service.name}", daemon=True)
        self._pump.start()

    @property
    def pid(self) -> int:
        """Process id; also the id of its group."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return how the process ended, ``None`` while it runs."""
        return self._process.poll()

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the process and all it started; what it says from now on is for its log only."""
        self._ending = True
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def group_lives(self) -> bool:
        """Whether the process, or anything it started, still runs."""
        self._process.poll()
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return False
        return not _only_zombies(self.pid)

    def close(self) -> None:
        """Wait for the last of the output, once the group is gone."""
        self._process.wait()
        self._pump.join(timeout=2)

    def _copy_output(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        log = self._open_log()
        for line in stream:
            text = redact_text(line.rstrip("\n"))
            log = self._write(log, text)
            plain = _COLOUR.sub("", text)
            told = self._trouble.of(plain)
            if self._verbose:
                self._say(f"{self.service.name:>9} | {plain[:_LINE_CHARACTERS]}")
            elif told and not self._ending:
                self._say(f"{self.service.name:>9} | {told[:_LINE_CHARACTERS]} (more in {self.log_path})")
        log.close()

    def _open_log(self) -> IO[str]:
        return self.log_path.open("a", encoding="utf-8", buffering=1)

    def _write(self, log: IO[str], text: str) -> IO[str]:
        if log.tell() > _LOG_BYTES:
            log.close()
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
            log = self._open_log()
        log.write(text + "\n")
        return log


def _only_zombies(group: int) -> bool:
    """Whether all that is left of a group has ended and only waits to be noticed."""
    states = [state for found, state in _process_groups() if found == group]
    return bool(states) and all(state == "Z" for state in states)


def _process_groups() -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError, ValueError):
            state, _parent, group = stat.read_text().rpartition(")")[2].split()[:3]
            found.append((int(group), state))
    return found


Spawn = Callable[[Service], ChildProcess]
