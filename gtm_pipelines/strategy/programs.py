"""How each document is asked for: the task, the material, the closed form of the answer, and the check of it.

Text of pages is material: it stands between marks, no tool is given, and the answer is a closed form. What a
person says stands in the task.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, create_model

from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.llm.model import Asks, CallContext
from gtm_pipelines.strategy.claims import MANY, Form, at_most
from gtm_pipelines.strategy.context import Gathered
from gtm_pipelines.strategy.documents import FORMS, Quote
from gtm_pipelines.strategy.ground import Grounded, Material, ground
from gtm_pipelines.strategy.model import Document, Kind, Strategy, paths

ROLE = "strategy"
QUOTES = 4 * MANY
"""Most quotes a grammar lets a model copy for a document; for a section, as many as a list has entries."""
GUIDANCE = "guidance"
"""The source under which what a person says may be quoted."""
MAX_TOKENS = 4_096
"""Most tokens of one document: six sections of five claims with their quotes are about 3,000 in Russian."""
PAGE_CHARACTERS, ALL_CHARACTERS = 8_000, 32_000
"""Most of one page and of all pages that is shown to a model: about 8,000 tokens in English."""
_ORDER = ("home", "product", "pricing", "about", "other", "news", "careers", "team", "contact", "legal")
_LANGUAGES = {"en": "English", "ru": "Russian"}
_RULES = (
    "First copy the quotes you need out of the material, word for word, in the language they stand in, each with the id of "
    "its source. Then fill in the sections in {language}; every statement names the quotes it rests on. Say nothing that no "
    "quote carries: leave a section empty or null rather than guess. Figures, prices, names and addresses only as quoted."
)
TASKS: Mapping[Kind, str] = {
    "product_overview": "Describe what the company whose website this is sells, to whom, and beside which alternatives.",
    "target_company": (
        "Say which companies would buy this offer: what they are like as criteria that can be looked up, what shows that now "
        "is a good moment, and which companies to leave alone. Infer from named customers, cases and prices."
    ),
    "target_persona": "Say who in such a company decides to buy this offer, how to find them, and what moves and worries them.",
    "positioning": (
        "Say why such a person should choose this offer: one insight about their world, what they get pain by pain, and what "
        "only this company can say of itself."
    ),
    "email_strategy": (
        "Plan cold e-mails to such a person: one angle, subject lines, a sequence of two to five short mails with days and one "
        "call to action each, and what to put in for each reader. No tricks, no false replies, no pressure."
    ),
}


@dataclass(frozen=True)
class Written:
    """What came of asking for a document."""

    grounded: Grounded
    trace_id: str


def answer_form(kind: Kind, section: str | None = None) -> type[Form]:
    """Return the closed form of an answer: the quotes, then the document, or one section of it."""
    return _form(kind, section)


@lru_cache(maxsize=64)
def _form(kind: Kind, section: str | None) -> type[Form]:
    whole: type[Form] = FORMS[kind]
    if section is not None:
        info = whole.model_fields[section]
        field: Any = (info.annotation, info)
        whole = create_model(f"{whole.__name__}_{section}", __base__=Form, **{section: field})
    quotes: Any = (
        Annotated[tuple[Quote, ...], at_most(maxItems=MANY if section else QUOTES)],
        Field(description="The quotes, before the statements that rest on them."),
    )
    return create_model(f"{whole.__name__}Answer", __base__=Form, quotes=quotes, document=(whole, ...))


def word_of(actor: str, guidance: str | None, at: str) -> Material | None:
    """Return what a person says as something that may be quoted."""
    return Material(GUIDANCE, "person", actor, guidance.strip(), at) if guidance and guidance.strip() else None


def material_of(pages: Sequence[Page], earlier: Sequence[Document], guidance: Material | None = None) -> tuple[Material, ...]:
    """Return what may be read and quoted: pages, most telling first and cut to size, and claims of earlier documents."""
    found: list[Material] = []
    left = ALL_CHARACTERS
    ranked = sorted(pages, key=lambda page: _ORDER.index(page.kind) if page.kind in _ORDER else _ORDER.index("other"))
    for number, page in enumerate((page for page in ranked if page.text.strip()), 1):
        text = page.text[: min(PAGE_CHARACTERS, left)]
        if not text:
            break
        left -= len(text)
        found.append(Material(f"p{number}", "page", page.final_url, text, page.fetched_at.isoformat(), page.title or None))
    if guidance and guidance.text.strip():
        found.append(guidance)
    for document in earlier:
        for path, claim in paths(document.content).items():
            name = f"{document.kind}.{path}"
            found.append(Material(name, "document", name, claim.text, document.created_at.isoformat()))
    return tuple(found)


def earlier(strategy: Strategy, gathered: Gathered) -> tuple[Document, ...]:
    """Return the earlier documents that may be quoted."""
    return tuple(strategy.documents[kind] for kind in gathered.earlier)


def task_of(kind: Kind, language: str, *, guidance: str | None = None, section: str | None = None) -> str:
    """Return what a model is told to do; ``guidance`` is a person's and trusted."""
    parts = [TASKS[kind]]
    if section:
        parts.append(f"Write only the section '{section.replace('_', ' ')}' anew; the rest of the document stands as it is.")
    parts.append(_RULES.format(language=_LANGUAGES.get(language, "English")))
    if guidance:
        parts.append(
            f"The person who owns this document says, and is right (quote it as source '{GUIDANCE}'): {guidance.strip()}"
        )
    return "\n".join(parts)


def shown(material: Sequence[Material], website: str, current: Document | None = None) -> dict[str, Any]:
    """Return the material as it is put before a model."""
    pages = [f"[{each.id}] {each.title or ''} ({each.source})\n{each.text}" for each in material if each.kind == "page"]
    claims = [f"[{each.id}] {each.text}" for each in material if each.kind == "document"]
    told: dict[str, Any] = {"website": website, "pages": "\n\n".join(pages) or "none"}
    if claims:
        told["earlier_documents"] = "\n".join(claims)
    if current is not None:
        told["document_as_it_is"] = "\n".join(f"{path}: {claim.text}" for path, claim in paths(current.content).items())
    return told


def write(
    asks: Asks, strategy: Strategy, kind: Kind, material: Sequence[Material], *,
    guidance: str | None = None, section: str | None = None, current: Document | None = None, rollout: int = 0,
) -> Written:  # fmt: skip
    """Ask for a document or one section of it and keep of the answer what stands.

    Args:
        rollout: a number that makes an equal question a new one; the number of the version there is.

    Raises:
        LlmUnavailable, RefusedError, BudgetExceededError, InvalidAnswerError, SettingsError: as ``LlmService.aask``.
    """
    context = CallContext(f"strategy.{kind}", role=ROLE, max_tokens=MAX_TOKENS, rollout=rollout)
    task = task_of(kind, strategy.language, guidance=guidance, section=section)
    answer = asks.ask(answer_form(kind, section), task, context, **shown(material, strategy.website, current))
    return Written(ground(answer.document, answer.quotes, material), context.trace_id)


def tokens_of(strategy: Strategy, kind: Kind, characters: int) -> tuple[int, int]:
    """Return about how many tokens a document reads and at most writes; three bytes a token, two to a Cyrillic letter."""
    form = len(json.dumps(answer_form(kind).model_json_schema()))
    width = 2 if strategy.language == "ru" else 1
    return math.ceil((2 * form + len(task_of(kind, strategy.language)) + characters * width) / 3), MAX_TOKENS
