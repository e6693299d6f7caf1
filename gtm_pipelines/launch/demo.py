"""Runs the demo's pipeline in a process of its own, and passes on what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from gtm_pipelines.errors import GtmError
from gtm_pipelines.launch.dagster_home import prepare_dagster_home
from gtm_pipelines.launch.environment import child_environment
from gtm_pipelines.launch.model import ProcessError
from gtm_pipelines.settings import Settings, bundle_root

Told = Callable[[Mapping[str, Any]], None]


class DemoError(GtmError):
    """A step of the demo failed; the text says which and why."""

    code = "demo"
    exit_code = 70


def run_demo(settings: Settings, told: Told) -> dict[str, Any]:
    """Run the whole pipeline on the sample lists and return the totals.

    Args:
        settings: where to run it.
        told: given ``step`` as each begins, and ``done`` and ``total`` as it goes on.

    Raises:
        DemoError: a step failed.
        ProcessError: the pipeline could not be run at all; its log says why.
    """
    prepare_dagster_home(settings)
    log = settings.home_path / "logs" / "demo.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "gtm_pipelines.launch.leash", str(os.getpid()), sys.executable, "-m", "assets.demo"]
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            command,
            cwd=bundle_root(),
            env=child_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
        ) as process,
    ):
        try:
            totals = _listen(process.stdout, told)
        except BaseException:
            process.terminate()
            raise
    if totals is None:
        raise ProcessError(f"The demo ended with code {process.returncode} and no totals. Read {log}.")
    return totals


def _listen(stream: IO[str] | None, told: Told) -> dict[str, Any] | None:
    for said in _lines(stream):
        if "totals" in said:
            totals: dict[str, Any] = said["totals"]
            return totals
        if "error" in said:
            raise DemoError(str(said["error"]))
        told(said)
    return None


def _lines(stream: IO[str] | None) -> Iterator[dict[str, Any]]:
    for line in stream or ():
        said = json.loads(line)
        if isinstance(said, dict):
            yield said
