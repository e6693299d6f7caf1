"""What the launcher runs: a process, how to tell that it answers, and where it is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gtm_pipelines.errors import GtmError

READY_SECONDS = 180.0
"""How long a process may take to answer; Dagster needs 7 s quiet and a minute on a busy machine."""

STOP_SECONDS = 8.0
"""How long a process may take to end by itself before it is killed."""

RESTARTS = 3
RESTART_WINDOW_SECONDS = 300.0
"""A process that dies more than ``RESTARTS`` times within this span stops the workbench."""

Say = Callable[[str], None]
"""Told one short line for people at a time."""


class ProcessError(GtmError):
    """A process of the workbench did not start or keeps dying. Its log file says why."""

    code = "process"
    exit_code = 70


@dataclass(frozen=True)
class Service:
    """One process of the workbench.

    Args:
        name: short name on the terminal and of its log file.
        command: what to run; never through a shell.
        folder: working folder.
        environment: the whole environment of the process.
        ready: whether the process answers; asked again until it does.
        address: where people find it, if they do.
        waits_for: the service that must be ready before this one starts.
    """

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    ready: Callable[[], bool]
    address: str | None = None
    waits_for: str | None = None
