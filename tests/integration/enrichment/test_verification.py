"""Addresses verified by a real name server on loopback, and a campaign held back until they are in order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.verification.dns import DnsVerifier
from gtm_pipelines.enrichment.verification.service import Whom
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.record.tables import contact, fact
from gtm_pipelines.settings import Settings, VerificationSettings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.dns_parts import PUBLIC, NameServer, name_server

ZONE = {
    "harbour.example": {"MX": ["10 mx.harbour.example."]},
    "mx.harbour.example": {"A": [PUBLIC]},
    "plain.example": {"A": [PUBLIC]},
    "six.example": {"MX": ["5 six.mx.example."]},
    "six.mx.example": {"AAAA": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"]},
    "never.example": {"MX": ["0 ."]},
    "web.example": {"TXT": ['"v=spf1 -all"']},
    "inward.example": {"MX": ["10 localhost."]},
    "localhost": {"A": ["127.0.0.1"]},
    "dangling.example": {"MX": ["10 gone.example.", "20 gone-too.example."]},
    "spare.example": {"MX": ["10 gone.example.", "20 mx.harbour.example."]},
    "xn--80aswg.xn--p1ai": {"MX": ["10 mx.harbour.example."]},
}
EXPECTED = {
    "anna@harbour.example": "mx", "ben@harbour.example": "mx", "info@plain.example": "address_record", "eva@six.example": "mx",
    "no@never.example": "null_mx", "web@web.example": "no_server", "in@inward.example": "no_server",
    "di@dangling.example": "no_server", "sam@spare.example": "mx", "zoe@nowhere.example": "no_domain",
    "petr@сайт.рф": "mx", "bad@-x-.example": "no_domain",
}  # fmt: skip
DEAD = {
    "no@never.example",
    "web@web.example",
    "in@inward.example",
    "di@dangling.example",
    "zoe@nowhere.example",
    "bad@-x-.example",
}


@pytest.fixture
def names() -> Iterator[NameServer]:
    with name_server(ZONE, silent={"slow.example"}, broken={"broken.example"}) as server:
        yield server


@pytest.fixture
def bench(settings: Settings, clock: VirtualClock, names: NameServer) -> Iterator[Workbench]:
    asking = VerificationSettings(dns=True, nameservers=(names.address,), timeout_seconds=0.8)
    opened = open_workbench(settings.model_copy(update={"verification": asking}), clock=clock)
    yield opened
    opened.close()


def add(workbench: Workbench, *addresses: str) -> dict[str, str]:
    """Put people with these addresses into the record; return address → id."""
    from gtm_pipelines.ids import new_id

    now, ids = workbench.clock.now(), {address: new_id() for address in addresses}
    with workbench.record.write() as connection:
        for address, one in ids.items():
            values = {"id": one, "email": address, "email_key": address, "email_domain": address.rpartition("@")[2]}
            connection.execute(
                sa.insert(contact).values(workspace_id="default", attributes={}, created_at=now, updated_at=now, **values)
            )
    return ids


def verdicts(workbench: Workbench, ids: dict[str, str]) -> dict[str, str]:
    found = workbench.verification.assessments([(one, address) for address, one in ids.items()])
    return {each.address: each.verdict for each in found}


def stored(workbench: Workbench, field: str) -> dict[str, str]:
    with workbench.record.read() as connection:
        query = sa.select(contact.c.email, fact.c.value).join(fact, fact.c.subject_id == contact.c.id)
        rows = connection.execute(query.where(fact.c.field == field, fact.c.source == "dns_check").order_by(fact.c.id))
        return {row.email: row.value for row in rows}


def test_each_domain_is_told_apart_by_what_its_records_say(bench: Workbench) -> None:
    ids = add(bench, *EXPECTED)
    report = bench.verification.check(Whom())
    assert stored(bench, "email_server") == EXPECTED
    assert {address for address, value in stored(bench, "email_verification").items() if value == "invalid"} == DEAD
    assert {address for address, verdict in verdicts(bench, ids).items() if verdict == "invalid"} == DEAD
    assert (report.addresses, report.checked, report.unanswered) == (12, 12, 0)


def test_a_domain_is_asked_about_once_however_many_work_there(bench: Workbench, names: NameServer) -> None:
    add(bench, *(f"p{number}@harbour.example" for number in range(50)))
    assert bench.verification.check(Whom()).domains == 1
    assert names.asked["harbour.example", "MX"] == 1


def test_what_is_known_is_not_asked_again_until_it_expires(bench: Workbench, names: NameServer, clock: VirtualClock) -> None:
    add(bench, "anna@harbour.example", "no@never.example")
    bench.verification.check(Whom())
    assert bench.verification.check(Whom()).fresh == 2
    assert names.asked["never.example", "MX"] == 1
    clock.advance(days=8)
    assert bench.verification.check(Whom()).fresh == 1
    assert (names.asked["harbour.example", "MX"], names.asked["never.example", "MX"]) == (1, 2)


def test_a_domain_that_takes_mail_again_takes_the_verdict_back(bench: Workbench, names: NameServer) -> None:
    ids = add(bench, "no@never.example")
    bench.verification.check(Whom())
    names.zone["never.example"] = {"MX": ["10 mx.harbour.example."]}
    bench.verification.check(Whom(), anew=True)
    assert verdicts(bench, ids) == {"no@never.example": "server"}


def test_no_answer_is_no_verdict_and_is_asked_again(bench: Workbench, names: NameServer) -> None:
    ids = add(bench, "a@slow.example", "b@broken.example")
    assert bench.verification.check(Whom()).unanswered == 2
    assert set(verdicts(bench, ids).values()) == {"unchecked"}
    names.silent.clear()
    names.broken.clear()
    names.zone |= {"slow.example": {"A": [PUBLIC]}, "broken.example": {"A": [PUBLIC]}}
    assert bench.verification.check(Whom()).checked == 2
    assert set(verdicts(bench, ids).values()) == {"server"}


def test_a_changed_address_is_looked_at_anew(bench: Workbench) -> None:
    ids = add(bench, "anna@harbour.example")
    bench.verification.check(Whom())
    with bench.record.write() as connection:
        connection.execute(sa.update(contact).values(email="anna@never.example", email_key="anna@never.example"))
    moved = {"anna@never.example": ids["anna@harbour.example"]}
    assert verdicts(bench, moved) == {"anna@never.example": "unchecked"}
    bench.verification.check(Whom())
    assert verdicts(bench, moved) == {"anna@never.example": "invalid"}


def test_a_dry_run_asks_and_writes_nothing(bench: Workbench, names: NameServer) -> None:
    add(bench, "anna@harbour.example")
    assert bench.verification.check(Whom(), dry_run=True).domains == 1
    assert not names.asked
    assert stored(bench, "email_server") == {}


def test_without_the_setting_nobody_is_asked(workbench: Workbench) -> None:
    add(workbench, "anna@harbour.example")
    report = workbench.verification.check(Whom())
    assert (report.addresses, report.domains, report.facts) == (1, 0, 0)


def test_a_wrong_name_server_is_told_plainly() -> None:
    import asyncio

    from gtm_pipelines.enrichment.verification.model import Asked

    verifier = DnsVerifier(VerificationSettings(nameservers=("dns.example:53",)))
    with pytest.raises(SettingsError, match="no address of a server"):
        asyncio.run(verifier.verify([Asked("c1", "anna@harbour.example")]))


def test_a_stopped_check_goes_on_where_it_was(bench: Workbench, names: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gtm_pipelines.enrichment.verification.service.PAGE", 2)
    add(bench, *(f"a@d{number}.example" for number in range(6)))

    def stop(done: int, _total: int | None) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.verification.check(Whom(), progress=stop)
    assert len(names.domains()) == 4
    assert bench.verification.check(Whom()).fresh == 4
    assert all(names.asked[f"d{number}.example", "MX"] == 1 for number in range(6))
