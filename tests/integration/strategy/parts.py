"""Three companies' websites as saved pages, a model whose answers are recorded, and a service over both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.llm.engines.scripted import Line, ScriptedEngine
from gtm_pipelines.llm.service import LlmService
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import LlmSettings, ModelSettings
from gtm_pipelines.strategy.catalogue import load
from gtm_pipelines.strategy.documents import FORMS
from gtm_pipelines.strategy.service import StrategyService
from tests.parts import ROOT

HERE = Path(__file__).parent
SITES = {"harbourline": "en", "feldtakt": "en", "pchela": "ru"}
ASKED = tuple(kind for kind in FORMS if kind != "data_sources")
_BLOCKS = frozenset("p h1 h2 h3 li ul ol blockquote nav body title div".split())


class _Visible(HTMLParser):
    """The visible text of a saved page, one block a line."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self.title, self._hidden, self._in_title = "", 0, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        hidden = tag in ("script", "style") or "display:none" in (dict(attrs).get("style") or "")
        if tag not in ("meta", "br"):
            self._hidden += hidden or self._hidden > 0
        self._in_title = tag == "title"
        if tag in _BLOCKS:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= self._hidden > 0
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._hidden:
            self.lines[-1] += data


def pages(site: str, clock: Clock, *kinds: str) -> list[Page]:
    """Return the saved pages of a site, of some kinds or all."""
    found = []
    for path in sorted((HERE / "sites" / site).glob("*.html")):
        if kinds and path.stem not in kinds:
            continue
        read = _Visible()
        read.feed(path.read_text("utf-8"))
        lines = [" ".join(line.split()) for line in read.lines]
        url = f"https://{site}.test/{'' if path.stem == 'home' else path.stem}"
        text = "\n".join(line for line in lines if line)
        found.append(Page(url, url, path.stem, read.title, text, SITES[site], {}, clock.now()))
    return found


@dataclass
class SavedWeb:
    """Reads saved pages in place of the web, and counts how often."""

    clock: Clock
    kinds: tuple[str, ...] = ()
    error: Exception | None = None
    reads: list[str] = field(default_factory=list)

    async def read(self, url: str, company_id: str | None = None, max_pages: int = 12, *, again: bool = False) -> list[Page]:
        self.reads.append(f"{url} again" if again else url)
        if self.error is not None:
            raise self.error
        site = next((name for name in SITES if name in url), None)
        return pages(site, self.clock, *self.kinds)[:max_pages] if site else []


def recorded(site: str, kind: str) -> str:
    """Return what a model answered when it was asked for a document."""
    return (HERE / "answers" / site / f"{kind}.json").read_text("utf-8")


def asked_for(request: Any) -> tuple[str, str | None]:
    """Return the document, and the section, that a request asks for."""
    name = request.config.response_format["name"].removesuffix("Answer")
    kind = next(kind for kind, form in FORMS.items() if name.startswith(form.__name__))
    return kind, name.removeprefix(FORMS[kind].__name__).removeprefix("_") or None


@dataclass
class Recorded:
    """A model that gives recorded answers; ``instead`` holds others by kind, or by kind and section."""

    site: str
    instead: dict[tuple[str, str | None], str] = field(default_factory=dict)

    def __call__(self, request: Any) -> Line | str:
        kind, section = asked_for(request)
        return self.instead.get((kind, section)) or recorded(self.site, kind)


def answer(document: Mapping[str, Any], *quotes: tuple[str, str]) -> str:
    """Return an answer as a model writes it, with its quotes as e1, e2 and so on."""
    rows = [{"id": f"e{place}", "source": source, "quote": quote} for place, (source, quote) in enumerate(quotes, 1)]
    return json.dumps({"quotes": rows, "document": document}, ensure_ascii=False)


@dataclass
class Room:
    """A strategy service with its parts at hand."""

    service: StrategyService
    web: SavedWeb
    engine: ScriptedEngine
    model: Recorded
    llm: LlmService


def room(record: Record, clock: Clock, site: str = "harbourline", *kinds: str) -> Room:
    """Return a strategy service over saved pages and recorded answers."""
    model = Recorded(site)
    engine, web = ScriptedEngine(model), SavedWeb(clock, kinds)
    models = [ModelSettings(name="recorded", provider="compatible", model="m", base_url="http://127.0.0.1:9", max_tokens=4_096)]
    llm = LlmService(record, clock, models, LlmSettings(call_max_tokens=8_192), lambda *_: engine)
    catalogue = load([ROOT / "data" / "reference" / "data_sources.yaml"])
    return Room(StrategyService(record, clock, llm, web, lambda: catalogue, lambda *_: 0.01), web, engine, model, llm)
