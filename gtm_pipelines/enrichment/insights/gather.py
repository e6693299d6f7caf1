"""What is put before a model about one subject: its settled facts, and the visible text of its company's pages. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gtm_pipelines.enrichment.icp import Icp
from gtm_pipelines.enrichment.insights.model import PRIVATE, SOURCE, Material, Text
from gtm_pipelines.enrichment.insights.spans import for_visitors
from gtm_pipelines.enrichment.plan import known_of
from gtm_pipelines.enrichment.source import SubjectType
from gtm_pipelines.ids import digest
from gtm_pipelines.record import facts, merges, pages, research
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.settled import ACT_ON, Settled

PAGE_CHARACTERS, ALL_CHARACTERS = 6_000, 24_000
"""Most of one page, and of all, that is shown to a model: about 6,000 tokens in English."""
MOST_FACTS = 40
_ORDER = ("home", "about", "product", "news", "careers", "pricing", "other", "team", "contact", "legal")
_OWN = ("position", "seniority", "function", "language")
"""What of a contact says who they are at work; where they and their company differ in the rest, the company's counts."""


@dataclass(frozen=True)
class Gatherer:
    """Gathers material.

    Args:
        record: where it is.
        icp: whom the offer is for, if that is confirmed.
    """

    record: Record
    icp: Icp | None

    def gather(self, kind: SubjectType, subject_id: str, now: datetime) -> Material | None:
        """Return the material about a company or contact; ``None`` where it is gone or stands for nobody any more."""
        with self.record.read() as connection:
            workspace_id = self.record.workspace_id
            row: Any = research.rows(connection, workspace_id, kind, [subject_id]).get(subject_id)
            if row is None:
                return None
            settled = self._settled(connection, kind, subject_id, now)
            company_id, company, known = subject_id, row, known_of(row, _values(settled), kind)
            if kind == "contact":
                company_id, company, employer = self._employer(connection, row, now)
                own = {name: known[name] for name in _OWN if name in known}
                known = {**known, **(known_of(company, _values(employer), "company") if company else {}), **own}
                settled = {**settled, **employer, **{name: settled[name] for name in _OWN if name in settled}}
        texts, withheld = self._texts(settled, company_id)
        name = str(company["name"]) if company else str(row.get("company_name") or "")
        return Material(kind, subject_id, name, known, settled, texts, withheld)

    def _employer(self, connection: Any, row: Mapping[str, Any], now: datetime) -> tuple[str, Any, dict[str, Settled]]:
        if not row["company_id"]:
            return "", None, {}
        root = merges.roots(connection, self.record.workspace_id, "company", [row["company_id"]])[row["company_id"]]
        company = research.rows(connection, self.record.workspace_id, "company", [root]).get(root)
        return root, company, self._settled(connection, "company", root, now)

    def _settled(self, connection: Any, kind: SubjectType, one: str, now: datetime) -> dict[str, Settled]:
        found = facts.settled(connection, self.record.workspace_id, kind, [one], now)[one]
        return {name: each for name, each in found.items() if each.fact.source != SOURCE and each.confidence >= ACT_ON}

    def _texts(self, settled: Mapping[str, Settled], company_id: str) -> tuple[dict[str, Text], int]:
        shown = [(name, each) for name, each in sorted(settled.items()) if name not in PRIVATE][:MOST_FACTS]
        texts: dict[str, Text] = {}
        withheld = 0
        for number, (name, each) in enumerate(shown, 1):
            said, out = for_visitors(f"{name}: {each.value}" + (f"\n{each.fact.evidence}" if each.fact.evidence else ""))
            withheld += out
            if said:
                texts[f"f{number}"] = Text(
                    f"f{number}", "fact", each.fact.id, said, each.fact.url, each.fact.expires_at, each.confidence
                )
        for page in self._pages(company_id):
            texts[page.handle] = page
        withheld += sum(for_visitors(one.text or "")[1] for one in self._rows(company_id))
        return texts, withheld

    def _rows(self, company_id: str) -> list[Any]:
        found = pages.of_company(self.record, company_id) if company_id else []
        return sorted((one for one in found if one.text), key=lambda one: (_rank(one.kind), one.id))

    def _pages(self, company_id: str) -> Iterator[Text]:
        left = ALL_CHARACTERS
        for number, row in enumerate(self._rows(company_id), 1):
            text = for_visitors(row.text)[0][: min(PAGE_CHARACTERS, left)]
            if text:
                left -= len(text)
                yield Text(f"p{number}", "page", row.id, text, row.final_url or row.url, row.expires_at)


def shown(material: Material, offer: str) -> dict[str, Any]:
    """Return the material as it is put before a model."""
    told = {kind: [one for one in material.texts.values() if one.kind == kind] for kind in ("fact", "page")}
    return {
        "offer": offer,
        "company": material.name,
        "facts": _listed(told["fact"]),
        "pages": _listed(told["page"], gap="\n\n"),
    }


def fingerprint(material: Material, icp: Icp | None, task: str) -> str:
    """Return what changes when any of what an insight rests on does; other ids for the same words change nothing."""
    said = sorted((one.kind, one.text) for one in material.texts.values())
    known = sorted(material.known.items())
    profile = icp.to_json() if icp is not None else None
    return digest(task, json.dumps([said, known, profile, material.name], ensure_ascii=False, sort_keys=True, default=str))


def _listed(texts: Iterable[Text], gap: str = "\n") -> str:
    return gap.join(f"[{one.handle}] {one.text}" for one in texts) or "none"


def _values(settled: Mapping[str, Settled]) -> dict[str, str]:
    return {name: each.value for name, each in settled.items()}


def _rank(kind: str | None) -> int:
    return _ORDER.index(kind) if kind in _ORDER else _ORDER.index("other")
