"""A model that writes drafts from a script, a campaign whose drafter asks it, and a server of mails."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from gtm_pipelines.campaigns.model import Campaign, CampaignSettings
from gtm_pipelines.drafting.baseline import BaselineDrafter
from gtm_pipelines.drafting.evidence import Checker
from gtm_pipelines.drafting.programs.writer import ModelDrafter
from gtm_pipelines.drafting.service import DraftingService
from gtm_pipelines.drafting.store import Ground
from gtm_pipelines.ids import new_id
from gtm_pipelines.llm.engines.scripted import Line, ScriptedEngine
from gtm_pipelines.llm.service import LlmService
from gtm_pipelines.record import enrolments, inbound
from gtm_pipelines.review.model import DraftView
from gtm_pipelines.settings import DraftingSettings, LlmSettings, ModelSettings
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import make_campaign, queue_message

BODY = {
    "en": "Lists of contacts go stale while nobody looks. We mark the dead rows of fifty within two days. Shall I send some?",
    "ru": "Базы контактов устаревают незаметно для всех. За два дня отметим нерабочие адреса в пятидесяти строках. Прислать?",
}
SUBJECT = {"en": "Your contact list", "ru": "База контактов"}
PLAN = {"angle": "Lists go stale.", "evidence_ids": [], "call_to_action": "Ask for fifty rows."}
MODEL = ModelSettings(name="m", provider="compatible", model="m", base_url="http://x/v1", input_price=1.0, output_price=10.0)
Answer = Callable[[Any], "Line | str"]


def asked(request: Any) -> str:
    """Return the question of a request, as it was first put."""
    return next(message.text for message in reversed(request.messages) if "<evidence>" in (message.text or ""))


def stage_of(request: Any) -> str:
    """Return which stage asks."""
    form = json.dumps(request.config.response_format)
    if "call_to_action" in form:
        return "plan"
    return "refine" if "<draft>" in asked(request) else "write"


def language_of(request: Any) -> str:
    """Return the language that is asked for."""
    return "ru" if "<language>\nru" in asked(request) else "en"


def mail(language: str = "en", **changed: Any) -> str:
    """Return a mail as a model answers it."""
    return json.dumps({"subject": SUBJECT[language], "body": BODY[language], "claims": []} | changed, ensure_ascii=False)


def honest(request: Any) -> str:
    """Answer every stage as it is asked."""
    return json.dumps(PLAN) if stage_of(request) == "plan" else mail(language_of(request))


def writers(
    workbench: Workbench, answer: Answer = honest, *, checker: Checker | None = None, ground: Ground | None = None,
    llm: LlmSettings | None = None, **settings: Any,
) -> tuple[DraftingService, ScriptedEngine, LlmService]:  # fmt: skip
    """Return a drafting service over a scripted model, its engine and what asks it."""
    engine = ScriptedEngine(answer)
    asks = LlmService(workbench.record, workbench.clock, [MODEL], llm or LlmSettings(), lambda _model, _scrub: engine)
    return over(workbench, asks, checker=checker, ground=ground, **settings), engine, asks


def over(
    workbench: Workbench, asks: LlmService, *, checker: Checker | None = None, ground: Ground | None = None, **settings: Any
) -> DraftingService:
    """Return a drafting service over what asks models."""
    chosen = DraftingSettings(**settings)
    model = drafter(workbench, asks, checker, chosen)
    baseline, mailboxes = BaselineDrafter(workbench.packs), workbench.settings.mailboxes
    return DraftingService(workbench.record, workbench.clock, workbench.packs, mailboxes, baseline, model=model, ground=ground)


def drafter(
    workbench: Workbench, asks: LlmService, checker: Checker | None = None, chosen: DraftingSettings | None = None
) -> Callable[[], ModelDrafter]:
    """Return what makes the drafter over what asks models."""
    over = (workbench.record, workbench.clock, workbench.packs, asks, chosen or DraftingSettings())
    return lambda: ModelDrafter(*over, checker, lambda _voice, _language: "")


def model_campaign(workbench: Workbench, name: str = "spring", **settings: Any) -> Campaign:
    """Create a campaign that a model writes, over everybody."""
    chosen = CampaignSettings.model_validate({"seed": 7, "drafter": "model"} | settings)
    return make_campaign(workbench, name, pack="cold-email@1.1.0", settings=chosen)


def leave(workbench: Workbench, draft: DraftView) -> str:
    """Approve a draft and let its mail leave now, as delivery does; return the message's id."""
    assert not workbench.review.approve([draft.id], by="anna").refused
    now = workbench.clock.now()
    message_id = queue_message(workbench, draft, state="sent", step=draft.step, handed_at=now, sent_at=now)
    moved = {"campaign_id": draft.campaign_id, "contact_id": draft.contact_id, "step": draft.step}
    with workbench.record.write() as connection:
        enrolments.advance(connection, workbench.record.workspace_id, moved, sent_at=now, at=now)
    return message_id


def write_back(workbench: Workbench, draft: DraftView, text: str, kind: str = "objection", **values: Any) -> str:
    """Put what somebody answered into the record, as reading a mailbox does; return its id."""
    now, key = workbench.clock.now(), new_id()
    row: dict[str, Any] = {"mailbox": draft.mailbox, "folder": "INBOX", "uidvalidity": 1, "uid": int(key[:9], 16), "raw": b""}
    row |= {"content_key": key, "rfc_message_id": f"<{key}@theirs.example>", "reference_ids": [], "subject": "Re: hello"}
    row |= {"from_address": draft.recipient, "text": text, "language": draft.language, "received_at": now, "class": kind}
    row |= {"confidence": 1.0, "class_reason": "test", "attribution": "in_reply_to", "campaign_id": draft.campaign_id}
    row |= {"contact_id": draft.contact_id, "created_at": now, "updated_at": now}
    with workbench.record.write() as connection:
        made = inbound.add(connection, workbench.record, row | values)
    assert made
    return made
