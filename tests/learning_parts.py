"""A task with a known better instruction, a model that follows it, and examples of what people made of its drafts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gtm_pipelines.drafting.learning.optimise import OptimiseService
from gtm_pipelines.drafting.learning.splits import company_key, side
from gtm_pipelines.drafting.programs.program import build
from gtm_pipelines.llm.engines.scripted import Line, ScriptedEngine
from gtm_pipelines.llm.service import LlmService
from gtm_pipelines.record import examples
from gtm_pipelines.settings import LlmSettings, ModelSettings
from gtm_pipelines.workbench import Workbench
from tests.pack_parts import FILES

MAGIC = "Ask who does the work today."
"""The better instruction: a draft that was written under it is what a person would have written."""
MODEL = ModelSettings(name="m", provider="compatible", model="m", base_url="http://x/v1", input_price=1.0, output_price=10.0)
BAD = "We are a leading provider of innovative solutions and would love to jump on a quick call with you at any time."


def good(company: str) -> str:
    """Return what a person would write to a company."""
    return f"Who plans the shifts at {company} when somebody is ill? We do it in a day."


def company_in(text: str) -> str:
    """Return the company a question is about."""
    return text.split("<recipient>")[1].split("</recipient>")[0].strip().split(", ")[-1]


def lucky(company: str) -> bool:
    """Tell whether the model writes well to a company without being told how."""
    return int(company.removeprefix("Firm ")) % 3 == 0


class Writer:
    """A scripted model: it writes well under the better instruction, after examples, or by luck.

    Args:
        knows: whether it proposes the better instruction when asked for one.
        learns: whether examples make it write well.
    """

    def __init__(self, *, knows: bool = True, learns: bool = True, reflects: bool = True) -> None:
        self.knows, self.learns, self.reflects = knows, learns, reflects
        self.proposals = 0

    def __call__(self, request: Any) -> Line | str:
        fields = set(((request.config.response_format or {}).get("schema") or {}).get("properties", {}))
        texts = [message.text or "" for message in request.messages]
        whole = str(request.system or "") + "\n".join(texts)
        if "new_instruction" in fields or "new_instruction" in whole:
            said = f"Write to them.{' ' + MAGIC if self.knows else ' Be brief.'} {len(whole) % 7}"
            return json.dumps({"new_instruction": said} if self.reflects else {"nothing": "at all"})
        if "proposed_instruction" in fields:
            self.proposals += 1
            return json.dumps({"proposed_instruction": f"Write. {MAGIC if self.knows else 'Be brief.'} {len(whole) % 5}"})
        if "call_to_action" in fields:
            return json.dumps({"angle": "They plan by hand.", "evidence_ids": [], "call_to_action": "Answer."})
        if "claims" in fields:
            return json.dumps({"subject": "Shifts", "body": self._body(request, texts), "claims": []}, ensure_ascii=False)
        return json.dumps(dict.fromkeys(fields, "Mails to companies."))

    def _body(self, request: Any, texts: list[str]) -> str:
        question = next(text for text in reversed(texts) if "<recipient>" in text)
        company = company_in(question)
        taught = self.learns and any(MAGIC not in text and "Who plans the shifts" in text for text in texts)
        return good(company) if MAGIC in str(request.system) or taught or lucky(company) else BAD


def tiny_pack(home: Path) -> None:
    """Put the small pack, without a compiled state and examples of its own, into the user's own folder."""
    for path, text in FILES.items():
        if path != "compiled.json" and not path.startswith("examples/"):
            place = home / "prompt_packs" / "tiny" / "1.1.0" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text.replace("based_on: 1.0.0\n", ""), "utf-8")


def add_examples(workbench: Workbench, companies: int = 60, *, pack: str = "tiny", person: str = "Zina Zebra") -> None:
    """Add what people made of drafts, one a company."""
    rows = []
    for number in range(companies):
        key = company_key(f"firm{number}")
        text = {"subject": "Shifts", "body": good(f"Firm {number}")}
        edit = {"before": {"subject": "Hello", "body": BAD}, "after": text, "kinds": ["rewrite"], "share": 0.9, "light": False}
        labels = {"decision": "approve", "reason": None, "edit": edit | {"reason": None}, "worth": 0.3, "judgement": None}
        labels |= {"outcome": {"real": True, "positive": False, "harm": False, "classes": [], "sent": False}}
        known = {"full_name": person, "first_name": person.split()[0], "last_name": person.split()[-1]}
        inputs = {"contact": known, "company": {"name": f"Firm {number}"}, "campaign": {}, "evidence": [], "context": {}}
        about = {"pack": pack, "pack_version": "1.1.0", "variant": "one", "language": "en", "campaign_id": None}
        ids = {"draft_id": f"d{number}", "contact_id": f"p{number}", "company_id": f"firm{number}"}
        row = {"kind": "draft", "source_key": f"d{number}", "split": side(key), "split_key": key, **about, **ids}
        rows.append(row | {"inputs": inputs, "output": text, "labels": labels})
    with workbench.record.write() as connection:
        examples.put(workbench.record, connection, rows, at=workbench.clock.now())


def asking(
    workbench: Workbench, answer: Callable[[Any], Line | str], *, llm: LlmSettings | None = None
) -> tuple[LlmService, ScriptedEngine]:
    """Return what asks a scripted model, and the model's engine."""
    engine = ScriptedEngine(answer)
    asks = LlmService(workbench.record, workbench.clock, [MODEL], llm or LlmSettings(), lambda _model, _scrub: engine)
    return asks, engine


def optimiser(
    workbench: Workbench, answer: Callable[[Any], Line | str], *, llm: LlmSettings | None = None
) -> tuple[OptimiseService, ScriptedEngine]:
    """Return the service over a scripted model, and the model's engine."""
    asks, engine = asking(workbench, answer, llm=llm)
    service = OptimiseService(
        workbench.record, workbench.clock, asks, workbench.packs, workbench.pack_versions,
        lambda pack, language, now: build(pack, language=language, now=now), None, lambda _llm: None,
    )  # fmt: skip
    return service, engine
