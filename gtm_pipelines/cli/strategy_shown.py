"""How strategies and their documents are printed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from gtm_pipelines.cli.output import show_json, show_table
from gtm_pipelines.strategy.model import FORMS, Document, Strategy, paths


def show_plan(steps: Any, as_json: bool) -> None:
    """Print what a run would do."""
    if as_json:
        show_json([asdict(step) for step in steps])
        return
    rows = [
        {
            "document": step.kind, "reads": "; ".join(step.reads), "context": "; ".join(step.context), "asks": step.asks,
            "tokens": f"{step.input_tokens:,} + up to {step.output_tokens:,}",
            "at most": "unknown" if step.usd is None else f"{step.usd:.4f} US dollars",
        }
        for step in steps
    ]  # fmt: skip
    show_table(rows, ("document", "reads", "context", "asks", "tokens", "at most"), empty="Everything is written and up to date.")
    if any(step.usd is None for step in steps):
        click.echo(
            "A price is unknown where no model is configured, or its price is not known: set input_price and output_price."
        )


def show_documents(strategy: Strategy) -> None:
    """Print a strategy with a line a document."""
    click.echo(f"{strategy.name} ({strategy.status}), {strategy.website}")
    stale = strategy.stale()
    rows = [
        {
            "document": kind, "version": each.number, "confidence": f"{each.confidence:.0%}", "filled": f"{each.coverage:.0%}",
            "taken out": len(each.dropped), "author": each.author, "outdated by": ", ".join(stale.get(kind, ())),
        }
        for kind, each in strategy.documents.items()
    ]  # fmt: skip
    columns = ("document", "version", "confidence", "filled", "taken out", "author", "outdated by")
    show_table(rows, columns, empty=f"No document yet. Write them: gtm strategy run '{strategy.name}' --by YOU")


def show_document(document: Document, *, evidence: bool) -> None:
    """Print one document, claim by claim."""
    click.echo(f"{document.kind.replace('_', ' ')}, version {document.number}, confidence {document.confidence:.0%}")
    for each in document.context:
        age = "" if each.freshness_hours is None else f", {each.freshness_hours:,.0f} h old"
        gaps = f"; {'; '.join(each.gaps)}" if each.gaps else ""
        click.echo(f"  from {each.context.replace('_', ' ')}: {each.quality}, {each.score:.0%}{age}{gaps}")
    known = {each.id: each for each in document.evidence}
    held = paths(document.content)
    for section in FORMS[document.kind].model_fields:
        sure = document.confidences.get(section, 0)
        click.echo(f"\n{section.replace('_', ' ')} ({sure:.0%})" + ("" if sure else ": nothing that can be quoted"))
        for path, claim in held.items():
            if path.partition(".")[0] == section:
                click.echo(f"  {path}: {claim.text}")
                for one in claim.evidence if evidence else ():
                    click.echo(f"      “{known[one].quote}” ({known[one].source})")
    for gone in document.dropped if evidence else ():
        click.echo(f"\n  taken out: {gone.text}\n      {gone.why}")


def text_of(claim: Any) -> str:
    """Return a claim's text."""
    return str(claim.get("text", "")) if claim else ""


def document_json(document: Document) -> dict[str, Any]:
    """Return a document as JSON shows it."""
    told = {name: getattr(document, name) for name in ("kind", "number", "confidence", "confidences", "coverage", "author")}
    more = {name: getattr(document, name) for name in ("evidence", "dropped", "context", "trace_id", "created_at")}
    return {**told, "content": document.content, **more}


def strategy_json(strategy: Strategy, *, contents: bool = True) -> dict[str, Any]:
    """Return a strategy as JSON shows it."""
    names = ("id", "name", "website", "language", "status", "created_by", "created_at", "confirmed_at", "confirmed_by", "version")
    told = {name: getattr(strategy, name) for name in names}
    documents = {kind: document_json(each) if contents else each.number for kind, each in strategy.documents.items()}
    return {**told, "documents": documents, "outdated": strategy.stale()}
