"""A search that reads only what changed leaves the queue that a search over everything would leave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.errors import ConflictError, TransientError
from gtm_pipelines.matching.find import COMPARING, refresh, weighed
from gtm_pipelines.matching.model import PROPOSED_FROM, Kind
from gtm_pipelines.matching.poolfile import open_pool
from gtm_pipelines.record import duplicates
from gtm_pipelines.record.tables import company, contact, duplicate_pair
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.integration.matching.parts import TABLES, add_company, add_contact, change

NAMES = {
    "company": ["Acme Rockets", "ACME ROCKETS GmbH", "Acme Rocket Ltd", "Beta Foods", "BETA FDS INTL", "Ромашка", "OOO Romashka"],
    "contact": [
        "Ann Marsh",
        "Anna Marsh",
        "A Marsh",
        "Olga Petrova",
        "Ольга Петрова",
        "Petrova Olga",
        "Bob Stone",
        "Robert Stone",
    ],
}
CITIES = [None, "Hamburg", "Moscow", "Москва"]
acts = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "add", "rename", "move", "merge", "apart", "erase", "search"]),
        st.integers(0, 7),
        st.integers(0, 7),
    ),
    min_size=3,
    max_size=14,
)
Queue = dict[tuple[str, str], float]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """One workbench for all examples; each example begins with an empty list."""
    home: Path = tmp_path_factory.mktemp("searches") / "local"
    opened = open_workbench(load_settings(home=home), clock=VirtualClock(datetime(2026, 3, 4, 10, 0, tzinfo=UTC)))
    yield opened
    opened.close()


class World:
    """A list that changes between searches."""

    def __init__(self, bench: Workbench, kind: Kind) -> None:
        self.bench, self.kind = bench, kind
        with bench.record.write() as connection:
            for table in (duplicate_pair, contact, company):
                connection.execute(sa.delete(table))
        bench.matching.forget()

    def standing(self) -> list[str]:
        """The ids of the rows that stand for themselves."""
        with self.bench.record.read() as connection:
            found = duplicates.stamps(connection, self.bench.record.workspace_id, self.kind)
            return sorted(each for each, _ in found)

    def act(self, what: str, one: int, other: int) -> None:
        """Do one thing; what the rules refuse changes nothing."""
        self.bench.clock.advance(seconds=1)  # type: ignore[attr-defined]
        names, ids = NAMES[self.kind], self.standing()
        if what == "add" or len(ids) < 2:
            add = add_company if self.kind == "company" else add_contact
            add(self.bench, names[one % len(names)], city=CITIES[other % len(CITIES)])
            return
        chosen, beside = ids[one % len(ids)], ids[other % len(ids)]
        if what == "rename":
            column = "name" if self.kind == "company" else "last_name"
            change(self.bench, self.kind, chosen, **{column: names[other % len(names)]})
        elif what == "move":
            change(self.bench, self.kind, chosen, city=CITIES[other % len(CITIES)])
        elif what == "erase":
            self._erase(chosen)
        elif chosen != beside and what in ("merge", "apart"):
            self._decide(what, chosen, beside)

    def _erase(self, chosen: str) -> None:
        table = TABLES[self.kind]
        with self.bench.record.write() as connection:
            connection.execute(sa.update(table).where(table.c.merged_into == chosen).values(merged_into=None))
            connection.execute(sa.delete(table).where(table.c.id == chosen))

    def _decide(self, what: str, one: str, other: str) -> None:
        try:
            if what == "merge":
                self.bench.matching.merge((one, other), kind=self.kind, by="anna", anyway=True)
            else:
                self.bench.matching.apart((one, other), kind=self.kind, by="anna")
        except ConflictError:
            return

    def queue(self) -> Queue:
        """The pairs that wait, with their scores."""
        return {(p.left_id, p.right_id): p.score for p in self.bench.matching.page(self.kind, limit=10_000)}

    def full(self) -> Queue:
        """What a search over every row and pair would propose, with what the kept list was taught."""
        record, comparing = self.bench.record, COMPARING[self.kind]
        folder = self.bench.settings.home_path / "matching"
        with open_pool(folder / f"{record.workspace_id}-{self.kind}.duckdb") as kept:
            agreement, rarity, _ = json.loads(kept.note("learnt") or "[{}, 0.0, 0]")
            kept.pair(comparing.most, comparing.stars)
            terms = replace(kept.terms(), agreement=agreement, rarity=rarity)
        with open_pool() as pool:
            refresh(record, pool, self.kind)
            pool.pair(comparing.most, comparing.stars)
            found = {(p.older, p.newer): round(p.score, 4) for part in weighed(pool, self.kind, 1_000, terms) for p in part}
        with record.read() as connection:
            apart = duplicates.kept_apart(connection, record.workspace_id, self.kind)
        return {pair: score for pair, score in found.items() if score >= PROPOSED_FROM and pair not in apart}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["company", "contact"])
@given(acts=acts)
@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_queue_is_that_of_a_full_search_whatever_changed_before(bench: Workbench, kind: Kind, acts: list) -> None:  # type: ignore[type-arg]
    world = World(bench, kind)
    for what, one, other in [*acts, ("search", 0, 0)]:
        if what != "search":
            world.act(what, one, other)
            continue
        bench.matching.find(kind)
        assert world.queue() == world.full()


def test_only_changed_rows_are_read_and_only_their_pairs_weighed(workbench: Workbench, clock: VirtualClock) -> None:
    for number in range(40):
        add_company(workbench, f"Firm Number{number}", city="Leeds")
    add_company(workbench, "Vector Rockets")
    first = workbench.matching.find("company")
    clock.advance(minutes=1)
    add_company(workbench, "VECTOR ROCKETS LTD")
    second = workbench.matching.find("company")
    assert (first.changed, second.changed, second.proposed) == (41, 1, 1)
    assert second.compared < first.compared
    assert workbench.matching.find("company", everything=True).changed == 42


def test_a_list_that_cannot_be_gone_on_with_is_read_again(workbench: Workbench) -> None:
    add_company(workbench, "Vector Ltd")
    workbench.matching.find("company")
    (kept,) = (workbench.settings.home_path / "matching").glob("*.duckdb")
    kept.write_bytes(b"no database")
    add_company(workbench, "VECTOR LTD.")
    assert workbench.matching.find("company").proposed == 1


def test_a_second_search_at_the_same_time_is_told_to_wait(workbench: Workbench) -> None:
    add_company(workbench, "Vector Ltd")
    workbench.matching.find("company")
    (kept,) = (workbench.settings.home_path / "matching").glob("*.duckdb")
    with open_pool(kept), pytest.raises(TransientError, match="under way"):
        workbench.matching.find("company")


def test_pairs_of_a_row_that_is_gone_leave_the_queue(workbench: Workbench) -> None:
    add_company(workbench, "Vector Ltd")
    other = add_company(workbench, "VECTOR LTD.")
    workbench.matching.find("company")
    with workbench.record.write() as connection:
        connection.execute(sa.delete(company).where(company.c.id == other))
    assert workbench.matching.find("company").withdrawn == 1
