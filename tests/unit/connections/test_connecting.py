"""Connecting a tool: the key is tried, kept apart from the record, used, never shown, and forgotten when asked."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.acting import Actor, ForbiddenError, Role, act_as
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.connections.model import Connection, KeyRefused, Limit, Tool, Tried
from gtm_pipelines.connections.service import ConnectionService
from gtm_pipelines.errors import InputError, NotFoundError, TransientError
from gtm_pipelines.record.tables import audit_event
from gtm_pipelines.record.tables import connection as table
from gtm_pipelines.settings import load_settings, resolve_secret
from gtm_pipelines.wiring.house import KeptKeys
from gtm_pipelines.workbench import Workbench

KEY = "canary-key-0123456789abcdef"
BY = "person:anna"


class Vendors:
    """Vendors that answer as they are told."""

    def __init__(self) -> None:
        self.says = Tried("working", "Knows the key.", (Limit("credits", left=77, of=100),))
        self.asked: list[str] = []

    def __call__(self, tool: Tool, key: str) -> Tried:
        self.asked.append(tool.name)
        assert key == KEY
        return self.says


@pytest.fixture
def vendors() -> Vendors:
    return Vendors()


@pytest.fixture
def connections(workbench: Workbench, vendors: Vendors) -> ConnectionService:
    made = workbench.connections
    return ConnectionService(workbench.record, workbench.clock, KeptKeys(), made.tools, vendors, workbench.settings.home_path)


def test_a_connected_tool_is_listed_with_what_is_left_and_without_its_key(connections: ConnectionService) -> None:
    made = connections.add("Hunter", f" {KEY}\n", by=BY)
    assert (made.status, made.limits, made.created_by) == ("working", (Limit("credits", left=77, of=100),), BY)
    assert connections.list() == [made] == [connections.show("hunter")]
    assert KEY not in repr(made)
    assert made.key_ref is not None
    assert resolve_secret(made.key_ref) == KEY


def test_a_source_of_facts_is_switched_on_and_off_with_its_connection(
    connections: ConnectionService, workbench: Workbench
) -> None:
    def section() -> object:
        return load_settings(home=workbench.settings.home_path).enrichment.sources.get("hunter")

    connections.add("hunter", KEY, by=BY)
    switched_on = load_settings(home=workbench.settings.home_path).enrichment.sources["hunter"]
    assert (switched_on.enabled, switched_on.key) == (True, "keyring:gtm-workbench/default.hunter")
    connections.remove("hunter", by=BY)
    assert section() is None
    connections.add("hubspot", KEY, by=BY)
    assert load_settings(home=workbench.settings.home_path).enrichment.sources == {}


def test_a_tool_without_a_key_says_what_to_do_instead(connections: ConnectionService, vendors: Vendors) -> None:
    with pytest.raises(InputError, match=r"Clay is not connected by a key.*bring those in with Import"):
        connections.add("clay", KEY, by=BY)
    assert (connections.list(), vendors.asked) == ([], [])


@pytest.mark.parametrize(("status", "error"), [("refused", KeyRefused), ("unreachable", TransientError)])
def test_a_key_that_does_not_work_is_not_kept(
    connections: ConnectionService, vendors: Vendors, status: str, error: type[Exception]
) -> None:
    vendors.says = Tried(status, "No.")  # type: ignore[arg-type]
    with pytest.raises(error, match="not kept"):
        connections.add("hunter", KEY, by=BY)
    assert connections.list() == []
    with pytest.raises(Exception, match="No key is kept"):
        resolve_secret("keyring:gtm-workbench/default.hunter")


def test_a_key_that_is_not_tried_is_kept_and_says_so(connections: ConnectionService, vendors: Vendors) -> None:
    vendors.says = Tried("unchecked", "Nothing to ask.")
    made = connections.add("exa", KEY, by=BY)
    assert (made.status, made.succeeded_at) == ("unchecked", None)


def test_a_key_is_replaced_and_the_first_date_stays(connections: ConnectionService, clock: VirtualClock) -> None:
    first = connections.add("hunter", KEY, by=BY)
    clock.advance(days=1)
    again = connections.add("hunter", KEY, by="person:ben")
    assert (again.created_at, again.created_by) == (first.created_at, BY)
    assert again.checked_at == clock.now()


def test_a_key_that_stops_working_keeps_its_last_success(
    connections: ConnectionService, vendors: Vendors, clock: VirtualClock
) -> None:
    first = connections.add("hunter", KEY, by=BY)
    clock.advance(days=1)
    vendors.says = Tried("refused", "Hunter refused the key (401).")
    found = connections.test("hunter")
    assert (found.status, found.succeeded_at, found.checked_at) == ("refused", first.created_at, clock.now())


def test_a_key_that_is_gone_is_told_where_it_is_tried(connections: ConnectionService) -> None:
    made = connections.add("hunter", KEY, by=BY)
    KeptKeys().forget(str(made.key_ref))
    found = connections.test("hunter")
    assert found.status == "refused"
    assert "Enter it again" in found.told


def test_disconnecting_forgets_the_key(connections: ConnectionService) -> None:
    made = connections.add("hunter", KEY, by=BY)
    connections.remove("hunter", by=BY)
    assert connections.list() == []
    with pytest.raises(Exception, match="No key is kept"):
        resolve_secret(str(made.key_ref))
    for act in (connections.show, connections.test):
        with pytest.raises(NotFoundError, match="gtm connection add hunter"):
            act("hunter")


def test_only_an_owner_connects_and_an_editor_tries(connections: ConnectionService) -> None:
    with act_as(Actor("eddie", Role.EDITOR)), pytest.raises(ForbiddenError):
        connections.add("hunter", KEY, by=BY)
    made = connections.add("hunter", KEY, by=BY)
    with act_as(Actor("eddie", Role.EDITOR)):
        assert connections.test("hunter").tool == made.tool
        with pytest.raises(ForbiddenError):
            connections.remove("hunter", by=BY)
    with act_as(Actor("vera", Role.VIEWER)):
        assert [one.tool.name for one in connections.list()] == ["hunter"]
        with pytest.raises(ForbiddenError):
            connections.test("hunter")


def test_neither_the_record_nor_any_file_of_the_data_folder_holds_the_key(
    connections: ConnectionService, workbench: Workbench
) -> None:
    connections.add("hunter", KEY, by=BY)
    with workbench.record.read() as connection:
        rows = [*connection.execute(sa.select(table)), *connection.execute(sa.select(audit_event))]
    assert len(rows) == 2
    assert not any(KEY in str(row) for row in rows)
    files = [path for path in Path(workbench.settings.home_path).rglob("*") if path.is_file()]
    assert files
    assert not any(KEY.encode() in path.read_bytes() for path in files)


def test_a_tool_nobody_knows_and_a_key_that_is_none_are_refused(connections: ConnectionService, vendors: Vendors) -> None:
    for tool, key in (("salesfarce", KEY), ("hunter", "two words")):
        with pytest.raises(InputError):
            connections.add(tool, key, by=BY)
    assert vendors.asked == []


def test_a_tool_taken_out_of_the_users_file_is_passed_over(connections: ConnectionService, workbench: Workbench) -> None:
    connections.add("hunter", KEY, by=BY)
    known = workbench.connections.tools()
    fewer = known.model_copy(update={"tools": tuple(tool for tool in known.tools if tool.name != "hunter")})
    without = ConnectionService(workbench.record, workbench.clock, KeptKeys(), lambda: fewer, Vendors(), Path("nowhere"))
    found: list[Connection] = without.list()
    assert found == []
