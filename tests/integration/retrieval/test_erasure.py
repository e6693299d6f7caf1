"""Somebody who is erased is in no piece, no vector and no file of the index."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.record.tables import chunk, chunk_vector
from gtm_pipelines.retrieval.store import IndexStore
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_company, add_contact
from tests.search_parts import WordModel, add_fact, add_page, add_reply, searching

NAME, ADDRESS = "Зинаида Перохвостова", "zina.canary@firm.test"


@pytest.fixture
def bench(workbench: Workbench) -> Workbench:
    searching(workbench, model=WordModel())
    firm = add_company(workbench.record, workbench.clock, name="Firm", domain="firm.test")
    zina = add_contact(
        workbench.record, workbench.clock, full_name=NAME, email=ADDRESS, company_id=firm, position="Директор", language="ru",
        attributes={"hobby": "canary breeding"},
    )  # fmt: skip
    add_contact(workbench.record, workbench.clock, full_name="Ольга Иная", email="olga@firm.test", position="CTO")
    add_fact(workbench, zina, "bio", "Writes about canary cages.", kind="contact", url="https://firm.test/team")
    add_page(workbench, firm, f"Our team. {NAME} leads sales.", url="https://firm.test/team")
    add_page(workbench, firm, f"Ask {ADDRESS.upper()} about cages.", url="https://firm.test/ask")
    add_page(workbench, firm, "We make cages.", url="https://firm.test/")
    add_reply(workbench, "My canary likes it.", contact_id=zina, from_address=ADDRESS)
    workbench.search.index()
    return workbench


def said(bench: Workbench) -> str:
    with bench.record.read() as connection:
        rows = connection.execute(sa.select(chunk)).all()
    return " ".join(str(value) for row in rows for value in row).lower()


def hashes(bench: Workbench, table: sa.Table) -> set[str]:
    with bench.record.read() as connection:
        return set(connection.execute(sa.select(table.c.text_hash)).scalars())


def test_they_are_gone_at_once(bench: Workbench) -> None:
    needles = ("canary", NAME.lower(), ADDRESS)
    assert all(needle in said(bench) for needle in needles)
    assert bench.search.search("canary").evidence
    report = bench.privacy.erase_person(ADDRESS, by="person:anna")
    assert report.counts["chunk"] == 3
    assert [needle for needle in needles if needle in said(bench)] == []
    assert hashes(bench, chunk_vector) == hashes(bench, chunk) != set(), "others keep theirs"
    assert not (bench.settings.home_path / "search").exists()
    assert not any(needle in found.text.lower() for found in bench.search.search("canary").evidence for needle in needles)


def test_no_byte_of_the_data_folder_says_them(bench: Workbench) -> None:
    bench.privacy.erase_person(ADDRESS, by="person:anna")
    bench.search.index()
    files = [path for path in bench.settings.home_path.rglob("*") if path.is_file()]
    assert any(path.name == "vectors.npy" for path in files)
    read = b" ".join(path.read_bytes() for path in files if "record.sqlite" not in path.name).lower()
    assert [needle for needle in ("canary", NAME.lower(), ADDRESS) if needle.encode() in read] == []


def test_the_files_hold_no_word_of_any_text(bench: Workbench) -> None:
    folder = bench.settings.home_path / "search"
    read = b" ".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()).lower()
    assert read
    assert [word for word in ("canary", "cages", "перохвостова", "firm.test") if word.encode() in read] == []


def test_a_vector_that_others_need_stays(bench: Workbench) -> None:
    twin = add_company(bench.record, bench.clock, name="Other")
    for contact in ("a@other.test", "b@other.test"):
        who = add_contact(bench.record, bench.clock, full_name="Twin", email=contact, company_id=twin)
        add_reply(bench, "The very same words.", contact_id=who, from_address=contact)
    bench.clock.advance(minutes=1)
    bench.search.index()
    bench.privacy.erase_person("a@other.test", by="person:anna")
    with bench.record.read() as connection:
        left = connection.execute(sa.select(chunk.c.text_hash).where(chunk.c.text == "The very same words.")).scalars().all()
    assert len(left) == 1
    assert set(left) <= hashes(bench, chunk_vector)


def test_an_export_holds_their_pieces_and_nobody_elses(bench: Workbench, tmp_path) -> None:
    bench.privacy.export_person(ADDRESS, tmp_path / "her.json")
    text = (tmp_path / "her.json").read_text("utf-8")
    assert "canary breeding" in text
    assert "Ольга" not in text
    assert "We make cages" not in text


def test_an_index_elsewhere_notices_an_erasure(bench: Workbench) -> None:
    elsewhere = bench.settings.home_path.parent / "other" / "search"
    model = WordModel()
    IndexStore(bench.record, elsewhere, model.name, model.dimensions).view()
    before = set(elsewhere.rglob("vectors.npy"))
    bench.privacy.erase_person(ADDRESS, by="person:anna")
    IndexStore(bench.record, elsewhere, model.name, model.dimensions).view()
    assert before.isdisjoint(elsewhere.rglob("vectors.npy"))
