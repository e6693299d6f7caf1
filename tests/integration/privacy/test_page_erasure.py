"""A person whom a company's website names is cut out of the pages that were read, and does not come back with them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.web.reader import WebReader
from gtm_pipelines.record.tables import page
from gtm_pipelines.settings_research import WebSettings
from gtm_pipelines.workbench import Workbench
from tests.research_parts import add_company, add_person
from tests.web_parts import LocalWeb, local_web

CANARY = "zinaida.perokhvostova@firm.example"
NAME = "Zinaida Perokhvostova"
SITE = {
    "/": "<a href='/team'>Team</a><a href='/contact'>Contact</a><p>We make anvils for smiths all over the world.</p>",
    "/team": f"<title>{NAME} and others</title><p>{NAME}, director.</p><p>John Doe, sales.</p>",
    "/contact": f"<p>Write to <a href='mailto:{CANARY}'>{CANARY.upper()}</a> or to info@firm.example.</p>",
}


@pytest.fixture
def web() -> Iterator[LocalWeb]:
    with local_web() as served:
        yield served


@pytest.fixture
def reader(workbench: Workbench, clock: VirtualClock, web: LocalWeb) -> Iterator[WebReader]:
    opened = WebReader(workbench.record, clock, WebSettings(delay_seconds=0.01, reading_processes=1), guard=web.guard())
    yield opened
    opened.close()


def read_site(workbench: Workbench, reader: WebReader, web: LocalWeb) -> tuple[str, str, str]:
    record, clock = workbench.record, workbench.clock
    firm = add_company(record, clock, name="Firm", domain="firm.example")
    person = add_person(record, clock, full_name=NAME, email=CANARY, email_key=CANARY, company_id=firm)
    url = web.site("firm.example", SITE)
    asyncio.run(reader.read(url, firm))
    return url, firm, person


def kept(workbench: Workbench) -> str:
    with workbench.record.read() as connection:
        return repr(connection.execute(sa.select(page)).all()).lower()


def test_pages_forget_their_address_and_their_name_and_keep_the_rest(
    workbench: Workbench, reader: WebReader, web: LocalWeb
) -> None:
    _url, _firm, person = read_site(workbench, reader, web)
    assert CANARY in kept(workbench)
    assert NAME.lower() in kept(workbench)
    workbench.privacy.erase_person(person, by="anna")
    left = kept(workbench)
    assert CANARY not in left
    assert NAME.lower() not in left
    assert "john doe" in left
    assert "info@firm.example" in left


def test_reading_the_site_again_does_not_bring_their_address_back(
    workbench: Workbench, reader: WebReader, web: LocalWeb, clock: VirtualClock
) -> None:
    url, firm, person = read_site(workbench, reader, web)
    workbench.privacy.erase_person(person, by="anna")
    clock.advance(days=30)
    again = asyncio.run(reader.read(url, firm))
    assert len(again) == 3
    assert CANARY not in repr(again).lower()
    assert CANARY not in kept(workbench)


def test_they_are_given_the_words_around_their_name(
    workbench: Workbench, reader: WebReader, web: LocalWeb, tmp_path: Path
) -> None:
    _url, _firm, person = read_site(workbench, reader, web)
    workbench.privacy.export_person(person, tmp_path / "person.json")
    given = json.loads((tmp_path / "person.json").read_text("utf-8"))["page"]
    assert any(NAME in row.get("text", "") for row in given)
    assert any(CANARY in row.get("text", "").lower() for row in given)
