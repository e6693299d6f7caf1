"""How often a small local model, held to a strategy's forms by its server, answers validly at the first try.

``python -m tests.benchmarks.ask_strategies [--calls 100] [--whole]``: asks SmolLM2 (135 million parameters, one thread)
for sections of documents, or whole documents, out of a few lines of a saved page, and counts the first attempts
that parse and fit. It measures form: what such a model says is not worth reading, and the check of quotes
takes nearly all of it out, which is counted too.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.errors import GtmError
from gtm_pipelines.llm.model import CallContext
from gtm_pipelines.log import configure_logging
from gtm_pipelines.record.tables import interaction
from gtm_pipelines.settings import LlmSettings, ModelSettings, load_settings
from gtm_pipelines.strategy.ground import Material, ground
from gtm_pipelines.strategy.model import FORMS, Kind
from gtm_pipelines.strategy.programs import answer_form, shown, task_of
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.integration.strategy.parts import ASKED, SITES, pages
from tests.local_model import local_model

CHARACTERS = 700
"""What is shown of a page: the server has room for 4,096 tokens, question and form included."""


def questions(whole: bool) -> Iterator[tuple[str, Kind, str | None]]:
    """Yield site, document and section, over all of them in turn."""
    forms = [(kind, None) for kind in ASKED] if whole else [(kind, name) for kind in ASKED for name in FORMS[kind].model_fields]
    while True:
        for (kind, section), site in zip(forms, cycle(SITES), strict=False):
            yield site, kind, section  # type: ignore[misc]


def ask(bench: Workbench, site: str, kind: Kind, section: str | None, max_tokens: int, number: int) -> tuple[Any, CallContext]:
    """Ask once, with a repair where it is needed; ``None`` where that did not help."""
    page = pages(site, SystemClock(), "home")[0]
    material = [Material("p1", "page", page.url, page.text[:CHARACTERS], page.fetched_at.isoformat())]
    context = CallContext("bench", max_tokens=max_tokens, temperature=0.7, rollout=number, cached=False)
    task = task_of(kind, SITES[site], section=section)
    try:
        answer = bench.llm.ask(answer_form(kind, section), task, context, **shown(material, page.url))
    except GtmError:
        return None, context
    return ground(answer.document, answer.quotes, material), context


def first_try(bench: Workbench, context: CallContext) -> str | None:
    """Return why the first attempt was of no use; ``None`` where it was."""
    query = sa.select(interaction.c.error_code).where(interaction.c.trace_id == context.trace_id)
    with bench.record.read() as connection:
        found: str | None = connection.execute(query.order_by(interaction.c.created_at, interaction.c.id).limit(1)).scalar_one()
    return found


def measure(bench: Workbench, calls: int, whole: bool, max_tokens: int) -> dict[str, Any]:
    """Ask so often and count."""
    faults: Counter[str] = Counter()
    repaired = kept = dropped = 0
    began = time.perf_counter()
    for number, (site, kind, section) in enumerate(islice(questions(whole), calls)):
        grounded, context = ask(bench, site, kind, section, max_tokens, number)
        fault = first_try(bench, context)
        faults[fault or "valid"] += 1
        repaired += fault is not None and grounded is not None
        dropped += len(grounded.dropped) if grounded else 0
        kept += len(grounded.evidence) if grounded else 0
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number + 1} of {calls}")
    seconds = (time.perf_counter() - began) / calls
    return {"calls": calls, "forms": "documents" if whole else "sections", "first try valid": faults["valid"] / calls,
            "first attempts": dict(faults), "repaired later": repaired, "claims taken out": dropped,
            "quotes that stand": kept, "seconds a call": round(seconds, 2)}  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--whole", action="store_true", help="Ask for whole documents.")
    parser.add_argument("--max-tokens", type=int, default=1_500)
    parser.add_argument("--mode", default="grammar", choices=("grammar", "json_schema"), help="How it is held to the form.")
    wanted = parser.parse_args()
    configure_logging("error")
    with local_model() as url, tempfile.TemporaryDirectory() as home:
        shared = {"base_url": url, "timeout_seconds": 300, "max_tokens": wanted.max_tokens, "schema_mode": wanted.mode}
        model = ModelSettings(name="small", provider="compatible", model="smollm2", **shared)
        llm = LlmSettings(first_byte_seconds=120, retries=0, breaker_failures=1_000)
        bench = open_workbench(load_settings(home=home, models=[model], llm=llm))
        print(json.dumps(measure(bench, wanted.calls, wanted.whole, wanted.max_tokens), indent=2))
        bench.close()


if __name__ == "__main__":
    main()
