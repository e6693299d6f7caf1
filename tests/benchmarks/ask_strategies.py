"""How often a small local model, held to a strategy's forms by its server, answers validly at the first try.

``python -m tests.benchmarks.ask_strategies [--calls 100] [--size small|section|document]``: asks SmolLM2 (135 million
parameters, one thread) out of a few lines of a saved page, and counts the first attempts that parse and fit.
``small`` is one claim of each kind with two quotes, every text cut short: about 150 tokens, so that a hundred
calls end in minutes; ``section`` and ``document`` are the forms as they are. It measures form: what such a model
says is not worth reading, and the check of quotes takes nearly all of it out, which is counted too.
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
from typing import Annotated, Any, get_args

import sqlalchemy as sa
from pydantic import Field, create_model

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.errors import GtmError
from gtm_pipelines.llm.model import CallContext
from gtm_pipelines.log import configure_logging
from gtm_pipelines.record.tables import interaction
from gtm_pipelines.settings import LlmSettings, ModelSettings, load_settings
from gtm_pipelines.strategy.claims import Claim, Form, at_most
from gtm_pipelines.strategy.documents import Quote
from gtm_pipelines.strategy.ground import Grounded, Material, ground
from gtm_pipelines.strategy.model import FORMS, Kind
from gtm_pipelines.strategy.programs import answer_form, shown, task_of
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.integration.strategy.parts import ASKED, SITES, pages
from tests.local_model import local_model

Asked = tuple[tuple[int, int] | None, CallContext]
SMALL: tuple[tuple[Kind, str | None], ...] = (
    ("product_overview", "features"), ("target_company", "firmographics"), ("target_company", "buying_signals"),
    ("positioning", "value_propositions"), ("email_strategy", "sequence"), ("email_strategy", "personalisation"),
)  # fmt: skip
"""One section of each kind of claim."""
TEXT, WORD = 60, 20
CHARACTERS = 700
"""What is shown of a page: the server has room for 4,096 tokens, question and form included."""


def short(form: type[Form]) -> type[Form]:
    """Return a form of the same fields whose texts and lists are cut short."""
    fields: dict[str, Any] = {}
    for name, field in form.model_fields.items():
        shape: Any = field.annotation
        if shape is str:
            shape = Annotated[str, Field(min_length=1), at_most(minLength=1, maxLength=TEXT)]
        elif shape == tuple[str, ...] or "tuple" in str(shape):
            shape = Annotated[tuple[Annotated[str, at_most(minLength=1, maxLength=WORD)], ...], at_most(minItems=1, maxItems=2)]
        fields[name] = (shape, Field(description=field.description))
    return create_model(f"Short{form.__name__}", __base__=Form, **fields)


def small(kind: Kind, section: str) -> type[Form]:
    """Return the form of one claim of a section with two quotes."""
    annotation: Any = FORMS[kind].model_fields[section].annotation
    claim = next(one for one in get_args(annotation) if isinstance(one, type) and issubclass(one, Claim))
    quotes: Any = Annotated[tuple[short(Quote), ...], at_most(minItems=1, maxItems=2)]
    return create_model(f"Small{claim.__name__}", __base__=Form, quotes=(quotes, ...), document=(short(claim), ...))


def questions(size: str, calls: int) -> Iterator[tuple[str, Kind, str | None]]:
    """Yield site, document and section; those of one form follow one another, so that the server reads it once."""
    forms: list[tuple[Kind, str | None]] = [(kind, name) for kind in ASKED for name in FORMS[kind].model_fields]
    if size == "document":
        forms = [(kind, None) for kind in ASKED]
    elif size == "small":
        forms = list(SMALL)
    each = -(-calls // len(forms))
    for kind, section in forms:
        for _, site in zip(range(each), cycle(SITES), strict=False):
            yield site, kind, section


def ask(bench: Workbench, site: str, kind: Kind, section: str | None, wanted: argparse.Namespace, number: int) -> Asked:
    """Ask once, with a repair where it is needed; no answer where that did not help."""
    page = pages(site, SystemClock(), "home")[0]
    shorter = wanted.size == "small"
    text = page.text[: CHARACTERS // 3 if shorter else CHARACTERS]
    material = [Material("p1", "page", page.url, text, page.fetched_at.isoformat())]
    context = CallContext("bench", max_tokens=wanted.max_tokens, temperature=0.7, rollout=number, cached=False)
    form = small(kind, str(section)) if shorter else answer_form(kind, section)
    task = "Quote, then say one thing." if shorter else task_of(kind, SITES[site], section=section)
    try:
        answer = bench.llm.ask(form, task, context, **shown(material, page.url))
    except GtmError:
        return None, context
    return ((0, 0) if shorter else counted(ground(answer.document, answer.quotes, material))), context


def counted(grounded: Grounded) -> tuple[int, int]:
    """Return how many quotes stand and how many claims were taken out."""
    return len(grounded.evidence), len(grounded.dropped)


def first_try(bench: Workbench, context: CallContext) -> str | None:
    """Return why the first attempt was of no use; ``None`` where it was."""
    query = sa.select(interaction.c.error_code).where(interaction.c.trace_id == context.trace_id)
    with bench.record.read() as connection:
        found: str | None = connection.execute(query.order_by(interaction.c.created_at, interaction.c.id).limit(1)).scalar_one()
    return found


def measure(bench: Workbench, wanted: argparse.Namespace) -> dict[str, Any]:
    """Ask so often and count."""
    faults: Counter[str] = Counter()
    repaired = stand = dropped = 0
    began = time.perf_counter()
    asked = list(islice(questions(wanted.size, wanted.calls), wanted.calls))
    for number, (site, kind, section) in enumerate(asked):
        found, context = ask(bench, site, kind, section, wanted, number)
        fault = first_try(bench, context)
        faults[fault or "valid"] += 1
        repaired += fault is not None and found is not None
        stand, dropped = stand + (found or (0, 0))[0], dropped + (found or (0, 0))[1]
        sys.stderr.write(f"\r{number + 1} of {wanted.calls}, {faults['valid']} valid at once ")
    seconds = (time.perf_counter() - began) / wanted.calls
    return {
        "calls": wanted.calls, "size": wanted.size, "held by": wanted.mode, "first try valid": faults["valid"] / wanted.calls,
        "first attempts": dict(faults), "repaired later": repaired, "claims taken out": dropped, "quotes that stand": stand,
        "seconds a call": round(seconds, 2),
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--size", default="small", choices=("small", "section", "document"))
    parser.add_argument("--max-tokens", type=int, default=1_500)
    parser.add_argument("--mode", default="grammar", choices=("grammar", "json_schema"), help="How it is held to the form.")
    wanted = parser.parse_args()
    configure_logging("error")
    with local_model() as url, tempfile.TemporaryDirectory() as home:
        bench = over(url, home, wanted.max_tokens, wanted.mode)
        print(json.dumps(measure(bench, wanted), indent=2))
        bench.close()


def over(url: str, home: str, max_tokens: int, mode: str) -> Workbench:
    """Return a workbench whose only model is the local one."""
    shared = {"base_url": url, "timeout_seconds": 900, "max_tokens": max_tokens, "schema_mode": mode}
    model = ModelSettings(name="small", provider="compatible", model="smollm2", **shared)
    llm = LlmSettings(first_byte_seconds=600, retries=0, breaker_failures=1_000)
    return open_workbench(load_settings(home=home, models=[model], llm=llm))


if __name__ == "__main__":
    main()
