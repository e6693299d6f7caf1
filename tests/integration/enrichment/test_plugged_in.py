"""Another package brings a source: it is installed, it is found by its entry point, it is asked like every other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.registry import Registry
from gtm_pipelines.enrichment.research import Order, ResearchService
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_research import EnrichmentSettings, SourceSettings
from tests.parts import ROOT
from tests.research_parts import add_company, company_row

CODE = """
from gtm_pipelines.enrichment.source import Fact, Price


class Almanac:
    name = "almanac"
    subjects = frozenset({"company"})
    fields = frozenset({"city"})
    needs = frozenset({"domain"})
    price = Price(per_ask=0.001)
    per_host = False

    def __init__(self, setup):
        self.key, self.clock, self.parts = setup.key(), setup.clock, setup.parts

    async def enrich(self, subject):
        assert self.key == "secret" and not self.parts
        return [Fact("city", "Riga", self.name, 0.9, self.clock.now(), evidence="page 12")]

    async def aclose(self):
        pass
"""
PROJECT = """
[project]
name = "gtm-almanac"
version = "1.0"
[project.entry-points."gtm.sources"]
almanac = "gtm_almanac:Almanac"
broken = "gtm_almanac:Nothing"
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package, really built and unpacked where Python looks."""
    project, site = tmp_path / "project", tmp_path / "site"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT)
    (project / "gtm_almanac.py").write_text(CODE)
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    made = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=project, check=True, capture_output=True, text=True, timeout=60
    )
    install = [sys.executable, "-m", "zipfile", "-e", str(tmp_path / made.stdout.split()[-1]), str(site)]
    subprocess.run(install, check=True, cwd=ROOT, timeout=60)
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("ALMANAC_KEY", "secret")
    return site


def sections(**of: SourceSettings) -> EnrichmentSettings:
    return EnrichmentSettings(sources=of)


def test_it_is_asked_like_every_other(installed: Path, record: Record, clock: VirtualClock) -> None:
    one = add_company(record, clock, name="Acme", domain="acme.example")
    settings = sections(almanac=SourceSettings(enabled=True, key="env:ALMANAC_KEY"))
    registry = Registry(settings, clock, record)
    (offered,) = [each for each in registry.sources() if each.section == "almanac"]
    assert (offered.origin, offered.enabled, offered.key) == ("gtm-almanac", True, "present")
    report = ResearchService(record, clock, registry, lambda *_: []).run(Order(), by="anna")
    assert (report.facts, round(report.cost_usd, 4), company_row(record, one).city) == (1, 0.001, "Riga")


def test_one_that_cannot_be_loaded_is_named(installed: Path, clock: VirtualClock) -> None:
    with pytest.raises(SettingsError, match="'broken' of gtm_almanac:Nothing cannot be loaded"):
        Registry(sections(broken=SourceSettings(enabled=True)), clock).sources()


def test_one_that_cannot_be_made_harms_no_other_until_it_is_switched_on(installed: Path, clock: VirtualClock) -> None:
    assert "almanac" not in {one.section for one in Registry(sections(), clock).sources()}
    keyed = sections(almanac=SourceSettings(key="env:ALMANAC_KEY"))
    assert "almanac" in {one.section for one in Registry(keyed, clock).sources()}


def test_a_section_that_nobody_offers_is_named(clock: VirtualClock) -> None:
    with pytest.raises(SettingsError, match="names a source that nobody offers"):
        Registry(sections(almanach=SourceSettings()), clock).sources()
