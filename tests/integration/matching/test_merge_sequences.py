"""Whatever people merge and take back, in whatever order: nobody is lost, doubled or less protected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.errors import ConflictError
from gtm_pipelines.record import merges, suppressions
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.integration.matching.parts import add_company, add_contact, row

pytestmark = pytest.mark.slow
ROWS = 4
BOOKKEEPING = {"version", "updated_at"}
KEYS = {"company": ("tin", "registration_number", "domain"), "contact": ("email_key", "linkedin_url")}
FIELDS = {"company": ("name", "city", "domain", "tin", "phone"), "contact": ("full_name", "email", "city", "position", "phone")}

optional = st.one_of(st.none(), st.sampled_from(["Leeds", "York", "Bonn"]))
acts = st.lists(
    st.tuples(
        st.sampled_from(["merge", "merge", "undo", "suppress"]),
        st.integers(0, ROWS - 1),
        st.integers(0, ROWS - 1),
        st.booleans(),
        st.sets(st.integers(0, 4), max_size=3),
    ),
    max_size=9,
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """One workbench for all examples; each example brings its own rows."""
    home: Path = tmp_path_factory.mktemp("merges") / "local"
    opened = open_workbench(load_settings(home=home), clock=VirtualClock(datetime(2026, 3, 4, 10, 0, tzinfo=UTC)))
    yield opened
    opened.close()


class World:
    """Four rows of one kind, and what has been done to them."""

    def __init__(self, bench: Workbench, kind: str, cities: list[str | None], keyed: list[bool], mark: str) -> None:
        self.bench, self.kind = bench, kind
        self.ids = [self._add(number, city, key, mark) for number, (city, key) in enumerate(zip(cities, keyed, strict=True))]
        self.before = {each: row(bench, kind, each) for each in self.ids}
        self.done: list[str] = []
        self.stopped: set[str] = set()

    def _add(self, number: int, city: str | None, keyed: bool, mark: str) -> str:
        if self.kind == "company":
            keys = {"domain": f"{mark}{number}.example", "tin": f"{mark}-{number}"} if keyed else {}
            return add_company(self.bench, f"Acme {number}", city=city, **keys)
        return add_contact(self.bench, f"Ann Marsh{number}", f"{mark}.{number}@x.example" if keyed else None, city=city)

    def act(self, what: str, one: int, other: int, swap: bool, fields: set[int]) -> None:
        """Do one thing; what the rules refuse changes nothing."""
        try:
            if what == "merge" and one != other:
                choices = {FIELDS[self.kind][field]: "loser" for field in fields}
                pair = (self.ids[one], self.ids[other])
                winner = pair[0] if swap else None
                merge = self.bench.matching.merge(pair, kind=self.kind, winner=winner, choices=choices, by="anna")
                self.done.append(merge.id)
            elif what == "undo" and self.done:
                chosen = self.done[one % len(self.done)]
                self.bench.matching.undo(chosen, by="anna")
                self.done.remove(chosen)
            elif what == "suppress":
                self.suppress(self.ids[one])
        except ConflictError:
            return

    def suppress(self, entity_id: str) -> None:
        """Suppress a company, or the address a contact came with."""
        address = self.before[entity_id].get("email")
        if self.kind == "company":
            self.bench.suppressions.add("company", entity_id, reason="asked", source="test")
            self.stopped.add(entity_id)
        elif address:
            self.bench.suppressions.add("address", address, reason="asked", source="test")
            self.stopped.add(entity_id)

    def check(self) -> None:
        """Hold what must hold after every act."""
        rows = {each: row(self.bench, self.kind, each) for each in self.ids}
        with self.bench.record.read() as connection:
            roots = merges.roots(connection, "default", self.kind, self.ids)
            families = {each: merges.family(connection, "default", self.kind, each) for each in self.ids}
        assert all(rows[root]["merged_into"] is None for root in roots.values())
        assert all(families[each] == {other for other in self.ids if roots[other] == roots[each]} for each in self.ids)
        for key in KEYS[self.kind]:
            held = sorted(now[key] for now in rows.values() if now[key] is not None)
            assert held == sorted(was[key] for was in self.before.values() if was[key] is not None)
            for each in self.ids:
                if rows[each][key] is not None:
                    assert rows[roots[each]][key] is not None
        for each in self.stopped:
            assert self._unwritable(rows[roots[each]])

    def _unwritable(self, now: dict[str, Any]) -> bool:
        with self.bench.record.read() as connection:
            company = now["id"] if self.kind == "company" else now["company_id"]
            found = suppressions.find(connection, "default", address=now.get("email"), company_id=company)
        return bool(found or now.get("do_not_contact"))

    def take_all_back(self) -> None:
        """Take every merge back, the newest first."""
        for merge in reversed(self.done):
            self.bench.matching.undo(merge, by="anna")


@pytest.mark.parametrize("kind", ["company", "contact"])
def test_no_sequence_of_merges_and_undos_loses_doubles_or_unprotects_anybody(bench: Workbench, kind: str) -> None:
    seen = iter(range(10_000))

    none: set[int] = set()
    key_lent = [("merge", 2, 0, True, none), ("merge", 0, 1, True, none), ("undo", 0, 0, False, none)]

    @example([None] * ROWS, [True, True, False, False], key_lent)
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(optional, min_size=ROWS, max_size=ROWS), st.lists(st.booleans(), min_size=ROWS, max_size=ROWS), acts)
    def run(cities: list[str | None], keyed: list[bool], steps: list[tuple[str, int, int, bool, set[int]]]) -> None:
        world = World(bench, kind, cities, keyed, f"{kind}{next(seen)}")
        for step in steps:
            world.act(*step)
            world.check()
        world.take_all_back()
        for each, was in world.before.items():
            now = row(bench, kind, each)
            differing = {name for name in was if now[name] != was[name]} - BOOKKEEPING
            assert differing <= {"do_not_contact"}, differing
            assert now.get("do_not_contact") or not was.get("do_not_contact")

    run()
