"""Runs research in a process of its own, so that a test can kill it: ``python research_worker.py RECORD VENDOR_URL [RUN]``."""

from __future__ import annotations

import signal
import sys
from typing import Any

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.enrichment.registry import Setup
from gtm_pipelines.enrichment.research import Order
from gtm_pipelines.enrichment.sources.apollo import make
from gtm_pipelines.record.engine import open_record
from gtm_pipelines.settings_research import SourceSettings
from tests.research_parts import research_from


def sources(url: str) -> list[Any]:
    settings = SourceSettings(enabled=True, key="env:VENDOR_KEY", base_url=url, timeout_seconds=20, credit_usd=0.05)
    return make(Setup("apollo", settings, SystemClock()))[:1]


def main(record_url: str, vendor_url: str, run_id: str = "") -> None:
    # Started in the background by a shell, a process would be deaf to Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    record, clock = open_record(record_url, "default"), SystemClock()
    research = research_from(record, clock, lambda: sources(vendor_url), run_ceiling_usd=None, month_ceiling_usd=None)
    report = research.resume(run_id) if run_id else research.run(Order(), by="test")
    print(report.status, flush=True)  # noqa: T201
    record.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
