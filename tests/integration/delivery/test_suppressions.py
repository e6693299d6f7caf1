"""Who is suppressed stays suppressed: by address, domain or company, in the clear or erased, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_pipelines.delivery.tokens import KEY_FILE, ForgedTokenError, Tokens
from gtm_pipelines.errors import InputError
from gtm_pipelines.record import suppressions
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import audit_event, suppression
from gtm_pipelines.workbench import Workbench

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def add(record: Record, kind: str, value: str) -> bool:
    with record.write() as connection:
        return suppressions.add(connection, record.workspace_id, kind, value, reason="asked", source="test", at=NOW)


def found(record: Record, address: str | None, company: str | None = None) -> str | None:
    with record.read() as connection:
        return suppressions.find(connection, record.workspace_id, address=address, company_id=company)


@pytest.mark.parametrize(
    ("kind", "value", "hit", "missed"),
    [
        ("address", "Bob@Firm.example", "bob@firm.EXAMPLE", "bob@other.example"),
        ("address", " bob@firm.example ", "bob@firm.example", "bob+news@firm.example"),
        ("domain", "@Firm.example.", "ann@firm.example", "ann@notfirm.example"),
        ("domain", "firm.example", "ann@mail.eu.firm.example", "ann@firm.example.org"),
        ("domain", "почта.рф", "ann@xn--80a1acny.xn--p1ai", "ann@почта.бел"),
        ("address", "ann@почта.рф", "Ann@почта.рф", "bob@почта.рф"),
    ],
)
def test_an_entry_stops_exactly_what_it_names(record: Record, kind: str, value: str, hit: str, missed: str) -> None:
    assert add(record, kind, value)
    assert not add(record, kind, value), "twice is once"
    assert found(record, hit) == f"{kind}: asked"
    assert found(record, missed) is None


def test_a_company_stops_everybody_in_it(record: Record) -> None:
    add(record, "company", "c1")
    assert found(record, "ann@firm.example", "c1") == "company: asked"
    assert found(record, "ann@firm.example", "c2") is None
    assert found(record, None, None) is None


def test_an_erased_entry_goes_on_stopping_and_says_nothing(record: Record) -> None:
    add(record, "address", "ann@firm.example")
    add(record, "domain", "other.example")
    with record.write() as connection:
        assert suppressions.erase(connection, record.workspace_id, "address", "ann@firm.example")
        assert suppressions.erase(connection, record.workspace_id, "domain", "other.example")
    assert found(record, "ANN@firm.example") == "address: asked"
    assert found(record, "x@sub.other.example") == "domain: asked"
    assert not add(record, "address", "ann@firm.example")
    with record.read() as connection:
        kept = " ".join(str(row) for row in connection.execute(sa.select(suppression)))
    assert "ann@" not in kept
    assert "other.example" not in kept


def test_many_are_asked_about_at_once(record: Record) -> None:
    add(record, "address", "p7@firm.example")
    add(record, "company", "c3")
    people = [(f"p{n}@firm.example", f"c{n}") for n in range(1000)]
    with record.read() as connection:
        answers = suppressions.find_many(connection, record.workspace_id, people)
    assert {n: answer for n, answer in enumerate(answers) if answer} == {7: "address: asked", 3: "company: asked"}


@pytest.mark.parametrize(("kind", "value"), [("address", "nobody"), ("domain", "a@b.example"), ("domain", ""), ("person", "x")])
def test_what_names_nobody_is_refused(record: Record, kind: str, value: str) -> None:
    with pytest.raises(InputError):
        add(record, kind, value)


def test_lifting_one_leaves_a_trace(workbench: Workbench) -> None:
    workbench.suppressions.add("address", "ann@firm.example", reason="asked", source="test")
    workbench.suppressions.remove("address", "Ann@firm.example", by="person:anna", reason="she asked us")
    assert workbench.suppressions.is_suppressed("ann@firm.example") is None
    with workbench.record.read() as connection:
        assert connection.scalar(sa.select(audit_event.c.actor)) == "person:anna"


def test_tokens_come_back_and_their_key_is_private(tmp_path: Path) -> None:
    token = Tokens(tmp_path).make("message-1")
    assert Tokens(tmp_path).read(token) == "message-1"
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    with pytest.raises(ForgedTokenError):
        Tokens(tmp_path / "elsewhere").read(token)


def test_a_new_key_signs_and_old_links_go_on_working(tmp_path: Path) -> None:
    old = Tokens(tmp_path).make("message-1")
    with (tmp_path / KEY_FILE).open("a") as keys:
        keys.write("another-long-random-key\n")
    tokens = Tokens(tmp_path)
    assert tokens.read(old) == "message-1"
    assert tokens.make("message-1") != old


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Tokens:
    return Tokens(tmp_path_factory.mktemp("keys"))


@given(data=st.data())
@settings(max_examples=500, deadline=None)
def test_no_changed_token_is_accepted(tokens: Tokens, data: st.DataObject) -> None:
    token = tokens.make("0123456789abcdef0123456789abcdef")
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("abcXYZ019-_."))
    forged = data.draw(
        st.sampled_from([token[:place], token[:place] + letter + token[place + 1 :], token + letter, letter + token])
    )
    if forged == token:
        return
    try:
        assert tokens.read(forged) == "0123456789abcdef0123456789abcdef", "another message was named"
    except ForgedTokenError:
        return
    assert forged[:-1] == token[:-1], "only the unused bits of base64's last letter may differ"
