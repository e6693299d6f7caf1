"""Companies with facts and pages, an ideal customer profile, and insights over a model that says what a test wants."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.icp import Icp, IcpCriterion
from gtm_pipelines.enrichment.insights.service import InsightService
from gtm_pipelines.ids import new_id
from gtm_pipelines.llm.engines.scripted import Line, ScriptedEngine
from gtm_pipelines.llm.service import LlmService
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import company, contact, fact, page, strategy, strategy_document
from gtm_pipelines.settings import LlmSettings, ModelSettings

ICP = Icp(
    "Spring", "s1", 1,
    (
        IcpCriterion("industry", "is", ("Logistics",), "must", "They move goods."),
        IcpCriterion("employee_count", "at_least", ("50",), "should", "Enough people to need it."),
        IcpCriterion("technology", "contains", ("SAP",), "may", "It plugs in."),
    ),
    offer="Route planning for hauliers",
)  # fmt: skip


def claim(text: str, *sources: str, quote: str = "") -> dict[str, Any]:
    """Return a claim as a model writes it."""
    return {"text": text, "sources": list(sources), "quote": quote}


def answer(**sections: list[dict[str, Any]]) -> str:
    """Return an answer as a model writes it; sections not named are empty."""
    return json.dumps({"summary": [], "pains": [], "triggers": [], "angles": []} | sections, ensure_ascii=False)


@dataclass
class Desk:
    """A record with an insight service over a scripted model."""

    record: Record
    clock: Clock
    engine: ScriptedEngine
    llm: LlmService
    service: InsightService
    groups: dict[str, list[str]] = field(default_factory=dict)

    def company(self, name: str, facts: Mapping[str, str], *texts: str, **columns: Any) -> str:
        """Add a company with settled facts and read pages; return its id."""
        one, now = new_id(), self.clock.now()
        row = {"id": one, "workspace_id": "default", "name": name, "attributes": {}, "created_at": now, "updated_at": now}
        with self.record.write() as connection:
            connection.execute(sa.insert(company).values(**row, **columns))
        for field_name, value in facts.items():
            self.fact("company", one, field_name, value)
        for number, text in enumerate(texts):
            self.page(one, f"https://{name.lower().replace(' ', '-')}.example/{number or ''}", text)
        return one

    def person(self, company_id: str | None, **columns: Any) -> str:
        """Add a contact; return its id."""
        one, now = new_id(), self.clock.now()
        row = {"id": one, "workspace_id": "default", "attributes": {}, "created_at": now, "updated_at": now}
        with self.record.write() as connection:
            connection.execute(sa.insert(contact).values(**row, company_id=company_id, **columns))
        return one

    def fact(self, kind: str, subject_id: str, name: str, value: str, **more: Any) -> str:
        """Add a fact; return its id."""
        one = new_id()
        row = {"id": one, "workspace_id": "default", "subject_type": kind, "subject_id": subject_id, "field": name}
        row |= {"value": value, "source": "website", "confidence": 0.8, "retrieved_at": self.clock.now()} | more
        with self.record.write() as connection:
            connection.execute(sa.insert(fact).values(**row))
        return one

    def page(self, company_id: str, url: str, text: str, kind: str = "home") -> str:
        """Add a page as it was read; return its id."""
        one = new_id()
        row = {"id": one, "workspace_id": "default", "company_id": company_id, "url": url, "final_url": url, "kind": kind}
        row |= {"outcome": "read", "text": text, "data": {}, "fetched_at": self.clock.now()}
        with self.record.write() as connection:
            connection.execute(sa.insert(page).values(**row))
        return one

    def confirm(self, icp: Icp = ICP) -> None:
        """Confirm a strategy with this profile."""
        now = self.clock.now()
        with self.record.write() as connection:
            row = {column.name: "x" for column in strategy.c if not column.nullable and isinstance(column.type, sa.Text)}
            row |= {column.name: {} for column in strategy.c if not column.nullable and isinstance(column.type, sa.JSON)}
            row |= {"id": icp.strategy_id, "workspace_id": "default", "name": icp.name, "status": "confirmed"}
            row |= {"created_at": now, "updated_at": now}
            connection.execute(sa.insert(strategy).values(**row))
            paper = {
                column.name: "x" for column in strategy_document.c if not column.nullable and isinstance(column.type, sa.Text)
            }
            paper |= {c.name: [] for c in strategy_document.c if not c.nullable and isinstance(c.type, sa.JSON)}
            paper |= {"confidence": 1.0} if "confidence" in strategy_document.c else {}
            paper |= {"id": new_id(), "workspace_id": "default", "strategy_id": icp.strategy_id, "kind": "icp", "number": 1}
            connection.execute(sa.insert(strategy_document).values(**paper | {"content": icp.to_json(), "created_at": now}))

    def prompts(self) -> list[str]:
        """Return all that the model was shown, a text for each call."""
        return [str(one.system) + "".join(message.text or "" for message in one.messages) for one in self.engine.requests]

    def close(self) -> None:
        """Close the service of models."""
        self.llm.close()


def desk(record: Record, clock: Clock, script: Callable[[Any], Line | str] | list[Line | str] | None) -> Desk:
    """Return a desk whose model follows a script; ``None`` for no model at all."""
    engine = ScriptedEngine(script if script is not None else [""])
    models = [ModelSettings(name="scripted", provider="compatible", model="m", base_url="http://127.0.0.1:9")]
    llm = LlmService(record, clock, models if script is not None else [], LlmSettings(cache_days=0), lambda *_: engine)
    made = Desk(record, clock, engine, llm, None)  # type: ignore[arg-type]
    made.service = InsightService(record, clock, llm, lambda name, _kind: made.groups[name], 4)
    return made
