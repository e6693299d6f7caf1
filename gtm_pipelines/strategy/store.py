"""Documents and corrections as rows, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.strategy.documents import FORMS, KINDS
from gtm_pipelines.strategy.model import Assessment, Content, Correction, Document, Dropped, Evidence, Kind, Strategy


def document_of(row: sa.RowMapping) -> Document:
    """Read a version of a document."""
    told = row["evidence"]
    return Document(
        id=row["id"], strategy_id=row["strategy_id"], kind=row["kind"], number=row["number"],
        content=FORMS[row["kind"]].model_validate(row["content"]), confidence=row["confidence"], confidences=row["confidences"],
        evidence=tuple(Evidence(**each) for each in told["quotes"]),
        dropped=tuple(Dropped(**each) for each in told["dropped"]),
        context=tuple(Assessment(**{**each, "gaps": tuple(each["gaps"])}) for each in row["context"]),
        author=row["author"], trace_id=row["trace_id"], correction_id=row["correction_id"], created_at=row["created_at"],
    )  # fmt: skip


def strategy_of(row: sa.RowMapping, documents: Iterable[sa.RowMapping] = ()) -> Strategy:
    """Read a strategy with the newest version of each of its documents."""
    kinds: dict[Kind, Document] = {}
    for each in documents:
        if each["kind"] in KINDS and each["kind"] not in kinds:
            kinds[each["kind"]] = document_of(each)
    ordered = {kind: kinds[kind] for kind in KINDS if kind in kinds}
    names = ("id", "name", "website", "language", "status", "created_by", "created_at", "confirmed_at", "confirmed_by", "version")
    return Strategy(**{name: row[name] for name in names}, documents=ordered)


def correction_of(row: sa.RowMapping) -> Correction:
    """Read a correction."""
    names = ("id", "strategy_id", "kind", "scope", "path", "before", "after", "guidance", "actor", "created_at")
    confidences = {name: row[name] for name in ("confidence_before", "confidence_after")}
    told = row["changes"]
    return Correction(
        **{name: row[name] for name in names}, **confidences, changes=tuple(told["changes"]), notes=tuple(told["notes"])
    )


def content_json(content: Content) -> dict[str, Any]:
    """Return a document's content as it is stored."""
    found: dict[str, Any] = content.model_dump(mode="json")
    return found


def evidence_json(evidence: Iterable[Evidence], dropped: Iterable[Dropped]) -> dict[str, Any]:
    """Return what a document rests on, and what was taken out of it, as it is stored."""
    return {"quotes": [asdict(each) for each in evidence], "dropped": [asdict(each) for each in dropped]}


def context_json(context: Iterable[Assessment]) -> list[dict[str, Any]]:
    """Return what a document was made from as it is stored."""
    return [{**asdict(each), "gaps": list(each.gaps)} for each in context]
