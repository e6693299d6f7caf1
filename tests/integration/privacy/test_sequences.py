"""Whatever is imported, merged, undone and erased in whatever order, three things never happen.

Somebody who may not be written to becomes mailable; a fact or a person loses its source;
two rows hold one key.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.errors import ConflictError, PolicyError
from gtm_pipelines.record import integrity, suppressions, tables
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.integration.intake.parts import write
from tests.postgres import PostgresServer

ADDRESSES = ("ann@one.test", "Bob@one.test", "cyd@two.test")
PROFILES = ("linkedin.com/in/ann", "linkedin.com/in/bob")
FIRMS = (("One Ltd", "one.test", "11"), ("Two Ltd", "two.test", "22"), ("Three", "two.test", ""), ("One Group", "", "11"))
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where a file costs no disk: what is shown here does not hang on it."""
START = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

people = st.lists(
    st.fixed_dictionaries(
        {
            "email": st.sampled_from(("", "", *ADDRESSES)),
            "linkedin": st.sampled_from(("", *PROFILES)),
            "name": st.sampled_from(("", "Ann Able", "Bob Born")),
            "company": st.sampled_from(("", "One Ltd", "Three")),
            "title": st.sampled_from(("", "CTO", "CEO")),
            "city": st.sampled_from(("", "Leeds", "Cork")),
            "do not contact": st.sampled_from(("", "", "no", "yes")),
        }
    ),
    min_size=1,
    max_size=3,
)
firms = st.lists(
    st.tuples(st.sampled_from(FIRMS), st.sampled_from(("", "", "", "yes")), st.sampled_from(("", "Retail", "Mining"))),
    min_size=1,
    max_size=3,
)
number = st.integers(0, 99)
Opener = Callable[[ExitStack, Path], Workbench]


class Sequences(RuleBasedStateMachine):
    """A workbench in somebody's hands, and beside it what may never be written to."""

    opener: Opener

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY)))
        self.bench = type(self).opener(self.stack, self.folder)
        self.files: list[tuple[str, Path]] = []
        self.stopped: set[str] = set()
        self.stopped_profiles: set[str] = set()
        self.stopped_firms: set[str] = set()

    def teardown(self) -> None:
        self.bench.close()
        self.stack.close()

    @rule(rows=people)
    def import_people(self, rows: list[dict[str, str]]) -> None:
        self._import("contact", write(self.folder / f"people{len(self.files)}.csv", *rows))

    @rule(rows=firms)
    def import_firms(self, rows: list[tuple[tuple[str, str, str], str, str]]) -> None:
        listed = [
            {"name": name, "domain": domain, "tin": tin, "industry": industry, "do not contact": stop}
            for (name, domain, tin), stop, industry in rows
        ]
        self._import("company", write(self.folder / f"firms{len(self.files)}.csv", *listed))

    @precondition(lambda self: self.files)
    @rule(which=number)
    def import_again(self, which: int) -> None:
        kind, path = self.files[which % len(self.files)]
        self._import(kind, path)

    @rule(address=st.sampled_from(ADDRESSES))
    def suppress(self, address: str) -> None:
        path = self.folder / "stop.csv"
        path.write_text(f"{address},asked\n", encoding="utf-8")
        self.bench.suppressions.import_file(path, source="stop.csv")
        self.stopped.add(address.lower())

    @precondition(lambda self: self.files)
    @rule(which=number)
    def undo_import(self, which: int) -> None:
        batches = self.bench.intake.batches()
        self.bench.intake.undo(batches[which % len(batches)].batch_id, by="person:anna")

    @rule(kind=st.sampled_from(("contact", "contact", "company")), left=number, right=number)
    def merge(self, kind: str, left: int, right: int) -> None:
        ids = sorted(row.id for row in self._rows(tables.metadata.tables[kind]))
        pair = {ids[left % len(ids)], ids[right % len(ids)]} if ids else set()
        if len(pair) == 2:
            try:
                self.bench.matching.merge(tuple(sorted(pair)), kind=kind, by="person:anna")
            except (ConflictError, PolicyError):
                return

    @rule(which=number)
    def undo_merge(self, which: int) -> None:
        merges = self.bench.matching.merges()
        if merges:
            try:
                self.bench.matching.undo(merges[which % len(merges)].id, by="person:anna")
            except ConflictError:
                return

    @rule(address=st.sampled_from(ADDRESSES))
    def erase(self, address: str) -> None:
        person = self.bench.privacy.find(address)
        self.bench.privacy.erase_person(address, by="person:anna")
        self.stopped |= {known.lower() for known in person.addresses}
        self.stopped_profiles |= set(person.profiles)

    @invariant()
    def nobody_stopped_is_mailable(self) -> None:
        contacts = [row for row in self._rows(tables.contact) if row.email]
        with self.bench.record.read() as connection:
            pairs = [(row.email, row.company_id) for row in contacts]
            reasons = suppressions.find_many(connection, self.bench.record.workspace_id, pairs)
        for row, reason in zip(contacts, reasons, strict=True):
            if not row.do_not_contact and reason is None:
                assert row.email.lower() not in self.stopped
                assert row.linkedin_url not in self.stopped_profiles
                assert row.company_id not in self.stopped_firms

    @invariant()
    def no_key_is_held_twice(self) -> None:
        assert integrity.duplicate_contacts(self.bench.record) == []
        assert integrity.duplicate_companies(self.bench.record) == []
        assert integrity.unbalanced_imports(self.bench.record) == []
        assert integrity.broken_references(self.bench.record, "contact", "company", "fact", "import_row") == []

    @invariant()
    def everything_has_its_source(self) -> None:
        rows = self._rows(tables.import_row)
        placed = {(row.batch_id, row.line_number) for row in rows}
        spoken_of = {row.entity_id for row in rows if row.outcome != "rejected"}
        for fact in self._rows(tables.fact):
            if fact.source == "import":
                assert (fact.batch_id, int(fact.evidence.rpartition(" ")[2])) in placed
        for table in (tables.contact, tables.company):
            for row in self._rows(table):
                assert row.id in spoken_of, f"{table.name} {row.id} came from nowhere"

    def _import(self, kind: Any, path: Path) -> None:
        self.files.append((kind, path))
        report = self.bench.intake.import_file(path, kind)
        taken = {row.line_number: row for row in self._rows(tables.import_row) if row.batch_id == report.batch_id}
        with path.open(encoding="utf-8") as file:
            header = file.readline().rstrip("\n").split(",")
            for line, text in enumerate(file, 2):
                said = dict(zip(header, text.rstrip("\r\n").split(","), strict=True))
                row = taken.get(line)
                if row is not None and row.outcome != "rejected" and said["do not contact"] == "yes":
                    self._stop(kind, row.entity_id, said)

    def _stop(self, kind: str, entity_id: str, said: dict[str, str]) -> None:
        """Note whom a row stops: the address it gives, and whoever the record took it to be about."""
        if kind == "company":
            self.stopped_firms.add(entity_id)
            return
        (row,) = [row for row in self._rows(tables.contact) if row.id == entity_id]
        self.stopped |= {address.lower() for address in (said["email"], row.email) if address}
        self.stopped_profiles |= {row.linkedin_url} - {None}

    def _rows(self, table: sa.Table) -> list[Any]:
        with self.bench.record.read() as connection:
            return list(connection.execute(sa.select(table)))


def machine(opener: Opener) -> type[Sequences]:
    return type("Sequences", (Sequences,), {"opener": staticmethod(opener)})


QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""Without shrinking, which takes longer than reading the sequence that failed."""
CALM = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def on_sqlite(template: Path) -> Opener:
    def open_copy(_stack: ExitStack, folder: Path) -> Workbench:
        home = folder / "local"
        home.mkdir()
        shutil.copy(template, home / "record.sqlite")
        return open_workbench(load_settings(home=home), clock=VirtualClock(START), migrate=False)

    return open_copy


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_sequence_does_harm(sqlite_template: Path) -> None:
    chosen = settings(max_examples=40, stateful_step_count=15, deadline=None, suppress_health_check=CALM, phases=QUICK)
    run_state_machine_as_test(machine(on_sqlite(sqlite_template)), settings=chosen)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(900)
def test_no_sequence_does_harm_on_postgresql(postgres: PostgresServer, postgres_template: str) -> None:
    def open_new(stack: ExitStack, folder: Path) -> Workbench:
        url = stack.enter_context(postgres.database(template=postgres_template))
        return open_workbench(load_settings(home=folder, record_url=url), clock=VirtualClock(START), migrate=False)

    chosen = settings(max_examples=4, stateful_step_count=8, deadline=None, suppress_health_check=CALM, phases=QUICK)
    run_state_machine_as_test(machine(open_new), settings=chosen)


files = st.lists(
    st.lists(
        st.fixed_dictionaries(
            {
                "email": st.sampled_from(ADDRESSES),
                "title": st.sampled_from(("", "CTO", "CEO", "CFO")),
                "city": st.sampled_from(("", "Leeds", "Cork")),
                "shoe": st.sampled_from(("", "38", "41")),
            }
        ),
        min_size=1,
        max_size=3,
    ),
    min_size=2,
    max_size=5,
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[*CALM, HealthCheck.function_scoped_fixture])
@given(lists=files, undone=st.sets(st.integers(0, 4)))
def test_after_an_undo_it_is_as_if_the_file_had_never_come(
    sqlite_template: Path, lists: list[list[dict[str, str]]], undone: set[int]
) -> None:
    with ExitStack() as stack, tempfile.TemporaryDirectory(dir=MEMORY) as name:
        opener, folder = on_sqlite(sqlite_template), Path(name)
        for part in ("with", "without"):
            (folder / part).mkdir()
        bench, other = opener(stack, folder / "with"), opener(stack, folder / "without")
        stack.callback(bench.close)
        stack.callback(other.close)
        paths = [write(folder / f"list{n}.csv", *rows) for n, rows in enumerate(lists)]
        reports = [bench.intake.import_file(path, "contact") for path in paths]
        for n in sorted(undone & set(range(len(paths)))):
            bench.intake.undo(reports[n].batch_id, by="person:anna")
        for n, path in enumerate(paths):
            if n not in undone:
                other.intake.import_file(path, "contact")
        assert known(bench) == known(other)


def known(bench: Workbench) -> list[tuple[Any, ...]]:
    c = tables.contact.c
    with bench.record.read() as connection:
        query = sa.select(c.email_key, c.position, c.city, c.attributes, c.full_name).order_by(c.email_key)
        return [tuple(row) for row in connection.execute(query)]
