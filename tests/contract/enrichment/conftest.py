"""Vendors on this machine, and sources that ask them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.registry import Registry
from gtm_pipelines.enrichment.source import Source
from gtm_pipelines.settings_research import EnrichmentSettings, SourceSettings
from tests.contract.enrichment.vendors import Case
from tests.vendor_server import KEY, VendorServer, vendor_server

MakeSource = Callable[[Case, str], Source]


@pytest.fixture
def vendor() -> Iterator[VendorServer]:
    with vendor_server() as server:
        yield server


@pytest.fixture
def make_source(clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> MakeSource:
    """Make a vendor's source as the workbench does, but for the address and a short patience."""
    monkeypatch.setenv("VENDOR_KEY", KEY)

    def made(case: Case, url: str) -> Source:
        section = SourceSettings(enabled=True, key="env:VENDOR_KEY", base_url=url, timeout_seconds=0.5)
        registry = Registry(EnrichmentSettings(sources={case.section: section}), clock)
        return next(one.source for one in registry.sources() if one.source.name == case.name)

    return made
