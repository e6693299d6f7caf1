"""The workbench's own reader over the saved sites: what a visitor sees on them carries every section."""

from __future__ import annotations

import pytest

from gtm_pipelines.enrichment.web.reader import WebReader
from gtm_pipelines.settings import WebSettings
from gtm_pipelines.strategy.model import KINDS
from gtm_pipelines.strategy.service import StrategyService
from tests.integration.strategy.conftest import Open
from tests.integration.strategy.parts import HERE, SITES
from tests.web_parts import local_web


@pytest.mark.slow
@pytest.mark.parametrize("site", SITES)
def test_a_site_that_is_really_read_becomes_six_whole_documents(opened: Open, clock, site: str) -> None:
    files = (HERE / "sites" / site).glob("*.html")
    saved = {"/" if path.stem == "home" else f"/{path.stem}": path.read_text("utf-8") for path in files}
    bench = opened(site)
    with local_web() as web:
        address = web.site(f"{site}.test", saved)
        settings = WebSettings(delay_seconds=0.01, reading_processes=1)
        reader = WebReader(bench.service.record, clock, settings, guard=web.guard())
        service = StrategyService(bench.service.record, clock, bench.llm, reader, bench.service.sources, lambda *_: None)
        service.new("Spring", address, language=SITES[site], by="anna")
        strategy = service.run("Spring", by="anna")
        asked = len(web.of(f"{site}.test"))
        service.run("Spring", by="anna")
        assert len(web.of(f"{site}.test")) == asked
        reader.close()
    assert {kind: document.coverage for kind, document in strategy.documents.items()} == dict.fromkeys(KINDS, 1.0)
    assert "9 million" not in str([document.content for document in strategy.documents.values()])
