"""A process that betters a pack until it is killed by its own hand, in the middle of an answer."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from gtm_pipelines.drafting.learning.attempt import Effort, Wish
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import open_workbench
from tests.learning_parts import Writer, optimiser


def main(home: str, url: str, name: Any, last: int) -> None:
    bench = open_workbench(load_settings(home=Path(home), record_url=url), migrate=False)
    writer, asked = Writer(), 0

    def answer(request: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked > last:
            os.kill(os.getpid(), signal.SIGKILL)
        return writer(request)

    service, _ = optimiser(bench, answer)
    effort = Effort(candidates=3, trials=4, metric_calls=60, demos=2, threads=1)
    service.optimise(Wish("tiny", name, effort=effort, most=24, judged=False), by="person:anna")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
