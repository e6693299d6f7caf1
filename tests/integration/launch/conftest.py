"""Small services of our own, so that a launcher's promises are shown in seconds."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gtm_pipelines.launch.model import Service
from gtm_pipelines.launch.probes import page_says
from gtm_pipelines.settings import environment
from tests.parts import ROOT

SERVER = """
import http.server, sys
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
FAMILY = (
    f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); exec({SERVER!r})"
)
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); exec({SERVER!r})"

MakeService = Callable[..., Service]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def processes_with(mark: str) -> list[int]:
    """Ids of living processes whose environment holds ``mark``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            if mark.encode() in (process / "environ").read_bytes() and state != "Z" and int(process.name) != os.getpid():
                found.append(int(process.name))
        except OSError:
            continue
    return found


@pytest.fixture
def mark(tmp_path: Path) -> Iterator[str]:
    """A text in the environment of everything a test starts, by which leftovers are found."""
    yield f"LAUNCH_TEST={tmp_path}"
    for left in processes_with(f"LAUNCH_TEST={tmp_path}"):
        os.kill(left, 9)


@pytest.fixture
def make_service(mark: str, tmp_path: Path) -> MakeService:
    """Describe a little web server."""

    def make(name: str, code: str = SERVER, *, waits_for: str | None = None) -> Service:
        port, (key, _, value) = free_port(), mark.partition("=")
        return Service(
            name,
            (sys.executable, "-c", code, str(port)),
            tmp_path,
            {**environment(), key: value, "PYTHONPATH": str(ROOT)},
            page_says(f"http://127.0.0.1:{port}/"),
            f"http://127.0.0.1:{port}",
            waits_for,
        )

    return make
