"""Setting a mailbox up that a vendor hands over: the key is tried and connected, the rest checked before anything is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from gtm_pipelines.acting import Actor, ForbiddenError, Role, act_as
from gtm_pipelines.connections.mailboxes import MailboxDesk
from gtm_pipelines.connections.model import KeyRefused, Tool, Tried
from gtm_pipelines.connections.new_mailbox import VENDORS, NewMailbox, Vendor
from gtm_pipelines.connections.service import ConnectionService
from gtm_pipelines.errors import ConflictError, GtmError, InputError
from gtm_pipelines.record.tables import audit_event
from gtm_pipelines.settings import MailboxSettings, load_settings, resolve_secret
from gtm_pipelines.wiring import adapters
from gtm_pipelines.wiring.house import KeptKeys
from gtm_pipelines.wiring.vendors import BUILT_IN
from gtm_pipelines.workbench import Workbench

KEY = "canary-key-0123456789abcdef"
BY = "person:anna"
FIRST, SECOND = "0199a8b2-0c1d-7e3f-8a4b-5c6d7e8f9a0b", "0199a8b2-0c1d-7e3f-8a4b-5c6d7e8f9a0c"
EVA = NewMailbox("eva", "eva@acme.example", "Eva", "Acme, 1 High Street, Leeds", Vendor("resend"), 30)


class Asked:
    """Vendors that say to every key what they are told to."""

    def __init__(self) -> None:
        self.says = Tried("working", "Knows the key.")
        self.keys: list[tuple[str, str]] = []

    def __call__(self, tool: Tool, key: str) -> Tried:
        self.keys.append((tool.name, key))
        return self.says


@pytest.fixture
def vendors() -> Asked:
    return Asked()


@pytest.fixture
def connections(workbench: Workbench, vendors: Asked) -> ConnectionService:
    home, known = workbench.settings.home_path, workbench.connections.tools
    return ConnectionService(workbench.record, workbench.clock, KeptKeys(), known, vendors, home)


@pytest.fixture
def desk(workbench: Workbench, connections: ConnectionService) -> MailboxDesk:
    settings = workbench.settings
    return MailboxDesk(workbench.record, workbench.clock, KeptKeys(), connections, settings.mailboxes, settings.home_path)


def in_force(bench: Workbench, name: str) -> MailboxSettings:
    return load_settings(home=bench.settings.home_path).mailbox(name)


def test_every_vendor_that_hands_mail_over_can_be_set_up() -> None:
    assert VENDORS == BUILT_IN


@pytest.mark.parametrize(
    "vendor",
    [Vendor("resend"), Vendor("sendgrid"), Vendor("instantly", (FIRST, SECOND)), Vendor("smartlead", ("1234", "1235"))],
    ids=lambda vendor: vendor.name,
)
def test_a_vendors_mailbox_is_set_up_and_can_hand_mail_over(
    desk: MailboxDesk, connections: ConnectionService, workbench: Workbench, vendors: Asked, vendor: Vendor
) -> None:
    desk.add(replace(EVA, through=vendor), key=f" {KEY}\n", by=BY)
    made = in_force(workbench, "eva")
    assert (made.sender, made.api.campaigns, made.collector) == (vendor.name, vendor.campaigns, "none")
    assert (made.daily_cap, made.postal_address) == (30, EVA.postal_address)
    assert vendors.keys == [(vendor.name, KEY)]
    assert made.api.key is not None
    assert resolve_secret(made.api.key) == KEY
    assert made.api.key == connections.show(vendor.name).key_ref
    adapters.sender(workbench.settings, made, workbench.clock).close()
    assert [one.name for one in load_settings(home=workbench.settings.home_path).mailboxes] == ["anna", "ben", "eva"]


def test_a_vendor_that_is_connected_needs_no_key_again(
    desk: MailboxDesk, connections: ConnectionService, workbench: Workbench
) -> None:
    connections.add("resend", KEY, by=BY)
    desk.add(EVA, by=BY)
    assert in_force(workbench, "eva").api.key == connections.show("resend").key_ref


def test_answers_are_read_where_the_address_keeps_them(desk: MailboxDesk, workbench: Workbench) -> None:
    desk.add(replace(EVA, through=Vendor("resend", imap="imap.gmail.com")), key=KEY, password="abcd efgh", by=BY)
    made = in_force(workbench, "eva")
    assert (made.collector, made.imap.host, made.imap.username) == ("imap", "imap.gmail.com", "eva@acme.example")
    assert made.imap.sent_folder is None
    assert made.imap.password is not None
    assert resolve_secret(made.imap.password) == "abcd efgh"


@pytest.mark.parametrize(
    ("vendor", "told"),
    [
        (Vendor("resend", imap=""), "Name the server that keeps answers"),
        (Vendor("resend", imap="imap.acme.example"), "Enter the password"),
        (Vendor("instantly"), "Name at least one campaign of Instantly"),
        (Vendor("instantly", ("1234",)), "no id of a campaign"),
        (Vendor("smartlead", ("12/../../leads",)), "no id of a campaign"),
        (Vendor("smartlead", ("12", "12")), "a campaign of its own for each mail"),
        (Vendor("leadmagic"), "Choose one of: resend, sendgrid, instantly, smartlead"),
    ],
)
def test_what_cannot_work_is_said_before_anybody_is_asked_or_anything_kept(
    desk: MailboxDesk, connections: ConnectionService, vendors: Asked, vendor: Vendor, told: str
) -> None:
    with pytest.raises(InputError, match=told):
        desk.add(replace(EVA, through=vendor), key=KEY, by=BY)
    assert (vendors.keys, connections.list(), desk.own()) == ([], [], frozenset())


def test_without_any_key_it_is_asked_for(desk: MailboxDesk) -> None:
    with pytest.raises(InputError, match="Enter the key of SendGrid"):
        desk.add(replace(EVA, through=Vendor("sendgrid")), by=BY)


@pytest.mark.parametrize("status", ["refused", "unreachable"])
def test_a_key_that_does_not_work_sets_nothing_up(
    desk: MailboxDesk, connections: ConnectionService, vendors: Asked, status: str
) -> None:
    vendors.says = Tried(status, "No.")  # type: ignore[arg-type]
    with pytest.raises(GtmError, match="not kept") as refused:
        desk.add(EVA, key=KEY, by=BY)
    assert isinstance(refused.value, KeyRefused) == (status == "refused")
    assert (connections.list(), desk.own()) == ([], frozenset())


def test_a_vendor_stays_connected_until_its_mailbox_is_taken_out(
    desk: MailboxDesk, connections: ConnectionService, workbench: Workbench
) -> None:
    desk.add(replace(EVA, through=Vendor("resend", imap="imap.gmail.com")), key=KEY, password="abcd efgh", by=BY)
    ref = in_force(workbench, "eva").imap.password
    with pytest.raises(ConflictError, match="eva hands mail to it"):
        connections.remove("resend", by=BY)
    desk.remove("eva", by=BY)
    with pytest.raises(GtmError):
        resolve_secret(str(ref))
    assert connections.show("resend").status == "working"
    connections.remove("resend", by=BY)


def test_setting_up_is_an_owners_and_leaves_a_trace_without_a_secret(desk: MailboxDesk, workbench: Workbench) -> None:
    with act_as(Actor("eddie", Role.EDITOR)), pytest.raises(ForbiddenError):
        desk.add(EVA, key=KEY, by=BY)
    desk.add(EVA, key=KEY, by=BY)
    with workbench.record.read() as connection:
        rows = connection.execute(sa.select(audit_event).order_by(audit_event.c.id)).all()
    assert [(row.actor, row.action, row.subject_id) for row in rows] == [
        (BY, "connection.add", "resend"),
        (BY, "mailbox.add", "eva"),
    ]
    assert not any(KEY in str(row) for row in rows)
    assert KEY not in (workbench.settings.home_path / "settings.json").read_text()
