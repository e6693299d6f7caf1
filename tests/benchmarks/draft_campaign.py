"""How long a model takes over a campaign beside the ideal, beside plain DSPy and beside the provider's own SDK; what faults cost.

``python -m tests.benchmarks.draft_campaign``: 200 people, three calls each, a provider that answers after one second
and serves fifty at once. Then 30 % of calls fail in fourteen ways; then a budget that does not suffice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PEOPLE, CALLS, AT_ONCE, SECONDS = 200, 3, 50, 1.0
WAYS = (
    "429", "429:1", "500", "502", "503", "529", "400", "reset", "hang", "empty", "length", "refuse", "no_json", "wrong_form",
)  # fmt: skip
BODY = "Lists of contacts go stale while nobody looks. We mark the dead rows of fifty within two days. Shall I send some?"
USAGE = {"prompt_tokens": 700, "completion_tokens": 90, "total_tokens": 790}


def answer_to(body: dict[str, Any]) -> str:
    """Return what an honest model answers."""
    asked = json.dumps(body)
    if "call_to_action" in json.dumps(body.get("response_format") or asked):
        return json.dumps({"angle": "Lists go stale.", "evidence_ids": [], "call_to_action": "Ask for rows."})
    refined = " This is the second version." if "<draft>" in asked else ""
    return json.dumps({"subject": "Your contact list", "body": BODY + refined, "claims": []})


class Provider:
    """A provider of models as a plain server of asyncio."""

    def __init__(self, share: float) -> None:
        self.share, self.coin, self.room = share, random.Random(5), asyncio.Semaphore(AT_ONCE)
        self.served: list[tuple[float, float]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                if head.startswith("GET"):
                    told, self.served = json.dumps(self.served), []
                    self.send(writer, 200, told)
                    continue
                size = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length"))
                body = json.loads(await reader.readexactly(size))
                async with self.room:
                    began = time.time()
                    goes_on = await self.reply(body, writer)
                    self.served.append((began, time.time()))
                if not goes_on:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def reply(self, body: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        way = self.coin.choice(WAYS) if self.coin.random() < self.share else "ok"
        if way == "reset":
            writer.transport.abort()
            return False
        if way == "hang":
            await asyncio.sleep(8)
            return False
        if way[:3].isdigit():
            wait = f"Retry-After: {way[4:]}\r\n" if ":" in way else ""
            self.send(writer, int(way[:3]), json.dumps({"error": {"message": way, "type": "x", "code": "x"}}), wait)
            return True
        await asyncio.sleep(SECONDS)
        text = {"empty": "", "no_json": "I would rather not.", "wrong_form": '{"subject": 1}'}.get(way, answer_to(body))
        why = {"length": "length", "refuse": "content_filter"}.get(way, "stop")
        self.answer(writer, body, text, why)
        await writer.drain()
        return True

    def answer(self, writer: asyncio.StreamWriter, body: dict[str, Any], text: str, why: str) -> None:
        shared = {"id": "c1", "model": body["model"]}
        if not body.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": why}
            self.send(writer, 200, json.dumps({**shared, "object": "chat.completion", "usage": USAGE, "choices": [choice]}))
            return
        chunk = {**shared, "object": "chat.completion.chunk"}
        parts = [{"choices": [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}]}]
        parts += [{"choices": [{"index": 0, "delta": {}, "finish_reason": why}]}, {"choices": [], "usage": USAGE}]
        told = "".join(f"data: {json.dumps(chunk | part)}\n\n" for part in parts) + "data: [DONE]\n\n"
        self.send(writer, 200, told, kind="text/event-stream")

    def send(self, writer: asyncio.StreamWriter, status: int, text: str, more: str = "", kind: str = "application/json") -> None:
        data = text.encode()
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n{more}\r\n".encode() + data)


async def serve(port: int, share: float) -> None:
    """Serve until standard input ends."""
    provider = Provider(share)
    async with await asyncio.start_server(provider.serve, "127.0.0.1", port, backlog=512):
        await asyncio.to_thread(sys.stdin.read)


@contextmanager
def provider(share: float = 0.0) -> Iterator[str]:
    """Serve in a process of its own, so that it does not compete for ours; yields the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, __file__, "--serve", str(port), "--share", str(share)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE)
    try:
        _await(port)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.kill()
        server.wait()


def _await(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the provider does not start")


def ours(url: str, *, people: int = PEOPLE, budget: float | None = None, models: int = 1) -> dict[str, Any]:
    """Draft a campaign, three calls a draft, and return what it took."""
    from gtm_pipelines.drafting.evidence import Finding, Grounding, Material
    from gtm_pipelines.log import configure_logging
    from gtm_pipelines.settings import LlmSettings, ModelSettings, load_settings
    from gtm_pipelines.workbench import open_workbench
    from tests.campaign_parts import add_people
    from tests.drafting_parts import model_campaign, over

    configure_logging("error")

    class Once:
        """Looks as the workbench does, and has every text mended once, so that a draft takes three calls."""

        version = "once@1"

        def check(self, material: Material, *, now: Any) -> Grounding:
            first = "second version" not in material.body
            found = (Finding("again", "block", "Say that it is the second version."),) if first else ()
            looked = bench.checker.check(material, now=now)
            return Grounding("block" if first else "flag", looked.claims, (*found, *looked.findings))

    names = "abc"[:models]
    asked = [
        ModelSettings(
            name=name, provider="compatible", model=name, base_url=url, input_price=1, output_price=10, timeout_seconds=6,
            max_tokens=1200,
        )
        for name in names
    ]  # fmt: skip
    llm = LlmSettings(breaker_seconds=3, first_byte_seconds=4)
    with tempfile.TemporaryDirectory() as home:
        bench = open_workbench(load_settings(home=Path(home), models=asked, llm=llm))
        add_people(bench, people, language="en")
        model_campaign(bench, write="dealt", **({"budget_usd": budget} if budget else {}))
        service = over(bench, bench.llm, checker=Once(), ground=bench.groundings.look, concurrency=AT_ONCE)
        import gtm_pipelines.drafting.programs.program  # noqa: F401  DSPy is loaded before the clock starts, as beside

        served(url)
        start, began, cpu = time.time(), time.perf_counter(), time.process_time()
        report = service.draft("spring")
        seconds, busy = time.perf_counter() - began, time.process_time() - cpu
        idle = idle_slots(served(url), start, start + seconds)
        bench.close()
    told = {"seconds": seconds, "cpu_seconds": busy, "drafted": report.drafted, "failed": report.failed}
    told |= idle
    return told | {"reasons": dict(report.reasons), "calls": report.calls, "cost_usd": report.cost_usd, "stopped": report.stopped}


def served(url: str) -> list[tuple[float, float]]:
    """Return when each call since the last look was begun and ended, as the provider saw it."""
    from urllib.request import urlopen

    with urlopen(f"{url}/served") as answer:
        return [(began, ended) for began, ended in json.load(answer)]


def idle_slots(calls: list[tuple[float, float]], start: float, end: float) -> dict[str, float]:
    """Return where the time beyond the ideal went: seconds before the first call, after the last, and slots idle between."""
    if not calls:
        return {}
    first, last = min(began for began, _ in calls), max(ended for _, ended in calls)
    idle = AT_ONCE * (last - first) - sum(ended - began for began, ended in calls)
    return {"before_first_call": first - start, "after_last_call": end - last, "idle_between": idle / AT_ONCE}


def plain_dspy(url: str) -> float:
    """Return the seconds that DSPy's own batch takes over the same questions."""
    import dspy

    from tests.drafting_parts import PLAN  # noqa: F401  the same forms

    class Plan(dspy.Signature):
        """Plan a mail."""

        recipient: str = dspy.InputField()
        angle: str = dspy.OutputField()
        evidence_ids: list[str] = dspy.OutputField()
        call_to_action: str = dspy.OutputField()

    class Write(dspy.Signature):
        """Write a mail."""

        plan: str = dspy.InputField()
        subject: str = dspy.OutputField()
        body: str = dspy.OutputField()
        claims: list[str] = dspy.OutputField()

    class Program(dspy.Module):
        def __init__(self) -> None:
            super().__init__()
            self.plan, self.write, self.mend = dspy.Predict(Plan), dspy.Predict(Write), dspy.Predict(Write)

        def forward(self, recipient: str) -> dspy.Prediction:
            plan = self.plan(recipient=recipient)
            text = self.write(plan=plan.angle)
            return self.mend(plan=text.body)

    lm = dspy.LM("openai/m", engine="lm15", api_base=url, api_key="none", cache=False, num_retries=0)
    examples = [dspy.Example(recipient=f"Person {number}").with_inputs("recipient") for number in range(PEOPLE)]
    with dspy.context(lm=lm, adapter=dspy.JSONAdapter()):
        began = time.perf_counter()
        Program().batch(examples, num_threads=AT_ONCE, max_errors=PEOPLE, timeout=0, disable_progress_bar=True)
        return time.perf_counter() - began


def sdk(url: str) -> float | None:
    """Return the seconds that a loop over the provider's SDK takes; ``None`` where it cannot be had."""
    command = ["uv", "run", "-q", "--no-project", "--with", "openai", "python", __file__, "--sdk", url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else None


async def sdk_loop(url: str) -> float:
    """Ask three times for each person, fifty at once."""
    from openai import AsyncOpenAI

    client, room = AsyncOpenAI(base_url=url, api_key="none", max_retries=0), asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with room:
            for asked in ("call_to_action", "write", "mend"):
                said = [{"role": "user", "content": f"{asked} person {number}"}]
                await client.chat.completions.create(model="m", messages=said)

    await one(-1)
    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(PEOPLE)))
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--serve", type=int)
    parser.add_argument("--share", type=float, default=0.0)
    parser.add_argument("--sdk")
    parser.add_argument("--only", choices=["speed", "faults", "budget"])
    wanted = parser.parse_args()
    if wanted.serve:
        asyncio.run(serve(wanted.serve, wanted.share))
    elif wanted.sdk:
        print(asyncio.run(sdk_loop(wanted.sdk)))
    else:
        print(json.dumps(figures(wanted.only), indent=2))


def figures(only: str | None) -> dict[str, Any]:
    """Return every figure."""
    ideal = PEOPLE * CALLS / AT_ONCE * SECONDS
    found: dict[str, Any] = {}
    if only in (None, "speed"):
        with provider() as url:
            mine = ours(url)
            dspys, loop = plain_dspy(url), sdk(url)
        found["speed"] = {"ideal_seconds": ideal, "ours": mine, "ratio": mine["seconds"] / ideal}
        found["speed"] |= {"plain_dspy_ratio": dspys / ideal, "openai_sdk_ratio": loop / ideal if loop else "not to be had"}
    if only in (None, "faults"):
        with provider(0.3) as url:
            found["faults"] = ours(url, models=2)
    if only in (None, "budget"):
        with provider() as url:
            found["budget"] = ours(url, people=60, budget=0.12)
            found["budget"]["budget_usd"] = 0.12
    return found


if __name__ == "__main__":
    main()
