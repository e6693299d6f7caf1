"""Runs a command that dies with whoever started it: ``python -m gtm_pipelines.launch.leash PARENT COMMAND...``.

Where the kernel offers it (Linux), the command gets SIGTERM when its parent is gone,
so that even a killed launcher leaves nothing running. Signals that a shell told the
parent to ignore are heard again: Dagster copies its SIGINT handler onto SIGTERM, and
would otherwise ignore both.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Become the command; does not return."""
    parent, command = int(arguments[0]), arguments[1:]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("The launcher is gone already.")
    os.execvp(command[0], command)  # noqa: S606 - a list, never a shell


if __name__ == "__main__":
    main(sys.argv[1:])
