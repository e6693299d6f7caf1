"""Prism, which plays a vendor by the vendor's own OpenAPI description: refuses wrong questions, answers right ones.

Installed with npm into a folder of the user's cache, never into the project. The descriptions lie beside the checkout.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.parts import SHARED, missing_part

PACKAGE = "@stoplight/prism-cli@5"


def prism_binary() -> str:
    """Return where Prism is: on the path, or in the cache folder that ``.ci/run`` fills."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gtm-tests" / "prism"
    found = shutil.which("prism") or shutil.which("prism", path=str(cache / "node_modules" / ".bin"))
    if found is None:
        missing_part("Prism", f"npm install --prefix {cache} {PACKAGE}")
    return found


def description(*parts: str) -> Path:
    """Return a vendor's OpenAPI description."""
    path = SHARED.joinpath("openapi", *parts)
    if not path.exists():
        missing_part(f"The description {path.name}", "It is not part of the project; tests that need it run in CI.")
    return path


@contextmanager
def prism(spec: Path) -> Iterator[str]:
    """Serve a description on loopback until the block ends; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [prism_binary(), "mock", "-h", "127.0.0.1", "-p", str(port), str(spec)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert server.poll() is None, "Prism ended at once: the description cannot be read"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("Prism did not answer within two minutes")
