"""Everything that is known can be found, narrowed and traced, and the index follows what changes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import chunk, chunk_vector, company, page
from gtm_pipelines.retrieval.model import Answer, Filters
from gtm_pipelines.retrieval.service import SMALL
from gtm_pipelines.retrieval.store import IndexStore
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_company, add_contact
from tests.search_parts import WordModel, add_fact, add_page, add_reply, later, searching


@pytest.fixture
def bench(workbench: Workbench) -> Workbench:
    searching(workbench, model=WordModel())
    return workbench


def titles(answer: Answer) -> list[str]:
    return [found.title for found in answer.evidence]


def test_a_company_is_found_by_what_its_list_and_its_facts_say(bench: Workbench) -> None:
    firm = add_company(bench.record, bench.clock, name="Alder Freight", city="Cork", attributes={"Tech stack": "HubSpot"})
    add_company(bench.record, bench.clock, name="Rowan Clinics", city="Perth")
    add_fact(bench, firm, "certificates", "ISO 9001")
    for question in ("freight in Cork", "who uses HubSpot", "ISO 9001 certificate"):
        assert titles(bench.search.search(question))[0] == "Alder Freight"
        later(bench)


def test_an_answer_says_where_from_how_old_how_sure_and_which_words(bench: Workbench) -> None:
    firm = add_company(bench.record, bench.clock, name="Alder Freight")
    read = add_page(bench, firm, "We are in Cork. Our fleet is all electric.", final_url="https://alder.test/fleet")
    bench.clock.advance(days=3)
    found = bench.search.search("electric fleet", Filters(types=("page",))).evidence[0]
    assert (found.entity_type, found.entity_id, found.company_id, found.url) == ("page", read, firm, "https://alder.test/fleet")
    assert (found.quote, found.age_days, found.language) == ("Our fleet is all electric.", 3.0, "en")
    assert (found.score, found.words.rank, found.meaning.rank) == (1.0, 1, 1)
    assert 0 < found.meaning.score <= 1.001


def test_meaning_finds_what_no_word_does_across_languages(bench: Workbench) -> None:
    add_company(bench.record, bench.clock, name="Тихий путь", description="Продаёт автомобили.", language="ru")
    add_company(bench.record, bench.clock, name="Rowan Clinics", description="Treats people.")
    found = bench.search.search("cars").evidence[0]
    assert (found.title, found.words) == ("Тихий путь", None)


def test_filters_are_applied_before_ranking(bench: Workbench) -> None:
    firms = [add_company(bench.record, bench.clock, name=f"Pump Maker {n}", language="en") for n in range(300)]
    bench.clock.advance(days=10)
    last = add_company(bench.record, bench.clock, name="Насосный завод pump", language="ru")
    person = add_contact(bench.record, bench.clock, full_name="Ann Pump", company_id=firms[7], email="ann@pump.test")
    bench.search.index()

    def only(**narrowed: object) -> list[str]:
        return [found.entity_id for found in bench.search.search("pump", Filters(**narrowed), limit=100).evidence]

    assert only(company=firms[5]) == [firms[5]]
    assert set(only(company="Pump Maker 7")) == {firms[7], person}
    assert only(contact="ann@pump.test") == [person]
    assert only(language="ru") == [last]
    assert set(only(since=bench.clock.now() - timedelta(days=1))) == {last, person}
    assert only(types=("contact",)) == [person]
    assert only(types=("page",)) == []
    assert bench.search.search("pump", Filters(language="ru")).searched == 1


def test_another_workspace_finds_nothing_of_ours(bench: Workbench) -> None:
    add_company(bench.record, bench.clock, name="Alder Freight")
    bench.search.index()
    stranger = Record(bench.record.engine, "another")
    theirs = searching(Workbench(bench.settings, stranger, bench.clock), model=WordModel())
    assert theirs.search("freight").evidence == ()
    assert titles(bench.search.search("freight")) == ["Alder Freight"]


def test_pieces_of_one_text_are_one_answer(bench: Workbench) -> None:
    firm = add_company(bench.record, bench.clock, name="Alder")
    add_page(bench, firm, " ".join(f"Line {n} praises our pumps and nothing but the pumps." for n in range(60)))
    bench.search.index()
    assert bench.search.status().pieces["page"] > 3
    assert len(bench.search.search("pumps", Filters(types=("page",))).evidence) == 1


def test_what_changes_is_cut_anew_and_nothing_else(bench: Workbench) -> None:
    firms = [add_company(bench.record, bench.clock, name=f"Firm {n}") for n in range(5)]
    assert bench.search.index().cut == {"company": 5}
    assert bench.search.index().cut == {}
    bench.clock.advance(minutes=1)
    with bench.record.write() as connection:
        connection.execute(sa.update(company).where(company.c.id == firms[2]).values(city="Oslo", updated_at=bench.clock.now()))
    report = bench.search.index()
    assert (dict(report.cut), report.embedded, report.pieces) == ({"company": 1}, 1, 5)
    assert titles(bench.search.search("Oslo"))[0] == "Firm 2"
    add_fact(bench, firms[3], "hiring", "welders")
    assert bench.search.index().cut == {"company": 1}
    assert titles(bench.search.search("hiring welders"))[0] == "Firm 3"


def test_a_search_takes_in_a_few_changes_by_itself(bench: Workbench) -> None:
    add_company(bench.record, bench.clock, name="Alder Freight")
    assert titles(bench.search.search("freight")) == ["Alder Freight"]
    add_company(bench.record, bench.clock, name="Rowan Freight")
    later(bench)
    assert sorted(titles(bench.search.search("freight"))) == ["Alder Freight", "Rowan Freight"]


def test_a_search_says_when_there_is_too_much_to_take_in(bench: Workbench) -> None:
    with bench.record.write() as connection:
        rows = [
            {"id": f"{n:032x}", "workspace_id": bench.record.workspace_id, "name": f"Many {n}", "attributes": {}}
            | {"created_at": bench.clock.now(), "updated_at": bench.clock.now()}
            for n in range(SMALL + 1)
        ]
        connection.execute(sa.insert(company), rows)
    answer = bench.search.search("many")
    assert answer.evidence == ()
    assert "gtm search index" in answer.notes[0]
    bench.search.index(embed=False)
    assert len(bench.search.search("many").evidence) == 10


def test_what_is_gone_is_found_no_more_and_takes_its_vector_along(bench: Workbench) -> None:
    firm = add_company(bench.record, bench.clock, name="Alder")
    read = add_page(bench, firm, "Our secret canary sings.")
    bench.search.index()
    assert bench.search.search("canary", Filters(types=("page",))).evidence
    with bench.record.write() as connection:
        connection.execute(sa.delete(page).where(page.c.id == read))
    later(bench)
    assert bench.search.search("canary", Filters(types=("page",))).evidence == ()
    with bench.record.read() as connection:
        hashes = set(connection.execute(sa.select(chunk.c.text_hash)).scalars())
        assert set(connection.execute(sa.select(chunk_vector.c.text_hash)).scalars()) == hashes


def test_the_newest_reading_of_a_page_counts(bench: Workbench) -> None:
    firm = add_company(bench.record, bench.clock, name="Alder")
    add_page(bench, firm, "We sell apples.")
    bench.search.index()
    add_page(bench, firm, "We sell pears.")
    bench.search.index()
    found = bench.search.search("sell apples pears", Filters(types=("page",))).evidence
    assert [one.text for one in found] == ["We sell pears."]


def test_knowledge_follows_the_company_that_stands_for_a_merged_one(bench: Workbench) -> None:
    winner = add_company(bench.record, bench.clock, name="Alder Freight")
    loser = add_company(bench.record, bench.clock, name="Alder Freight Ltd")
    read = add_page(bench, loser, "Our fleet is electric.")
    add_fact(bench, loser, "certificates", "ISO 9001")
    bench.search.index()
    bench.clock.advance(minutes=1)
    with bench.record.write() as connection:
        values = {"merged_into": winner, "updated_at": bench.clock.now()}
        connection.execute(sa.update(company).where(company.c.id == loser).values(**values))
    later(bench)
    found = bench.search.search("electric fleet certificates", Filters(company=loser)).evidence
    assert {(one.entity_type, one.entity_id, one.company_id) for one in found} == {
        ("company", winner, winner),
        ("page", read, winner),
    }
    assert "ISO 9001" in next(one.text for one in found if one.entity_type == "company")


def test_replies_of_people_are_found_and_bounces_are_not(bench: Workbench) -> None:
    add_reply(bench, "Нам интересно, пришлите прайс на насосы.")
    add_reply(bench, "Delivery of прайс failed.", **{"class": "bounce_hard"})
    found = bench.search.search("прайс").evidence
    assert [(one.entity_type, one.language) for one in found] == [("reply", "ru")]


def test_packs_are_found_in_both_languages_and_follow_their_files(bench: Workbench, tmp_path: Path) -> None:
    folder = tmp_path / "packs" / "mine" / "1.0.0"
    folder.mkdir(parents=True)
    file = folder / "pack.md"
    file.write_text("---\ntitle: Tone\nfooter:\n  ru: {text: Ответьте отписаться}\n---\nNever promise a discount.\n", "utf-8")
    search = searching(bench, model=WordModel(), knowledge=tmp_path / "packs")
    assert [one.quote for one in search.search("promise discounts").evidence] == ["Never promise a discount."]
    assert search.search("как отписаться").evidence[0].url == "file:mine/1.0.0/pack.md"
    file.write_text("Always promise a discount.\n", "utf-8")
    later(bench)
    assert [one.quote for one in search.search("promise discounts").evidence] == ["Always promise a discount."]
    file.unlink()
    later(bench)
    assert search.search("promise discounts").evidence == ()


def test_of_a_pack_the_highest_version_is_found(bench: Workbench, tmp_path: Path) -> None:
    for version in ("1.9.0", "1.10.0"):
        folder = tmp_path / "packs" / "mine" / version
        folder.mkdir(parents=True)
        (folder / "pack.md").write_text(f"Never promise a discount in {version}.\n", "utf-8")
    search = searching(bench, model=WordModel(), knowledge=tmp_path / "packs")
    assert [one.url for one in search.search("promise discounts").evidence] == ["file:mine/1.10.0/pack.md"]


def test_without_a_model_search_is_by_words_and_says_so(workbench: Workbench) -> None:
    search = searching(workbench)
    add_company(workbench.record, workbench.clock, name="Alder Freight")
    answer = search.search("freight")
    assert titles(answer) == ["Alder Freight"]
    assert answer.evidence[0].meaning is None
    assert "gtm-workbench[search]" in answer.notes[0]
    assert search.index().embedded == 0


def test_a_model_that_is_down_leaves_search_by_words(workbench: Workbench) -> None:
    model = WordModel()
    search = searching(workbench, model=model)
    add_company(workbench.record, workbench.clock, name="Alder Freight")
    search.index()
    model.down = True
    answer = search.search("freight")
    assert titles(answer) == ["Alder Freight"]
    assert "asleep" in answer.notes[0]


def test_equal_texts_are_embedded_once(workbench: Workbench) -> None:
    model = WordModel()
    search = searching(workbench, model=model)
    firm = add_company(workbench.record, workbench.clock, name="Alder")
    for n in range(6):
        add_page(workbench, firm, "Cookies help us.", url=f"https://alder.test/{n}")
    report = search.index()
    assert (report.pieces, report.embedded, len(model.asked)) == (7, 2, 2)


def test_embedding_goes_on_where_it_stopped(workbench: Workbench) -> None:
    model = WordModel()
    search = searching(workbench, model=model)
    for n in range(20):
        add_company(workbench.record, workbench.clock, name=f"Firm {n}")

    class StoppedError(Exception):
        pass

    def stop(step: str, done: int, _total: int | None) -> None:
        if step == "embed" and done >= 7:
            raise StoppedError

    with pytest.raises(StoppedError):
        search.index(progress=stop)
    assert search.status().waiting == 13
    assert search.index().embedded == 13
    assert len(model.asked) == len(set(model.asked)) == 20


def test_the_files_of_the_index_are_only_a_cache(bench: Workbench) -> None:
    for n in range(30):
        add_company(bench.record, bench.clock, name=f"Firm {n}", city="Cork" if n % 2 else "Oslo")
    bench.search.index()
    before = bench.search.search("Cork")
    folder = bench.settings.home_path / "search"
    fresh = searching(bench, model=WordModel())
    assert fresh.search("Cork").evidence == before.evidence, "read from the files"
    for path in folder.rglob("*.npy"):
        path.write_bytes(b"broken")
    assert searching(bench, model=WordModel()).search("Cork").evidence == before.evidence, "made anew"
    bench.search.forget()
    assert not folder.exists()
    assert searching(bench, model=WordModel()).search("Cork").evidence == before.evidence


def test_an_index_on_disk_with_later_changes_answers_like_a_fresh_one(bench: Workbench) -> None:
    model, folder = WordModel(), bench.settings.home_path / "search"
    firms = [add_company(bench.record, bench.clock, name=f"Firm {n}", city=("Cork", "Oslo")[n % 2]) for n in range(40)]
    bench.search.index()
    bench.clock.advance(minutes=1)
    with bench.record.write() as connection:
        connection.execute(sa.delete(company).where(company.c.id.in_(firms[:5])))
        changed = {"city": "Cork", "updated_at": bench.clock.now()}
        connection.execute(sa.update(company).where(company.c.id.in_(firms[5:12])).values(**changed))
    kept = sorted(path.name for path in folder.rglob("*"))
    beside = searching(bench, model=model).search("Cork", limit=40)
    assert sorted(path.name for path in folder.rglob("*")) == kept, "the files are as they were"
    IndexStore(bench.record, folder, model.name, model.dimensions).view(fresh=True)
    anew = searching(bench, model=model).search("Cork", limit=40)
    assert {one.id: one.meaning.score for one in beside.evidence} == {one.id: one.meaning.score for one in anew.evidence}
    assert {one.id for one in beside.evidence if one.words} == {one.id for one in anew.evidence if one.words}


@pytest.mark.parametrize("question", ["", "  ", "x" * 3_000])
def test_a_question_must_be_one(bench: Workbench, question: str) -> None:
    with pytest.raises(InputError):
        bench.search.search(question)


def test_what_to_narrow_to_must_exist(bench: Workbench) -> None:
    with pytest.raises(NotFoundError):
        bench.search.search("x", Filters(company="nobody"))
    with pytest.raises(InputError, match="Choose among"):
        Filters(types=("dream",))
    with pytest.raises(InputError, match="time zone"):
        Filters(since=bench.clock.now().replace(tzinfo=None))


def test_of_facts_that_disagree_the_one_that_counts_is_found(bench: Workbench) -> None:
    firm = add_company(bench.record, bench.clock, name="Alder")
    add_fact(bench, firm, "motto", "zeppelins", source="website", confidence=0.9)
    add_fact(bench, firm, "motto", "submarines", source="web_search", confidence=0.7)
    add_fact(bench, firm, "hiring", "welders", expires_at=bench.clock.now())
    assert bench.search.search("zeppelins", by=("words",)).evidence
    assert bench.search.search("submarines welders", by=("words",)).evidence == ()
