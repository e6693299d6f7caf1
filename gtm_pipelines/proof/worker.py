"""Sending processes to be killed: each runs the real delivery service over the settings in ``GTM_CONFIG``.

Run as ``python -m gtm_pipelines.proof.worker CAMPAIGN``. It has loaded all that a sender needs and holds nothing open.
For each line of its input it forks one process, which opens the record, takes its lease and connects to the server by
itself, prints ``ready PID``, sends until nothing waits and exits with 0. How a process ended is printed as ``ended CODE``
(negative: the signal that killed it); until the next line it stays a zombie, so that its PID means nobody else.

A kill is what it would be without the fork: SIGKILL of the process that holds the claim, the lease and the connections.
What is saved is the start of Python, the longest part of a restart, in which a kill shows nothing.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

_LOADED = (
    "sqlite3",
    "stringprep",
    "gtm_pipelines.workbench",
    "gtm_pipelines.record.migrate",
    "gtm_pipelines.delivery.service",
    "gtm_pipelines.delivery.senders.smtp",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
    "psycopg",
)


def work(campaign: str) -> None:
    """Send ``campaign`` until no message of it waits."""
    from gtm_pipelines.workbench import open_workbench

    bench = open_workbench(migrate=False)
    _say(f"ready {os.getpid()}")
    while bench.delivery.send(campaign).waiting:
        bench.clock.sleep(0.05)
    bench.close()


def serve(campaign: str) -> None:
    """Fork one sending process for each line that comes in, one after another, until the input ends."""
    for name in _LOADED:
        import_module(name)
    child = 0
    for _ in sys.stdin.buffer:
        if child:
            os.waitpid(child, 0)
        child = os.fork()
        if child == 0:
            return work(campaign)
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        if ended is not None:
            _say(f"ended {ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status}")
    return None


def _say(line: str) -> None:
    """Write one line at once: both kinds of process share the output."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


if __name__ == "__main__":
    serve(sys.argv[1])
