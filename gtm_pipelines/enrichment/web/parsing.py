"""Processes that read documents: a few, started when first needed, replaced when a document is more than they can take."""

from __future__ import annotations

import asyncio
import queue
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from gtm_pipelines.enrichment.web.model import FetchError, Reading
from gtm_pipelines.enrichment.web.worker import LENGTH, packed, unpacked

MODULE = "gtm_pipelines.enrichment.web.worker"


class _Process:
    """One reading process; started with its first document."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: bytes, seconds: float) -> bytes:
        """Return the answer to a request.

        Raises:
            FetchError: ``unreadable``, where the process died over it or took too long.
        """
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen([sys.executable, "-m", MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process = self._process
        timer = threading.Timer(seconds, process.kill)
        timer.daemon = True
        timer.start()
        try:
            return _exchange(process, request)
        except (OSError, EOFError) as error:
            self.stop()
            raise FetchError("unreadable", f"The document could not be read within {seconds:g} s.") from error
        finally:
            timer.cancel()

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    _close(pipe)
            process.wait()


def _close(pipe: object) -> None:
    try:
        pipe.close()  # type: ignore[attr-defined]
    except OSError:
        return  # what was not written any more is for nobody


def _exchange(process: subprocess.Popen[bytes], request: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(request)
    process.stdin.flush()
    head = process.stdout.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    [length] = LENGTH.unpack(head)
    answer = process.stdout.read(length)
    if len(answer) < length:
        raise EOFError
    return answer


class Readers:
    """Reads documents in other processes, for any event loop.

    Args:
        processes: how many at once.
        most_text: characters of visible text kept of a document.
        seconds: how long one document may take.
    """

    def __init__(self, processes: int, most_text: int, seconds: float = 30) -> None:
        self._most_text, self._seconds, self._count = most_text, seconds, max(processes, 1)
        self._idle: queue.LifoQueue[_Process] = queue.LifoQueue()
        self._processes = [_Process() for _ in range(self._count)]
        for process in self._processes:
            self._idle.put(process)
        self._threads: ThreadPoolExecutor | None = None

    async def read(self, body: bytes, content_type: str, url: str, *, judged: bool = True) -> Reading | None:
        """Return what stands in a document, as ``read_html`` does; ``None`` where it holds no element.

        Raises:
            FetchError: ``unreadable``, where it was more than a process could take.
        """
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._count, thread_name_prefix="gtm-reading")
        request = packed(body, content_type, url, self._most_text, judged=judged)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, request)

    def _read(self, request: bytes) -> Reading | None:
        process = self._idle.get()
        try:
            return unpacked(process.ask(request, self._seconds))
        finally:
            self._idle.put(process)

    def close(self) -> None:
        """End the processes."""
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=True, cancel_futures=True)
        for process in self._processes:
            process.stop()
