"""How well answers are classed: by rules alone, by examples alone, and by rules with either reader for what they leave open.

    python -m tests.benchmarks.classify_replies [--fit FILE] [--wrong] [--model local]

Measures on the held-out part of the labelled answers, which neither the rules nor the examples have seen; the wish to
leave was heard in this part only after its rules were widened with a look at it. Then on answers by people who had seen no
rule, half of whom ask to be left alone: who is suppressed at once, who waits for a person's word, who waits like anybody who
wrote, and who would be written to again unread. ``--fit`` learns the examples anew from the other parts and writes FILE.
``--model`` asks a language model as well: the one at an address that speaks OpenAI's
language, or ``local``, the small one that the tests bring, which shows what form and speed are and not how good a model can be.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from gtm_pipelines.llm.model import CallContext
from gtm_pipelines.replies.classify import judge
from gtm_pipelines.replies.model import HUMAN_CLASSES, ReplyClass, Verdict
from gtm_pipelines.replies.parse import open_mail, parse_part
from gtm_pipelines.replies.readers import FILE_NAME, ExampleReader, ModelReader, Reader, dump, fit, reread, unit
from gtm_pipelines.retrieval.embedders.nano import NanoEmbedder
from gtm_pipelines.settings import LlmSettings, ModelSettings, bundle_root, load_settings
from gtm_pipelines.workbench import open_workbench
from tests.labelled_replies import Labelled, labelled, leaving
from tests.local_model import local_model

SURE = 0.7
USUAL = "rules, then examples"
RECEIVED = datetime(2026, 3, 4, tzinfo=UTC)
Way = Callable[[Labelled], Verdict]


def main() -> None:
    """Fit if asked to, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", type=Path, help="learn the examples anew and write them here")
    parser.add_argument("--model", metavar="URL", help="ask this model too what rules leave open; 'local' for the tests' own")
    parser.add_argument("--name", default="smol", help="what the server calls the model")
    parser.add_argument("--wrong", action="store_true", help="print what rules with examples read wrong")
    options = parser.parse_args()
    embedder = NanoEmbedder()
    if options.fit:
        known = labelled("training") + labelled("development")
        vectors = unit(embedder.embed([one.text for one in known], "passage"))
        options.fit.write_text(dump(fit(vectors, [one.cls for one in known]), embedder.name))
    reader = ExampleReader(embedder, options.fit or bundle_root() / "data" / "reference" / FILE_NAME)
    ways: dict[str, Way] = {
        "rules": lambda one: read(one)[0],
        "examples": lambda one: reader.read(read(one)[1]) or read(one)[0],
        USUAL: lambda one: again(one, reader),
    }
    with ExitStack() as opened:
        if options.model:
            asked = opened.enter_context(language_model(options.model, options.name))
            ways["rules, then a language model"] = lambda one: again(one, asked)
        print("Held-out answers of every class:")
        told = _measured(ways, labelled("held_out"))
        print("\nHeld-out answers, half of which ask to be left alone and half only sound so:")
        _measured(ways, leaving("held_out"))
    for one, verdict in told if options.wrong else ():
        if verdict.cls.value != one.cls:
            print(f"{one.cls} read as {verdict.cls} ({verdict.confidence:.2f}): {one.text}")


@contextmanager
def language_model(url: str, name: str) -> Iterator[Reader]:
    """Yield a reader that asks the model at ``url``, alone, within a workbench of its own."""
    with ExitStack() as opened:
        if url == "local":
            url = opened.enter_context(local_model())
        home = opened.enter_context(TemporaryDirectory())
        model = ModelSettings(
            name=name, provider="compatible", model=name, base_url=url, input_price=0, output_price=0,
            schema_mode="grammar", max_tokens=160, timeout_seconds=120,
        )  # fmt: skip
        bench = open_workbench(load_settings(home=Path(home), models=[model], llm=LlmSettings(first_byte_seconds=120)))
        opened.callback(bench.close)
        yield ModelReader(
            lambda shape, task, said: bench.llm.ask(shape, task, CallContext(purpose="reply", role="reader"), **said)
        )


def _measured(ways: Mapping[str, Way], cases: Sequence[Labelled]) -> list[tuple[Labelled, Verdict]]:
    """Show what each way comes to; return what the second reader of examples said, which is the one that is on by default."""
    kept: list[tuple[Labelled, Verdict]] = []
    for name, way in ways.items():
        started = time.perf_counter()
        told = [(one, way(one)) for one in cases]
        _show(name, told, time.perf_counter() - started)
        kept = told if name == USUAL else kept
    return kept


def read(one: Labelled) -> tuple[Verdict, str]:
    """Read an answer as a mail without telling headers, by rules alone; return its class and the words written now."""
    letter = EmailMessage()
    letter["Subject"] = one.subject
    letter.set_content(one.text)
    part = open_mail(letter.as_bytes())
    mail = parse_part(part)
    return judge(part, mail, RECEIVED)[0], mail.reply.text


def again(one: Labelled, reader: Reader) -> Verdict:
    """Read an answer as the inbox does."""
    verdict, words = read(one)
    return reread(verdict, words, reader, SURE) if verdict.cls in HUMAN_CLASSES else verdict


def _show(name: str, told: list[tuple[Labelled, Verdict]], seconds: float) -> None:
    right = sum(verdict.cls.value == one.cls for one, verdict in told)
    sure = [(one, verdict) for one, verdict in told if verdict.confidence >= SURE]
    sound = sum(verdict.cls.value == one.cls for one, verdict in sure)
    print(f"\n{name}: {right} of {len(told)} right ({right / len(told):.0%}); of the {len(sure)} it is sure of, {sound} right;")
    print(f"  {len(told) - len(sure)} wait for a person; {1000 * seconds / len(told):.1f} ms each")
    for asks, who in ((True, "who ask to be left alone"), (False, "others")):
        mine = [verdict for one, verdict in told if (one.cls == "unsubscribe") is asks]
        at_once = sum(verdict.cls is ReplyClass.UNSUBSCRIBE for verdict in mine)
        waiting = [verdict for verdict in mine if verdict.waits]
        asked = sum(verdict.confidence < SURE for verdict in waiting)
        rest = len(mine) - at_once - len(waiting)
        print(f"  of {len(mine)} {who}: {at_once} suppressed at once, {asked} wait for a person to say what it is,")
        print(f"    {len(waiting) - asked} wait until a person has dealt with it, {rest} hold nothing back")
    said, meant, hit = Counter(v.cls.value for _, v in told), Counter(one.cls for one, _ in told), Counter[str]()
    hit.update(one.cls for one, verdict in told if verdict.cls.value == one.cls)
    for cls in sorted(meant):
        precision = f"{hit[cls] / said[cls]:.2f}" if said[cls] else "   –"
        print(f"  {cls:<22} precision {precision}  recall {hit[cls] / meant[cls]:.2f}  of {meant[cls]}")


if __name__ == "__main__":
    main()
